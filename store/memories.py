"""What each organisation's world remembers of events, night by night: by which names they went."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import astuple
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import Connection, delete, func, insert, select

from dedupe.remembering import Memory, Remembered
from dedupe.same import made_once
from store.connecting import exclusively
from store.tables import event_memories as table

KEPT = timedelta(days=31)
"""Nights that may be run again with the names of their day; of older ones the last is kept."""


def before(db: Connection, organisation: str, night: date) -> Memory:
    """Return what was remembered after the last night before *night*; nothing where there was none."""
    body = _body(db, organisation, night)
    return () if body is None else _read(body)


def digest_before(db: Connection, organisation: str, night: date) -> str:
    """Tell two memories apart without reading them: the digest of what `before` would read, blank for nothing."""
    body = _body(db, organisation, night)
    return "" if body is None else _digest(body)


@lru_cache(maxsize=4)
def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _body(db: Connection, organisation: str, night: date) -> bytes | None:
    body = db.execute(
        select(table.c.body)
        .where(table.c.organisation == organisation, table.c.night < night)
        .order_by(table.c.night.desc())
        .limit(1)
    ).scalar()
    return None if body is None else bytes(body)


def save(db: Connection, organisation: str, night: date, memory: Memory) -> None:
    """Keep what is remembered after *night*, in place of what an earlier run of it kept."""
    exclusively(db, f"event memory of {organisation}")
    mine = table.c.organisation == organisation
    db.execute(delete(table).where(mine, table.c.night == night))
    if before(db, organisation, night) != memory:
        db.execute(insert(table).values(organisation=organisation, night=night, body=_write(memory)))
    last = select(func.max(table.c.night)).where(mine, table.c.night < night - KEPT).scalar_subquery()
    db.execute(delete(table).where(mine, table.c.night < last))


def _write(memory: Memory) -> bytes:
    return zlib.compress(json.dumps([astuple(known) for known in memory], default=date.isoformat).encode())


@made_once(32)
def _read(body: bytes) -> Memory:
    # Readers of one world remember the same: they share it, and need not be compared entry by entry.
    return tuple(
        Remembered(id_, tuple(listings), date.fromisoformat(since), merged, date.fromisoformat(gone) if gone else None)
        for id_, listings, since, merged, gone in json.loads(zlib.decompress(body))
    )
