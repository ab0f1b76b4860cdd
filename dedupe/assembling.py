"""Clusters of listings become events with ids that hold over nights."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from calendar_sync.listings import Listing, Status
from dedupe import remembering
from dedupe.events import Event
from dedupe.evidence import Recognition
from dedupe.remembering import Memory


def events(
    listings: Sequence[Listing],
    recognition: Recognition,
    programme_calendars: Collection[str] = (),
    *,
    memory: Memory = (),
    night: date = date.max,
) -> list[Event]:
    """Make one event of each cluster; cancelled listings stay in it, and their status with them.

    The id is that of the listing first seen; with what this world remembers of the nights before *night*, an event
    keeps it whatever listings join and leave. The result is ordered by start, then id; events without a date come last.
    """
    known = {listing.id: listing for listing in listings}
    matches: dict[str, list[int]] = {}
    for number, match in enumerate(recognition.matches):
        matches.setdefault(match.left_id, []).append(number)
    found = []
    clusters = [[known[id_] for id_ in cluster] for cluster in recognition.clusters]
    names = remembering.name(clusters, memory, night)
    for cluster, members, name in zip(recognition.clusters, clusters, names, strict=True):
        inside = set(cluster)
        held = [
            recognition.matches[number]
            for id_ in cluster
            for number in matches.get(id_, ())
            if recognition.matches[number].right_id in inside
        ]
        found.append(
            Event(
                id=name,
                listings=tuple(sorted(members, key=_newest_first)),
                matches=tuple(held),
                workshop=any(listing.key.calendar in programme_calendars for listing in members),
            )
        )
    return sorted(found, key=lambda event: (event.span.earliest if event.span else date.max, event.id))


def _newest_first(listing: Listing) -> tuple[bool, int, str]:
    since = listing.since
    return listing.status is Status.CANCELLED, -(since.toordinal() if since else 0), listing.id
