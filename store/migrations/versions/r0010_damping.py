"""Findings remember how they stood when that was news, so that what flaps is told once, and why they ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("findings", sa.Column("stood", sa.Text(), nullable=False, server_default=sa.text("'{}'")))
    op.add_column("findings", sa.Column("why", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.create_index(op.f("ix_findings_organisation_state_night"), "findings", ["organisation", "state", "night"])
