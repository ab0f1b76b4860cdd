"""Looking around from the desk: coverage, hosts, one state, the ledger, counted from what the latest night left."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection

from calendar_sync.countries import country_code
from calendar_sync.roster import Roster
from dedupe import phrases
from dedupe.coverage import Coverage
from dedupe.coverage_columns import by_phase, by_theme, coverage, hosting
from dedupe.event_columns import NO_ROW, EventColumns
from dedupe.findings import Kind, is_id
from dedupe.invitations import Assistance, History, Invitation, assistance, invitations, invited, invited_to
from dedupe.meaning import audiences
from dedupe.policy import Policy
from dedupe.remembering import aliases_of
from flows.latest import Latest, latest
from flows.loading import kept_open
from flows.queueing import Queue, Waiting, queue_of, unpacked
from flows.results import lines_of, named
from reports.held import holding_of
from reports.ledger import Entry, Ledger, Line, compile_ledger
from store import decisions, findings, memories

MOST_EVENTS = 50
"""Events, and findings, of a state on one page."""
MOST_INVITATIONS = 100
"""Of a state, that a program is told of at once."""
_MOST_ASSISTANCE = 50


@dataclass(frozen=True, slots=True)
class Covered:
    """The coverage of some states over a period, as the latest night left it."""

    night: date
    behind: bool
    coverage: Coverage
    hosts: dict[str, int]
    """How many events each state hosts in the period."""
    unknown: tuple[str, ...]
    """Words asked for that name no state and no group."""


@dataclass(frozen=True, slots=True)
class StateSeen:
    """One state: what it was and is invited to, page by page, and what needs a word about it."""

    night: date
    behind: bool
    state: str
    events: int
    ahead: int
    """How many of the events are still to come."""
    invitations: tuple[Invitation, ...]
    """Of this page, what is still to come first, then the latest."""
    page: int
    last: int
    by_theme: dict[str, int]
    by_phase: dict[str, int]
    assistance: tuple[Assistance, ...]
    findings: tuple[Waiting, ...]
    more_findings: int


@dataclass(frozen=True, slots=True)
class Results:
    """The ledger of the latest night, and by which numbers people call its findings."""

    night: date
    ledger: Ledger
    numbers: dict[str, int]


def covered(roster_path: Path, since: date | None, until: date | None, groups: Sequence[str]) -> Covered | None:
    """Count what the states of some groups are invited to; without dates, this year and the three before it.

    With a last day alone, it is the year of that day and the three before; with a first day alone, the end of this year
    or of that day's, whichever is later, is the last.

    None before the first night.
    """
    seen = latest(roster_path)
    if seen is None:
        return None
    last = until or date(max(seen.night.year, since.year if since else 0), 12, 31)
    first = since or date(min(seen.night.year, last.year) - 3, 1, 1)
    read = audiences.states(groups, last, seen.roster.organisations)
    policy = Policy.from_table(seen.roster.policy)
    group = phrases.listed([name for name in groups if name not in read.unknown]) if read.states else ""
    told = coverage(seen.columns, read.states, first, last, policy, group)
    held = hosting(seen.columns, first, last, policy)
    hosts = {state: number for state, number in held.items() if not read.states or state in read.states}
    return Covered(seen.night, seen.behind, told, hosts, read.unknown)


def state_seen(roster_path: Path, state: str, page: int, today: date) -> StateSeen | None:
    """Return one state by its ISO code, None where there is no such state, or no night yet."""
    seen = latest(roster_path)
    code = country_code(state) if len(state) == 2 else ""
    if seen is None or code != state:
        return None
    rows = invited(seen.columns, state)
    over = (seen.columns.latest[rows] < seen.night.toordinal()) & (seen.columns.earliest[rows] > 0)
    # What is still to come in its order, then what is over, the latest first.
    ordered = np.concatenate([rows[~over], rows[over][::-1]])
    shown = ordered[(page - 1) * MOST_EVENTS : page * MOST_EVENTS]
    with seen.store.read() as db:
        queue = queue_of(db, seen.roster, seen.night, today)
    about = _about(seen, queue, state)
    return StateSeen(
        seen.night,
        seen.behind,
        state,
        len(rows),
        int((~over).sum()),
        invitations(seen.known, shown, seen.night),
        page,
        max(1, -(-len(rows) // MOST_EVENTS)),
        by_theme(seen.columns, rows),
        by_phase(seen.columns, rows),
        assistance(seen.known, rows)[:_MOST_ASSISTANCE],
        tuple(about[:MOST_EVENTS]),
        max(0, len(about) - MOST_EVENTS),
    )


def _about(seen: Latest, queue: Queue, state: str) -> list[Waiting]:
    """Return the findings that wait and concern a state: by their keys, or because an event of theirs invites it."""
    waiting = queue.waiting
    named_in = [
        (at, id_) for at, row in enumerate(waiting) if row.told.kind is not Kind.SAME_EVENT
        for id_ in row.told.key.ids if is_id(id_)
    ]  # fmt: skip
    found = seen.columns.rows_of([id_ for _, id_ in named_in]) if named_in else np.empty(0, dtype=np.int64)
    inviting = seen.columns.inviting(state)
    mine = {at for (at, _), row in zip(named_in, found.tolist(), strict=True) if row != NO_ROW and inviting[row]}
    return [row for at, row in enumerate(waiting) if at in mine or state in row.told.key.ids]


def invitations_by_state(roster_path: Path) -> tuple[date, bool, dict[str, int]] | None:
    """Return how many events each state is invited to, whenever; None before the first night."""
    seen = latest(roster_path)
    if seen is None:
        return None
    return seen.night, seen.behind, invited_to(seen.columns)


def results(roster_path: Path) -> Results | None:
    """Return the ledger as of the latest night, None before the first; compiled once while what it rests on stands."""
    seen = latest(roster_path)
    if seen is None:
        return None
    loaded, committee = seen.roster, seen.roster.committee.id
    with seen.store.read() as db:
        key = (loaded.database_url, seen.night, findings.stamp(db, committee, seen.night), decisions.head(db))
        with _LOCK:
            kept = _AT_HAND.get(key)
            if kept is None or kept[0] is not seen.columns or kept[1] != loaded:
                lines, names = _lines(db, seen, key), _names(db, seen, key)
                ledger = compile_ledger(
                    lines, decisions.load_all(db), holding_of(seen.columns), names, seen.night
                )  # fmt: skip
                kept = _AT_HAND[key] = (
                    seen.columns, loaded, Results(seen.night, ledger, findings.numbers(db, committee))
                )  # fmt: skip
                while len(_AT_HAND) > _MOST_AT_HAND:
                    _AT_HAND.popitem(last=False)
    return kept[2]


def titled(roster_path: Path, entries: Sequence[Entry]) -> list[tuple[Entry, str]]:
    """Give some findings of the ledger, in their order, their titles as they can be told in any language."""
    with kept_open(roster_path) as (loaded, store), store.read() as db:
        told = findings.last_told_of(db, loaded.committee.id, [entry.line.key.id for entry in entries])
    ids = [entry.line.key.id for entry in entries]
    return [
        (entry, unpacked(told[id_].told)[1] if id_ in told else entry.line.title)
        for id_, entry in zip(ids, entries, strict=True)
    ]


def results_written(roster_path: Path, write: Callable[[Ledger], bytes]) -> tuple[date, bytes] | None:
    """Return the night and the ledger as *write* writes it, None before the first; written once for each ledger."""
    found = results(roster_path)
    if found is None:
        return None
    with _LOCK:
        kept = _WRITTEN.get((roster_path, write))
        if kept is None or kept[0] is not found.ledger:
            kept = _WRITTEN[roster_path, write] = found.ledger, write(found.ledger)
    return found.night, kept[1]


def _lines(db: Connection, seen: Latest, key: tuple[object, ...]) -> list[Line]:
    """Return how each finding stood when it was told last; a decision leaves that as it is."""
    told = key[:-1]
    kept = _LINES.get(seen.roster.database_url)
    if kept is None or kept[0] != told:
        rows = findings.last_told(db, seen.roster.committee.id, seen.night)
        kept = _LINES[seen.roster.database_url] = told, lines_of(rows)
    return kept[1]


def _names(db: Connection, seen: Latest, key: tuple[object, ...]) -> Mapping[str, str]:
    """Return the ids by which events went before, to those by which they go now."""
    kept = _NAMES.get(seen.roster.database_url)
    if kept is None or kept[0] != key[:-1] or kept[1] is not seen.columns:
        memory = memories.before(db, seen.roster.committee.id, seen.night)
        names = aliases_of(named(seen.columns), memory)
        kept = _NAMES[seen.roster.database_url] = key[:-1], seen.columns, names
    return kept[2]


_LINES: dict[str, tuple[tuple[object, ...], list[Line]]] = {}
"""By database: of which telling of which night, and the lines."""
_NAMES: dict[str, tuple[tuple[object, ...], EventColumns, Mapping[str, str]]] = {}
"""By database: of which telling of which night, in which columns, and the names."""


def history_seen(roster_path: Path, state: str, page: int) -> tuple[dict[str, Any], int] | None:
    """Return what a state (an ISO code) was invited to as JSON values, and how many pages there are.

    A page has the invitations of MOST_INVITATIONS events; what is counted is of all. None before the first night.
    """
    seen = latest(roster_path)
    if seen is None:
        return None
    rows = invited(seen.columns, state)
    shown = rows[(page - 1) * MOST_INVITATIONS : page * MOST_INVITATIONS]
    asked_for = assistance(seen.known, rows)[:_MOST_ASSISTANCE]
    told = History(state, seen.night, invitations(seen.known, shown, seen.night), asked_for)
    counted = {
        "by_theme": by_theme(seen.columns, rows),
        "by_phase": {phase or "untold": number for phase, number in by_phase(seen.columns, rows).items()},
    }
    return told.as_json() | counted, max(1, -(-len(rows) // MOST_INVITATIONS))


_WRITTEN: dict[tuple[Path, Callable[[Ledger], bytes]], tuple[Ledger, bytes]] = {}
_AT_HAND: OrderedDict[tuple[object, ...], tuple[EventColumns, Roster, Results]] = OrderedDict()
_MOST_AT_HAND = 2
_LOCK = threading.Lock()
"""It is compiled once, however many ask for it."""
