"""What a calendar in doubt would lose, and who said whether it is believed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_doubts",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar", "night"],
            ["calendar_nights.calendar", "calendar_nights.night"],
            name=op.f("fk_calendar_doubts_calendar_night_calendar_nights"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("calendar", "night", name=op.f("pk_calendar_doubts")),
    )
    op.create_table(
        "doubt_answers",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_doubt_answers")),
    )
    op.create_index(op.f("ix_doubt_answers_calendar_night"), "doubt_answers", ["calendar", "night"])
