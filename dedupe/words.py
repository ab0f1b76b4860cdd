"""Titles as words: transliterated, freed of years and editions, and known across languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log2

from anyascii import anyascii

_WORD = re.compile(r"[a-z0-9]+(?:[+#]+)?")
_YEAR = re.compile(r"(?:19[89]\d|20[0-4]\d)")
_SHORT_YEAR = re.compile(r"'(\d\d)\b")
_RESOLUTION_YEAR = re.compile(r"\b(\d{4})\s*\(\s*(?:19|20)\d\d\s*\)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ROMAN = {"ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12}
_NUMBERED = re.compile(r"(\d{1,2})(?:st|nd|rd|th|eme|ere|er|e|a|o|i)")

BACKGROUND = 14_600
"""Titles behind the shipped word counts."""
GENERIC, PLACE = 0.25, 0.15
"""What a generic event word, and a word of the listing's own place, count of their bits."""


@dataclass(frozen=True, slots=True)
class Title:
    """What a title says, apart."""

    words: tuple[str, ...]
    """Core words in order, concepts in place of words the thesaurus knows; no years, editions or stop words."""
    bare: str
    """The letters of the core words without blanks."""
    initials: str
    years: frozenset[int]
    editions: frozenset[int]
    qualifiers: Mapping[str, frozenset[str]]
    """Words that tell alike titles apart, by kind: region, tongue, people, instrument."""
    language: str
    long: bool
    """True for a title that describes rather than names: it has many words."""


@cache
def _table(name: str) -> str:
    return files("dedupe").joinpath(f"tables/{name}").read_text(encoding="utf-8")


@cache
def _thesaurus() -> tuple[dict[str, str], dict[str, tuple[str, str]], frozenset[str], dict[str, frozenset[str]]]:
    """Read thesaurus.tsv: word -> concept; concept -> (kind, value); generic concepts; stop words by language."""
    concepts: dict[str, str] = {}
    kinds: dict[str, tuple[str, str]] = {}
    generic: set[str] = set()
    stops: dict[str, frozenset[str]] = {}
    for line in _table("thesaurus.tsv").splitlines():
        if not line or line.startswith("#"):
            continue
        kind, concept, words = line.split("\t")
        plain = [plain_word for word in words.split("|") if (plain_word := _plain(word))]
        if kind == "stop":
            stops[concept] = frozenset(plain)
            continue
        for word in plain:
            concepts[word] = concept
        if kind == "generic":
            generic.add(concept)
        elif kind != "word":
            kinds[concept] = (kind, concept)
    return concepts, kinds, frozenset(generic), stops


@cache
def _counts() -> dict[str, int]:
    """Read words.tsv: in how many of BACKGROUND titles a word stands; rarer words are left out."""
    return {
        word: int(number) for word, number in (line.split("\t") for line in _table("words.tsv").splitlines() if line)
    }


@cache
def bits(word: str) -> float:
    """Weigh a word by its rarity, log2(N / titles with it), a quarter of it for generic event words.

    >>> bits("conference") < bits("biosafety")
    True
    """
    rarity = log2(BACKGROUND / max(2, _counts().get(word, 2)))
    return max(0.3, rarity * (GENERIC if word in _thesaurus()[2] else 1.0))


def _plain(text: str) -> str:
    return anyascii(unicodedata.normalize("NFKC", text)).lower().strip().replace("'", "")


@cache
def language_of(text: str) -> str:
    """Tell the language of a title by its script, else by its stop words; blank when nothing tells.

    >>> language_of("Un séminaire de l'ONU pour la mise en oeuvre en Afrique"), language_of("PyCon"), language_of("ورشة")
    ('fr', '', 'ar')
    """
    for letter in text:
        if letter.isalpha() and letter > "\u036f":
            name = unicodedata.name(letter, "")
            for script, language in (("ARABIC", "ar"), ("CYRILLIC", "ru"), ("CJK", "zh"), ("THAI", "th"), ("HIRAG", "ja")):
                if name.startswith(script):
                    return language
    words = _WORD.findall(_plain(re.sub(r"[’']", " ", text)))
    votes = {language: sum(word in stop for word in words) for language, stop in _thesaurus()[3].items()}
    best = max(votes, key=lambda language: (votes[language], language == "en"))
    return best if votes[best] > 0 else ""


@cache
def read_title(text: str, language: str = "", place: str = "") -> Title:
    """Take a title apart. *place* is the listing's own city and country: its words weigh little in the title.

    >>> read_title("3rd PyCon Italia 2019").editions, read_title("PyCon Italia 2019").years
    (frozenset({3}), frozenset({2019}))
    """
    concepts, kinds, _, stops = _thesaurus()
    tongue = language.split("-")[0].lower() or language_of(text)
    text = _RESOLUTION_YEAR.sub(r"\1", text)
    years = {int(year) for year in re.findall(rf"(?<!\d){_YEAR.pattern}(?!\d)", text)}
    years |= {2000 + int(short) for short in _SHORT_YEAR.findall(text)}
    plain = _plain(_CAMEL.sub(" ", re.sub(r"[’]", "'", text)) if " " in text else text)
    stop = stops.get(tongue, frozenset()) | stops["en"]
    editions: set[int] = set()
    qualifiers: dict[str, set[str]] = {}
    words: list[str] = []
    elided = re.sub(r"\b[ldsnjqmLDSNJQM]['’]", " ", plain if "'" in plain else _elisions(text, plain))
    for word in _WORD.findall(elided):
        glued = re.fullmatch(r"([a-z]+?)((?:19|20)\d\d)", word)
        if glued:
            years.add(int(glued[2]))
            word = glued[1]
        numbered = _NUMBERED.fullmatch(word)
        if numbered or word in _ROMAN:
            editions.add(int(numbered[1]) if numbered else _ROMAN[word])
            continue
        if word in stop or (_YEAR.fullmatch(word) and int(word) in years):
            continue
        concept = concepts.get(word, word)
        kind = kinds.get(concept)
        if kind is not None:
            if kind[0] == "edition":
                editions.add(int(kind[1].removeprefix("nr")))
                continue
            qualifiers.setdefault(kind[0], set()).add(kind[1])
        words.append(concept)
    own = set(_WORD.findall(_plain(place)))
    core = [word for word in words if word not in own] or words
    return Title(
        words=tuple(words),
        bare="".join(core),
        initials="".join(word[0] for word in words if not word[0].isdigit()),
        years=frozenset(years),
        editions=frozenset(editions),
        qualifiers={kind: frozenset(values) for kind, values in qualifiers.items()},
        language=tongue,
        long=len(words) >= 6,
    )


def _elisions(text: str, plain: str) -> str:
    """Cut l', d', qu' from French words; `_plain` has dropped the apostrophes."""
    if "'" not in text and "’" not in text:
        return plain
    cut = re.sub(r"\b([ldsnjqmLDSNJQM]|[Qq]u)['’]", r"\1 ", text)
    return _plain(cut)


def place_words(place: str) -> frozenset[str]:
    """Return the words of a place, as they may stand in a title."""
    return frozenset(_WORD.findall(_plain(place)))


def plain_text(text: str) -> str:
    """Return text in lower-case ASCII letters, for comparing only, never shown.

    >>> plain_text("Köln"), plain_text("Бишкек")
    ('koln', 'bishkek')
    """
    return " ".join(_WORD.findall(_plain(text)))
