"""Participants: which kind of people an event is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from calendar_sync.listings import Listing
from dedupe.lexicon import Sort
from dedupe.titles import Wording, wording

_OFFICIALS = frozenset({"national_authorities", "judiciary"})
"""Kinds that are officials like the others: naming them does not make it another audience."""


def of(listings: Sequence[Listing], said: Callable[[str], Wording] = wording) -> frozenset[str]:
    """Return the kinds of participants that titles and audiences name; nothing means officials, or nobody says.

    >>> from calendar_sync.listings import ListingKey
    >>> sorted(of([Listing(ListingKey("c", "1"), "o", "Regional seminar for parliamentarians")]))
    ['parliament']
    """
    named = Counter(kind for listing in listings for kind in _named(listing, said))
    # Of three listings one may use a word in passing ("Douala turns into a laboratory").
    least = 1 if len(listings) < 3 else 2
    return frozenset(kind for kind, count in named.items() if count >= least)


def in_words(words: str) -> tuple[tuple[str, str], ...]:
    """Return the kinds of participants that words name, each with the word it came from, folded.

    >>> in_words("customs officers and parliamentarians")
    (('customs', 'customs officers'), ('parliament', 'parliamentarians'))
    """
    said = (word for part in words.split(";") for word in wording(part).words if word.sort is Sort.PARTICIPANTS)
    named = ((word.token.partition(":")[2], word.written) for word in said)
    return tuple(dict.fromkeys((kind, written) for kind, written in named if kind not in _OFFICIALS))


def _named(listing: Listing, said: Callable[[str], Wording]) -> frozenset[str]:
    named = said(listing.title).participants
    if listing.audience:
        named = named.union(*(wording(words).participants for words in listing.audience if len(words) > 2))
    return named - _OFFICIALS
