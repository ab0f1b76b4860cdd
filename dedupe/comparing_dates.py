"""Comparing dates: spans, vague ones, days without a year, and days of publication."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from dedupe.columns import Bools, Columns, Ints, month_days

DATES = (
    "same first and last day",
    "same first day",
    "same last day",
    "one within the other",
    "days in common",
    "starts one day apart",
    "starts within a week",
    "starts within a month",
    "same days of another month",
    "same days of another year",
    "one to three months apart",
    "three to six months apart",
    "more than six months apart",
    "inside a vague date of two weeks at most",
    "inside a vague date of a month or so",
    "inside a vague date of more than a month",
    "just outside a vague date",
    "outside a vague date",
    "two vague dates that overlap",
    "same day and month, year not stated",
    "days in common, year not stated",
    "other day or month, year not stated",
    "inside a month named, year not stated",
    "outside a month named, year not stated",
    "same day, month not stated",
    "other day, month not stated",
    "same weekday, day not stated",
    "other weekday, day not stated",
    "published within weeks of it",
    "published at another time",
    "the address names that year",
    "the address names another year",
)
(SAME, FIRST, LAST, WITHIN, OVERLAP, DAY, WEEK, MONTH, OTHER_MONTH, OTHER_YEAR, QUARTER, HALF, FAR, VAGUE_NARROW,
 VAGUE_MONTH, VAGUE_WIDE, VAGUE_NEAR, VAGUE_OUT, VAGUE_BOTH, YEARLESS_SAME, YEARLESS_OVERLAP, YEARLESS_OTHER,
 MONTH_IN, MONTH_OUT, DAY_SAME, DAY_OTHER, WEEKDAY_SAME, WEEKDAY_OTHER, PUBLISHED_NEAR, PUBLISHED_FAR, ADDRESS_SAME,
 ADDRESS_OTHER) = range(len(DATES))  # fmt: skip

NARROW = 62
"""Days up to which a vague date still names a month."""


def dates(listings: Columns, pairs: Ints) -> NDArray[np.int8]:
    """Compare when two listings take place, shape (n_pairs,)."""
    a, b = pairs[:, 0], pairs[:, 1]
    level = np.full(len(pairs), -1, dtype=np.int8)
    has_a, has_b = listings.first[a] > 0, listings.first[b] > 0
    exact = has_a & has_b & listings.exact[a] & listings.exact[b]
    _exact(listings, a, b, exact, level)
    _vague(listings, a, b, has_a & has_b & ~exact, level)
    _yearless(listings, a, b, ~(has_a & has_b), level)
    _published(listings, a, b, (level < 0), level)
    return level


def _exact(listings: Columns, a: Ints, b: Ints, which: Bools, level: NDArray[np.int8]) -> None:
    at = np.flatnonzero(which)
    first_a, first_b = listings.first[a[at]], listings.first[b[at]]
    last_a, last_b = listings.last[a[at]], listings.last[b[at]]
    apart = np.abs(first_a - first_b)
    gap = np.maximum(first_a, first_b) - np.minimum(last_a, last_b)
    told = np.select(
        [
            (apart == 0) & (last_a == last_b),
            apart == 0,
            last_a == last_b,
            ((first_a >= first_b) & (last_a <= last_b)) | ((first_b >= first_a) & (last_b <= last_a)),
            gap <= 0,
            apart == 1,
            apart <= 7,
        ],
        [SAME, FIRST, LAST, WITHIN, OVERLAP, DAY, WEEK],
        default=-1,
    )
    day_a, day_b = month_days(first_a), month_days(first_b)
    same_day = (day_a % 32) == (day_b % 32)
    same_length = (last_a - first_a) == (last_b - first_b)
    far = np.select(
        [
            same_day & same_length & (apart <= 63),
            (day_a == day_b) & (apart > 300) & (apart < 800),
            apart <= 31,
            apart <= 92,
            apart <= 183,
        ],
        [OTHER_MONTH, OTHER_YEAR, MONTH, QUARTER, HALF],
        default=FAR,
    )
    level[at] = np.where(told >= 0, told, far)


def _vague(listings: Columns, a: Ints, b: Ints, which: Bools, level: NDArray[np.int8]) -> None:
    at = np.flatnonzero(which)
    first_a, first_b = listings.first[a[at]], listings.first[b[at]]
    last_a, last_b = listings.last[a[at]], listings.last[b[at]]
    gap = np.maximum(first_a, first_b) - np.minimum(last_a, last_b)
    width = np.maximum(
        np.where(listings.exact[a[at]], 0, last_a - first_a), np.where(listings.exact[b[at]], 0, last_b - first_b)
    )
    both = ~listings.exact[a[at]] & ~listings.exact[b[at]]
    level[at] = np.select(
        [gap > 31, gap > 0, both & (width > 15), width <= 15, width <= 45],
        [VAGUE_OUT, VAGUE_NEAR, VAGUE_BOTH, VAGUE_NARROW, VAGUE_MONTH],
        default=VAGUE_WIDE,
    )


def _yearless(listings: Columns, a: Ints, b: Ints, which: Bools, level: NDArray[np.int8]) -> None:
    """Compare what is stated of the day where the year, the month or more is missing."""
    at = np.flatnonzero(which)
    (first_a, last_a, exact_a), (first_b, last_b, exact_b) = (_in_year(listings, side[at]) for side in (a, b))
    told = (first_a > 0) & (first_b > 0)
    meet = np.maximum(first_a, first_b) <= np.minimum(last_a, last_b)
    same = (first_a == first_b) & (last_a == last_b)
    days, days_same = _days_of_month(listings, a[at], b[at])
    weekdays, weekdays_same = _weekdays(listings, a[at], b[at])
    level[at] = np.select(
        [
            told & exact_a & exact_b & same,
            told & exact_a & exact_b & meet,
            told & exact_a & exact_b,
            told & meet,
            told,
            days & days_same,
            days,
            weekdays & weekdays_same,
            weekdays,
        ],
        [YEARLESS_SAME, YEARLESS_OVERLAP, YEARLESS_OTHER, MONTH_IN, MONTH_OUT, DAY_SAME, DAY_OTHER, WEEKDAY_SAME,
         WEEKDAY_OTHER],
        default=-1,
    )  # fmt: skip


def _in_year(listings: Columns, at: Ints) -> tuple[Ints, Ints, Bools]:
    """First and last day as month * 32 + day, 0 where not told, and whether they are told to the day."""
    first, last = listings.first[at], listings.last[at]
    known = (first > 0) & (last - first <= NARROW)
    day_first = np.where(known, month_days(np.where(known, first, 0)), listings.partial[at, 0])
    day_last = np.where(known, month_days(np.where(known, last, 0)), listings.partial[at, 1])
    exact = np.where(known, listings.exact[at], listings.partial[at, 2] > 0)
    return day_first, np.maximum(day_first, day_last), exact


def _days_of_month(listings: Columns, a: Ints, b: Ints) -> tuple[Bools, Bools]:
    """Compare days of a month that one side does not name: whether both tell, and whether they agree."""
    sides = []
    for at in (a, b):
        first, last = listings.first[at], listings.last[at]
        known = (first > 0) & listings.exact[at]
        day_from = np.where(known, month_days(np.where(known, first, 0)) % 32, listings.partial[at, 3])
        day_to = np.where(known, month_days(np.where(known, last, 0)) % 32, listings.partial[at, 4])
        sides.append((day_from, day_to))
    (from_a, to_a), (from_b, to_b) = sides
    agree = (from_a == from_b) | (to_a == to_b)
    return (from_a > 0) & (from_b > 0), agree


def _weekdays(listings: Columns, a: Ints, b: Ints) -> tuple[Bools, Bools]:
    """Compare a weekday with the days of the other side: whether both tell, and whether it is among them."""
    told = np.zeros(len(a), dtype=np.bool_)
    agree = np.zeros(len(a), dtype=np.bool_)
    for one, other in ((a, b), (b, a)):
        weekday = listings.partial[one, 5]
        first, last = listings.first[other], listings.last[other]
        dated = (weekday >= 0) & (first > 0) & listings.exact[other] & (last - first < 5)
        # An ordinal of 1 is a Monday.
        until = (weekday - (first - 1)) % 7
        told |= dated
        agree |= dated & (until <= last - first)
        both = (weekday >= 0) & (listings.partial[other, 5] >= 0)
        told |= both
        agree |= both & (weekday == listings.partial[other, 5])
    return told, agree


def _published(listings: Columns, a: Ints, b: Ints, which: Bools, level: NDArray[np.int8]) -> None:
    """Hold the day of publication of a listing without dates against the other's dates or publication."""
    at = np.flatnonzero(which)
    times = [
        np.where(listings.first[side] > 0, listings.first[side], listings.published[side]) for side in (a[at], b[at])
    ]
    exact = np.ones(len(at), dtype=np.bool_)
    for side in (a[at], b[at]):
        exact &= (listings.first[side] == 0) | listings.exact[side]
    apart = np.abs(times[0] - times[1])
    told = (times[0] > 0) & (times[1] > 0) & exact
    level[at] = np.where(told & (apart <= 30), PUBLISHED_NEAR, np.where(told & (apart > 120), PUBLISHED_FAR, level[at]))
    _addresses(listings, a, b, level < 0, level)


def _addresses(listings: Columns, a: Ints, b: Ints, which: Bools, level: NDArray[np.int8]) -> None:
    """Hold the year in the address of a listing without dates against the other's year."""
    at = np.flatnonzero(which)
    years = []
    for side in (a[at], b[at]):
        distinct, inverse = np.unique(listings.first[side], return_inverse=True)
        year = np.array([date.fromordinal(int(day)).year if day else 0 for day in distinct], dtype=np.int64)[inverse]
        years.append(np.where(year > 0, year, listings.address_year[side]))
    told = (years[0] > 0) & (years[1] > 0)
    same = years[0] == years[1]
    level[at] = np.where(told, np.where(same, ADDRESS_SAME, ADDRESS_OTHER), level[at])
