"""What one reader may know, and what follows from it; nothing that is hidden from the reader enters."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import calendar_sync
import dedupe
from calendar_sync.listings import Listing
from calendar_sync.roster import Organisation, Roster
from dedupe.assembling import events as assembled
from dedupe.decisions import Decision, Verdict, following, returned, settled_pairs
from dedupe.events import Event
from dedupe.evidence import Recognition
from dedupe.finding import Found, find
from dedupe.findings import Kind, is_id
from dedupe.policy import Policy
from dedupe.positions import Register
from dedupe.profiles import profile
from dedupe.remembering import Memory, aliases, remember
from dedupe.taught import Taught
from reports import disclosure


@dataclass(frozen=True, slots=True)
class World:
    """What follows from one set of listings."""

    listings: tuple[Listing, ...]
    recognition: Recognition
    events: tuple[Event, ...]
    found: Found
    names: Mapping[str, str]
    """Ids by which events went before, to those by which they go now."""
    memory: Memory
    """What this world must remember after the night."""
    invited: Mapping[str, frozenset[str]]
    """The states each event invites, by its id."""


def world_of(
    loaded: Roster,
    reader: Organisation,
    night: date,
    listings: Sequence[Listing],
    decisions: Sequence[Decision],
    taught: Taught | None = None,
    *,
    gone: Sequence[Listing] = (),
    memory: Memory = (),
) -> World:
    """Return the world of one reader: disclosure first, then everything that follows from what is left.

    *taught* must come from what everybody may see, *memory* from earlier nights of this world; *gone* are listings that
    no longer stand, or not for everybody: all they ever said, the newest last.
    """
    visible, decided, programme = _visible(loaded, reader, listings, decisions, gone, memory)
    policy, was = Policy.from_table(loaded.policy), _was_visible(loaded, reader, gone, visible)
    register = disclosure.register(Register.from_tables(loaded.register), reader, loaded)
    return _worked_out(visible, decided, programme, loaded.organisations, policy, register, night, taught, memory, was)


Clusters = tuple[tuple[str, ...], ...]


def clusters_of(
    loaded: Roster,
    reader: Organisation,
    listings: Sequence[Listing],
    decisions: Sequence[Decision],
    taught: Taught | None = None,
    *,
    gone: Sequence[Listing] = (),
) -> Clusters:
    """Recognise the events of one reader's world: ids of listings, a tuple for each event."""
    visible, decided, _ = _visible(loaded, reader, listings, decisions, gone)
    return _recognised(visible, decided, taught).clusters


def events_of(
    loaded: Roster,
    reader: Organisation,
    night: date,
    listings: Sequence[Listing],
    clusters: Clusters,
    memory: Memory = (),
) -> tuple[Event, ...]:
    """Return the events of one reader's world, without evidence and without looking for findings among them.

    *clusters* are what `clusters_of` gave for the same world; recognising takes numpy, and half a second.
    """
    visible, _, programme = _visible(loaded, reader, listings, ())
    return tuple(assembled(visible, Recognition((), clusters), programme, memory=memory, night=night))


def fingerprint(
    loaded: Roster,
    reader: Organisation,
    listings: Sequence[Listing],
    decisions: Sequence[Decision],
    taught: Taught | None = None,
    *,
    gone: Sequence[Listing] = (),
) -> str:
    """Return what the clusters of one reader's world depend on: its listings, who is said to be whom, how we match."""
    visible, decided, _ = _visible(loaded, reader, listings, decisions, gone)
    told = hashlib.sha256((matching_installed() + repr(taught)).encode())
    for listing in visible:
        told.update(repr(listing).encode("utf-8", "surrogatepass"))
    for decision in decided:
        if decision.finding.kind is Kind.SAME_EVENT:
            told.update(repr(decision).encode("utf-8", "surrogatepass"))
    return told.hexdigest()


def matching_installed() -> str:
    """Name the matching that is installed."""
    return installed(calendar_sync, dedupe)


@lru_cache(maxsize=4)
def installed(*packages: ModuleType) -> str:
    """Name what is installed of packages; size and time of files tell versions apart that are still being written."""
    folders = [Path(package.__path__[0]) for package in packages]
    files = [file for folder in folders for file in sorted(folder.rglob("*.*")) if file.suffix != ".pyc"]
    return repr([(file.name, seen.st_size, seen.st_mtime_ns) for file, seen in ((file, file.stat()) for file in files)])


def _visible(
    loaded: Roster,
    reader: Organisation,
    listings: Sequence[Listing],
    decisions: Sequence[Decision],
    gone: Sequence[Listing] = (),
    memory: Memory = (),
) -> tuple[tuple[Listing, ...], tuple[Decision, ...], frozenset[str]]:
    visible = tuple(sorted(disclosure.world(listings, reader, loaded), key=lambda listing: listing.id))
    was_visible = _was_visible(loaded, reader, gone, visible)
    names = {listing.id for listing in (*visible, *was_visible)} | {known.id for known in memory}
    # A decision about listings that the reader cannot see says nothing here, and must not be seen to say nothing.
    decided = [decision for decision in decisions if _about(decision, names)]
    return (
        visible,
        (*decided, *following(decided, visible, was_visible)),
        frozenset(calendar.id for calendar in loaded.calendars if calendar.programme),
    )


def _was_visible(
    loaded: Roster, reader: Organisation, gone: Sequence[Listing], visible: Sequence[Listing]
) -> tuple[Listing, ...]:
    """Return what the reader cannot see any more, taken away or closed, as it last read where the reader could."""
    here = {listing.id for listing in visible}
    last = {listing.id: listing for listing in disclosure.world(gone, reader, loaded) if listing.id not in here}
    return tuple(last.values())


def _about(decision: Decision, ids: set[str]) -> bool:
    """True when every event or listing the decision names is visible; a contradiction also names its subject."""
    return all(id_ in ids for id_ in decision.finding.ids if is_id(id_))


@lru_cache(maxsize=16)
def _worked_out(
    listings: tuple[Listing, ...],
    decisions: tuple[Decision, ...],
    programme: frozenset[str],
    organisations: tuple[Organisation, ...],
    policy: Policy,
    register: Register,
    night: date,
    taught: Taught | None,
    memory: Memory,
    gone: tuple[Listing, ...],
) -> World:
    """Work a world out once, however many readers share it: most see the public listings and no others."""
    recognition = _recognised(listings, decisions, taught)
    events = tuple(assembled(listings, recognition, programme, memory=memory, night=night))
    names = aliases(events, memory, returned(gone, listings))
    renamed = [replace(decision, finding=decision.finding.renamed(names)) for decision in decisions]
    found = find(events, renamed, policy, organisations, night, register)
    invited = {event.id: profile(event, organisations, night).states for event in events}
    return World(listings, recognition, events, found, names, remember(events, memory, night), invited)


@lru_cache(maxsize=16)
def _recognised(listings: tuple[Listing, ...], decisions: tuple[Decision, ...], taught: Taught | None) -> Recognition:
    # Here, because they bring numpy, which whoever finds the clusters kept need not wait for.
    from dedupe.matching import recognise
    from dedupe.teaching import shifted
    from dedupe.weights import shipped

    decided = list(settled_pairs(decisions, {listing.id: listing for listing in listings}))
    return recognise(
        listings,
        apart={(left, right) for left, right, said in decided if said.verdict is Verdict.DISMISSED},
        together={(left, right) for left, right, said in decided if said.verdict is Verdict.CONFIRMED},
        weights=shifted(shipped(), taught) if taught is not None else None,
    )
