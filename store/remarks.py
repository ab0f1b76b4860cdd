"""Remarks: what people say about findings besides deciding on them. Nothing is ever removed, newer ones take effect."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, func, insert, select

from store.connecting import exclusively
from store.tables import remarks


class Sort(StrEnum):
    """What a remark does."""

    NOTE = "note"
    """Nothing but be read."""
    SNOOZED = "snoozed"
    """Puts a finding off until a day, or until a material fact of it changes."""
    WOKEN = "woken"
    """Takes that back."""
    ASSIGNED = "assigned"
    """Asks an expert for a word on it."""
    RELEASED = "released"
    """Takes that back."""
    NOT_TAUGHT = "not_taught"
    """Nobody is to learn from what is decided on it."""
    TAUGHT = "taught"
    """Takes that back."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody said about a finding, by the short id of its key."""

    finding: str
    sort: Sort
    by: str
    at: datetime
    note: str = ""
    subject: str = ""
    """The expert who is asked, or asked no more."""
    until: date | None = None
    """The day to which the finding is put off."""
    fingerprint: str = ""
    """What it said when it was put off."""


def add(db: Connection, remark: Remark) -> int:
    """Keep a remark and return its number, counted from 1."""
    exclusively(db, "remarks")
    number = (db.execute(select(func.max(remarks.c.number))).scalar() or 0) + 1
    values = {name: getattr(remark, name) for name in Remark.__dataclass_fields__}
    db.execute(insert(remarks).values(number=number, **values | {"sort": str(remark.sort)}))
    return number


def about(db: Connection, finding: str) -> list[Remark]:
    """Return everything said about a finding, oldest first."""
    asked = select(remarks).where(remarks.c.finding == finding).order_by(remarks.c.number)
    return [_remark(row) for row in db.execute(asked).mappings()]


def newest_of(db: Connection, *sorts: Sort) -> list[Remark]:
    """Return what was said last about each finding and subject among remarks of these sorts, oldest first."""
    asked = select(remarks).where(remarks.c.sort.in_([str(sort) for sort in sorts])).order_by(remarks.c.number)
    return _last(_remark(row) for row in db.execute(asked).mappings())


def snoozed(db: Connection) -> dict[str, Remark]:
    """Return the remarks by which findings are put off, by finding; whether they still hold the caller must see."""
    last = newest_of(db, Sort.SNOOZED, Sort.WOKEN)
    return {remark.finding: remark for remark in last if remark.sort is Sort.SNOOZED}


def assigned(db: Connection) -> dict[str, frozenset[str]]:
    """Return the experts asked about each finding."""
    found: dict[str, set[str]] = {}
    for remark in newest_of(db, Sort.ASSIGNED, Sort.RELEASED):
        if remark.sort is Sort.ASSIGNED:
            found.setdefault(remark.finding, set()).add(remark.subject)
    return {finding: frozenset(names) for finding, names in found.items()}


def not_taught(db: Connection) -> frozenset[str]:
    """Return the findings that nobody is to learn from."""
    last = newest_of(db, Sort.NOT_TAUGHT, Sort.TAUGHT)
    return frozenset(remark.finding for remark in last if remark.sort is Sort.NOT_TAUGHT)


def head(db: Connection) -> int:
    """Return the number of the newest remark, 0 where there is none."""
    return db.execute(select(func.max(remarks.c.number))).scalar() or 0


def _last(said: Iterable[Remark]) -> list[Remark]:
    newest: dict[tuple[str, str], Remark] = {}
    for remark in said:
        newest[remark.finding, remark.subject] = remark
    return list(newest.values())


def _remark(row: RowMapping) -> Remark:
    return Remark(
        row["finding"], Sort(row["sort"]), row["by"], row["at"], row["note"], row["subject"], row["until"],
        row["fingerprint"],
    )  # fmt: skip
