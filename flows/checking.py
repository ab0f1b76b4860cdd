"""The check of a plan before anything is sent: against columns that the night laid out, of which little is read."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from calendar_sync.listings import Listing, ListingKey
from calendar_sync.roster import Roster
from dedupe.checks import Check, Proposal
from dedupe.event_columns import EventColumns, columns_of
from dedupe.events import Event
from dedupe.findings import Kind
from dedupe.known import Known, known_profiles
from dedupe.policy import Policy
from dedupe.positions import Register
from dedupe.profiles import profile
from dedupe.proposals import check_against
from flows.loading import Loaded, load, opened, taught_in_force
from flows.worlds import matching_installed
from store import calendars, decisions, event_columns, memories, revisions
from store.connecting import DatabaseUnusable, Store

_AT_HAND: OrderedDict[str, EventColumns] = OrderedDict()
"""Columns read last, by stamp: whoever asks again in this process need not read them again."""
_MOST_AT_HAND = 2
_READING = threading.Lock()


def check_proposal(roster_path: Path, proposal: Proposal, night: date, *, weeks: int | None = None) -> Check:
    """Hold a planned workshop against everything the committee's coordinators know as of *night*."""
    (answer,) = check_proposals(roster_path, [proposal], night, weeks=weeks)
    return answer


def check_proposals(
    roster_path: Path, proposals: Sequence[Proposal], night: date, *, weeks: int | None = None
) -> list[Check]:
    """Hold each workshop of a plan against the others of it, and against everything known as of *night*."""
    with opened(roster_path) as (loaded, store):
        policy, organisations = Policy.from_table(loaded.policy), loaded.organisations
        register = Register.from_tables(loaded.register).on(night)
        worlds = [known_on(loaded, store, night)]
        if len(proposals) > 1:
            plan = [profile(proposal.as_event(), organisations, night) for proposal in proposals]
            worlds.append(known_profiles(plan))
        return [
            check_against(proposal, worlds, policy, organisations, night, weeks=weeks, register=register)
            for proposal in proposals
        ]


def known_on(loaded: Roster, store: Store, night: date) -> Known:
    """Return what the committee knows as of *night*; laid out anew only where nobody kept the columns."""
    with store.read() as db:
        stamped = stamp(db, loaded, night)
        columns = columns_kept(db, stamped)
        if columns is None:
            fresh = load(db, loaded, night, before=False)
    if columns is None:
        columns = lay_out(fresh, store)
        # Who may only read the database, or asks while a night writes, is answered all the same.
        with suppress(DatabaseUnusable):
            keep(fresh, stamped, columns, store)
    return known_from(loaded, store, night, columns)


def known_from(loaded: Roster, store: Store, night: date, columns: EventColumns) -> Known:
    """Return what *columns* say, with listings as they last read up to *night*."""
    return Known(columns, partial(_events, loaded, store, night, columns))


def keep_columns(known: Loaded, stamped: str, store: Store) -> None:
    """Lay the events of the committee's world out for the checks of the day, unless somebody did.

    *stamped* is the `stamp` of the state that *known* was loaded from.
    """
    with store.read() as db:
        if event_columns.kept(db, stamped):
            return
    keep(known, stamped, lay_out(known, store), store)


def lay_out(known: Loaded, store: Store) -> EventColumns:
    """Lay the events of the committee's world out in columns."""
    committee = known.roster.organisation(known.roster.committee.id)
    return columns_of(
        [profile(event, known.roster.organisations, known.night) for event in known.events(committee, store)]
    )


def keep(known: Loaded, stamped: str, columns: EventColumns, store: Store) -> None:
    """Keep columns beside the clusters that they were made from."""
    committee = known.roster.organisation(known.roster.committee.id)
    with store.begin() as db:
        event_columns.save(db, known.fingerprint(committee), stamped, known.night, columns.to_bytes())
    _at_hand(stamped, columns)


def stamp(db: Connection, loaded: Roster, night: date) -> str:
    """Name what the columns of a night depend on, without reading a listing."""
    changed = revisions.load(db)
    told = hashlib.sha256()
    for part in (
        loaded.database_url, loaded.committee.id, night.isoformat(), matching_installed(), repr(loaded.organisations),
        repr([(calendar.id, calendar.programme, changed.get(calendar.id, 0)) for calendar in loaded.calendars]),
        decisions.head(db, Kind.SAME_EVENT), repr(taught_in_force(db)),
        memories.digest_before(db, loaded.committee.id, night),
    ):  # fmt: skip
        told.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return told.hexdigest()


def columns_kept(db: Connection, stamped: str) -> EventColumns | None:
    """Return the columns that were kept under a stamp; None where nobody did, or by a version that kept others."""
    if not event_columns.kept(db, stamped):
        return None
    # One at a time: they are tens of megabytes, which thirty threads would each read for themselves.
    with _READING:
        if stamped in _AT_HAND:
            _AT_HAND.move_to_end(stamped)
            return _AT_HAND[stamped]
        body = event_columns.load(db, stamped)
        try:
            return None if body is None else _at_hand(stamped, EventColumns.from_bytes(body))
        except ValueError:
            return None


def _at_hand(stamped: str, columns: EventColumns) -> EventColumns:
    _AT_HAND[stamped] = columns
    while len(_AT_HAND) > _MOST_AT_HAND:
        _AT_HAND.popitem(last=False)
    return columns


def _events(loaded: Roster, store: Store, night: date, columns: EventColumns, rows: Sequence[int]) -> list[Event]:
    """Make some rows events again, from what their listings say."""
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    named = [columns.listings(row) for row in rows]
    for calendar, listing in (one for listings in named for one in listings):
        wanted[calendar].add(listing)
    with store.read() as db:
        found = {listing.id: listing for listing in calendars.last_words_in(db, wanted, night)}
    return [
        Event(
            columns.event_id(row),
            tuple(found[listing] for _, listing in listings if listing in found)
            or (_forgotten(loaded, columns.where(row), listings[0][0]),),
            workshop=bool(columns.workshop[row]),
        )
        for row, listings in zip(rows, named, strict=True)
    ]


def _forgotten(loaded: Roster, name: str, calendar: str) -> Listing:
    """Stand for listings that older columns name, and that a night which was run again has not read."""
    owners = {one.id: one.organisation for one in loaded.calendars}
    return Listing(ListingKey(calendar, ""), owners.get(calendar, loaded.committee.id), name)
