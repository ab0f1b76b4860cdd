"""The picture of the coming months, as geometry: lanes, bars and arcs in units that every renderer can scale."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from unicodedata import east_asian_width

from calendar_sync.roster import Organisation
from calendar_sync.spans import Span
from dedupe import phrases, sayings
from dedupe.events import Event
from dedupe.findings import Severity
from dedupe.sayings import Tongue
from reports.standing import ToldFinding

WIDTH, LABELS = 800, 138
"""Units: the whole picture, and the room for the lanes' names at its left."""
HEAD, ROW, PADDING, BAR = 46, 30, 7, 18
"""Units: the months' head, one row of bars in a lane, above and below the rows, the height of a bar."""
SHORTEST_BAR = 8
LETTER = 6.3
"""Units a letter of a label takes, on the wide side."""
ANNOUNCED = 100
"""Units that the words before dates given up take."""
NEXT_BADGE = 2
"""Units between the numbers beside one bar."""
LEAST_HIT = 24
MOST_MONTHS, MOST_ARCS, MOST_EVENTS = 8, 6, 50
BEFORE = 62
"""Days before the night that an event of a finding may have begun to be drawn."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month's first day on the picture."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Days of one event: certain, possible, or former (told before, and no longer so)."""

    x: float
    y: float
    width: float
    sort: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Label:
    """Words beside a bar; *before* when they end at x, for want of room behind it. Blank over dates given up."""

    x: float
    y: float
    text: str
    before: bool


@dataclass(frozen=True, slots=True)
class Badge:
    """The number of a finding, around the point *x*, *y*."""

    x: float
    y: float
    number: int
    severity: Severity

    @property
    def width(self) -> int:
        """How wide it is: round for two digits, longer for more."""
        return _badge_width(self.number)

    @property
    def hit(self) -> int:
        """How wide the place is where a finger hits it."""
        return max(self.width, LEAST_HIT)


@dataclass(frozen=True, slots=True)
class Mark:
    """The number of a finding that stands beside an event."""

    number: int
    severity: Severity


@dataclass(frozen=True, slots=True)
class Drawn:
    """One event in one lane, for a picture that leads on from it."""

    event_id: str
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    badges: tuple[Badge, ...]
    x: float
    width: float
    """From where on its bars and words reach, badges left out, and how far: a finger hits no less than LEAST_HIT."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One organisation's row; its name in at most two lines."""

    y: float
    height: float
    name: tuple[str, ...]
    empty: bool


@dataclass(frozen=True, slots=True)
class Arc:
    """A finding that joins two bars: a curve over its control point."""

    x1: float
    y1: float
    x: float
    y: float
    x2: float
    y2: float
    severity: Severity


@dataclass(frozen=True, slots=True)
class Entry:
    """The same as a dated line, for a narrow page and for whoever does not see the picture."""

    dates: str
    where: str
    organisation: str
    findings: tuple[int, ...]
    certain: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture; without entries when nothing with a date is coming."""

    width: int = WIDTH
    height: float = 0
    months: tuple[Month, ...] = ()
    lanes: tuple[Lane, ...] = ()
    bars: tuple[Bar, ...] = ()
    labels: tuple[Label, ...] = ()
    arcs: tuple[Arc, ...] = ()
    badges: tuple[Badge, ...] = ()
    entries: tuple[Entry, ...] = ()
    tonight: float = 0.0
    later: int = 0
    """Events that lie beyond the last month drawn, or for which there is no room."""
    more_arcs: int = 0
    """Findings that join two events of the picture and press less than those with an arc."""
    drawn: tuple[Drawn, ...] = ()
    """Bars, labels and badges once more, event by event."""


def draw(
    events: Sequence[Event],
    findings: Sequence[ToldFinding],
    night: date,
    reader: Organisation,
    names: Mapping[str, str],
    tongue: Tongue,
) -> Timeline:
    """Lay out the dated events from the month of *night* on, one lane for each organisation that lists one first.

    Words take room, so they are those of *tongue* already.
    Events of findings that need a word and began shortly before the night are drawn too.
    """
    joined = [event for told in findings if not told.informs for event in told.finding.events]
    known = {event.id: event for event in (*events, *joined)}
    dated = sorted(
        ((event.span, event) for event in known.values() if event.span is not None),
        key=lambda pair: (pair[0].earliest, pair[0].latest, pair[1].id),
    )
    recent = [span.earliest for span, _ in dated if (night - span.earliest).days <= BEFORE]
    first = min([night, *recent]).replace(day=1)
    last = months_after(first, MOST_MONTHS)
    shown = [(span, event) for span, event in dated if span.latest >= first and span.earliest < last]
    if not shown:
        return Timeline(later=len(dated))
    crowded = len(shown) - MOST_EVENTS
    shown = shown[:MOST_EVENTS]
    # Bounded first: a calendar may well say that something ends on the last day there is.
    end = min(months_after(max(min(span.latest, last) for span, _ in shown).replace(day=1), 1), last)
    # A month more leaves room for the words behind the last bar.
    numbers = _numbers(findings)
    picture = _Picture(first, min(months_after(end, 1), last), _alone(numbers), tongue)
    for owner in dict.fromkeys(event.listings[-1].organisation for _, event in shown):
        picture.lane(
            sayings.told(names.get(owner, owner), tongue),
            [pair for pair in shown if pair[1].listings[-1].organisation == owner],
        )
    if all(event.listings[-1].organisation != reader.id for _, event in shown):
        picture.lane(sayings.told(phrases.organisation(reader), tongue), [])
    joining = [told for told in findings if not told.informs and picture.joins(told)]
    for told in joining[:MOST_ARCS]:
        picture.arc(told)
    return Timeline(
        height=picture.bottom + 4,
        months=tuple(_months(first, picture.end, picture.x, tongue)),
        lanes=tuple(picture.lanes),
        bars=tuple(picture.bars),
        labels=tuple(picture.labels),
        arcs=tuple(picture.arcs),
        badges=tuple(picture.badges),
        entries=tuple(_entry(span, event, names, numbers, tongue) for span, event in shown),
        tonight=picture.x(night),
        later=sum(span.earliest >= last for span, _ in dated) + max(0, crowded),
        more_arcs=max(0, len(joining) - MOST_ARCS),
    )


def draw_lanes(
    lanes: Sequence[tuple[str, Sequence[Event]]],
    marks: Mapping[str, Sequence[Mark]],
    window: tuple[date, date],
    night: date,
    tongue: Tongue,
    *,
    width: int,
    next_badge: int,
) -> Timeline:
    """Lay out named lanes of dated events from the first day of *window* to before its last, both first of a month.

    *marks*, by event id, stand beside each of its bars, *next_badge* units apart. There are no arcs.
    """
    first, end = window
    picture = _Picture(first, end, marks, tongue, width=width, next_badge=next_badge)
    for name, events in lanes:
        dated = [(event.span, event) for event in events if event.span is not None]
        picture.lane(
            sayings.told(name, tongue),
            sorted(dated, key=lambda pair: (pair[0].earliest, pair[0].latest, pair[1].id)),
        )
    return Timeline(
        width=width,
        height=picture.bottom + 4,
        months=tuple(_months(first, end, picture.x, tongue)),
        lanes=tuple(picture.lanes),
        bars=tuple(picture.bars),
        labels=tuple(picture.labels),
        badges=tuple(picture.badges),
        drawn=tuple(picture.drawn),
        tonight=picture.x(night),
    )


class _Picture:
    """The picture while it is being drawn. *marks* stand beside the bars of events, by event id."""

    def __init__(
        self,
        first: date,
        end: date,
        marks: Mapping[str, Sequence[Mark]],
        tongue: Tongue,
        *,
        width: int = WIDTH,
        next_badge: int = NEXT_BADGE,
    ) -> None:
        self.first, self.end, self.marks, self.tongue = first, end, marks, tongue
        self.width, self.next_badge = width, next_badge
        self.scale = (width - LABELS - 4) / (end - first).days
        self.bottom = float(HEAD)
        self.lanes: list[Lane] = []
        self.bars: list[Bar] = []
        self.labels: list[Label] = []
        self.arcs: list[Arc] = []
        self.badges: list[Badge] = []
        self.drawn: list[Drawn] = []
        self._formers: dict[str, list[Span]] = {}

    def x(self, day: date, after: int = 0) -> float:
        """Return where a day begins, or a day some days after it; within the picture."""
        days = min((max(day, self.first) - self.first).days + after, (self.end - self.first).days)
        return round(LABELS + days * self.scale, 1)

    def lane(self, name: str, events: Sequence[tuple[Span, Event]]) -> None:
        """Add a lane; events that would cover each other or their words get rows of their own."""
        taken: list[float] = []
        for span, event in events:
            left, right = self._reach(span, event)
            row = next((number for number, until in enumerate(taken) if until <= left), len(taken))
            taken[row : row + 1] = [right + 8]
            self._event(span, event, self.bottom + PADDING + row * ROW + (ROW - BAR) / 2)
        height = max(1, len(taken)) * ROW + 2 * PADDING
        self.lanes.append(Lane(self.bottom, height, _two_lines(name), empty=not events))
        self.bottom += height

    def joins(self, told: ToldFinding) -> bool:
        """True when a finding is about two events of the picture."""
        return len(self._joined(told)) == 2

    def _joined(self, told: ToldFinding) -> list[Bar]:
        now = {bar.event_id: bar for bar in self.bars if bar.sort != "former"}
        return [now[event.id] for event in told.finding.events if event.id in now]

    def arc(self, told: ToldFinding) -> None:
        """Join the two bars of a finding and put its number on top."""
        ends = self._joined(told)
        one, other = ends
        x1, x2 = round(one.x + one.width / 2, 1), round(other.x + other.width / 2, 1)
        top = min(one.y, other.y) - 34
        severity = told.finding.severity
        self.arcs.append(Arc(x1, one.y, round((x1 + x2) / 2, 1), top, x2, other.y, severity))
        for share in (0.5, 0.38, 0.62, 0.26, 0.74):
            x = (1 - share) ** 2 * x1 + 2 * share * (1 - share) * (x1 + x2) / 2 + share**2 * x2
            y = (1 - share) ** 2 * one.y + 2 * share * (1 - share) * top + share**2 * other.y
            if all(abs(badge.x - x) + abs(badge.y - y) > badge.width + 4 for badge in self.badges):
                break
        self.badges.append(Badge(round(x, 1), round(y, 1), told.number, severity))

    def _reach(self, span: Span, event: Event) -> tuple[float, float]:
        """Return from where to where an event needs its row."""
        left, right = self._extent(span, event)
        text, before = self._words(span, event)
        wide = self._width(text, event)
        announced = ANNOUNCED if left < self._ends(span)[0] else 0
        return (left - wide, right) if before else (left - announced, right + wide)

    def _extent(self, span: Span, event: Event) -> tuple[float, float]:
        """Return where an event's bars begin and end, those of dates given up among them."""
        ends = [self._ends(span), *(self._ends(old) for old in self._former(event))]
        return min(start for start, _ in ends), max(stop for _, stop in ends)

    def _former(self, event: Event) -> list[Span]:
        """Return the spans that older listings give, apart from what stands and within the picture."""
        kept = self._formers.get(event.id)
        if kept is None:
            kept = self._formers[event.id] = self._read_former(event)
        return kept

    def _read_former(self, event: Event) -> list[Span]:
        now = event.span
        if now is None or len(event.listings) == 1:
            return []
        told = {listing.span for listing in event.listings if listing.span is not None}
        return sorted(
            span for span in told if not span.overlaps(now) and span.latest >= self.first and span.earliest < self.end
        )

    def _event(self, span: Span, event: Event, y: float) -> None:
        start, stop = self._ends(span)
        left, right = self._extent(span, event)
        text, before = self._words(span, event)
        bars, labels, badges = [], [], []
        for old in self._former(event):
            begin, finish = self._ends(old)
            bars.append(Bar(begin, y, round(finish - begin, 1), "former", event.id))
        if left < start and left > LABELS + ANNOUNCED and not before:
            labels.append(Label(round(left - 6, 1), y + 13.5, "", before=True))
        bars.append(Bar(start, y, round(stop - start, 1), "certain" if span.is_exact else "possible", event.id))
        labels.append(Label(round(left - 6 if before else right + 6, 1), y + 13.5, text, before))
        at = left - self._width(text, event) + 14 if before else right + 16 + self.next_badge + LETTER * _letters(text)
        for mark in self.marks.get(event.id, ()):
            wide = _badge_width(mark.number)
            at += (wide - 20) / 2
            badges.append(Badge(round(at, 1), y + BAR / 2, mark.number, mark.severity))
            at += wide / 2 + 10 + self.next_badge
        self.bars += bars
        self.labels += labels
        self.badges += badges
        words = 6 + LETTER * _letters(text)
        whole = (round(left - words if before else left, 1), round(max(right - left + words, LEAST_HIT), 1))
        self.drawn.append(Drawn(event.id, tuple(bars), tuple(labels), tuple(badges), *whole))

    def _words(self, span: Span, event: Event) -> tuple[str, bool]:
        """Return what stands beside an event's bar, and whether it stands before it: where there is room."""
        left, right = self._extent(span, event)
        behind, ahead = self.width - right, left - LABELS
        text = _label(event, span, self.tongue)
        wide = self._width(text, event)
        if wide > max(behind, ahead):
            kept = int((max(behind, ahead) - self._width("", event)) / LETTER) - 1
            return f"{text[: max(kept, 3)].rstrip()}…", ahead > behind
        return text, wide > behind

    def _width(self, text: str, event: Event) -> float:
        """Return the room that words and badges beside a bar take."""
        badges = sum(_badge_width(mark.number) + self.next_badge for mark in self.marks.get(event.id, ()))
        return 10 + LETTER * _letters(text) + badges

    def _ends(self, span: Span) -> tuple[float, float]:
        start, stop = self.x(span.earliest), self.x(span.latest, after=1)
        return start, max(stop, start + SHORTEST_BAR)


@cache
def _badge_width(number: int) -> int:
    return max(20, 8 + 7 * len(str(number)))


def _numbers(findings: Sequence[ToldFinding]) -> dict[str, list[ToldFinding]]:
    numbers: dict[str, list[ToldFinding]] = {}
    for told in findings:
        for event in told.finding.events:
            numbers.setdefault(event.id, []).append(told)
    return numbers


def _alone(numbers: Mapping[str, Sequence[ToldFinding]]) -> dict[str, list[Mark]]:
    """Return the findings that need a word about one event alone: a badge where others get an arc."""
    return {
        event: [
            Mark(entry.number, entry.finding.severity)
            for entry in told
            if len(entry.finding.events) == 1 and not entry.informs
        ]
        for event, told in numbers.items()
    }


def _entry(
    span: Span, event: Event, names: Mapping[str, str], numbers: Mapping[str, Sequence[ToldFinding]], tongue: Tongue
) -> Entry:
    owner = event.listings[-1].organisation
    numbered = tuple(entry.number for entry in numbers.get(event.id, ()))
    dates, where = sayings.told(phrases.dates(span), tongue), sayings.told(phrases.where(event), tongue)
    return Entry(dates, where, sayings.told(names.get(owner, owner), tongue), numbered, span.is_exact)


def _label(event: Event, span: Span, tongue: Tongue) -> str:
    where = sayings.told(phrases.where(event), tongue)
    where = where if _letters(where) <= 34 else f"{where[:30].rstrip()}…"
    if not span.is_exact:
        return where
    # The year stands over the months.
    return f"{where} {sayings.told(phrases.interval(span.earliest, span.latest, year=False), tongue)}"


@lru_cache(maxsize=4096)
def _letters(text: str) -> float:
    """Count letters by the room they take: Chinese ones twice, Cyrillic ones a little more than Latin ones."""
    wide = sum(east_asian_width(letter) in "WF" for letter in text)
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in text)
    return len(text) + wide + 0.15 * cyrillic


def _two_lines(name: str) -> tuple[str, ...]:
    return tuple(textwrap.wrap(name, 22, max_lines=2, placeholder="…")) or (name,)


def _months(first: date, end: date, x: Callable[[date], float], tongue: Tongue) -> Iterator[Month]:
    starts = [first]
    while starts[-1] < end:
        starts.append(months_after(starts[-1], 1))
    named = [
        (tongue.month(day, narrow=False), f" {day.year}" if day == first or day.month == 1 else "")
        for day in starts[:-1]
    ]
    narrow = any(
        LETTER * len(month + year) + 8 > x(after) - x(day)
        for (month, year), day, after in zip(named, starts, starts[1:], strict=False)
    )
    for (month, year), day in zip(named, starts, strict=False):
        yield Month(x(day), (tongue.month(day, narrow=True) if narrow else month) + year)


def months_after(day: date, months: int) -> date:
    """Return the first day of the month so many months after that of *day*."""
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1)
