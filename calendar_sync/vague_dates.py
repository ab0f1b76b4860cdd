"""Dates in words, as announcements and reports give them, to spans with a note of what was inferred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from calendar_sync.date_mentions import Mentions, Phrase, Reach
from calendar_sync.date_phrases import mentions
from calendar_sync.date_words import Word
from calendar_sync.spans import Span

REPORTED_WITHIN = 92
"""Days after an event in which a text without a year may still report on it; else it announces the next one."""
LONGEST = 600
"""Characters of a text that are read: whatever says more than that is no date."""
OPEN_END = 6
"""Days an event may last beyond the only one of its days that is stated."""
_NO_SUCH_WEEKDAY = "the weekday stated does not fit"
_ROLLS_OVER = 120
"""Days: "28 December to 3 January" crosses a year, "6 December ... 4 November" does not."""


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """What words about a date mean, and what had to be inferred; a blank note means everything was stated."""

    span: Span
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Dated:
    """A phrase with its days."""

    first: date
    last: date
    phrase: Phrase


def resolve(text: str, *, published: date | None, language: str = "", prose: bool = True) -> ResolvedDate | None:
    """Resolve words about a date; None when nothing can be told from them.

    *published* is the day the words were published: without it, nothing relative and nothing without a year can be
    told. *language* tells whether 5/6/2008 is in May (en-US) or in June (everybody else), and adds the names of months
    and weekdays of a language beyond those always read. *prose* is False for a cell, which states all there is to
    state: a sentence that names one day and no year may be news of the first of several.

    >>> resolve("27 and 28 November", published=date(2007, 10, 15)).note
    'year inferred from publication on 2007-10-15'
    >>> resolve("during the last 10 days of January 2010", published=None).span.latest
    datetime.date(2010, 1, 31)
    >>> resolve("to be decided", published=None)
    """
    try:
        found = mentions(text[:LONGEST], month_first=_month_first(language), language=language)
        return _Resolver(found, published, prose=prose).resolve()
    except (OverflowError, ValueError):
        # Words about the edges of the calendar itself, such as the day after 9999-12-31.
        return None


def _month_first(language: str) -> bool:
    return language.lower().replace("_", "-") in ("en-us", "en-ph", "fil", "es-us")


class _Resolver:
    """Resolves the mentions of one text."""

    def __init__(self, found: Mentions, published: date | None, *, prose: bool) -> None:
        self.found, self.published, self.prose = found, published, prose
        self.notes: list[str] = [found.note] if found.note else []

    def resolve(self) -> ResolvedDate | None:
        phrases = self._telling()
        if not phrases:
            return None
        dated = self._dated(phrases)
        if not dated:
            return None
        span = self._span(dated)
        return None if span is None else ResolvedDate(span, "; ".join(dict.fromkeys(self.notes)))

    def _telling(self) -> list[Phrase]:
        """Keep the phrases that say most; a year said elsewhere in the text is given to those that lack one."""
        phrases = list(self.found.phrases)
        if not phrases:
            return []
        most = max(phrase.reach for phrase in phrases)
        years = self._years(phrases)
        told = [replace(phrase, year=year) for phrase, year in zip(phrases, years, strict=True)]
        kept = [phrase for phrase in told if phrase.reach is most]
        if most is Reach.DAYS:
            # "today and running until 10 January", "hoje, 18 de Julho ... termina amanhã"
            kept += [phrase for phrase in told if phrase.relative and phrase.relative[0] is Word.DAY and self.published]
        return kept

    def _years(self, phrases: Sequence[Phrase]) -> list[int | None]:
        """Take each missing year from the nearest phrase that has one, later ones first."""
        years = [phrase.year for phrase in phrases]
        for number in range(len(phrases) - 2, -1, -1):
            if years[number] is None and years[number + 1] is not None:
                years[number] = _before(phrases[number], phrases[number + 1], years[number + 1])
        for number in range(1, len(phrases)):
            if years[number] is None and years[number - 1] is not None:
                years[number] = _after(phrases[number], phrases[number - 1], years[number - 1])
        return years

    # -- phrases to days -----------------------------------------------------------------------------------------

    def _dated(self, phrases: Sequence[Phrase]) -> list[_Dated]:
        dated: list[_Dated] = []
        for phrase in phrases:
            days = self._days(phrase, dated)
            if days is not None:
                dated.append(_Dated(days[0], days[1], phrase))
        return dated

    def _days(self, phrase: Phrase, before: Sequence[_Dated]) -> tuple[date, date] | None:
        if phrase.year is not None and phrase.days is not None:
            stated = phrase.days(phrase.year)
            if stated is not None and phrase.weekday not in (None, stated[0].weekday()):
                self.notes.append(_NO_SUCH_WEEKDAY)
            return stated
        if phrase.relative is not None:
            return self._relative(phrase, before)
        if phrase.days is None:
            return None
        if before and before[-1].phrase.days is not None:
            return self._near(phrase, before[-1])
        return self._infer_year(phrase)

    def _near(self, phrase: Phrase, before: _Dated) -> tuple[date, date] | None:
        """Give a later phrase the year of the one before, or the next where it crosses the year's end."""
        year = before.first.year
        same = _of(phrase, year)
        if same is not None and same[0] < before.first:
            next_ = _of(phrase, year + 1)
            if next_ is not None and (next_[0] - before.last).days <= _ROLLS_OVER:
                return next_
        return same

    def _infer_year(self, phrase: Phrase) -> tuple[date, date] | None:
        published = self.published
        if published is None:
            return None
        near = range(published.year - 1, published.year + 2)
        options = [days for year in near if (days := _of(phrase, year))]
        if not options:
            # The next 29 February may be eight years away.
            later = range(published.year + 2, published.year + 9)
            options = [days for year in later if (days := _of(phrase, year))][:1]
        if phrase.weekday is not None:
            fitting = [days for days in options if days[0].weekday() == phrase.weekday]
            if not fitting:
                self.notes.append(_NO_SUCH_WEEKDAY)
            options = fitting or options
        if phrase.direction > 0:
            options = [days for days in options if days[1] >= published]
        elif phrase.direction < 0:
            options = [days for days in options if days[0] <= published][-1:]
        recent = [days for days in options if (published - days[1]).days <= REPORTED_WITHIN]
        options = recent or options
        if not options:
            return None
        self.notes.append(f"year inferred from publication on {published}")
        return min(options)

    def _relative(self, phrase: Phrase, before: Sequence[_Dated]) -> tuple[date, date] | None:
        published, relative = self.published, phrase.relative
        if published is None or relative is None:
            return None
        word, value = relative
        self.notes.append(f"counted from publication on {published}")
        if word is Word.DAY:
            day = published + timedelta(days=value)
            return day, day
        if word is Word.WEEKDAY:
            return self._weekday(value, phrase, before)
        if word is Word.NUMBER:
            return self._day_of_some_month(value, phrase.relative_to, phrase)
        return self._period(value, phrase)

    def _period(self, unit: int, phrase: Phrase) -> tuple[date, date] | None:
        published, step = self.published, phrase.relative_to
        if published is None:
            return None
        if unit == 365:
            year = published.year + step
            return phrase.days(year) if phrase.days is not None else (date(year, 1, 1), date(year, 12, 31))
        if unit == 7:
            monday = published - timedelta(days=published.weekday()) + timedelta(weeks=step)
            return monday, monday + timedelta(days=6)
        months = published.year * 12 + published.month - 1 + step
        first = date(months // 12, months % 12 + 1, 1)
        following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
        return first, following - timedelta(days=1)

    def _weekday(self, weekday: int, phrase: Phrase, before: Sequence[_Dated]) -> tuple[date, date]:
        published = self.published or date.min
        if before and before[-1].first == before[-1].last:
            # "from Monday to Tuesday": the second follows the first.
            first = before[-1].first
            day = first + timedelta(days=(weekday - first.weekday()) % 7)
            return day, day
        last = published - timedelta(days=(published.weekday() - weekday) % 7)
        next_ = published + timedelta(days=(weekday - published.weekday()) % 7)
        if last == next_ and phrase.direction:
            # "Last Monday", said on a Monday.
            last, next_ = last - timedelta(days=7), next_ + timedelta(days=7)
        direction = phrase.direction or phrase.tense
        if direction:
            return (next_, next_) if direction > 0 else (last, last)
        return last, next_

    def _day_of_some_month(self, first: int, last: int, phrase: Phrase) -> tuple[date, date] | None:
        published = self.published
        if published is None:
            return None
        options = []
        for step in (-1, 0, 1):
            months = published.year * 12 + published.month - 1 + step
            try:
                options.append((date(months // 12, months % 12 + 1, first), date(months // 12, months % 12 + 1, last)))
            except ValueError:
                continue
        if phrase.weekday is not None:
            options = [days for days in options if days[0].weekday() == phrase.weekday] or options
        if phrase.direction > 0:
            options = [days for days in options if days[1] >= published] or options
        if not options:
            return None
        self.notes.append(f"month inferred from publication on {published}")
        return min(options, key=lambda days: (abs((days[0] - published).days), days))

    # -- days to a span ------------------------------------------------------------------------------------------

    def _span(self, dated: Sequence[_Dated]) -> Span | None:
        first, last = min(one.first for one in dated), max(one.last for one in dated)
        sides = {one.phrase.side for one in dated}
        if len(sides) == 1 and sides != {0}:
            before = sides == {-1}
            self.notes.append(f"only {'the latest' if before else 'the earliest'} day is stated")
            return Span.vague(date(first.year, 1, 1), last) if before else Span.vague(first, date(last.year, 12, 31))
        phrases = [one.phrase for one in dated]
        uncertain_day = any(
            one.first != one.last and one.phrase.relative and one.phrase.relative[0] is Word.WEEKDAY for one in dated
        )
        if any(phrase.vague or phrase.either for phrase in phrases) or uncertain_day:
            extra = max(0, self.found.length - 1) if uncertain_day else 0
            return Span.vague(first, last + timedelta(days=extra))
        if first != last:
            return Span.exact(first, last)
        # A day may be named twice: "11 July 2019 ... concluded today".
        starts = any(phrase.starts for phrase in phrases)
        return self._one_day(
            first,
            starts=starts,
            ended=not starts and (self.found.ends_after or any(phrase.ends for phrase in phrases)),
            pointed=any(self._is_news(phrase) for phrase in phrases),
        )

    def _is_news(self, phrase: Phrase) -> bool:
        """True for "today", "next Tuesday", "this 24 May": news of a day, which need not be an event's only one."""
        if phrase.relative is not None:
            return phrase.relative[0] in (Word.DAY, Word.WEEKDAY)
        return phrase.pointed or (self.prose and phrase.year is None)

    def _one_day(self, day: date, *, starts: bool, ended: bool, pointed: bool) -> Span:
        length = self.found.length
        if self.found.following:
            return Span.exact(day, day + timedelta(days=length))
        if length:
            self.notes.append(f"{'start' if ended else 'end'} counted from a length of {length} days")
            away = timedelta(days=length - 1)
            if ended:
                return Span.exact(day - away, day)
            if starts:
                return Span.exact(day, day + away)
            # "Today; three days" is news of the first day; "15 September; two days" may name any.
            return Span(day if pointed else day - away, day + away, (day, day))
        if ended:
            self.notes.append("the start is not stated")
            return Span(day - timedelta(days=OPEN_END), day, (day, day))
        if starts or pointed:
            self.notes.append("the end is not stated")
            return Span(day, day + timedelta(days=OPEN_END), (day, day))
        return Span.exact(day)


def _of(phrase: Phrase, year: int) -> tuple[date, date] | None:
    return phrase.days(year) if phrase.days is not None and 1 <= year <= 9999 else None


def _before(phrase: Phrase, later: Phrase, year: int | None) -> int | None:
    """Return the year of a phrase whose follower is of *year*: the one before where they cross the year's end."""
    if year is None or later.reach is Reach.YEAR:
        return year
    own, its = _of(phrase, year), _of(later, year)
    if own is not None and its is not None and own[0] > its[0]:
        last_year = _of(phrase, year - 1)
        if last_year is not None and (its[0] - last_year[1]).days <= _ROLLS_OVER:
            return year - 1
    return year


def _after(phrase: Phrase, earlier: Phrase, year: int | None) -> int | None:
    if year is None or earlier.reach is Reach.YEAR:
        return year
    own, its = _of(phrase, year), _of(earlier, year)
    if own is not None and its is not None and own[0] < its[0]:
        next_year = _of(phrase, year + 1)
        if next_year is not None and (next_year[0] - its[1]).days <= _ROLLS_OVER:
            return year + 1
    return year
