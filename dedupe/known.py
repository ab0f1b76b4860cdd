"""What a check holds a workshop against: events as columns, and whoever can tell the few that matter in full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from calendar_sync.roster import Organisation
from dedupe.event_columns import EventColumns, columns_of
from dedupe.events import Event
from dedupe.profiles import Profile, profile
from dedupe.screens import Bools, Ints, Screen


@dataclass(frozen=True)
class Known:
    """Events of one world. *events* gives some rows of the columns with their listings, in the order asked for."""

    columns: EventColumns
    events: Callable[[Sequence[int]], list[Event]]


@dataclass(frozen=True)
class Asked:
    """Known events, what a proposed workshop has in common with each, and which of them it is itself."""

    known: Known
    screen: Screen
    itself: frozenset[int] = frozenset()
    """Rows that list the workshop asked about; it is not held against itself."""
    at_hand: dict[int, Profile] = field(default_factory=dict)
    """Events made again so far, by row."""

    def full(self, rows: Sequence[int]) -> list[Profile]:
        """Return some rows as events in full; asking for many at once is quicker than for each."""
        missing = [row for row in dict.fromkeys(rows) if row not in self.at_hand]
        if missing:
            events = zip(self.known.columns.profiles(missing), self.known.events(missing), strict=True)
            told = [replace(understood, event=event) for understood, event in events]
            self.at_hand.update(zip(missing, told, strict=True))
        return [self.at_hand[row] for row in rows]

    def rows(self, mask: Bools) -> Ints:
        """Return the rows of a mask, itself left out; ascending."""
        rows = np.flatnonzero(mask)
        return rows[~np.isin(rows, list(self.itself))] if self.itself else rows


def known(events: Sequence[Event], organisations: Sequence[Organisation], on: date) -> Known:
    """Lay out events at hand; groups of those without a date are resolved as of *on*."""
    return known_profiles([profile(event, organisations, on) for event in events])


def known_profiles(profiles: Sequence[Profile]) -> Known:
    """Lay out events that are understood already."""
    columns = columns_of(profiles)
    by_id = {entry.event.id: entry.event for entry in profiles}
    return Known(columns, lambda rows: [by_id[columns.event_id(row)] for row in rows])
