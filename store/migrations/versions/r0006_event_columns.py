"""The events of a world as columns, so that a check need not make objects of all, and which calendars changed since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_revisions",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("calendar", name=op.f("pk_calendar_revisions")),
    )
    op.create_table(
        "event_columns",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_event_columns")),
        sa.ForeignKeyConstraint(
            ["fingerprint"],
            ["recognitions.fingerprint"],
            name=op.f("fk_event_columns_recognitions_fingerprint"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_event_columns_stamp"), "event_columns", ["stamp"], unique=False)
