"""Themes: what an event is about, from the words of its listings."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from calendar_sync.listings import Listing
from dedupe.meaning.terms import Terms, terms


@cache
def _terms() -> Terms:
    """Read themes.csv: terms and the theme they mean."""
    return terms((term, row["theme"]) for row in _rows() for term in row["terms"].split("|"))


@cache
def codes() -> frozenset[str]:
    """Return the themes of the reference list."""
    return frozenset(row["theme"] for row in _rows() if row["terms"])


def _rows() -> list[dict[str, str]]:
    text = files("dedupe.meaning").joinpath("tables/themes.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def of(listings: Sequence[Listing]) -> frozenset[str]:
    """Return the themes that listings state, or that the words of their titles mean.

    A stated theme is one of the reference list's ids; anything else a calendar calls a category is read as words.
    """
    found: set[str] = set()
    for listing in listings:
        stated = {name.strip().lower().replace(" ", "-") for name in listing.themes} & codes()
        found |= stated or in_words(" ".join((listing.title, *listing.themes)))
    return frozenset(found)


def known(words: str) -> bool:
    """True where words name a theme of the reference list, or mean one.

    >>> known("export-control"), known("biosafety"), known("gardening")
    (True, True, False)
    """
    return words.strip().lower().replace(" ", "-") in codes() or bool(in_words(words))


@dataclass(frozen=True, slots=True)
class Weighed:
    """A theme of an event, its share of all that the listings say of themes, and the words it came from."""

    theme: str
    weight: float
    """Above 0; those of one event add up to 1."""
    words: tuple[str, ...]


def weighed(listings: Sequence[Listing]) -> tuple[Weighed, ...]:
    """Return the themes of an event by weight, the heaviest first: how often they are stated or worded.

    >>> from calendar_sync.listings import ListingKey
    >>> title = "Workshop on biosafety, biosecurity and export control"
    >>> [(one.theme, round(one.weight, 2), one.words) for one in weighed([Listing(ListingKey("c", "1"), "o", title)])]
    [('biosecurity', 0.67, ('biosafety', 'biosecurity')), ('export-control', 0.33, ('export control',))]
    """
    said: Counter[str] = Counter()
    words: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for listing in listings:
        stated = {name: name.strip().lower().replace(" ", "-") for name in listing.themes}
        told = [(name, theme) for name, theme in stated.items() if theme in codes()]
        told = told or list(_terms().found_in(" ".join((listing.title, *listing.themes))))
        for word, theme in told:
            said[theme] += 1
            words[theme][word] = None
    found = (Weighed(theme, count / said.total(), tuple(words[theme])) for theme, count in said.items())
    return tuple(sorted(found, key=lambda one: (-one.weight, one.theme)))


@lru_cache(maxsize=1 << 14)
def in_words(text: str) -> frozenset[str]:
    """Return the themes that words mean.

    >>> sorted(in_words("Africa Regional Workshop on Biosafety and Biosecurity"))
    ['biosecurity']
    """
    return _terms().named_in(text)
