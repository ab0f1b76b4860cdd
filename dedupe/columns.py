"""Listings as columns of numbers, so that comparing many pairs is array work."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from calendar_sync.listings import Listing
from calendar_sync.spans import Span
from dedupe import addresses
from dedupe.audience_words import Invited, invited
from dedupe.bodies import bodies
from dedupe.joined import splits
from dedupe.lexicon import Sort, fold
from dedupe.partial_dates import NOTHING, month_day, partial
from dedupe.rarity import Background, rarity
from dedupe.titles import Word, Wording, wording
from dedupe.towns import town

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

GENERIC_SHARE = 0.25
"""What a word of the kind of event, or any usual word, weighs of its rarity."""
PLACE_SHARE = 0.15
"""What a word weighs that only repeats the listing's own place."""
_SHARES: Mapping[Sort, float] = {
    Sort.EVENT: GENERIC_SHARE,
    Sort.GENERIC: GENERIC_SHARE,
    Sort.PLACE: GENERIC_SHARE,
    Sort.YEAR: 0.0,
    Sort.ORDINAL: 0.0,
}


@dataclass(frozen=True, slots=True)
class Sparse:
    """For each listing some codes with weights: those of listing i lie in start[i]:start[i + 1], codes ascending."""

    start: Ints
    codes: Ints
    weights: Floats
    names: tuple[str, ...]
    """What each code stands for."""

    def counts(self) -> Ints:
        """Listings each code occurs in, shape (n_codes,)."""
        return np.bincount(self.codes, minlength=len(self.names)).astype(np.int64)

    def owners(self) -> Ints:
        """The listing of each entry, shape (n_entries,)."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))


@dataclass(frozen=True, slots=True)
class Columns:
    """All listings, in the order of their ids. Days are ordinals of `date`, 0 where nothing is said."""

    listings: tuple[Listing, ...]
    ids: tuple[str, ...]
    wordings: tuple[Wording, ...]
    invited: tuple[Invited, ...]
    calendar: Ints
    language: Ints
    """Code of the declared language, -1 when blank."""
    spans: tuple[Span | None, ...]
    """What the listings say of their days; the address may have told the year."""
    first: Ints
    last: Ints
    exact: Bools
    partial: Ints
    """What is told of a date although not all of it (`PartialDate`): first, last, to the day, day of a month from and
    to, weekday; shape (n, 6)."""
    published: Ints
    address_year: Ints
    """The year the address names, 0 when it names none."""
    town: Ints
    """Code of the town, -1 when blank."""
    towns: tuple[str, ...]
    country: Ints
    """Code of the country, -1 when blank."""
    online: Bools
    worded: Bools
    words: Sparse
    bodies: Sparse
    bare: tuple[str, ...]
    """Letters of the title without its own place, years and the kind of event."""
    whole: tuple[str, ...]
    """Letters of the title without years."""

    def __len__(self) -> int:
        return len(self.ids)


def columns(listings: Sequence[Listing], background: Background) -> Columns:
    """Read what each listing says once. The order of *listings* does not matter."""
    keyed = sorted(((listing.id, listing) for listing in listings), key=lambda pair: pair[0])
    ordered = tuple(listing for _, listing in keyed)
    ids = tuple(key for key, _ in keyed)
    wordings = tuple(wording(listing.title) for listing in ordered)
    towns = [town(listing.city, listing.online) for listing in ordered]
    countries = [listing.country.upper() for listing in ordered]
    spans = tuple(addresses.span(listing) for listing in ordered)
    parts = [astuple(partial(one) if span is None else NOTHING) for one, span in zip(ordered, spans, strict=True)]
    cut = splits(wordings)
    words = [_tokens(*stated, cut) for stated in zip(wordings, towns, countries, strict=True)]
    town_codes, town_names = _codes(towns)
    return Columns(
        listings=ordered,
        ids=ids,
        wordings=wordings,
        invited=tuple(invited(listing.audience) for listing in ordered),
        calendar=_codes([listing.key.calendar for listing in ordered])[0],
        language=_codes([listing.language.lower()[:2] for listing in ordered])[0],
        spans=spans,
        first=np.array([span.earliest.toordinal() if span else 0 for span in spans], dtype=np.int64),
        last=np.array([span.latest.toordinal() if span else 0 for span in spans], dtype=np.int64),
        exact=np.array([span is not None and span.is_exact for span in spans], dtype=np.bool_),
        partial=np.array(parts, dtype=np.int64).reshape(-1, 6),
        published=np.array([_published(listing) for listing in ordered], dtype=np.int64),
        address_year=np.array([addresses.year(listing.url) for listing in ordered], dtype=np.int64),
        town=town_codes,
        towns=town_names,
        country=_codes(countries)[0],
        online=np.array([listing.online for listing in ordered], dtype=np.bool_),
        worded=np.array([said.worded for said in wordings], dtype=np.bool_),
        words=_sparse(words, background.words, len(ordered)),
        bodies=_sparse([bodies(listing.organisers + listing.sponsors) for listing in ordered], background.bodies,
                       len(ordered)),
        bare=tuple(_bare(*stated) for stated in zip(wordings, towns, countries, strict=True)),
        whole=tuple("".join(word.written.replace(" ", "") for word in said.words if word.sort is not Sort.YEAR)
                    for said in wordings),
    )  # fmt: skip


def _codes(names: Sequence[str]) -> tuple[Ints, tuple[str, ...]]:
    """Number the distinct names in their order; blank is -1."""
    distinct = sorted(set(names) - {""})
    numbers = {name: number for number, name in enumerate(distinct)}
    return np.array([numbers.get(name, -1) for name in names], dtype=np.int64), tuple(distinct)


def _tokens(said: Wording, place: str, country: str, cut: Mapping[str, tuple[Word, Word]]) -> dict[str, float]:
    """Give each word of a title its share of its rarity."""
    own = set(place.split())
    shares: dict[str, float] = {}
    for word in (part for whole in said.words for part in cut.get(whole.token, (whole,))):
        share = _SHARES.get(word.sort, 1.0)
        if word.sort is Sort.NUMBER and len(word.token) <= 2:
            share = GENERIC_SHARE
        if _own(word, own, country):
            share = PLACE_SHARE
        if share:
            shares[word.token] = max(share, shares.get(word.token, 0.0))
    return shares


def _own(word: Word, place: Collection[str], country: str) -> bool:
    """Say whether a word only repeats the listing's own town or country."""
    if word.sort is Sort.PLACE:
        return word.token[6:] == country
    return word.token == country.lower() or all(part in place for part in word.written.split())


def _bare(said: Wording, place: str, country: str) -> str:
    own = set(place.split())
    kept = [
        word.written.replace(" ", "")
        for word in said.words
        if word.sort not in (Sort.YEAR, Sort.EVENT) and not _own(word, own, country)
    ]
    return "".join(kept) or "".join(word.written.replace(" ", "") for word in said.words if word.sort is not Sort.YEAR)


def _sparse(entries: Sequence[Mapping[str, float]], known: Mapping[str, float], total: int) -> Sparse:
    """Lay out the entries of all listings; each weighs its share times the rarity of its name."""
    names = sorted({name for entry in entries for name in entry})
    numbers = {name: number for number, name in enumerate(names)}
    start = np.concatenate([[0], np.cumsum([len(entry) for entry in entries])]).astype(np.int64)
    codes = np.array([numbers[name] for entry in entries for name in sorted(entry)], dtype=np.int64)
    shares = np.array([entry[name] for entry in entries for name in sorted(entry)], dtype=np.float64)
    counts = np.bincount(codes, minlength=len(names))
    rare = rarity(counts, np.array([known.get(name, 0.0) for name in names], dtype=np.float64), total)
    weights = shares * rare[codes] if len(codes) else shares
    return Sparse(start, codes, weights, tuple(names))


def _published(listing: Listing) -> int:
    """Return the day of publication, stated or named by the address, 0 when unknown."""
    day = listing.published or addresses.published(listing.url)[0]
    return day.toordinal() if day else 0


def month_days(ordinals: Ints) -> Ints:
    """Turn ordinals into month * 32 + day, 0 for 0."""
    distinct, inverse = np.unique(ordinals, return_inverse=True)
    told = [month_day(date.fromordinal(int(day))) if day else 0 for day in distinct]
    return np.array(told, dtype=np.int64)[inverse]


def folded_place(listing: Listing) -> str:
    """Everything the listing says of its place and title, folded, for finding a town's name in it."""
    return f" {fold(listing.title)} {fold(listing.place_text)} {fold(listing.venue)} "
