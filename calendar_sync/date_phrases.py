"""The dates a text names, in the order it names them: days of a month, parts of a period, relative words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from calendar_sync import eras
from calendar_sync.date_mentions import (
    Mentions,
    Phrase,
    Reach,
    Resolve,
    ends_on,
    iso_week,
    month_days,
    over_new_year,
    season,
    week_from,
    whole_year,
)
from calendar_sync.date_words import Token, Word, either_way, spelt_out, tokens

_CORRESPONDING = re.compile(r".*الموافق(?:\s+ل)?")
_INSTRUMENT = re.compile(r"\b\d+\s*\(\d{4}\)")
"""A resolution and the year it was adopted in."""
_BRACKETS = re.compile(r"\([^()]*\)")
_SIDES = {
    "before": -1,
    "avant": -1,
    "antes": -1,
    "قبل": -1,
    "after": 1,
    "apres": 1,
    "despues": 1,
    "depois": 1,
    "بعد": 1,
}
_SEPARATORS = (Word.TO, Word.AND, Word.OR)


def mentions(text: str, *, month_first: bool = False, language: str = "") -> Mentions:
    """Read a text from left to right and collect every date in it; *month_first* is how it writes 5/6/2008."""
    text = eras.in_gregorian_years(_INSTRUMENT.sub(" ", text))
    # Hijri dates stand before "corresponding to"; the days after it are ours.
    corresponding = _CORRESPONDING.sub("", text, count=1)
    other = eras.without_other_months(text)
    found = _read(other.text if other.phrases and corresponding == text else corresponding, month_first, language)
    if not other.phrases:
        return replace(found, note=found.note or _order_noted(text, month_first=month_first))
    if not any(phrase.reach is Reach.DAYS for phrase in found.phrases):
        return replace(found, phrases=other.phrases, note=other.note)
    agreed = eras.agreeing(found.phrases, other.phrases)
    return found if agreed else replace(found, note="the date in the other calendar beside it is another day")


def _read(text: str, month_first: bool, language: str) -> Mentions:
    text = spelt_out(text, month_first=month_first, language=language)
    outside = _BRACKETS.sub(" ; ", text)
    found = _Scanner(tokens(outside, language)).scan()
    if outside != text and not any(phrase.reach is Reach.DAYS for phrase in found.phrases):
        # "three-day (11 - 13 October)": the brackets hold what the rest does not.
        found = _Scanner(tokens(text.replace("(", " ").replace(")", " "), language)).scan()
    return found


def _order_noted(text: str, *, month_first: bool) -> str:
    """Say which figure was taken for the day where either could be it."""
    figures = either_way(text)
    if not figures:
        return ""
    return f"{figures} read with the {'month' if month_first else 'day'} first, it could be the other way round"


class _Scanner:
    """Walks over the tokens of one text."""

    def __init__(self, found: Sequence[Token]) -> None:
        self.tokens = found
        self.phrases: list[Phrase] = []
        self.length = 0
        self.following = False
        self.starts = self.ends = self.either = False
        self.tense = self.direction = 0
        self.phrase_ended = -2
        self.note = ""
        self.side = 0
        self.pointed = self.reaches = False
        self.since_weekday: int | None = None

    def scan(self) -> Mentions:
        """Collect every phrase."""
        at = 0
        while at < len(self.tokens):
            at = self._step(at)
        return Mentions(tuple(self.phrases), self.length, self.following, self.ends and bool(self.phrases), self.note)

    # -- one step ------------------------------------------------------------------------------------------------

    def _step(self, at: int) -> int:
        known = len(self.phrases)
        for attempt in (
            self._part,
            self._season,
            self._length,
            self._week_or_quarter,
            self._days,
            self._month,
            self._relative,
        ):
            after = attempt(at)
            if after is not None:
                if len(self.phrases) > known:
                    self.phrase_ended = after
                return after
        self._cue(at)
        return at + 1

    def _add(self, phrase: Phrase) -> None:
        if self.since_weekday is not None and phrase.days is not None and phrase.reach is Reach.DAYS:
            # "from Monday to Tuesday, April 23, 2024"
            phrase = replace(phrase, days=ends_on(phrase.days, self.since_weekday), weekday=None)
            self.phrases.pop()
        self.since_weekday = None
        self.phrases.append(
            replace(
                phrase,
                starts=self.starts,
                ends=self.ends,
                either=self.either,
                tense=self.tense,
                direction=self.direction,
                pointed=self.pointed or phrase.pointed,
                side=self.side,
            )
        )
        self.pointed, self.side = False, 0
        self.starts = self.ends = self.either = False
        self.tense = self.direction = 0

    def _cue(self, at: int) -> None:
        token = self.tokens[at]
        if token.word is Word.STARTS or token.text in ("from", "desde", "с", "dal"):
            self.starts, self.ends = True, False
            self.tense = token.value if token.word is Word.STARTS else self.tense
        elif token.word is Word.ENDS or (token.text in ("until", "till", "hasta", "حتى", "غاية", "bis", "ate")):
            self.ends, self.starts = True, False
            self.tense = token.value if token.word is Word.ENDS else self.tense
        elif token.word is Word.OR:
            self.either = bool(self.phrases)
        elif token.word is Word.YEAR:
            self._add(Phrase(Reach.YEAR, whole_year, token.value, vague=True))
        elif token.word in (Word.NEXT, Word.PAST):
            self._direct(at, 1 if token.word is Word.NEXT else -1)
        elif (
            token.word is Word.ORDINAL
            and token.value == -1
            and (self._is(at + 1, Word.WEEKDAY) or self._weekday_before(at))
        ):
            self._direct(at, -1)
        elif token.text in _SIDES:
            self.side = (
                _SIDES[token.text] if self._is(self._past_words(at + 1, Word.OF), Word.NUMBER, Word.MONTH) else 0
            )
        elif token.word is Word.THIS:
            after = self._past_words(at + 1, Word.WEEKDAY, Word.OF)
            self.pointed = self._is(after, Word.NUMBER) and self._is(self._past_words(after + 1, Word.OF), Word.MONTH)

    def _weekday_before(self, at: int) -> bool:
        return self._is(at - 1, Word.WEEKDAY) and bool(self.phrases) and self.phrase_ended == at

    def _direct(self, at: int, direction: int) -> None:
        """Note "next" or "past" on the phrase it follows ("le 9 février prochain"), else on the one to come."""
        if self.phrases and self.phrase_ended == at:
            self.phrases[-1] = replace(self.phrases[-1], direction=direction)
            if len(self.phrases) > 1 and all(_is_weekday(phrase) for phrase in self.phrases[-2:]):
                # "jeudi et vendredi derniers"
                self.phrases[-2] = replace(self.phrases[-2], direction=direction)
        else:
            self.direction = direction

    def _is(self, at: int, *words: Word) -> bool:
        return 0 <= at < len(self.tokens) and self.tokens[at].word in words

    def _text(self, at: int) -> str:
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def _past_words(self, at: int, *words: Word) -> int:
        while self._is(at, *words):
            at += 1
        return at

    # -- lengths -------------------------------------------------------------------------------------------------

    def _length(self, at: int) -> int | None:
        """Read "two-day", "deux jours", "3天", "يومين"."""
        if self._is(at, Word.DAYS):
            self.length = self.tokens[at].value
            return at + 1
        if not self._is(at, Word.NUMBER, Word.CARDINAL) or not 1 <= self.tokens[at].value <= 31:
            return None
        after = at + 1
        while self._text(after) == "-" or self._is(after, Word.NEXT):
            after += 1
        if not (self._is(after, Word.UNIT) and self.tokens[after].value in (1, 7)):
            return None
        if self._is(after + 1, Word.NUMBER) and self.tokens[at].word is Word.NUMBER:
            return None
        self.length = self.tokens[at].value * self.tokens[after].value
        after += 1
        if self._is(after, Word.FOLLOWING):
            self.following = True
            after += 1
        return after

    # -- days of a month -----------------------------------------------------------------------------------------

    def _days(self, at: int) -> int | None:
        """Read "27 and 28 November 2007", "November 27 and 28", "Monday 28 to Wednesday 30 June", "days 12 and 13"."""
        begin, weekday = at, None
        if self._is(at, Word.WEEKDAY):
            weekday = self.tokens[at].value
            begin = self._past_words(at + 1, Word.OF)
            if self._text(begin) == ",":
                begin += 1
                begin = self._past_words(begin, Word.OF)
        if self._is(begin, Word.MONTH):
            return self._month_first(begin, weekday)
        if not self._is(begin, Word.NUMBER, Word.ORDINAL):
            return None
        days, either, after = self._day_list(begin)
        if not days:
            return None
        month_at = self._past_words(after, Word.OF, Word.WEEKDAY)
        month_at = month_at + 1 if self._text(month_at) in (",", "-", "/") and month_at > after - 1 else month_at
        month_at = self._past_words(month_at, Word.OF)
        if (
            self._is(month_at, Word.UNIT)
            and self.tokens[month_at].value == 30
            and self._is(month_at + 1, Word.OF, Word.MONTH)
        ):
            month_at = self._past_words(month_at + 1, Word.OF)
        if self._is(month_at, Word.MONTH):
            return self._named(days, either, self.tokens[month_at].value, month_at + 1, at, weekday, after_month=True)
        return self._unnamed(days, at, after, weekday)

    def _month_first(self, at: int, weekday: int | None) -> int | None:
        begin = at + 1
        while self._text(begin) in (",", ".") or self._text(begin) == "the":
            begin += 1
        if not self._is(begin, Word.NUMBER):
            return None
        days, either, after = self._day_list(begin, month_before=True)
        if not days:
            return None
        return self._named(days, either, self.tokens[at].value, after, at, weekday)

    def _day_list(self, at: int, *, month_before: bool = False) -> tuple[list[int], bool, int]:
        """Return the days of "1, 8, and 15", "4 au 8" or "9./10.", whether they are alternatives, and what follows."""
        days: list[int] = []
        either = self.reaches = False
        last_end = at
        while True:
            token = self.tokens[at] if at < len(self.tokens) else None
            if token is None or token.word not in (Word.NUMBER, Word.ORDINAL) or not 1 <= token.value <= 31:
                break
            after = at + 1
            if days and month_before and self._is(self._past_words(after, Word.OF), Word.MONTH):
                # "June 5 - 7 July": the second number belongs to the second month.
                break
            days.append(token.value)
            end = after
            if self._text(after) == ".":
                after += 1
            if self._text(after) == "," and self._is(after + 1, Word.OTHER) and self._is(after + 2, Word.TO):
                # "8., P - 10., V": Hungarians write the weekday behind.
                after += 2
            ahead = after
            while self._is(ahead, *_SEPARATORS, Word.OF, Word.WEEKDAY) or self._is(ahead, Word.STARTS):
                if self._is(ahead, Word.OR):
                    either = True
                ahead += 1
            if ahead == after or not any(self._is(between, *_SEPARATORS) for between in range(after, ahead)):
                return days, either, end if self._text(end) != "." else end + 1
            ahead = self._past_a_name(ahead)
            if not self._is(ahead, Word.NUMBER, Word.ORDINAL):
                return days, either, after
            self.reaches = any(self._is(between, Word.TO) for between in range(after, ahead))
            at, last_end = ahead, after
            if not self._goes_on(ahead):
                return days, either, last_end
        return days, either, last_end if days else at

    def _past_a_name(self, at: int) -> int:
        """Skip a short word before the last day, "8 - jeu. 12 sept.": its weekday, in whatever language."""
        name = self._is(at, Word.OTHER, Word.PART) and self._text(at).isalpha() and len(self._text(at)) <= 5
        ahead = at + 1 if name else at
        while self._text(ahead) in (".", ",") and ahead < at + 3:
            ahead += 1
        day = self._is(ahead, Word.NUMBER) and ahead > at
        month_at = self._past_words(ahead + 1, Word.OF)
        return ahead if day and self._is(month_at + (self._text(month_at) == "."), Word.MONTH) else at

    def _goes_on(self, at: int) -> bool:
        """True when the number at *at* is a day, not the length of something ("9 October, 3 days")."""
        return not (self._is(at + 1, Word.UNIT) or (self._text(at + 1) == "-" and self._is(at + 2, Word.UNIT)))

    def _named(
        self,
        days: list[int],
        either: bool,
        month: int,
        after: int,
        at: int,
        weekday: int | None,
        *,
        after_month: bool = False,
    ) -> int:
        # "تشرين الثاني/نوفمبر": one month under two names; not "Nov 27 - Nov 28".
        while (
            self._text(after) in ("/", "-")
            and self._is(after + 1, Word.MONTH)
            and self.tokens[after + 1].value == month
            and not (self._is(after + 2, Word.NUMBER) and self.tokens[after + 2].value <= 31)
        ):
            after += 2
        year, after = self._year_after(after)
        resolve = month_days(month, min(days), max(days))
        if self.reaches and len(days) == 2 and days[0] > days[1] and after_month:
            # "from 30 to 2 July"
            resolve = month_days(month - 1, days[0], days[1], month) if month > 1 else over_new_year(*days)
        vague = either
        if self._is_week_before(at) and (len(set(days)) == 1 or not self.reaches):
            resolve, vague = week_from(month, min(days), max(days)), True
        step, after = self._of_some_year(after) if year is None else (None, after)
        relative = (Word.UNIT, 365) if step is not None else None
        self._add(Phrase(Reach.DAYS, resolve, year, vague, weekday, relative, step or 0))
        return after

    def _of_some_year(self, at: int) -> tuple[int | None, int]:
        """Read "(of) this year", "del año pasado" behind a month: how many years from the one of publication."""
        ahead = self._past_words(at, Word.OF)
        steps = {Word.THIS: 0, Word.NEXT: 1, Word.PAST: -1}
        for word_at, unit_at in ((ahead, ahead + 1), (ahead + 1, ahead)):
            is_year = self._is(unit_at, Word.UNIT) and self.tokens[unit_at].value == 365
            if is_year or self._text(unit_at) in ("года", "год", "г"):
                if self._is(word_at, *steps):
                    return steps[self.tokens[word_at].word], ahead + 2
                if self._is(word_at, Word.ORDINAL) and self.tokens[word_at].value == -1:
                    return -1, ahead + 2
        return None, at

    def _is_week_before(self, at: int) -> bool:
        back = at - 1
        while self._is(back, Word.OF):
            back -= 1
        return self._is(back, Word.UNIT) and self.tokens[back].value == 7

    def _unnamed(self, days: list[int], at: int, after: int, weekday: int | None) -> int | None:
        """Read days of a month the text does not name: "du 3 au 5 de ce mois", "los días 12 y 13", "jeudi 26"."""
        end = self._past_words(after, Word.OF)
        of_this = self._is(end, Word.THIS)
        pointed = self._is(at - 1, Word.UNIT) and self.tokens[at - 1].value == 1
        if not (of_this or pointed or weekday is not None) or self._is(after, Word.UNIT):
            return None
        if of_this:
            after = self._past_words(end, Word.THIS, Word.UNIT)
        self._add(Phrase(Reach.DAYS, weekday=weekday, relative=(Word.NUMBER, min(days)), relative_to=max(days)))
        return after

    def _year_after(self, at: int) -> tuple[int | None, int]:
        ahead = at
        while self._is(ahead, Word.OF) or self._text(ahead) in (",", ".", "-", "'"):
            ahead += 1
        if self._is(ahead, Word.YEAR):
            return self.tokens[ahead].value, ahead + 1
        return None, at

    # -- parts of months and years -------------------------------------------------------------------------------

    def _part(self, at: int) -> int | None:
        """Read "early 2024", "mid-June", "fin octobre", "the beginning of the month of May"."""
        if not self._is(at, Word.PART):
            return None
        part = self.tokens[at].value
        target = self._target(at + 1)
        if target is None:
            return None
        month, year, direction, after = target
        thirds = ((1, 10), (11, 20), (21, -1)) if month else ((1, 4), (5, 8), (9, 12))
        first, last = thirds[part]
        resolve = month_days(month, first, last) if month else month_days(first, 1, -1, last)
        self._add_part(resolve, year, direction)
        return after

    def _season(self, at: int) -> int | None:
        """Read "fall 2012", "au printemps 2010"; without a year behind them such words mean other things too."""
        if not self._is(at, Word.SEASON):
            return None
        year, after = self._year_after(at + 1)
        if year is None:
            return None
        self._add(Phrase(Reach.MONTH, season(self.tokens[at].value), year, vague=True))
        self.note = "seasons of the northern half of the world"
        return after

    def _week_or_quarter(self, at: int) -> int | None:
        """Read "the last 10 days of January", "first week of November", "semanas 2 y 3 de mayo", "Q1 2018"."""
        numbered = re.fullmatch(r"[qt]", self._text(at)) and self._is(at + 1, Word.NUMBER)
        if numbered and 1 <= self.tokens[at + 1].value <= 4:
            return self._fraction(at + 2, 90, [self.tokens[at + 1].value])
        ordinals, after = self._ordinals(at)
        count = 0
        if ordinals and self._is(after, Word.NUMBER, Word.CARDINAL) and self._is(after + 1, Word.UNIT):
            count, after = self.tokens[after].value, after + 1
        if ordinals and self._is(after, Word.UNIT):
            return self._fraction(after + 1, self.tokens[after].value, ordinals, count)
        if self._is(at, Word.CARDINAL) and self._is(at + 1, Word.ORDINAL) and self._is(at + 2, Word.UNIT):
            # "les deux premières semaines"
            return self._fraction(at + 3, self.tokens[at + 2].value, [self.tokens[at + 1].value], self.tokens[at].value)
        if self._is(at, Word.UNIT) and self.tokens[at].value == 7 and self._is(at + 1, Word.NUMBER):
            year, after = self._year_after(at + 2)
            if year is not None:
                self._add(Phrase(Reach.MONTH, iso_week(self.tokens[at + 1].value), year, vague=True))
                return after
        of_a_day = self._is(at + 1, Word.OF) and not self._is(self._past_words(at + 1, Word.OF), Word.ORDINAL)
        if self._is(at, Word.UNIT) and self.tokens[at].value in (7, 90, 15, 180) and not of_a_day:
            ordinals, after = self._ordinals(at + 1)
            if ordinals:
                return self._fraction(after, self.tokens[at].value, ordinals)
        return None

    def _ordinals(self, at: int) -> tuple[list[int], int]:
        found: list[int] = []
        ahead = self._past_words(at, Word.OF)
        while self._is(ahead, Word.ORDINAL, Word.NUMBER) and self.tokens[ahead].value <= 5:
            found.append(self.tokens[ahead].value)
            at, ahead = ahead + 1, self._past_words(ahead + 1, *_SEPARATORS, Word.OF)
        return found, at

    def _fraction(self, at: int, unit: int, ordinals: list[int], count: int = 0) -> int | None:
        target = self._target(at)
        if target is None:
            return None
        month, year, direction, after = target
        low, high = (min(ordinals), max(ordinals)) if -1 not in ordinals else (-1, -1)
        resolve: Resolve | None = None
        if month and (unit == 7 or count):
            size = unit * max(1, count) if unit in (1, 7) else 0
            resolve = month_days(month, -size if low < 0 else (low - 1) * size + 1, -1 if low < 0 else high * size)
            if size > 31 or size == 0:
                return None
            if high * size > 28 and low > 0:
                resolve = month_days(month, (low - 1) * size + 1, -1)
        elif month and unit == 15:
            resolve = month_days(month, 1, 15) if low == 1 else month_days(month, 16, -1)
        elif not month and unit in (90, 180, 15):
            months = 3 if unit == 90 else 6
            first = 13 - months if low < 0 else (low - 1) * months + 1
            last = 12 if low < 0 else high * months
            resolve = month_days(first, 1, -1, last) if last <= 12 else None
        if resolve is None:
            return None
        self._add_part(resolve, year, direction)
        return after

    def _target(self, at: int) -> tuple[int, int | None, int, int] | None:
        """Read what a part is a part of: month (0 for a year), year, direction, and what follows."""
        at = self._past_words(at, Word.OF) if self._text(at) not in ("-", "/") else at + 1
        if self._is(at, Word.UNIT) and self.tokens[at].value in (30, 365) and self._is(at + 1, Word.OF, Word.MONTH):
            at = self._past_words(at + 1, Word.OF)
        if self._is(at, Word.MONTH):
            year, after = self._year_after(at + 1)
            return self.tokens[at].value, year, 0, after
        if self._is(at, Word.YEAR):
            return 0, self.tokens[at].value, 0, at + 1
        directions = {Word.THIS: 0, Word.NEXT: 1, Word.PAST: -1}
        for word_at, unit_at in ((at, at + 1), (at + 1, at)):
            if self._is(word_at, *directions) and self._is(unit_at, Word.UNIT) and self.tokens[unit_at].value == 365:
                return 0, None, directions[self.tokens[word_at].word] or 9, at + 2
        return None

    def _add_part(self, resolve: Resolve, year: int | None, direction: int) -> None:
        relative = (Word.UNIT, 365) if direction else None
        phrase = Phrase(Reach.MONTH, resolve, year, vague=True, relative=relative, relative_to=direction % 9)
        self._add(phrase if direction != -1 else replace(phrase, relative_to=-1))

    def _month(self, at: int) -> int | None:
        if not self._is(at, Word.MONTH):
            return None
        month = self.tokens[at].value
        year, after = self._year_after(at + 1)
        step, after = self._of_some_year(after) if year is None else (None, after)
        relative = (Word.UNIT, 365) if step is not None else None
        whole = month_days(month, 1, -1)
        self._add(Phrase(Reach.MONTH, whole, year, vague=True, relative=relative, relative_to=step or 0))
        return after

    # -- relative words ------------------------------------------------------------------------------------------

    def _relative(self, at: int) -> int | None:
        token = self.tokens[at]
        if token.word is Word.DAY:
            return self._day_word(at)
        if token.word is Word.WEEKDAY:
            self._add(Phrase(Reach.RELATIVE, relative=(Word.WEEKDAY, token.value)))
            if self._is(at + 1, Word.TO) and self._leads_to_a_day(at + 2):
                self.since_weekday = token.value
            return at + 1
        directions = {Word.THIS: 0, Word.NEXT: 1, Word.PAST: -1}
        is_last = token.word is Word.ORDINAL and token.value == -1
        if (token.word in directions or is_last) and self._is(at + 1, Word.UNIT, Word.PAST):
            unit_at = at + 1 if self._is(at + 1, Word.UNIT) else at + 2
            if self._is(unit_at, Word.UNIT) and self.tokens[unit_at].value in (7, 30, 365):
                return self._period(unit_at, -1 if is_last else directions[token.word], unit_at + 1)
        if token.word is Word.UNIT and token.value in (7, 30, 365):
            if self._is(at + 1, *directions):
                return self._period(at, directions[self.tokens[at + 1].word], at + 2)
            if self._is(at + 1, Word.ORDINAL) and self.tokens[at + 1].value == -1:
                return self._period(at, -1, at + 2)
        if token.word is Word.THIS and self._text(at + 1) in ("morning", "afternoon", "matin"):
            self._add(Phrase(Reach.RELATIVE, relative=(Word.DAY, 0)))
            return at + 2
        return None

    def _leads_to_a_day(self, at: int) -> bool:
        """True where a weekday with its date comes next: "(Monday to) Tuesday, April 23"."""
        at = self._past_words(at, Word.OF)
        if not self._is(at, Word.WEEKDAY):
            return False
        at = self._past_words(at + 1, Word.OF)
        at = self._past_words(at + (self._text(at) == ","), Word.OF)
        return self._is(at, Word.NUMBER, Word.MONTH)

    def _day_word(self, at: int) -> int:
        """Read "today" and its like; of "yesterday, Tuesday, 14 November", one day thrice, the last one counts."""
        after = at + 1
        while self._text(after) in (",", "the") or self._is(after, Word.WEEKDAY):
            after += 1
        if self._is(after, Word.NUMBER) and self._is(self._past_words(after + 1, Word.OF), Word.MONTH):
            self.pointed = True
            return at + 1
        if self._is(after, Word.MONTH) and self._is(after + 1, Word.NUMBER):
            self.pointed = True
            return at + 1
        self._add(Phrase(Reach.RELATIVE, relative=(Word.DAY, self.tokens[at].value)))
        return after

    def _period(self, unit_at: int, direction: int, after: int) -> int:
        self._add(
            Phrase(Reach.RELATIVE, vague=True, relative=(Word.UNIT, self.tokens[unit_at].value), relative_to=direction)
        )
        return after


def _is_weekday(phrase: Phrase) -> bool:
    return phrase.relative is not None and phrase.relative[0] is Word.WEEKDAY
