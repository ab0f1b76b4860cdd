"""Themes: what an event is about, from the words of its listings."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

from calendar_sync.listings import Listing
from dedupe.lexicon import fold


@cache
def _terms() -> tuple[tuple[str, str], ...]:
    """Read themes.csv: (term in plain letters, theme), longest first."""
    text = files("dedupe.meaning").joinpath("tables/themes.csv").read_text(encoding="utf-8")
    found = {
        (fold(term), row["theme"])
        for row in csv.DictReader(text.splitlines())
        for term in row["terms"].split("|")
        if term
    }
    return tuple(sorted(found, key=lambda entry: (-len(entry[0]), entry)))


def of(listings: Sequence[Listing]) -> frozenset[str]:
    """Return the themes that listings state, or that the words of their titles mean.

    A stated theme is one of the reference list's ids; anything else a calendar calls a category is read as words.
    """
    ids = {theme for _, theme in _terms()}
    found: set[str] = set()
    for listing in listings:
        stated = {name.strip().lower().replace(" ", "-") for name in listing.themes}
        found |= stated & ids
        if not stated & ids:
            found |= in_words(" ".join((listing.title, *listing.themes)))
    return frozenset(found)


@lru_cache(maxsize=1 << 14)
def in_words(text: str) -> frozenset[str]:
    """Return the themes that words mean.

    >>> sorted(in_words("Africa Regional Workshop on Biosafety and Biosecurity"))
    ['biosecurity']
    """
    plain = f" {fold(text)} "
    return frozenset(theme for term, theme in _terms() if f" {term} " in plain)
