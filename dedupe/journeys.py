"""Meetings of the same delegations just before or after: how they travel between them, and which might be joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from calendar_sync.spans import Span
from dedupe import phrases, sayings
from dedupe.event_columns import EventColumns
from dedupe.known import Asked
from dedupe.meaning.places import distance_km
from dedupe.policy import Policy
from dedupe.profiles import Profile
from dedupe.sayings import counted, say
from dedupe.screens import Bools

BACK_TO_BACK = 7
"""Days between two events up to which a delegation may go from one to the other without going home."""
SAME_WEEK = 4
"""Days between two events up to which one may be held beside the other."""
MOST_JOURNEYS = 8
_OWN_SHARE = 0.5
"""Share of our own audience that must be at a meeting for ours to be held beside it."""


@dataclass(frozen=True, slots=True)
class Journey:
    """An event of the same delegations shortly before or after, and the way between the host cities."""

    where: str
    title: str
    span: Span
    side: str
    """before or after"""
    days: int
    """From the end of the one to the start of the other."""
    km: int | None
    """Between the host cities; None where one of them is unknown or online."""
    states: tuple[str, ...]
    """The delegations that go to both, ISO codes sorted."""
    tight: bool
    """True when the days do not suffice for the way."""

    @property
    def words(self) -> str:
        """Say it in a sentence."""
        told = {
            "near": near(self.days, self.side, self.where), "dates": phrases.dates(self.span),
            "delegations": counted(len(self.states), "{n} delegation", "{n} delegations"),
        }  # fmt: skip
        if self.km is None:
            return say("{near}, {dates}: {delegations}, distance unknown", **told)
        if self.km == 0:
            return say("{near}, {dates}: {delegations}, same city", **told)
        return say("{near}, {dates}: {delegations}, {km} km", **told, km=_thousands(self.km))

    def as_json(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "where": self.where, "title": self.title, "start": self.span.earliest.isoformat(),
            "end": self.span.latest.isoformat(), "side": self.side, "days": self.days, "km": self.km,
            "states": list(self.states), "tight": self.tight,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Adjoining:
    """A meeting of the same states in the same days, about something else."""

    where: str
    span: Span
    side: str
    days: int
    km: int | None
    shared: int
    """States invited to both."""
    of: int
    """States that the workshop invites."""

    @property
    def words(self) -> str:
        """Say what could be done."""
        told = {"where": self.where, "dates": phrases.dates(self.span), "shared": self.shared, "all": self.of}
        if self.km is None:
            return say("Hold it beside {where}, {dates}: {shared} of the {all} states are invited there.", **told)
        if self.km == 0:
            return say(
                "Hold it beside {where}, {dates}: {shared} of the {all} states are invited there, in the same city.",
                **told,
            )
        return say(
            "Hold it beside {where}, {dates}: {shared} of the {all} states are invited there, {km} km away.",
            **told,
            km=_thousands(self.km),
        )

    def as_json(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "where": self.where, "start": self.span.earliest.isoformat(), "end": self.span.latest.isoformat(),
            "side": self.side, "days": self.days, "km": self.km, "shared": self.shared, "of": self.of,
            "text": self.words,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest event for some of the same states about the same."""

    days: int
    side: str
    """Where a proposed date lies: before or after it."""
    where: str


def journeys(proposed: Profile, asked: Sequence[Asked], policy: Policy) -> list[Journey]:
    """Find the events that the same delegations go to in the week before and after, the closest first."""
    if proposed.span is None or not proposed.span.is_exact or not proposed.states:
        return []
    found: list[tuple[int, int, str, Journey]] = []
    for entry in asked:
        rows = rows_of_journeys(proposed.span, entry)
        for other in entry.full(rows):
            journey = _journey(proposed, other, policy)
            if journey is not None:
                found.append((journey.days, -len(journey.states), other.event.id, journey))
    return [journey for _, _, _, journey in sorted(found, key=lambda told: told[:3])[:MOST_JOURNEYS]]


def rows_of_journeys(span: Span, asked: Asked) -> list[int]:
    """Return the events that the same delegations go to in the week before and after some days, the closest first."""
    columns, screen = asked.known.columns, asked.screen
    gap = screen.gap(*_ordinals(span))
    mask = screen.standing & _exact(columns) & (gap >= 1) & (gap <= BACK_TO_BACK) & screen.same_delegations
    rows: list[int] = asked.rows(mask & ~columns.online).tolist()
    return sorted(rows, key=lambda row: (int(gap[row]), -int(screen.shared[row]), row))[:MOST_JOURNEYS]


def _journey(proposed: Profile, other: Profile, policy: Policy) -> Journey | None:
    if other.span is None or proposed.span is None:
        return None
    days, _ = proposed.span.days_apart(other.span)
    km = _km(proposed, other)
    return Journey(
        where=phrases.where(other.event),
        title=other.event.title,
        span=other.span,
        side="before" if other.span.earliest > proposed.span.latest else "after",
        days=days,
        km=km,
        states=tuple(sorted(proposed.states & other.states)),
        # The day after the end of one is the day before the start of the other.
        tight=days <= policy.travel_days and (km is None or km > policy.near_km),
    )


def adjoining(
    proposed: Profile, spans: Sequence[Span], asked: Sequence[Asked], policy: Policy
) -> list[Adjoining | None]:
    """Find for each of some dates the meeting about something else to which most of the same states go anyway."""
    found: list[Adjoining | None] = [None] * len(spans)
    if not proposed.states or proposed.online:
        return found
    for entry in asked:
        columns, screen = entry.known.columns, entry.screen
        own = screen.shared >= max(policy.fewest_states, _OWN_SHARE * len(proposed.states))
        mask = screen.standing & _exact(columns) & own & screen.same_delegations & ~screen.same_subject
        mask &= ~columns.online & (columns.latest - columns.earliest < BACK_TO_BACK)
        rows = entry.rows(mask)
        earliest, latest = columns.earliest[rows], columns.latest[rows]
        for at, span in enumerate(spans):
            first, last = _ordinals(span)
            gap = np.maximum(earliest - last, first - latest)
            close = np.flatnonzero((gap >= 1) & (gap <= SAME_WEEK)).tolist()
            if not close:
                continue
            row = min(close, key=lambda one: (-int(screen.shared[rows[one]]), int(gap[one]), int(rows[one])))
            candidate = _adjoining(
                proposed, columns, int(rows[row]), int(gap[row]), int(screen.shared[rows[row]]), span
            )
            held = found[at]
            if held is None or (candidate.shared, -candidate.days) > (held.shared, -held.days):
                found[at] = candidate
    return found


def _adjoining(proposed: Profile, columns: EventColumns, row: int, days: int, shared: int, span: Span) -> Adjoining:
    there = columns.span(row) or span
    place = columns.place_of(row)
    km = None if place is None or proposed.place is None else round(distance_km(proposed.place, place))
    side = "before" if there.earliest > span.latest else "after"
    return Adjoining(columns.name(row), there, side, days, km, shared, len(proposed.states))


def nearest(span: Span, asked: Sequence[Asked]) -> Nearest | None:
    """Find the event nearest to some dates for any of the same states and about the same; None where there is none."""
    first, last = _ordinals(span)
    found: list[tuple[int, str, Nearest]] = []
    for entry in asked:
        columns, screen = entry.known.columns, entry.screen
        gap = screen.gap(first, last)
        mask = screen.standing & (screen.shared > 0) & screen.same_subject & (gap >= 1)
        rows = entry.rows(mask)
        if len(rows):
            row = int(rows[np.argmin(gap[rows])])
            side = "before" if int(columns.earliest[row]) > last else "after"
            days = int(gap[row])
            found.append((days, columns.event_id(row), Nearest(days, side, columns.name(row))))
    return min(found, key=lambda told: told[:2])[2] if found else None


def near(days: int, side: str, where: str) -> str:
    """Say how many days before or after something.

    >>> near(1, "before", "Accra")
    '1 day before Accra'
    """
    apart = phrases.days((days, days))
    if side == "before":
        return say("{days} before {where}", days=apart, where=where)
    return say("{days} after {where}", days=apart, where=where)


def _thousands(number: int) -> str:
    return sayings.number(f"{number:,}", number, "#,##0")


def _exact(columns: EventColumns) -> Bools:
    told: Bools = (columns.certain_first == columns.earliest) & (columns.certain_last == columns.latest)
    return told


def _ordinals(span: Span) -> tuple[int, int]:
    return span.earliest.toordinal(), span.latest.toordinal()


def _km(one: Profile, other: Profile) -> int | None:
    if one.place is None or other.place is None or one.online or other.online:
        return None
    return round(distance_km(one.place, other.place))
