"""What a night's thinking needs, loaded at once from one consistent state."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from calendar_sync import roster
from calendar_sync.listings import Listing
from calendar_sync.roster import Organisation, Roster
from dedupe.decisions import Decision
from dedupe.events import Event
from dedupe.findings import is_id
from dedupe.remembering import Memory
from dedupe.taught import Taught
from flows.worlds import Clusters, World, clusters_of, events_of, fingerprint, world_of
from reports import disclosure
from store import agreements, alerts, calendars, decisions, memories, recognitions, teachings
from store.alerts import Alerted
from store.calendars import CalendarHealth
from store.connecting import DatabaseUnusable, Store, connect

LARGE = 1_000
"""Listings that are recognised, laid out and held against each other in about a second."""


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
    gone: tuple[Listing, ...] = ()
    """Listings that were decided on and no longer stand, or not for everybody: all they ever said, the newest last."""
    memories: Mapping[str, Memory] = field(default_factory=dict)
    """What each organisation's world remembers of the nights before this one."""
    alerts: Mapping[str, Alerted] = field(default_factory=dict)
    """What each organisation was told between the nights before this one."""
    agreed_before: Roster | None = None
    """The roster as it was agreed on the last night before this one; None: as it is."""

    def world_before(self, reader: Organisation) -> list[Listing]:
        """Return what one reader might know of on the last night before this one, by what was agreed then."""
        return disclosure.world(self.before, reader, self.agreed_before or self.roster)

    def world(self, reader: Organisation) -> World:
        """Work out the world of one reader."""
        return world_of(
            self.roster, reader, self.night, self.listings, self.decisions, self.taught,
            gone=self.gone, memory=self.memories.get(reader.id, ()),
        )  # fmt: skip

    def events(self, reader: Organisation, store: Store) -> tuple[Event, ...]:
        """Return the events of one reader's world, recognised anew only where nobody kept how they cluster."""
        with store.read() as db:
            kept = recognitions.load(db, self.fingerprint(reader))
        if kept is None:
            kept = self._clusters(reader)
            # Who may only read the database, or asks while a night writes, is answered all the same.
            with suppress(DatabaseUnusable):
                self.keep_clusters(reader, store)
        return events_of(self.roster, reader, self.night, self.listings, kept, self.memories.get(reader.id, ()))

    def keep_clusters(self, reader: Organisation, store: Store) -> None:
        """Recognise the events of one reader's world, and keep how they cluster for the checks of the day."""
        found = self._clusters(reader)
        with store.begin() as db:
            recognitions.save(db, self.fingerprint(reader), self.night, found)

    def _clusters(self, reader: Organisation) -> Clusters:
        return clusters_of(self.roster, reader, self.listings, self.decisions, self.taught, gone=self.gone)

    def fingerprint(self, reader: Organisation) -> str:
        """Return what the clusters of one reader's world depend on."""
        return fingerprint(self.roster, reader, self.listings, self.decisions, self.taught, gone=self.gone)


def load(db: Connection, loaded: Roster, night: date, *, before: bool = True) -> Loaded:
    """Load everything about *night*; calendars that the roster no longer names are left out.

    Without *before*, what stood the night before is not asked for.
    """
    named = {calendar.id for calendar in loaded.calendars}
    listings = tuple(listing for calendar in loaded.calendars for listing in calendars.known(db, calendar.id, night))
    decided = tuple(decisions.load_all(db))
    return Loaded(
        loaded,
        night,
        listings,
        decided,
        tuple(fared for fared in calendars.health(db, night) if fared.calendar in named),
        tuple(
            listing
            for calendar in (loaded.calendars if before else ())
            for listing in calendars.known_before(db, calendar.id, night)
        ),
        taught_in_force(db),
        _gone(db, loaded, night, listings, decided),
        {organisation.id: memories.before(db, organisation.id, night) for organisation in told_to(loaded)},
        {organisation.id: alerts.told(db, organisation.id, night) for organisation in told_to(loaded)},
        agreements.before(db, night, loaded),
    )


def is_large(db: Connection, night: date) -> bool:
    """True where so many listings stand that working anything out takes longer than somebody waits for a page."""
    return sum(fared.listings for fared in calendars.health(db, night)) > LARGE


def told_to(loaded: Roster) -> list[Organisation]:
    """Return whoever is told something: the readers, and the committee for its review queue whether it reads or not."""
    committee = loaded.organisation(loaded.committee.id)
    return [committee, *(reader for reader in loaded.readers() if reader.id != committee.id)]


def _gone(
    db: Connection, loaded: Roster, night: date, listings: Sequence[Listing], decided: Sequence[Decision]
) -> tuple[Listing, ...]:
    named = {id_ for decision in decided for id_ in decision.finding.ids if is_id(id_)}
    # To whoever may no longer read it, a listing that was closed is as one that is gone: decisions must not tell which.
    closed = listings if loaded.confidentiality else [entry for entry in listings if entry.visibility]
    missing = named - ({listing.id for listing in listings} - {listing.id for listing in closed})
    if not missing:
        return ()
    return tuple(
        listing for calendar in loaded.calendars for listing in calendars.versions(db, calendar.id, missing, night)
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


@contextmanager
def kept_open(roster_path: Path) -> Iterator[tuple[Roster, Store]]:
    """Do as `opened` does, for whoever asks again and again: the database stays open as long as this process lives.

    Raises:
        RosterError, DatabaseUnusable: One of them cannot be used.
    """
    loaded = roster.load(roster_path)
    with _OPENING:
        if loaded.database_url not in _OPEN:
            _OPEN[loaded.database_url] = connect(loaded.database_url)
    yield loaded, _OPEN[loaded.database_url]


_OPEN: dict[str, Store] = {}
_OPENING = threading.Lock()
