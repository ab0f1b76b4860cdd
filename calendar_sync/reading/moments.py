"""Dates, times and durations as iCalendar writes them, and as its producers do."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from calendar_sync.listings import Listing

_STAMP = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?(?:(Z)|([+-])(\d\d):?(\d\d))?)?",
    re.IGNORECASE | re.ASCII,
)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE | re.ASCII
)


def stated(value: str, zone: tzinfo | None = None) -> date | datetime:
    """Read a DATE or DATE-TIME in *zone*; without one a time with Z is in UTC and another one floating.

    A TZID beside a Z contradicts it; Google and others read the time in the zone.

    >>> stated("20260302"), stated("20260302T100000Z").tzname()
    (datetime.date(2026, 3, 2), 'UTC')

    Raises:
        ValueError: It is neither.
    """
    quick = _quickly(value)
    if quick is not None:
        return quick if zone is None or not isinstance(quick, datetime) else quick.replace(tzinfo=zone)
    match = _STAMP.fullmatch(value.strip())
    if match is None:
        raise ValueError("it is no date")
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if match[4] is None:
        return date(year, month, day)
    # A leap second is read as the one before it, as Python has none; 24:00 is the next day's midnight.
    hour, minute, second = int(match[4]), int(match[5]), int("59" if match[6] == "60" else match[6] or 0)
    if match[8]:
        # An offset, as ISO 8601 writes it and iCalendar does not, is plain all the same.
        apart = timedelta(hours=int(match[9]), minutes=int(match[10])) * (-1 if match[8] == "-" else 1)
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(apart)).astimezone(UTC)
    of = zone if zone is not None else UTC if match[7] else None
    if (hour, minute, second) == (24, 0, 0):
        return datetime(year, month, day, tzinfo=of) + timedelta(days=1)
    return datetime(year, month, day, hour, minute, second, tzinfo=of)


def _quickly(value: str) -> date | datetime | None:
    """Read the forms nearly all feeds hold; None for every other one, which is then looked at closely."""
    length = len(value)
    if length not in (8, 15, 16) or not (value[:8].isdigit() and value.isascii()):
        return None
    try:
        if length == 8:
            return date.fromisoformat(value)
        if value[8] == "T" and value[9:15].isdigit() and value[15:] in ("", "Z"):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    return None


def duration(value: str) -> timedelta:
    """Read a DURATION.

    >>> duration("P1DT2H"), duration("-P1W").days
    (datetime.timedelta(days=1, seconds=7200), -7)

    Raises:
        ValueError: It is none.
        OverflowError: It is longer than Python can hold.
    """
    match = _DURATION.fullmatch(value.strip())
    if match is None or not any(match.groups()[1:]):
        raise ValueError("it is no duration")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if match[1] == "-" else length


def instant(value: date | datetime) -> datetime:
    """Return the instant by which occurrences are placed in a window: floating and all-day are read as UTC.

    At the edges of the calendar (years 1 and 9999) the zone's offset is left out.
    """
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min, UTC)
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return value.replace(tzinfo=UTC)


def within(value: date | datetime, window: tuple[date, date]) -> bool:
    """True when *value* lies in [from, to)."""
    return window[0] <= instant(value).date() < window[1]


def by_start(listing: Listing) -> tuple[datetime, str, str, str]:
    """Return what listings are sorted by: their start, then what tells them apart."""
    return instant(listing.start or date.min), listing.key.uid, listing.key.recurrence_id, listing.title
