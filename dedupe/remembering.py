"""Ids of events that hold over nights: while listings join and leave, events merge and come apart again.

An event is called after the listing of it that was seen first. What its listings were on earlier nights is remembered,
so that it keeps its name when that listing is withdrawn, and gets it back after it was, for a while, part of another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from calendar_sync.listings import Listing
from dedupe.events import Event

KEPT = timedelta(days=180)
"""How long an event is remembered of which no listing stands."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """An event as one world knew it."""

    id: str
    listings: tuple[str, ...]
    """The ids it had when it last bore its own name, sorted."""
    since: date
    """The night its first listing was first seen: of two events that merge, the older gives the name."""
    merged: str = ""
    """Blank while it bears its own name, else the event that it is part of."""
    gone: date | None = None
    """The first night on which neither it nor what it became part of was there; None while one is."""


Memory = tuple[Remembered, ...]
"""What one world remembers, by id; events that are one listing and bear its name need not be."""


def name(clusters: Sequence[Sequence[Listing]], memory: Memory, night: date) -> list[str]:
    """Give each cluster of listings the id of the event it is, all different.

    An event lives on in the part that holds the listing it is called after, else in the part that holds most of its
    listings. Where several events live on in one cluster, the oldest gives the name, and of those that were part of
    another or gone the night before only where there is no other: so none renames an event that did not change.
    """
    heirs = _heirs([[listing.id for listing in cluster] for cluster in clusters], memory)
    named = _of_any(memory)
    claims: list[list[tuple[bool, date, str]]] = [[] for _ in clusters]
    for known in memory:
        if known.id in heirs:
            claims[heirs[known.id]].append((bool(known.merged or known.gone), known.since, known.id))
    for number, cluster in enumerate(clusters):
        # A listing that was known, and that no remembered event had, was an event by itself.
        claims[number] += [
            (False, seen, listing.id)
            for listing in cluster
            if (seen := listing.first_seen) and seen < night and listing.id not in named
        ]
    return [min(claim)[2] if claim else first(cluster).id for claim, cluster in zip(claims, clusters, strict=True)]


def first(listings: Iterable[Listing]) -> Listing:
    """Return the listing that was seen first."""
    return min(listings, key=lambda listing: (listing.first_seen or date.max, listing.id))


def remember(events: Sequence[Event], memory: Memory, night: date) -> Memory:
    """Return what a world must remember after *night*, of tonight's events and of those it remembered before."""
    before = {known.id: known for known in memory}
    names = aliases(events, memory)
    had = _of_any(memory)
    found: dict[str, Remembered] = {}
    for event in events:
        ids = tuple(sorted(listing.id for listing in event.listings))
        old = before.get(event.id)
        if ids != (event.id,) or event.id in had:
            since = (
                old.since if old else min((listing.first_seen or night for listing in event.listings), default=night)
            )
            found[event.id] = Remembered(event.id, ids, since)
        for listing in event.listings:
            seen = listing.first_seen
            if seen and seen < night and listing.id != event.id and listing.id not in had:
                found[listing.id] = Remembered(listing.id, (listing.id,), seen, event.id)
    tonight = {event.id for event in events}
    for known in memory:
        if known.id in tonight or known.id in found:
            continue
        if known.id in names:
            found[known.id] = replace(known, merged=names[known.id], gone=None)
        elif night - (known.gone or night) <= KEPT:
            found[known.id] = replace(known, gone=known.gone or night)
    return tuple(found[id_] for id_ in sorted(found))


def aliases(events: Sequence[Event], memory: Memory, again: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return by which id an event goes tonight that went by another one: because it merged, or as one listing of it.

    *again* names listings that came back in place of others.
    """
    return aliases_of([(event.id, [listing.id for listing in event.listings]) for event in events], memory, again)


def aliases_of(
    events: Sequence[tuple[str, Sequence[str]]], memory: Memory, again: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Do as `aliases` does, for events of which the ids of their listings are known and no more."""
    tonight = {id_ for id_, _ in events}
    here = {listing: id_ for id_, listings in events for listing in listings}
    found = {id_: name for id_, name in here.items() if id_ not in tonight}
    heirs = _heirs([listings for _, listings in events], memory)
    into = {known.id: known.merged for known in memory}
    for known in memory:
        if known.id in tonight:
            continue
        if known.id in heirs:
            found[known.id] = events[heirs[known.id]][0]
            continue
        target, passed = known.merged, {known.id}
        while target and target not in tonight and target not in passed:
            passed.add(target)
            target = into.get(target, "")
        if target in tonight:
            found[known.id] = target
    for old, new in (again or {}).items():
        if old not in tonight:
            found.setdefault(old, here[new])
    return found


def _of_any(memory: Memory) -> set[str]:
    """Return the ids of the events remembered, and of every listing they had."""
    return {id_ for known in memory for id_ in (known.id, *known.listings)}


def _heirs(clusters: Sequence[Sequence[str]], memory: Memory) -> Mapping[str, int]:
    """Say in which cluster each remembered event lives on; events of which no listing stands are left out."""
    at = {id_: number for number, cluster in enumerate(clusters) for id_ in cluster}
    found = {}
    for known in memory:
        if known.id in at:
            found[known.id] = at[known.id]
            continue
        shared = Counter(at[id_] for id_ in known.listings if id_ in at)
        if shared:
            smallest = {number: min(id_ for id_ in known.listings if at.get(id_) == number) for number in shared}
            found[known.id] = min(shared, key=lambda number: (-shared[number], smallest[number]))
    return found
