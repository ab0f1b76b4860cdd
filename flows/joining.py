"""A coordinator's word that listings are another event, or that two events are one: recorded pair by pair."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from pathlib import Path

from sqlalchemy import Connection

from calendar_sync.errors import OutreachError
from calendar_sync.listings import Listing
from calendar_sync.roster import Roster
from dedupe.decisions import Decision, Verdict, decide_pair
from dedupe.events import Event
from dedupe.findings import Kind, changed_facts
from flows.checking import stamp
from flows.events_seen import NoSuchEvent, row_of, seen, shown
from flows.latest import Latest, latest
from flows.loading import kept_open
from flows.reviewing import Seen
from store import decisions, findings

Pair = tuple[Listing, Listing]
Made = Sequence[tuple[int, Decision]]
_TRIES = 3
"""A night may write, or somebody else decide, while we look."""
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Saying:
    """Who says something of an event, and what they had before them."""

    seen: Seen
    by: str
    at: datetime
    note: str = ""


class EventDecided(OutreachError):
    """Somebody decided on listings of an event since it was shown."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision)
        self.decision = decision

    def __str__(self) -> str:
        return (
            f"{self.decision.by} decided on listings of this event meanwhile: {self.decision.verdict}. Nothing was "
            "changed. Next: look at the event as it is now, then decide again if you must"
        )


class EventChanged(OutreachError):
    """An event is not what was shown when somebody decided on it."""

    def __init__(self, what: tuple[str, ...]) -> None:
        super().__init__(what)
        self.what = what
        """Its material facts that changed, or "listings"."""

    def __str__(self) -> str:
        return f"The event changed meanwhile ({', '.join(self.what)}). Nothing was changed. Next: look at it again"


class NothingApart(OutreachError):
    """Somebody chose none of the listings of an event, or all of them."""

    def __str__(self) -> str:
        return "Some of its listings must be another event, and some must stay. Nothing was changed. Next: choose again"


class NoOther(OutreachError):
    """What somebody named as the same event is none, or is this one."""

    def __str__(self) -> str:
        return "This names no other event. Nothing was changed. Next: choose one, or give the address of its page"


def split(roster_path: Path, event: str, apart: Collection[str], saying: Saying) -> str:
    """Record that some listings of an event (ids) are another one, and return the id of one that stays.

    The same word of the same person again, as by a second press, changes nothing.

    Raises:
        NoSuchEvent: There is no such event.
        EventDecided, EventChanged, NothingApart: It cannot be recorded; nothing was changed.
    """
    chosen = frozenset(apart)

    def pairs(known: Latest, own: Event, made: Made) -> list[Pair]:
        goes = [one for one in own.listings if one.id in chosen]
        stays = [one for one in own.listings if one.id not in chosen]
        if not goes or not stays or len(goes) < len(chosen):
            raise NothingApart
        return list(product(stays, goes))

    return _record(roster_path, event, Verdict.DISMISSED, chosen, saying, pairs)


def merge(roster_path: Path, event: str, other: str, other_shown: str, saying: Saying) -> str:
    """Record that two events are one, and return the id of a listing of it.

    *other* is an id, or has one in it, as the address of a page does; *other_shown* is what `shown` gave for it, blank
    where it was not before them. Recorded are as many pairs as it takes for all listings to be one event, whatever was
    said of them before: the newest of each event with all of the other, and those that were kept apart. What follows
    from them joins the rest.

    Raises:
        NoSuchEvent: There is no such event.
        EventDecided, EventChanged, NoOther: It cannot be recorded; nothing was changed.
    """
    named = _ID.search(other.lower())
    if named is None:
        raise NoOther

    def pairs(known: Latest, own: Event, made: Made) -> list[Pair]:
        row = row_of(known, named[0])
        if row is None:
            raise NoOther
        (found,) = known.events([row])
        if found.id == own.id:
            raise NoOther
        if other_shown and shown(found) != other_shown:
            raise EventChanged(("listings",))
        newest: dict[tuple[str, ...], Verdict] = {}
        for _, one in made:
            newest.setdefault(one.finding.ids, one.verdict)
        first, others = own.listings[0], found.listings[0]
        return [
            (mine, theirs)
            for mine, theirs in product(own.listings, found.listings)
            if mine is first or theirs is others
            or newest.get(tuple(sorted((mine.id, theirs.id)))) is Verdict.DISMISSED
        ]  # fmt: skip

    return _record(roster_path, event, Verdict.CONFIRMED, frozenset((named[0],)), saying, pairs)


def _record(
    roster_path: Path, event: str, verdict: Verdict, chosen: frozenset[str], saying: Saying,
    pairs: Callable[[Latest, Event, Made], list[Pair]],
) -> str:  # fmt: skip
    """Record a verdict about pairs of listings, all or none of them, while what was looked at still is so."""
    for _ in range(_TRIES):
        with kept_open(roster_path) as (loaded, store), store.read() as db:
            before = _state(db, loaded)
        known = latest(roster_path)
        row = row_of(known, event) if known is not None else None
        if known is None or row is None:
            raise NoSuchEvent(event)
        (own,) = known.events([row])
        with known.store.read() as db:
            made = decisions.about(db, Kind.SAME_EVENT, [one.id for one in own.listings])
        again = _said_already(made, verdict, chosen, saying)
        if again:
            return again
        _must_be_as_seen(own, made, saying.seen)
        told = [
            decide_pair(one, other, verdict, by=saying.by, at=saying.at, note=saying.note)
            for one, other in pairs(known, own, made)
        ]
        with known.store.begin() as db:
            decisions.alone(db)
            if _state(db, known.roster) == before:
                for decision in told:
                    decisions.save(db, decision)
                return next(one.id for one in own.listings if one.id not in chosen)
    raise EventChanged(("listings",))


def _state(db: Connection, loaded: Roster) -> tuple[date | None, str]:
    """Name all that the events of the latest night depend on, decisions about pairs of listings among it."""
    night = findings.last_night(db, loaded.committee.id)
    return night, stamp(db, loaded, night) if night is not None else ""


def _said_already(made: Made, verdict: Verdict, chosen: frozenset[str], saying: Saying) -> str:
    """Return a listing that was not chosen where the same person has just said the same, else blank."""
    since = [one for number, one in made if number > saying.seen.decision]
    ids = {id_ for one in since for id_ in one.finding.ids}
    same = all((one.by, one.verdict, one.note) == (saying.by, verdict, saying.note) for one in since)
    return min(ids - chosen, default="") if same and chosen and chosen <= ids else ""


def _must_be_as_seen(own: Event, made: Made, before: Seen) -> None:
    now = seen(own, made)
    if now.decision != before.decision:
        raise EventDecided(made[0][1]) if made else EventChanged(("listings",))
    if now.fingerprint != before.fingerprint:
        raise EventChanged(changed_facts(before.fingerprint, now.fingerprint) or ("listings",))
