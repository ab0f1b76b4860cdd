"""Hosts that asked to be left alone, from one run to the next."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from calendar_sync.sources.hosts import Courtesy
from store.connecting import exclusively
from store.tables import courtesies


def load(db: Connection) -> Courtesy:
    """Return what hosts asked, passed or not."""
    rows = db.execute(select(courtesies.c.host, courtesies.c.not_before))
    return Courtesy({row.host: row.not_before for row in rows})


def save(db: Connection, courtesy: Courtesy) -> None:
    """Keep what hosts asked in this run beside what they asked in others; of two moments the later one holds."""
    if not courtesy.not_before:
        return
    exclusively(db, "courtesies")
    both = load(db).together(courtesy)
    db.execute(delete(courtesies))
    db.execute(
        insert(courtesies),
        [{"host": host, "not_before": until} for host, until in sorted(both.not_before.items())],
    )
