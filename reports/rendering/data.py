"""The report as JSON; reports/schemas/report.schema.json describes it."""

from __future__ import annotations

import json
from typing import Any

from dedupe.events import Event
from dedupe.findings import Finding
from reports import wording
from reports.blind_spots import BlindSpot
from reports.coming import ComingEvent
from reports.nightly import NightlyReport
from reports.standing import ToldFinding


def render(report: NightlyReport) -> bytes:
    """Write the JSON document, UTF-8, keys sorted; texts of calendars are as they came."""
    text = json.dumps(as_json(report), ensure_ascii=False, indent=2, sort_keys=True)
    # A lone surrogate, which a page's JSON may hold, cannot be written.
    return f"{text}\n".encode("utf-8", "replace")


def as_json(report: NightlyReport) -> dict[str, Any]:
    """Return the report as JSON values."""
    counts = report.counts
    return {
        "version": 1,
        "organisation": report.reader.id,
        "name": report.reader.name,
        "night": report.night.isoformat(),
        "lead": " ".join(wording.lead(report, with_calendars=False)),
        "counts": {
            "new": counts.new, "changed": counts.changed, "resolved": counts.resolved, "open": counts.open,
            "calendars_read": counts.calendars_read, "calendars": counts.calendars,
        },
        "findings": [_told(told) for told in report.findings],
        "resolved": [
            {
                "id": gone.before.key.id, "kind": str(gone.before.key.kind), "title": wording.resolved_title(gone),
                "why": wording.WHY[gone.why], "first_night": gone.before.first_night.isoformat(),
            }
            for gone in report.resolved
        ],
        "coming": [_coming(entry) for entry in report.coming],
        "no_longer_listed": [
            {
                "organisation": lost.organisation, "event": lost.event, "title": lost.title,
                "language": lost.language or None, "dates": lost.dates, "place": lost.place,
            }
            for lost in report.no_longer_listed
        ],
        "blind_spots": [_blind(spot, report) for spot in report.blind_spots],
        "disclaimer": report.disclaimer,
    }  # fmt: skip


def _told(told: ToldFinding) -> dict[str, Any]:
    return {
        **finding_json(told.finding),
        "number": told.number,
        "change": str(told.change),
        "changed": [{"field": name, "was": list(told.was.get(name, ()))} for name in told.changed],
        "first_night": told.first_night.isoformat(),
    }


def _coming(entry: ComingEvent) -> dict[str, Any]:
    return {
        **event_json(entry.event),
        "states": list(entry.states),
        "findings": list(entry.findings),
        "new": entry.new,
        "changed": list(entry.changed),
    }


def _blind(spot: BlindSpot, report: NightlyReport) -> dict[str, Any]:
    owner, told = wording.blind(spot, report.names)
    return {
        "organisation": spot.organisation,
        "calendar": spot.calendar,
        "code": spot.code,
        "last_good": spot.last_good.isoformat() if spot.last_good else None,
        "words": f"{owner} {told}",
        "detail": spot.detail,
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return one finding as JSON values."""
    return {
        "id": finding.key.id,
        "kind": str(finding.kind),
        "severity": str(finding.severity),
        "title": finding.title,
        "certain": finding.certain,
        "overlap": str(finding.overlap) if finding.overlap else None,
        "states": list(finding.states),
        "smaller_audience": finding.smaller_audience,
        "days_apart": list(finding.days_apart) if finding.days_apart else None,
        "bits": finding.bits,
        "probability": finding.probability,
        "reasons": [{"text": reason.text, "against": reason.against} for reason in finding.reasons],
        "evidence": [
            {
                "comparison": entry.comparison, "level": entry.level, "left": entry.left, "right": entry.right,
                "bits": entry.bits,
            }
            for entry in finding.evidence
        ],
        "facts": [
            {
                "field": fact.field,
                "agrees": fact.agrees,
                "values": [
                    {
                        "text": value.text, "organisation": value.organisation, "since": value.since or None,
                        "newest": value.newest,
                    }
                    for value in fact.values
                ],
            }
            for fact in finding.facts
        ],
        "events": [event_json(event) for event in finding.events],
        "proposals": list(finding.proposals),
    }  # fmt: skip


def event_json(event: Event) -> dict[str, Any]:
    """Return one event as JSON values, each listing with its source."""
    span = event.span
    return {
        "id": event.id,
        "title": event.title,
        "workshop": event.workshop,
        "earliest": span.earliest.isoformat() if span else None,
        "latest": span.latest.isoformat() if span else None,
        "exact": span.is_exact if span else False,
        "city": event.city or None,
        "country": event.country or None,
        "listings": [
            {
                "organisation": listing.organisation,
                "calendar": listing.key.calendar,
                "title": listing.title,
                "language": listing.language or None,
                "status": str(listing.status),
                "date_text": listing.date_text or None,
                "date_note": listing.date_note or None,
                "since": listing.since.isoformat() if listing.since else None,
                "url": listing.url or None,
            }
            for listing in event.listings
        ],
    }
