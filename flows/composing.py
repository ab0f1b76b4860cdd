"""One reader's report from what is loaded, and what the store keeps of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from calendar_sync.roster import Organisation
from flows.loading import Loaded
from flows.telling import finding_json
from reports.nightly import CalendarHealthView, NightlyReport, ToldBefore, compose
from store.calendars import CalendarHealth
from store.findings import Standing, Told


def composed(known: Loaded, reader: Organisation, before: Sequence[Told]) -> NightlyReport:
    """Compose the report of one reader from the reader's own world."""
    world = known.world(reader)
    return compose(
        reader,
        known.night,
        known.roster,
        world.listings,
        world.events,
        world.found,
        [_told_before(told) for told in before],
        [_health_view(fared) for fared in known.health],
    )


def told_of(report: NightlyReport) -> list[Told]:
    """Return what the store keeps of a report: its findings, then what was resolved."""
    told = [
        Told(
            entry.finding.key,
            entry.finding.severity,
            entry.finding.title,
            entry.fingerprint,
            json.dumps(finding_json(entry.finding), ensure_ascii=False, sort_keys=True),
            entry.first_night,
            Standing(str(entry.change)),
        )
        for entry in report.findings
    ]
    told += [
        Told(
            gone.before.key,
            gone.before.severity,
            gone.before.title,
            gone.before.fingerprint,
            gone.before.body,
            gone.before.first_night,
            Standing.RESOLVED,
        )
        for gone in report.resolved
    ]
    return told


def _told_before(told: Told) -> ToldBefore:
    """Hand over what was told; the report compares fact by fact what it says now."""
    facts = json.loads(told.body).get("facts", [])
    return ToldBefore(
        key=told.key,
        severity=told.severity,
        title=told.title,
        fingerprint=told.fingerprint,
        first_night=told.first_night,
        open=told.open,
        facts={fact["field"]: tuple(value["text"] for value in fact["values"]) for fact in facts},
        body=told.body,
    )


def _health_view(fared: CalendarHealth) -> CalendarHealthView:
    return CalendarHealthView(fared.calendar, fared.good, fared.detail, fared.last_good, fared.listings)
