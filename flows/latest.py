"""What the committee knows since the latest night: what every page about events is made of."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from calendar_sync.roster import Roster
from dedupe.event_columns import NO_ROW, EventColumns
from dedupe.events import Event
from dedupe.known import Known
from dedupe.screens import Bools
from flows.checking import columns_kept, known_from, known_on, stamp
from flows.laying_out import NotLaidOut, laying_out
from flows.loading import is_large, kept_open
from store import event_columns, findings
from store.connecting import Store

PATIENCE = 20.0
"""Seconds that somebody waits for the very first columns."""
_AT_ONCE = threading.Lock()


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
    """True while these are the events as they were before something that was read or decided since."""

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
            found = int(self.columns.rows_of([event])[0])
        except ValueError:
            return None
        return None if found == NO_ROW else found

    def within(self, first: date, last: date) -> Bools:
        """Say of each event whether some of its possible days lie from *first* to *last*, shape (n,)."""
        columns = self.columns
        begins, ends = first.toordinal(), last.toordinal()
        found: Bools = (columns.earliest > 0) & (columns.earliest <= ends) & (columns.latest >= begins)
        return found


def latest(roster_path: Path) -> Latest | None:
    """Return what is known since the latest night, None before the first.

    What changed since it was laid out is laid out anew by another process; until that has ended, the answer is made of
    the columns that were kept before. Few listings are laid out at once.

    Raises:
        RosterError, DatabaseUnusable: One of them cannot be used.
        NotLaidOut: No columns were kept, and it takes long to lay them out.
    """
    with kept_open(roster_path) as (loaded, store):
        with store.read() as db:
            night = findings.last_night(db, loaded.committee.id)
            if night is None:
                return None
            stamped = stamp(db, loaded, night)
            columns = columns_kept(db, stamped)
        behind = False
        if columns is None:
            columns, behind = _meanwhile(loaded, store, night, stamped)
        return Latest(loaded, store, night, known_from(loaded, store, night, columns), behind)


def _meanwhile(loaded: Roster, store: Store, night: date, stamped: str) -> tuple[EventColumns, bool]:
    """Return what to answer from while nothing is kept under a stamp, and whether that is older."""
    with store.read() as db:
        large = is_large(db, night)
    if not large:
        with _AT_ONCE:
            return known_on(loaded, store, night).columns, False
    at_work = laying_out(loaded.path, stamped)
    found = _older(store, night)
    if found is None:
        at_work.patiently(PATIENCE)
        found = _older(store, night)
    if found is None:
        raise NotLaidOut(loaded.path)
    return found[1], found[0] != stamped


def _older(store: Store, night: date) -> tuple[str, EventColumns] | None:
    """Return the newest columns of all, and their stamp."""
    with store.read() as db:
        stamped = event_columns.newest(db, night)
        columns = columns_kept(db, stamped) if stamped is not None else None
    return None if stamped is None or columns is None else (stamped, columns)


def last_night(roster_path: Path) -> date | None:
    """Return the latest night the committee was told of, None before the first.

    Raises:
        RosterError, DatabaseUnusable: One of them cannot be used.
    """
    with kept_open(roster_path) as (loaded, store), store.read() as db:
        return findings.last_night(db, loaded.committee.id)
