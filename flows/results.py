"""The results of outreach, from what the committee was told night by night."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection

from dedupe.events import Event
from dedupe.remembering import aliases
from flows.composing import told_of
from flows.loading import Loaded, load, opened
from reports.ledger import CONFLICTS, Ledger, Line, compile_ledger
from reports.nightly import NightlyReport
from reports.standing import Change, Why
from store import findings
from store.findings import Told


def ledger_of(roster_path: Path, night: date) -> Ledger:
    """Return the ledger as of *night*, from what is stored."""
    with opened(roster_path) as (loaded, store):
        committee = loaded.organisation(loaded.committee.id)
        with store.read() as db:
            known = load(db, loaded, night, before=False)
            told = findings.last_told(db, committee.id, night)
        return _compiled(known, known.events(committee, store), told)


def ledger_with(db: Connection, known: Loaded, report: NightlyReport) -> Ledger:
    """Return the ledger of the night that *report*, the committee's, is about; it need not be stored yet."""
    eve = known.night - timedelta(days=1)
    # Of what is no conflict a report tells nothing that would need its body.
    before = findings.last_told(db, report.reader.id, eve, bodies_of=CONFLICTS)
    tonight = [(known.night, told) for told in told_of(report)]
    return _compiled(known, known.world(report.reader).events, [*before, *tonight])


def _compiled(known: Loaded, events: Sequence[Event], told: Iterable[tuple[date, Told]]) -> Ledger:
    latest = {one.key: (night, one) for night, one in sorted(told, key=lambda entry: entry[0])}
    names = aliases(events, known.memories.get(known.roster.committee.id, ()))
    lines = [_line(night, one) for night, one in latest.values()]
    return compile_ledger(lines, known.decisions, events, names, known.night)


def _line(night: date, told: Told) -> Line:
    events = json.loads(told.body)["events"] if told.body else []
    return Line(
        told.key,
        told.severity,
        told.title,
        told.first_night,
        night,
        Change(told.state),
        Why(told.why) if told.why else None,
        tuple(date.fromisoformat(event["earliest"]) for event in events if event["earliest"]),
    )
