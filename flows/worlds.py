"""What one reader may know, and what follows from it; nothing that is hidden from the reader enters."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import calendar_sync
import dedupe
from calendar_sync.listings import Listing
from calendar_sync.roster import Organisation, Roster
from dedupe.assembling import events as assembled
from dedupe.decisions import Decision, Verdict
from dedupe.events import Event
from dedupe.evidence import Recognition
from dedupe.finding import Found, find
from dedupe.findings import Finding, Kind, Severity
from dedupe.policy import Policy
from reports import disclosure


@dataclass(frozen=True, slots=True)
class World:
    """What follows from one set of listings."""

    listings: tuple[Listing, ...]
    recognition: Recognition
    events: tuple[Event, ...]
    found: Found


def world_of(
    loaded: Roster, reader: Organisation, night: date, listings: Sequence[Listing], decisions: Sequence[Decision]
) -> World:
    """Return the world of one reader: disclosure first, then everything that follows from what is left."""
    visible, decided, programme = _visible(loaded, reader, listings, decisions)
    return _worked_out(visible, decided, programme, loaded.organisations, Policy.from_table(loaded.policy), night)


Clusters = tuple[tuple[str, ...], ...]


def clusters_of(
    loaded: Roster, reader: Organisation, listings: Sequence[Listing], decisions: Sequence[Decision]
) -> Clusters:
    """Recognise the events of one reader's world: ids of listings, a tuple for each event."""
    return _recognised(*_visible(loaded, reader, listings, decisions))[0].clusters


def events_of(
    loaded: Roster,
    reader: Organisation,
    listings: Sequence[Listing],
    decisions: Sequence[Decision],
    clusters: Clusters | None = None,
) -> tuple[Event, ...]:
    """Return the events of one reader's world, without evidence and without looking for findings among them.

    *clusters* are what `clusters_of` gave for the same world; recognising takes numpy, and half a second.
    """
    visible, decided, programme = _visible(loaded, reader, listings, decisions)
    if clusters is None:
        clusters = _recognised(visible, decided, programme)[0].clusters
    return tuple(assembled(visible, Recognition((), clusters), programme))


def fingerprint(
    loaded: Roster, reader: Organisation, listings: Sequence[Listing], decisions: Sequence[Decision]
) -> str:
    """Return what the clusters of one reader's world depend on: its listings, its decisions and how we match."""
    visible, decided, _ = _visible(loaded, reader, listings, decisions)
    told = hashlib.sha256(_matching().encode())
    for listing in visible:
        told.update(repr(listing).encode("utf-8", "surrogatepass"))
    for decision in decided:
        told.update(repr(decision).encode("utf-8", "surrogatepass"))
    return told.hexdigest()


@lru_cache(maxsize=1)
def _matching() -> str:
    """Name the matching that is installed; size and time of its files tell versions apart that are still written."""
    packages = [Path(package.__path__[0]) for package in (calendar_sync, dedupe)]
    files = [file for package in packages for file in sorted(package.rglob("*.*")) if file.suffix != ".pyc"]
    return repr([(file.name, seen.st_size, seen.st_mtime_ns) for file, seen in ((file, file.stat()) for file in files)])


def _visible(
    loaded: Roster, reader: Organisation, listings: Sequence[Listing], decisions: Sequence[Decision]
) -> tuple[tuple[Listing, ...], tuple[Decision, ...], frozenset[str]]:
    visible = disclosure.world(listings, reader, loaded)
    ids = {listing.id for listing in visible}
    return (
        tuple(sorted(visible, key=lambda listing: listing.id)),
        # A decision about listings that the reader cannot see says nothing here, and must not be seen to say nothing.
        tuple(decision for decision in decisions if _about(decision, ids)),
        frozenset(calendar.id for calendar in loaded.calendars if calendar.programme),
    )


def _about(decision: Decision, ids: set[str]) -> bool:
    """True when every event or listing the decision names is visible; a contradiction also names its subject."""
    named = decision.finding.ids
    return all(id_ in ids for id_ in named if _is_id(id_))


def _is_id(name: str) -> bool:
    return name.count("-") == 4


@lru_cache(maxsize=16)
def _worked_out(
    listings: tuple[Listing, ...],
    decisions: tuple[Decision, ...],
    programme: frozenset[str],
    organisations: tuple[Organisation, ...],
    policy: Policy,
    night: date,
) -> World:
    """Work a world out once, however many readers share it: most see the public listings and no others."""
    recognition, events = _recognised(listings, decisions, programme)
    return World(listings, recognition, events, find(events, decisions, policy, organisations, night))


@lru_cache(maxsize=16)
def _recognised(
    listings: tuple[Listing, ...], decisions: tuple[Decision, ...], programme: frozenset[str]
) -> tuple[Recognition, tuple[Event, ...]]:
    # Here, because it brings numpy, which whoever finds the clusters kept need not wait for.
    from dedupe.matching import recognise

    by_id = {listing.id: listing for listing in listings}
    apart = set(_pairs(decisions, Verdict.DISMISSED, by_id))
    together = set(_pairs(decisions, Verdict.CONFIRMED, by_id))
    recognition = recognise(listings, apart=apart, together=together)
    return recognition, tuple(assembled(listings, recognition, programme))


def _pairs(decisions: Sequence[Decision], verdict: Verdict, listings: dict[str, Listing]) -> Iterator[tuple[str, str]]:
    """Yield the pairs that coordinators joined or kept apart, as long as neither listing has changed since."""
    for decision in decisions:
        if decision.verdict is not verdict or decision.finding.kind is not Kind.SAME_EVENT:
            continue
        left, right = sorted(decision.finding.ids)
        pair = (listings[left], listings[right])
        seen = Finding(Kind.SAME_EVENT, Severity.INFORMATION, "", (Event(left, pair),), listing_ids=(left, right))
        if decision.settles(seen):
            yield left, right
