"""Blocking: which pairs are worth comparing. Candidates come from joins on sorted keys, never from all pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.columns import Bools, Columns, Ints

TOWN_DAYS = 10
"""Days between starts within which one town is enough."""
COUNTRY_DAYS = 1
START_DAYS = 8
"""Days between starts within which the same first letters are enough."""
BODY_DAYS = 2
WORD_DAYS = ((12, 800), (60, 120), (250, 31), (1000, 10))
"""Listings that share a word, and the days within which the word is enough: the more usual, the closer."""
USUAL_DAYS = 3
UNDATED = 120
"""Listings that may share a key for it to bring a listing without dates together with all of them."""
WIDE = 62
"""Days beyond which a vague date is as good as none."""
STEP = 7
"""A span longer than this stands at several days, so that what lies inside it is found."""
_FAR = 1 << 23
_KEYS = 1 << 40


def candidates(listings: Columns) -> Ints:
    """Find the pairs that share enough to be compared.

    Returns:
        Shape (n_pairs, 2), positions in *listings*, first < second, ascending, each pair once.
    """
    count = len(listings)
    if count < 2:
        return np.zeros((0, 2), dtype=np.int64)
    dated = listings.first > 0
    owner, day = _standing(listings, dated)
    settled = dated & (listings.exact | (listings.last - listings.first <= WIDE))
    found = [
        _near(owner, listings.town[owner], day, TOWN_DAYS),
        _near(owner, listings.country[owner], day, COUNTRY_DAYS),
        _near(owner, _first_letters(listings)[owner], day, START_DAYS),
        _near(*_bodies(listings, owner, day), BODY_DAYS),
        *_words(listings, dated, owner, day),
        *_undated(listings, settled),
        _equal(listings),
    ]
    pairs = np.concatenate(found)
    low, high = np.minimum(pairs[:, 0], pairs[:, 1]), np.maximum(pairs[:, 0], pairs[:, 1])
    keys = np.unique((low * count + high)[low != high])
    return np.stack([keys // count, keys % count], axis=1)


def _standing(listings: Columns, dated: Bools) -> tuple[Ints, Ints]:
    """Return the listing and the day of every place where a dated listing stands."""
    at = np.flatnonzero(dated)
    length = listings.last[at] - listings.first[at]
    stops = np.where(listings.exact[at], 1, np.minimum(length // STEP + 1, 60))
    owner = np.repeat(at, stops)
    number = _counting(stops)
    step = np.where(listings.exact[owner], 0, STEP)
    return owner, listings.first[owner] + number * step


def _counting(lengths: Ints) -> Ints:
    """Count 0..n-1 for each n of *lengths*, one after the other."""
    total = int(lengths.sum())
    before = np.cumsum(lengths) - lengths
    return np.arange(total, dtype=np.int64) - np.repeat(before, lengths)


def _near(owner: Ints, key: Ints, day: Ints, days: int | Ints) -> NDArray[np.int64]:
    """Pair the entries that have the same key (not negative) and days at most *days* apart."""
    kept = key >= 0
    owner, key, day = owner[kept], key[kept], day[kept]
    reach = days[kept] if isinstance(days, np.ndarray) else np.full(len(owner), days, dtype=np.int64)
    place = key * _FAR + day
    order = np.lexsort((owner, place))
    owner, place, reach = owner[order], place[order], reach[order]
    until = np.searchsorted(place, place + reach, side="right")
    following = until - np.arange(len(place)) - 1
    first = np.repeat(np.arange(len(place)), following)
    second = first + 1 + _counting(following)
    return np.stack([owner[first], owner[second]], axis=1)


def _bodies(listings: Columns, owner: Ints, day: Ints) -> tuple[Ints, Ints, Ints]:
    """Return owner, body and day of each organiser or sponsor of each dated listing."""
    bodies = listings.bodies
    lengths = np.diff(bodies.start)[owner]
    entry = np.repeat(bodies.start[owner], lengths) + _counting(lengths)
    return np.repeat(owner, lengths), bodies.codes[entry], np.repeat(day, lengths)


def _first_letters(listings: Columns) -> Ints:
    letters = [bare[:4] for bare in listings.bare]
    numbers = {name: number for number, name in enumerate(sorted(set(letters)))}
    return np.array([numbers[name] if len(name) >= 3 else -1 for name in letters], dtype=np.int64)


def _words(listings: Columns, dated: Bools, owner: Ints, day: Ints) -> list[NDArray[np.int64]]:
    """Pair dated listings that share a word, the closer in time the more usual it is."""
    words = listings.words
    counts = words.counts()
    reach = np.full(len(words.names), USUAL_DAYS, dtype=np.int64)
    for most, days in reversed(WORD_DAYS):
        reach[counts <= most] = days
    worth = words.weights > 1.0
    # Every standing place of a listing takes part with each of its words.
    lengths = np.diff(words.start)[owner]
    entry = np.repeat(words.start[owner], lengths) + _counting(lengths)
    stands, days_at = np.repeat(owner, lengths), np.repeat(day, lengths)
    kept = worth[entry] & (counts[words.codes[entry]] > 1)
    stands, days_at, code = stands[kept], days_at[kept], words.codes[entry[kept]]
    return [_near(stands, code, days_at, reach[code])]


def _undated(listings: Columns, dated: Bools) -> list[NDArray[np.int64]]:
    """Pair listings without dates with all that share a town, or a country and a word, or a rare word."""
    if dated.all():
        return []
    words = listings.words
    owner = words.owners()
    worth = words.weights > 0.5
    word_count = len(words.names)
    country = listings.country[owner]
    both = np.where((country >= 0) & worth, country * word_count + words.codes, -1)
    rare = np.where(worth & (words.weights > 3.0), words.codes, -1)
    everyone = np.arange(len(listings), dtype=np.int64)
    body_owner = listings.bodies.owners()
    return [
        _with_undated(everyone, listings.town, dated),
        _with_undated(everyone, listings.country, dated),
        _with_undated(owner, both, dated),
        _with_undated(owner, rare, dated),
        _with_undated(body_owner, listings.bodies.codes, dated, most=40),
    ]


def _with_undated(owner: Ints, key: Ints, dated: Bools, most: int = UNDATED) -> NDArray[np.int64]:
    """Pair entries of one key where at least one listing has no dates; keys of more than *most* entries are left."""
    kept = key >= 0
    owner, key = owner[kept], key[kept]
    order = np.lexsort((owner, key))
    owner, key = owner[order], key[order]
    _, start, size = np.unique(key, return_index=True, return_counts=True)
    start, size = start[(size > 1) & (size <= most)], size[(size > 1) & (size <= most)]
    entry = np.repeat(start, size) + _counting(size)
    until = np.repeat(start + size, size)
    following = until - entry - 1
    first = np.repeat(entry, following)
    second = first + 1 + _counting(following)
    one, other = owner[first], owner[second]
    wanted = ~(dated[one] & dated[other])
    return np.stack([one[wanted], other[wanted]], axis=1)


def _equal(listings: Columns) -> NDArray[np.int64]:
    """Pair equal titles in one town within two years: a date may be wrong by a year."""
    titles = {name: number for number, name in enumerate(sorted(set(listings.bare)))}
    code = np.array([titles[bare] for bare in listings.bare], dtype=np.int64)
    key = np.where(listings.town >= 0, code * (len(listings.towns) + 1) + listings.town, -1)
    key = np.where(listings.first > 0, key, -1)
    return _near(np.arange(len(listings), dtype=np.int64), key, listings.first, 400)
