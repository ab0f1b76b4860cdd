"""How the listings of a world cluster into events, kept for whoever asks during the day."""

from __future__ import annotations

import json
from datetime import date, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from store.connecting import exclusively
from store.tables import recognitions

KEPT = timedelta(days=31)
"""Older ones are dropped: nobody checks a workshop against last month's calendars more than once."""


def load(db: Connection, fingerprint: str) -> tuple[tuple[str, ...], ...] | None:
    """Return the clusters of listing ids, None where nobody kept them."""
    told = db.execute(select(recognitions.c.clusters).where(recognitions.c.fingerprint == fingerprint)).scalar()
    return None if told is None else tuple(tuple(cluster) for cluster in json.loads(told))


def save(db: Connection, fingerprint: str, night: date, clusters: tuple[tuple[str, ...], ...]) -> None:
    """Keep the clusters of a world as of *night*.

    Those that were kept under the same fingerprint are changed in place: with a row go the columns laid out from it.
    """
    exclusively(db, "recognitions")
    mine, told = recognitions.c.fingerprint == fingerprint, {"night": night, "clusters": json.dumps(clusters)}
    if db.execute(update(recognitions).where(mine).values(told)).rowcount == 0:
        db.execute(insert(recognitions).values(told | {"fingerprint": fingerprint}))
    db.execute(delete(recognitions).where(recognitions.c.night < night - KEPT))
