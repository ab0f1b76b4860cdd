"""Years and days of other calendars, found in a text and told in Gregorian ones.

Buddhist years, Japanese eras and the years of the Republic of China differ from Gregorian ones by a number: they are
rewritten where they stand. Hijri and Persian dates have months of their own: they become phrases.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from hijridate import Hijri

from calendar_sync.date_mentions import Phrase, Reach

TABULAR_IS_OFF_BY = 2
"""Days by which the tabular Islamic calendar may differ from the one that is kept."""
_UMM_AL_QURA = range(1343, 1501)
_EPOCH = 1948439
"""Julian day before the first of Muharram of year 1, civil reckoning."""
_JULIAN_DAY_OF_ORDINAL = 1721425

_BEFORE_YEAR_ONE: Mapping[str, int] = {
    "令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911,
}  # fmt: skip
_ERA = re.compile(r"(令和|平成|昭和|民國|民国)\s*(元|\d{1,3})\s*年")
_THAI = re.compile(r"[\u0e01-\u0e3a]")
_BUDDHIST = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_MARKED_BUDDHIST = re.compile(r"(?:\bB\.?\s?E\.?\s?(\d{4})\b|\b(\d{4})\s?B\.?E\b\.?)")
_COMMON_ERA = re.compile(r"ค\.ศ\.|คริสต")

_HIJRI_MONTHS = (
    "محرم|muharram", "صفر|safar",
    r"ربيع\s+(?:ال)?اول|rabi(?:\s+al)?[\s]*(?:awwal|i\b)",
    r"ربيع\s+ال(?:ثاني|اخر)|rabi(?:\s+al)?[\s]*(?:thani|akhir|ii\b)",
    r"جمادي?\s*ال(?:اولي?|اول)|jumada(?:\s+al)?[\s]*(?:ula|awwal|i\b)",
    r"جمادي?\s*ال(?:اخرة|ثانية|ثاني|اخر)|jumada(?:\s+al)?[\s]*(?:thani(?:yah?)?|akhir(?:ah?)?|ii\b)",
    "رجب|rajab", r"شعبان|sha\s?ban", r"رمضان|ramadh?an|ramazan|ramadan", "شوال|shawwal",
    r"ذ[ويا]\s*القعدة|dhu(?:\s+a)?l?\s*q[ai]+dah?|zul\s?qa?e?dah?",
    r"ذ[ويا]\s*الحجة|dhu(?:\s+a)?l?\s*hijj?ah?|zul\s?hijj?ah?",
)  # fmt: skip
_PERSIAN_MONTHS = (
    "فروردين|farvardin", "ارديبهشت|ordibehesht", "خرداد|khordad", "تير|tir", "مرداد|mordad", "شهريور|shahrivar",
    "مهر|mehr", "ابان|aban", "اذر|azar", "دي|dey", "بهمن|bahman", "اسفند|esfand",
)  # fmt: skip
_JOINED_BY = r"\s*(?:-|to|and|الي|تا|و|من|/)\s*"


@dataclass(frozen=True, slots=True)
class OtherEra:
    """A text without the dates of another calendar, those dates as phrases, and what counting them supposed."""

    text: str
    phrases: tuple[Phrase, ...] = ()
    note: str = ""


def in_gregorian_years(text: str) -> str:
    """Rewrite years that only count from another beginning.

    >>> in_gregorian_years("令和6年6月25日"), in_gregorian_years("27 กันยายน 2560")
    ('2024年6月25日', '27 กันยายน 2017')
    """
    text = _ERA.sub(lambda match: f"{_BEFORE_YEAR_ONE[match[1]] + (int(match[2]) if match[2] != '元' else 1)}年", text)
    text = _MARKED_BUDDHIST.sub(lambda match: _less_543(match[1] or match[2]), text)
    if _THAI.search(text) and not _COMMON_ERA.search(text):
        text = _BUDDHIST.sub(lambda match: _less_543(match[1]), text)
    return text


def _less_543(year: str) -> str:
    number = int(year)
    return str(number - 543) if 2443 <= number <= 2742 else year


def without_other_months(text: str) -> OtherEra:
    """Take the Hijri and Persian dates out of a text; each becomes phrases with a year of our own.

    >>> found = without_other_months("12 رمضان 1431")
    >>> found.phrases[0].days(0)
    (datetime.date(2010, 8, 22), datetime.date(2010, 8, 22))
    """
    for calendar in _CALENDARS:
        found = calendar.read(text)
        if found is not None:
            return found
    return OtherEra(text)


Convert = Callable[[int, int, int], "tuple[date, date] | None"]


@dataclass(frozen=True, slots=True)
class _Calendar:
    """A calendar with months of its own."""

    name: str
    months: tuple[str, ...]
    convert: Convert
    """From year, month and day to the first and last day it may be."""
    length: Callable[[int, int], int]

    def read(self, text: str) -> OtherEra | None:
        plain = _plain(text)
        if not self._any().search(plain):
            return None
        phrases: list[Phrase] = []
        years: list[int] = []
        for match in self._dates().finditer(plain):
            years.append(int(match["year"]))
            phrases += self._phrases(match)
        if not phrases:
            return None
        note = f"counted by the {self.name} calendar"
        if self.name == "Umm al-Qura" and any(year not in _UMM_AL_QURA for year in years):
            note = f"counted by the tabular Islamic calendar, {TABULAR_IS_OFF_BY} days either way"
        rest = self._dates().sub(" ; ", plain)
        return OtherEra(re.sub(r"\(\s*;\s*\)", " ; ", rest), tuple(phrases), note)

    def _phrases(self, match: re.Match[str]) -> Iterator[Phrase]:
        year, month = int(match["year"]), self._month(match["month"])
        days = [int(number) for number in re.findall(r"\d{1,2}", match["days"] or "")]
        if match["before"]:
            first = [int(number) for number in re.findall(r"\d{1,2}", match["earlier"])]
            began = self._month(match["before"])
            yield from self._one(year - (began > month), began, first)
        yield from self._one(year, month, days)

    def _one(self, year: int, month: int, days: list[int]) -> Iterator[Phrase]:
        first = self.convert(year, month, min(days, default=1))
        last = self.convert(year, month, max(days) if days else self.length(year, month))
        if first is None or last is None:
            return
        bounds = (first[0], last[1])
        yield Phrase(
            Reach.DAYS if days else Reach.MONTH,
            lambda _year: bounds,
            bounds[0].year,
            vague=not days or first[0] != first[1],
        )

    def _month(self, name: str) -> int:
        return next(number for number, words in enumerate(self.months, 1) if re.fullmatch(words, name))

    def _any(self) -> re.Pattern[str]:
        return _patterns(self.months)[0]

    def _dates(self) -> re.Pattern[str]:
        return _patterns(self.months)[1]


@cache
def _patterns(months: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = "|".join(months)
    listed = rf"\d{{1,2}}(?:{_JOINED_BY}\d{{1,2}}){{0,5}}"
    of = r"(?:\s*(?:من|شهر|of|,))*\s*"
    dates = (
        rf"(?<!\w)(?:(?P<earlier>{listed}){of}(?P<before>{names}){_JOINED_BY}(?=\d))?"
        rf"(?:(?P<days>{listed}){of})?(?P<month>{names})(?:\s*(?:,|عام|سنة|of))*\s*(?P<year>1[2-6]\d\d)(?!\d)"
        r"(?:\s*(?:هجري[ةه]?|ه(?!\w)|(?:a\s?h|ap|sh)\b))?"
    )
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)"), re.compile(dates)


def _plain(text: str) -> str:
    """Fold letters that are written in several ways, and drop what stands inside transliterated names."""
    text = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter)
    )
    text = re.sub(r"\d", lambda digit: str(int(digit[0])), text)
    text = text.replace("\u0640", "").replace("ى", "ي").replace("ی", "ي").replace("ک", "ك").replace("ٱ", "ا")
    text = re.sub(r"['\u2019\u2018\u02bb\u02bc\u02be\u02bf`]", "", text)
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", text)
    # "Rabi' al-Awwal", "Dhu al-Hijjah": the hyphen of a name is no "to".
    return re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text)


# -- the calendars -----------------------------------------------------------------------------------------------------


def _hijri(year: int, month: int, day: int) -> tuple[date, date] | None:
    if year in _UMM_AL_QURA:
        try:
            gregorian = Hijri(year, month, day).to_gregorian()
        except (ValueError, OverflowError):
            return None
        known = date(gregorian.year, gregorian.month, gregorian.day)
        return known, known
    if not 1 <= day <= 30:
        return None
    away = timedelta(days=TABULAR_IS_OFF_BY)
    counted = _tabular(year, month, day)
    return counted - away, counted + away


def _tabular(year: int, month: int, day: int) -> date:
    """Count months of 30 and 29 days by turns, and 11 leap days in 30 years."""
    julian = day + (59 * (month - 1) + 1) // 2 + (year - 1) * 354 + (3 + 11 * year) // 30 + _EPOCH
    return date.fromordinal(julian - _JULIAN_DAY_OF_ORDINAL)


def _hijri_length(year: int, month: int) -> int:
    return Hijri(year, month, 1).month_length() if year in _UMM_AL_QURA else 29


def _persian(year: int, month: int, day: int) -> tuple[date, date] | None:
    """Count by the 33-year cycle, right from 1925 to 2088 and a day off at most around them."""
    if not 1 <= day <= _persian_length(year, month):
        return None
    before = 365 * (year - 1) + (8 * (year - 1) + 29) // 33 + min(month - 1, 6) * 31 + max(month - 7, 0) * 30 + day
    counted = date.fromordinal(before + 226894)
    if 1304 <= year <= 1466:
        return counted, counted
    return counted - timedelta(days=1), counted + timedelta(days=1)


def _persian_length(year: int, month: int) -> int:
    if month <= 6:
        return 31
    leap = (8 * year + 29) // 33 - (8 * (year - 1) + 29) // 33
    return 30 if month < 12 or leap else 29


_CALENDARS = (
    _Calendar("Umm al-Qura", _HIJRI_MONTHS, _hijri, _hijri_length),
    _Calendar("Persian", _PERSIAN_MONTHS, _persian, _persian_length),
)


def agreeing(stated: tuple[Phrase, ...], phrases: tuple[Phrase, ...]) -> bool:
    """True when the Gregorian days a text states beside the others are the same, a sighting of the moon apart."""
    days, others = _told(stated), _told(phrases)
    if not days or not others:
        return True
    away = timedelta(days=TABULAR_IS_OFF_BY)
    first, last = min(one[0] for one in days), max(one[1] for one in days)
    return min(one[0] for one in others) <= last + away and max(one[1] for one in others) >= first - away


def _told(phrases: tuple[Phrase, ...]) -> list[tuple[date, date]]:
    told = [phrase.days(phrase.year) for phrase in phrases if phrase.days is not None and phrase.year is not None]
    return [days for days in told if days is not None]
