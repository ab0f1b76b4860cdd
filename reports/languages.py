"""The languages of reports: what is said in English, told in another with gettext catalogues and Unicode's CLDR.

A language is a catalogue, `reports/catalogues/fr.po`, and `states.tsv` beside it, where the United Nations name a state
otherwise than CLDR does.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import Literal

from calendar_sync.countries import country_name
from calendar_sync.roster import Organisation
from dedupe import phrases
from dedupe.sayings import Tongue

LANGUAGES = ("en", "fr", "es", "pt", "ar", "ru")
"""Those a report can be written in; the first where an organisation reads none of them."""
MONTHS = {
    "ar": (
        "كانون الثاني/يناير", "شباط/فبراير", "آذار/مارس", "نيسان/أبريل", "أيار/مايو", "حزيران/يونيه", "تموز/يوليه",
        "آب/أغسطس", "أيلول/سبتمبر", "تشرين الأول/أكتوبر", "تشرين الثاني/نوفمبر", "كانون الأول/ديسمبر",
    )
}  # fmt: skip
"""Months as the United Nations name them, where CLDR has but one of their names."""
_BETWEEN = {
    ("ar", ", "): "، ", ("ar", "; "): "؛ ", ("fr", "; "): "\u00a0; ",
}  # fmt: skip
_E_BEFORE = re.compile("(?:h?i(?!e)|[íÍ])", re.IGNORECASE)
"""Beginnings before which Spanish says *e* for *and*."""
RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


def of(reader: Organisation) -> Tongue:
    """Return the language of a reader's report: the first it names that we write."""
    return tongue(next((code for code in map(_primary, reader.languages) if code in LANGUAGES), LANGUAGES[0]))


@cache
def tongue(language: str) -> Tongue:
    """Return one of `LANGUAGES`.

    Raises:
        KeyError: There is no such language.
    """
    code = _primary(language)
    if code not in LANGUAGES:
        raise KeyError(language)
    return English() if code == "en" else Language(code, _catalogue(code))


def right_to_left(language: str) -> bool:
    """True for a language that is written from right to left.

    >>> right_to_left("ar"), right_to_left("fr-CA")
    (True, False)
    """
    return _primary(language) in RIGHT_TO_LEFT


def month_of_year(code: str, day: date) -> str:
    """Name the month and the year a day lies in, as they stand alone.

    >>> month_of_year("es", date(2010, 2, 1)), month_of_year("en", date(2010, 2, 1))
    ('febrero de 2010', 'February 2010')
    """
    from babel.dates import format_skeleton

    if code in MONTHS:
        return f"{MONTHS[code][day.month - 1]} {day.year}"
    # A full stop after the year would look like that of a sentence.
    return str(format_skeleton("yMMMM", day, locale=_locale(code))).removesuffix(" г.").removesuffix("\u00a0г.")


@cache
def week(code: str) -> tuple[int, ...]:
    """Return the days of a week in the order of a language, Monday being 0: that of the territory it suggests.

    >>> week("fr")[0], week("en")[0], week("ar")[0]
    (0, 6, 5)
    """
    from babel import Locale
    from babel.core import get_global

    locale = Locale.parse(_locale(code))
    if not locale.territory:
        locale = Locale.parse(get_global("likely_subtags")[code])
    first: int = locale.first_week_day
    return tuple((first + day) % 7 for day in range(7))


@cache
def weekdays(code: str, width: Literal["narrow", "abbreviated", "wide"]) -> tuple[str, ...]:
    """Name the days of a week as they stand alone, Monday first.

    >>> weekdays("fr", "abbreviated")[0], weekdays("ru", "wide")[6], weekdays("en", "narrow")[1]
    ('lun.', 'воскресенье', 'T')
    """
    from babel.dates import get_day_names

    names = get_day_names(width, "stand-alone", _locale(code))
    return tuple(names[day] for day in range(7))


def _locale(code: str) -> str:
    """Return the CLDR locale of one of `LANGUAGES`: of two kinds of Portuguese the one our letters are in."""
    return "pt_PT" if code == "pt" else code


def _primary(language: str) -> str:
    return language.split("-")[0].lower()


@dataclass(frozen=True, slots=True)
class English:
    """The language everything is said in."""

    code: str = "en"

    def message(self, template: str) -> str:
        """Return the template."""
        return template

    def plural(self, one: str, many: str, number: int) -> str:
        """Return the template for *number* of something."""
        return one if number == 1 else many

    def days(self, first: date, last: date, *, year: bool) -> str:
        """Write days out."""
        return phrases.interval(first, last, year=year)

    def month(self, value: date, *, narrow: bool) -> str:
        """Name a month."""
        return phrases.month(value, narrow=narrow)

    def state(self, code: str) -> str:
        """Name a state as the United Nations do."""
        return country_name(code)

    def town(self, name: str) -> str:
        """Return the name."""
        return name

    def listed(self, names: Sequence[str]) -> str:
        """Join names as in a sentence."""
        return phrases.listed(names)

    def between(self, sign: str) -> str:
        """Return the sign."""
        return sign

    def number(self, value: float, pattern: str) -> str:
        """Write a number."""
        from babel.numbers import format_decimal

        return str(format_decimal(value, format=pattern, locale="en")).replace("-", "−")


@dataclass(frozen=True, slots=True)
class Language:
    """A language with a catalogue of its own; dates, lists, numbers and names of states as CLDR has them."""

    code: str
    catalogue: NullTranslations = field(compare=False)

    def message(self, template: str) -> str:
        """Return the template in this language; in English where the catalogue has none."""
        return self.catalogue.gettext(template) if template else ""

    def plural(self, one: str, many: str, number: int) -> str:
        """Return the template for *number* of something, in the plural that this language has for it."""
        return self.catalogue.ngettext(one, many, number)

    def days(self, first: date, last: date, *, year: bool) -> str:
        """Write days out.

        >>> tongue("es").days(date(2009, 12, 7), date(2009, 12, 10), year=True)
        '7–10 de diciembre de 2009'
        >>> tongue("fr").days(date(2009, 11, 27), date(2009, 12, 10), year=False)
        '27 novembre – 10 décembre'
        """
        return _days(self.code, first, last, year)

    def month(self, value: date, *, narrow: bool) -> str:
        """Name a month as it stands alone."""
        from babel.dates import get_month_names

        if self.code in MONTHS:
            name = MONTHS[self.code][value.month - 1]
            return name.rpartition("/")[2] if narrow else name
        names: Mapping[int, str] = get_month_names(
            "abbreviated" if narrow else "wide", "stand-alone", _locale(self.code)
        )
        return names[value.month]

    def state(self, code: str) -> str:
        """Name a state as the United Nations do.

        >>> tongue("ru").state("BW"), tongue("fr").state("CI")
        ('Ботсвана', 'Côte d’Ivoire')
        """
        return _states(self.code).get(code) or country_name(code)

    def town(self, name: str) -> str:
        """Name a town; the names CLDR has are those after which time zones are called.

        >>> tongue("fr").town("Cairo"), tongue("ar").town("Nairobi"), tongue("fr").town("Kasane")
        ('Le Caire', 'نيروبي', 'Kasane')
        """
        return _towns(self.code).get(name, name)

    def listed(self, names: Sequence[str]) -> str:
        """Join names as in a sentence.

        >>> tongue("es").listed(["Ghana", "Kenya"]), tongue("es").listed(["Ghana", "Irán"])
        ('Ghana y Kenya', 'Ghana e Irán')
        """
        from babel.lists import format_list

        if not names:
            return ""
        told = str(format_list(list(names), locale=_locale(self.code)))
        if self.code == "es" and len(names) > 1 and _E_BEFORE.match(names[-1]):
            return f"{told.removesuffix(f'y {names[-1]}')}e {names[-1]}"
        return told

    def between(self, sign: str) -> str:
        """Return what stands where English has *sign*.

        >>> tongue("ar").between(", "), tongue("ru").between("; ")
        ('، ', '; ')
        """
        return _BETWEEN.get((self.code, sign), sign)

    def number(self, value: float, pattern: str) -> str:
        """Write a number by one of Unicode's number patterns; its sign stays before it where text runs to the left."""
        from babel.numbers import format_decimal

        told = str(format_decimal(value, format=pattern, locale=_locale(self.code))).replace("-", "−")
        return f"\u200e{told}" if self.code in RIGHT_TO_LEFT else told


@lru_cache(maxsize=4096)
def _days(code: str, first: date, last: date, year: bool) -> str:
    from babel.dates import format_date, format_skeleton

    locale = _locale(code)

    def written(day: date, *, year: bool) -> str:
        if code in MONTHS:
            return f"{day.day} {MONTHS[code][day.month - 1]}" + (f" {day.year}" if year else "")
        told = str(format_date(day, "long", locale) if year else format_skeleton("MMMMd", day, locale=locale))
        if code == "fr" and day.day == 1 and told.startswith("1 "):
            return f"1er{told[1:]}"
        # A full stop after the year would meet that of the sentence.
        return f"{told[:-2]}года" if code == "ru" and told.endswith("г.") else told

    end = written(last, year=year)
    if first == last:
        return end
    # In all of them the day comes first.
    if (first.year, first.month) == (last.year, last.month):
        return f"{'1er' if code == 'fr' and first.day == 1 else first.day}–{end}"
    return f"{written(first, year=first.year != last.year)} – {end}"


@cache
def _catalogue(code: str) -> NullTranslations:
    """Read a catalogue; it is compiled as it is read, so that what translators edit is what reports say."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = files("reports.catalogues").joinpath(f"{code}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=code, charset="utf-8"))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _states(code: str) -> Mapping[str, str]:
    from babel import Locale

    names = dict(Locale.parse(_locale(code)).territories)
    for line in files("reports.catalogues").joinpath("states.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            language, state, name = line.split("\t")
            if language == code:
                names[state] = name
    return names


@cache
def _towns(code: str) -> Mapping[str, str]:
    from babel import Locale

    # Where the zone bears the name of another place, Jamaica for Kingston, no town is called by it.
    zones: Mapping[str, Mapping[str, str]] = Locale.parse(_locale(code)).time_zones
    return {
        zone.rpartition("/")[2].replace("_", " "): names["city"] for zone, names in zones.items() if "city" in names
    }
