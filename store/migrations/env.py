"""What Alembic runs around the revisions: they use the transaction `connect` has begun."""

from __future__ import annotations

from alembic import context

from store.tables import metadata


def migrate() -> None:
    context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()


# Alembic loads this file under this name; anybody else who imports it wants to look only.
if __name__ == "env_py":
    migrate()
