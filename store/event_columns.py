"""The events of a world as columns, kept beside how its listings cluster: what a check reads first."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection, delete, insert, select

from store.connecting import exclusively
from store.tables import event_columns, recognitions

KEPT = timedelta(days=2)
"""They are large, and asked for on the night's own day."""


def load(db: Connection, stamp: str) -> bytes | None:
    """Return the columns of a world, None where nobody kept them."""
    body = db.execute(select(event_columns.c.body).where(event_columns.c.stamp == stamp).limit(1)).scalar()
    return None if body is None else bytes(body)


def newest(db: Connection, night: date) -> str | None:
    """Return the stamp of the columns that tell most about *night*: of that night, else an earlier, else any."""
    nearest = (event_columns.c.night <= night).desc(), event_columns.c.night.desc()
    return db.execute(select(event_columns.c.stamp).order_by(*nearest).limit(1)).scalar()


def kept(db: Connection, stamp: str) -> bool:
    """Say whether somebody kept the columns of a world."""
    return db.execute(select(event_columns.c.stamp).where(event_columns.c.stamp == stamp).limit(1)).scalar() is not None


def save(db: Connection, fingerprint: str, stamp: str, night: date, body: bytes) -> None:
    """Keep the columns of a world as of *night*, while its clusters are kept under *fingerprint*; else nothing is.

    They take the place of what was kept of that night, which answers until this transaction ends.
    """
    exclusively(db, "event columns")
    if db.execute(select(recognitions.c.night).where(recognitions.c.fingerprint == fingerprint)).scalar() is None:
        return
    table = event_columns.c
    db.execute(
        delete(event_columns).where(
            (table.fingerprint == fingerprint) | (table.night == night) | (table.night < night - KEPT)
        )
    )
    db.execute(insert(event_columns).values(fingerprint=fingerprint, stamp=stamp, night=night, body=body))
