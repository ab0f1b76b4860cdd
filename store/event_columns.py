"""The events of a world as columns, kept beside how its listings cluster: what a check reads first."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection, delete, insert, select

from store.connecting import exclusively
from store.tables import event_columns

KEPT = timedelta(days=2)
"""They are large, and asked for on the night's own day."""


def load(db: Connection, stamp: str) -> bytes | None:
    """Return the columns of a world, None where nobody kept them."""
    body = db.execute(select(event_columns.c.body).where(event_columns.c.stamp == stamp).limit(1)).scalar()
    return None if body is None else bytes(body)


def save(db: Connection, fingerprint: str, stamp: str, night: date, body: bytes) -> None:
    """Keep the columns of a world as of *night*, whose clusters are kept under *fingerprint*."""
    exclusively(db, "event columns")
    table = event_columns.c
    db.execute(
        delete(event_columns).where(
            (table.fingerprint == fingerprint) | (table.night == night) | (table.night < night - KEPT)
        )
    )
    db.execute(insert(event_columns).values(fingerprint=fingerprint, stamp=stamp, night=night, body=body))
