"""Listings as columns: what blocking and comparison read in their hot loops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calendar_sync.listings import Listing
from dedupe.meaning import places
from dedupe.words import Title, bits, language_of, place_words, plain_text, read_title

Days = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

NO_DAY = -(10**8)
"""The ordinal of a day nobody stated."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What the comparisons read, one entry a listing, in the order given.

    Shapes:
        earliest, latest   (n,)  int32 proleptic ordinals of the span's outer bounds, NO_DAY where silent
        exact              (n,)  bool
        source             (n,)  int32, the calendar
        online             (n,)  bool
    """

    ids: tuple[str, ...]
    titles: tuple[Title, ...]
    earliest: Days
    latest: Days
    exact: Flags
    source: Days
    online: Flags
    cities: tuple[str, ...]
    """Canonical names in plain letters, blank where silent."""
    countries: tuple[str, ...]
    venues: tuple[str, ...]
    organisers: tuple[frozenset[str], ...]
    audiences: tuple[frozenset[str], ...]
    place_words: tuple[frozenset[str], ...]
    word_bits: tuple[dict[str, float], ...]
    """Core words of each title with their bits."""

    def __len__(self) -> int:
        return len(self.ids)


def columns_of(listings: Sequence[Listing]) -> Columns:
    """Lay listings out as columns; depends on these listings and shipped tables only."""
    sources: dict[str, int] = {}
    titles, cities, words = [], [], []
    for listing in listings:
        located = places.locate(listing.city, listing.country) if listing.city else None
        city = plain_text(located.name if located else listing.city)
        cities.append(city)
        own = f"{listing.city} {city}"
        title = read_title(listing.title, language_of(listing.title) or listing.language, own)
        titles.append(title)
        mine = place_words(own)
        words.append({word: bits(word) * (0.15 if word in mine else 1.0) for word in title.words})
    return Columns(
        ids=tuple(listing.id for listing in listings),
        titles=tuple(titles),
        earliest=_days([listing.span.earliest.toordinal() if listing.span else NO_DAY for listing in listings]),
        latest=_days([listing.span.latest.toordinal() if listing.span else NO_DAY for listing in listings]),
        exact=np.array([bool(listing.span and listing.span.is_exact) for listing in listings], dtype=np.bool_),
        source=_days([sources.setdefault(listing.key.calendar, len(sources)) for listing in listings]),
        online=np.array([listing.online for listing in listings], dtype=np.bool_),
        cities=tuple(cities),
        countries=tuple(listing.country for listing in listings),
        venues=tuple(plain_text(listing.venue) for listing in listings),
        organisers=tuple(_bodies((*listing.organisers, *listing.sponsors)) for listing in listings),
        audiences=tuple(_audience(listing.audience) for listing in listings),
        place_words=tuple(place_words(f"{listing.city} {listing.place_text}") for listing in listings),
        word_bits=tuple(words),
    )


def _days(values: list[int]) -> Days:
    return np.array(values, dtype=np.int32)


def _bodies(names: Sequence[str]) -> frozenset[str]:
    """Reduce names of bodies to what survives wording: "Government of Kenya" and "KE" are one."""
    found = set()
    for name in names:
        for part in name.split(";"):
            plain = plain_text(part)
            if not plain:
                continue
            country = places.country_code(part.removeprefix("Government of ").removeprefix("the ").strip())
            found.add(_ALIASES.get(plain) or (country.lower() if country else plain))
    return frozenset(found)


def _audience(names: Sequence[str]) -> frozenset[str]:
    found = set()
    for name in names:
        for part in name.split(";"):
            plain = plain_text(part)
            if plain:
                country = places.country_code(part.strip()) if len(part.strip()) > 2 else part.strip().upper()
                found.add(country if country else plain)
    return frozenset(found)


_ALIASES = {
    alias: body
    for body, aliases in {
        "unoda": "oda|dda|un oda|department for disarmament affairs|office for disarmament affairs|"
        "united nations office for disarmament affairs|un office for disarmament affairs",
        "unrec": "unrcpda|un regional centre for peace and disarmament in africa",
        "opcw": "oiac|opaq|ozkho|organisation for the prohibition of chemical weapons",
        "1540committee": "1540 committee|comite 1540|1540 group of experts",
        "unodc": "onudc|united nations office on drugs and crime",
        "oas": "oea|organization of american states|oas cicte|cicte",
        "africanunion": "african union|union africaine|african union commission",
        "osce": "obse|osze|organization for security and co operation in europe",
        "us": "us exbs|us department of state|us doe|us embassy",
    }.items()
    for alias in (body, *aliases.split("|"))
}
