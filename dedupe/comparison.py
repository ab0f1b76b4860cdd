"""Comparison: what each pair of listings says, as levels. Silence is -1."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe import comparing_dates, comparing_people, comparing_places, comparing_titles
from dedupe.columns import Columns, Ints

Levels = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question asked of every pair, and the answers it may have."""

    name: str
    levels: tuple[str, ...]


CALENDAR = Comparison(
    "calendar",
    (
        "both from one calendar, names",
        "both from one calendar, sentences",
        "both from one calendar, in two languages",
        "a much better partner is in that calendar",
        "a better partner is in that calendar",
        "a partner as good is in that calendar",
        "a lesser partner is in that calendar",
        "no other partner in that calendar",
    ),
)
"""Answered last, from what the other comparisons say of the rivals (`scoring.rivals`)."""

COMPARISONS: tuple[Comparison, ...] = (
    Comparison("words in common", comparing_titles.COMMON),
    Comparison("words on one side", comparing_titles.APART),
    Comparison("letters", comparing_titles.LETTERS),
    Comparison("edition", comparing_titles.EDITION),
    Comparison("scope", comparing_titles.SCOPE),
    Comparison("dates", comparing_dates.DATES),
    Comparison("place", comparing_places.PLACE),
    Comparison("bodies", comparing_people.BODIES),
    Comparison("audience", comparing_people.AUDIENCE),
    CALENDAR,
)
_ANSWERS: Mapping[str, Callable[[Columns, Ints], Levels]] = {
    "edition": comparing_titles.edition,
    "scope": comparing_titles.scope,
    "dates": comparing_dates.dates,
    "place": comparing_places.place,
    "bodies": comparing_people.bodies,
    "audience": comparing_people.audience,
}
CHUNK = 1 << 16
"""Pairs compared at a time: bounds the memory."""
TITLES = slice(0, 3)
"""The comparisons that need the titles aligned."""


def compare(listings: Columns, pairs: Ints) -> Levels:
    """Compare pairs of listings.

    Shapes:
        pairs    (n_pairs, 2)              positions in *listings*
        returns  (n_pairs, n_comparisons)  int8, the level each comparison reached, -1 where a side is silent;
                                           the last column (calendar) is -1 throughout
    """
    parts = [_compare(listings, pairs[at : at + CHUNK]) for at in range(0, len(pairs), CHUNK)]
    return np.concatenate(parts) if parts else np.zeros((0, len(COMPARISONS)), dtype=np.int8)


def _compare(listings: Columns, pairs: Ints) -> Levels:
    levels = facts(listings, pairs)
    levels[:, TITLES] = comparing_titles.titles(listings, pairs)
    return levels


def facts(
    listings: Columns, pairs: Ints, asked: Collection[str] = tuple(_ANSWERS), levels: Levels | None = None
) -> Levels:
    """Answer comparisons other than those of the wording of titles, in *levels* when they are given."""
    told = np.full((len(pairs), len(COMPARISONS)), -1, dtype=np.int8) if levels is None else levels
    for at, comparison in enumerate(COMPARISONS):
        answer = _ANSWERS.get(comparison.name)
        if answer is not None and comparison.name in asked:
            told[:, at] = answer(listings, pairs)
    return told


def names() -> Sequence[str]:
    """Name the comparisons, in the order of the columns."""
    return [comparison.name for comparison in COMPARISONS]
