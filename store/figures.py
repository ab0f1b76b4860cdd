"""Counts for whoever watches that the desk works: no titles, no names of people, nothing that is read in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from dedupe.findings import changed_facts
from store.findings import GONE
from store.tables import decisions, findings, outbox, sessions


def open_findings(db: Connection, organisation: str, night: date) -> Mapping[tuple[str, str], int]:
    """Count what was told on *night* and nobody decided on, by kind and severity."""
    newest = {
        row.finding: row.fingerprint
        for row in db.execute(select(decisions.c.finding, decisions.c.fingerprint).order_by(decisions.c.number))
    }
    table = findings.c
    rows = db.execute(
        select(table.finding, table.kind, table.severity, table.fingerprint).where(
            table.organisation == organisation, table.night == night, table.state.not_in(GONE)
        )
    )
    return Counter(
        (row.kind, row.severity)
        for row in rows
        if row.finding not in newest or changed_facts(newest[row.finding], row.fingerprint)
    )


def deliveries(db: Connection) -> Mapping[str, int]:
    """Count deliveries by their state."""
    rows = db.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
    return dict(rows.tuples().all())


def signed_in(db: Connection, now: datetime, *, idle: timedelta, longest: timedelta) -> int:
    """Count the sessions that stand."""
    stands = (sessions.c.used > now - idle, sessions.c.created > now - longest)
    return db.execute(select(func.count()).select_from(sessions).where(*stands)).scalar() or 0
