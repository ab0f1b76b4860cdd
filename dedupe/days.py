"""Days that tell against a date, or are worth knowing: of the host country's calendar and of the United Nations'."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from calendar_sync.spans import Span
from dedupe import phrases, un_days
from dedupe.sayings import beside, say

SATURDAY, SUNDAY = 5, 6
_LOADING = threading.Lock()
_LONGEST_NAMED = 40
"""Days of a vague span up to which the days in it are named."""


class Sort(StrEnum):
    """What a day means to a workshop."""

    HOLIDAY = "holiday"
    """A public holiday in the host country."""
    UN_HOLIDAY = "un_holiday"
    """An official holiday at United Nations Headquarters."""
    UN_SESSION = "un_session"
    """Delegations sit in New York."""
    UN_DAY = "un_day"
    """A day the United Nations observes: an occasion, and no obstacle."""


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """One day, or days in a row, of some calendar."""

    first: date
    last: date
    sort: Sort
    name: str
    estimated: bool = False
    """True where the moon decides, or a rule stands for dates that are set each year."""

    @property
    def against(self) -> bool:
        """True when it tells against holding a workshop then."""
        return self.sort is not Sort.UN_DAY

    @property
    def words(self) -> str:
        """Name it with its date."""
        named = beside((self.name, phrases.interval(self.first, self.last)))
        return say("{day} (estimated)", day=named) if self.estimated else named

    def as_json(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "start": self.first.isoformat(), "end": self.last.isoformat(), "sort": str(self.sort), "name": self.name,
            "estimated": self.estimated,
        }  # fmt: skip


@dataclass(frozen=True)
class Days:
    """The days of one host country and of the United Nations over some years."""

    country: str
    known: bool
    """False when nobody could tell us the country's holidays."""
    weekend: frozenset[int]
    """Weekdays, Monday 0."""
    entries: Sequence[Day]

    def within(self, first: date, last: date) -> tuple[Day, ...]:
        """Return what falls on some days, the earliest first."""
        return tuple(entry for entry in self.entries if entry.first <= last and entry.last >= first)

    def of(self, span: Span | None) -> tuple[Day, ...]:
        """Return what falls on a proposed span; nothing where it is too vague for that to say anything."""
        if span is None or span.days > _LONGEST_NAMED:
            return ()
        return self.within(span.earliest, span.latest)

    def weekend_days(self, first: date, last: date) -> int:
        """Count the weekend days from *first* to *last*."""
        length = (last - first).days + 1
        return sum((first.weekday() + number) % 7 in self.weekend for number in range(length))

    def against(self, first: date, last: date) -> int:
        """Count the entries that tell against some days."""
        return sum(entry.against for entry in self.within(first, last))


def days(country: str, years: Iterable[int]) -> Days:
    """Return the days that matter to a workshop in *country* (ISO code, blank for anywhere)."""
    wanted = tuple(sorted({year for year in years if date.min.year < year < date.max.year}))
    known, weekend, public = _public(country, wanted) if country else (False, frozenset({SATURDAY, SUNDAY}), ())
    observed = [
        Day(entry.first, entry.last, Sort(entry.sort), entry.name, entry.estimated)
        for year in wanted
        for entry in un_days.of_year(year)
    ]
    return Days(country, known, weekend, tuple(sorted([*public, *observed])))


@lru_cache(maxsize=64)
def _public(country: str, years: tuple[int, ...]) -> tuple[bool, frozenset[int], tuple[Day, ...]]:
    import holidays

    try:
        with _no_other_country():
            told = holidays.country_holidays(country, years=years, language="en_US")
    except NotImplementedError:
        return False, frozenset({SATURDAY, SUNDAY}), ()
    entries = []
    for day, name in told.items():
        plain = name.replace(" (estimated)", "").replace(" (observed, estimated)", " (observed)")
        entries += [Day(day, day, Sort.HOLIDAY, part, plain != name) for part in plain.split("; ")]
    return True, frozenset(told.weekend), tuple(_joined(sorted(entries)))


@contextmanager
def _no_other_country() -> Iterator[None]:
    """Keep the library from loading 250 countries on the way to one: its package of countries imports them all."""
    import holidays

    name = "holidays.countries"
    with _LOADING:
        if name in sys.modules:
            yield
            return
        empty = ModuleType(name)
        empty.__path__ = [str(Path(holidays.__file__).with_name("countries"))]
        sys.modules[name] = empty
        try:
            yield
        finally:
            # Whoever wants the package as it is finds it so.
            del sys.modules[name]
            vars(holidays).pop("countries", None)


def _joined(entries: Sequence[Day]) -> list[Day]:
    """Make one of days in a row that go by one name."""
    found: list[Day] = []
    for entry in entries:
        at = next(
            (
                at
                for at in range(len(found) - 1, -1, -1)
                if found[at].name == entry.name and entry.first - found[at].last == timedelta(days=1)
            ),
            None,
        )
        if at is None:
            found.append(entry)
        else:
            found[at] = Day(found[at].first, entry.last, entry.sort, entry.name, found[at].estimated or entry.estimated)
    return found
