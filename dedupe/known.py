"""What a check holds a workshop against: events as columns, and whoever can tell the few that matter in full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from calendar_sync.roster import Organisation
from dedupe.event_columns import EventColumns, columns_of
from dedupe.events import Event
from dedupe.profiles import Profile, profile


@dataclass(frozen=True)
class Known:
    """Events of one world. *full* makes some rows of the columns events again, in the order asked for."""

    columns: EventColumns
    full: Callable[[Sequence[int]], list[Profile]]
    without: int | None = None
    """The row of the workshop asked about, where it is one of these; it is not held against itself."""

    def __len__(self) -> int:
        return len(self.columns) - (self.without is not None)


def known(events: Sequence[Event], organisations: Sequence[Organisation], on: date) -> Known:
    """Lay out events at hand; groups of those without a date are resolved as of *on*."""
    return known_profiles([profile(event, organisations, on) for event in events])


def known_profiles(profiles: Sequence[Profile]) -> Known:
    """Lay out events that are understood already."""
    columns = columns_of(profiles)
    by_id = {entry.event.id: entry for entry in profiles}
    return Known(columns, lambda rows: [by_id[columns.event_id(row)] for row in rows])
