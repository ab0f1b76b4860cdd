"""Blocking: which pairs are worth comparing. Candidates come from joins on sorted keys, never from all pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calendar_sync.listing_columns import coded
from dedupe.columns import Bools, Columns, Ints, Sparse, counting

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
STOPS = 60
"""Days at which a vague date stands at most."""
WORTH, UNDATED_WORTH, RARE = 1.0, 0.5, 3.0
"""Bits above which a word counts: between dated listings; beside a country; alone, where a date is missing."""
PLACELESS = 60
"""Listings that may start on one day for that alone to bring one without a place together with all of them."""
UNDATED_BODY = 40
"""Listings that may share a body for it to bring a listing without dates together with all of them."""
EQUAL_DAYS = 400
"""Days between starts within which equal titles in one town are compared."""
LETTERS, FEWEST_LETTERS = 4, 3
"""First letters of a title that bring two together, and how many there must be."""
CROWD = 12
"""Listings that one listing may meet by one key: the window of days gets narrower where there are more."""
FEW = 250
"""Listings with one key that are never a crowd."""
_FAR = 1 << 23


def candidates(listings: Columns) -> Ints:
    """Find the pairs that share enough to be compared.

    Returns:
        Shape (n_pairs, 2), positions in *listings*, first < second, ascending, each pair once.
    """
    count = len(listings)
    if count < 2:
        return np.zeros((0, 2), dtype=np.int64)
    dated = listings.first > 0
    owner, day = standing(listings)
    settled = dated & (listings.exact | (listings.last - listings.first <= WIDE))
    near = reaches(listings)
    found = [
        _near(owner, listings.town[owner], day, near.town, count),
        _near(owner, listings.country[owner], day, near.country, count),
        _near(owner, first_letters(listings)[owner], day, near.letters, count),
        _near(*_entries(listings.bodies, owner, day), near.bodies, count),
        _near(*_entries(listings.words, owner, day, WORTH), near.words, count),
        *(_keys(pairs, count) for pairs in _undated(listings, settled)),
        _keys(_placeless(listings), count),
        _equal(listings),
    ]
    keys = distinct(np.concatenate(found))
    return np.stack([keys // count, keys % count], axis=1)


@dataclass(frozen=True, slots=True)
class Reaches:
    """Within how many days listings are compared that share a key; -1 for a key that is too usual to say anything.

    Shapes:
        (n_towns,), (n_countries,), (n_first_letters,), (n_bodies,), (n_words,)
    """

    town: Ints
    country: Ints
    letters: Ints
    bodies: Ints
    words: Ints
    narrowed: int
    """Keys of which fewer days are looked at than usual, because so many listings share them."""


def reaches(listings: Columns) -> Reaches:
    """Say how far each key reaches among these listings: the more usual it is, the less."""
    owner, day = standing(listings)
    days = max(365, int(day.max() - day.min()) + 1) if len(day) else 365
    words = listings.words
    usual = np.full(len(words.names), USUAL_DAYS, dtype=np.int64)
    for most, within in reversed(WORD_DAYS):
        usual[words.counts() <= most] = within
    letters = first_letters(listings)
    rules = {
        "town": (listings.town[owner], np.full(len(listings.towns), TOWN_DAYS)),
        "country": (listings.country[owner], np.full(len(listings.countries), COUNTRY_DAYS)),
        "letters": (letters[owner], np.full(int(letters.max(initial=-1)) + 1, START_DAYS)),
        "bodies": (_entries(listings.bodies, owner, day)[1], np.full(len(listings.bodies.names), BODY_DAYS)),
        "words": (_entries(words, owner, day, WORTH)[1], usual),
    }
    told = {name: _narrowed(keys, within, days) for name, (keys, within) in rules.items()}
    return Reaches(**told, narrowed=sum(int((told[name] < rules[name][1]).sum()) for name in told))


def _narrowed(keys: Ints, within: Ints, days: int) -> Ints:
    """Narrow windows so that an entry meets about CROWD others at most; keys of FEW entries are no crowd."""
    counts = np.bincount(keys[keys >= 0], minlength=len(within))
    room = np.floor((CROWD * days / np.maximum(counts, 1) - 1) / 2).astype(np.int64)
    told: Ints = np.where(counts <= FEW, within, np.clip(room, -1, within))
    return told


def standing(listings: Columns) -> tuple[Ints, Ints]:
    """Return the listing and the day of every place where a dated listing stands."""
    at = np.flatnonzero(listings.first > 0)
    length = listings.last[at] - listings.first[at]
    stops = np.where(listings.exact[at], 1, np.minimum(length // STEP + 1, STOPS))
    owner = np.repeat(at, stops)
    number = counting(stops)
    step = np.where(listings.exact[owner], 0, STEP)
    return owner, listings.first[owner] + number * step


def _near(owner: Ints, key: Ints, day: Ints, reach: Ints, count: int) -> Ints:
    """Pair the entries that have the same key (not negative) and days no further apart than it reaches."""
    kept = np.flatnonzero(key >= 0)
    kept = kept[reach[key[kept]] >= 0]
    place = key[kept] * _FAR + day[kept]
    order = np.argsort(place, kind="stable")
    place, owner, far = place[order], owner[kept][order], reach[key[kept]][order]
    following = np.searchsorted(place, place + far, side="right") - np.arange(len(place)) - 1
    first = np.repeat(np.arange(len(place)), following)
    second = first + 1 + counting(following)
    return _keys(np.stack([owner[first], owner[second]], axis=1), count)


def _keys(pairs: Ints, count: int) -> Ints:
    """Write pairs as one number each, the lower position first, each once."""
    low, high = np.minimum(pairs[:, 0], pairs[:, 1]), np.maximum(pairs[:, 0], pairs[:, 1])
    return distinct((low * count + high)[low != high])


def distinct(keys: Ints) -> Ints:
    """Sort numbers, each once; several times faster than `np.unique` where most occur once."""
    keys = np.sort(keys)
    fresh = np.ones(len(keys), dtype=np.bool_)
    fresh[1:] = keys[1:] != keys[:-1]
    return keys[fresh]


def _entries(told: Sparse, owner: Ints, day: Ints, worth: float = 0.0) -> tuple[Ints, Ints, Ints]:
    """Return owner, code and day of whatever listings say that is *worth* more, at each place where they stand."""
    lengths = np.diff(told.start)[owner]
    entry = np.repeat(told.start[owner], lengths) + counting(lengths)
    kept = told.weights[entry] > worth
    return np.repeat(owner, lengths)[kept], told.codes[entry[kept]], np.repeat(day, lengths)[kept]


def first_letters(listings: Columns) -> Ints:
    """Number the first letters of the titles, -1 where there are too few; shape (n_listings,)."""
    letters = coded((bare[:LETTERS] for bare in listings.bare), len(listings))
    told = np.array([number if len(name) >= FEWEST_LETTERS else -1 for number, name in enumerate(letters.values)])
    return told[letters.codes] if len(told) else np.zeros(0, dtype=np.int64)


def _undated(listings: Columns, dated: Bools) -> list[Ints]:
    """Pair listings without dates with all that share a town, or a country and a word, or a rare word."""
    if dated.all():
        return []
    words = listings.words
    owner = words.owners()
    worth = words.weights > UNDATED_WORTH
    word_count = len(words.names)
    country = listings.country[owner]
    both = np.where((country >= 0) & worth, country * word_count + words.codes, -1)
    rare = np.where(worth & (words.weights > RARE), words.codes, -1)
    everyone = np.arange(len(listings), dtype=np.int64)
    body_owner = listings.bodies.owners()
    return [
        _lacking(everyone, listings.town, dated, UNDATED),
        _lacking(everyone, listings.country, dated, UNDATED),
        _lacking(owner, both, dated, UNDATED),
        _lacking(owner, rare, dated, UNDATED),
        _lacking(body_owner, listings.bodies.codes, dated, UNDATED_BODY),
    ]


def placed(listings: Columns) -> Bools:
    """Say which listings name a town or a country, shape (n_listings,)."""
    return (listings.town >= 0) | (listings.country >= 0)


def _placeless(listings: Columns) -> Ints:
    """Pair listings without a place with all that start on the same day: no other key may bring them together."""
    everyone = np.arange(len(listings), dtype=np.int64)
    day = np.where(listings.exact & (listings.first > 0), listings.first, -1)
    return _lacking(everyone, day, placed(listings), PLACELESS)


def _lacking(owner: Ints, key: Ints, told: Bools, most: int) -> Ints:
    """Pair entries of one key where at least one listing has not *told*; keys of more than *most* entries are left."""
    kept = key >= 0
    owner, key = owner[kept], key[kept]
    order = np.lexsort((owner, key))
    owner, key = owner[order], key[order]
    _, start, size = np.unique(key, return_index=True, return_counts=True)
    start, size = start[(size > 1) & (size <= most)], size[(size > 1) & (size <= most)]
    entry = np.repeat(start, size) + counting(size)
    until = np.repeat(start + size, size)
    following = until - entry - 1
    first = np.repeat(entry, following)
    second = first + 1 + counting(following)
    one, other = owner[first], owner[second]
    wanted = ~(told[one] & told[other])
    return np.stack([one[wanted], other[wanted]], axis=1)


def _equal(listings: Columns) -> Ints:
    """Pair equal titles in one town: a date may be wrong by a year."""
    titles = coded(listings.bare, len(listings)).codes.astype(np.int64)
    key = np.where(listings.town >= 0, titles * (len(listings.towns) + 1) + listings.town, -1)
    key = np.where(listings.first > 0, key, -1)
    # Keys of one listing pair nothing; the others are numbered from 0.
    distinct, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
    number = np.where((counts > 1) & (distinct >= 0), np.arange(len(distinct)), -1)[inverse]
    far = np.full(len(distinct), EQUAL_DAYS)
    return _near(np.arange(len(listings), dtype=np.int64), number, listings.first, far, len(listings))
