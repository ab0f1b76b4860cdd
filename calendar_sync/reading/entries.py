"""One VEVENT to an entry: each line is looked at alone, so that a bad one costs the event nothing else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Event, vDDDLists, vDDDTypes, vRecur

from calendar_sync import quirks
from calendar_sync.reading import Problem
from calendar_sync.reading.content_lines import ContentLine, cut
from calendar_sync.reading.moments import duration, instant, stated
from calendar_sync.reading.properties import Properties
from calendar_sync.reading.splitting import Block
from calendar_sync.reading.zones import Zones

UNREADABLE = (ValueError, TypeError, OverflowError, KeyError, AttributeError, IndexError, RecursionError)
"""What icalendar, recurring-ical-events and dateutil raise for values that mean nothing."""
Moment = date | datetime

ENTRY = "X-ENTRY"
"""Property by which an occurrence tells the VEVENT it comes from."""
MOST_DATES = 5_000
"""Values of RDATE or EXDATE one event may have."""

_MOMENTS = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"})
_RULE_PARTS = frozenset(
    {
        "FREQ", "UNTIL", "COUNT", "INTERVAL", "BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY", "BYMONTHDAY", "BYYEARDAY",
        "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST", "RSCALE", "SKIP",
    }
)  # fmt: skip
_STAMPS = frozenset({"DTSTAMP", "LAST-MODIFIED"})
_IDENTITY = ("DTSTART", "SUMMARY", "LOCATION")
_UNTIL = re.compile(r"UNTIL=(\d{8})(T\d{4,6})?(Z?)$|UNTIL=(\d{8})(T\d{4,6})?(Z?);")
_LONGEST_SHOWN = 80


Period = tuple[datetime, datetime | timedelta]


@dataclass(frozen=True, slots=True)
class Schedule:
    """What lays out a series besides its start, all of it readable."""

    rules: tuple[str, ...] = ()
    dates: tuple[Moment | Period, ...] = ()
    """RDATE: moments and periods."""
    exceptions: tuple[Moment, ...] = ()
    """EXDATE."""


_ONCE = Schedule()


@dataclass(slots=True)
class Entry:
    """One VEVENT: what says when, read; the rest as properties."""

    uid: str
    said: Properties
    zones: Zones
    start: Moment
    end: Moment
    """Exclusive, of the type and zone of *start*; may lie before it, where the feed says so."""
    schedule: Schedule = _ONCE
    recurrence_id: Moment | None = None
    and_future: bool = False
    """True when the change is of its occurrence and all that follow (RANGE=THISANDFUTURE)."""
    sequence: int = 0

    @property
    def recurs(self) -> bool:
        """True when it has a rule or dates beside its start."""
        return bool(self.schedule.rules or self.schedule.dates)

    def wording(self) -> tuple[ContentLine, ...]:
        """Return all it says but when that was written."""
        return tuple(line for line in self.said.lines if line.name not in _STAMPS)

    def component(self, number: str) -> Event:
        """Make what recurring-ical-events expands: what says when, and nothing else.

        Lengths are left out, as the window goes by starts.
        """
        event = Event()
        event["UID"], event[ENTRY], event["SEQUENCE"] = "series", number, self.sequence
        event["DTSTART"] = vDDDTypes(self.zones.local(self.start))
        if self.recurrence_id is not None:
            event["RECURRENCE-ID"] = vDDDTypes(self.zones.local(self.recurrence_id))
            if self.and_future:
                event["RECURRENCE-ID"].params["RANGE"] = "THISANDFUTURE"
        schedule = self.schedule
        if schedule.rules:
            event["RRULE"] = [vRecur.from_ical(rule) for rule in schedule.rules]
        if schedule.dates:
            event["RDATE"] = vDDDLists([self._local(value) for value in schedule.dates])
        if schedule.exceptions:
            event["EXDATE"] = vDDDLists([self.zones.local(value) for value in schedule.exceptions])
        return event

    def _local(self, value: Moment | Period) -> Moment | tuple[Moment, Moment | timedelta]:
        if not isinstance(value, tuple):
            return self.zones.local(value)
        begin, end = value
        return self.zones.local(begin), end if isinstance(end, timedelta) else self.zones.local(end)


class EntryReader:
    """Reads VEVENTs and tells *problems* what is wrong with them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self._named = True

    def read(self, block: Block, zones: Zones) -> Entry | None:
        """Read one VEVENT; None when it cannot be placed in time, which *problems* is told."""
        self.zones = zones
        said, moments, bad = self._properties(block)
        uid = said.value("UID").strip()
        self._named = bool(uid)
        if not uid:
            # Not all of the text: its DTSTAMP changes with every fetch.
            text = "\n".join(line.text() for name in _IDENTITY for line in said.all(name))
            uid = "no-uid-" + hashlib.sha256(text.encode()).hexdigest()[:16]
            self._problem("no-uid", "the event has no UID; one was made from its start, title and place", uid)
        for line, error in bad:
            self._left_out(line, error, uid)
        if len(said.all("UID")) > 1:
            self._repeated("UID", uid)
        try:
            return self._placed(uid, said, moments)
        except UNREADABLE as error:
            self._problem("unreadable-event", f"it could not be placed in time ({error})", uid, lost=True)
            return None

    def _properties(self, block: Block) -> tuple[Properties, list[ContentLine], list[tuple[str, ValueError]]]:
        lines: list[ContentLine] = []
        moments: list[ContentLine] = []
        bad: list[tuple[str, ValueError]] = []
        for text in block.lines:
            try:
                line = cut(text)
            except ValueError as error:
                bad.append((text, error))
                continue
            if line.parameters:
                line = quirks.quoted_printable(line)
            lines.append(line)
            if line.name in _MOMENTS:
                moments.append(line)
        return Properties(lines, block.parts), moments, bad

    def _placed(self, uid: str, said: Properties, lines: list[ContentLine]) -> Entry | None:
        mended, told = quirks.mended(lines)
        for code, message in told:
            self._problem(code, message, uid)
        by_name: dict[str, list[ContentLine]] = {}
        for line in mended:
            by_name.setdefault(line.name, []).append(line)
        start = self._first(by_name.get("DTSTART"), uid)
        if start is None:
            self._problem("no-start", "the event has no DTSTART that can be read; it is left out", uid, lost=True)
            return None
        if not said.value("SUMMARY"):
            self._problem("no-title", "the event has no SUMMARY", uid)
        end = self._end(uid, start, self._first(by_name.get("DTEND"), uid), self._length(said, uid))
        entry = Entry(uid, said, self.zones, start, end)
        if "RECURRENCE-ID" in by_name:
            entry.recurrence_id = self._first(by_name["RECURRENCE-ID"], uid)
            stated_range = by_name["RECURRENCE-ID"][0].parameter("RANGE").upper()
            entry.and_future = stated_range == "THISANDFUTURE"
            if stated_range == "THISANDPRIOR":
                self._problem("range-ignored", "RANGE=THISANDPRIOR is no longer part of iCalendar; one is changed", uid)
        sequence = said.value("SEQUENCE").strip()
        if sequence.isascii() and sequence.isdigit() and len(sequence) < 10:
            entry.sequence = int(sequence)
        if "RRULE" in said or "RDATE" in by_name or "EXDATE" in by_name or "EXRULE" in said:
            entry.schedule = self._schedule(entry, said, by_name)
        return entry

    # -- one property each ---------------------------------------------------------------------------------------

    def _first(self, lines: Sequence[ContentLine] | None, uid: str) -> Moment | None:
        """Return the first moment that can be read."""
        if not lines:
            return None
        if len(lines) > 1:
            self._repeated(lines[0].name, uid)
        for line in lines:
            try:
                return self._moment(line, uid)
            except UNREADABLE as error:
                self._left_out(line.text(), error, uid)
        return None

    def _repeated(self, name: str, uid: str) -> None:
        self._problem("repeated-property", f"{name} stands there twice; the first one that can be read counts", uid)

    def _moment(self, line: ContentLine, uid: str) -> Moment:
        parameters = line.parameters
        if not parameters:
            value = stated(line.value)
            if not isinstance(value, datetime):
                self._problem("value-type", f"{line.name} is a date and does not say so (VALUE=DATE)", uid)
            elif value.tzinfo is UTC and "Z" not in line.value.upper():
                self._problem("value-type", f"{line.name} states an offset, which iCalendar has no form for", uid)
            return value
        zone = None
        named = line.parameter("TZID")
        if named:
            known = self.zones.name(named, uid, self.problems)
            zone = self.zones.zone(known)
        elif any(key == "TZID" for key, _ in parameters):
            self._problem("unknown-zone", f"TZID of {line.name} names no zone", uid)
        value = stated(line.value, zone)
        if named and isinstance(value, datetime):
            self.zones.compare(known, value.year, self.problems)
        kinds = [kind.upper() for key, kind in parameters if key == "VALUE"]
        is_date = not isinstance(value, datetime)
        if is_date != ("DATE" in kinds) or len(kinds) > 1:
            what = "a date and does not say so" if is_date else "a time and does not say so"
            self._problem("value-type", f"{line.name} is {what} (VALUE={','.join(kinds)[:20]})", uid)
        return value

    def _length(self, said: Properties, uid: str) -> timedelta | None:
        lines = said.all("DURATION")
        if not lines:
            return None
        if len(lines) > 1:
            self._repeated("DURATION", uid)
        for line in lines:
            try:
                return duration(line.value)
            except UNREADABLE as error:
                self._left_out(line.text(), error, uid)
        return None

    def _end(self, uid: str, start: Moment, end: Moment | None, length: timedelta | None) -> Moment:
        """Return the end; one of another type, or before the start, must not move the start."""
        if end is None:
            return self._after(uid, start, length)
        if length is not None:
            self._problem("end-stated-twice", "both DTEND and DURATION are stated; DTEND counts", uid)
        if isinstance(start, datetime):
            if not isinstance(end, datetime):
                # A timed event "until the 3rd": it ends when that day begins, in the zone of its start.
                self._problem("end-of-another-type", "DTSTART is a time and DTEND a date: its day ends it", uid)
                return max(start, datetime.combine(end, time.min, start.tzinfo))
            if end.tzinfo is not start.tzinfo:
                if (end.tzinfo is None) != (start.tzinfo is None):
                    self._problem(
                        "zone-of-one-end", "only one of DTSTART and DTEND is in a zone; it is that of both", uid
                    )
                    end = end.replace(tzinfo=start.tzinfo)
                else:
                    end = self._in_zone_of(start, end, uid)
        elif isinstance(end, datetime):
            self._problem("end-of-another-type", "DTSTART is a date and DTEND a time; its day counts", uid)
            last = end.date() if end.time() == time.min else end.date() + timedelta(days=1)
            return max(last, start + timedelta(days=1))
        elif end == start:
            self._problem(
                "end-on-start", "DTEND is DTSTART: of days it is the day after the last; one day is meant", uid
            )
        if (end < start) if type(end) is type(start) else (instant(end) < instant(start)):
            self._problem("end-before-start", "DTEND lies before DTSTART; the start counts", uid)
        return end

    def _in_zone_of(self, start: datetime, end: datetime, uid: str) -> datetime:
        try:
            return end.astimezone(start.tzinfo)
        except OverflowError:
            self._problem("unreadable-property", "DTEND lies beyond the years 1 to 9999 and was left out", uid)
            return start

    def _after(self, uid: str, start: Moment, length: timedelta | None) -> Moment:
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

    # -- series --------------------------------------------------------------------------------------------------

    def _schedule(self, entry: Entry, said: Properties, by_name: dict[str, list[ContentLine]]) -> Schedule:
        uid, start = entry.uid, entry.start
        rules: list[str] = []
        for line in said.all("RRULE"):
            try:
                rules += self._rule(line, start, uid)
            except UNREADABLE as error:
                # Its other occurrences may stand as they did.
                self._left_out(line.text(), error, uid, lost=True)
        if len(rules) > 1:
            self._problem("several-rules", f"it has {len(rules)} rules; the days of all of them count", uid)
        if "EXRULE" in said:
            self._problem("exrule-ignored", "EXRULE is no longer part of iCalendar; it excludes nothing", uid)
        if rules and isinstance(start, datetime) and start.tzinfo is UTC and self.zones.local(start) is not start:
            self._problem(
                "series-in-feed-zone", f"DTSTART is in UTC; its days are counted in {self.zones.feed_name}", uid
            )
        dates = [pair for line in by_name.get("RDATE", ()) for pair in self._dates(line, uid)]
        if any(end is not None for _, end in dates):
            self._problem("period-dates", "RDATE gives periods; each has a length of its own", uid)
        if dates and not rules and start not in (begin for begin, _ in dates):
            self._problem("start-beside-dates", "it recurs on dates (RDATE); DTSTART counts beside them", uid)
        exceptions = [begin for line in by_name.get("EXDATE", ()) for begin, _ in self._dates(line, uid)]
        for name, moments in (("RDATE", [begin for begin, _ in dates]), ("EXDATE", exceptions)):
            if any(_kind(moment) != _kind(start) for moment in moments):
                self._problem("dates-of-another-type", f"{name} and DTSTART are not of one type", uid)
        return Schedule(
            tuple(rules),
            tuple((begin, end) if end is not None and isinstance(begin, datetime) else begin for begin, end in dates),
            tuple(exceptions),
        )

    def _rule(self, line: ContentLine, start: Moment, uid: str) -> list[str]:
        value = quirks.old_rule(line.value)
        if value != line.value:
            self._problem("old-rule", f"the rule {line.value[:40]!r} is of vCalendar 1.0; it is read as {value}", uid)
        parts = [part for part in "".join(value.split()).upper().split(";") if part]
        known = [part for part in parts if part.partition("=")[0] in _RULE_PARTS]
        if len(known) != len(parts):
            self._problem("rule-part-ignored", "RRULE has parts that mean nothing; the others count", uid)
        value = ";".join(known)
        if not value:
            self._problem("empty-rule", "RRULE is empty; the event is read as one that does not recur", uid)
            return []
        vRecur.from_ical(value)
        if "COUNT=" in value and "UNTIL=" in value:
            self._problem("count-and-until", "RRULE has COUNT and UNTIL; the sooner of them ends it", uid)
        if re.search(r"COUNT=0*(?:;|$)", value):
            self._problem("count-zero", "RRULE has COUNT=0; its start alone counts", uid)
        until = _UNTIL.search(value)
        if until and (until[1] or until[4]) < start.strftime("%Y%m%d").zfill(8):
            # Without the UID: that nothing is read of it does not mean that it is there.
            self._problem("until-before-start", f"the rule of {uid!r} ends before its start: it never takes place")
        elif until and not _fits(until, start):
            self._problem(
                "until-of-another-type", "UNTIL and DTSTART are not of one type; UNTIL is read as DTSTART", uid
            )
        return [value]

    def _dates(self, line: ContentLine, uid: str) -> list[tuple[Moment, datetime | timedelta | None]]:
        """Keep the values of RDATE and EXDATE that can be read, periods with their end; name the others."""
        if not line.value.strip():
            self._problem("empty-property", f"{line.name} is empty", uid)
            return []
        named = line.parameter("TZID")
        zone = self.zones.zone(self.zones.name(named, uid, self.problems)) if named else None
        values = re.split("[,;]", line.value)
        if len(values) > MOST_DATES:
            self._problem("too-many-dates", f"{line.name} has {len(values)} dates; the first {MOST_DATES} count", uid)
        found: list[tuple[Moment, datetime | timedelta | None]] = []
        for value in values[:MOST_DATES]:
            begin, slash, end = value.strip().partition("/")
            if not begin:
                continue
            try:
                at = stated(begin, zone)
                until: Moment | timedelta | None = None
                if slash:
                    until = duration(end) if end.lstrip("+-")[:1].upper() == "P" else stated(end, zone)
                found.append((at, until if isinstance(until, (datetime, timedelta)) else None))
            except UNREADABLE as error:
                self._left_out(f"{line.name}:{value}", error, uid, lost=line.name == "RDATE")
        return found

    # -- telling -------------------------------------------------------------------------------------------------

    def _left_out(self, text: str, error: Exception, uid: str, *, lost: bool = False) -> None:
        shown = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."
        self._problem("unreadable-property", f"{shown!r} could not be read and was left out ({error})", uid, lost=lost)

    def _problem(self, code: str, message: str, uid: str = "", *, lost: bool = False) -> None:
        # Of an entry that is lost under a name of our making nobody can tell which it was.
        self.problems.append(Problem(code, message, uid if self._named or not lost else "", lost))


def _kind(moment: Moment) -> str:
    if not isinstance(moment, datetime):
        return "date"
    return "floating" if moment.tzinfo is None else "time"


def _fits(until: re.Match[str], start: Moment) -> bool:
    """True when UNTIL is of the type RFC 5545 (3.3.10) asks for: a date beside a date, UTC beside a zone."""
    timed, utc = until[2] or until[5], until[3] or until[6]
    if not isinstance(start, datetime):
        return not timed
    return bool(timed) and bool(utc) == (start.tzinfo is not None)
