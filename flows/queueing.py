"""The queue: which findings wait for a word, in the order in which something can still be done, and which do not."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from calendar_sync.roster import Roster
from dedupe import phrases, sayings
from dedupe.decisions import Decision
from dedupe.findings import Severity, changed_facts
from store import decisions, findings, remarks
from store.findings import Numbered, Told
from store.remarks import Remark

_PRESSING = tuple(Severity)
"""The most severe first."""
_MOST_AT_HAND = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """One finding in the queue."""

    number: int
    told: Told
    """Without its body, which is long."""
    title: str
    first: date | None
    """The first day of its events that is still to come; None when all have begun or none has a date."""
    when: str
    """The days of its events, in words."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The findings of a night; what waits and what only informs in the order in which it presses."""

    night: date
    waiting: tuple[Waiting, ...]
    informing: tuple[Waiting, ...]
    settled: tuple[tuple[Waiting, Decision], ...]
    """What was decided since, the newest first."""
    snoozed: tuple[tuple[Waiting, Remark], ...]
    """What was put off, the soonest back first."""
    experts: Mapping[str, frozenset[str]]
    """Who is asked for a word on which finding, by its id."""

    def for_expert(self, name: str) -> Queue:
        """Return what an expert is asked about, and nothing else."""

        def mine(row: Waiting) -> bool:
            return name in self.experts.get(row.told.id, ())

        return replace(
            self,
            waiting=tuple(row for row in self.waiting if mine(row)),
            informing=tuple(row for row in self.informing if mine(row)),
            settled=tuple((row, made) for row, made in self.settled if mine(row)),
            snoozed=tuple((row, remark) for row, remark in self.snoozed if mine(row)),
        )


def queue_of(db: Connection, loaded: Roster, night: date, today: date) -> Queue:
    """Return the committee's queue of a night, as it stands on the day *today*."""
    key = (
        loaded.database_url, loaded.committee.id, night, today, findings.stamp(db, loaded.committee.id, night),
        decisions.head(db), remarks.head(db),
    )  # fmt: skip
    with _LOCK:
        kept = _AT_HAND.get(key)
        if kept is None:
            kept = _AT_HAND[key] = _made(db, _rows(db, loaded, night), night, today)
            while len(_AT_HAND) > _MOST_AT_HAND:
                _AT_HAND.popitem(last=False)
        _AT_HAND.move_to_end(key)
    return kept


_AT_HAND: OrderedDict[tuple[object, ...], Queue] = OrderedDict()
_ROWS: dict[str, tuple[tuple[object, ...], tuple[Waiting, ...]]] = {}
"""By database: of which telling of which night, and the rows; a decision or a remark leaves them as they are."""
_NAMING: dict[str, tuple[tuple[Waiting, ...], dict[str, list[int]]]] = {}
"""By database: of which rows, and the places among them of those that name an id."""
_LOCK = threading.Lock()
"""It is made once, however many ask for it."""


def _rows(db: Connection, loaded: Roster, night: date) -> tuple[Waiting, ...]:
    committee = loaded.committee.id
    # Blank where an earlier version told the night: this one would have noted a stamp when it told it again.
    stamp = findings.stamp(db, committee, night)
    kept = _ROWS.get(loaded.database_url)
    if kept is not None and kept[0] == (night, stamp):
        return kept[1]
    rows = tuple(waiting(one) for one in findings.queue_rows(db, committee, night))
    _ROWS[loaded.database_url] = ((night, stamp), rows)
    return rows


def told_of(db: Connection, loaded: Roster, night: date, ids: frozenset[str]) -> list[Waiting]:
    """Return the open findings of a night that name any of *ids*, decided or not, in the order of the report."""
    with _LOCK:
        rows = _rows(db, loaded, night)
        kept = _NAMING.get(loaded.database_url)
        if kept is None or kept[0] is not rows:
            naming: dict[str, list[int]] = {}
            for at, row in enumerate(rows):
                for id_ in row.told.key.ids:
                    naming.setdefault(id_, []).append(at)
            kept = _NAMING[loaded.database_url] = rows, naming
    return [rows[at] for at in sorted({at for id_ in ids for at in kept[1].get(id_, ())})]


def _made(db: Connection, rows: tuple[Waiting, ...], night: date, today: date) -> Queue:
    decided = {made.finding.id: made for made in decisions.load_all(db)}
    put_off = remarks.snoozed(db)
    waiting, informing = [], []
    settled: list[tuple[Waiting, Decision]] = []
    snoozed: list[tuple[Waiting, Remark]] = []
    for row in sorted(rows, key=_pressing):
        made, remark = decided.get(row.told.id), put_off.get(row.told.id)
        if made is not None and row.told.settled_by(made):
            settled.append((row, made))
        elif remark is not None and holds(remark, row.told, today):
            snoozed.append((row, remark))
        elif row.told.severity is Severity.INFORMATION:
            informing.append(row)
        else:
            waiting.append(row)
    return Queue(
        night,
        tuple(waiting),
        tuple(informing),
        tuple(sorted(settled, key=lambda pair: pair[1].at, reverse=True)),
        tuple(sorted(snoozed, key=lambda pair: (pair[1].until or date.max, pair[0].number))),
        remarks.assigned(db),
    )


def holds(remark: Remark, told: Told, today: date) -> bool:
    """True while a finding stays put off: until the day comes, or a material fact changes."""
    return (remark.until or date.min) > today and not changed_facts(remark.fingerprint, told.fingerprint)


def waiting(one: Numbered) -> Waiting:
    """Return how a finding stands in the queue of the night it was told."""
    kept, title = unpacked(one.told)
    events = kept.get("events", [])
    first = min((day for event in events if (day := event["earliest"]) and day > one.night.isoformat()), default=None)
    when = phrases.listed(list(dict.fromkeys(_days(event) for event in events)))
    return Waiting(one.number, replace(one.told, body=""), title, date.fromisoformat(first) if first else None, when)


def unpacked(told: Told) -> tuple[Mapping[str, Any], str]:
    """Read what the store has of a finding, and its title as it can be told in other languages."""
    kept: Mapping[str, Any] = json.loads(told.body) if told.body else {}
    said = kept.get("said", {}).get(kept.get("title", ""))
    return kept, sayings.unpacked(said) if said else str(kept.get("title", told.title))


def _days(event: Mapping[str, Any]) -> str:
    """Say the days of a kept event: as a sentence that can be told in other languages where they are exact."""
    if event["earliest"] and event["latest"]:
        written = phrases.interval(date.fromisoformat(event["earliest"]), date.fromisoformat(event["latest"]))
        if written == event["dates"]:
            return written
    return str(event["dates"])


def _pressing(row: Waiting) -> tuple[bool, int, date, int]:
    """Put first what can still be changed, then what is severe, then what is near."""
    return row.first is None, _PRESSING.index(row.told.severity), row.first or date.max, row.number
