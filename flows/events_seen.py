"""One event as coordinators look at it, with everything that is said of it, by whichever name it is asked for."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from calendar_sync.errors import OutreachError
from calendar_sync.listings import Listing
from calendar_sync.roster import Calendar, Organisation, Roster
from dedupe import kindred, phrases
from dedupe.contradictions import contradictions
from dedupe.decisions import Decision, Verdict, decide_pair
from dedupe.events import Event
from dedupe.findings import Finding, Kind, Severity, changed_facts, digest
from dedupe.profiles import Profile, profile
from flows.latest import Latest, latest
from flows.queueing import Waiting, told_of
from flows.reviewing import Seen
from reports.event_facts import EventFact, event_facts
from store import decisions, memories

MOST_LIKELY = 10
"""Events offered as being the same one."""


class NoSuchEvent(OutreachError):
    """No event has this id, and none had it that is remembered."""

    def __init__(self, event: str) -> None:
        super().__init__(event)
        self.event = event

    def __str__(self) -> str:
        return f"There is no event {self.event!r}. Nothing was changed. Next: look for it by its title"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A listing of another event that was decided on together with listings of this one."""

    listing: Listing
    event: str
    """Id of the event that has it now."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """What somebody said in one go of pairs of listings, of which each has one of this event."""

    made: Decision
    """One of them; they differ in their pairs only."""
    here: tuple[Listing, ...]
    elsewhere: tuple[Elsewhere, ...]
    gone: int
    """Listings that stand no more."""
    overruled: bool
    """True when something else was said of each pair later."""
    changed: tuple[str, ...]
    """Material facts that changed since; then it holds no more."""


@dataclass(frozen=True, slots=True)
class Likely:
    """An event that may be the same one, and what a form says was shown of it."""

    event: Event
    shown: str


@dataclass(frozen=True, slots=True)
class Concerning:
    """A finding of the night about an event, and whether somebody decided on it since."""

    row: Waiting
    decided: bool


@dataclass(frozen=True, slots=True)
class EventSeen:
    """One event, whole."""

    night: date
    roster: Roster
    event: Event
    understood: Profile
    facts: tuple[EventFact, ...]
    contradictions: tuple[Finding, ...]
    findings: tuple[Concerning, ...]
    said: tuple[Pairs, ...]
    """The newest first."""
    likely: tuple[Likely, ...]
    """The likest first; events that were split off before all others."""
    shown: Seen
    """What the page shows, for its forms."""

    def calendar(self, listing: Listing) -> Calendar:
        """Return the calendar of a listing."""
        return self.roster.calendar(listing.key.calendar)


def event_seen(roster_path: Path, event: str) -> EventSeen:
    """Return the event that has an id, had it before, or has the listing of that id.

    Raises:
        NoSuchEvent: There is none.
    """
    known = latest(roster_path)
    row = row_of(known, event) if known is not None else None
    if known is None or row is None:
        raise NoSuchEvent(event)
    (found,) = known.events([row])
    ids = frozenset(listing.id for listing in found.listings)
    with known.store.read() as db:
        made = decisions.about(db, Kind.SAME_EVENT, ids)
        concerning = _concerning(db, known, ids | {found.id})
    organisations = known.roster.organisations
    understood = profile(found, organisations, known.night)
    contradicted = tuple(contradictions([understood], organisations))
    names = {one.id: phrases.organisation(one) for one in organisations}
    said = _pairs(known, found, made)
    return EventSeen(
        known.night,
        known.roster,
        found,
        understood,
        event_facts(found, contradicted, names),
        contradicted,
        concerning,
        said,
        _likely(known, row, found, said),
        seen(found, made),
    )


def row_of(known: Latest, event: str) -> int | None:
    """Return the row of the event that has an id, or the listing of that id, or that had the id before."""
    row = known.row(event)
    if row is None:
        row = row_of_listing(known, event)
    return _remembered(known, event) if row is None else row


def row_of_listing(known: Latest, listing: str) -> int | None:
    """Return the row of the event that has a listing."""
    try:
        wanted = np.frombuffer(uuid.UUID(listing).bytes, dtype=np.uint8)
    except ValueError:
        return None
    columns = known.columns
    at = np.flatnonzero((columns.listing_ids == wanted).all(axis=1))
    return int(np.searchsorted(columns.listing_start, at[0], side="right")) - 1 if len(at) else None


def seen(event: Event, made: Sequence[tuple[int, Decision]]) -> Seen:
    """Return what a page shows of an event: what its listings say, and the newest of the decisions about them."""
    facts = Finding(Kind.SAME_EVENT, Severity.INFORMATION, "", (event,)).fingerprint
    return Seen(facts, made[0][0] if made else 0)


def shown(event: Event) -> str:
    """Return the digest of what a page shows of an event."""
    return digest(seen(event, ()).fingerprint)


def organisations_of(roster: Roster, event: Event) -> tuple[Organisation, ...]:
    """Return the organisations that list an event, whoever said something last first."""
    return tuple(roster.organisation(id_) for id_ in dict.fromkeys(one.organisation for one in event.listings))


def _remembered(known: Latest, event: str) -> int | None:
    """Return the row of what became of an event: what it is part of, or what has most of its listings."""
    with known.store.read() as db:
        memory = memories.before(db, known.roster.committee.id, known.night + timedelta(days=1))
    by_id = {one.id: one for one in memory}
    passed: set[str] = set()
    while event in by_id and event not in passed:
        passed.add(event)
        rows = [row for id_ in by_id[event].listings if (row := row_of_listing(known, id_)) is not None]
        if rows:
            return max(sorted(set(rows)), key=rows.count)
        event = by_id[event].merged
        if (row := known.row(event)) is not None:
            return row
    return None


def _concerning(db: Connection, known: Latest, ids: frozenset[str]) -> tuple[Concerning, ...]:
    told = []
    for row in told_of(db, known.roster, known.night, ids):
        newest = decisions.made(db, row.told.id, most=1)
        told.append(Concerning(row, bool(newest) and row.told.settled_by(newest[0][1])))
    return tuple(told)


def _likely(known: Latest, row: int, event: Event, said: Sequence[Pairs]) -> tuple[Likely, ...]:
    """Offer what was split off, then what is most like it."""
    apart = {one.event: None for pairs in said if pairs.made.verdict is Verdict.DISMISSED for one in pairs.elsewhere}
    first = [at for id_ in list(apart)[:MOST_LIKELY] if (at := known.row(id_)) is not None]
    others = [at for at in kindred.near(known.columns, row) if at not in first]
    found = known.events([*first, *others])
    split, near = found[: len(first)], found[len(first) :]
    return tuple(
        Likely(one, shown(one)) for one in (*split, *kindred.likest(event, near, MOST_LIKELY - len(split)))
    )  # fmt: skip


def _pairs(known: Latest, event: Event, made: Sequence[tuple[int, Decision]]) -> tuple[Pairs, ...]:
    """Put together what was said in one go; *made* is the newest first."""
    here = {listing.id: listing for listing in event.listings}
    others = {id_ for _, one in made for id_ in one.finding.ids} - here.keys()
    elsewhere = _elsewhere(known, others)
    listings = here | {id_: one.listing for id_, one in elsewhere.items()}
    newest: dict[str, Verdict] = {}
    together: dict[tuple[object, ...], list[tuple[Decision, bool]]] = {}
    for _, one in made:
        overruled = newest.setdefault(one.finding.id, one.verdict) is not one.verdict
        together.setdefault((one.by, one.at, one.verdict, one.note), []).append((one, overruled))
    told = []
    for several in together.values():
        ids = [*dict.fromkeys(id_ for one, _ in several for id_ in one.finding.ids)]
        told.append(
            Pairs(
                several[0][0],
                tuple(listing for listing in event.listings if listing.id in ids),
                tuple(elsewhere[id_] for id_ in ids if id_ in elsewhere),
                sum(id_ not in listings for id_ in ids),
                all(overruled for _, overruled in several),
                tuple(dict.fromkeys(name for one, _ in several for name in _changed(one, listings))),
            )
        )
    return tuple(told)


def _elsewhere(known: Latest, ids: Collection[str]) -> dict[str, Elsewhere]:
    rows = {id_: row for id_ in sorted(ids) if (row := row_of_listing(known, id_)) is not None}
    events = dict(zip(rows.values(), known.events(list(rows.values())), strict=True))
    return {
        id_: Elsewhere(next(one for one in events[row].listings if one.id == id_), events[row].id)
        for id_, row in rows.items()
    }


def _changed(made: Decision, listings: dict[str, Listing]) -> tuple[str, ...]:
    one, other = (listings.get(id_) for id_ in made.finding.ids)
    if one is None or other is None:
        return ()
    now = decide_pair(one, other, made.verdict, by=made.by, at=made.at)
    return changed_facts(made.fingerprint, now.fingerprint)
