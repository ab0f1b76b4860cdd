"""Mentions: the countries and cities that running words name, and where in the words they stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from calendar_sync.countries import country_code
from calendar_sync.wording import plain
from dedupe.lexicon import fold
from dedupe.meaning import groups, places
from dedupe.meaning.names import Named, declined, names_in

_WORD = re.compile(r"[^\W_]+(?:['’‘.](?=[^\W_]))?")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_LONGEST = 6
_NO_COUNTRY = frozenset({"reunion", "la reunion"})
"""Names of countries that are words of some language: a French meeting is no island."""
_PARTS = {"IC": "ES", "EA": "ES"}
"""Codes that ISO 3166 only reserves, for parts of a country."""
_NEW = re.compile(r"\bNew\s$")
"""What makes another place of a name: New England."""
_SHORT = {
    "RD": "DO", "PHL": "PH", "DRC": "CD", "RDC": "CD", "UAE": "AE", "EAU": "AE", "KSA": "SA", "USA": "US", "UK": "GB",
    "ROK": "KR", "PRC": "CN", "РФ": "RU", "США": "US", "ОАЭ": "AE", "ДРК": "CD",
}  # fmt: skip
"""What newspapers write for a country, in capitals only."""
_PEOPLE = frozenset({"maurice", "jersey"})
"""Names of countries that are names of people and shirts as well."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in words, from *start* to *end*; *city* is blank for a country as a whole."""

    country: str
    city: str
    words: str
    start: int
    end: int
    sure: bool = True
    """True for countries, and for names of capitals and large cities that are hardly ever something else."""
    alias: bool = False
    """True where a city goes by another name than its own."""


def mentions(text: str) -> Iterator[Mention]:
    """Yield the countries and cities named, the longest name at each word; names of groups are passed over.

    >>> [(one.country, one.city) for one in mentions("From South Africa to Southern Africa: Tshwane and Xi'an")]
    [('ZA', ''), ('ZA', 'Pretoria'), ('CN', 'Xi’an')]
    >>> [(one.country, one.city) for one in mentions("семинар в Минске, ورشة بالقاهرة, 在北京举行")]
    [('BY', 'Minsk'), ('EG', 'Cairo'), ('CN', 'Beijing')]
    """
    text = unicodedata.normalize("NFC", text)
    words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    shouted = text.isupper()
    at = 0
    while at < len(words):
        run = _HAN.fullmatch(text[slice(*words[at])])
        if run is not None:
            yield from _unspaced(text, *words[at])
            at += 1
            continue
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            start, end = words[at][0], words[at + length - 1][1]
            found = _place(text[start:end])
            # KVM is not Qom; in a title all in capitals nobody knows.
            if (
                found is not None
                and found[1]
                and text[start:end].isupper()
                and not shouted
                and text[start:end].isascii()
            ):
                found = None
            if found is not None:
                country, city, sure, alias = found
                if country and not _NEW.search(text[:start]):
                    yield Mention(country, city, text[start:end], start, end, sure, alias)
                at += length
                break
        else:
            at += 1


@lru_cache(maxsize=1 << 15)
def _place(words: str) -> tuple[str, str, bool, bool] | None:
    """Return country, city, whether that is sure and whether it is an alias; None for what names nothing.

    The country is blank for a group: its words are taken.
    """
    if words in _SHORT:
        return _SHORT[words], "", True, False
    if len(words) < 3 or (re.search(r"[;:!?]|\.\s|[,(]\s*[,(]", words) and "St" not in words):
        return None
    if words.isascii() and not words[0].isupper():
        return None
    if not words[0].isupper() and not _ARABIC.match(words) and not _CYRILLIC.match(words):
        return None
    folded = fold(words)
    if folded in groups.called() and (folded not in groups.acronyms() or words.isupper()):
        return "", "", False, False
    code = _country(words)
    if code and folded not in _NO_COUNTRY:
        return _PARTS.get(code, code), "", folded not in _PEOPLE, False
    if "," in words or "(" in words:
        return None
    city = next((found for form in declined(words) if (found := places.known(form))), None)
    if city is None:
        return None
    # Other names are trusted only of capitals: Douala is also called Dual.
    alias = fold(city.name) != folded
    return city.country, city.name, places.is_capital(city) if alias else places.is_large(city), alias


def _unspaced(text: str, start: int, end: int) -> Iterator[Mention]:
    """Find names in a run of Chinese."""
    at = start
    countries = {name.words: name.meaning for name in names_in(text[start:end]) if name.named is Named.STATE}
    while at < end:
        for length in range(min(8, end - at), 1, -1):
            words = text[at : at + length]
            if words in countries:
                yield Mention(countries[words], "", words, at, at + length)
                break
            city = places.known(words) if length <= 5 and not groups.called().get(fold(words)) else None
            if city is not None and places.is_large(city):
                yield Mention(city.country, city.name, words, at, at + length)
                break
        else:
            at += 1
            continue
        at += length


def _country(words: str) -> str:
    """Return the code of the country that words name from first to last, inflected as they may be."""
    if words.isascii():
        return country_code(words) if len(words) > 3 else ""
    count = len(plain(words).split())
    found = next(iter(names_in(words)), None)
    whole = found is not None and found.named is Named.STATE and (found.first, found.last) == (0, count)
    return found.meaning if found is not None and whole else ""
