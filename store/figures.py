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
    table = findings.c
    told = table.organisation == organisation, table.night == night, table.state.not_in(GONE)
    sorts = table.kind, table.severity
    counted = db.execute(select(*sorts, func.count().label("number")).where(*told).group_by(*sorts))
    number = Counter({(row.kind, row.severity): row.number for row in counted})
    newest = select(func.max(decisions.c.number)).group_by(decisions.c.finding)
    decided = db.execute(
        select(*sorts, table.fingerprint, decisions.c.fingerprint.label("then"))
        .join_from(findings, decisions, decisions.c.finding == table.finding)
        .where(*told, decisions.c.number.in_(newest))
    )
    number.subtract((row.kind, row.severity) for row in decided if not changed_facts(row.then, row.fingerprint))
    return +number


def deliveries(db: Connection) -> Mapping[str, int]:
    """Count deliveries by their state."""
    rows = db.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
    return dict(rows.tuples().all())


def signed_in(db: Connection, now: datetime, *, idle: timedelta, longest: timedelta) -> int:
    """Count the sessions that stand."""
    stands = (sessions.c.used > now - idle, sessions.c.created > now - longest)
    return db.execute(select(func.count()).select_from(sessions).where(*stands)).scalar() or 0
