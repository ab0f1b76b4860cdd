"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_decisions")),
        sa.UniqueConstraint("hash", name=op.f("uq_decisions_hash")),
        sa.UniqueConstraint("previous", name=op.f("uq_decisions_previous")),
    )
    op.create_table(
        "finding_numbers",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "finding", name=op.f("pk_finding_numbers")),
        sa.UniqueConstraint("organisation", "number", name=op.f("uq_finding_numbers_organisation_number")),
    )
    op.create_table(
        "nights",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("started", sa.Text(), nullable=False),
        sa.Column("expires", sa.Text(), nullable=True),
        sa.Column("finished", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("night", name=op.f("pk_nights")),
    )
    op.create_table(
        "outbox",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("delivered", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "organisation",
            "night",
            "channel",
            "content_hash",
            name=op.f("uq_outbox_organisation_night_channel_content_hash"),
        ),
    )
    op.create_table(
        "payloads",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("calendar", "digest", name=op.f("pk_payloads")),
    )
    op.create_table(
        "tellings",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "night", name=op.f("pk_tellings")),
    )
    op.create_table(
        "calendar_nights",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("listings", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("charset", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar", "digest"], ["payloads.calendar", "payloads.digest"], name=op.f("fk_calendar_nights_payloads")
        ),
        sa.PrimaryKeyConstraint("calendar", "night", name=op.f("pk_calendar_nights")),
    )
    op.create_index(op.f("ix_calendar_nights_night"), "calendar_nights", ["night"], unique=False)
    op.create_table(
        "findings",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("first_night", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "night"],
            ["tellings.organisation", "tellings.night"],
            name=op.f("fk_findings_tellings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation", "night", "finding", name=op.f("pk_findings")),
    )
    op.create_table(
        "listing_versions",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("listing", sa.Text(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar", "night"],
            ["calendar_nights.calendar", "calendar_nights.night"],
            name=op.f("fk_listing_versions_calendar_nights"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("calendar", "listing", "night", name=op.f("pk_listing_versions")),
    )
    op.create_index(op.f("ix_listing_versions_calendar_night"), "listing_versions", ["calendar", "night"], unique=False)
    _append_only("decisions")


def _append_only(table: str) -> None:
    """What was decided stays; a change of mind is one more row."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} are append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )
