"""A finding as the store keeps it and the command prints it: JSON of everything that was told."""

from __future__ import annotations

from typing import Any

from dedupe import phrases
from dedupe.events import Event
from dedupe.findings import Finding


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return everything a finding says as JSON values; texts of listings as they are."""
    return {
        "kind": str(finding.kind),
        "severity": str(finding.severity),
        "title": finding.title,
        "certain": finding.certain,
        "events": [_event_json(event) for event in finding.events],
        "listing_ids": list(finding.listing_ids),
        "reasons": [{"text": reason.text, "against": reason.against} for reason in finding.reasons],
        "facts": [
            {
                "field": fact.field,
                "agrees": fact.agrees,
                "values": [
                    {
                        "text": value.text,
                        "organisation": value.organisation,
                        "listing_id": value.listing_id,
                        "since": value.since or None,
                        "newest": value.newest,
                    }
                    for value in fact.values
                ],
            }
            for fact in finding.facts
        ],
        "evidence": [
            {
                "comparison": entry.comparison,
                "level": entry.level,
                "left": entry.left,
                "right": entry.right,
                "bits": entry.bits,
            }
            for entry in finding.evidence
        ],
        "bits": finding.bits,
        "probability": finding.probability,
        "overlap": str(finding.overlap) if finding.overlap else None,
        "states": list(finding.states),
        "smaller_audience": finding.smaller_audience,
        "days_apart": list(finding.days_apart) if finding.days_apart else None,
        "proposals": list(finding.proposals),
    }


def finding_words(told: dict[str, Any]) -> str:
    """Lay out what `finding_json` made, for a terminal: both sides, the reasons, the evidence in bits."""
    lines = [f"{told['title']}  [{told['severity']}, {told['kind']}]"]
    for event in told["events"]:
        place = phrases.place(event["city"] or "", event["country"] or "")
        lines += ["", event["title"], f"   {', '.join(part for part in (event['dates'], place) if part)}"]
        lines += [
            f"   listed by {listing['organisation']} in {listing['calendar']}"
            + (f" since {listing['since']}" if listing["since"] else "")
            for listing in event["listings"]
        ]
    if told["reasons"]:
        lines += ["", "Why"]
        lines += [f"   {'against' if reason['against'] else 'for':7}  {reason['text']}" for reason in told["reasons"]]
    if told["states"]:
        lines += ["", f"States in common: {phrases.states(told['states'])}"]
    if told["facts"]:
        lines += ["", "What they say"]
    for fact in told["facts"]:
        lines.append(f"   {fact['field']}{'' if fact['agrees'] else ' (they differ)'}")
        lines += [
            f"      {value['organisation']}: {value['text'] or 'silent'}" + (" (newest)" if value["newest"] else "")
            for value in fact["values"]
        ]
    if told["evidence"]:
        lines += ["", f"Evidence, {told['bits']:+.1f} bits together" if told["bits"] is not None else "Evidence"]
        lines += [
            f"   {entry['bits']:+6.1f}  {entry['comparison']}: {entry['level']}"
            + (f"  ({entry['left']} | {entry['right']})" if entry["left"] or entry["right"] else "")
            for entry in told["evidence"]
        ]
    if told["proposals"]:
        lines += ["", "What could be done", *(f"   {proposal}" for proposal in told["proposals"])]
    return "\n".join(lines)


def _event_json(event: Event) -> dict[str, Any]:
    span = event.span
    return {
        "id": event.id,
        "title": event.title,
        "workshop": event.workshop,
        "dates": phrases.dates(span, event.listings[0].date_text if span is None or not span.is_exact else ""),
        "earliest": span.earliest.isoformat() if span else None,
        "latest": span.latest.isoformat() if span else None,
        "city": event.city or None,
        "country": event.country or None,
        "listings": [
            {
                "id": listing.id,
                "organisation": listing.organisation,
                "calendar": listing.key.calendar,
                "title": listing.title,
                "since": listing.since.isoformat() if listing.since else None,
                "url": listing.url or None,
            }
            for listing in event.listings
        ],
    }
