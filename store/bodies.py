"""What findings said, kept once however many organisations were told of it on however many nights."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock

from sqlalchemy import Connection, insert, select

from store.connecting import exclusively
from store.tables import finding_bodies as table

AT_ONCE = 500
"""Digests that one question names; databases take no endless list."""
REMEMBERED = 32 << 20
"""Bytes of bodies that this process need not ask for again: what a digest names never changes."""


def save(db: Connection, bodies: Iterable[str]) -> dict[str, str]:
    """Keep what is not kept yet; return the digest of each body."""
    digests = {body: digest(body) for body in bodies}
    wanted = sorted(set(digests.values()))
    if not wanted:
        return digests
    # Somebody else may be about to keep the same.
    exclusively(db, "bodies of findings")
    known: set[str] = set()
    for at in range(0, len(wanted), AT_ONCE):
        known.update(db.execute(select(table.c.digest).where(table.c.digest.in_(wanted[at : at + AT_ONCE]))).scalars())
    fresh = {name: body for body, name in digests.items() if name not in known}
    if fresh:
        db.execute(insert(table), [{"digest": name, "body": body} for name, body in sorted(fresh.items())])
    return digests


def load(db: Connection, digests: Iterable[str]) -> Mapping[str, str]:
    """Return bodies by their digests."""
    wanted = set(digests)
    found = _remembered.those(wanted)
    fresh = read(db, wanted - found.keys())
    _remembered.add(fresh)
    return found | fresh


def read(db: Connection, digests: Iterable[str]) -> dict[str, str]:
    """Return bodies by their digests without remembering them, for whoever reads thousands and keeps none."""
    wanted = sorted(set(digests))
    return {
        row.digest: row.body
        for at in range(0, len(wanted), AT_ONCE)
        for row in db.execute(select(table).where(table.c.digest.in_(wanted[at : at + AT_ONCE])))
    }


def digest(body: str) -> str:
    """Name a body by what it says."""
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


class _Remembered:
    """The bodies asked for last, as bytes: as text most take twice as much. Flows ask from several threads."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def those(self, digests: Iterable[str]) -> dict[str, str]:
        with self._lock:
            found = {name: self._bodies[name] for name in digests if name in self._bodies}
        return {name: body.decode("utf-8", "surrogatepass") for name, body in found.items()}

    def add(self, bodies: Mapping[str, str]) -> None:
        written = {name: body.encode("utf-8", "surrogatepass") for name, body in bodies.items()}
        with self._lock:
            for name, body in written.items():
                self._bytes += len(body) - len(self._bodies.get(name, b""))
                self._bodies[name] = body
            while self._bytes > REMEMBERED:
                self._bytes -= len(self._bodies.popitem(last=False)[1])


_remembered = _Remembered()
