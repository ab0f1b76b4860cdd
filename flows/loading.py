"""What a night's thinking needs, loaded at once from one consistent state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from calendar_sync import roster
from calendar_sync.listings import Listing
from calendar_sync.roster import Organisation, Roster
from dedupe.decisions import Decision
from dedupe.events import Event
from dedupe.taught import Taught
from flows.worlds import World, clusters_of, events_of, fingerprint, world_of
from store import calendars, decisions, recognitions, teachings
from store.calendars import CalendarHealth
from store.connecting import DatabaseUnusable, Store, connect


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
    taught: Taught | None = None
    """How the weights in force differ from those shipped."""

    def world(self, reader: Organisation) -> World:
        """Work out the world of one reader."""
        return world_of(self.roster, reader, self.night, self.listings, self.decisions, self.taught)

    def events(self, reader: Organisation, store: Store) -> tuple[Event, ...]:
        """Return the events of one reader's world, recognised anew only where nobody kept how they cluster."""
        world = (self.roster, reader, self.listings, self.decisions)
        with store.read() as db:
            kept = recognitions.load(db, fingerprint(*world, self.taught))
        if kept is None:
            # Who may only read the database, or asks while a night writes, is answered all the same.
            with suppress(DatabaseUnusable):
                self.keep_clusters(reader, store)
        return events_of(*world, kept, self.taught)

    def keep_clusters(self, reader: Organisation, store: Store) -> None:
        """Recognise the events of one reader's world, and keep how they cluster for the checks of the day."""
        world = (self.roster, reader, self.listings, self.decisions)
        found = clusters_of(*world, self.taught)
        with store.begin() as db:
            recognitions.save(db, fingerprint(*world, self.taught), self.night, found)


def load(db: Connection, loaded: Roster, night: date, *, before: bool = True) -> Loaded:
    """Load everything about *night*; calendars that the roster no longer names are left out.

    Without *before*, what stood the night before is not asked for.
    """
    named = {calendar.id for calendar in loaded.calendars}
    return Loaded(
        loaded,
        night,
        tuple(listing for calendar in loaded.calendars for listing in calendars.known(db, calendar.id, night)),
        tuple(decisions.load_all(db)),
        tuple(fared for fared in calendars.health(db, night) if fared.calendar in named),
        tuple(
            listing
            for calendar in (loaded.calendars if before else ())
            for listing in calendars.known_before(db, calendar.id, night)
        ),
        taught_in_force(db),
    )


def taught_in_force(db: Connection) -> Taught | None:
    """Return the shift in force; None while nothing was taught, or what was taught was for other shipped weights."""
    entry = teachings.in_force(db)
    return entry.taught if entry is not None and entry.taught is not None and entry.taught.applies else None


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
