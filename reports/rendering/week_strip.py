"""The weeks around a proposed workshop as a picture: a row a month, a cell a week, each saying how free it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dedupe.alternatives import Alternative
from dedupe.checks import Check
from dedupe.findings import Kind
from dedupe.sayings import say
from reports import check_wording

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
    """The picture: where each row stands and a day of the month it begins, cells, and what is said of it all."""

    months: Sequence[tuple[float, date | None]]
    cells: Sequence[Cell]
    height: float
    described: str


def strip(check: Check) -> Strip | None:
    """Lay the weeks of a check out; None where there are none."""
    entries = [*check.weeks, *_asked(check)]
    if not check.weeks:
        return None
    entries.sort(key=lambda entry: (entry.span.earliest, entry.weeks))
    months: list[tuple[float, date | None]] = []
    cells: list[Cell] = []
    last, column, row = (0, 0), 0, -1
    for entry in entries:
        first = entry.span.earliest
        if (first.year, first.month) != last or column == MOST_IN_MONTH:
            new = (first.year, first.month) != last
            last, column, row = (first.year, first.month), 0, row + 1
            months.append((row * (CELL_HEIGHT + GAP), first if new else None))
        sort, said = check_wording.cell(entry)
        asked = entry.weeks == 0 and check.event.span is not None and entry.span.earliest == check.event.span.earliest
        cells.append(
            Cell(
                LABEL + column * CELL_WIDTH, row * (CELL_HEIGHT + GAP), str(first.day), said, sort, asked,
                say("{dates}: {what}", dates=entry.words, what=check_wording.week(entry)),
            )
        )  # fmt: skip
        column += 1
    free = sum(cell.sort == "free" for cell in cells)
    return Strip(months, cells, (row + 1) * (CELL_HEIGHT + GAP) + 1, check_wording.described(len(cells), free))


def _asked(check: Check) -> list[Alternative]:
    """Return the dates asked for, unless a week around stands for them."""
    span = check.event.span
    if span is None or not span.is_exact:
        return []
    clashes, duplicates = check.counts.get(Kind.CLASH, 0), check.counts.get(Kind.DUPLICATIVE, 0)
    return [Alternative(span, 0, clashes, duplicates, check.days)]
