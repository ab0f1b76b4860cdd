"""Names of countries, as tables and pages write them, to ISO 3166-1 alpha-2 codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from calendar_sync.wording import plain

_LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar")
_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
# What CLDR does not list: former names, the UN's long and inverted forms, common short ones.
_ALSO = {
    "uk": "GB", "great britain": "GB", "usa": "US", "us": "US", "united states of america": "US", "u s a": "US",
    "republic of korea": "KR", "korea republic of": "KR", "dprk": "KP",
    "democratic people s republic of korea": "KP", "russian federation": "RU", "viet nam": "VN",
    "lao people s democratic republic": "LA", "lao pdr": "LA", "syrian arab republic": "SY",
    "iran islamic republic of": "IR", "islamic republic of iran": "IR", "united republic of tanzania": "TZ",
    "tanzania united republic of": "TZ", "republic of moldova": "MD", "moldova republic of": "MD",
    "bolivia plurinational state of": "BO", "plurinational state of bolivia": "BO",
    "venezuela bolivarian republic of": "VE", "bolivarian republic of venezuela": "VE",
    "brunei darussalam": "BN", "cabo verde": "CV", "czech republic": "CZ", "swaziland": "SZ", "burma": "MM",
    "macedonia": "MK", "the former yugoslav republic of macedonia": "MK", "turkey": "TR", "turkiye": "TR",
    "democratic republic of the congo": "CD", "drc": "CD", "congo democratic republic of the": "CD",
    "republic of the congo": "CG", "congo": "CG", "cote d ivoire": "CI", "ivory coast": "CI", "timor leste": "TL",
    "east timor": "TL", "holy see": "VA", "state of palestine": "PS", "palestine": "PS", "micronesia": "FM",
    "federated states of micronesia": "FM", "the gambia": "GM", "the bahamas": "BS", "hong kong": "HK",
    "macao": "MO", "uae": "AE", "republique democratique du congo": "CD", "rdc": "CD", "etats unis d amerique": "US",
    "estados unidos da america": "US", "estados unidos de america": "US", "eua": "US", "ee uu": "US",
    "republica dominicana": "DO", "royaume uni": "GB", "federation de russie": "RU", "federacion de rusia": "RU",
}  # fmt: skip


def country_code(words: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a country named in one of six languages, blank when unknown.

    >>> country_code("bw"), country_code("Royaume-Uni"), country_code("Botsuana"), country_code("Atlantis")
    ('BW', 'GB', 'BW', '')
    """
    words = words.strip()
    if len(words) == 2 and words.isascii() and words.isalpha() and words.upper() not in ("UK", "EU", "UN"):
        return words.upper()
    return _named(words)


def place_parts(words: str, city: str = "", country: str = "", venue: str = "") -> tuple[str, str, str]:
    """Find city, country code and venue in words about a place; what is already known stays as it is.

    >>> place_parts("UN Conference Centre, Addis Ababa (Ethiopia)")
    ('Addis Ababa', 'ET', 'UN Conference Centre')
    >>> place_parts("Botswana"), place_parts("Gaborone")
    (('', 'BW', ''), ('Gaborone', '', ''))
    """
    parts = [part.strip() for part in re.split(r"[,(]|\s[-–—]\s", words.replace(")", "")) if part.strip()]
    if not parts:
        return city, country, venue
    named = country_code(parts[-1]) if len(parts[-1]) > 2 or len(parts) > 1 else ""
    if named and country in ("", named):
        country = named
        parts.pop()
    if parts and not city and (named or len(parts) == 1) and len(parts[-1]) <= 40 and words != venue:
        city = parts[-1]
        if len(parts) > 1 and not venue:
            venue = ", ".join(parts[:-1])
    return city, country, venue


@cache
def _named(words: str) -> str:
    name = plain(words)
    if not name:
        return ""
    return _ALSO.get(name) or _names().get(name) or _names().get(name.removeprefix("the "), "")


@cache
def _names() -> Mapping[str, str]:
    # Late, because a code needs no names, and the names of six languages take a moment to load.
    from babel import Locale

    found: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY:
                found.setdefault(plain(name), code)
    return found
