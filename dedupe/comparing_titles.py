"""Comparing titles: words in common, words on one side only, letters, editions and scope."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from dedupe.columns import Bools, Columns, Floats, Ints, Sparse
from dedupe.titles import Wording

_COMMON_STEPS = (1.0, 3.0, 5.0, 7.0, 9.0, 11.0, 14.0, 20.0)
COMMON = tuple(
    f"{name}, {kind}"
    for kind in ("names", "sentences")
    for name in ("none", *(f"{low:.0f} bits or more" for low in _COMMON_STEPS))
)
_LESS_STEPS = (0.5, 3.0, 7.0, 11.0)
_MORE_STEPS = (0.5, 4.0, 9.0, 16.0)
APART = tuple(
    f"{less} on one side, {more} on the other, {kind}"
    for kind in ("names", "sentences")
    for less in ("nothing", "little", "some", "much", "very much")
    for more in ("nothing", "little", "some", "much", "very much")
)
_LETTER_STEPS = (30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 99.9)
LETTERS = tuple(
    f"{name}, {kind}"
    for kind in ("names", "sentences")
    for name in ("below 30 %", "from 30 %", "from 40 %", "from 50 %", "from 60 %", "from 70 %", "from 80 %",
                 "from 90 %", "equal", "low, yet all words of one are in the other")
)  # fmt: skip
_KNOWN_BITS, _LIKE = 4.0, 70.0
EDITION = (
    "same edition",
    "other edition",
    "same year in the title",
    "other year in the title",
    "other year in the title than in the dates",
)
SAME_EDITION, OTHER_EDITION, SAME_YEAR, OTHER_YEAR, YEAR_AGAINST_DATES = range(len(EDITION))
SCOPE = (
    "other speakers",
    "other region",
    "other instrument",
    "other participants",
    "same scope",
    "same in part",
    "a side meeting on one side only",
)
(OTHER_SPEAKERS, OTHER_REGION, OTHER_INSTRUMENT, OTHER_PARTICIPANTS, SAME_SCOPE, PART_SCOPE, ONE_PART) = range(
    len(SCOPE)
)
NEAR = 80.0
"""Least likeness of two words that may be one misspelt (rapidfuzz ratio)."""


def titles(listings: Columns, pairs: Ints) -> NDArray[np.int8]:
    """Compare the wording of two titles.

    Shapes:
        pairs    (n_pairs, 2)
        returns  (n_pairs, 3)  levels of words in common, words on one side, letters
    """
    common, less, more = alignment(listings, pairs)
    letters = likeness(listings, pairs)
    worded = _worded(listings, pairs).astype(np.int64)
    steps = np.searchsorted(_COMMON_STEPS, common, side="right") + worded * (len(_COMMON_STEPS) + 1)
    grid = np.searchsorted(_LESS_STEPS, less, side="right") * 5 + np.searchsorted(_MORE_STEPS, more, side="right")
    step = np.searchsorted(_LETTER_STEPS, letters, side="right")
    # The letters of initials and of a name with its explanation are unlike, and say nothing more.
    within = (less < _LESS_STEPS[0]) & (common >= _KNOWN_BITS) & (letters < _LIKE)
    letter = np.where(within, len(_LETTER_STEPS) + 1, step) + worded * (len(_LETTER_STEPS) + 2)
    return np.stack([steps, grid + worded * 25, letter], axis=1).astype(np.int8)


def _worded(listings: Columns, pairs: Ints) -> Bools:
    a, b = pairs[:, 0], pairs[:, 1]
    languages = (
        (listings.language[a] >= 0) & (listings.language[b] >= 0) & (listings.language[a] != listings.language[b])
    )
    worded: Bools = listings.worded[a] | listings.worded[b] | languages
    return worded


# -- words ---------------------------------------------------------------------------------------------------------


def shared(words: Sparse, pairs: Ints) -> Floats:
    """Sum the weights of what both sides have, shape (n_pairs,)."""
    pair, entry, hit, partner = _lookup(words, pairs[:, 0], pairs[:, 1])
    weights = np.minimum(words.weights[entry[hit]], words.weights[partner[hit]])
    return np.bincount(pair[hit], weights=weights, minlength=len(pairs)).astype(np.float64)


def _lookup(words: Sparse, one: Ints, other: Ints) -> tuple[Ints, Ints, NDArray[np.bool_], Ints]:
    """Look up each word of *one* among those of *other*: pair, entry, whether found, and where."""
    lengths = words.start[one + 1] - words.start[one]
    pair = np.repeat(np.arange(len(one), dtype=np.int64), lengths)
    before = np.cumsum(lengths) - lengths
    entry = np.arange(int(lengths.sum()), dtype=np.int64) - np.repeat(before - words.start[one], lengths)
    count = max(1, len(words.names))
    keys = words.owners() * count + words.codes
    wanted = other[pair] * count + words.codes[entry]
    partner = np.searchsorted(keys, wanted)
    partner = np.minimum(partner, max(0, len(keys) - 1))
    hit = keys[partner] == wanted if len(keys) else np.zeros(0, dtype=np.bool_)
    return pair, entry, hit, partner


def alignment(listings: Columns, pairs: Ints) -> tuple[Floats, Floats, Floats]:
    """Align the words of two titles: equal, misspelt or begun alike, and initials.

    Shapes:
        returns  three of (n_pairs,): bits in common, and bits left on the side with less and with more of them
    """
    words, count = listings.words, len(pairs)
    pair_a, entry_a, hit_a, partner = _lookup(words, pairs[:, 0], pairs[:, 1])
    pair_b, entry_b, hit_b, _ = _lookup(words, pairs[:, 1], pairs[:, 0])
    common = np.bincount(
        pair_a[hit_a],
        weights=np.minimum(words.weights[entry_a[hit_a]], words.weights[partner[hit_a]]),
        minlength=count,
    ).astype(np.float64)  # without any word in common numpy counts in integers
    left_a, left_b = words.weights[entry_a] * ~hit_a, words.weights[entry_b] * ~hit_b
    common += _nearly(words, (pair_a, entry_a, left_a), (pair_b, entry_b, left_b), count)
    _initials(listings, pairs, (pair_a, entry_a, left_a), (pair_b, entry_b, left_b), common)
    side_a = np.bincount(pair_a, weights=left_a, minlength=count)
    side_b = np.bincount(pair_b, weights=left_b, minlength=count)
    return common, np.minimum(side_a, side_b), np.maximum(side_a, side_b)


Side = tuple[Ints, Ints, Floats]
"""For each word of one side of each pair: the pair, the word's entry, and its bits that are still unmatched."""


def _nearly(words: Sparse, one: Side, other: Side, count: int) -> Floats:
    """Match leftover words that are nearly alike; their bits are taken from both sides in place."""
    pair_a, entry_a, left_a = one
    pair_b, entry_b, left_b = other
    free_a, free_b = np.flatnonzero(left_a > 2.0), np.flatnonzero(left_b > 2.0)
    begin = np.searchsorted(pair_b[free_b], pair_a[free_a], side="left")
    end = np.searchsorted(pair_b[free_b], pair_a[free_a], side="right")
    lengths = end - begin
    left = np.repeat(free_a, lengths)
    before = np.cumsum(lengths) - lengths
    right = free_b[np.arange(int(lengths.sum()), dtype=np.int64) - np.repeat(before - begin, lengths)]
    total = max(1, len(words.names))
    keys, inverse = np.unique(words.codes[entry_a[left]] * total + words.codes[entry_b[right]], return_inverse=True)
    alike = _alike(words.names, keys // total, keys % total)[inverse]
    found = np.flatnonzero(alike > 0)
    gained = np.zeros(count)
    order = found[np.lexsort((right[found], left[found], -alike[found]))]
    for at in order:
        x, y = left[at], right[at]
        if left_a[x] > 0 and left_b[y] > 0:
            gained[pair_a[x]] += alike[at] * min(left_a[x], left_b[y])
            left_a[x] = left_b[y] = 0.0
    return gained


def _alike(names: tuple[str, ...], one: Ints, other: Ints) -> Floats:
    """Say how alike two words are, 0 when they are two words."""
    x, y = [names[code] for code in one], [names[code] for code in other]
    if not x:
        return np.zeros(0)
    ratio = process.cpdist(x, y, scorer=fuzz.ratio).astype(np.float64)
    short = np.array([min(len(p), len(q)) for p, q in zip(x, y, strict=True)])
    known = np.array([":" in p or ":" in q or p.isdigit() or q.isdigit() for p, q in zip(x, y, strict=True)])
    begins = np.array([p.startswith(q) or q.startswith(p) for p, q in zip(x, y, strict=True)])
    ends = np.array([p.endswith(q) or q.endswith(p) for p, q in zip(x, y, strict=True)])
    value: Floats = np.where((ratio >= NEAR) & (short >= 4), ratio / 100.0, 0.0)
    value = np.where(begins & (short >= 4), np.maximum(value, 0.7), value)
    value = np.where(ends & (short >= 3), np.maximum(value, 0.5), value)
    value[known] = 0.0
    return value


def _initials(listings: Columns, pairs: Ints, one: Side, other: Side, common: Floats) -> None:
    """Match a leftover word with the initials of the other title; what the initials cover is matched too."""
    words = listings.words
    for near, far, column in ((one, other, 1), (other, one, 0)):
        pair, entry, left = near
        far_pair, far_entry, far_left = far
        for at in np.flatnonzero(left > 4.0):
            name = words.names[words.codes[entry[at]]]
            if not 3 <= len(name) <= 10 or ":" in name:
                continue
            covered = _spelt(name, listings.wordings[pairs[pair[at], column]])
            if not covered:
                continue
            begin, end = np.searchsorted(far_pair, (pair[at], pair[at] + 1))
            for spot in range(begin, end):
                if words.names[words.codes[far_entry[spot]]] in covered:
                    far_left[spot] = 0.0
            common[pair[at]] += left[at]
            left[at] = 0.0


@lru_cache(maxsize=1 << 18)
def _spelt(name: str, said: Wording) -> frozenset[str]:
    """Return the tokens of the words whose initials or beginnings, in a row, spell a name; empty when none do.

    >>> from dedupe.titles import wording
    >>> sorted(_spelt("goruco", wording("Gotham Ruby Conference")))
    ['event:conf', 'gotham', 'ruby']
    >>> sorted(_spelt("gtac", wording("Google Test Automation Conference")))
    ['automation', 'event:conf', 'google', 'test']
    """
    written = [(part, word.token) for word in said.words for part in word.written.split()]
    for first in range(len(written)):
        count = _spell(name, [part for part, _ in written[first:]])
        if count >= 2 and (count >= 3 or len(name) >= 5) and count >= len(name) / 3:
            return frozenset(token for _, token in written[first : first + count])
    return frozenset()


def _spell(name: str, words: list[str]) -> int:
    """Count the words, in a row, whose beginnings make up the whole name; 0 when they do not."""
    if not name:
        return 0
    if not words or words[0][0] != name[0]:
        return 0
    for length in range(1, len(name) + 1):
        if not words[0].startswith(name[:length]):
            break
        if length == len(name):
            return 1
        rest = _spell(name[length:], words[1:])
        if rest:
            return rest + 1
    return 0


def likeness(listings: Columns, pairs: Ints) -> Floats:
    """Compare letters: the bare titles, or the whole ones where that is more, in percent, shape (n_pairs,)."""
    bare, whole = listings.bare, listings.whole
    a, b = pairs[:, 0].tolist(), pairs[:, 1].tolist()
    first = process.cpdist([bare[at] for at in a], [bare[at] for at in b], scorer=fuzz.ratio)
    second = process.cpdist([whole[at] for at in a], [whole[at] for at in b], scorer=fuzz.ratio)
    more: Floats = np.maximum(first, second).astype(np.float64)
    return more


# -- what tells look-alikes apart ----------------------------------------------------------------------------------


def edition(listings: Columns, pairs: Ints) -> NDArray[np.int8]:
    """Compare ordinals and years in titles, shape (n_pairs,)."""
    said = listings.wordings
    speaks = np.array([bool(one.ordinals or one.years) for one in said], dtype=np.bool_)
    level = np.full(len(pairs), -1, dtype=np.int8)
    for at in np.flatnonzero(speaks[pairs[:, 0]] | speaks[pairs[:, 1]]):
        a, b = int(pairs[at, 0]), int(pairs[at, 1])
        one, other = said[a], said[b]
        if one.ordinals and other.ordinals:
            level[at] = SAME_EDITION if one.ordinals & other.ordinals else OTHER_EDITION
        elif one.years and other.years:
            level[at] = SAME_YEAR if one.years & other.years else OTHER_YEAR
        elif one.years or other.years:
            level[at] = _year_and_dates(listings, a, b)
    return level


def _year_and_dates(listings: Columns, a: int, b: int) -> int:
    """Hold the year in one title against the other's dates, where its own are not stated."""
    one, other = (a, b) if listings.wordings[a].years else (b, a)
    span = listings.spans[other]
    if listings.spans[one] is not None or span is None:
        return -1
    fits = any(span.earliest.year <= year <= span.latest.year for year in listings.wordings[one].years)
    return SAME_YEAR if fits else YEAR_AGAINST_DATES


def scope(listings: Columns, pairs: Ints) -> NDArray[np.int8]:
    """Compare region, speakers, instrument and participants as the titles name them, shape (n_pairs,)."""
    said = listings.wordings
    speaks = np.array(
        [bool(one.regions or one.speakers or one.participants or one.instruments or one.numbers) for one in said],
        dtype=np.bool_,
    )
    level = np.full(len(pairs), -1, dtype=np.int8)
    parts = np.array([bool(one.part) for one in said], dtype=np.bool_)
    for at in np.flatnonzero(speaks[pairs[:, 0]] & speaks[pairs[:, 1]]):
        one, other = said[pairs[at, 0]], said[pairs[at, 1]]
        if _differ(one.speakers, other.speakers):
            level[at] = OTHER_SPEAKERS
        elif region_conflict(one.regions, other.regions):
            level[at] = OTHER_REGION
        elif _differ(one.instruments | one.numbers, other.instruments | other.numbers):
            level[at] = OTHER_INSTRUMENT
        elif _differ(one.participants, other.participants):
            level[at] = OTHER_PARTICIPANTS
        else:
            sets = (
                (one.regions, other.regions),
                (one.speakers, other.speakers),
                (one.instruments | one.numbers, other.instruments | other.numbers),
                (one.participants, other.participants),
            )
            level[at] = SAME_SCOPE if all(x == y for x, y in sets) else PART_SCOPE
    beside = parts[pairs[:, 0]] != parts[pairs[:, 1]]
    level[beside & ~np.isin(level, (OTHER_SPEAKERS, OTHER_REGION))] = ONE_PART
    return level


def _differ(one: Collection[str], other: Collection[str]) -> bool:
    return bool(one) and bool(other) and set(one).isdisjoint(other)


def region_conflict(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether two sets of regions have nothing to do with each other; a part lies in its whole.

    >>> region_conflict(frozenset({"africa"}), frozenset({"asia"})), region_conflict(frozenset({"africa"}),
    ... frozenset({"africa_west"}))
    (True, False)
    """
    if not one or not other or one & other:
        return False
    return not any(_touch(x, y) or _touch(y, x) for x in one for y in other)


_WIDER = {
    "asia_pacific": ("asia", "pacific"),
    "arab": ("middle_east", "africa_north"),
    "middle_east": ("africa_north", "arab_gulf"),
    "africa_sahel": ("africa_west", "africa_central", "africa_north"),
    "america_latin": ("america_caribbean", "america_central", "america_south"),
    "asia": ("middle_east", "arab_gulf"),
}


def _touch(wide: str, narrow: str) -> bool:
    return narrow.startswith(f"{wide}_") or any(
        narrow == part or narrow.startswith(f"{part}_") for part in _WIDER.get(wide, ())
    )
