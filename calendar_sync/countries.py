"""Names of countries, as tables and pages write them, to ISO 3166-1 alpha-2 codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from calendar_sync.wording import plain

_LONG = re.compile(
    r"^(?:the |la |le |l |el |o |a )?(?:"
    r"(?:(?:islamic|federal|democratic|arab|united|people s|plurinational|bolivarian|socialist|co operative) )*"
    r"(?:republic|kingdom|state|commonwealth|union|sultanate|principality|grand duchy)"
    r"|republique(?: islamique| togolaise| arabe)?|royaume|etat|republica(?: islamica| arabe)?|reino|estado)"
    r" (?:of the|of|du|de la|de l|de los|del|des|de|do|da|d) "
)
"""What stands before a short name in the long form of a state's name."""


def country_code(words: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a country named in one of seven languages, blank when unknown.

    >>> country_code("bw"), country_code("Royaume-Uni"), country_code("Botsuana"), country_code("Atlantis")
    ('BW', 'GB', 'BW', '')
    """
    words = words.strip()
    if len(words) == 2 and words.upper() in _table()[1]:
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
    names = country_names()
    found = names.get(name) or names.get(name.removeprefix("the "))
    if found is None and (long := _LONG.match(name)):
        found = names.get(name[long.end() :])
    return found or ""


def country_name(code: str) -> str:
    """Return the short English name of a country in United Nations usage; the code itself when it is none.

    >>> country_name("CI"), country_name("??")
    ('Côte d’Ivoire', '??')
    """
    return _table()[1].get(code, code)


def country_names() -> Mapping[str, str]:
    """Return every folded name of a country with its ISO 3166-1 alpha-2 code."""
    return _table()[0]


@cache
def _table() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Read country_names.tsv: folded name to code, and code to English name."""
    codes: dict[str, str] = {}
    english: dict[str, str] = {}
    for line in files("calendar_sync").joinpath("country_names.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, name, others = line.split("\t")
        english[code] = name
        for other in others.split("|"):
            codes[other] = code
    return codes, english
