"""Places: a city in a country, whatever it is called. Offline; the table is GeoNames' (CC BY 4.0)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from math import asin, cos, radians, sin, sqrt

from calendar_sync.countries import country_code
from dedupe.lexicon import fold

__all__ = ["EARTH_KM", "Place", "country_code", "distance_km", "is_capital", "is_large", "known", "locate"]

EARTH_KM = 6371.0
"""Radius of the Earth."""
_TAIL = re.compile(r"\s*[,;(/]|\s[-–—]\s")


@dataclass(frozen=True, slots=True)
class Place:
    """A city. *country* is ISO 3166-1 alpha-2; coordinates in degrees."""

    name: str
    country: str
    latitude: float
    longitude: float


@cache
def _lines() -> list[str]:
    """Read the table; capitals and large cities first. Its names are folded already, which is what would cost."""
    return [line for line in _text() if not line.startswith("#")]


@cache
def _text() -> list[str]:
    return files("dedupe.meaning").joinpath("tables/cities.tsv").read_text(encoding="utf-8").splitlines()


@cache
def _called() -> dict[str, list[str]]:
    """Map the names that cities go by to the table's lines."""
    called: dict[str, list[str]] = {}
    for line in _lines():
        called.setdefault(line[line.rindex("\t") + 1 :].partition("|")[0], []).append(line)
    return called


@cache
def _also_called() -> dict[str, list[str]]:
    """Map what cities are also called to the table's lines: six times as many, so only once somebody says one."""
    also: dict[str, list[str]] = {}
    for line in _lines():
        for other in line[line.rindex("\t") + 1 :].split("|")[1:]:
            also.setdefault(other, []).append(line)
    return also


@lru_cache(maxsize=1 << 16)
def locate(city: str, country: str = "") -> Place | None:
    """Find a city by any of its names; *country* (a code) decides between namesakes.

    Without a country the capital is meant, else the largest; a city called so goes before one also called so.

    >>> locate("Tshwane", "ZA").name, locate("Le Caire").country, locate("Nowhere at all")
    ('Pretoria', 'EG', None)
    >>> locate("Victoria", "SC").country, locate("Victoria", "CA").country
    ('SC', 'CA')
    """
    name = fold(city)
    for names in (_called, _also_called) if name else ():
        for line in names().get(name, ()):
            place = _place(line)
            if country in ("", place.country):
                return place
    # "Nairobi, Kenya" and "Nairobi (Kenya)": what follows the city only says where it is.
    head = _TAIL.split(city, maxsplit=1)[0]
    return locate(head, country) if head and head != city else None


@lru_cache(maxsize=1 << 16)
def known(name: str, country: str = "") -> Place | None:
    """Find a city that goes by exactly this name: `locate` without reading what follows a comma.

    >>> known("Vancouver").country, known("Vancouver, British Columbia")
    ('CA', None)
    """
    folded = fold(name)
    for names in (_called, _also_called) if folded else ():
        for line in names().get(folded, ()):
            place = _place(line)
            if country in ("", place.country):
                return place
    return None


_SEATS = frozenset({("Geneva", "CH"), ("The Hague", "NL"), ("Bonn", "DE"), ("New York City", "US")})


@cache
def _well_known() -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """Return the capitals with the seats, and those with the large cities; the table's head counts their lines."""
    sure, capitals, large = map(int, _text()[0].rsplit(":", 1)[1].split())
    first = [(name, country) for name, country, *_ in (line.split("\t") for line in _lines()[:large])]
    return _SEATS | {*first[:sure]}, _SEATS | {*first[:sure]} | {*first[capitals:]}


def is_large(place: Place) -> bool:
    """True for capitals, cities of about a million and seats of international organisations.

    >>> is_large(locate("Accra")), is_large(locate("Cambridge", "GB"))
    (True, False)
    """
    return (place.name, place.country) in _well_known()[1]


def is_capital(place: Place) -> bool:
    """True for capitals and seats of international organisations."""
    return (place.name, place.country) in _well_known()[0]


def _place(line: str) -> Place:
    name, code, latitude, longitude, _ = line.split("\t")
    return Place(name, code, float(latitude), float(longitude))


def distance_km(one: Place, other: Place) -> float:
    """Great-circle distance in kilometres."""
    a, b = radians(one.latitude), radians(other.latitude)
    over = radians(other.longitude - one.longitude)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(over / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))
