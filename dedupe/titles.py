"""Titles: what the words of a title say, and how much each of them is worth."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from calendar_sync.countries import country_code, country_names
from dedupe.lexicon import LONGEST, Sort, fold, lexicon
from dedupe.look_alikes import skeleton

SENTENCE = 7
"""Words from which on a title is worded, not named: words on one side only then say less."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBERED = re.compile(r"(\d{1,2})(?:st|nd|rd|th|e|eme|er|re|a|o)")
_ROMAN = re.compile(r"\b[IVXL]{2,7}\b")
_ROMAN_LETTERS = frozenset("ivxl")
MONTHS = frozenset(
    month
    for months in (
        "january february march april may june july august september october november december",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    )
    for month in months.split()
)
_ENDINGS = ("conference", "conferences", "conf")
_RESOLUTION = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a title: what stands for it, of which sort it is, and how it was written."""

    token: str
    sort: Sort
    written: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What a title says. *words* keep their order; the sets hold what tells look-alikes apart."""

    words: tuple[Word, ...]
    initials: str
    """First letters of the written words, stop words left out."""
    length: int
    """Words as written."""
    foreign: bool
    """True when it is written in a script other than Latin."""
    ordinals: frozenset[int] = frozenset()
    years: frozenset[int] = frozenset()
    numbers: frozenset[str] = frozenset()
    """Numbers of resolutions and other instruments."""
    regions: frozenset[str] = frozenset()
    speakers: frozenset[str] = frozenset()
    participants: frozenset[str] = frozenset()
    instruments: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    part: frozenset[str] = frozenset()
    """Words that make it a meeting beside or before another."""

    @property
    def worded(self) -> bool:
        """True for a description or a headline, False for a name."""
        return self.length >= SENTENCE or self.foreign


@lru_cache(maxsize=1 << 16)
def wording(title: str) -> Wording:
    """Understand a title.

    >>> said = wording("Second workshop on resolution 1540 (2004) for French-speaking African States")
    >>> sorted(said.ordinals), sorted(said.numbers), sorted(said.speakers), sorted(said.regions)
    ([2], ['1540'], ['french'], ['africa'])
    """
    known = lexicon()
    title = skeleton(title)
    written = fold(known.spaced(title)).split()
    words = tuple(words_of(written, romans_in(title)))
    return Wording(
        words=tuple(word for word in words if word.sort is not Sort.STOP),
        initials="".join(word[0] for word in written if known.terms.get(word, (Sort.PLAIN, ""))[0] is not Sort.STOP),
        length=len(written),
        foreign=is_foreign(title),
        ordinals=frozenset(int(word.token[1:]) for word in words if word.sort is Sort.ORDINAL),
        years=frozenset(int(word.token) for word in words if word.sort is Sort.YEAR),
        numbers=_numbers(words),
        regions=_meanings(words, Sort.REGION),
        speakers=_meanings(words, Sort.SPEAKERS),
        participants=_meanings(words, Sort.PARTICIPANTS),
        instruments=_meanings(words, Sort.INSTRUMENT),
        countries=_meanings(words, Sort.PLACE),
        part=_meanings(words, Sort.PART),
    )


def _meanings(words: tuple[Word, ...], sort: Sort) -> frozenset[str]:
    return frozenset(word.token.partition(":")[2] for word in words if word.sort is sort)


def _numbers(words: tuple[Word, ...]) -> frozenset[str]:
    return frozenset(word.token for word in words if word.sort is Sort.NUMBER and _RESOLUTION.fullmatch(word.token))


def is_foreign(title: str) -> bool:
    """Say whether a title is written in a script other than Latin."""
    return not title.isascii() and sum(letter > "\u036f" for letter in title) * 3 > len(title)


def romans_in(title: str) -> Mapping[str, int]:
    """Find the roman numerals of a title, in lower case, with their values."""
    return {numeral.lower(): value for numeral in _ROMAN.findall(title) if (value := _roman(numeral))}


def is_roman(word: str) -> bool:
    """Say whether a word in lower case may be a roman numeral."""
    return 2 <= len(word) <= 7 and _ROMAN_LETTERS.issuperset(word) and _roman(word.upper()) > 0


def words_of(written: Sequence[str], romans: Mapping[str, int]) -> list[Word]:
    """Cut folded words into the longest known terms; what is not known stays as written."""
    terms = lexicon().terms
    words: list[Word] = []
    at, count = 0, len(written)
    while at < count:
        for length in range(min(LONGEST, count - at), 0, -1):
            term = " ".join(written[at : at + length]) if length > 1 else written[at]
            found = terms.get(term)
            if found is None and length <= 4 and len(term) > 3:
                code = _country(term)
                found = (Sort.PLACE, code) if code else None
            if found is not None:
                sort, meaning = found
                if sort is Sort.ORDINAL:
                    words.append(Word(f"#{meaning}", sort, term))
                elif sort is not Sort.STOP:
                    words.append(Word(f"{sort.name.lower()}:{meaning}", sort, term))
                at += length
                break
        else:
            before, after = written[at - 1] if at else "", written[at + 1] if at + 1 < count else ""
            if written[at] in romans:
                words.append(Word(f"#{romans[written[at]]}", Sort.ORDINAL, written[at]))
            else:
                words.append(_plain(written[at], before, after))
            at += 1
    return words


def _plain(word: str, before: str, after: str) -> Word:
    """Read a word that no table knows: a year, an edition, the number of an instrument, or just a word."""
    if word.isdigit():
        if _YEAR.fullmatch(word) and not 1900 < int(word) < 1985:
            # "resolution 1540 (2004)": the year belongs to the resolution.
            return Word(word, Sort.STOP if _RESOLUTION.fullmatch(before) else Sort.YEAR, word)
        if len(word) <= 2 and (after in MONTHS or before in MONTHS or after.isdigit() or before.isdigit()):
            return Word(word, Sort.STOP, word)
        return Word(word, Sort.NUMBER, word)
    numbered = _NUMBERED.fullmatch(word)
    if numbered is not None and after not in MONTHS and before not in MONTHS:
        return Word(f"#{int(numbered[1])}", Sort.ORDINAL, word)
    if word in MONTHS:
        return Word(word, Sort.STOP, word)
    for ending in _ENDINGS:
        if len(word) > len(ending) + 1 and word.endswith(ending):
            return Word(word.removesuffix(ending) + "conf", Sort.PLAIN, word)
    if len(word) > 4 and word.endswith("s") and not word.endswith("ss"):
        return Word(word[:-1], Sort.PLAIN, word)
    return Word(word, Sort.PLAIN, word)


def _roman(numeral: str) -> int:
    """Read a roman numeral, 0 when it is none.

    >>> _roman("XLIV"), _roman("XI"), _roman("IIX")
    (44, 11, 0)
    """
    values = [{"I": 1, "V": 5, "X": 10, "L": 50}[letter] for letter in numeral]
    total = sum(
        -value if any(later > value for later in values[at + 1 :]) else value for at, value in enumerate(values)
    )
    return total if _as_roman(total) == numeral else 0


def _as_roman(number: int) -> str:
    written = ""
    for value, letters in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while number >= value:
            written, number = written + letters, number - value
    return written


def word_alone(written: str) -> Word | None:
    """Read a folded word that nothing stands beside; None for a stop word."""
    found = lexicon().terms.get(written)
    if found is None and len(written) > 3 and (code := country_names().get(written)):
        found = (Sort.PLACE, code)
    if found is None:
        word = _plain(written, "", "")
        return None if word.sort is Sort.STOP else word
    sort, meaning = found
    if sort is Sort.STOP:
        return None
    return Word(f"#{meaning}" if sort is Sort.ORDINAL else f"{sort.name.lower()}:{meaning}", sort, written)


@lru_cache(maxsize=1 << 17)
def _country(term: str) -> str:
    return country_code(term)
