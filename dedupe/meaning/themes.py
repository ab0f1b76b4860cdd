"""Themes: what an event is about, from the words of its listings."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

from calendar_sync.listings import Listing
from dedupe.meaning.terms import Terms, terms


@cache
def _terms() -> Terms:
    """Read themes.csv: terms and the theme they mean."""
    return terms((term, row["theme"]) for row in _rows() for term in row["terms"].split("|"))


@cache
def _ids() -> frozenset[str]:
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
        stated = {name.strip().lower().replace(" ", "-") for name in listing.themes} & _ids()
        found |= stated or in_words(" ".join((listing.title, *listing.themes)))
    return frozenset(found)


@lru_cache(maxsize=1 << 14)
def in_words(text: str) -> frozenset[str]:
    """Return the themes that words mean.

    >>> sorted(in_words("Africa Regional Workshop on Biosafety and Biosecurity"))
    ['biosecurity']
    """
    return _terms().named_in(text)
