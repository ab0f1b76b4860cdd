"""Places: a city in a country, whatever it is called. Offline; the table is GeoNames' (CC BY 4.0)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import asin, cos, radians, sin, sqrt

from calendar_sync.countries import country_code
from dedupe.lexicon import fold

__all__ = ["Place", "country_code", "distance_km", "locate"]


@dataclass(frozen=True, slots=True)
class Place:
    """A city. *country* is ISO 3166-1 alpha-2; coordinates in degrees."""

    name: str
    country: str
    latitude: float
    longitude: float


@cache
def _cities() -> dict[str, tuple[str, ...]]:
    """Map each name in plain letters to the table's lines that bear it, largest city first."""
    found: dict[str, list[str]] = {}
    text = files("dedupe.meaning").joinpath("tables/cities.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, _, _, _, others = line.split("\t")
        for known in {name, *others.split("|")} - {""}:
            # Most names are plain already; spelling them out is what costs.
            plain = known.lower() if known.isascii() and known.isalpha() else fold(known)
            found.setdefault(plain, []).append(line)
    return {name: tuple(lines) for name, lines in found.items()}


@cache
def locate(city: str, country: str = "") -> Place | None:
    """Find a city by any of its names; *country* decides between namesakes, else the largest is meant.

    >>> locate("Tshwane", "ZA").name, locate("Le Caire").country, locate("Nowhere at all")
    ('Pretoria', 'EG', None)
    """
    lines = _cities().get(fold(city), ())
    for line in lines:
        name, code, latitude, longitude, _ = line.split("\t")
        if country in ("", code):
            return Place(name, code, float(latitude), float(longitude))
    return None


def distance_km(one: Place, other: Place) -> float:
    """Great-circle distance in kilometres."""
    a, b = radians(one.latitude), radians(other.latitude)
    over = radians(other.longitude - one.longitude)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(over / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(half))
