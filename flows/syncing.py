"""One calendar, one night: load what is known, fetch and compare, save what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from calendar_sync import roster
from calendar_sync.errors import CalendarEmptied, CalendarShrunken
from calendar_sync.refresh import Outcome, Refreshed, refresh
from calendar_sync.sources import CalendarSource, Payload
from calendar_sync.sources.choosing import source_of
from flows.leasing import still_ours
from flows.outcomes import SyncOutcome
from store import calendars
from store.connecting import connect

LOOK_BACK, LOOK_AHEAD = timedelta(days=400), timedelta(days=550)
"""Recurring series are laid out in these days around the night: a year back for history, the planning ahead."""


def planning_window(night: date) -> tuple[date, date]:
    """Return [from, to) for the occurrences of recurring series.

    >>> planning_window(date(2007, 11, 26))
    (datetime.date(2006, 10, 22), datetime.date(2009, 5, 29))
    """
    return night - LOOK_BACK, night + LOOK_AHEAD


def sync_calendar(
    roster_path: Path, calendar_id: str, night: date, accept: bool = False, *, token: int | None = None
) -> SyncOutcome:
    """Read one calendar as of *night*; *accept* takes an emptied or shrunken calendar as it is.

    With *token*, the fencing token of the night's lease, nothing is saved once another run has taken over.

    Raises:
        RosterError: There is no such calendar, or `outreach.toml` cannot be used.
        LeaseLost: Another run has taken over this night.
    """
    loaded = roster.load(roster_path)
    calendar = loaded.calendar(calendar_id)
    store = connect(loaded.database_url)
    try:
        with store.read() as db:
            known = calendars.known_before(db, calendar_id, night)
            stored = calendars.stored_payload(db, calendar_id, night)
            before = calendars.stored_before(db, calendar_id, night)
        # Fetching lasts, and no connection is held meanwhile.
        source = _Heard(source_of(calendar, loaded.folder, contact=loaded.committee.contact))
        window = planning_window(night)
        refreshed = refresh(source, calendar, known, night, window, stored=stored, accept=accept)
        if _accepted_tonight(refreshed, source.heard or stored, stored, before):
            refreshed = refresh(
                _Again(calendar_id, source.heard), calendar, known, night, window, stored=stored, accept=True
            )
        if refreshed.outcome is Outcome.UNCHANGED and stored != before:
            # It came anew in this night's first run; what a report says must not depend on the number of runs.
            refreshed = replace(refreshed, outcome=Outcome.READ)
        with store.begin() as db:
            still_ours(db, night, token)
            calendars.save(db, night, refreshed)
    finally:
        store.close()
    return _outcome(refreshed)


@dataclass
class _Heard:
    """A source that remembers what it answered."""

    source: CalendarSource
    heard: Payload | None = field(default=None, init=False)

    @property
    def calendar(self) -> str:
        return self.source.calendar

    def fetch(self, night: date, stored: Payload | None) -> Payload | None:
        self.heard = self.source.fetch(night, stored)
        return self.heard


@dataclass(frozen=True)
class _Again:
    """What a source has answered already."""

    calendar: str
    payload: Payload | None

    def fetch(self, night: date, stored: Payload | None) -> Payload | None:
        return self.payload


def _accepted_tonight(
    refreshed: Refreshed, came: Payload | None, stored: Payload | None, before: Payload | None
) -> bool:
    """True when a person accepted this very copy earlier in the night: a second run must not ask them again."""
    doubted = isinstance(refreshed.error, CalendarEmptied | CalendarShrunken)
    return doubted and stored is not None and stored != before and came is not None and came.body == stored.body


def _outcome(refreshed: Refreshed) -> SyncOutcome:
    return SyncOutcome(
        calendar=refreshed.calendar,
        outcome=refreshed.outcome,
        listings=len(refreshed.listings),
        added=len(refreshed.changes.added),
        updated=len(refreshed.changes.updated),
        withdrawn=len(refreshed.changes.withdrawn),
        problems=len(refreshed.problems),
        error=refreshed.error,
    )
