"""The results of outreach, from what the committee was told night by night."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Connection

from dedupe.event_columns import EventColumns
from dedupe.packing import Array
from dedupe.remembering import aliases, aliases_of
from flows.checking import known_on
from flows.composing import told_of
from flows.loading import Loaded, opened
from reports.held import holding, holding_of
from reports.ledger import CONFLICTS, Ledger, Line, compile_ledger
from reports.nightly import NightlyReport
from reports.standing import Change, Why
from store import decisions, findings, memories
from store.findings import Told


def ledger_of(roster_path: Path, night: date) -> Ledger:
    """Return the ledger as of *night*, from what is stored."""
    with opened(roster_path) as (loaded, store):
        columns = known_on(loaded, store, night).columns
        with store.read() as db:
            lines = lines_of(findings.last_told(db, loaded.committee.id, night))
            memory, made = memories.before(db, loaded.committee.id, night), decisions.load_all(db)
    return compile_ledger(lines, made, holding_of(columns), aliases_of(named(columns), memory), night)


def ledger_with(db: Connection, known: Loaded, report: NightlyReport) -> Ledger:
    """Return the ledger of the night that *report*, the committee's, is about; it need not be stored yet."""
    eve = known.night - timedelta(days=1)
    # Of what is no conflict a report tells nothing that would need its body.
    before = findings.last_told(db, report.reader.id, eve, bodies_of=CONFLICTS)
    tonight = [(known.night, told) for told in told_of(report)]
    events = known.world(report.reader).events
    names = aliases(events, known.memories.get(known.roster.committee.id, ()))
    return compile_ledger(lines_of([*before, *tonight]), known.decisions, holding(events), names, known.night)


def lines_of(told: Iterable[tuple[date, Told]]) -> list[Line]:
    """Return how each finding stood when it was told last; of *told*, what comes later counts."""
    return list({one.key: _line(night, one) for night, one in told}.values())


def named(columns: EventColumns) -> list[tuple[str, list[str]]]:
    """Return the id of each event with those of its listings."""
    ids, listings = _uuids(columns.ids), _uuids(columns.listing_ids)
    bounds = pairwise(columns.listing_start.tolist())
    return [(id_, listings[begin:end]) for id_, (begin, end) in zip(ids, bounds, strict=True)]


def _uuids(ids: Array) -> list[str]:
    told = ids.tobytes().hex()
    return [
        f"{told[at : at + 8]}-{told[at + 8 : at + 12]}-{told[at + 12 : at + 16]}-{told[at + 16 : at + 20]}-"
        f"{told[at + 20 : at + 32]}"
        for at in range(0, len(told), 32)
    ]


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
