"""What findings said stands once in a table of its own: a hundred organisations are told of the same ones."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bodies = op.create_table(
        "finding_bodies",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_finding_bodies")),
    )
    op.add_column("findings", sa.Column("digest", sa.Text(), nullable=False, server_default=sa.text("''")))
    db = op.get_bind()
    told = sa.table("findings", sa.column("body", sa.Text()), sa.column("digest", sa.Text()))
    # One body at a time: there may be as many as were ever told.
    for body in list(db.execute(sa.select(told.c.body).distinct()).scalars()):
        digest = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
        db.execute(bodies.insert().values(digest=digest, body=body))
        db.execute(told.update().where(told.c.body == body).values(digest=digest))
    op.drop_column("findings", "body")
