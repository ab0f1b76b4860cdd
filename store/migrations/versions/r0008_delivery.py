"""Deliveries have states, a lease and an answer; channels are approved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("state", sa.Text(), nullable=False, server_default=sa.text("'waiting'")),
        sa.Column("message", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("letter", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("asked", sa.Text(), nullable=True),
        sa.Column("next_try", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("answer", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("holder", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("token", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("expires", sa.Text(), nullable=True),
    ):
        op.add_column("outbox", column)
    op.execute("UPDATE outbox SET state = 'delivered' WHERE delivered IS NOT NULL")
    op.create_index(op.f("ix_outbox_state"), "outbox", ["state"])
    op.create_table(
        "approvals",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "channel", name=op.f("pk_approvals")),
    )
