"""How many events a workshop would clash with and duplicate on each of many dates, without asking the rules each time.

What the rules say of a pair changes with the dates in few places: while the two are near, each date is asked; beyond
that the answer hangs on which of them is first, on whether the window of duplicates holds them, on whether a national
event adjoins, and, for siblings, on the years between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from calendar_sync.spans import Span
from dedupe.event_columns import EventColumns
from dedupe.finding import kind_between
from dedupe.findings import Kind
from dedupe.known import Asked
from dedupe.likeness import POINTS, likeness
from dedupe.policy import Policy
from dedupe.profiles import Profile
from dedupe.screens import Ints, nearness

_CODES = {Kind.CLASH: 1, Kind.DUPLICATIVE: 2}
_UNASKED = -1
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Collisions:
    """How many events collide on each of s dates, each of shape (s,)."""

    clashes: Ints
    duplicates: Ints


def collisions(proposed: Profile, spans: Sequence[Span], asked: Asked, policy: Policy) -> Collisions:
    """Count what would be found were the workshop held on each of some exact *spans*."""
    none = np.zeros(len(spans), dtype=np.int64)
    if not spans or not len(asked.known.columns):
        return Collisions(none, none)
    first = np.array([span.earliest.toordinal() for span in spans], dtype=np.int64)
    last = np.array([span.latest.toordinal() for span in spans], dtype=np.int64)
    rows = asked.rows(asked.screen.may_collide(int(first.min()), int(last.max())))
    if not len(rows):
        return Collisions(none, none)
    there = [replace(proposed, span=span) for span in spans]
    kinds = _kinds(there, first, last, asked.known.columns, rows, policy)
    return Collisions(
        np.count_nonzero(kinds == _CODES[Kind.CLASH], axis=1),
        np.count_nonzero(kinds == _CODES[Kind.DUPLICATIVE], axis=1),
    )


def _kinds(
    there: Sequence[Profile], first: Ints, last: Ints, columns: EventColumns, rows: Ints, policy: Policy
) -> Ints:
    """Say which kind each of c events would have on each of s dates; shape (s, c)."""
    others = columns.profiles(rows.tolist())
    earliest, latest = columns.earliest[rows], columns.latest[rows]
    gap = np.maximum(earliest[None] - last[:, None], first[:, None] - latest[None])
    near = gap <= nearness(policy)
    soon = np.abs(earliest[None] - first[:, None]) <= policy.duplicative_days
    regime = 2 * (earliest[None] > first[:, None]) + (gap <= policy.national_days)
    sensitive = np.array([_hangs_on_years(there[0], other, policy) for other in others], dtype=np.bool_)
    kinds = np.zeros(gap.shape, dtype=np.int64)
    each = near | (soon & sensitive[None])
    for at, number in np.argwhere(each).tolist():
        kinds[at, number] = _code(there[at], others[number], policy)
    rest = soon & ~each
    for number in np.flatnonzero(rest.any(axis=0)).tolist():
        answers = np.full(4, _UNASKED)
        dates = np.flatnonzero(rest[:, number])
        for at, state in zip(dates.tolist(), regime[dates, number].tolist(), strict=True):
            if answers[state] == _UNASKED:
                answers[state] = _code(there[at], others[number], policy)
        kinds[dates, number] = answers[regime[dates, number]]
    return kinds


def _code(proposed: Profile, other: Profile, policy: Policy) -> int:
    one, two = in_order(proposed, other)
    kind = kind_between(one, two, policy)
    return _CODES.get(kind, 0) if kind is not None else 0


def in_order(proposed: Profile, other: Profile) -> tuple[Profile, Profile]:
    """Put the earlier first, as the rules have it."""
    return (proposed, other) if _start(proposed) <= _start(other) else (other, proposed)


def _start(entry: Profile) -> tuple[date, str]:
    return entry.span.earliest if entry.span else date.max, entry.event.id


def _hangs_on_years(proposed: Profile, other: Profile, policy: Policy) -> bool:
    """True where the two are siblings of one programme or not according to the days between them."""
    if other.span is None:
        return False
    alike = likeness(proposed, other)
    if alike is None:
        return False
    # As if they began on one day.
    most = alike.points - POINTS["years"] * alike.years
    least = most + POINTS["years"] * policy.duplicative_days / 365
    limits = (policy.series_points, policy.series_points + policy.soon_points, policy.far_series_points)
    return any(least - _ROUNDING <= limit <= most + _ROUNDING for limit in limits)
