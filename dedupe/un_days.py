"""The United Nations' own calendar: official holidays at Headquarters, the weeks when delegations sit in New York, and
days that it observes. Worked out from rules, each with its source; what is set anew each year is estimated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from dedupe.sayings import say

_MONDAY, _TUESDAY, _THURSDAY = 0, 1, 3

SOURCES = {
    "holidays": "A/RES/52/214 A, decision 52/468 and the yearly circulars ST/IC on official holidays at Headquarters",
    "debate": "A/RES/57/301: rules of procedure of the General Assembly, rule 1 and annex IX",
    "first committee": "after the general debate, as in 2007, 2009, 2010, 2017 and 2022 to 2024; its programme of work "
    "is set each year",
    "1540": "S/RES/1540 (2004), adopted on 28 April 2004",
    "awareness": "A/RES/77/51: International Day for Disarmament and Non-Proliferation Awareness, 5 March",
    "elimination": "A/RES/68/32: International Day for the Total Elimination of Nuclear Weapons, 26 September",
}
"""What each rule rests on."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What the United Nations' calendar holds. *sort* is a value of `days.Sort`."""

    first: date
    last: date
    sort: str
    name: str
    source: str
    estimated: bool = False


@lru_cache(maxsize=64)
def of_year(year: int) -> tuple[Observed, ...]:
    """Return a year's entries, the earliest first; before 1946 there are none."""
    if year < 1946:
        return ()
    entries = [*_holidays(year), *_sessions(year), *_occasions(year)]
    return tuple(sorted(entries, key=lambda entry: (entry.first, entry.last, entry.name)))


def _holidays(year: int) -> Iterator[Observed]:
    fixed = (
        (say("New Year's Day"), date(year, 1, 1)), (say("Good Friday"), easter(year) - timedelta(days=2)),
        (say("Memorial Day"), _last(year, 5, _MONDAY)), (say("Independence Day"), date(year, 7, 4)),
        (say("Labour Day"), _nth(year, 9, _MONDAY, 1)), (say("Thanksgiving Day"), _nth(year, 11, _THURSDAY, 4)),
        (say("Christmas Day"), date(year, 12, 25)),
    )  # fmt: skip
    for name, day in fixed:
        kept = _working_day(day)
        yield Observed(kept, kept, "un_holiday", _at_headquarters(name), "holidays")
    if year >= 1998:
        for moon, day in _moons(year):
            kept = _working_day(day)
            yield Observed(kept, kept, "un_holiday", _at_headquarters(moon), "holidays", True)


def _moons(year: int) -> Iterator[tuple[str, date]]:
    """Yield the two Eids of a year, as tabulated; the moon may be seen a day earlier or later."""
    from hijridate import Gregorian, Hijri

    for name, month, day in ((say("Eid al-Fitr"), 10, 1), (say("Eid al-Adha"), 12, 10)):
        try:
            begins = Gregorian(year, 1, 1).to_hijri().year
            told = [Hijri(number, month, day).to_gregorian() for number in (begins, begins + 1)]
        except OverflowError:
            # The tables end in 2077.
            return
        yield from ((name, date(*kept.datetuple())) for kept in told if kept.year == year)


def _sessions(year: int) -> Iterator[Observed]:
    if year < 2003:
        return
    opening = _opening(year)
    debate = opening + timedelta(days=7)
    monday = debate - timedelta(days=1)
    yield Observed(
        monday, monday + timedelta(days=4), "un_session", say("High-level week of the General Assembly"), "debate", True
    )
    # Nine working days from a Tuesday end on the Friday of the week after.
    begins = debate + timedelta(days=13)
    yield Observed(
        begins, begins + timedelta(days=32), "un_session", say("First Committee (disarmament) of the General Assembly"),
        "first committee", True,
    )  # fmt: skip


def _opening(year: int) -> date:
    """Return the Tuesday of the third week in September, counting from the first with a working day."""
    first = date(year, 9, 1)
    working = first + timedelta(days=(7 - first.weekday()) if first.weekday() >= 5 else 0)
    return working - timedelta(days=working.weekday()) + timedelta(days=14 + _TUESDAY)


def _occasions(year: int) -> Iterator[Observed]:
    if year >= 2005:
        day = date(year, 4, 28)
        yield Observed(day, day, "un_day", say("Anniversary of the adoption of resolution 1540 (2004)"), "1540")
    if year >= 2023:
        day = date(year, 3, 5)
        name = say("International Day for Disarmament and Non-Proliferation Awareness")
        yield Observed(day, day, "un_day", name, "awareness")
    if year >= 2014:
        day = date(year, 9, 26)
        name = say("International Day for the Total Elimination of Nuclear Weapons")
        yield Observed(day, day, "un_day", name, "elimination")


def _at_headquarters(name: str) -> str:
    return say("{day} (United Nations Headquarters)", day=name)


def easter(year: int) -> date:
    """Return the Sunday of Easter by the Gregorian calendar.

    >>> easter(2010), easter(2017)
    (datetime.date(2010, 4, 4), datetime.date(2017, 4, 16))
    """
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def _working_day(day: date) -> date:
    """Move a holiday off the weekend: Saturday to Friday, Sunday to Monday."""
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def _nth(year: int, month: int, weekday: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _last(year: int, month: int, weekday: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=(following.weekday() - weekday - 1) % 7 + 1)
