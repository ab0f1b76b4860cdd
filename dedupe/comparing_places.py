"""Comparing places: towns under several names, countries, and events online."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from dedupe.columns import Columns, Ints, folded_place
from dedupe.meaning.places import distance_km, locate
from dedupe.rarity import rarity

PLACE = (
    "same town, seldom named",
    "same town",
    "same town, often named",
    "same town in another spelling",
    "neighbouring towns",
    "town named in the other's title",
    "other town in one country",
    "one country, town not stated",
    "country named in the other's title",
    "other country",
    "both online",
    "one online, one in a town",
)
(RARE_TOWN, TOWN, USUAL_TOWN, SPELLING, NEIGHBOURS, IN_TITLE, OTHER_TOWN, COUNTRY, COUNTRY_IN_TITLE, OTHER_COUNTRY,
 ONLINE, ONE_ONLINE) = range(len(PLACE))  # fmt: skip
RARE_BITS, USUAL_BITS = 8.0, 5.5
ALIKE = 82.0
"""Least likeness of two spellings of a town in one country (rapidfuzz ratio)."""

NEIGHBOURING = 40.0
"""Kilometres up to which one may name the suburb and another the city."""
FAR = 20_000.0


def place(listings: Columns, pairs: Ints) -> NDArray[np.int8]:
    """Compare where two listings take place, shape (n_pairs,)."""
    a, b = pairs[:, 0], pairs[:, 1]
    town_a, town_b = listings.town[a], listings.town[b]
    country_a, country_b = listings.country[a], listings.country[b]
    counts = np.bincount(listings.town[listings.town >= 0], minlength=len(listings.towns) + 1)
    rare = rarity(counts, np.zeros(len(counts)), len(listings))[town_a]
    towns = (town_a >= 0) & (town_b >= 0)
    countries = (country_a >= 0) & (country_b >= 0)
    same_country = countries & (country_a == country_b)
    same_town = towns & (town_a == town_b) & ~(countries & ~same_country)
    online_a, online_b = listings.online[a] & (town_a < 0), listings.online[b] & (town_b < 0)
    level = np.select(
        [
            same_town & (rare >= RARE_BITS),
            same_town & (rare >= USUAL_BITS),
            same_town,
            countries & ~same_country,
            towns,
            online_a & online_b,
            (online_a & (town_b >= 0)) | (online_b & (town_a >= 0)),
            same_country,
        ],
        [RARE_TOWN, TOWN, USUAL_TOWN, OTHER_COUNTRY, OTHER_TOWN, ONLINE, ONE_ONLINE, COUNTRY],
        default=-1,
    ).astype(np.int8)
    _spellings(listings, pairs, np.flatnonzero(level == OTHER_TOWN), level)
    open_ = np.flatnonzero(np.isin(level, (-1, OTHER_TOWN, COUNTRY, ONE_ONLINE, OTHER_COUNTRY)))
    _in_titles(listings, pairs, open_, level)
    return level


def _spellings(listings: Columns, pairs: Ints, at: Ints, level: NDArray[np.int8]) -> None:
    if not len(at):
        return
    keys, inverse = np.unique(
        listings.town[pairs[at, 0]] * len(listings.towns) + listings.town[pairs[at, 1]], return_inverse=True
    )
    one = [listings.towns[key // len(listings.towns)] for key in keys]
    other = [listings.towns[key % len(listings.towns)] for key in keys]
    alike = process.cpdist(one, other, scorer=fuzz.ratio)
    within = np.array(
        [f" {x} ".find(f" {y} ") >= 0 or f" {y} ".find(f" {x} ") >= 0 for x, y in zip(one, other, strict=True)]
    )
    spelt = (alike >= ALIKE) | within
    level[at[spelt[inverse]]] = SPELLING
    countries = listings.country[pairs[at, 0]]
    known = {}
    for number in np.flatnonzero(~spelt[inverse]):
        pair = (int(inverse[number]), int(countries[number]))
        if pair not in known:
            code = listings.listings[int(pairs[at[number], 0])].country.upper()
            known[pair] = _apart(one[pair[0]], other[pair[0]], code)
        if known[pair] <= NEIGHBOURING:
            level[at[number]] = SPELLING if known[pair] == 0.0 else NEIGHBOURS


@lru_cache(maxsize=1 << 14)
def _apart(one: str, other: str, country: str) -> float:
    """Kilometres between two towns of a country, far when the gazetteer does not know one of them."""
    here, there = locate(one, country), locate(other, country)
    return FAR if here is None or there is None else distance_km(here, there)


def _in_titles(listings: Columns, pairs: Ints, at: Ints, level: NDArray[np.int8]) -> None:
    """Look for one's town or country in what the other says; only where towns or countries do not agree yet."""
    said: dict[int, str] = {}

    def names(one: int, other: int) -> int:
        own = listings.town[one]
        if own >= 0:
            if other not in said:
                said[other] = folded_place(listings.listings[other])
            if f" {listings.towns[own]} " in said[other]:
                return IN_TITLE
        code = listings.listings[one].country.upper()
        if code and listings.country[other] < 0 and code in listings.wordings[other].countries:
            return COUNTRY_IN_TITLE
        return -1

    for pair in at:
        one, other = int(pairs[pair, 0]), int(pairs[pair, 1])
        found = max(names(one, other), names(other, one), key=lambda value: (value == IN_TITLE, value))
        if found == IN_TITLE or (found >= 0 and level[pair] < 0):
            level[pair] = found
