"""How each calendar fared, night after night, and what a night changed in it: read without laying any calendar out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, select

from calendar_sync.listings import Listing
from store import serialising
from store.tables import calendar_nights, listing_versions


@dataclass(frozen=True, slots=True)
class Fared:
    """How a calendar fared on one night. *code* names what went wrong, *detail* is its sentence; blank: it was read."""

    calendar: str
    night: date
    outcome: str
    """A value of `calendar_sync.refresh.Outcome`."""
    code: str
    detail: str
    problems: int
    listings: int
    """How many stood that night."""

    @property
    def good(self) -> bool:
        """True when it could be read."""
        return not self.code


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a calendar stands: the last night on which it was asked, and the last on which it could be read."""

    last: Fared
    good: Fared | None
    since: date | None
    """The first night of those on which it failed without a good one since; None while it can be read."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a night changed in a calendar: how much, and the first of it as it read before and after."""

    added: int = 0
    updated: int = 0
    withdrawn: int = 0
    first: tuple[tuple[Listing | None, Listing | None], ...] = ()
    """Before and after; None where it was not there."""

    @property
    def all(self) -> int:
        """How many listings changed."""
        return self.added + self.updated + self.withdrawn


_COLUMNS = [calendar_nights.c[name] for name in Fared.__dataclass_fields__]


def standings(db: Connection) -> Mapping[str, Standing]:
    """Say of every calendar that was ever asked where it stands now."""
    table = calendar_nights.c
    last = select(table.calendar, func.max(table.night).label("night")).group_by(table.calendar).subquery()
    newest = db.execute(
        select(*_COLUMNS).join_from(
            calendar_nights, last, and_(table.calendar == last.c.calendar, table.night == last.c.night)
        )
    )
    return {row["calendar"]: _standing(db, _fared(row)) for row in newest.mappings().all()}


def standing(db: Connection, calendar: str) -> Standing | None:
    """Say where one calendar stands; None when it was never asked."""
    last = nights(db, calendar, most=1)
    return _standing(db, last[0]) if last else None


def nights(db: Connection, calendar: str, *, most: int) -> list[Fared]:
    """Return the last nights on which a calendar was asked, the newest first."""
    rows = db.execute(
        select(*_COLUMNS)
        .where(calendar_nights.c.calendar == calendar)
        .order_by(calendar_nights.c.night.desc())
        .limit(most)
    )
    return [_fared(row) for row in rows.mappings()]


def changed(db: Connection, calendar: str, night: date, *, most: int) -> Changed:
    """Return what *night* changed in a calendar, and *most* of it in full."""
    table = listing_versions.c
    here = and_(table.calendar == calendar, table.night == night)
    versions = dict(db.execute(select(table.present, func.count()).where(here).group_by(table.present)).tuples().all())
    withdrawn, present = versions.get(False, 0), versions.get(True, 0)
    # What stands is what stood before, without what was withdrawn and with what is new.
    stands = _listings(db, calendar, calendar_nights.c.night <= night)
    stood = _listings(db, calendar, calendar_nights.c.night < night)
    added = min(max(stands - stood + withdrawn, 0), present)
    rows = db.execute(select(table.listing, table.present).where(here).order_by(table.listing).limit(most)).all()
    first = tuple(
        (
            _listing(db, calendar, row.listing, table.night < night),
            _listing(db, calendar, row.listing, table.night == night) if row.present else None,
        )
        for row in rows
    )
    return Changed(added, present - added, withdrawn, first)


def _listings(db: Connection, calendar: str, when: ColumnElement[bool]) -> int:
    """Return how many listings stood on the last of the nights *when*."""
    table = calendar_nights.c
    number = db.execute(
        select(table.listings).where(table.calendar == calendar, when).order_by(table.night.desc()).limit(1)
    ).scalar()
    return number or 0


def _listing(db: Connection, calendar: str, listing: str, when: ColumnElement[bool]) -> Listing | None:
    """Return a listing as it read last on the nights *when*; None where it did not stand."""
    table = listing_versions.c
    row = db.execute(
        select(table.present, table.body)
        .where(table.calendar == calendar, table.listing == listing, when)
        .order_by(table.night.desc())
        .limit(1)
    ).first()
    return serialising.from_json(row.body) if row is not None and row.present else None


def _standing(db: Connection, last: Fared) -> Standing:
    if last.good:
        return Standing(last, last, None)
    table = calendar_nights.c
    mine = table.calendar == last.calendar
    good = db.execute(
        select(*_COLUMNS).where(mine, table.code == "").order_by(table.night.desc()).limit(1)
    ).mappings().first()  # fmt: skip
    found = _fared(good) if good is not None else None
    since = db.execute(
        select(func.min(table.night)).where(mine, table.night > (found.night if found is not None else date.min))
    ).scalar()
    return Standing(last, found, since)


def _fared(row: RowMapping) -> Fared:
    return Fared(**{name: row[name] for name in Fared.__dataclass_fields__})
