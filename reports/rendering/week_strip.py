"""The weeks around a proposed workshop as a picture: a row a month, a cell a week, each saying how free it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dedupe import phrases
from dedupe.alternatives import Alternative
from dedupe.checks import Check
from dedupe.findings import Kind

CELL_WIDTH, CELL_HEIGHT, LABEL, GAP, MOST_IN_MONTH = 60, 38, 50, 3, 5
WIDTH = LABEL + MOST_IN_MONTH * CELL_WIDTH
"""Units of about a pixel on a phone."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One week: what is written in it, and how free it is. *sort*: free, days, duplicate or clash."""

    x: float
    y: float
    day: str
    said: str
    sort: str
    asked: bool
    told: str
    """The same in words."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The picture: months with where they stand, cells, and what somebody hears who does not see it."""

    months: Sequence[tuple[float, str, str]]
    cells: Sequence[Cell]
    height: float
    described: str


def strip(check: Check) -> Strip | None:
    """Lay the weeks of a check out; None where there are none."""
    entries = [*check.weeks, *_asked(check)]
    if not check.weeks:
        return None
    entries.sort(key=lambda entry: (entry.span.earliest, entry.weeks))
    months: list[tuple[float, str, str]] = []
    cells: list[Cell] = []
    last, column, row = (0, 0), 0, -1
    for entry in entries:
        first = entry.span.earliest
        if (first.year, first.month) != last or column == MOST_IN_MONTH:
            new = (first.year, first.month) != last
            last, column, row = (first.year, first.month), 0, row + 1
            month, year = phrases.day(first).split()[1:]
            months.append((row * (CELL_HEIGHT + GAP), month[:3] if new else "", year if new else ""))
        sort, said = state(entry)
        asked = entry.weeks == 0 and check.event.span is not None and entry.span.earliest == check.event.span.earliest
        cells.append(
            Cell(
                LABEL + column * CELL_WIDTH, row * (CELL_HEIGHT + GAP), str(first.day), said, sort, asked,
                f"{entry.words}: {words(entry)}",
            )
        )  # fmt: skip
        column += 1
    free = sum(cell.sort == "free" for cell in cells)
    described = f"{len(cells)} weeks, of which {free} are free. The table holds the same."
    return Strip(months, cells, (row + 1) * (CELL_HEIGHT + GAP) + 1, described)


def state(entry: Alternative) -> tuple[str, str]:
    """Say how free a week is, as a class and in a word that fits a cell.

    >>> from datetime import date
    >>> from calendar_sync.spans import Span
    >>> state(Alternative(Span.exact(date(2010, 2, 2)), 0, 1, 2))
    ('clash', '1 clash')
    """
    if entry.clashes:
        return "clash", f"{entry.clashes} clash"
    if entry.duplicates:
        return "duplicate", f"{entry.duplicates} dupl."
    if entry.against:
        return "days", "day off" if not any(day.sort == "un_session" for day in entry.days) else "UN"
    return "free", "free"


def words(entry: Alternative) -> str:
    """Say what stands against a week."""
    told = []
    if entry.clashes:
        told.append(f"{entry.clashes} clash" + ("es" if entry.clashes > 1 else ""))
    if entry.duplicates:
        told.append(f"{entry.duplicates} duplicate" + ("s" if entry.duplicates > 1 else ""))
    told += [day.name for day in entry.days if day.against]
    return ", ".join(told) or "free"


def _asked(check: Check) -> list[Alternative]:
    """Return the dates asked for, unless a week around stands for them."""
    span = check.event.span
    if span is None or not span.is_exact:
        return []
    clashes, duplicates = check.counts.get(Kind.CLASH, 0), check.counts.get(Kind.DUPLICATIVE, 0)
    return [Alternative(span, 0, clashes, duplicates, check.days)]
