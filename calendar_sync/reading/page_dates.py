"""Dates of schema.org events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from calendar_sync.roster import Calendar
from calendar_sync.spans import Span
from calendar_sync.vague_dates import resolve

Node = Mapping[str, Any]

_MOMENT = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:(?:T|\s+)(\d{1,2})(?::?(\d\d))?(?::?(\d\d))?(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?"
    r"(?:\[([\w/+-]{1,60})\])?)?",
    re.IGNORECASE | re.ASCII,
)
_LENGTH = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d+S)?)?")
LONGEST = 600
"""Letters of a date that are read."""


@dataclass(frozen=True, slots=True)
class When:
    """What an event says about its dates; *end* is exclusive."""

    span: Span | None = None
    start: date | datetime | None = None
    end: date | datetime | None = None
    tz: str = ""
    text: str = ""
    note: str = ""
    wrong: str = ""


def when_of(node: Node, calendar: Calendar, published: date | None) -> When:
    """Understand startDate, endDate and duration; words among them are resolved against *published*."""
    stated_start, stated_end = text_of(node.get("startDate"))[:LONGEST], text_of(node.get("endDate"))[:LONGEST]
    if not stated_start:
        return When(wrong="it states no startDate")
    if not stated_end and stated_start.count("/") == 1 and moment(stated_start.partition("/")[0], calendar):
        # An interval of ISO 8601 in one attribute.
        stated_start, _, stated_end = stated_start.partition("/")
    start, end = moment(stated_start, calendar), moment(stated_end, calendar)
    if start is None:
        words = f"{stated_start} - {stated_end}" if stated_end else stated_start
        resolved = resolve(words, published=published, language=calendar.language, prose=False)
        if resolved is None:
            return When(text=words, wrong=f"the date {words!r} was not understood and is kept as it is")
        return When(resolved.span, text=words, note=resolved.note)
    wrong = "" if end is not None or not stated_end else f"the end {stated_end!r} was not understood"
    length = _length(node.get("duration")) if end is None else None
    return between(start, end, calendar, length=length, wrong=wrong)


def between(
    start: date | datetime,
    end: date | datetime | None,
    calendar: Calendar,
    *,
    length: timedelta | None = None,
    wrong: str = "",
) -> When:
    """Say what a start and an end mean; a day as *end* is the last one of the event, as people write it.

    *length* stands for an end that is not stated.
    """
    if end is None and length is not None:
        end = _after(start, length)
    if isinstance(start, datetime) and end is not None and not isinstance(end, datetime):
        # Times for the start and a day for the end: only the days are common ground.
        start = _at_home(start, calendar).date()
    elif not isinstance(start, datetime) and isinstance(end, datetime):
        end = _at_home(end, calendar).date()
    first, last = _civil(start, calendar), _last_day(start, end, calendar)
    if last < first or (isinstance(start, datetime) and isinstance(end, datetime) and _backwards(start, end)):
        wrong, last, end = f"it ends on {last}, before it starts on {first}; only the first day is kept", first, None
    if not isinstance(start, datetime):
        end = day_after(last)
    return When(Span.exact(first, last), start, end, zone_name(start), wrong=wrong)


def moment(stated: str, calendar: Calendar) -> date | datetime | None:
    """Read an ISO date, or a date and time; a floating time is of the calendar's zone where it has one."""
    match = _MOMENT.fullmatch(stated.strip())
    if match is None:
        return None
    try:
        day_ = date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None:
            return day_
        hour, minute, second = int(match[4]), int(match[5] or 0), min(int(match[6] or 0), 59)
        zone = zone_of(match[8] or "") or _offset(match[7] or "") or zone_of(calendar.time_zone)
        if (hour, minute, second) == (24, 0, 0):
            return datetime.combine(day_after(day_), time(), zone)
        return datetime.combine(day_, time(hour, minute, second), zone)
    except (ValueError, OverflowError):
        return None


def zone_of(name: str) -> ZoneInfo | None:
    """Return the zone of that name, None when nobody knows it."""
    if not name or len(name) > 60:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_name(start: date | datetime | None) -> str:
    """Return the name of a time's zone, blank for all-day and floating."""
    if not isinstance(start, datetime) or start.tzinfo is None:
        return ""
    return start.tzinfo.key if isinstance(start.tzinfo, ZoneInfo) else str(start.tzname() or "")


def day_after(day_: date) -> date:
    """Return the exclusive end of an event whose last day is *day_*; the last day there is ends itself."""
    return day_ + timedelta(days=1) if day_ < date.max else day_


def _offset(stated: str) -> tzinfo | None:
    if not stated:
        return None
    if stated.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = stated[1:].replace(":", "").ljust(4, "0")
    length = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if length >= timedelta(hours=24):
        raise ValueError(stated)
    return timezone(-length if stated[0] == "-" else length)


def _length(value: object) -> timedelta | None:
    match = _LENGTH.fullmatch(text_of(value))
    if match is None or not any(match.groups()):
        return None
    weeks, days, hours, minutes = (int(group or 0) for group in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)


def _after(start: date | datetime, length: timedelta) -> date | datetime | None:
    """Return the end of an event of that length; inclusive for days."""
    try:
        if isinstance(start, datetime):
            return start + length
        return start + max(length - timedelta(days=1), timedelta())
    except OverflowError:
        return None


def _last_day(start: date | datetime, end: date | datetime | None, calendar: Calendar) -> date:
    if end is None:
        return _civil(start, calendar)
    last = _at_home(end, calendar) if isinstance(end, datetime) else end
    if isinstance(last, datetime) and last.time() == time() and last.date() > _civil(start, calendar):
        # Midnight ends the day before it.
        return last.date() - timedelta(days=1)
    return last.date() if isinstance(last, datetime) else last


def _backwards(start: datetime, end: datetime) -> bool:
    if (start.tzinfo is None) != (end.tzinfo is None):
        return end.date() < start.date()
    return end < start


def _civil(stated: date | datetime, calendar: Calendar) -> date:
    return _at_home(stated, calendar).date() if isinstance(stated, datetime) else stated


def _at_home(stated: datetime, calendar: Calendar) -> datetime:
    """A time in UTC says nothing of the place, the calendar's zone does; but midnight in UTC means a day."""
    home = zone_of(calendar.time_zone)
    if home is None or stated.tzinfo is not UTC or stated.time() == time():
        return stated
    try:
        return stated.astimezone(home)
    except OverflowError:
        return stated


def day(value: object) -> date | None:
    """Return the day a date, a time or words name; None for anything else."""
    if not isinstance(value, str):
        return None
    match = re.match(r"(\d{4})-(\d\d)-(\d\d)(?:$|[T ])", value.strip(), re.ASCII)
    if match is not None:
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            return None
    resolved = resolve(value[:LONGEST], published=None)
    return resolved.span.earliest if resolved is not None and resolved.span.is_exact else None


def first_of(value: object) -> Any:  # noqa: ANN401  JSON
    """Return a property's value, the first of several."""
    return value[0] if isinstance(value, list) and value else value if not isinstance(value, list) else None


def text_of(value: object) -> str:
    """Return a property's value as text, blank when it is none."""
    stated = first_of(value)
    if isinstance(stated, dict):
        stated = stated.get("@value")
    return str(stated).strip() if isinstance(stated, str) or (isinstance(stated, int) and abs(stated) < 10**9) else ""
