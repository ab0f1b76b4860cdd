"""The calendar of the desk: a month day by day, a year in numbers, and one day as a list."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dedupe.screens import Bools, Ints
from flows.dated_events import Chosen, Shown

MOST_ON_A_DAY = 4
"""Events shown on one day of a month; the others are counted."""
MOST_APART = 25
MOST_LISTED = 50
"""Events on one page of a list."""
SHADES = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """An event on one of its days."""

    shown: Shown
    certain: bool
    """True when it surely is held on this day."""
    begun: bool
    """True when an earlier day of the month shows it already."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a month, and how many events there are besides those shown."""

    day: date
    entries: tuple[Entry, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month day by day."""

    first: date
    days: tuple[Day, ...]
    whole: tuple[Shown, ...]
    """Events that last the whole month, or may lie anywhere in it: they stand apart."""
    more_whole: int
    events: int
    """How many there are, whether shown or not."""
    undated: int
    """How many events, of all those chosen, have no date."""


@dataclass(frozen=True, slots=True)
class MonthInNumbers:
    """A month of a year."""

    first: date
    days: tuple[int, ...]
    """How many events each day has, as the page of the month counts them."""
    events: int
    possible: int
    """Those of them without exact dates."""
    whole: int
    """Those that last the whole month, or may lie anywhere in it; no day counts them."""
    workshops: int
    findings: int
    """Findings about them that need a word."""


@dataclass(frozen=True, slots=True)
class Year:
    """A year in numbers."""

    number: int
    months: tuple[MonthInNumbers, ...]
    events: int

    @property
    def step(self) -> int:
        """By how many events a day more is a shade darker."""
        return max(1, -(-max(day for month in self.months for day in month.days) // SHADES))

    @property
    def shades(self) -> tuple[tuple[int, int], ...]:
        """The least and the most events of each shade."""
        return tuple((shade * self.step + 1, (shade + 1) * self.step) for shade in range(SHADES))

    def shade(self, events: int) -> int:
        """Return how dark a day with so many events is, 0 to SHADES."""
        return -(-events // self.step)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list of events."""

    shown: tuple[Shown, ...]
    events: int
    page: int
    pages: int


def month(chosen: Chosen, first: date) -> Month:
    """Return the month that begins on *first*."""
    last = _last(first)
    rows = np.flatnonzero(chosen.mask & chosen.latest.within(first, last))
    whole = _lasting(chosen, rows, first, last)
    ordered = chosen.ordered(rows[~whole])
    apart = chosen.ordered(rows[whole])
    on = [_held_on(chosen, ordered, day) for day in range(first.toordinal(), last.toordinal() + 1)]
    kept = [rows_of_day[:MOST_ON_A_DAY].tolist() for rows_of_day in on]
    named: list[int] = apart[:MOST_APART].tolist()
    shown = chosen.shown([row for rows_of_day in (*kept, named) for row in rows_of_day])
    days, begun = [], set[int]()
    for number, (told, every) in enumerate(zip(kept, on, strict=True)):
        day = first.replace(day=number + 1)
        entries = tuple(Entry(shown[row], _certain(shown[row], day), row in begun) for row in told)
        begun.update(told)
        days.append(Day(day, entries, len(every) - len(told)))
    undated = int((chosen.mask & (chosen.columns.earliest == 0)).sum())
    return Month(
        first, tuple(days), tuple(shown[row] for row in named), len(apart) - len(named), len(rows), undated
    )  # fmt: skip


def year(chosen: Chosen, number: int) -> Year:
    """Return the months of a year in numbers."""
    rows = np.flatnonzero(chosen.mask & chosen.latest.within(date(number, 1, 1), date(number, 12, 31)))
    return Year(number, tuple(_in_numbers(chosen, rows, date(number, at, 1)) for at in range(1, 13)), len(rows))


def on_day(chosen: Chosen, day: date, page: int) -> Listed:
    """Return a page of the events that are, or may be, held on a day."""
    return _listed(chosen, chosen.mask & chosen.latest.within(day, day), page)


def lasting(chosen: Chosen, first: date, page: int) -> Listed:
    """Return a page of the events that last the whole month which begins on *first*, or may lie anywhere in it."""
    last = _last(first)
    rows = np.flatnonzero(chosen.mask & chosen.latest.within(first, last))
    mask = np.zeros(len(chosen.mask), dtype=np.bool_)
    mask[rows[_lasting(chosen, rows, first, last)]] = True
    return _listed(chosen, mask, page)


def undated(chosen: Chosen, page: int) -> Listed:
    """Return a page of the events of which nobody knows when they are held."""
    return _listed(chosen, chosen.mask & (chosen.columns.earliest == 0), page)


def _held_on(chosen: Chosen, rows: Ints, day: int) -> Ints:
    """Return which of *rows* may be held on a day: the committee's workshops and what begins on it first."""
    columns = chosen.columns
    held = rows[(columns.earliest[rows] <= day) & (columns.latest[rows] >= day)]
    goes_on = (columns.earliest[held] < day) & ~columns.workshop[held]
    order: Ints = held[np.argsort(goes_on, kind="stable")]
    return order


def _listed(chosen: Chosen, mask: Bools, page: int) -> Listed:
    rows = chosen.ordered(np.flatnonzero(mask))
    pages = max(1, -(-len(rows) // MOST_LISTED))
    page = min(page, pages)
    told: Sequence[int] = rows[(page - 1) * MOST_LISTED : page * MOST_LISTED].tolist()
    return Listed(tuple(chosen.shown(told).values()), len(rows), page, pages)


def _in_numbers(chosen: Chosen, rows: Ints, first: date) -> MonthInNumbers:
    last = _last(first)
    columns, begin, end = chosen.columns, first.toordinal(), last.toordinal()
    here = rows[(columns.earliest[rows] <= end) & (columns.latest[rows] >= begin)]
    whole = _lasting(chosen, here, first, last)
    shorter = here[~whole]
    # One more where an event begins, one less after it ends: summed up, how many there are each day.
    starts = np.bincount(np.maximum(columns.earliest[shorter] - begin, 0), minlength=last.day + 1)
    stops = np.bincount(np.minimum(columns.latest[shorter] - begin, last.day - 1) + 1, minlength=last.day + 1)
    days = np.cumsum(starts - stops)[: last.day]
    possible = (columns.certain_first[here] != columns.earliest[here]) | (
        columns.certain_last[here] != columns.latest[here]
    )
    told = {one.number for row in here.tolist() for one in chosen.waiting.get(row, ())}
    return MonthInNumbers(
        first, tuple(days.tolist()), len(here), int(possible.sum()), int(whole.sum()),
        int(columns.workshop[here].sum()), len(told),
    )  # fmt: skip


def _lasting(chosen: Chosen, rows: Ints, first: date, last: date) -> Bools:
    """Say which rows may lie on any day from *first* to *last*."""
    columns = chosen.columns
    told: Bools = (columns.earliest[rows] <= first.toordinal()) & (columns.latest[rows] >= last.toordinal())
    return told


def _certain(shown: Shown, day: date) -> bool:
    certain = shown.span.certain if shown.span is not None else None
    return certain is not None and certain[0] <= day <= certain[1]


def _last(first: date) -> date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])
