"""Which parts of a calendar came with too little to be believed, so that nobody learns it of what is hidden."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calendar_nights", sa.Column("doubts", sa.Text(), nullable=False, server_default=sa.text("'[]'")))
