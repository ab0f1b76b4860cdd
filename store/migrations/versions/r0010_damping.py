"""Findings remember how they stood when that was news, so that what flaps is told once, and why they ended; alerts."""

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
    op.add_column("outbox", sa.Column("sort", sa.Text(), nullable=False, server_default=sa.text("'report'")))
    op.create_table(
        "alerts",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_alerts")),
        sa.UniqueConstraint(
            "organisation", "finding", "fingerprint", name=op.f("uq_alerts_organisation_finding_fingerprint")
        ),
    )
    op.create_table(
        "alert_rounds",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("night", name=op.f("pk_alert_rounds")),
    )
    op.create_index(op.f("ix_findings_organisation_state_night"), "findings", ["organisation", "state", "night"])
