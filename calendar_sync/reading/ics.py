"""iCalendar (RFC 5545, 7986, 9073) to listings, one series at a time."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar as Parsed
from icalendar import Event as Component
from icalendar.parser import Contentline
from icalendar.prop import vDDDLists, vDDDTypes, vDuration, vRecur

from calendar_sync import quirks
from calendar_sync.listings import Listing
from calendar_sync.reading import Problem, Reading
from calendar_sync.reading.occurrences import RuleRefused, check_rule, moment, occurrences, within
from calendar_sync.reading.properties import listing_of
from calendar_sync.reading.splitting import Block, Feed, decoded, split
from calendar_sync.reading.zones import Zones
from calendar_sync.roster import Calendar

Window = tuple[date, date] | None

_UNREADABLE = (ValueError, TypeError, OverflowError, KeyError, AttributeError, IndexError, RecursionError)
"""What icalendar, recurring-ical-events and dateutil raise for values that mean nothing."""
_RECURS = ("RRULE", "RDATE", "EXRULE")
_MOMENTS = ("DTSTART", "DTEND", "RECURRENCE-ID")


def read_ics(body: bytes, calendar: Calendar, window: Window = None, *, charset: str = "") -> Reading:
    """Read a feed; never raises on what it holds.

    *window* is [from, to) by start, floating and all-day read as UTC; None gives everything that is not recurring and,
    of each recurring series, the year from its start.
    """
    text, problems = decoded(body, charset)
    feed = split(text)
    problems += feed.problems
    if not feed.is_calendar:
        return Reading(problems=tuple(problems), is_calendar=False)
    reader = _Reader(calendar, feed, window)
    listings = reader.listings()
    problems += reader.problems
    name = feed.value("NAME") or feed.value("X-WR-CALNAME")
    return Reading(tuple(sorted(_told_apart(listings), key=_order)), tuple(dict.fromkeys(problems)), name=name)


@dataclass(slots=True)
class _Entry:
    """One VEVENT whose lines have been looked at: what is left of them can be parsed."""

    uid: str
    block: Block
    start: date | datetime
    recurs: bool
    override: bool
    backwards: date | datetime | None = None
    """The end as stated, where it lies before the start."""


class _Reader:
    """Reads the series of one feed."""

    def __init__(self, calendar: Calendar, feed: Feed, window: Window) -> None:
        self.calendar, self.feed, self.window = calendar, feed, window
        self.zones = Zones(feed.zones, feed.value("X-WR-TIMEZONE"), calendar.time_zone)
        self.problems: list[Problem] = list(self.zones.problems)

    def listings(self) -> list[Listing]:
        series: defaultdict[str, list[_Entry]] = defaultdict(list)
        for number, block in enumerate(self.feed.events):
            entry = self._entry(block, number)
            if entry is not None:
                series[entry.uid].append(entry)
        found: list[Listing] = []
        for uid, entries in series.items():
            try:
                found += self._series(uid, entries)
            except _UNREADABLE as error:
                self._problem("unreadable-event", f"it could not be read: {error}", uid, lost=True)
        return found

    def _problem(self, code: str, message: str, uid: str = "", *, lost: bool = False) -> None:
        self.problems.append(Problem(code, message, uid, lost))

    # -- one VEVENT ----------------------------------------------------------------------------------------------

    def _entry(self, block: Block, number: int) -> _Entry | None:
        """Look at each line alone: what cannot be read is left out and named, the rest stays."""
        lines: list[str] = []
        values: dict[str, Any] = {}
        uid = block.value("UID")
        if not uid:
            uid = "no-uid-" + hashlib.sha256("\n".join(block.lines).encode()).hexdigest()[:16]
            self._problem("no-uid", "the event has no UID; one was made from its text", uid)
            lines.append(f"UID:{uid}")
        for line in quirks.mended(list(block.lines)):
            name = quirks.name_of(line)
            if name in values and name in ("DTSTART", "DTEND", "DURATION", "UID", "RECURRENCE-ID"):
                self._problem("repeated-property", f"{name} stands there twice; the first one counts", uid)
                continue
            kept = self._line(line, name, uid, values)
            if kept is not None:
                lines.append(kept)
        start = values.get("DTSTART")
        if start is None:
            self._problem("no-start", "the event has no DTSTART that can be read; it is left out", uid, lost=True)
            return None
        if not 1900 <= start.year <= 2200:
            self._problem("extreme-date", f"it starts in the year {start.year}; a typing error is likely", uid)
        entry = _Entry(
            uid, replace(block, lines=lines), start, any(name in values for name in _RECURS), "RECURRENCE-ID" in values
        )
        self._end(entry, values)
        return entry

    def _line(self, line: str, name: str, uid: str, values: dict[str, Any]) -> str | None:
        try:
            _, parameters, value = _parts(line)
            line = self.zones.named(line, parameters, uid, self.problems)
            if name in _MOMENTS:
                _, parameters, value = _parts(line)
                values[name] = vDDDTypes.from_ical(  # type: ignore[no-untyped-call]
                    value, self.zones.zone(parameters.get("TZID"))
                )
                if not isinstance(values[name], date):
                    raise ValueError("it is no date")
            elif name == "DURATION":
                values[name] = vDuration.from_ical(value)  # type: ignore[no-untyped-call]
            elif name in ("RDATE", "EXDATE"):
                if not value.strip():
                    return None
                vDDDLists.from_ical(value, self.zones.zone(parameters.get("TZID")))  # type: ignore[no-untyped-call]
                values[name] = value
            elif name in ("RRULE", "EXRULE"):
                if not value.strip():
                    self._problem("empty-rule", f"{name} is empty; the event is read as one that does not recur", uid)
                    return None
                vRecur.from_ical(value)
                values[name] = value
            elif name == "UID":
                values[name] = value
        except _UNREADABLE as error:
            shown = line if len(line) <= 80 else line[:77] + "..."
            self._problem("unreadable-property", f"{shown!r} could not be read and was left out ({error})", uid)
            return None
        return line

    def _end(self, entry: _Entry, values: dict[str, Any]) -> None:
        """An end before the start, or of another type, must not move the start."""
        end, start = values.get("DTEND"), entry.start
        if end is None:
            return
        if isinstance(end, datetime) != isinstance(start, datetime):
            self._problem("end-of-another-type", "DTSTART and DTEND are not both dates or both times", entry.uid)
            _without(entry.block, "DTEND")
            if not isinstance(end, datetime) and end > start.date():  # type: ignore[union-attr]
                # A timed event "until the 3rd": it ends when that day begins, in the zone of its start.
                entry.backwards = datetime.combine(end, datetime.min.time(), start.tzinfo)  # type: ignore[union-attr]
            return
        if moment(end) < moment(start):
            self._problem("end-before-start", "DTEND lies before DTSTART; the start counts", entry.uid)
            _without(entry.block, "DTEND")
            entry.backwards = end

    # -- one series ----------------------------------------------------------------------------------------------

    def _series(self, uid: str, entries: list[_Entry]) -> list[Listing]:
        masters = [entry for entry in entries if not entry.override]
        overrides = [entry for entry in entries if entry.override]
        if not masters:
            if overrides:
                self._problem("override-alone", "the series of a changed occurrence is not in the feed", uid)
            return [listing for entry in overrides for listing in self._single(entry)]
        masters = self._distinct(uid, masters)
        found: list[Listing] = []
        recurring = [entry for entry in masters if entry.recurs]
        for master in masters:
            mine = overrides if master is (recurring or masters)[0] else []
            found += self._recurring(uid, master, mine) if master.recurs or mine else self._single(master)
        return found

    def _distinct(self, uid: str, masters: list[_Entry]) -> list[_Entry]:
        """Several masters with one UID are events of their own, unless they say the same word for word."""
        if len(masters) == 1:
            return masters
        said = {
            "\n".join(
                line for line in entry.block.lines if quirks.name_of(line) not in ("DTSTAMP", "LAST-MODIFIED")
            ): entry
            for entry in masters
        }
        self._problem(
            "repeated-uid", f"{len(masters)} events share one UID; {len(said)} differ and are kept apart", uid
        )
        return list(said.values())

    def _single(self, entry: _Entry) -> list[Listing]:
        if self.window is not None and not within(self.zones.placed(entry.start), self.window):
            return []
        return [self._listing(entry, component) for component in self._parsed([entry]).events[:1]]

    def _recurring(self, uid: str, master: _Entry, overrides: Sequence[_Entry]) -> list[Listing]:
        window = self.window or _year_from(master.start)
        parsed = self._parsed([master, *overrides])
        try:
            for name in ("RRULE", "EXRULE"):
                for line in (line for line in master.block.lines if quirks.name_of(line) == name):
                    check_rule(line.partition(":")[2], master.start, window)
            return [self._listing(master, component, series=True) for component in occurrences(parsed, window)]
        except RuleRefused as refused:
            self._problem("rule-refused", f"its recurrence was refused: {refused}; its first occurrence is kept", uid)
        except _UNREADABLE as error:
            self._problem("rule-unreadable", f"its recurrence could not be read ({error}); the first is kept", uid)
        return [listing for entry in (master, *overrides) for listing in self._single(entry)]

    def _parsed(self, entries: Sequence[_Entry]) -> Parsed:
        properties = ["VERSION:2.0", "PRODID:-//outreach//one series//EN"]
        if self.zones.default_name:
            properties.append(f"X-WR-TIMEZONE:{self.zones.default_name}")
        used = [zone.text() for zone in self.zones.used([entry.block for entry in entries])]
        text = "\r\n".join(
            ["BEGIN:VCALENDAR", *properties, *used, *(entry.block.text() for entry in entries), "END:VCALENDAR", ""]
        )
        parsed = Parsed.from_ical(text)
        if not isinstance(parsed, Parsed):
            raise TypeError("the event is no part of a calendar")
        return parsed

    def _listing(self, entry: _Entry, component: Component, *, series: bool = False) -> Listing:
        return listing_of(
            component, self.calendar, self.zones, uid=entry.uid, series=series, end=entry.backwards,
            problems=self.problems,
        )  # fmt: skip


def _parts(line: str) -> tuple[str, Mapping[str, object], str]:
    """Cut a content line into name, parameters and value, as icalendar does."""
    name, parameters, value = Contentline(line).parts()  # type: ignore[no-untyped-call]
    return name, parameters, value


def _without(block: Block, name: str) -> None:
    block.lines[:] = [line for line in block.lines if quirks.name_of(line) != name]


def _year_from(start: date | datetime) -> tuple[date, date]:
    first = moment(start).date()
    try:
        return first, first + timedelta(days=366)
    except OverflowError:
        return first, date.max


def _told_apart(listings: list[Listing]) -> list[Listing]:
    """Give listings that share a key one of their own, in the order of their start: keys must be unique."""
    seen: dict[tuple[str, str], int] = {}
    apart = []
    for listing in sorted(listings, key=_order):
        key = (listing.key.uid, listing.key.recurrence_id)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            start = listing.start.isoformat() if listing.start else ""
            listing = replace(listing, key=replace(listing.key, recurrence_id=f"{start}#{seen[key]}"))
        apart.append(listing)
    return apart


def _order(listing: Listing) -> tuple[datetime, str, str, str]:
    start = listing.start or date.min
    try:
        at = moment(start)
    except OverflowError:
        at = moment(date.max if start.year > 5000 else date.min)
    return at, listing.key.uid, listing.key.recurrence_id, listing.title
