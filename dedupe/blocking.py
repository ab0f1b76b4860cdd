"""Blocking: which pairs are worth comparing. Joins on keys, never all pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from dedupe.columns import NO_DAY, Columns
from dedupe.words import bits

Pairs = npt.NDArray[np.int32]

RARE_DAYS, COMMON_DAYS, PLACE_DAYS, COUNTRY_DAYS = 130, 12, 3, 40
"""How far apart two starts may lie: sharing a rare word, a common one, the city, or the country."""
LARGEST_BLOCK = 400
"""Listings of one block and window that are all compared; in a larger one each meets its nearest by date only."""

RULES = (
    "a shared word of the title, the rarer the further apart the dates may lie",
    "titles that begin alike within 12 days",
    "the same city within 3 days",
    "the same country within 40 days, where titles describe rather than name",
    "the same country where a date is missing",
)


def pairs(columns: Columns) -> Pairs:
    """Return the pairs to compare.

    Shapes:
        returns  (n_pairs, 2)  int32 positions, first < second, sorted, each once
    """
    found: set[int] = set()
    size = len(columns)
    for key, members, days in _blocks(columns):
        del key
        for one, other in _near(columns, members, days):
            found.add(one * size + other if one < other else other * size + one)
    codes = np.fromiter(found, dtype=np.int64, count=len(found))
    codes.sort()
    return np.stack([codes // max(size, 1), codes % max(size, 1)], axis=1).astype(np.int32)


def _blocks(columns: Columns) -> Iterator[tuple[str, list[int], int]]:
    """Yield (key, members, days): members may be one event when their starts lie within *days*."""
    blocks: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for position, title in enumerate(columns.titles):
        own = columns.place_words[position]
        for word in set(title.words):
            if len(word) > 1 and word not in own:
                blocks["word", word].append(position)
        if len(title.bare) >= 4:
            blocks["start", title.bare[:4]].append(position)
        if 3 <= len(title.initials) <= 8:
            blocks["bare", title.initials].append(position)
        if len(title.bare) <= 30:
            blocks["bare", title.bare].append(position)
        if columns.cities[position]:
            blocks["city", columns.cities[position]].append(position)
        country = columns.countries[position]
        if country and (title.long or not columns.cities[position]):
            blocks["country", country].append(position)
    for (kind, key), members in blocks.items():
        if len(members) < 2:
            continue
        if kind == "word":
            rare = bits(key) >= 8 and len(members) <= LARGEST_BLOCK
            yield f"{kind} {key}", members, RARE_DAYS if rare else COMMON_DAYS
        elif kind == "city":
            yield f"{kind} {key}", members, PLACE_DAYS
        elif kind == "country":
            yield f"{kind} {key}", members, COUNTRY_DAYS
        else:
            yield f"{kind} {key}", members, COMMON_DAYS if kind == "start" else RARE_DAYS


def _near(columns: Columns, members: list[int], days: int) -> Iterator[tuple[int, int]]:
    """Yield members whose spans come within *days* of each other, and undated ones with all, while there are few."""
    dated = sorted(
        (position for position in members if columns.earliest[position] != NO_DAY),
        key=lambda position: int(columns.earliest[position]),
    )
    undated = [position for position in members if columns.earliest[position] == NO_DAY]
    starts = [int(columns.earliest[position]) for position in dated]
    for rank, position in enumerate(dated):
        ahead = starts[rank] + days
        for other in range(rank + 1, min(len(dated), rank + 1 + LARGEST_BLOCK)):
            # A vague span reaches as far as its latest day.
            if starts[other] > max(ahead, int(columns.latest[position]) + days if not columns.exact[position] else ahead):
                break
            yield position, dated[other]
    if len(undated) * len(members) <= LARGEST_BLOCK * 40:
        for rank, position in enumerate(undated):
            for other in undated[rank + 1 :]:
                yield position, other
            for other in dated:
                yield position, other
