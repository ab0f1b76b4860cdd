"""Comparing places: towns under several names, countries, and events online."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from dedupe.columns import Columns, Floats, Ints
from dedupe.meaning.places import EARTH_KM

PLACE = (
    "same town",
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
(TOWN, SPELLING, NEIGHBOURS, IN_TITLE, OTHER_TOWN, COUNTRY, COUNTRY_IN_TITLE, OTHER_COUNTRY,
 ONLINE, ONE_ONLINE) = range(len(PLACE))  # fmt: skip
ALIKE = 82.0
"""Least likeness of two spellings of a town in one country (rapidfuzz ratio)."""

NEIGHBOURING = 40.0
"""Kilometres up to which one may name the suburb and another the city."""
FAR = 20_000.0


def place(listings: Columns, pairs: Ints) -> NDArray[np.int8]:
    """Compare where two listings take place, shape (n_pairs,)."""
    level = _plainly(listings, pairs)
    _spellings(listings, pairs, np.flatnonzero(level == OTHER_TOWN), level)
    open_ = np.isin(level, (-1, OTHER_TOWN, COUNTRY, ONE_ONLINE, OTHER_COUNTRY))
    _in_titles(listings, pairs, np.flatnonzero(open_), level)
    return level


def _plainly(listings: Columns, pairs: Ints) -> NDArray[np.int8]:
    """Compare towns and countries by their names alone, shape (n_pairs,)."""
    a, b = pairs[:, 0], pairs[:, 1]
    town_a, town_b = listings.town[a], listings.town[b]
    country_a, country_b = listings.country[a], listings.country[b]
    towns = (town_a >= 0) & (town_b >= 0)
    countries = (country_a >= 0) & (country_b >= 0)
    other_country = countries & (country_a != country_b)
    online_a, online_b = listings.online[a] & (town_a < 0), listings.online[b] & (town_b < 0)
    # The last to be written stands.
    level = np.where(countries, COUNTRY, -1).astype(np.int8)
    level[(online_a & (town_b >= 0)) | (online_b & (town_a >= 0))] = ONE_ONLINE
    level[online_a & online_b] = ONLINE
    level[towns] = OTHER_TOWN
    level[other_country] = OTHER_COUNTRY
    level[towns & (town_a == town_b) & ~other_country] = TOWN
    return level


def _spellings(listings: Columns, pairs: Ints, at: Ints, level: NDArray[np.int8]) -> None:
    """Look among two towns of one country, or of none stated, for one town in two spellings and for neighbours."""
    a, b = pairs[at, 0], pairs[at, 1]
    one, other = listings.town[a], listings.town[b]
    letters, length = listings.town_letters, listings.town_length
    only_one, only_other = letters[one] & ~letters[other], letters[other] & ~letters[one]
    differ = np.bitwise_count(only_one).astype(np.int64) + np.bitwise_count(only_other)
    alike = differ * 100 <= (100 - ALIKE) * (length[one] + length[other])
    asked = np.flatnonzero(alike | (only_one == 0) | (only_other == 0))
    size = len(listings.towns)
    keys, inverse = np.unique(one[asked] * size + other[asked], return_inverse=True)
    names = [(f" {listings.towns[key // size]} ", f" {listings.towns[key % size]} ") for key in keys.tolist()]
    ratio = process.cpdist([x.strip() for x, _ in names], [y.strip() for _, y in names], scorer=fuzz.ratio)
    spelt = (ratio >= ALIKE) | np.array([x in y or y in x for x, y in names], dtype=np.bool_)
    level[at[asked[spelt[inverse]]]] = SPELLING
    apart = np.full(len(at), FAR)
    known = listings.located[a] & listings.located[b] & (listings.country[a] == listings.country[b])
    apart[known] = _kilometres(listings, a[known], b[known])
    near = (apart <= NEIGHBOURING) & (level[at] == OTHER_TOWN)
    level[at[near]] = np.where(apart[near] == 0.0, SPELLING, NEIGHBOURS)


def _kilometres(listings: Columns, one: Ints, other: Ints) -> Floats:
    """Great-circle distance of the towns of two listings, shape (n,)."""
    latitude, longitude = listings.latitude, listings.longitude
    half = (
        np.sin((latitude[other] - latitude[one]) / 2) ** 2
        + np.cos(latitude[one]) * np.cos(latitude[other]) * np.sin((longitude[other] - longitude[one]) / 2) ** 2
    )
    told: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(half))
    return told


def _in_titles(listings: Columns, pairs: Ints, at: Ints, level: NDArray[np.int8]) -> None:
    """Look for one's town or country in what the other says; only where towns or countries do not agree yet."""
    a, b = pairs[at, 0], pairs[at, 1]
    town = np.zeros(len(at), dtype=np.bool_)
    country = np.zeros(len(at), dtype=np.bool_)
    for one, other in ((a, b), (b, a)):
        town |= listings.towns_named.name(other, listings.town[one])
        country |= (listings.country[other] < 0) & listings.countries_named.name(other, listings.country[one])
    level[at] = np.where(town, IN_TITLE, np.where(country & (level[at] < 0), COUNTRY_IN_TITLE, level[at]))
