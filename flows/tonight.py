"""What coordinators see: tonight's findings in the order in which something can still be done, one of them, the log."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from calendar_sync.roster import Organisation, Roster
from dedupe import phrases, sayings
from dedupe.decisions import Decision
from dedupe.findings import Severity, changed_facts
from dedupe.sayings import Tongue
from flows.composing import composed
from flows.feeding import depends_on
from flows.loading import kept_open, load
from flows.reviewing import NoSuchFinding
from reports.nightly import NightlyReport
from reports.standing import ToldFinding
from reports.timeline import draw
from store import decisions, findings
from store.findings import Numbered, Told

MOST_ROWS = 100
"""Findings, and decisions, on one page."""
_PRESSING = tuple(Severity)
"""The most severe first."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One finding in the queue."""

    number: int
    told: Told
    title: str
    first: date | None
    """The first day of its events that is still to come; None when all have begun or none has a date."""
    when: str
    """The days of its events, in words."""


@dataclass(frozen=True, slots=True)
class Made:
    """One decision, as the log tells it."""

    number: int
    decision: Decision
    finding: int | None
    """The finding's number; None where it has another name by now."""
    title: str
    changed: tuple[str, ...]
    """Its material facts that changed since."""


@dataclass(frozen=True, slots=True)
class Tonight:
    """The page of the morning."""

    night: date
    report: NightlyReport
    """The committee's, as it was written that night; its findings are those that wait."""
    waiting: tuple[Waiting, ...]
    informing: tuple[Waiting, ...]
    settled: tuple[Made, ...]
    """What was decided of tonight's findings since."""


@dataclass(frozen=True, slots=True)
class FindingSeen:
    """One finding, whole, and what was said of it."""

    number: int
    told: Told
    title: str
    night: date
    """The night it was last told."""
    report: NightlyReport | None
    """The committee's of that night, where the finding is told there as the store has it."""
    card: ToldFinding | None
    kept: Mapping[str, Any]
    """What the store has of it, for where there is no card."""
    made: tuple[Made, ...]
    """The newest first."""

    @property
    def newest(self) -> int:
        """The number of the newest decision about it, 0 where there is none."""
        return self.made[0].number if self.made else 0

    @property
    def settled(self) -> bool:
        """True when the newest decision holds."""
        return bool(self.made) and not self.made[0].changed


@dataclass(frozen=True, slots=True)
class Log:
    """A page of the log."""

    made: tuple[Made, ...]
    """The newest first."""
    before: int | None
    """Where the next page begins; None on the last."""


def morning(roster_path: Path, spoken: Tongue) -> Tonight | None:
    """Return what waits for a word since the latest night, its picture as *spoken*; None before the first."""
    with kept_open(roster_path) as (loaded, store), store.read() as db:
        committee = loaded.committee.id
        night = findings.last_night(db, committee)
        if night is None:
            return None
        queue = findings.load_queue(db, committee, night)
        made = decisions.load_all(db)
        report = _as_told(db, loaded, night, queue, made)
        newest = {decision.finding.id: decision for decision in made}
        settled = [one for one in queue if (found := newest.get(one.told.id)) and one.told.settled_by(found)]
        numbers = {one.number for one in settled}
        log = [
            Made(0, newest[one.told.id], one.number, _kept(one.told.body)[1] or one.told.title, ()) for one in settled
        ]
    rows = [_waiting(one, night) for one in queue if one.number not in numbers]
    rows.sort(key=_pressing)
    informs = [row.told.severity is Severity.INFORMATION for row in rows]
    return Tonight(
        night,
        _only(report, {row.told.id for row in rows}, loaded.organisation(committee), spoken),
        tuple(row for row, only in zip(rows, informs, strict=True) if not only),
        tuple(row for row, only in zip(rows, informs, strict=True) if only),
        tuple(sorted(log, key=lambda one: one.decision.at, reverse=True)),
    )


def finding_seen(roster_path: Path, number: int) -> FindingSeen:
    """Return one finding as the committee was last told of it, and every decision about it.

    Raises:
        NoSuchFinding: No finding has this number.
    """
    with kept_open(roster_path) as (loaded, store), store.read() as db:
        committee = loaded.committee.id
        found = findings.by_number(db, committee, number)
        if found is None:
            raise NoSuchFinding(number)
        made = decisions.made(db, found.told.id)
        report = card = None
        if found.told.seen and found.night == findings.last_night(db, committee):
            queue = findings.load_queue(db, committee, found.night)
            report = _as_told(db, loaded, found.night, queue, decisions.load_all(db))
            mine = (told for told in report.findings if told.finding.key == found.told.key)
            card = next((told for told in mine if told.fingerprint == found.told.fingerprint), None)
    kept, title = _kept(found.told.body)
    return FindingSeen(
        number,
        found.told,
        title or found.told.title,
        found.night,
        replace(report, contact="") if report is not None and card is not None else None,
        replace(card, number=number) if card is not None else None,
        kept,
        tuple(
            Made(n, decision, number, found.told.title, changed_facts(decision.fingerprint, found.told.fingerprint))
            for n, decision in made
        ),
    )


def log_of(roster_path: Path, before: int | None = None) -> Log:
    """Return a page of every decision ever made, the newest first, from the one *before* that number on."""
    with kept_open(roster_path) as (loaded, store), store.read() as db:
        rows = decisions.made(db, before=before, most=MOST_ROWS + 1)
        made = tuple(_made(db, loaded.committee.id, number, decision) for number, decision in rows[:MOST_ROWS])
    return Log(made, made[-1].number if len(rows) > MOST_ROWS else None)


def _made(db: Connection, committee: str, number: int, decision: Decision) -> Made:
    known = findings.number_of(db, committee, decision.finding)
    found = findings.by_number(db, committee, known) if known is not None else None
    if found is None:
        return Made(number, decision, None, "", ())
    changed = changed_facts(decision.fingerprint, found.told.fingerprint)
    return Made(number, decision, found.number, _kept(found.told.body)[1] or found.told.title, changed)


def _waiting(one: Numbered, night: date) -> Waiting:
    kept, title = _kept(one.told.body)
    events = kept.get("events", [])
    first = min((day for event in events if (day := event["earliest"]) and day > night.isoformat()), default=None)
    when = phrases.listed(list(dict.fromkeys(_days(event) for event in events)))
    return Waiting(one.number, one.told, title or one.told.title, date.fromisoformat(first) if first else None, when)


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


@lru_cache(maxsize=1 << 14)
def _kept(body: str) -> tuple[Mapping[str, Any], str]:
    """Read what the store has of a finding, and its title as it can be told in other languages."""
    kept: Mapping[str, Any] = json.loads(body) if body else {}
    said = kept.get("said", {}).get(kept.get("title", ""))
    return kept, sayings.unpacked(said) if said else str(kept.get("title", ""))


# -- the committee's report, at hand ----------------------------------------------------------------------------------

_AT_HAND: dict[str, tuple[str, NightlyReport]] = {}
"""By database: what the committee's report depends on, and the report."""
_LOCK = threading.Lock()
"""It is composed once, however many ask for it."""


def _as_told(
    db: Connection, loaded: Roster, night: date, queue: Sequence[Numbered], made: Sequence[Decision]
) -> NightlyReport:
    """Compose the committee's report of *night* as it was told: without what was decided of its findings since."""
    asked = {one.told.key: one.told for one in queue}
    then = tuple(one for one in made if one.finding not in asked or not asked[one.finding].settled_by(one))
    reader = loaded.organisation(loaded.committee.id)
    decided = hashlib.sha256(repr(then).encode("utf-8", "surrogatepass")).hexdigest()
    with _LOCK:
        stamp = depends_on(db, loaded, reader, night, decided)
        kept = _AT_HAND.get(loaded.database_url)
        if kept is None or kept[0] != stamp:
            known = replace(load(db, loaded, night), decisions=then)
            before = findings.told_before(db, reader.id, night)
            kept = stamp, composed(known, reader, before, numbers=findings.numbers(db, reader.id))
            _AT_HAND[loaded.database_url] = kept
    return kept[1]


def _only(report: NightlyReport, ids: Collection[str], reader: Organisation, spoken: Tongue) -> NightlyReport:
    """Leave out the findings without an id among *ids*."""
    told = tuple(one for one in report.findings if one.finding.key.id in ids)
    numbers = {one.number for one in told}
    coming = tuple(
        replace(entry, findings=tuple(number for number in entry.findings if number in numbers))
        for entry in report.coming
    )
    drawn = draw([entry.event for entry in coming], told, report.night, reader, report.names, spoken)
    # Whoever reads it here need not write to the committee: they are it.
    return replace(report, findings=told, coming=coming, timeline=drawn, contact="")
