"""The report as JSON; reports/schemas/report.schema.json describes it."""

from __future__ import annotations

import json
from typing import Any

import orjson

from dedupe import phrases
from dedupe.events import Event
from dedupe.findings import Finding
from dedupe.same import Same, made_once
from dedupe.sayings import Said, Tongue, beside, told
from reports import languages, ledger_wording, wording
from reports.blind_spots import BlindSpot
from reports.coming import ComingEvent
from reports.leads import lead
from reports.nightly import NightlyReport
from reports.standing import ToldFinding


def render(report: NightlyReport) -> bytes:
    """Write the JSON document, UTF-8; texts of calendars are as they came, findings and events stand in a line each.

    Codes are codes in every report; its sentences are in the language of the reader.
    """
    tongue = report.spoken
    whole = in_language(as_json(report), tongue)
    whole["findings"] = [_finding(entry, tongue) for entry in report.findings]
    whole["coming"] = [_coming(entry, tongue) for entry in report.coming]
    return _written(whole, indented=True) + b"\n"


def as_json(report: NightlyReport) -> dict[str, Any]:
    """Return the report as JSON values, without its findings and its coming events."""
    counts = report.counts
    return {
        "version": 1,
        "organisation": report.reader.id,
        "name": phrases.organisation(report.reader),
        "night": report.night.isoformat(),
        "language": report.spoken.code,
        "lead": beside(lead(report, with_calendars=False), " "),
        "counts": {
            "new": counts.new, "changed": counts.changed, "resolved": counts.resolved, "open": counts.open,
            "back": counts.back, "unseen": counts.unseen,
            "calendars_read": counts.calendars_read, "calendars": counts.calendars,
        },
        "resolved": [
            {
                "id": gone.before.key.id, "kind": str(gone.before.key.kind), "title": wording.resolved_title(gone),
                "why": wording.WHY[gone.why], "first_night": gone.before.first_night.isoformat(),
            }
            for gone in report.resolved
        ],
        "unseen": [
            {
                "id": gone.before.key.id, "kind": str(gone.before.key.kind), "title": wording.resolved_title(gone),
                "why": ledger_wording.unseen_why(gone), "first_night": gone.before.first_night.isoformat(),
            }
            for gone in report.unseen
        ],
        "no_longer_listed": [
            {
                "organisation": lost.organisation, "event": lost.event, "title": lost.title,
                "language": lost.language or None, "dates": lost.dates, "place": lost.place,
            }
            for lost in report.no_longer_listed
        ],
        "blind_spots": [_blind(spot, report) for spot in report.blind_spots],
        **({"ledger": report.ledger.as_json()} if report.ledger is not None else {}),
        "disclaimer": report.disclaimer,
    }  # fmt: skip


def _finding(entry: ToldFinding, tongue: Tongue) -> orjson.Fragment:
    """Write a finding: what readers of one language share, and what it is in this report."""
    own = {
        "number": entry.number,
        "change": str(entry.change),
        "changed": [
            {"field": name, "was": [told(was, tongue) for was in entry.was.get(name, ())]} for name in entry.changed
        ],
        "first_night": entry.first_night.isoformat(),
        "alerted": entry.alerted.isoformat() if entry.alerted else None,
    }
    return _joined(_finding_bytes(Same(entry.finding), tongue.code), _written(own))


def _coming(entry: ComingEvent, tongue: Tongue) -> orjson.Fragment:
    own = {
        "states": [told(state, tongue) for state in entry.states],
        "findings": list(entry.findings),
        "new": entry.new,
        "changed": list(entry.changed),
    }
    return _joined(_event_bytes(Same(entry.event)), _written(own))


@made_once(1 << 13)
def _finding_bytes(finding: Same[Finding], language: str) -> bytes:
    return _written(in_language(finding_json(finding.of), languages.tongue(language)))


@made_once(1 << 15)
def _event_bytes(event: Same[Event]) -> bytes:
    return _written(event_json(event.of))


def _joined(shared: bytes, own: bytes) -> orjson.Fragment:
    """Make one object of the members of two."""
    return orjson.Fragment(shared[:-1] + b"," + own[1:])


def _written(value: Any, *, indented: bool = False) -> bytes:  # noqa: ANN401  whatever JSON holds
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | (orjson.OPT_INDENT_2 if indented else 0))
    except orjson.JSONEncodeError:
        # A lone surrogate, which a page's JSON may hold, cannot be written.
        return json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")


def in_language(value: Any, tongue: Tongue) -> Any:  # noqa: ANN401  whatever JSON holds
    """Tell every sentence among JSON values in a language."""
    if isinstance(value, dict):
        return {name: in_language(part, tongue) for name, part in value.items()}
    if isinstance(value, list):
        return [in_language(part, tongue) for part in value]
    return told(value, tongue) if isinstance(value, Said) else value


def _blind(spot: BlindSpot, report: NightlyReport) -> dict[str, Any]:
    owner, said = wording.blind(spot, report.names)
    return {
        "organisation": spot.organisation,
        "calendar": spot.calendar,
        "code": spot.code,
        "last_good": spot.last_good.isoformat() if spot.last_good else None,
        "words": beside((owner, said), " "),
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
