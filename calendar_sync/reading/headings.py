"""What stands around the rows of a list: when it was issued, how firm it is, and months that head a section."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from calendar_sync.reading.grids import Row
from calendar_sync.spans import Span
from calendar_sync.vague_dates import ResolvedDate, resolve
from calendar_sync.wording import plain

_LONGEST = 120
"""Characters of a cell that may be a date wanting completion."""
_ISSUED = re.compile(
    r"\b(?:as (?:of|at|on)|updated?|version|draft|revis\w*|dated|issued|status|situation au|mise? a jour|etat au|"
    r"en date du|actualizad[oa]|a fecha|fechad[oa]|emitid[oa]|atualizad[oa]|datad[oa]|по состоянию|обновлен\w*|"
    r"بتاريخ|حتى تاريخ)\b"
)
_PROVISIONAL = re.compile(
    r"\b(?:provisional\w*|provisoire\w*|provisori[oa]s?|draft|projet|borrador|rascunho|preliminary|preliminaire|"
    r"preliminar(?:es)?|indicative|indicati[fv]e?|tentative list|предварительн\w*|проект|مؤقت\w*)\b"
)
_BESIDE_DATES = frozenset({
    "to", "and", "or", "of", "the", "in", "until", "through", "from", "et", "ou", "de", "du", "des", "d", "l",
    "le", "la", "les", "au", "en", "y", "o", "u", "e", "a", "el", "los", "las", "del", "al", "do", "da", "dos",
    "das", "ate", "hasta", "bis", "и", "по", "г", "года", "год", "quarter", "quarters", "half", "semester",
    "year", "years", "month", "months", "trimestre", "semestre", "annee", "an", "mois", "ano", "mes", "first",
    "second", "third", "fourth", "last", "early", "mid", "late", "end", "beginning", "premier", "premiere",
    "deuxieme", "troisieme", "quatrieme", "dernier", "primer", "primero", "segundo", "tercer", "tercero",
    "cuarto", "ultimo", "primeiro", "terceiro", "quarto", "q1", "q2", "q3", "q4", "h1", "h2", "t1", "t2", "t3",
    "t4", "1er", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue",
    "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "lundi", "mardi", "mercredi", "jeudi",
    "vendredi", "samedi", "dimanche", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo",
    "segunda", "terca", "quarta", "quinta", "sexta", "feira",
})  # fmt: skip
_DAY_MONTH_YEAR = re.compile(r"\b(\d{1,2}[-./ ])([^\W\d_]{3,9})(\.? ?[-/'’ ])(\d{2})(?![\w:]|\s?[^\W\d_]{3})")
_MONTH_YEAR = re.compile(r"\b()([^\W\d_]{3,9})(\.? ?['’]|[-/])(\d{2})(?![\w:]|\s?[-–/&.:]|\s?[^\W\d_]{3})")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_BRACKETED_YEAR = re.compile(r"\(\s*(?:19|20)\d\d\s*\)")
_LONGEST_PERIOD = 370
"""Days a list may be about and still give its year to a date that lacks one."""
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th|er|e|o|a|º|ª)")
_DAYS_ONLY = re.compile(r"[\d\s.,;/&–—-]*(?:\d(?:st|nd|rd|th|er|º|°)?[\s.,;/&–—-]*(?:and|to|et|au|y|al|a|e|и)?\s*)+")


@dataclass(frozen=True, slots=True)
class Section:
    """A row such as "NOVEMBER 2007" that gives month and year to the rows below it."""

    span: Span
    text: str
    note: str = ""


def issued(rows: Sequence[Row]) -> date | None:
    """Find the day a list was issued in what stands above or below it ("as of 15 October 2007").

    A day beside a word such as "updated" counts before any other.
    """
    otherwise: date | None = None
    for row in rows:
        for cell in row.cells:
            if not any(letter.isdigit() for letter in cell[:400]):
                continue
            resolved = resolve(cell, published=None)
            if resolved is None or not resolved.span.is_exact or resolved.span.days != 1:
                continue
            if says_issued(cell):
                return resolved.span.earliest
            otherwise = otherwise or resolved.span.earliest
    return otherwise


def says_issued(text: str) -> bool:
    """True for words that go with the day a list was issued."""
    return bool(_ISSUED.search(plain(text[:400])))


def provisional(rows: Sequence[Row], name: str = "") -> bool:
    """True when a list calls itself provisional, a draft or preliminary."""
    return any(_PROVISIONAL.search(plain(text[:400])) for text in (name, *(cell for row in rows for cell in row.cells)))


def section(text: str, published: date | None, before: Section | None = None) -> Section | None:
    """Read a heading that is nothing but a month, a quarter or a year; None for any other.

    Without a year of its own it has that of the section before it, or the next after it, or the one nearest to
    *published*.

    >>> section("NOVEMBER 2007", None).span.latest, section("Africa", None), section("27 November 2007", None)
    (datetime.date(2007, 11, 30), None, None)
    """
    text = text.strip(" \t\n:–—-*.")
    words = plain(text).split()
    if not 0 < len(words) <= 8 or not all(of_dates(word) for word in words):
        return None
    resolved = resolve(text, published=None)
    if resolved is None and before is not None:
        options = [resolve(f"{text} {before.span.earliest.year + step}", published=None) for step in (0, 1)]
        later = [option for option in options if option and option.span.earliest >= before.span.earliest]
        resolved = later[0] if later else None
    if resolved is None:
        resolved = resolve(text, published=published) if published is not None else None
    if resolved is None or (resolved.span.is_exact and resolved.span.days < 28):
        return None
    return Section(resolved.span, text, resolved.note)


def period(text: str) -> Section | None:
    """Find the months or the year a whole list is about in its title; a resolution's year in brackets is none.

    >>> period("Provisional programme, October 2007 - March 2008").span.latest, period("1540 (2004) Committee")
    (datetime.date(2008, 3, 31), None)
    """
    if len(text) > 200 or not _YEAR.search(bare := _BRACKETED_YEAR.sub(" ", text)) or says_issued(text):
        return None
    resolved = resolve(bare, published=None)
    if resolved is None or resolved.span.is_exact or not 28 <= resolved.span.days <= _LONGEST_PERIOD:
        return None
    return Section(resolved.span, " ".join(text.split()))


@lru_cache(maxsize=4096)
def of_dates(word: str) -> bool:
    """True for a folded word that stands in dates: a number, a month, a day of the week, or what joins them."""
    if word in _BESIDE_DATES or (word.isdigit() and len(word) in (1, 2, 4)) or _ORDINAL.fullmatch(word):
        return True
    resolved = resolve(f"{word} 2008", published=None)
    return resolved is not None and resolved.span.days < 93


def under(words: str, heading: Section, language: str = "") -> ResolvedDate | None:
    """Resolve words without a year, or days without a month, under a heading; None when they do not fit it.

    >>> november = section("NOVEMBER 2007", None)
    >>> str(under("27-28", november).span.latest), under("3 to 5 March", november)
    ('2007-11-28', None)
    """
    first, last = heading.span.earliest, heading.span.latest
    options: list[str] = []
    if len(words) > _LONGEST:
        return None
    if _DAYS_ONLY.fullmatch(words) and (first.year, first.month) == (last.year, last.month):
        options.append(f"{words} {first:%B %Y}")
    options += [f"{words} {year}" for year in range(first.year, min(last.year, first.year + 2) + 1)]
    for option in options:
        resolved = resolve(option, published=None, language=language, prose=False)
        # Words that say nothing ("TBC") give back the year that was put behind them.
        if resolved is not None and resolved.span.days < 360 and resolved.span.overlaps(heading.span):
            note = f"completed from the heading {heading.text!r}"
            return ResolvedDate(resolved.span, "; ".join(filter(None, (resolved.note, heading.note, note))))
    return None


def whole_years(words: str) -> str:
    """Write out years of two digits behind the name of a month: "27-Nov-07", "Nov '07".

    >>> whole_years("27-Nov-07"), whole_years("27 and 28 November"), whole_years("Nov 27 & 28")
    ('27-Nov-2007', '27 and 28 November', 'Nov 27 & 28')
    """

    def write_out(match: re.Match[str]) -> str:
        day, month, apart, year = match.groups()
        if plain(month) in _BESIDE_DATES or not of_dates(plain(month)):
            return match[0]
        return f"{day}{month}{apart.replace(chr(39), ' ').replace('’', ' ')}20{year}"

    if len(words) > _LONGEST:
        return words
    # "Nov 27" is a day: a year has a day before the month, or an apostrophe or a dash before itself.
    return _MONTH_YEAR.sub(write_out, _DAY_MONTH_YEAR.sub(write_out, words))
