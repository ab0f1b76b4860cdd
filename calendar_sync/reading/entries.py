"""One VEVENT to an entry: each line is looked at alone, so that a bad one costs the event nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from icalendar.prop import vRecur

from calendar_sync import quirks
from calendar_sync.reading import Problem
from calendar_sync.reading.content_lines import ContentLine, cut
from calendar_sync.reading.moments import duration, instant, stated
from calendar_sync.reading.splitting import Block
from calendar_sync.reading.zones import Zones

UNREADABLE = (ValueError, TypeError, OverflowError, KeyError, AttributeError, IndexError, RecursionError)
"""What icalendar, recurring-ical-events and dateutil raise for values that mean nothing."""
Moment = date | datetime

MOST_DATES = 5_000
"""Values of RDATE or EXDATE one event may have."""

_ONCE = frozenset({"DTSTART", "DTEND", "DURATION", "UID", "RECURRENCE-ID"})
_MOMENTS = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID"})
_RULE_PARTS = frozenset(
    {
        "FREQ", "UNTIL", "COUNT", "INTERVAL", "BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY", "BYMONTHDAY", "BYYEARDAY",
        "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST", "RSCALE", "SKIP",
    }
)  # fmt: skip
_IDENTITY = ("DTSTART", "SUMMARY", "LOCATION")
_LONGEST_SHOWN = 80


@dataclass(slots=True)
class Entry:
    """One VEVENT: what says when, read; the rest as content lines."""

    uid: str
    lines: list[ContentLine]
    parts: Sequence[Block]
    start: date | datetime
    end: date | datetime
    """Exclusive, of the type and zone of *start*; may lie before it, where the feed says so."""
    schedule: list[ContentLine]
    """The lines that lay out a series, all of them readable."""
    recurs: bool
    recurrence_id: date | datetime | None = None

    def schedule_text(self, default_zone: str) -> list[str]:
        """Write the schedule for icalendar; times that name no zone are given *default_zone*, if there is one."""
        lines = [self._zoned(line, default_zone) if default_zone else line for line in self.schedule]
        return [line.text() for line in lines]

    @staticmethod
    def _zoned(line: ContentLine, zone: str) -> ContentLine:
        if line.name in ("RRULE", "SEQUENCE") or line.parameter("TZID") or "T" not in line.value or "Z" in line.value:
            return line
        return line.with_parameter("TZID", zone)


class EntryReader:
    """Reads VEVENTs and tells *problems* what is wrong with them."""

    def __init__(self, zones: Zones, problems: list[Problem]) -> None:
        self.zones, self.problems = zones, problems

    def read(self, block: Block) -> Entry | None:
        """Read one VEVENT; None when it cannot be placed in time, which *problems* is told."""
        lines = self._lines(block)
        uid = next((line.value.strip() for line in lines if line.name == "UID"), "")
        if not uid:
            # Not all of the text: its DTSTAMP changes with every fetch.
            text = "\n".join(line.text() for name in _IDENTITY for line in lines if line.name == name)
            uid = "no-uid-" + hashlib.sha256(text.encode()).hexdigest()[:16]
            self._problem("no-uid", "the event has no UID; one was made from its start, title and place", uid)
        self._name_bad_lines(uid)
        return self._placed(uid, quirks.mended(lines), block.parts)

    def _lines(self, block: Block) -> list[ContentLine]:
        self._bad: list[tuple[str, ValueError]] = []
        lines = []
        for text in block.lines:
            try:
                lines.append(cut(text))
            except ValueError as error:
                self._bad.append((text, error))
        return lines

    def _name_bad_lines(self, uid: str) -> None:
        for text, error in self._bad:
            self._left_out(text, error, uid)

    def _placed(self, uid: str, lines: list[ContentLine], parts: Sequence[Block]) -> Entry | None:
        moments: dict[str, date | datetime] = {}
        length: timedelta | None = None
        schedule: list[ContentLine] = []
        seen: set[str] = set()
        for line in lines:
            name = line.name
            if name in _ONCE:
                if name in seen:
                    self._problem("repeated-property", f"{name} stands there twice; the first one counts", uid)
                    continue
                seen.add(name)
            try:
                if name in _MOMENTS:
                    line, moments[name] = self._moment(line, uid)
                    if name != "DTEND":
                        schedule.append(line)
                elif name == "DURATION":
                    length = duration(line.value)
                elif name in ("RDATE", "EXDATE"):
                    schedule += self._dates(line, uid)
                elif name == "RRULE":
                    schedule += self._rule(line, uid)
                elif name == "EXRULE":
                    self._problem("exrule-ignored", "EXRULE is no longer part of iCalendar; it excludes nothing", uid)
                elif name == "SEQUENCE" and line.value.strip().isdigit():
                    schedule.append(ContentLine("SEQUENCE", line.value.strip()))
            except UNREADABLE as error:
                self._left_out(line.text(), error, uid)
        start = moments.get("DTSTART")
        if start is None:
            self._problem("no-start", "the event has no DTSTART that can be read; it is left out", uid, lost=True)
            return None
        if not any(line.name == "SUMMARY" and line.value.strip() for line in lines):
            self._problem("no-title", "the event has no SUMMARY", uid)
        schedule.append(ContentLine("UID", "series"))
        return Entry(
            uid, lines, parts, start, self._end(uid, start, moments.get("DTEND"), length), schedule,
            recurs=any(line.name in ("RRULE", "RDATE") for line in schedule),
            recurrence_id=moments.get("RECURRENCE-ID"),
        )  # fmt: skip

    # -- one line each -------------------------------------------------------------------------------------------

    def _moment(self, line: ContentLine, uid: str) -> tuple[ContentLine, date | datetime]:
        line = self._in_known_zone(line, uid)
        return _rewritten(line, value := stated(line.value, self.zones.zone(line.parameter("TZID")))), value

    def _in_known_zone(self, line: ContentLine, uid: str) -> ContentLine:
        named = line.parameter("TZID")
        if not named:
            return line.without("TZID") if line.parameters else line
        known = self.zones.name(named, uid, self.problems)
        return line.with_parameter("TZID", known) if known else line.without("TZID")

    def _dates(self, line: ContentLine, uid: str) -> list[ContentLine]:
        """Keep the values of RDATE and EXDATE that can be read; name the others."""
        if not line.value.strip():
            return []
        line = self._in_known_zone(line, uid)
        zone = self.zones.zone(line.parameter("TZID"))
        days: list[str] = []
        times: list[str] = []
        utc: list[str] = []
        periods: list[str] = []
        values = line.value.split(",")
        if len(values) > MOST_DATES:
            self._problem("too-many-dates", f"{line.name} has {len(values)} dates; the first {MOST_DATES} count", uid)
        for value in values[:MOST_DATES]:
            try:
                begin, slash, end = value.strip().partition("/")
                at = stated(begin, zone)
                if slash:
                    _ = duration(end) if end.lstrip("+-")[:1].upper() == "P" else stated(end, zone)
                    periods.append(f"{_written(at)}/{end.upper()}")
                elif isinstance(at, datetime):
                    (utc if at.tzinfo is UTC else times).append(_written(at))
                else:
                    days.append(_written(at))
            except UNREADABLE as error:
                self._left_out(f"{line.name}:{value}", error, uid)
        line = line.without("VALUE")
        kinds = (
            (line.without("TZID").with_parameter("VALUE", "DATE"), days),
            (line, times),
            (line.without("TZID"), utc),
            (line.with_parameter("VALUE", "PERIOD"), periods),
        )
        return [replaced(kind, ",".join(values)) for kind, values in kinds if values]

    def _rule(self, line: ContentLine, uid: str) -> list[ContentLine]:
        parts = [part for part in "".join(line.value.split()).upper().split(";") if part]
        known = [part for part in parts if part.partition("=")[0] in _RULE_PARTS]
        if len(known) != len(parts):
            self._problem("rule-part-ignored", "RRULE has parts that mean nothing; the others count", uid)
        value = ";".join(known)
        if not value:
            self._problem("empty-rule", "RRULE is empty; the event is read as one that does not recur", uid)
            return []
        vRecur.from_ical(value)
        return [ContentLine("RRULE", value)]

    def _end(
        self, uid: str, start: date | datetime, end: date | datetime | None, length: timedelta | None
    ) -> date | datetime:
        """Return the end; one of another type, or before the start, must not move the start."""
        if end is None:
            return self._after(uid, start, length)
        if length is not None:
            self._problem("end-stated-twice", "both DTEND and DURATION are stated; DTEND counts", uid)
        if isinstance(start, datetime) and not isinstance(end, datetime):
            # A timed event "until the 3rd": it ends when that day begins, in the zone of its start.
            self._problem("end-of-another-type", "DTSTART is a time and DTEND a date: its day ends it", uid)
            return max(start, datetime.combine(end, time.min, start.tzinfo))
        if not isinstance(start, datetime) and isinstance(end, datetime):
            self._problem("end-of-another-type", "DTSTART is a date and DTEND a time; its day counts", uid)
            last = end.date() if end.time() == time.min else end.date() + timedelta(days=1)
            return max(last, start + timedelta(days=1))
        if instant(end) < instant(start):
            self._problem("end-before-start", "DTEND lies before DTSTART; the start counts", uid)
        if isinstance(start, datetime) and isinstance(end, datetime) and end.tzinfo != start.tzinfo:
            if (end.tzinfo is None) != (start.tzinfo is None):
                return end.replace(tzinfo=start.tzinfo)
            return end.astimezone(start.tzinfo)
        return end

    def _after(self, uid: str, start: date | datetime, length: timedelta | None) -> date | datetime:
        shortest = start if isinstance(start, datetime) else start + timedelta(days=min(1, (date.max - start).days))
        if length is None:
            return shortest
        if length < timedelta(0):
            self._problem("end-before-start", "DURATION is negative; the start counts", uid)
        try:
            if not isinstance(start, datetime) and length % timedelta(days=1):
                length += timedelta(days=1)
            return start + length
        except OverflowError:
            self._problem("unreadable-property", "DURATION ends beyond the year 9999 and was left out", uid)
            return shortest

    # -- telling -------------------------------------------------------------------------------------------------

    def _left_out(self, text: str, error: Exception, uid: str) -> None:
        shown = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."
        self._problem("unreadable-property", f"{shown!r} could not be read and was left out ({error})", uid)

    def _problem(self, code: str, message: str, uid: str = "", *, lost: bool = False) -> None:
        self.problems.append(Problem(code, message, uid, lost))


def replaced(line: ContentLine, value: str) -> ContentLine:
    """Return the line with another value."""
    return ContentLine(line.name, value, line.parameters)


def _rewritten(line: ContentLine, value: date | datetime) -> ContentLine:
    """Write a moment as RFC 5545 wants it."""
    if isinstance(value, datetime):
        of = line.without("VALUE", "TZID") if value.tzinfo is UTC else line.without("VALUE")
        return replaced(of, _written(value))
    return replaced(line.without("VALUE", "TZID").with_parameter("VALUE", "DATE"), _written(value))


def _written(value: date | datetime) -> str:
    if not isinstance(value, datetime):
        return f"{value.year:04d}{value.month:02d}{value.day:02d}"
    # Not a zone of that name: its TZID stays.
    utc = "Z" if value.tzinfo is UTC else ""
    return f"{value.year:04d}{value.month:02d}{value.day:02d}T{value:%H%M%S}{utc}"
