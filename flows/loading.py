"""What a night's thinking needs, loaded at once from one consistent state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from calendar_sync import roster
from calendar_sync.listings import Listing
from calendar_sync.roster import Organisation, Roster
from dedupe.decisions import Decision
from dedupe.events import Event
from flows.worlds import World, events_of, world_of
from store import calendars, decisions
from store.calendars import CalendarHealth
from store.connecting import Store, connect


@dataclass(frozen=True, slots=True)
class Loaded:
    """What stood after *night* was read, what was decided, and how the calendars fared."""

    roster: Roster
    night: date
    listings: tuple[Listing, ...]
    decisions: tuple[Decision, ...]
    health: tuple[CalendarHealth, ...]
    before: tuple[Listing, ...] = ()
    """What stood after the last night before this one."""

    def world(self, reader: Organisation) -> World:
        """Work out the world of one reader."""
        return world_of(self.roster, reader, self.night, self.listings, self.decisions)

    def events(self, reader: Organisation) -> tuple[Event, ...]:
        """Recognise the events of one reader's world, and look no further."""
        return events_of(self.roster, reader, self.listings, self.decisions)


def load(db: Connection, loaded: Roster, night: date) -> Loaded:
    """Load everything about *night*; calendars that the roster no longer names are left out."""
    named = {calendar.id for calendar in loaded.calendars}
    return Loaded(
        loaded,
        night,
        tuple(listing for calendar in loaded.calendars for listing in calendars.known(db, calendar.id, night)),
        tuple(decisions.load_all(db)),
        tuple(fared for fared in calendars.health(db, night) if fared.calendar in named),
        tuple(listing for calendar in loaded.calendars for listing in calendars.known_before(db, calendar.id, night)),
    )


@contextmanager
def opened(roster_path: Path) -> Iterator[tuple[Roster, Store]]:
    """Open the roster and its database.

    Raises:
        RosterError, DatabaseUnusable: One of them cannot be used.
    """
    loaded = roster.load(roster_path)
    store = connect(loaded.database_url)
    try:
        yield loaded, store
    finally:
        store.close()
