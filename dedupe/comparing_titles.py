"""Comparing titles: words in common, words on one side only, letters, editions and scope."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from dedupe.columns import Bools, Columns, Edition, Floats, Ints, Scope, Sparse, counting
from dedupe.letters import NEAR, Letters, letters_of
from dedupe.titles import Word

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
LIKE_STEPS = int(np.searchsorted(_LETTER_STEPS, _LIKE, side="right"))
"""Steps of likeness from which on two titles are alike as they are written."""
_SAME_STEPS = int(np.searchsorted(_LETTER_STEPS, 90.0, side="right"))
_RUN = 8
"""Letters of a title from which on it may be several words run together."""
_FEW = 2
"""Letters that a title may have more than the one all its words are in: misspelt ones."""
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


def titles(listings: Columns, pairs: Ints) -> NDArray[np.int8]:
    """Compare the wording of two titles.

    Shapes:
        pairs    (n_pairs, 2)
        returns  (n_pairs, 3)  levels of words in common, words on one side, letters
    """
    letters = likeness(listings, pairs)
    common, less, more = alignment(listings, pairs, letters)
    return levels_of(common, less, more, letters, worded(listings, pairs), may_be_within(listings, pairs))


def levels_of(
    common: Floats, less: Floats, more: Floats, letters: Floats, sentences: Bools, may_be: Bools
) -> NDArray[np.int8]:
    """Turn measures of two titles into levels of words in common, words on one side, letters; shape (n_pairs, 3)."""
    worded = sentences.astype(np.int64)
    steps = np.searchsorted(_COMMON_STEPS, common, side="right") + worded * (len(_COMMON_STEPS) + 1)
    grid = grid_of(less, more)
    step = np.searchsorted(_LETTER_STEPS, letters, side="right")
    # The letters of initials and of a name with its explanation are unlike, and say nothing more.
    within = (less < _LESS_STEPS[0]) & (common >= _KNOWN_BITS) & (letters < _LIKE) & may_be
    letter = np.where(within, len(_LETTER_STEPS) + 1, step) + worded * (len(_LETTER_STEPS) + 2)
    return np.stack([steps, grid + worded * 25, letter], axis=1).astype(np.int8)


def grid_of(less: Floats, more: Floats) -> Ints:
    """Return the level of words on one side, of names."""
    grid: Ints = np.searchsorted(_LESS_STEPS, less, side="right") * 5 + np.searchsorted(_MORE_STEPS, more, side="right")
    return grid


def steps_known() -> int:
    """Count the levels of words in common that fewer bits than `_KNOWN_BITS` may reach."""
    return int(np.searchsorted(_COMMON_STEPS, _KNOWN_BITS)) + 1


def may_be_within(listings: Columns, pairs: Ints) -> Bools:
    """Say which pairs may have all words of one title in the other, judging from which letters they have."""
    one, other = listings.letters[pairs[:, 0]], listings.letters[pairs[:, 1]]
    more = np.minimum(np.bitwise_count(one & ~other), np.bitwise_count(other & ~one))
    told: Bools = more <= _FEW
    return told


def worded(listings: Columns, pairs: Ints) -> Bools:
    """Say which pairs hold a sentence, or two languages: what one side leaves out says less then."""
    a, b = pairs[:, 0], pairs[:, 1]
    languages = (
        (listings.language[a] >= 0) & (listings.language[b] >= 0) & (listings.language[a] != listings.language[b])
    )
    told: Bools = listings.worded[a] | listings.worded[b] | languages
    return told


# -- words ---------------------------------------------------------------------------------------------------------


def shared(words: Sparse, pairs: Ints) -> Floats:
    """Sum the weights of what both sides have, shape (n_pairs,)."""
    pair, entry, hit, partner = _lookup(words, pairs[:, 0], pairs[:, 1])
    weights = np.minimum(words.weights[entry[hit]], words.weights[partner[hit]])
    return np.bincount(pair[hit], weights=weights, minlength=len(pairs)).astype(np.float64)


def _lookup(words: Sparse, one: Ints, other: Ints) -> tuple[Ints, Ints, NDArray[np.bool_], Ints]:
    """Look up each word of *one* among those of *other*: pair, entry, whether found, and where."""
    pair, entry = _entries(words, one)
    count = max(1, len(words.names))
    keys = words.owners() * count + words.codes
    wanted = other[pair] * count + words.codes[entry]
    partner = np.searchsorted(keys, wanted)
    partner = np.minimum(partner, max(0, len(keys) - 1))
    hit = keys[partner] == wanted if len(keys) else np.zeros(0, dtype=np.bool_)
    return pair, entry, hit, partner


def alignment(listings: Columns, pairs: Ints, letters: Floats) -> tuple[Floats, Floats, Floats]:
    """Align the words of two titles: equal, misspelt or begun alike, initials, and all of them written as one.

    Shapes:
        letters  (n_pairs,)  their `likeness`
        returns  three of (n_pairs,): bits in common, and bits left on the side with less and with more of them
    """
    common = np.zeros(len(pairs))
    one, other = listings.bits[pairs[:, 0]], listings.bits[pairs[:, 1]]
    at = np.flatnonzero(related(listings, pairs))
    common[at], one[at], other[at] = _aligned(listings, pairs[at])
    run = run_together(listings, pairs, steps_of(letters))
    common[run] = listings.bits[pairs[run]].max(axis=1)
    one[run] = other[run] = 0.0
    return common, np.minimum(one, other), np.maximum(one, other)


def run_together(listings: Columns, pairs: Ints, steps: Ints) -> Bools:
    """Say which pairs are one title written without blanks on one side, judging from their likeness."""
    told: Bools = (
        (steps >= _SAME_STEPS)
        & (listings.single[pairs[:, 0]] != listings.single[pairs[:, 1]])
        & (listings.length[pairs].min(axis=1) >= _RUN)
    )
    return told


def related(listings: Columns, pairs: Ints) -> Bools:
    """Say which titles can have words in common, or one the initials of the other."""
    told = np.zeros(len(pairs), dtype=np.bool_)
    marks = listings.marks
    for number in range(marks.shape[1]):
        told |= (marks[pairs[:, 0], number] & marks[pairs[:, 1], number]) != 0
    return told | may_be_within(listings, pairs)


def _aligned(listings: Columns, pairs: Ints) -> tuple[Floats, Floats, Floats]:
    """Align words; the bits in common, and those left on either side."""
    words, count = listings.words, len(pairs)
    pair_a, entry_a, hit_a, partner = _lookup(words, pairs[:, 0], pairs[:, 1])
    pair_b, entry_b = _entries(words, pairs[:, 1])
    hit_b = np.zeros(len(entry_b), dtype=np.bool_)
    # The partners of the words found are the words found on the other side.
    begin_b = np.searchsorted(pair_b, np.arange(count), side="left")
    hit_b[begin_b[pair_a[hit_a]] + partner[hit_a] - words.start[pairs[pair_a[hit_a], 1]]] = True
    common = np.bincount(
        pair_a[hit_a],
        weights=np.minimum(words.weights[entry_a[hit_a]], words.weights[partner[hit_a]]),
        minlength=count,
    ).astype(np.float64)  # without any word in common numpy counts in integers
    left_a, left_b = words.weights[entry_a] * ~hit_a, words.weights[entry_b] * ~hit_b
    one, other = Side(pair_a, entry_a, left_a), Side(pair_b, entry_b, left_b)
    known = letters_of(words.names)
    common += _nearly(words, known, one, other, count)
    _initials(listings, known, pairs, one, other, common)
    side_a = np.bincount(pair_a, weights=left_a, minlength=count).astype(np.float64)
    side_b = np.bincount(pair_b, weights=left_b, minlength=count).astype(np.float64)
    return common, side_a, side_b


def _entries(words: Sparse, one: Ints) -> tuple[Ints, Ints]:
    """Return pair and entry of each word of *one*."""
    lengths = words.start[one + 1] - words.start[one]
    pair = np.repeat(np.arange(len(one), dtype=np.int64), lengths)
    before = np.cumsum(lengths) - lengths
    return pair, np.arange(int(lengths.sum()), dtype=np.int64) - np.repeat(before - words.start[one], lengths)


class Side(NamedTuple):
    """For each word of one side of each pair: the pair, the word's entry, and its bits that are still unmatched."""

    pair: Ints
    entry: Ints
    left: Floats


def _nearly(words: Sparse, known: Letters, one: Side, other: Side, count: int) -> Floats:
    """Match leftover words that are nearly alike; their bits are taken from both sides in place."""
    free_a, free_b = np.flatnonzero(one.left > 2.0), np.flatnonzero(other.left > 2.0)
    begin = np.searchsorted(other.pair[free_b], one.pair[free_a], side="left")
    end = np.searchsorted(other.pair[free_b], one.pair[free_a], side="right")
    lengths = end - begin
    left = np.repeat(free_a, lengths)
    right = free_b[np.repeat(begin, lengths) + counting(lengths)]
    code_a, code_b = words.codes[one.entry[left]], words.codes[other.entry[right]]
    alike = _alike(words, known, code_a, code_b)
    gained = np.zeros(count)
    found = np.flatnonzero(alike > 0)
    order = found[np.lexsort((right[found], left[found], -alike[found]))]
    while len(order):
        # The best of what is left for both: nothing before it in this order has either word.
        rank = np.arange(len(order))
        best_left, best_right = np.full(len(one.left), len(order)), np.full(len(other.left), len(order))
        np.minimum.at(best_left, left[order], rank)
        np.minimum.at(best_right, right[order], rank)
        first = (best_left[left[order]] == rank) & (best_right[right[order]] == rank)
        at = order[first]
        x, y = left[at], right[at]
        np.add.at(gained, one.pair[x], alike[at] * np.minimum(one.left[x], other.left[y]))
        one.left[x] = 0.0
        other.left[y] = 0.0
        order = order[(one.left[left[order]] > 0) & (other.left[right[order]] > 0)]
    return gained


def _alike(words: Sparse, known: Letters, one: Ints, other: Ints) -> Floats:
    """Say how alike two words are, 0 when they are two words."""
    value: Floats = np.where(known.begun(one, other), 0.7, np.where(known.ended(one, other), 0.5, 0.0))
    at = np.flatnonzero(known.may_be_misspelt(one, other))
    if len(at):
        total = len(words.names)
        keys, inverse = np.unique(one[at] * total + other[at], return_inverse=True)
        names = words.names.__getitem__
        ratio = process.cpdist(
            list(map(names, (keys // total).tolist())), list(map(names, (keys % total).tolist())), scorer=fuzz.ratio
        ).astype(np.float64)[inverse]
        value[at] = np.maximum(value[at], np.where(ratio >= NEAR, ratio / 100.0, 0.0))
    return value


def _initials(listings: Columns, known: Letters, pairs: Ints, one: Side, other: Side, common: Floats) -> None:
    """Match a leftover word with the initials of the other title; what the initials cover is matched too."""
    words, titles = listings.words, listings.titles
    for near, far, column in ((one, other, 1), (other, one, 0)):
        codes = words.codes[near.entry]
        # Initials stand for two words at least that the other side does not have.
        several = np.bincount(far.pair, weights=far.left > 0, minlength=len(pairs)) > 1
        asked = np.flatnonzero((near.left > 4.0) & known.may_be_initials[codes] & several[near.pair])
        title = pairs[near.pair[asked], column]
        word = codes[asked]
        told = (
            (known.mask[word] & ~listings.letters[title] == 0)
            & (known.first[word] & listings.initials[title] != 0)
            & (known.turns[word] & listings.turns[title] != 0)
        )
        for at in asked[told].tolist():
            title_at = int(pairs[near.pair[at], column])
            said = titles.words[titles.start[title_at] : titles.start[title_at + 1]].tolist()
            covered = _spelt(words.names[words.codes[near.entry[at]]], [titles.vocabulary[code] for code in said])
            if not covered:
                continue
            begin, end = np.searchsorted(far.pair, (near.pair[at], near.pair[at] + 1))
            for spot in range(begin, end):
                if words.names[words.codes[far.entry[spot]]] in covered:
                    far.left[spot] = 0.0
            common[near.pair[at]] += near.left[at]
            near.left[at] = 0.0


def _spelt(name: str, said: Sequence[Word]) -> frozenset[str]:
    """Return the tokens of the words whose initials or beginnings, in a row, spell a name; empty when none do.

    >>> from dedupe.titles import wording
    >>> sorted(_spelt("goruco", wording("Gotham Ruby Conference").words))
    ['event:conf', 'gotham', 'ruby']
    >>> sorted(_spelt("gtac", wording("Google Test Automation Conference").words))
    ['automation', 'event:conf', 'google', 'test']
    """
    written = [(part, word.token) for word in said for part in word.written.split()]
    for first in range(len(written) - 1):
        if written[first][0][0] != name[0]:
            continue
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
    more: Floats = _ratio(listings.whole, pairs)
    # Where neither title has a word of the kind of event, of its place or of a year, both are the same.
    other = np.flatnonzero((listings.cut[pairs].any(axis=1)) & (more < 100.0))
    more[other] = np.maximum(more[other], _ratio(listings.bare, pairs[other]))
    return more


def _ratio(texts: Sequence[str], pairs: Ints) -> Floats:
    if not len(pairs):
        return np.zeros(0)
    one = list(map(texts.__getitem__, pairs[:, 0].tolist()))
    other = list(map(texts.__getitem__, pairs[:, 1].tolist()))
    return process.cpdist(one, other, scorer=fuzz.ratio).astype(np.float64)


def most_steps(listings: Columns, pairs: Ints) -> Ints:
    """Say how many steps of likeness two titles can reach at most, judging from which letters they have.

    Titles of m and n letters whose ratio is r differ in (1 - r)(m + n) letters; no more can be in one only.
    """
    a, b = pairs[:, 0], pairs[:, 1]
    most = np.zeros(len(pairs))
    for letters, size in ((listings.letters, listings.length), (listings.bare_letters, listings.bare_length)):
        total = size[a] + size[b]
        differ = np.maximum(np.bitwise_count(letters[a] ^ letters[b]), np.abs(size[a] - size[b]))
        most = np.maximum(most, 100.0 * (1.0 - differ / np.maximum(total, 1)))
    return steps_of(most + 1e-6)


def steps_of(likeness: Floats) -> Ints:
    """Say how many steps of likeness (percent) are reached."""
    steps: Ints = np.searchsorted(_LETTER_STEPS, likeness, side="right")
    return steps


# -- what tells look-alikes apart ----------------------------------------------------------------------------------


def edition(listings: Columns, pairs: Ints) -> NDArray[np.int8]:
    """Compare ordinals and years in titles, shape (n_pairs,)."""
    said = listings.edition
    level = by_value(said.codes, said.codes, pairs, lambda a, b: _editions(said.values[a], said.values[b]))
    # A year on one side only is held against the other's dates, where its own are not stated.
    one_sided = level == _ONE_SIDED
    undated = (listings.first[pairs] == 0).any(axis=1)
    level[one_sided] = -1
    for at in np.flatnonzero(one_sided & undated).tolist():
        level[at] = _year_and_dates(listings, int(pairs[at, 0]), int(pairs[at, 1]))
    return level


_ONE_SIDED = -2


def _editions(one: Edition, other: Edition) -> int:
    if one.ordinals and other.ordinals:
        return SAME_EDITION if one.ordinals & other.ordinals else OTHER_EDITION
    if one.years and other.years:
        return SAME_YEAR if one.years & other.years else OTHER_YEAR
    return _ONE_SIDED if one.years or other.years else -1


def _year_and_dates(listings: Columns, a: int, b: int) -> int:
    one, other = (a, b) if listings.edition[a].years else (b, a)
    if listings.first[one] > 0 or listings.first[other] == 0:
        return -1
    first, last = (date.fromordinal(int(day[other])).year for day in (listings.first, listings.last))
    return SAME_YEAR if any(first <= year <= last for year in listings.edition[one].years) else YEAR_AGAINST_DATES


def scope(listings: Columns, pairs: Ints) -> NDArray[np.int8]:
    """Compare region, speakers, instrument and participants as the titles name them, shape (n_pairs,)."""
    said = listings.scope
    return by_value(said.codes, said.codes, pairs, lambda a, b: _scopes(said.values[a], said.values[b]))


def _scopes(one: Scope, other: Scope) -> int:
    sets = (
        (one.regions, other.regions),
        (one.speakers, other.speakers),
        (one.instruments, other.instruments),
        (one.participants, other.participants),
    )
    level = -1
    if any(x for x, _ in sets) and any(y for _, y in sets):
        if _differ(one.speakers, other.speakers):
            return OTHER_SPEAKERS
        if region_conflict(one.regions, other.regions):
            return OTHER_REGION
        if _differ(one.instruments, other.instruments):
            level = OTHER_INSTRUMENT
        elif _differ(one.participants, other.participants):
            level = OTHER_PARTICIPANTS
        else:
            level = SAME_SCOPE if all(x == y for x, y in sets) else PART_SCOPE
    return ONE_PART if one.part != other.part else level


def by_value(
    one: NDArray[np.int32], other: NDArray[np.int32], pairs: Ints, answer: Callable[[int, int], int]
) -> NDArray[np.int8]:
    """Answer once for each two values that meet; code 0 is silence, and two silent sides are not asked."""
    level = np.full(len(pairs), -1, dtype=np.int8)
    a, b = one[pairs[:, 0]].astype(np.int64), other[pairs[:, 1]].astype(np.int64)
    at = np.flatnonzero((a > 0) | (b > 0))
    size = int(max(a.max(initial=0), b.max(initial=0))) + 1
    keys, inverse = np.unique(a[at] * size + b[at], return_inverse=True)
    told = np.array([answer(*divmod(key, size)) for key in keys.tolist()], dtype=np.int8)
    level[at] = told[inverse]
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
