"""Instruments: the resolutions and conventions an event is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from calendar_sync.listings import Listing
from dedupe.bodies import bodies
from dedupe.titles import Wording, wording

_OF_BODIES: Mapping[str, str] = {
    "opcw": "cwc", "1540 committee": "1540", "att secretariat": "att", "bwc isu": "bwc", "ctbto": "ctbt",
}  # fmt: skip
"""Bodies that serve one instrument and hold no event about another."""


def of(listings: Sequence[Listing], said: Callable[[str], Wording] = wording) -> frozenset[str]:
    """Return the instruments that titles name: numbers of resolutions, and short names of conventions and fields.

    Where no title names one, the organisers' own instruments are taken.

    >>> from calendar_sync.listings import ListingKey
    >>> titles = ["Workshop on UNSCR 1540 (2004)", "Atelier sur la Convention sur les armes biologiques"]
    >>> sorted(of([Listing(ListingKey("c", title), "o", title) for title in titles]))
    ['1540', 'bwc']
    """
    titles = [said(listing.title) for listing in listings]
    named = frozenset(name for title in titles for name in (*title.instruments, *title.numbers))
    served = (_OF_BODIES.get(body, "") for listing in listings for body in bodies(listing.organisers))
    return named or frozenset(name for name in served if name)
