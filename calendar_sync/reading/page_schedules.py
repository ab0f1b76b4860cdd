"""Recurring events of web data: laid out by the reader of iCalendar, with its guards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from calendar_sync.listings import Listing
from calendar_sync.reading import Problem
from calendar_sync.reading.page_dates import Node, between, moment, text_of, zone_name, zone_of
from calendar_sync.roster import Calendar

Window = tuple[date, date] | None

MOST_EXCEPTIONS = 1_000
_EVERY = re.compile(r"P(\d{1,3})([DWMY])")
_UNITS = {"D": "DAILY", "W": "WEEKLY", "M": "MONTHLY", "Y": "YEARLY"}
_WORDS = {"daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY", "yearly": "YEARLY", "annually": "YEARLY"}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)\w*")


def schedule_lines(schedule: Node, calendar: Calendar) -> list[str] | None:
    """Write a schema.org Schedule as the content lines of a series; None when it cannot be placed in time."""
    try:
        return _lines(schedule, calendar)
    except OverflowError:
        # At the edges of the calendar itself.
        return None


def _lines(schedule: Node, calendar: Calendar) -> list[str] | None:
    zone = text_of(schedule.get("scheduleTimezone"))
    home = replace(calendar, time_zone=zone) if zone_of(zone) is not None else calendar
    first_day, at = text_of(schedule.get("startDate")), text_of(schedule.get("startTime"))
    start = moment(f"{first_day[:10]}T{at}" if at and len(first_day) >= 10 else first_day, home)
    if start is None:
        return None
    frequency, interval = _frequency(schedule)
    if not frequency:
        return None
    rule = [f"FREQ={frequency}", f"INTERVAL={interval}"]
    days = _weekdays(schedule)
    if days:
        rule.append("BYDAY=" + ",".join(days))
        if frequency in ("DAILY", "WEEKLY"):
            start = _first_on(start, days)
    for name, part, most in (("byMonth", "BYMONTH", 12), ("byMonthDay", "BYMONTHDAY", 31)):
        numbers = [value for value in _texts(schedule.get(name)) if re.fullmatch(r"-?\d{1,2}", value)]
        kept = [value for value in numbers if 1 <= abs(int(value)) <= most]
        if kept:
            rule.append(f"{part}={','.join(kept)}")
    count = text_of(schedule.get("repeatCount"))
    until = moment(text_of(schedule.get("endDate")), home)
    if re.fullmatch(r"\d{1,6}", count) and int(count):
        rule.append(f"COUNT={count}")
    elif until is not None:
        rule.append(f"UNTIL={_until(start, until)}")
    lines = [_line("DTSTART", start), *_end(schedule, start, home), "RRULE:" + ";".join(rule)]
    for stated in _texts(schedule.get("exceptDate"))[:MOST_EXCEPTIONS]:
        except_ = moment(stated, home)
        if isinstance(start, datetime) and except_ is not None and not isinstance(except_, datetime):
            except_ = datetime.combine(except_, start.timetz())
        if except_ is not None:
            lines.append(_line("EXDATE", except_))
    return lines


def laid_out(
    listing: Listing, lines: Sequence[str], calendar: Calendar, window: Window
) -> tuple[list[Listing], list[Problem]]:
    """Lay out a series: one listing for each occurrence, worded as *listing*; problems name its UID."""
    from calendar_sync.reading.ics import read_ics

    # Limits of its own: those of the whole payload are held by whoever asked.
    text = "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:series", "SUMMARY:series", *lines, "END:VEVENT", ""])
    reading = read_ics(text.encode(), calendar, window)
    found = []
    for occurrence in reading.listings:
        if occurrence.start is not None:
            when = between(occurrence.start, _inclusive(occurrence), calendar)
            found.append(
                replace(
                    listing, key=replace(listing.key, recurrence_id=occurrence.key.recurrence_id), span=when.span,
                    start=occurrence.start, end=occurrence.end, tz=zone_name(occurrence.start), date_text="",
                    date_note="",
                )
            )  # fmt: skip
    # A page names zones of the IANA table and defines none.
    told = [problem for problem in reading.problems if problem.code != "zone-undefined"]
    problems = [replace(problem, uid=listing.key.uid) for problem in told]
    return found, problems


def _inclusive(occurrence: Listing) -> date | datetime | None:
    if occurrence.end is None or isinstance(occurrence.end, datetime):
        return occurrence.end
    return occurrence.end - timedelta(days=1)


def _frequency(schedule: Node) -> tuple[str, int]:
    stated = text_of(schedule.get("repeatFrequency"))
    match = _EVERY.fullmatch(stated)
    if match is not None:
        return _UNITS[match[2]], int(match[1])
    word = _WORDS.get(stated.lower().rpartition("/")[2], "")
    return word or ("WEEKLY" if schedule.get("byDay") else ""), 1


def _weekdays(schedule: Node) -> list[str]:
    found = []
    for stated in _texts(schedule.get("byDay")):
        match = _DAY.fullmatch(stated.rpartition("/")[2].rpartition(":")[2].upper())
        if match is not None:
            found.append((match[1] or "") + match[2])
    return list(dict.fromkeys(found))


def _first_on(start: date | datetime, days: Iterable[str]) -> date | datetime:
    """Return the first of *days* from *start* on: a series in iCalendar begins with its start, whatever its rule."""
    wanted = {_WEEKDAYS.index(day[-2:]) for day in days}
    for ahead in range(7):
        if (start.weekday() + ahead) % 7 in wanted and (date.max - _civil(start)).days > ahead:
            return start + timedelta(days=ahead)
    return start


def _end(schedule: Node, start: date | datetime, home: Calendar) -> list[str]:
    ends, length = text_of(schedule.get("endTime")), text_of(schedule.get("duration"))
    if isinstance(start, datetime) and ends:
        end = moment(f"{start.date().isoformat()}T{ends}", home)
        if isinstance(end, datetime):
            if end.replace(tzinfo=None) <= start.replace(tzinfo=None) and end.date() < date.max:
                end += timedelta(days=1)
            return [_line("DTEND", end)]
    return [f"DURATION:{length}"] if re.fullmatch(r"P[\dDWTHMS]{1,20}", length) else []


def _until(start: date | datetime, until: date | datetime) -> str:
    if not isinstance(start, datetime):
        return f"{_civil(until):%Y%m%d}"
    if not isinstance(until, datetime):
        until = datetime.combine(until, time(23, 59, 59), start.tzinfo)
    if until.tzinfo is None or start.tzinfo is None:
        return f"{until:%Y%m%dT%H%M%S}"
    try:
        return f"{until.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    except OverflowError:
        return f"{until:%Y%m%dT%H%M%SZ}"


def _line(name: str, at: date | datetime) -> str:
    if not isinstance(at, datetime):
        return f"{name};VALUE=DATE:{at.year:04d}{at:%m%d}"
    written = f"{at.year:04d}{at:%m%dT%H%M%S}"
    if at.tzinfo is UTC:
        return f"{name}:{written}Z"
    zone = zone_name(at) if at.tzinfo is not None and zone_of(zone_name(at)) is not None else ""
    if at.tzinfo is not None and not zone:
        return f"{name}:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{name};TZID={zone}:{written}" if zone else f"{name}:{written}"


def _civil(at: date | datetime) -> date:
    return at.date() if isinstance(at, datetime) else at


def _texts(value: object) -> list[str]:
    return [text for entry in (value if isinstance(value, list) else [value]) if (text := text_of(entry))]
