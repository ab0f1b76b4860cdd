"""Names of states and groups inside longer words, in scripts with and without blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import chain

from calendar_sync.countries import country_code, country_names
from calendar_sync.wording import plain
from dedupe.lexicon import fold
from dedupe.meaning import groups

LONGEST = 11
"""Words in the longest name looked for."""
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3400-\u9fff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_ARABIC_PREFIX = re.compile(r"^و?(?:لل|[بلفك])?(?=\w{3})")
_RUSSIAN_ENDING = re.compile(
    r"(?:иями|ями|ами|ого|его|ому|ему|ыми|ими|иях|иям|ией|ии|ия|ию|ие|ои|еи|ая|яя|ое|ее|ые|ыи|ых|их|ую|юю|ом|ем|ам|ям|ах|ях|ов"
    r"|ев|а|я|о|е|у|ю|ы|и|ь)$"
)
"""Endings of nouns and adjectives, as `plain` leaves them (й is и)."""
_UNDECLINED = re.compile(r"[иоуэ]$")
_BEFORE_NAMES = frozenset({
    "the", "la", "le", "l", "el", "o", "a", "islamic", "federal", "democratic", "arab", "united", "people",
    "plurinational", "bolivarian", "socialist", "co", "republic", "kingdom", "state", "commonwealth", "union",
    "sultanate", "principality", "grand", "republique", "royaume", "etat", "republica", "reino", "estado",
})  # fmt: skip
"""What the long form of a state's name may begin with; see `country_code`."""
_DIRECTION = r"(?:(?:North|South)[- ]?(?:East|West)(?:ern)?|(?:North|South|East|West)(?:ern)?|Central)"
_DIRECTIONS = re.compile(
    rf"(?<!middle )(?<!near )\b({_DIRECTION}(?:, {_DIRECTION})*),? (?:and|&) ({_DIRECTION}) (Africa|Asia|Europe)(n?)\b",
    re.IGNORECASE,
)
"""Regions that share their continent: "South and Central Asia"."""
_COMMON_WORDS = frozenset({"reunion", "la reunion"})
"""Names that are words of some language: a French meeting is no island."""


class Named(StrEnum):
    """What a name names."""

    STATE = "state"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Name:
    """A name found in words: *meaning* is an ISO code or a group; it covers words *first* up to *last*."""

    named: Named
    meaning: str
    first: int
    last: int
    words: str


def names_in(text: str) -> Iterator[Name]:
    """Yield the states and groups named in words, the longest name at each word.

    >>> [name.meaning for name in names_in("Stage pour la République du Congo et l'Afrique de l'Ouest")]
    ['CG', 'Western Africa']
    >>> [name.meaning for name in names_in("семинар для стран Центральной Азии и Беларуси")]
    ['Central Asia', 'BY']
    >>> [name.meaning for name in names_in("为东南亚国家和蒙古举办的讲习班")]
    ['South-eastern Asia', 'MN']
    >>> [name.meaning for name in names_in("ورشة عمل للدول العربية وبموريتانيا")]
    ['LAS', 'MR']
    >>> [name.meaning for name in names_in("States in West, Central and Northern Africa")]
    ['Western Africa', 'Middle Africa', 'Northern Africa']
    """
    text = _DIRECTIONS.sub(_each, _spaced(text))
    words = plain(text).split()
    longest = _first_words()
    folded = all(map(_is_folded, words))
    inflected = bool(_CYRILLIC.search(text)) and _by_stems()
    at = 0
    while at < len(words):
        most = longest.get(words[at], 0) if folded else LONGEST
        for length in range(min(most, len(words) - at), 0, -1):
            name = " ".join(words[at : at + length])
            found = _meaning(name, text)
            if found is None and inflected:
                found = inflected.get(" ".join(_stem(word) for word in words[at : at + length]))
            if found is not None:
                yield Name(*found, at, at + length, name)
                at += length
                break
        else:
            at += 1


def _meaning(name: str, text: str) -> tuple[Named, str] | None:
    """Return what a name of some words means, None when it is none."""
    if not name.isascii() and _ARABIC.match(name):
        bare = _ARABIC_PREFIX.sub("", name)
        forms = tuple(dict.fromkeys((name, bare, f"ال{bare}", name.removeprefix("و"))))
    else:
        forms = (name,)
    for form in forms:
        folded = fold(form)
        group = groups.called().get(folded, "")
        if group and (folded not in groups.acronyms() or re.search(rf"\b{re.escape(form.upper())}\b", text)):
            return Named.GROUP, group
        code = country_code(form) if (len(form) > 3 or not form.isascii()) and form not in _COMMON_WORDS else ""
        if code:
            return Named.STATE, code
    return None


def _is_folded(word: str) -> bool:
    """True for a word that folding leaves as it is, whatever follows it."""
    return word.isascii() and word.isalnum() and word == word.lower()


def _spaced(text: str) -> str:
    """Put blanks around names where the script has none."""
    return _unspaced().sub(r" \g<0> ", text) if _UNSPACED.search(text) else text


def _each(match: re.Match[str]) -> str:
    """Give each of several directions its continent, unless together they are the name of a group."""
    if fold(match[0]) in groups.called():
        return match[0]
    return ", ".join(f"{direction} {match[3]}{match[4]}" for direction in (*match[1].split(", "), match[2]))


@cache
def _unspaced() -> re.Pattern[str]:
    every = {name for name in chain(groups.written(), country_names()) if _UNSPACED.match(name)}
    return re.compile("|".join(re.escape(name) for name in sorted(every, key=lambda name: (-len(name), name))))


@cache
def _by_stems() -> Mapping[str, tuple[Named, str]]:
    """Return what stems of Cyrillic names mean."""
    found: dict[str, tuple[Named, str]] = {}
    for name, group in groups.written().items():
        if _CYRILLIC.search(name) and not name.isupper():
            found.setdefault(" ".join(map(_stem, plain(name).split())), (Named.GROUP, group))
    for name, code in country_names().items():
        if _CYRILLIC.search(name) and len(name) > 2:
            found.setdefault(" ".join(map(_stem, name.split())), (Named.STATE, code))
    return found


def declined(words: str) -> tuple[str, ...]:
    """Return the forms in which a table may hold words that stand in a sentence, as written first.

    >>> declined("Минске")
    ('Минске', 'Минск', 'Минска', 'Минскя', 'Минскь', 'Мински', 'Минскы')
    >>> declined("بالقاهرة")
    ('بالقاهرة', 'القاهرة', 'قاهرة')
    """
    if _ARABIC.match(words):
        bare = _ARABIC_PREFIX.sub("", words)
        forms = (words, words.removeprefix("ب"), words.removeprefix("و"), bare.removeprefix("ال"))
        return tuple(dict.fromkeys(form for form in forms if len(form) > 2))
    if _CYRILLIC.match(words):
        stem = _RUSSIAN_ENDING.sub("", words.replace("й", "и")) if len(words) > 3 else words
        return tuple(dict.fromkeys((words, stem, *(f"{stem}{ending}" for ending in "аяьиы"))))
    return (words,)


def _stem(word: str) -> str:
    """Cut the ending off a Russian word; what has fewer than three letters left, or is not declined, stays.

    >>> _stem("африканских"), _stem("мали"), _stem("чаде")
    ('африканск', 'мали', 'чад')
    """
    if len(word) < 5 and _UNDECLINED.search(word):
        return word
    stem = _RUSSIAN_ENDING.sub("", word)
    return stem if len(stem) > 2 else word


@cache
def _first_words() -> Mapping[str, int]:
    """Return the words that names of groups and states begin with, and the most words of a name that does."""
    found = dict.fromkeys(_BEFORE_NAMES, LONGEST)
    for name in chain(groups.called(), country_names()):
        words = name.split()
        if words:
            found[words[0]] = max(min(len(words), LONGEST), found.get(words[0], 0))
    return found
