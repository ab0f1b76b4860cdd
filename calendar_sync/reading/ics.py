"""iCalendar (RFC 5545, 7986, 9073) to listings, one series at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo

from calendar_sync.listings import Listing
from calendar_sync.reading import Problem, Reading
from calendar_sync.reading.entries import UNREADABLE, Entry, EntryReader
from calendar_sync.reading.moments import by_start, instant, within
from calendar_sync.reading.occurrences import Budget, RuleRefused, check_rule, occurrences, starts_outside
from calendar_sync.reading.properties import listing_of, occurrence_of
from calendar_sync.reading.splitting import Block, Feed, decoded, split
from calendar_sync.reading.zones import Zones
from calendar_sync.roster import Calendar

Window = tuple[date, date] | None

MOST_PROBLEMS = 1_000
"""Problems told of one feed; beyond it they are counted."""


def read_ics(body: bytes, calendar: Calendar, window: Window = None, *, charset: str = "") -> Reading:
    """Read a feed; never raises on what it holds.

    *window* is [from, to) by start, floating and all-day read as UTC; None gives everything that is not recurring and,
    of each recurring series, the year from its start.
    """
    text, problems = decoded(body, charset)
    feed = split(text, calendar.limits.events)
    problems += feed.problems
    if not feed.is_calendar:
        return Reading(problems=tuple(problems), is_calendar=False)
    reader = _Reader(calendar, feed, window)
    listings = reader.listings()
    problems += reader.problems
    name = feed.value("NAME") or feed.value("X-WR-CALNAME")
    return Reading(tuple(_told_apart(listings)), _told(problems), name=name)


class _Reader:
    """Reads the series of one feed."""

    def __init__(self, calendar: Calendar, feed: Feed, window: Window) -> None:
        self.calendar, self.feed, self.window = calendar, feed, window
        self.zones = _zones(feed, calendar.time_zone)
        self.problems: list[Problem] = [problem for zones in self.zones for problem in zones.problems]
        self.budget = Budget()

    def listings(self) -> list[Listing]:
        entries = EntryReader(self.problems)
        series: defaultdict[str, list[Entry]] = defaultdict(list)
        for block in self.feed.events:
            entry = entries.read(block, self.zones[block.calendar])
            if entry is not None:
                series[entry.uid].append(entry)
        found: list[Listing] = []
        for uid, members in series.items():
            try:
                found += self._series(uid, members)
            except UNREADABLE as error:
                self._problem("unreadable-event", f"it could not be read: {error}", uid, lost=True)
            most = self.calendar.limits.events
            if len(found) > most:
                self._problem("too-many-listings", f"the listings beyond the first {most} were left out", lost=True)
                return found[:most]
        self._forget_remarks_on(series.keys() - {listing.key.uid for listing in found})
        return found

    def _forget_remarks_on(self, elsewhere: Set[str]) -> None:
        """What lies outside the window is nobody's concern; a remark would look as if it had not been read."""
        self.problems = [
            problem
            for problem in self.problems
            if problem.lost or problem.uid not in elsewhere or problem.code == "start-outside-rule"
        ]

    def _problem(self, code: str, message: str, uid: str = "", *, lost: bool = False) -> None:
        self.problems.append(Problem(code, message, uid, lost))

    def _series(self, uid: str, entries: list[Entry]) -> list[Listing]:
        masters = [entry for entry in entries if entry.recurrence_id is None]
        overrides = [entry for entry in entries if entry.recurrence_id is not None]
        if not masters:
            self._problem("override-alone", "the series of a changed occurrence is not in the feed", uid)
            return [listing for entry in overrides for listing in self._single(entry)]
        masters = self._distinct(uid, masters)
        overrides = self._latest(uid, overrides)
        first = next((entry for entry in masters if entry.recurs), masters[0])
        found: list[Listing] = []
        for master in masters:
            mine = overrides if master is first else []
            found += self._recurring(uid, master, mine) if master.recurs or mine else self._single(master)
        return found

    def _distinct(self, uid: str, masters: list[Entry]) -> list[Entry]:
        """Several masters with one UID are events of their own, unless they say the same word for word."""
        if len(masters) == 1:
            return masters
        said = {entry.wording(): entry for entry in masters}
        self._problem(
            "repeated-uid", f"{len(masters)} events share one UID; {len(said)} differ and are kept apart", uid
        )
        return list(said.values())

    def _latest(self, uid: str, overrides: list[Entry]) -> list[Entry]:
        """Of several changes of one occurrence the highest SEQUENCE counts, of equals the last."""
        if len(overrides) < 2:
            return overrides
        latest: dict[object, Entry] = {}
        for entry in overrides:
            of = entry.zones.placed(entry.recurrence_id) if entry.recurrence_id is not None else None
            key = of and instant(of), entry.and_future
            if key not in latest or latest[key].sequence <= entry.sequence:
                latest[key] = entry
        if len(latest) < len(overrides):
            self._problem("override-repeated", "an occurrence is changed twice; the highest SEQUENCE counts", uid)
        return list(latest.values())

    def _single(self, entry: Entry) -> list[Listing]:
        start = entry.zones.placed(entry.start)
        if self.window is not None and not within(start, self.window):
            return []
        recurrence_id = entry.recurrence_id.isoformat() if entry.recurrence_id is not None else ""
        return [self._listing(entry, recurrence_id, start, entry.zones.placed(entry.end))]

    def _recurring(self, uid: str, master: Entry, overrides: Sequence[Entry]) -> list[Listing]:
        window = self.window or _year_from(master.start)
        rules, most = master.schedule.rules, self.calendar.limits.occurrences
        try:
            for rule in rules:
                check_rule(rule, master.start, window, self.budget, most)
            found = self._laid_out(master, overrides, window)
            # Of several rules the engines agree that DTSTART counts, of a single one most leave it out.
            if len(rules) == 1 and starts_outside(rules, master.zones.local(master.start)):
                self._problem("start-outside-rule", "its rule does not give DTSTART, which is no occurrence then", uid)
                found = _without_start(found, master)
        except RuleRefused as refused:
            self._problem(
                "rule-refused", f"its recurrence was refused: {refused}; its first occurrence is kept", uid, lost=True
            )
        except UNREADABLE as error:
            self._problem(
                "rule-unreadable", f"its recurrence could not be read ({error}); the first is kept", uid, lost=True
            )
        else:
            return found
        return [listing for entry in (master, *overrides) for listing in self._single(entry)]

    def _laid_out(self, master: Entry, overrides: Sequence[Entry], window: tuple[date, date]) -> list[Listing]:
        entries = {str(number): entry for number, entry in enumerate((master, *overrides))}
        # What an entry says is read once, however often it occurs.
        said = {number: self._listing(entry, "", entry.start, entry.start) for number, entry in entries.items()}
        found = []
        for number, start, end in occurrences(entries, window, self.calendar.limits.occurrences):
            entry = entries[number]
            # A length other than what was asked for is that of an RDATE's period.
            given = _apart(start, end)
            length = given if given != _shortest(start) else _apart(entry.start, entry.end)
            recurrence_id = self._recurrence_id(entry, master, start).isoformat()
            found.append(
                occurrence_of(
                    said[number], recurrence_id=recurrence_id, start=start, end=start + length, home=entry.zones.home
                )
            )
        return found

    def _recurrence_id(self, entry: Entry, master: Entry, start: date | datetime) -> date | datetime:
        if entry.recurrence_id is None:
            return start
        first = _as_in(entry.recurrence_id, master.zones.placed(master.start))
        # After a change of this and all future occurrences the later ones are moved as the first one was.
        return first + _apart(entry.zones.placed(entry.start), start)

    def _listing(self, entry: Entry, recurrence_id: str, start: date | datetime, end: date | datetime) -> Listing:
        return listing_of(
            entry.said, self.calendar, uid=entry.uid, recurrence_id=recurrence_id,
            start=start, end=end, home=entry.zones.home,
        )  # fmt: skip


def _zones(feed: Feed, roster_zone: str) -> list[Zones]:
    """Return the zones of each VCALENDAR: two may give one name to different zones."""
    blocks: list[list[Block]] = [[] for _ in feed.calendars]
    for block in feed.zones:
        blocks[block.calendar].append(block)
    elsewhere: dict[str, tzinfo] = {}
    found = []
    for own, default in zip(blocks, feed.values("X-WR-TIMEZONE"), strict=True):
        zones = Zones(own, default, roster_zone, elsewhere)
        elsewhere.update(zones.own)
        found.append(zones)
    return found


def _without_start(found: list[Listing], master: Entry) -> list[Listing]:
    """Leave out the occurrence that only DTSTART gives, as two of three engines do, where no RDATE names it."""
    start = master.zones.local(master.start)
    if any(master.zones.local(date) == start for date in master.schedule.dates if not isinstance(date, tuple)):
        return found
    return [listing for listing in found if listing.key.recurrence_id != start.isoformat()]


def _as_in(recurrence_id: date | datetime, start: date | datetime) -> date | datetime:
    """Say a RECURRENCE-ID as the series says its start, so that a changed occurrence keeps its key."""
    if isinstance(recurrence_id, datetime) and isinstance(start, datetime):
        if recurrence_id.tzinfo is not None and start.tzinfo is not None:
            return recurrence_id.astimezone(start.tzinfo)
        return recurrence_id.replace(tzinfo=start.tzinfo)
    if isinstance(start, datetime):
        return datetime.combine(recurrence_id, start.timetz())
    return recurrence_id.date() if isinstance(recurrence_id, datetime) else recurrence_id


def _apart(one: date | datetime, other: date | datetime) -> timedelta:
    """Return how much later *other* is on the clock on the wall."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        if one.tzinfo is not None and other.tzinfo is not None:
            one = one.astimezone(other.tzinfo)
        return other.replace(tzinfo=None) - one.replace(tzinfo=None)
    return instant(other) - instant(one)


def _shortest(start: date | datetime) -> timedelta:
    return timedelta(0) if isinstance(start, datetime) else timedelta(days=1)


def _year_from(start: date | datetime) -> tuple[date, date]:
    first = instant(start).date()
    try:
        return first, first + timedelta(days=366)
    except OverflowError:
        return first, date.max


def _told_apart(listings: list[Listing]) -> list[Listing]:
    """Sort, and give listings that share a key one of their own: keys must be unique.

    The open ones go first, so that a hidden one with the same UID changes nothing about their keys.
    """
    seen: dict[tuple[str, str], int] = {}
    apart = []
    for listing in sorted(listings, key=lambda listing: (listing.visibility, by_start(listing))):
        key = (listing.key.uid, listing.key.recurrence_id)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            start = listing.start.isoformat() if listing.start else ""
            listing = replace(listing, key=replace(listing.key, recurrence_id=f"{start}#{seen[key]}"))
        apart.append(listing)
    return sorted(apart, key=by_start)


def _told(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Tell each problem once, and of too many only how many there are."""
    told = list(dict.fromkeys(problems))
    rest = told[MOST_PROBLEMS:]
    if rest:
        lost = any(problem.lost for problem in rest)
        told[MOST_PROBLEMS:] = [Problem("more-problems", f"{len(rest)} more problems are not listed", lost=lost)]
    return tuple(told)
