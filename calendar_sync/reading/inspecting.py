"""What `outreach inspect --json` prints of a reading; the schema is desk/schemas/inspect.schema.json."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from calendar_sync.listings import Listing
from calendar_sync.reading import Reading


def inspect_json(reading: Reading) -> dict[str, Any]:
    """Return the listings and problems of a reading as JSON values."""
    return {
        "name": reading.name,
        "is_calendar": reading.is_calendar,
        "listings": [listing_json(listing) for listing in reading.listings],
        "problems": [
            {"code": problem.code, "message": problem.message, "uid": problem.uid} for problem in reading.problems
        ],
    }


def listing_json(listing: Listing) -> dict[str, Any]:
    """Return one listing: `start`, `end` local as stated, `end` exclusive; `*_utc` null for all-day and floating."""
    return {
        "uid": listing.key.uid,
        "recurrence_id": listing.key.recurrence_id or None,
        "summary": listing.title,
        "status": str(listing.status),
        "class": listing.klass or None,
        "visibility": listing.visibility.name.lower(),
        "all_day": listing.all_day,
        "start": _local(listing.start),
        "end": _local(listing.end),
        "start_utc": _utc(listing.start_utc),
        "end_utc": _utc(listing.end_utc),
        "tz": listing.tz or None,
        "earliest": listing.span.earliest.isoformat() if listing.span else None,
        "latest": listing.span.latest.isoformat() if listing.span else None,
        "exact": listing.span.is_exact if listing.span else False,
        "date_text": listing.date_text or None,
        "date_note": listing.date_note or None,
        "location": listing.place_text or None,
        "venue": listing.venue or None,
        "city": listing.city or None,
        "country": listing.country or None,
        "online": listing.online,
        "organisers": list(listing.organisers),
        "sponsors": list(listing.sponsors),
        "audience": list(listing.audience),
        "themes": list(listing.themes),
        "language": listing.language or None,
        "published": listing.published.isoformat() if listing.published else None,
        "url": listing.url or None,
        "description": listing.description or None,
    }


def _local(value: date | datetime | None) -> str | None:
    if value is None:
        return None
    return value.replace(tzinfo=None).isoformat() if isinstance(value, datetime) else value.isoformat()


def _utc(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat().replace("+00:00", "Z")
