"""What the committee knows since the latest night: what every page about events is made of."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from calendar_sync.roster import Roster
from dedupe.event_columns import EventColumns
from dedupe.events import Event
from dedupe.known import Known
from dedupe.screens import Bools
from flows.checking import known_on
from flows.loading import kept_open
from store import findings
from store.connecting import Store


@dataclass(frozen=True, slots=True)
class Latest:
    """The events of the committee's world as of the latest night it was told of.

    Whoever shows some of them finds their rows in *columns*, and asks for these few in full.
    """

    roster: Roster
    store: Store
    night: date
    known: Known
    behind: bool = False
    """True while older events are shown than what was said of them since."""

    @property
    def columns(self) -> EventColumns:
        """All events, in the order of their first possible days."""
        return self.known.columns

    def events(self, rows: Sequence[int]) -> list[Event]:
        """Return some rows as events, each with its listings as they last read."""
        return self.known.events(rows)

    def row(self, event: str) -> int | None:
        """Return the row of an event by its id, None where no event has it."""
        try:
            wanted = np.frombuffer(uuid.UUID(event).bytes, dtype=np.uint8)
        except ValueError:
            return None
        found = np.flatnonzero((self.columns.ids == wanted).all(axis=1)).tolist()
        return found[0] if found else None

    def within(self, first: date, last: date) -> Bools:
        """Say of each event whether some of its possible days lie from *first* to *last*, shape (n,)."""
        columns = self.columns
        begins, ends = first.toordinal(), last.toordinal()
        found: Bools = (columns.earliest > 0) & (columns.earliest <= ends) & (columns.latest >= begins)
        return found


def latest(roster_path: Path) -> Latest | None:
    """Return what is known since the latest night, None before the first.

    Raises:
        RosterError, DatabaseUnusable: One of them cannot be used.
    """
    with kept_open(roster_path) as (loaded, store):
        with store.read() as db:
            night = findings.last_night(db, loaded.committee.id)
        return None if night is None else Latest(loaded, store, night, known_on(loaded, store, night))
