"""The field's words in the languages of outreach, folded so that one spelling serves, and what each means."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files

from anyascii import anyascii

from dedupe.look_alikes import skeleton

_WORD = re.compile(r"[a-z0-9]+(?:\+\+|#)?")
_SCRIPT_WITHOUT_BLANKS = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]+")
_ARABIC_ARTICLE = re.compile(r"^(?:وال|بال|كال|فال|ولل|لل|ال)(?=\w{3})")
_ARABIC_LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي", "ـ": None, "\u0651": None})
_APOSTROPHES = str.maketrans({"'": " ", "’": " ", "ʼ": " ", "`": " ", "´": " ", "‘": " "})
LONGEST = 6
"""Words in the longest term looked for."""


class Sort(IntEnum):
    """What kind of thing a word of a title says."""

    PLAIN = 0
    EVENT = 1
    GENERIC = 2
    REGION = 3
    SPEAKERS = 4
    PARTICIPANTS = 5
    INSTRUMENT = 6
    SUBJECT = 7
    PLACE = 8
    ORDINAL = 9
    YEAR = 10
    NUMBER = 11
    STOP = 12
    PART = 13


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Folded terms to their sort and meaning, and those of scripts without blanks as they are written."""

    terms: Mapping[str, tuple[Sort, str]]
    unspaced: tuple[tuple[str, str], ...]
    """Term as written and folded, longest first."""

    def spaced(self, text: str) -> str:
        """Put blanks around known terms where the script has none."""
        if _SCRIPT_WITHOUT_BLANKS.search(text):
            for term, folded in self.unspaced:
                text = text.replace(term, f" {folded} ")
        return text


def fold(text: str) -> str:
    """Transliterate to lower-case Latin words and numbers with single blanks.

    >>> fold("L’Égypte accueillera: Семинар"), fold("C++ Now")
    ('l egypte accueillera seminar', 'c++ now')
    """
    if not text.isascii():
        text = skeleton(text)
        if _ARABIC.search(text):
            text = _ARABIC.sub(_arabic, text)
        text = anyascii(text.translate(_APOSTROPHES)).replace("`", "").replace("'", "")
    else:
        text = text.replace("'", " ")
    return " ".join(_WORD.findall(text.lower()))


def _arabic(match: re.Match[str]) -> str:
    return _ARABIC_ARTICLE.sub("", match[0].translate(_ARABIC_LETTERS))


@cache
def lexicon() -> Lexicon:
    """Read the shipped table of words."""
    table = tomllib.loads(files("dedupe").joinpath("field_words.toml").read_text("utf-8"))
    terms: dict[str, tuple[Sort, str]] = {}
    unspaced: dict[str, str] = {}
    for section, meanings in table.items():
        sort = Sort[section.upper()]
        for meaning, words in meanings.items():
            for word in words:
                folded = fold(word)
                if _SCRIPT_WITHOUT_BLANKS.search(word):
                    folded = f"{meaning}"
                    unspaced[word] = _unspaced_name(sort, meaning)
                    folded = unspaced[word]
                terms.setdefault(folded, (sort, meaning))
    return Lexicon(terms, tuple(sorted(unspaced.items(), key=lambda item: (-len(item[0]), item[0]))))


def _unspaced_name(sort: Sort, meaning: str) -> str:
    """Name a term of an unspaced script by a word that no language has."""
    return f"zz{sort.name.lower()}{re.sub('[^a-z0-9]', '', meaning)}zz"
