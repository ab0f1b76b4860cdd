"""What a text says about dates: phrases that mean days once the year, or the day of publication, is known."""

from __future__ import annotations

import calendar as civil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from calendar_sync.date_words import Word


class Reach(IntEnum):
    """How much a phrase says; where several do, only the ones that say most count."""

    YEAR = 0
    RELATIVE = 1
    MONTH = 2
    DAYS = 3


Resolve = Callable[[int], "tuple[date, date] | None"]
"""From a year to the first and last day a phrase means; None where that year has no such day."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One mention of a date. *days* turns a year into first and last day; relative ones have *relative* instead."""

    reach: Reach
    days: Resolve | None = None
    year: int | None = None
    vague: bool = False
    weekday: int | None = None
    """Of the first day, as stated; None when it is not."""
    relative: tuple[Word, int] | None = None
    """DAY and its distance, WEEKDAY and its number, UNIT and its length, NUMBER and a day of an unnamed month."""
    relative_to: int = 0
    """For a UNIT: -1 past, 0 this, 1 next; for a NUMBER: the last day of the list."""
    pointed: bool = False
    """True where the text points at its day, as "this 24 May" and "today" do: news of one day of an event."""
    starts: bool = False
    ends: bool = False
    either: bool = False
    """True when the text offers it as an alternative to the phrase before."""
    side: int = 0
    """-1 where the text says before that day, 1 where it says after it."""
    tense: int = 0
    """-1 where its verb is of the past, 1 where it is of the present or future."""
    direction: int = 0
    """-1 where the text says it lies in the past, 1 where it says it lies in the future."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a text says: its phrases and, where it gives one, the length in days."""

    phrases: tuple[Phrase, ...] = ()
    length: int = 0
    following: bool = False
    """True when the length counts the days after the one named."""
    ends_after: bool = False
    """True when it says that the event ended, after the last date it names."""
    note: str = ""
    """What reading it supposed, whatever the year: another calendar, or which figure is the day."""


def month_days(month: int, first: int, last: int, last_month: int | None = None) -> Resolve:
    """Make days of a month, or of two, into a function of the year; -n counts from the month's end."""

    def resolve(year: int) -> tuple[date, date] | None:
        begin, end = _day(year, month, first), _day(year, last_month or month, last)
        return (begin, end) if begin is not None and end is not None else None

    return resolve


def _day(year: int, month: int, day: int) -> date | None:
    length = civil.monthrange(year, month)[1]
    if day < 0:
        day += length + 1
    return date(year, month, day) if 1 <= day <= length else None


def over_new_year(first: int, last: int) -> Resolve:
    """Make days from a December into the January of the year."""

    def resolve(year: int) -> tuple[date, date] | None:
        begin, end = _day(year - 1, 12, first) if year > 1 else None, _day(year, 1, last)
        return (begin, end) if begin is not None and end is not None else None

    return resolve


def season(number: int) -> Resolve:
    """Make a season of the northern half into a function of the year; a winter begins in its year's December."""

    def resolve(year: int) -> tuple[date, date] | None:
        if number == 3:
            last = _day(year + 1, 2, -1) if year < 9999 else None
            return None if last is None else (date(year, 1, 1), last)
        return month_days(3 * number + 3, 1, -1, 3 * number + 5)(year)

    return resolve


def ends_on(resolve: Resolve, weekday: int) -> Resolve:
    """Make "Monday to" a day into the days from that Monday on."""

    def since(year: int) -> tuple[date, date] | None:
        days = resolve(year)
        if days is None:
            return None
        away = (days[0].weekday() - weekday) % 7
        return date.fromordinal(max(1, days[0].toordinal() - away)), days[1]

    return since


def whole_year(year: int) -> tuple[date, date]:
    """Return the first and last day of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def iso_week(number: int) -> Resolve:
    """Make a numbered week into a function of the year."""

    def resolve(year: int) -> tuple[date, date] | None:
        try:
            return date.fromisocalendar(year, number, 1), date.fromisocalendar(year, number, 7)
        except ValueError:
            return None

    return resolve


def week_from(month: int, day: int, last: int) -> Resolve:
    """Make the seven days from a day on, or from several, into a function of the year."""

    def resolve(year: int) -> tuple[date, date] | None:
        first, final = _day(year, month, day), _day(year, month, last)
        return None if first is None or final is None else (first, date.fromordinal(final.toordinal() + 6))

    return resolve
