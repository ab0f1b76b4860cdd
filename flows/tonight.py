"""What coordinators see in the morning: what waits for a word, the months ahead, what could not be read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from calendar_sync.roster import Roster
from dedupe import phrases
from dedupe.event_columns import EventColumns
from dedupe.events import Event
from dedupe.sayings import Tongue
from flows.composing import health_view
from flows.latest import Latest, latest
from flows.loading import kept_open
from flows.queueing import Queue, Waiting, queue_of
from flows.retelling import retold
from reports.blind_spots import BlindSpot, blind_spots
from reports.coming import AHEAD
from reports.standing import Change, ToldFinding
from reports.timeline import MOST_EVENTS, Timeline, draw
from store import calendars, findings
from store.accounts import Account, Role

MOST_DRAWN = 20
"""Findings whose events are drawn before anything else: those that press most."""
_MOST_AT_HAND = 16


@dataclass(frozen=True, slots=True)
class Tonight:
    """The page of the morning."""

    night: date
    queue: Queue
    timeline: Timeline
    blind_spots: tuple[BlindSpot, ...]
    """None for an expert, who is asked about findings only."""
    names: Mapping[str, str]
    """Organisation ids to the names a person knows."""
    read: int
    calendars: int
    behind: bool
    """True while the events drawn are older than what was said of them since."""
    everything: bool = True
    """The picture shows what the committee knows."""


def morning(roster_path: Path, spoken: Tongue, account: Account, today: date) -> Tonight | None:
    """Return what waits for a word of *account* since the latest night, its picture as *spoken*; None before it."""
    seen = latest(roster_path)
    if seen is None:
        return None
    with kept_open(roster_path) as (loaded, store), store.read() as db:
        queue = queue_of(db, loaded, seen.night, today)
        whole = account.role is Role.COORDINATOR
        if not whole:
            queue = queue.for_expert(account.name)
        named = {calendar.id for calendar in loaded.calendars}
        fared = [health_view(one) for one in calendars.health(db, seen.night) if one.calendar in named]
        names = {organisation.id: phrases.organisation(organisation) for organisation in loaded.organisations}
        drawn = _picture(db, loaded, seen, queue, spoken, names, whole=whole)
    committee = loaded.organisation(loaded.committee.id)
    return Tonight(
        seen.night,
        queue,
        drawn,
        blind_spots(fared, committee, loaded) if whole else (),
        names,
        sum(view.good for view in fared),
        len(fared),
        seen.behind,
    )


_AT_HAND: OrderedDict[tuple[object, ...], tuple[EventColumns, Roster, Queue, Timeline]] = OrderedDict()
_LOCK = threading.Lock()


def _picture(
    db: Connection,
    loaded: Roster,
    seen: Latest,
    queue: Queue,
    spoken: Tongue,
    names: Mapping[str, str],
    *,
    whole: bool,
) -> Timeline:
    """Draw what presses most and what comes next; drawn once for all who see the same."""
    key = (loaded.database_url, spoken.code, tuple(row.number for row in queue.waiting[:MOST_DRAWN]), whole)
    with _LOCK:
        kept = _AT_HAND.get(key)
        if kept is not None and kept[0] is seen.columns and kept[1] == loaded and kept[2].night == queue.night:
            return kept[3]
    drawn = _drawn(db, loaded, seen, queue.waiting[:MOST_DRAWN], spoken, names, whole=whole)
    with _LOCK:
        _AT_HAND[key] = (seen.columns, loaded, queue, drawn)
        while len(_AT_HAND) > _MOST_AT_HAND:
            _AT_HAND.popitem(last=False)
    return drawn


def _drawn(
    db: Connection,
    loaded: Roster,
    seen: Latest,
    rows: Sequence[Waiting],
    spoken: Tongue,
    names: Mapping[str, str],
    *,
    whole: bool,
) -> Timeline:
    numbered = findings.several(db, loaded.committee.id, seen.night, [row.told.id for row in rows])
    told = [
        ToldFinding(one.number, finding, Change.OPEN, one.told.first_night)
        for one, finding in zip(numbered, retold(db, numbered), strict=True)
        if finding is not None
    ]
    events, more = _coming(seen) if whole else ([], 0)
    picture = draw(events, told, seen.night, loaded.organisation(loaded.committee.id), names, spoken)
    return replace(picture, later=picture.later + more)


def _coming(seen: Latest) -> tuple[list[Event], int]:
    """Return the events of the coming months that begin first, and how many more there are."""
    rows = np.flatnonzero(seen.within(seen.night, seen.night + timedelta(days=AHEAD)))
    return seen.events(rows[:MOST_EVENTS].tolist()), max(0, len(rows) - MOST_EVENTS)
