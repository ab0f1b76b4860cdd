"""The list of events that coordinators search: a page of it, found through columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from dedupe import searching
from dedupe.events import Event
from dedupe.meaning import themes
from dedupe.screens import Bools
from flows.dated_events import listed_by
from flows.latest import Latest, latest

MOST_ROWS = 50
"""Events on a page."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events somebody looks for; blank and None: whichever."""

    words: str = ""
    first: date | None = None
    last: date | None = None
    organisation: str = ""
    theme: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class EventsFound:
    """A page of the events that were looked for, in the order of their first possible days, undated ones last."""

    night: date
    wanted: Wanted
    rows: tuple[Event, ...]
    number: int
    """Of all that were found."""
    page: int
    pages: int


def events_found(roster_path: Path, wanted: Wanted, *, coming: bool = False) -> EventsFound | None:
    """Return a page of the events that somebody looks for, None before the first night.

    Where *coming*, those from the night on. Events without a date are among them where no day is asked for. A page that
    is not there is the nearest one.
    """
    known = latest(roster_path)
    if known is None:
        return None
    if coming:
        wanted = replace(wanted, first=known.night)
    rows = np.flatnonzero(_wanted(known, wanted))
    pages = max(1, -(-len(rows) // MOST_ROWS))
    page = min(max(1, wanted.page), pages)
    shown = rows[(page - 1) * MOST_ROWS : page * MOST_ROWS].tolist()
    return EventsFound(known.night, wanted, tuple(known.events(shown)), len(rows), page, pages)


def theme_codes() -> tuple[str, ...]:
    """Return the themes that events may be looked for by."""
    return tuple(sorted(themes.codes()))


def _wanted(known: Latest, wanted: Wanted) -> Bools:
    columns = known.columns
    told = np.ones(len(columns), dtype=np.bool_)
    if wanted.first is not None or wanted.last is not None:
        told &= known.within(wanted.first or date.min, wanted.last or date.max)
    if wanted.theme:
        told &= columns.sets["themes"].shared((wanted.theme,)) > 0
    if wanted.organisation:
        told &= listed_by(known, [wanted.organisation])[:, 0]
    if wanted.words:
        told &= searching.having(columns, wanted.words)
    return told
