"""The picture of the coming months, as geometry: lanes, bars and arcs in units that every renderer can scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from calendar_sync.roster import Organisation
from dedupe import phrases
from dedupe.events import Event

if TYPE_CHECKING:
    from reports.nightly import ToldFinding

LABELS, WIDTH, HEAD, LANE, FOOT = 150, 980, 44, 46, 12
"""Pixels: room for the lanes' names, the whole width, the months' head, one lane, the foot."""
SHORTEST_BAR = 9
MOST_MONTHS = 8


@dataclass(frozen=True, slots=True)
class Month:
    """A month's first day on the picture."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One event: solid where its days are certain, hatched where they are only possible."""

    x: float
    y: float
    width: float
    certain: bool
    label: str
    left: bool
    """True when the label stands before the bar, for want of room behind it."""
    event_id: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One organisation's row."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Arc:
    """A finding that joins two bars, with its number."""

    x1: float
    y1: float
    x2: float
    y2: float
    top: float
    number: int
    severity: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture; empty when nothing with a date is coming."""

    width: int = WIDTH
    height: int = 0
    months: tuple[Month, ...] = ()
    lanes: tuple[Lane, ...] = ()
    bars: tuple[Bar, ...] = ()
    arcs: tuple[Arc, ...] = ()
    tonight: float = 0.0


def draw(
    events: Sequence[Event],
    findings: Sequence[ToldFinding],
    night: date,
    reader: Organisation,
    names: Mapping[str, str],
) -> Timeline:
    """Lay out the dated events from the month of *night* on, one lane for each organisation that lists one first.

    Events of findings that began before the night are drawn too, as far as they reach into the picture.
    """
    joined = [event for told in findings for event in told.finding.events]
    shown = {event.id: event for event in (*events, *joined) if event.span is not None}
    dated = sorted(shown.values(), key=lambda event: (event.span.earliest, event.id) if event.span else ())
    first = min([night, *(e.span.earliest for e in dated if e.span and (night - e.span.earliest).days <= 62)]).replace(
        day=1
    )
    last_possible = _plus_months(first, MOST_MONTHS)
    dated = [
        event for event in dated if event.span and event.span.latest >= first and event.span.earliest < last_possible
    ]
    if not dated:
        return Timeline()
    end = max(event.span.latest for event in dated if event.span) + timedelta(days=1)
    end = min(_plus_months(end.replace(day=1), 1), last_possible)
    scale = (WIDTH - LABELS - 16) / max(1, (end - first).days)

    def x(day: date) -> float:
        return round(LABELS + (min(max(day, first), end) - first).days * scale, 1)

    lanes: dict[str, float] = {}
    bars: list[Bar] = []
    free: dict[str, float] = {}
    for event in dated:
        owner = event.listings[-1].organisation
        lanes.setdefault(owner, HEAD + len(lanes) * LANE)
        if event.span is None:
            continue
        start, stop = x(event.span.earliest), x(event.span.latest + timedelta(days=1))
        width = max(SHORTEST_BAR, round(stop - start, 1))
        label = f"{phrases.where(event)} {_short(event)}"
        left = start + width + 7.2 * len(label) > WIDTH
        y = lanes[owner] + (13 if start >= free.get(owner, 0) else 26)
        free[owner] = start + width + 7.2 * len(label)
        bars.append(Bar(start, y, width, event.span.is_exact, label, left, event.id))
    if reader.id not in lanes:
        lanes[reader.id] = HEAD + len(lanes) * LANE
    return Timeline(
        height=HEAD + len(lanes) * LANE + FOOT,
        months=tuple(_months(first, end, x)),
        lanes=tuple(Lane(y, names.get(owner, owner)) for owner, y in lanes.items()),
        bars=tuple(bars),
        arcs=tuple(_arcs(findings, {bar.event_id: bar for bar in bars})),
        tonight=x(night),
    )


def _arcs(findings: Sequence[ToldFinding], bars: Mapping[str, Bar]) -> list[Arc]:
    arcs = []
    for told in findings:
        ends = [bars[event.id] for event in told.finding.events if event.id in bars]
        if len(ends) == 2 and told.finding.severity != "information":
            one, other = ends
            arcs.append(
                Arc(one.x + one.width / 2, one.y, other.x + other.width / 2, other.y,
                    max(14.0, min(one.y, other.y) - 22), told.number, str(told.finding.severity))
            )  # fmt: skip
    return arcs


def _months(first: date, end: date, x: Callable[[date], float]) -> Iterator[Month]:
    day = first
    while day < end:
        _, month, year = phrases.day(day).split()
        yield Month(x(day), f"{month} {year}" if day == first or day.month == 1 else month)
        day = _plus_months(day, 1)


def _plus_months(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1)


def _short(event: Event) -> str:
    span = event.span
    if span is None:
        return ""
    if not span.is_exact:
        return "(dates vague)"
    return phrases.dates(span).rsplit(" ", 1)[0]
