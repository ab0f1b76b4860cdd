"""Listings as columns of numbers, so that comparing many pairs is array work."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from calendar_sync.listing_columns import Coded, ListingColumns, listing_columns
from calendar_sync.listings import Listing
from dedupe import addresses
from dedupe.audience_words import Invited, invited
from dedupe.bodies import bodies
from dedupe.joined import splits
from dedupe.letters import initials_of_titles, letters_of, masks, of_titles
from dedupe.lexicon import Sort
from dedupe.meaning.places import locate
from dedupe.partial_dates import NOTHING, month_day, partial
from dedupe.rarity import Background, rarity
from dedupe.title_columns import Titles, read_titles
from dedupe.titles import Word
from dedupe.towns import town

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

GENERIC_SHARE = 0.25
"""What a word of the kind of event, or any usual word, weighs of its rarity."""
PLACE_SHARE = 0.15
"""What a word weighs that only repeats the listing's own place."""
TELLING = 1.0
"""Bits from which on a word may bring two titles together."""
_SHARES: Mapping[Sort, float] = {
    Sort.EVENT: GENERIC_SHARE,
    Sort.GENERIC: GENERIC_SHARE,
    Sort.PLACE: GENERIC_SHARE,
    Sort.YEAR: 0.0,
    Sort.ORDINAL: 0.0,
    Sort.STOP: 0.0,
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
class Named:
    """Which listings name which towns, or countries, in words: keys listing * count + code, ascending."""

    keys: Ints
    count: int

    any: Bools
    """Which listings name one at all, shape (n_listings,)."""

    def name(self, listings: Ints, codes: Ints) -> Bools:
        """Say of each listing whether it names the code beside it; a negative code nobody names."""
        told = np.zeros(len(listings), dtype=np.bool_)
        asked = np.flatnonzero(self.any[listings] & (codes >= 0))
        wanted = listings[asked] * self.count + codes[asked]
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        told[asked] = self.keys[at] == wanted
        return told


def _named(keys: Ints, count: int, size: int) -> Named:
    told = np.zeros(size, dtype=np.bool_)
    told[keys // count] = True
    return Named(np.unique(keys), count, told)


@dataclass(frozen=True, slots=True)
class Edition:
    """Ordinals and years of a title."""

    ordinals: frozenset[int] = frozenset()
    years: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom and what a title names: regions, speakers, participants, instruments and numbers of resolutions."""

    regions: frozenset[str] = frozenset()
    speakers: frozenset[str] = frozenset()
    participants: frozenset[str] = frozenset()
    instruments: frozenset[str] = frozenset()
    part: bool = False
    """True for a meeting beside or before another."""


@dataclass(frozen=True, slots=True)
class Columns:
    """All listings, in the order of their ids. Days are ordinals of `date`, 0 where nothing is said."""

    table: ListingColumns
    calendar: Ints
    language: Ints
    """Code of the declared language, -1 when blank."""
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
    countries: tuple[str, ...]
    online: Bools
    worded: Bools
    titles: Titles
    words: Sparse
    bodies: Sparse
    invited: Coded[Invited]
    edition: Coded[Edition]
    scope: Coded[Scope]
    towns_named: Named
    """Towns in title, place and venue."""
    countries_named: Named
    """Countries in the title."""
    bare: Sequence[str]
    """Letters of the title without its own place, years and the kind of event."""
    whole: Sequence[str]
    """Letters of the title without years."""
    marks: NDArray[np.uint64]
    """Marks of the words of the titles (`Letters.marks`), shape (n, MARKS)."""
    bits: Floats
    """What all words of the title are worth."""
    letters: Ints
    """Letters of *whole*, as bits (`letters.mask`)."""
    initials: Ints
    """Letters that words of the title begin with."""
    turns: Ints
    """The same of words that follow each other (`letters.turn`)."""
    length: Ints
    """Letters of *whole*."""
    single: Bools
    """True for titles of one word, years left out."""
    bare_letters: Ints
    """Those of *bare*."""
    bare_length: Ints
    cut: Bools
    """True where *bare* is not *whole*."""
    town_letters: Ints
    """Letters of each town's name, shape (n_towns,)."""
    town_length: Ints
    located: Bools
    """True where the gazetteer knows the town; in radians then:"""
    latitude: Floats
    longitude: Floats
    audience_told: Bools

    @property
    def ids(self) -> Sequence[str]:
        """The ids of the listings, ascending."""
        return self.table.ids

    def __len__(self) -> int:
        return len(self.table)


def columns(listings: Sequence[Listing], background: Background) -> Columns:
    """Read what each listing says once. The order of *listings* does not matter."""
    return columns_of(listing_columns(listings), background)


def columns_of(table: ListingColumns, background: Background) -> Columns:
    """Read what each row of a table says once."""
    size = len(table)
    titles = read_titles(table.titles)
    towns = _towns(table)
    country = _ordered(table.countries)
    first, last, exact, parts = _days(table)
    place = _Places(titles, towns, country)
    located, latitude, longitude = _coordinates(towns, country)
    words = _words(titles, place, background, size)
    bare, whole = place.bare(), _kept(titles, Sort.YEAR)
    letters, (initials, turns) = of_titles(titles, whole), initials_of_titles(titles)
    written, barely = _joined(titles, whole), _joined(titles, bare)
    invited_codes = _invited(table)
    told = np.array([one.told for one in invited_codes.values], dtype=np.bool_)
    return Columns(
        table=table,
        calendar=_ordered(table.calendars).codes.astype(np.int64),
        language=_blank(table.languages, size, lambda language: language.lower()[:2]),
        first=first,
        last=last,
        exact=exact,
        partial=parts,
        published=_published(table),
        address_year=_years(table),
        town=towns.codes.astype(np.int64),
        towns=tuple(towns.values),
        country=country.codes.astype(np.int64),
        countries=tuple(country.values),
        online=table.online,
        worded=titles.worded,
        titles=titles,
        words=words,
        marks=letters_of(words.names).marks(words.start, words.codes, words.weights >= TELLING),
        bits=np.bincount(words.owners(), weights=words.weights, minlength=size).astype(np.float64),
        bodies=_bodies(table, background),
        invited=invited_codes,
        edition=_editions(titles, size),
        scope=_scopes(titles, size),
        towns_named=_towns_named(table, titles, towns),
        countries_named=_countries_named(titles, country.values),
        bare=barely,
        whole=written,
        letters=letters,
        initials=initials,
        turns=turns,
        length=np.fromiter(map(len, written), dtype=np.int64, count=size),
        single=np.bincount(titles.owners()[whole], minlength=size) == 1,
        bare_letters=of_titles(titles, bare),
        bare_length=np.fromiter(map(len, barely), dtype=np.int64, count=size),
        cut=_differs(titles, whole, bare),
        town_letters=masks(towns.values),
        town_length=np.array([len(name) for name in towns.values], dtype=np.int64),
        located=located,
        latitude=latitude,
        longitude=longitude,
        audience_told=told[invited_codes.codes],
    )


# -- places --------------------------------------------------------------------------------------------------------


def _ordered(column: Coded[str], read: Callable[[str], str] = str) -> Coded[str]:
    """Number the distinct names in their order; blank is -1."""
    names = [read(value) for value in column.values]
    distinct = sorted(set(names) - {""})
    numbers = {name: number for number, name in enumerate(distinct)}
    told = np.array([numbers.get(name, -1) for name in names], dtype=np.int32)
    return Coded(told[column.codes] if len(told) else column.codes, distinct)


def _blank(column: Coded[str] | None, size: int, read: Callable[[str], str]) -> Ints:
    if column is None:
        return np.full(size, -1, dtype=np.int64)
    return _ordered(column, read).codes.astype(np.int64)


def _towns(table: ListingColumns) -> Coded[str]:
    """Name the towns in one way."""
    both = table.cities.codes.astype(np.int64) * 2 + table.online
    distinct, inverse = np.unique(both, return_inverse=True)
    named = [town(table.cities.values[key // 2], bool(key % 2)) for key in distinct.tolist()]
    return _ordered(Coded(inverse.astype(np.int32), named))


def _coordinates(towns: Coded[str], country: Coded[str]) -> tuple[Bools, Floats, Floats]:
    """Look the towns up: whether they are known, and latitude and longitude in radians."""
    size = len(country.values) + 1
    keys = np.where(towns.codes >= 0, towns.codes.astype(np.int64) * size + country.codes + 1, -1)
    distinct, inverse = np.unique(keys, return_inverse=True)
    found = [
        locate(towns.values[key // size], country.values[key % size - 1] if key % size else "") if key >= 0 else None
        for key in distinct.tolist()
    ]
    told = np.array([(place.latitude, place.longitude) if place else (np.nan, np.nan) for place in found])
    latitude, longitude = np.radians(told.reshape(-1, 2)).T
    return ~np.isnan(latitude)[inverse], latitude[inverse], longitude[inverse]


class _Places:
    """Which words of the titles only repeat the listing's own town or country."""

    def __init__(self, titles: Titles, towns: Coded[str], country: Coded[str]) -> None:
        self._titles = titles
        owner = titles.owners()
        vocabulary = titles.vocabulary
        size = len(vocabulary)
        parts_of_towns = {part for name in towns.values for part in name.split()}
        codes = {name: number for number, name in enumerate(country.values)}
        # The country that a word names: PLACE:BW, or the code itself.
        names = np.full(size, -1, dtype=np.int32)
        local = np.zeros(size, dtype=np.bool_)
        for number, word in enumerate(vocabulary):
            if word.sort is Sort.PLACE:
                names[number] = codes.get(word.token[6:], -1)
            else:
                if len(word.token) == 2:
                    names[number] = codes.get(word.token.upper(), -1)
                local[number] = parts_of_towns.issuperset(word.written.split())
        words = titles.words
        self.own: Bools = (names[words] >= 0) & (names[words] == country.codes[owner])
        at = np.flatnonzero(local[words] & (towns.codes[owner] >= 0))
        keys, inverse = np.unique(
            words[at].astype(np.int64) * (len(towns.values) + 1) + towns.codes[owner[at]], return_inverse=True
        )
        within = np.zeros(len(keys), dtype=np.bool_)
        for number, key in enumerate(keys.tolist()):
            word, place = divmod(key, len(towns.values) + 1)
            within[number] = set(towns.values[place].split()).issuperset(vocabulary[word].written.split())
        self.own[at] |= within[inverse]

    def bare(self) -> Bools:
        """Say which words are neither years, nor a kind of event, nor the listing's own place; all but years where
        none is left."""
        titles = self._titles
        kept = _kept(titles, Sort.YEAR, Sort.EVENT) & ~self.own
        empty = np.bincount(titles.owners()[kept], minlength=len(titles.start) - 1) == 0
        told: Bools = kept | (empty[titles.owners()] & _kept(titles, Sort.YEAR))
        return told


def _kept(titles: Titles, *but: Sort) -> Bools:
    sorts = np.array([word.sort not in but for word in titles.vocabulary], dtype=np.bool_)
    return sorts[titles.words] if len(sorts) else np.zeros(0, dtype=np.bool_)


def _joined(titles: Titles, kept: Bools) -> list[str]:
    """Write the kept words of each title as one."""
    written = [word.written.replace(" ", "") for word in titles.vocabulary]
    flat = [written[code] for code in titles.words[kept].tolist()]
    stops = np.concatenate([[0], np.cumsum(kept)])[titles.start].tolist()
    return ["".join(flat[begin:end]) for begin, end in pairwise(stops)]


def _differs(titles: Titles, one: Bools, other: Bools) -> Bools:
    """Say of which titles the two choose different words."""
    return np.bincount(titles.owners()[one != other], minlength=len(titles.start) - 1) > 0


def _towns_named(table: ListingColumns, titles: Titles, towns: Coded[str]) -> Named:
    """Find the towns of the table in the words of titles, places and venues."""
    found = [_within(titles, towns.values, np.arange(len(titles.start) - 1, dtype=np.int64))]
    if table.places is not None:
        for part in (0, 1):
            said = read_titles([place[part] for place in table.places.values])
            keys = _within(said, towns.values, np.arange(len(said.start) - 1, dtype=np.int64))
            found.append(_spread(keys, table.places.codes, len(towns.values)))
    return _named(np.concatenate(found), max(1, len(towns.values)), len(table))


def _within(said: Titles, names: Sequence[str], owners: Ints) -> Ints:
    """Find names of one or more words in texts; keys text * count + name."""
    spelt = {word: code for code, word in enumerate(said.spelt)}
    size = max(1, len(names))
    single = np.full(len(said.spelt), -1, dtype=np.int64)
    several: dict[int, list[tuple[int, list[int]]]] = {}
    for number, name in enumerate(names):
        parts = [spelt.get(part, -1) for part in name.split()]
        if -1 in parts or not parts:
            continue
        if len(parts) == 1:
            single[parts[0]] = number
        else:
            several.setdefault(parts[0], []).append((number, parts))
    owner = np.repeat(owners, said.length)
    told = single[said.raw] if len(said.spelt) else np.zeros(0, dtype=np.int64)
    keys = [(owner * size + told)[told >= 0]]
    begins = np.zeros(len(said.spelt), dtype=np.bool_)
    begins[list(several)] = True
    more: list[int] = []
    for at in np.flatnonzero(begins[said.raw]).tolist() if several else ():
        text = int(owner[at])
        rest = said.raw[at : said.raw_start[text + 1]]
        more.extend(
            text * size + number
            for number, parts in several[int(rest[0])]
            if len(parts) <= len(rest) and rest[: len(parts)].tolist() == parts
        )
    keys.append(np.array(more, dtype=np.int64))
    return np.unique(np.concatenate(keys))


def _spread(keys: Ints, codes: NDArray[np.int32], count: int) -> Ints:
    """Turn what texts name into what the listings name that have these texts."""
    size = max(1, count)
    text, name = keys // size, keys % size
    order = np.argsort(codes, kind="stable")
    begin, end = np.searchsorted(codes[order], text, "left"), np.searchsorted(codes[order], text, "right")
    lengths = end - begin
    told: Ints = order[np.repeat(begin, lengths) + counting(lengths)] * size + np.repeat(name, lengths)
    return told


def counting(lengths: Ints) -> Ints:
    """Count 0..n-1 for each n of *lengths*, one after the other."""
    before = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum()), dtype=np.int64) - np.repeat(before, lengths)


def _countries_named(titles: Titles, countries: Sequence[str]) -> Named:
    codes = {name: number for number, name in enumerate(countries)}
    named = np.array(
        [codes.get(word.token[6:], -1) if word.sort is Sort.PLACE else -1 for word in titles.vocabulary],
        dtype=np.int64,
    )
    told = named[titles.words] if len(named) else np.zeros(0, dtype=np.int64)
    size = max(1, len(countries))
    return _named((titles.owners() * size + told)[told >= 0], size, len(titles.start) - 1)


# -- words and bodies ----------------------------------------------------------------------------------------------


def _words(titles: Titles, place: _Places, background: Background, size: int) -> Sparse:
    """Give each word of a title its share of its rarity."""
    vocabulary = titles.vocabulary
    cut = splits(titles)
    tokens = sorted({word.token for word in (*vocabulary, *(part for parts in cut.values() for part in parts))})
    numbers = {token: number for number, token in enumerate(tokens)}
    share = np.array([_share(word) for word in vocabulary])
    code = np.array([numbers[word.token] for word in vocabulary], dtype=np.int64)
    owner, words = titles.owners(), titles.words
    whole = np.ones(len(vocabulary), dtype=np.bool_)
    whole[list(cut)] = False
    kept = whole[words]
    owners = [owner[kept]]
    codes = [code[words[kept]]]
    shares = [np.where(place.own[kept] & (share[words[kept]] >= 0), PLACE_SHARE, share[words[kept]])]
    at = np.flatnonzero(~kept)
    for part in (0, 1):
        parts = {whole: both[part] for whole, both in cut.items()}
        told = [parts[word] for word in words[at].tolist()]
        owners.append(owner[at])
        codes.append(np.array([numbers[word.token] for word in told], dtype=np.int64))
        shares.append(np.array([_share(word) for word in told]))
    flat = np.concatenate(owners), np.concatenate(codes), np.concatenate(shares)
    return _sparse(*flat, tokens, background.words, size)


def _share(word: Word) -> float:
    share = _SHARES.get(word.sort, 1.0)
    return GENERIC_SHARE if word.sort is Sort.NUMBER and len(word.token) <= 2 else share


def _sparse(
    owner: Ints, code: Ints, share: Floats, names: Sequence[str], known: Mapping[str, float], total: int
) -> Sparse:
    """Lay out the entries of all listings, each once; each weighs its share times the rarity of its name."""
    said = share > 0
    keys = owner[said] * max(1, len(names)) + code[said]
    order = np.lexsort((-share[said], keys))
    keys, share = keys[order], share[said][order]
    fresh = np.ones(len(keys), dtype=np.bool_)
    fresh[1:] = keys[1:] != keys[:-1]
    keys, share = keys[fresh], share[fresh]
    owner, code = keys // max(1, len(names)), keys % max(1, len(names))
    counts = np.bincount(code, minlength=len(names)).astype(np.int64)
    rare = rarity(counts, np.array([known.get(name, 0.0) for name in names], dtype=np.float64), total)
    start = np.searchsorted(owner, np.arange(total + 1)).astype(np.int64)
    return Sparse(start, code, share * rare[code] if len(code) else share, tuple(names))


def _bodies(table: ListingColumns, background: Background) -> Sparse:
    """Lay out organisers and sponsors."""
    size = len(table)
    if table.bodies is None:
        nothing = np.zeros(0, dtype=np.int64)
        return Sparse(np.zeros(size + 1, dtype=np.int64), nothing, np.zeros(0), ())
    entries = [bodies(names) for names in table.bodies.values]
    names = sorted({name for entry in entries for name in entry})
    numbers = {name: number for number, name in enumerate(names)}
    lengths = np.array([len(entry) for entry in entries], dtype=np.int64)[table.bodies.codes]
    told = [(numbers[name], share) for code in table.bodies.codes.tolist() for name, share in entries[code].items()]
    owner = np.repeat(np.arange(size, dtype=np.int64), lengths)
    codes, shares = np.array([code for code, _ in told], dtype=np.int64), np.array([share for _, share in told])
    return _sparse(owner, codes, shares, names, background.bodies, size)


def _invited(table: ListingColumns) -> Coded[Invited]:
    if table.audiences is None:
        return Coded(np.zeros(len(table), dtype=np.int32), [Invited()])
    return Coded(table.audiences.codes, [invited(audience) for audience in table.audiences.values])


def _editions(titles: Titles, size: int) -> Coded[Edition]:
    def read(words: Sequence[Word]) -> Edition:
        return Edition(
            frozenset(int(word.token[1:]) for word in words if word.sort is Sort.ORDINAL),
            frozenset(int(word.token) for word in words if word.sort is Sort.YEAR),
        )

    return _read_of(titles, size, (Sort.ORDINAL, Sort.YEAR), read)


def _scopes(titles: Titles, size: int) -> Coded[Scope]:
    def meanings(words: Sequence[Word], sort: Sort) -> frozenset[str]:
        return frozenset(word.token.partition(":")[2] for word in words if word.sort is sort)

    def read(words: Sequence[Word]) -> Scope:
        numbers = frozenset(word.token for word in words if word.sort is Sort.NUMBER and len(word.token) == 4)
        return Scope(
            meanings(words, Sort.REGION),
            meanings(words, Sort.SPEAKERS),
            meanings(words, Sort.PARTICIPANTS),
            meanings(words, Sort.INSTRUMENT) | numbers,
            any(word.sort is Sort.PART for word in words),
        )

    sorts = (Sort.REGION, Sort.SPEAKERS, Sort.PARTICIPANTS, Sort.INSTRUMENT, Sort.NUMBER, Sort.PART)
    return _read_of(titles, size, sorts, read)


def _read_of(titles: Titles, size: int, sorts: Sequence[Sort], read: Callable[[Sequence[Word]], K]) -> Coded[K]:
    """Read what the words of some sorts say together, once for each set of them; code 0 is silence."""
    vocabulary = titles.vocabulary
    wanted = np.array([word.sort in sorts for word in vocabulary], dtype=np.bool_)
    which = np.zeros(size, dtype=np.int32)
    values: dict[K, int] = {read(()): 0}
    if wanted.any():
        kept = wanted[titles.words]
        owner, words = titles.owners()[kept], titles.words[kept]
        begins = np.flatnonzero(np.diff(owner, prepend=-1))
        ends = np.append(begins, len(owner))[1:]
        seen: dict[tuple[int, ...], int] = {}
        flat = words.tolist()
        for at, begin, end in zip(owner[begins].tolist(), begins.tolist(), ends.tolist(), strict=True):
            key = tuple(flat[begin:end])
            code = seen.get(key)
            if code is None:
                told = read([vocabulary[word] for word in key])
                code = seen[key] = values.setdefault(told, len(values))
            which[at] = code
    return Coded(which, list(values))


# -- days ----------------------------------------------------------------------------------------------------------


def _days(table: ListingColumns) -> tuple[Ints, Ints, Bools, Ints]:
    """Turn spans into days, and what is told of a date where there is no span."""
    size = len(table)
    bounds = [(span.earliest.toordinal(), span.latest.toordinal(), span.is_exact) if span else (0, 0, False)
              for span in table.spans.values]  # fmt: skip
    told = np.array(bounds, dtype=np.int64).reshape(-1, 3)[table.spans.codes]
    first, last, exact = told[:, 0].copy(), told[:, 1].copy(), told[:, 2] > 0
    parts = np.tile(np.array(astuple(NOTHING), dtype=np.int64), (size, 1))
    for at in np.flatnonzero(first == 0).tolist():
        listing = table.listing(at)
        span = addresses.span(listing)
        if span is not None:
            first[at], last[at], exact[at] = span.earliest.toordinal(), span.latest.toordinal(), span.is_exact
        else:
            parts[at] = astuple(partial(listing))
    return first, last, exact, parts


def _published(table: ListingColumns) -> Ints:
    """Return the days of publication, stated or named by the address, 0 when unknown."""
    told = np.zeros(len(table), dtype=np.int64)
    if table.urls is not None:
        days = [addresses.published(url)[0] if url else None for url in table.urls.values]
        told = np.array([day.toordinal() if day else 0 for day in days], dtype=np.int64)[table.urls.codes]
    if table.published is not None:
        said = [day.toordinal() if day else 0 for day in table.published.values]
        stated = np.array(said, dtype=np.int64)[table.published.codes]
        told = np.where(stated > 0, stated, told)
    return told


def _years(table: ListingColumns) -> Ints:
    if table.urls is None:
        return np.zeros(len(table), dtype=np.int64)
    years = np.array([addresses.year(url) if url else 0 for url in table.urls.values], dtype=np.int64)
    return years[table.urls.codes]


def month_days(ordinals: Ints) -> Ints:
    """Turn ordinals into month * 32 + day, 0 for 0."""
    distinct, inverse = np.unique(ordinals, return_inverse=True)
    told = [month_day(date.fromordinal(int(day))) if day else 0 for day in distinct]
    return np.array(told, dtype=np.int64)[inverse]
