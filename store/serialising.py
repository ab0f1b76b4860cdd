"""Listings to JSON and back. What has its default value is left out, so a new field changes no old digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility

_DEFAULTS = {field.name: field.default for field in fields(Listing) if field.default is not MISSING}


def to_json(listing: Listing) -> str:
    """Write a listing as one line of JSON, the same for the same listing.

    Every character outside ASCII is escaped: calendars hold NULs and halves of surrogate pairs, which no database
    takes as text.
    """
    return _canonical(_values(listing))


def digest(listing: Listing) -> str:
    """Return what tells two states of a listing apart: SHA-256 of what it says, `extra` aside as in comparisons."""
    values = {name: value for name, value in _values(listing).items() if name != "extra"}
    return hashlib.sha256(_canonical(values).encode("ascii")).hexdigest()


def from_json(text: str) -> Listing:
    """Read what `to_json` wrote.

    Raises:
        ValueError, KeyError, TypeError: It is something else.
    """
    values: dict[str, Any] = json.loads(text)
    return Listing(**{name: _READERS.get(name, _as_is)(value) for name, value in values.items()})


def moment_text(value: date | datetime) -> str:
    """Write a date, a floating or an aware datetime; a named zone follows in brackets as in RFC 9557.

    >>> moment_text(datetime(2009, 12, 7, 9, tzinfo=ZoneInfo("Africa/Cairo")))
    '2009-12-07T09:00:00+02:00[Africa/Cairo]'
    """
    zone = getattr(getattr(value, "tzinfo", None), "key", None)
    return f"{value.isoformat()}[{zone}]" if zone else value.isoformat()


def moment(text: str) -> date | datetime:
    """Read what `moment_text` wrote. The offset decides the instant, the zone only how it is told.

    >>> moment("2009-12-07"), moment("2009-12-07T09:00:00")
    (datetime.date(2009, 12, 7), datetime.datetime(2009, 12, 7, 9, 0))
    """
    if "T" not in text:
        return date.fromisoformat(text)
    stated, _, zone = text.partition("[")
    value = datetime.fromisoformat(stated)
    return value.astimezone(ZoneInfo(zone.removesuffix("]"))) if zone else value


def _values(listing: Listing) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in fields(Listing):
        value = getattr(listing, field.name)
        if field.name in _DEFAULTS and value == _DEFAULTS[field.name]:
            continue
        values[field.name] = _WRITERS.get(field.name, _as_is)(value)
    return values


def _canonical(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _as_is(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _write_key(key: ListingKey) -> list[str]:
    return [key.calendar, key.uid, *([key.recurrence_id] if key.recurrence_id else [])]


def _write_span(span: Span) -> list[str]:
    """Outer bounds, and the certain days where there are any."""
    return [day.isoformat() for day in (span.earliest, span.latest, *(span.certain or ()))]


def _read_span(days: list[str]) -> Span:
    earliest, latest, *certain = map(date.fromisoformat, days)
    return Span(earliest, latest, cast("tuple[date, date]", tuple(certain)) if certain else None)


_WRITERS: Mapping[str, Callable[[Any], Any]] = {
    "key": _write_key,
    "status": str,
    "visibility": lambda visibility: visibility.name,
    "span": _write_span,
    "start": moment_text,
    "end": moment_text,
    "published": date.isoformat,
    "first_seen": date.isoformat,
}
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "key": lambda parts: ListingKey(*parts),
    "status": Status,
    "visibility": lambda name: Visibility[name],
    "span": _read_span,
    "start": moment,
    "end": moment,
    "published": date.fromisoformat,
    "first_seen": date.fromisoformat,
    "extra": lambda pairs: tuple((name, value) for name, value in pairs),
}
