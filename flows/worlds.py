"""What one reader may know, and what follows from it; nothing that is hidden from the reader enters."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import calendar_sync
import dedupe
from calendar_sync.listings import Listing
from calendar_sync.roster import Organisation, Roster
from dedupe.assembling import events as assembled
from dedupe.decisions import Decision, Verdict, settled_pairs
from dedupe.events import Event
from dedupe.evidence import Recognition
from dedupe.finding import Found, find
from dedupe.policy import Policy
from dedupe.taught import Taught
from reports import disclosure


@dataclass(frozen=True, slots=True)
class World:
    """What follows from one set of listings."""

    listings: tuple[Listing, ...]
    recognition: Recognition
    events: tuple[Event, ...]
    found: Found


def world_of(
    loaded: Roster,
    reader: Organisation,
    night: date,
    listings: Sequence[Listing],
    decisions: Sequence[Decision],
    taught: Taught | None = None,
) -> World:
    """Return the world of one reader: disclosure first, then everything that follows from what is left.

    *taught* must come from what everybody may see.
    """
    visible, decided, programme = _visible(loaded, reader, listings, decisions)
    policy = Policy.from_table(loaded.policy)
    return _worked_out(visible, decided, programme, loaded.organisations, policy, night, taught)


Clusters = tuple[tuple[str, ...], ...]


def clusters_of(
    loaded: Roster,
    reader: Organisation,
    listings: Sequence[Listing],
    decisions: Sequence[Decision],
    taught: Taught | None = None,
) -> Clusters:
    """Recognise the events of one reader's world: ids of listings, a tuple for each event."""
    return _recognised(*_visible(loaded, reader, listings, decisions), taught)[0].clusters


def events_of(
    loaded: Roster,
    reader: Organisation,
    listings: Sequence[Listing],
    decisions: Sequence[Decision],
    clusters: Clusters | None = None,
    taught: Taught | None = None,
) -> tuple[Event, ...]:
    """Return the events of one reader's world, without evidence and without looking for findings among them.

    *clusters* are what `clusters_of` gave for the same world; recognising takes numpy, and half a second.
    """
    visible, decided, programme = _visible(loaded, reader, listings, decisions)
    if clusters is None:
        clusters = _recognised(visible, decided, programme, taught)[0].clusters
    return tuple(assembled(visible, Recognition((), clusters), programme))


def fingerprint(
    loaded: Roster,
    reader: Organisation,
    listings: Sequence[Listing],
    decisions: Sequence[Decision],
    taught: Taught | None = None,
) -> str:
    """Return what the clusters of one reader's world depend on: its listings, its decisions and how we match."""
    visible, decided, _ = _visible(loaded, reader, listings, decisions)
    told = hashlib.sha256((_matching() + repr(taught)).encode())
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
    taught: Taught | None,
) -> World:
    """Work a world out once, however many readers share it: most see the public listings and no others."""
    recognition, events = _recognised(listings, decisions, programme, taught)
    return World(listings, recognition, events, find(events, decisions, policy, organisations, night))


@lru_cache(maxsize=16)
def _recognised(
    listings: tuple[Listing, ...], decisions: tuple[Decision, ...], programme: frozenset[str], taught: Taught | None
) -> tuple[Recognition, tuple[Event, ...]]:
    # Here, because they bring numpy, which whoever finds the clusters kept need not wait for.
    from dedupe.matching import recognise
    from dedupe.teaching import shifted
    from dedupe.weights import shipped

    decided = list(settled_pairs(decisions, {listing.id: listing for listing in listings}))
    recognition = recognise(
        listings,
        apart={(left, right) for left, right, said in decided if said.verdict is Verdict.DISMISSED},
        together={(left, right) for left, right, said in decided if said.verdict is Verdict.CONFIRMED},
        weights=shifted(shipped(), taught) if taught is not None else None,
    )
    return recognition, tuple(assembled(listings, recognition, programme))
