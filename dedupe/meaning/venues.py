"""Venues: buildings so well known that they stand for their city."""

from __future__ import annotations

import csv
from functools import cache, lru_cache
from importlib.resources import files

from dedupe.lexicon import fold
from dedupe.meaning.places import Place, locate


@lru_cache(maxsize=1 << 12)
def venue_known(words: str) -> Place | None:
    """Return the city of a well-known building named in words about a place.

    >>> venue_known("Palais des Nations, Room XVII").name, venue_known("Room XVII")
    ('Geneva', None)
    """
    folded = f" {fold(words)} "
    found = next((place for name, place in _table() if f" {name} " in folded), None)
    return locate(*found) if found else None


@cache
def _table() -> tuple[tuple[str, tuple[str, str]], ...]:
    """Read venues.csv: folded names, the longest first, each with city and country."""
    text = files("dedupe.meaning").joinpath("tables/venues.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    named = ((fold(name), (row["city"], row["country"])) for row in rows for name in row["names"].split("|"))
    return tuple(sorted(named, key=lambda entry: (-len(entry[0]), entry[0])))
