"""What an organisation was told between nights: each finding once for each set of facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from store.connecting import insert_unless_there
from store.tables import alert_rounds, alerts

Alerted = Mapping[tuple[str, str], date]
"""On which day a finding (its short id) with its facts (their fingerprint) was told between nights."""


def put(db: Connection, organisation: str, finding: str, fingerprint: str, night: date, content_hash: str) -> bool:
    """Note that a finding is told with these facts; False when it was before, whoever told it."""
    values = {
        "organisation": organisation, "finding": finding, "fingerprint": fingerprint, "night": night,
        "content_hash": content_hash,
    }  # fmt: skip
    return insert_unless_there(db, alerts, values, "number") is not None


def told_in(db: Connection, organisation: str, content_hash: str) -> frozenset[tuple[str, str]]:
    """Return which findings, with which facts, a content tells an organisation of."""
    asked = select(alerts.c.finding, alerts.c.fingerprint).where(_in(organisation, content_hash))
    return frozenset((row.finding, row.fingerprint) for row in db.execute(asked))


def forget(db: Connection, organisation: str, content_hash: str) -> None:
    """Forget what a content that reached nobody was to tell."""
    db.execute(delete(alerts).where(_in(organisation, content_hash)))


def told(db: Connection, organisation: str, before: date | None = None) -> Alerted:
    """Return what an organisation was told between nights, or of it what was told on a day before *before*."""
    asked = select(alerts.c.finding, alerts.c.fingerprint, alerts.c.night).where(alerts.c.organisation == organisation)
    if before is not None:
        asked = asked.where(alerts.c.night < before)
    return {(row.finding, row.fingerprint): row.night for row in db.execute(asked)}


def looked(db: Connection, night: date) -> str:
    """Return the stamp of what was looked through for alerts last on a day; blank: nothing was."""
    return db.execute(select(alert_rounds.c.stamp).where(alert_rounds.c.night == night)).scalar() or ""


def note_looked(db: Connection, night: date, stamp: str) -> None:
    """Note what was looked through."""
    db.execute(delete(alert_rounds).where(alert_rounds.c.night <= night))
    db.execute(insert(alert_rounds).values(night=night, stamp=stamp))


def _in(organisation: str, content_hash: str) -> ColumnElement[bool]:
    return (alerts.c.organisation == organisation) & (alerts.c.content_hash == content_hash)
