"""One calendar, one night: load what is known, fetch and compare, save what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import overload

from calendar_sync import roster
from calendar_sync.errors import CalendarDoubted, CalendarFailed, OutreachError
from calendar_sync.listings import Listing
from calendar_sync.refresh import Outcome, Refreshed, refresh
from calendar_sync.sources import CalendarSource, Payload
from calendar_sync.sources.choosing import source_of
from calendar_sync.sources.hosts import HOSTS
from flows.confining import confined
from flows.leasing import still_ours
from flows.outcomes import SyncOutcome
from flows.retrying import tried_again
from reports import disclosure
from store import calendars, courtesies, doubts
from store.connecting import Store, connect
from store.doubts import Answer

THREADS = 8
"""Fetching waits for others most of the time; more threads would only crowd the interpreter."""
LOOK_BACK, LOOK_AHEAD = timedelta(days=400), timedelta(days=550)
"""Recurring series are laid out in these days around the night: a year back for history, the planning ahead."""


def planning_window(night: date) -> tuple[date, date]:
    """Return [from, to) for the occurrences of recurring series: whole months, so that it moves once a month.

    >>> planning_window(date(2007, 11, 26))
    (datetime.date(2006, 10, 1), datetime.date(2009, 5, 1))
    """
    return (night - LOOK_BACK).replace(day=1), (night + LOOK_AHEAD).replace(day=1)


@dataclass(frozen=True, slots=True)
class Consent:
    """A person's word that a calendar in doubt is right; it holds for what they were shown, and for nothing else."""

    shown: str
    """The `store.doubts.digest` of the listings that they were shown it would lose."""
    by: str
    at: datetime
    note: str = ""


@tried_again
def sync_calendar(
    roster_path: Path,
    calendar_id: str,
    night: date,
    accept: bool = False,
    *,
    token: int | None = None,
    consent: Consent | None = None,
) -> SyncOutcome:
    """Read one calendar as of *night*; *accept* takes an emptied or shrunken calendar as it is.

    With *token*, the fencing token of the night's lease, nothing is saved once another run has taken over. With
    *consent*, it is taken as it is while it would lose what that person saw; where it would lose something else, it is
    kept as ever.

    Raises:
        RosterError: There is no such calendar, or `outreach.toml` cannot be used.
        LeaseLost: Another run has taken over this night.
    """
    loaded = roster.load(roster_path)
    calendar = loaded.calendar(calendar_id)
    store = connect(loaded.database_url)
    try:
        with store.read() as db:
            memory = calendars.memory_before(db, calendar_id, night)
            doubted = calendars.nights_in_doubt(db, calendar_id, night)
            stored = calendars.stored_payload(db, calendar_id, night)
            before = calendars.stored_before(db, calendar_id, night)
            if "://" in calendar.source:
                HOSTS.recall(courtesies.load(db))
        # Fetching lasts, and no connection is held meanwhile.
        source = _Heard(source_of(calendar, loaded.folder, contact=loaded.committee.contact))
        known = _Known(store, calendar_id, night)
        once = partial(
            refresh, calendar=calendar, known=known, night=night, window=planning_window(night), stored=stored,
            memory=memory, doubted=doubted, part_of=disclosure.parts(loaded),
        )  # fmt: skip
        refreshed = once(source, accept=accept)
        missing: tuple[str, ...] | None = None
        agreed = False
        if isinstance(refreshed.error, CalendarDoubted):
            # Read once more, to say what is at stake: whoever is asked whether it is right has to know.
            believed = once(_Again(calendar_id, source.heard), accept=True)
            missing = _in_order_of_days(believed)
            agreed = consent is not None and believed.complete and consent.shown == doubts.digest(missing)
            if agreed or _accepted_tonight(source.heard or stored, stored, before):
                refreshed, missing = believed, None
        if refreshed.outcome is Outcome.UNCHANGED and stored != before:
            # It came anew in this night's first run; what a report says must not depend on the number of runs.
            refreshed = replace(refreshed, outcome=Outcome.READ)
        with store.begin() as db:
            still_ours(db, night, token)
            standing = calendars.save(db, night, refreshed)
            if missing is not None:
                doubts.save(db, calendar_id, night, missing)
            if agreed and consent is not None:
                said = Answer(calendar_id, night, accepted=True, by=consent.by, at=consent.at, note=consent.note)
                doubts.answer(db, said)
            if "://" in calendar.source:
                courtesies.save(db, HOSTS.courtesy)
    finally:
        store.close()
    return _outcome(refreshed, standing)


def sync_together(
    roster_path: Path,
    calendar_ids: Sequence[str],
    night: date,
    *,
    accept: bool = False,
    consent: Consent | None = None,
    tell: Callable[[str, SyncOutcome | None], None] = lambda calendar, outcome: None,
) -> list[SyncOutcome]:
    """Read several calendars at a time; whatever happens to one, the others are read.

    *tell* hears of each when it begins (None) and when it ends, from several threads.

    Raises:
        RosterError: `outreach.toml` cannot be used.
    """
    log = roster.load(roster_path).state_folder / "errors.log"

    def one(calendar: str) -> SyncOutcome:
        tell(calendar, None)
        began = time.monotonic()
        try:
            outcome = confined(
                "sync", log, lambda: sync_calendar(roster_path, calendar, night, accept, consent=consent)
            )
        except OutreachError as error:
            outcome = SyncOutcome(calendar, "failed", error=CalendarFailed(calendar, str(error)))
        outcome = replace(outcome, seconds=round(time.monotonic() - began, 3))
        tell(calendar, outcome)
        return outcome

    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        return list(pool.map(one, calendar_ids))


class _Known(Sequence[Listing]):
    """The listings known before a night, loaded once somebody looks: a calendar that did not change needs none."""

    def __init__(self, store: Store, calendar: str, night: date) -> None:
        self._load: Callable[[], list[Listing]] = partial(_known_before, store, calendar, night)
        self._listings: list[Listing] | None = None

    def _loaded(self) -> list[Listing]:
        if self._listings is None:
            self._listings = self._load()
        return self._listings

    @overload
    def __getitem__(self, index: int) -> Listing: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Listing]: ...

    def __getitem__(self, index: int | slice) -> Listing | Sequence[Listing]:
        return self._loaded()[index]

    def __len__(self) -> int:
        return len(self._loaded())


def _known_before(store: Store, calendar: str, night: date) -> list[Listing]:
    with store.read() as db:
        return calendars.known_before(db, calendar, night)


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


def _accepted_tonight(came: Payload | None, stored: Payload | None, before: Payload | None) -> bool:
    """True when a person accepted this very copy earlier in the night: a second run must not ask them again."""
    return stored is not None and stored != before and came is not None and came.body == stored.body


def _in_order_of_days(believed: Refreshed) -> tuple[str, ...]:
    """Return the ids of what a calendar withdraws, what comes first in front."""
    days = {
        listing.id: (listing.span.earliest if listing.span is not None else date.max, listing.key)
        for listing in believed.changes.withdrawn
    }
    return tuple(sorted(days, key=lambda listing: days[listing]))


def _outcome(refreshed: Refreshed, standing: int) -> SyncOutcome:
    return SyncOutcome(
        calendar=refreshed.calendar,
        outcome=refreshed.outcome,
        listings=standing,
        added=len(refreshed.changes.added),
        updated=len(refreshed.changes.updated),
        withdrawn=len(refreshed.changes.withdrawn),
        problems=len(refreshed.problems),
        error=refreshed.error,
    )
