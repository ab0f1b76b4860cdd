"""Comparing dates: spans, vague ones, days without a year, and days of publication."""

from __future__ import annotations

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
    "published within weeks of it",
    "published at another time",
)
(SAME, FIRST, LAST, WITHIN, OVERLAP, DAY, WEEK, MONTH, OTHER_MONTH, OTHER_YEAR, QUARTER, HALF, FAR, VAGUE_NARROW,
 VAGUE_MONTH, VAGUE_WIDE, VAGUE_NEAR, VAGUE_OUT, VAGUE_BOTH, YEARLESS_SAME, YEARLESS_OVERLAP, YEARLESS_OTHER,
 PUBLISHED_NEAR, PUBLISHED_FAR) = range(len(DATES))  # fmt: skip


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
    at = np.flatnonzero(which)
    (first_a, last_a), (first_b, last_b) = (_in_year(listings, side[at]) for side in (a, b))
    told = (first_a > 0) & (first_b > 0)
    meet = (np.maximum(first_a, first_b) <= np.minimum(last_a, last_b)) & told
    same = (first_a == first_b) & (last_a == last_b) & told
    level[at] = np.where(
        told, np.where(same, YEARLESS_SAME, np.where(meet, YEARLESS_OVERLAP, YEARLESS_OTHER)), level[at]
    )


def _in_year(listings: Columns, at: Ints) -> tuple[Ints, Ints]:
    """First and last day as month * 32 + day, 0 where not told to the day."""
    known = (listings.first[at] > 0) & listings.exact[at]
    first = np.where(known, month_days(np.where(known, listings.first[at], 0)), listings.year_less[at, 0])
    last = np.where(known, month_days(np.where(known, listings.last[at], 0)), listings.year_less[at, 1])
    return first, last


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
