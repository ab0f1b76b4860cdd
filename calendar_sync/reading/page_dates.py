"""Dates of schema.org events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from calendar_sync.roster import Calendar
from calendar_sync.spans import Span
from calendar_sync.vague_dates import resolve

Node = Mapping[str, Any]

_DURATION = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d+S)?)?")


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
    stated_start, stated_end = text_of(node.get("startDate")), text_of(node.get("endDate"))
    if not stated_start:
        return When(wrong="it states no startDate")
    start, end = _moment(stated_start, calendar), _moment(stated_end, calendar)
    if start is None:
        words = f"{stated_start} - {stated_end}" if stated_end else stated_start
        resolved = resolve(words, published=published)
        if resolved is None:
            return When(text=words, wrong=f"the date {words!r} was not understood and is kept as it is")
        return When(resolved.span, text=words, note=resolved.note)
    wrong = "" if end is not None or not stated_end else f"the end {stated_end!r} was not understood"
    tz = start.strftime("%Z") if isinstance(start, datetime) and start.tzinfo is not None else ""
    if isinstance(start, datetime) and not isinstance(end, datetime):
        if end is None:
            end = _after(start, node)
        else:
            # Times for the start and a day for the end: only the days are common ground.
            start, tz = start.date(), ""
    elif not isinstance(start, datetime) and isinstance(end, datetime):
        end = end.date()
    elif not isinstance(start, datetime) and end is None:
        end = _after(start, node)
    first, last = _civil(start), _last_day(start, end)
    if last < first or (isinstance(start, datetime) and isinstance(end, datetime) and _backwards(start, end)):
        wrong, last, end = f"it ends on {last}, before it starts on {first}; only the first day is kept", first, None
    if not isinstance(start, datetime):
        end = last + timedelta(days=1)
    return When(Span.exact(first, last), start, end, tz, wrong=wrong)


def _moment(stated: str, calendar: Calendar) -> date | datetime | None:
    """Read an ISO date, or a date and time; a floating time is of the calendar's zone where it has one."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", stated):
            return date.fromisoformat(stated)
        if re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:?\d\d", stated):
            moment = datetime.fromisoformat(stated)
            if moment.tzinfo is None and calendar.time_zone:
                return moment.replace(tzinfo=ZoneInfo(calendar.time_zone))
            return moment
    except ValueError:
        return None
    return None


def _after(start: date | datetime, node: Node) -> date | datetime | None:
    """Return the end where the event states how long it is; inclusive for days."""
    match = _DURATION.fullmatch(text_of(node.get("duration")))
    if match is None or not any(match.groups()):
        return None
    weeks, days, hours, minutes = (int(group or 0) for group in match.groups())
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    try:
        if isinstance(start, datetime):
            return start + length
        return start + max(length - timedelta(days=1), timedelta())
    except OverflowError:
        return None


def _last_day(start: date | datetime, end: date | datetime | None) -> date:
    if end is None:
        return _civil(start)
    if isinstance(end, datetime) and isinstance(start, datetime) and end.time() == time() and end.date() > start.date():
        # Midnight ends the day before it.
        return end.date() - timedelta(days=1)
    return _civil(end)


def _backwards(start: datetime, end: datetime) -> bool:
    if (start.tzinfo is None) != (end.tzinfo is None):
        return end.date() < start.date()
    return end < start


def _civil(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def day(value: object) -> date | None:
    """Return the day a date, a time or words name; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10]) if len(value) <= 10 else datetime.fromisoformat(value).date()
    except ValueError:
        resolved = resolve(value, published=None)
        return resolved.span.earliest if resolved is not None and resolved.span.is_exact else None


def first_of(value: object) -> Any:  # noqa: ANN401  JSON
    """Return a property's value, the first of several."""
    return value[0] if isinstance(value, list) and value else value if not isinstance(value, list) else None


def text_of(value: object) -> str:
    """Return a property's value as text, blank when it is none."""
    stated = first_of(value)
    if isinstance(stated, dict):
        stated = stated.get("@value")
    return str(stated).strip() if isinstance(stated, str | int) else ""
