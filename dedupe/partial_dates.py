"""Dates of which only a part is stated: days without a year, months, days of some month, weekdays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from calendar_sync.date_mentions import Phrase, Reach
from calendar_sync.date_phrases import mentions
from calendar_sync.date_words import Word
from calendar_sync.listings import Listing

SOME_YEAR = 2001
"""Any year that is no leap year: parts of dates are laid into it."""
OPEN_DAYS = 6
"""Days an event may reach beyond the only one of its days that is stated."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """What words tell of a date although not all of it: 0 (or -1 for the weekday) where they are silent."""

    first: int = 0
    """First day as month * 32 + day."""
    last: int = 0
    to_the_day: bool = False
    """False when *first* and *last* only bound it, as a month does."""
    day_from: int = 0
    """Day of a month that is not named."""
    day_to: int = 0
    weekday: int = -1


NOTHING = PartialDate()


def partial(listing: Listing) -> PartialDate:
    """Read what a listing without a span tells of its date, in the date's words, else in its title."""
    if listing.span is not None:
        return NOTHING
    for text in (listing.date_text, listing.title):
        found = _read(list(mentions(text).phrases)) if text else NOTHING
        if found != NOTHING:
            return found
    return NOTHING


def month_day(day: date) -> int:
    """Turn a day into month * 32 + day, which orders the days of a year.

    >>> month_day(date(2007, 11, 27))
    379
    """
    return day.month * 32 + day.day


def _read(phrases: list[Phrase]) -> PartialDate:
    for reach in (Reach.DAYS, Reach.MONTH):
        told = [
            (days, phrase)
            for phrase in phrases
            if phrase.reach is reach and phrase.days is not None and (days := phrase.days(SOME_YEAR)) is not None
        ]
        if told:
            first, last = min(days[0] for days, _ in told), max(days[1] for days, _ in told)
            exact = reach is Reach.DAYS
            if exact and len(told) == 1 and first == last and (told[0][1].starts or told[0][1].ends):
                first, last, exact = _open(first, starts=told[0][1].starts)
            return PartialDate(month_day(first), month_day(last), exact)
    for phrase in phrases:
        if phrase.relative is not None and phrase.relative[0] is Word.NUMBER:
            day = phrase.relative[1]
            weekday = -1 if phrase.weekday is None else phrase.weekday
            return PartialDate(day_from=day, day_to=max(day, phrase.relative_to), weekday=weekday)
    for phrase in phrases:
        if phrase.relative is not None and phrase.relative[0] is Word.WEEKDAY:
            return PartialDate(weekday=phrase.relative[1])
    return NOTHING


def _open(day: date, *, starts: bool) -> tuple[date, date, bool]:
    away = timedelta(days=OPEN_DAYS)
    first, last = (day, day + away) if starts else (day - away, day)
    inside = first.year == last.year == day.year
    return (first, last, False) if inside else (day, day, True)
