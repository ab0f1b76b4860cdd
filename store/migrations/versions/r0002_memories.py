"""What was wrong with a calendar, where it moved, what need not be parsed again; which hosts want to be left alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calendar_nights", sa.Column("problem_list", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("calendar_nights", sa.Column("moved_to", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.create_table(
        "courtesies",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("not_before", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_courtesies")),
    )
    op.create_table(
        "reading_memories",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["calendar", "night"],
            ["calendar_nights.calendar", "calendar_nights.night"],
            name=op.f("fk_reading_memories_calendar_nights"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("calendar", "night", name=op.f("pk_reading_memories")),
    )
