"""Listings laid out by field: what a large table says, without an object for each of its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from calendar_sync.listings import Listing
from calendar_sync.spans import Span

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Coded(Generic[T]):
    """A column of few distinct values: row i says `values[codes[i]]`."""

    codes: NDArray[np.int32]
    values: Sequence[T]

    def __getitem__(self, at: int) -> T:
        """Return what row *at* says."""
        said: T = self.values[self.codes[at]]
        return said

    def __len__(self) -> int:
        return len(self.codes)

    def at(self, order: NDArray[np.int64]) -> Coded[T]:
        """Return the rows *order* names, in its order."""
        return Coded(self.codes[order], self.values)


def coded(values: Iterable[T], size: int) -> Coded[T]:
    """Number the distinct values of a column of *size* rows in the order they are met."""
    numbers: defaultdict[T, int] = defaultdict(count().__next__)
    codes = np.fromiter(map(numbers.__getitem__, values), dtype=np.int32, count=size)
    return Coded(codes, list(numbers))


@dataclass(frozen=True, slots=True)
class ListingColumns:
    """Listings as one sequence a field, ordered by *ids*; a field that no listing speaks of is None.

    *listing* makes the object of a row, for whoever needs all it says.
    """

    ids: Sequence[str]
    calendars: Coded[str]
    titles: Sequence[str]
    cities: Coded[str]
    countries: Coded[str]
    """ISO 3166-1 alpha-2."""
    online: NDArray[np.bool_]
    spans: Coded[Span | None]
    places: Coded[tuple[str, ...]] | None
    """Place as worded, and venue."""
    languages: Coded[str] | None
    date_texts: Coded[str] | None
    urls: Coded[str] | None
    published: Coded[date | None] | None
    bodies: Coded[tuple[str, ...]] | None
    """Organisers and sponsors."""
    audiences: Coded[tuple[str, ...]] | None
    listing: Callable[[int], Listing]

    def __len__(self) -> int:
        return len(self.ids)


def together(columns: Sequence[Coded[T]]) -> Coded[tuple[T, ...]]:
    """Make one column of several: each distinct combination of what they say."""
    codes = columns[0].codes.astype(np.int64)
    for column in columns[1:]:
        # Numbered anew each time, so that the product stays small.
        codes = np.unique(codes * max(1, len(column.values)) + column.codes, return_inverse=True)[1].astype(np.int64)
    _, first, codes = np.unique(codes, return_index=True, return_inverse=True)
    values = [tuple(column[at] for column in columns) for at in first.tolist()]
    return Coded(codes.astype(np.int32), values)


def listing_columns(listings: Sequence[Listing]) -> ListingColumns:
    """Lay listings out by field, ordered by their ids."""
    keyed = sorted(((listing.id, listing) for listing in listings), key=lambda pair: pair[0])
    rows = [listing for _, listing in keyed]
    size = len(rows)
    places: Coded[tuple[str, ...]] = coded(((row.place_text, row.venue) for row in rows), size)
    return ListingColumns(
        ids=[key for key, _ in keyed],
        calendars=coded((row.key.calendar for row in rows), size),
        titles=[row.title for row in rows],
        cities=coded((row.city for row in rows), size),
        countries=coded((row.country.upper() for row in rows), size),
        online=np.array([row.online for row in rows], dtype=np.bool_),
        spans=coded((row.span for row in rows), size),
        places=places if any(map(any, places.values)) else None,
        languages=said(coded((row.language for row in rows), size)),
        date_texts=said(coded((row.date_text for row in rows), size)),
        urls=said(coded((row.url for row in rows), size)),
        published=said(coded((row.published for row in rows), size)),
        bodies=said(coded((row.organisers + row.sponsors for row in rows), size)),
        audiences=said(coded((row.audience for row in rows), size)),
        listing=rows.__getitem__,
    )


def said(column: Coded[T]) -> Coded[T] | None:
    """Return a column, None when no row says anything in it."""
    return column if any(column.values) else None
