"""Proposals: workshops that coordinators plan at the desk before any calendar lists them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, func, insert, or_, select, update

from store.connecting import exclusively
from store.tables import proposals

HIDDEN, BUSY, SHARED, PUBLIC = "hidden", "busy", "shared", "public"
VISIBILITIES = (HIDDEN, BUSY, SHARED, PUBLIC)
"""Who sees a proposal: its owner alone; other coordinators its days and place; other coordinators all of it; and
public, who may be told of it too."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A workshop that somebody plans."""

    number: int
    owner: str
    """The account of whoever plans it."""
    visibility: str
    values: Mapping[str, str]
    """What they wrote, field by field."""
    said_on: date
    """The night as of which it was written: what "last week of March" hangs on."""
    note: str
    made: datetime
    withdrawn: datetime | None


def add(
    db: Connection, owner: str, visibility: str, values: Mapping[str, str], said_on: date, note: str, made: datetime
) -> int:
    """Keep a proposal and return its number, counted from 1.

    Raises:
        ValueError: There is no such visibility.
    """
    if visibility not in VISIBILITIES:
        raise ValueError(f"{visibility!r} is none of {VISIBILITIES}")
    exclusively(db, "proposals")
    number = (db.execute(select(func.max(proposals.c.number))).scalar() or 0) + 1
    body = _body(values, said_on)
    db.execute(
        insert(proposals).values(
            number=number, owner=owner, visibility=visibility, body=body, note=note, made=made, withdrawn=None
        )
    )
    return number


def load(db: Connection, reader: str) -> list[Kept]:
    """Return what an account may know of and is not withdrawn, the newest first; its own, and what is not hidden."""
    seen = or_(proposals.c.owner == reader, proposals.c.visibility != HIDDEN)
    rows = db.execute(
        select(proposals).where(seen, proposals.c.withdrawn.is_(None)).order_by(proposals.c.number.desc())
    )
    return [_kept(row) for row in rows.mappings()]


def by_number(db: Connection, number: int, reader: str) -> Kept | None:
    """Return one that an account may know of, withdrawn or not; None where there is none."""
    row = db.execute(select(proposals).where(proposals.c.number == number)).mappings().first()
    found = _kept(row) if row is not None else None
    return found if found is not None and (found.owner == reader or found.visibility != HIDDEN) else None


def rewrite(
    db: Connection, number: int, owner: str, visibility: str, values: Mapping[str, str], said_on: date, note: str
) -> bool:
    """Keep one's own proposal as it is written now; False where it is no such, or withdrawn."""
    mine = proposals.c.number == number, proposals.c.owner == owner, proposals.c.withdrawn.is_(None)
    told = update(proposals).where(*mine).values(visibility=visibility, body=_body(values, said_on), note=note)
    return db.execute(told).rowcount == 1


def change(db: Connection, number: int, owner: str, visibility: str) -> bool:
    """Let others see one's own proposal otherwise; False where it is no such, or withdrawn."""
    mine = proposals.c.number == number, proposals.c.owner == owner, proposals.c.withdrawn.is_(None)
    return db.execute(update(proposals).where(*mine).values(visibility=visibility)).rowcount == 1


def withdraw(db: Connection, number: int, owner: str, now: datetime) -> bool:
    """Take one's own proposal back; it stays, as withdrawn. False where it is no such, or withdrawn already."""
    mine = proposals.c.number == number, proposals.c.owner == owner, proposals.c.withdrawn.is_(None)
    return db.execute(update(proposals).where(*mine).values(withdrawn=now)).rowcount == 1


def _body(values: Mapping[str, str], said_on: date) -> str:
    return json.dumps({"values": dict(values), "on": said_on.isoformat()}, ensure_ascii=False, sort_keys=True)


def _kept(row: RowMapping) -> Kept:
    body = json.loads(row["body"])
    return Kept(
        row["number"], row["owner"], row["visibility"], body["values"], date.fromisoformat(body["on"]), row["note"],
        row["made"], row["withdrawn"],
    )  # fmt: skip
