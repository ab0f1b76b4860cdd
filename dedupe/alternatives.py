"""When a workshop would not clash: the same days in the weeks around, ranked, each with the reason for its rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from calendar_sync.spans import Span
from dedupe import phrases
from dedupe.collisions import collisions
from dedupe.days import Day, Days
from dedupe.journeys import Adjoining, adjoining, near, nearest
from dedupe.known import Asked
from dedupe.policy import Policy
from dedupe.profiles import Profile
from dedupe.sayings import beside, counted, say

MOST_ALTERNATIVES = 5
_WORTH_WEEKS = 2
"""Weeks further away that a date may lie for a meeting of the same states beside it."""
_SHORT = 5
"""Days up to which an event is kept off weekends."""
_LONGEST_ASSUMED = 3
"""Days that a workshop is taken to last while its dates are vague."""
WEEKS_OF_A_YEAR = 53
_TUESDAY = 1
_OFFSETS = (0, 1, -1, 2, -2, 3, -3)
"""Days by which a date is moved to keep it off weekends and holidays, in the order they are tried."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Other dates; *clashes* and *duplicates* count what would be found then."""

    span: Span
    weeks: int
    """How far from what was asked, negative for earlier."""
    clashes: int
    duplicates: int
    days: tuple[Day, ...] = ()
    """Holidays, sessions and observed days they touch."""
    reason: str = ""
    """Why it ranks where it does."""
    beside: Adjoining | None = field(default=None, compare=False)
    """A meeting of the same states in the same days, which might be joined."""

    @property
    def words(self) -> str:
        """The dates written out."""
        return phrases.dates(self.span)

    @property
    def against(self) -> int:
        """How many holidays and sessions tell against it."""
        return sum(day.against for day in self.days)

    @property
    def free(self) -> bool:
        """True when nothing known tells against it."""
        return not (self.clashes or self.duplicates or self.against)

    @property
    def rank(self) -> tuple[int, int, int, int, date]:
        """Fewest clashes, duplicates and days off first, then nearest to what was asked."""
        nearness = max(0, abs(self.weeks) - (_WORTH_WEEKS if self.beside else 0))
        return self.clashes, self.duplicates, self.against, nearness, self.span.earliest

    def as_json(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "start": self.span.earliest.isoformat(), "end": self.span.latest.isoformat(), "weeks": self.weeks,
            "clashes": self.clashes, "duplicates": self.duplicates, "reason": self.reason,
            "days": [day.as_json() for day in self.days], "beside": self.beside.as_json() if self.beside else None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weeks:
    """Which weeks are weighed: *shifts* from that of a first day, each for a workshop of so many days."""

    first: date
    days: int
    shifts: range

    @classmethod
    def around(cls, span: Span | None, weeks: int, days: int = 0) -> Weeks | None:
        """Take some weeks to either side of the dates asked for; None where there are none.

        *days* says how long it lasts where the dates are vague.
        """
        if span is None or weeks == 0:
            return None
        return cls(span.earliest, _length(span, days), range(-weeks, weeks + 1))

    @classmethod
    def year(cls, span: Span | None, on: date, days: int = 0) -> Weeks:
        """Take the twelve months that begin with *on*, or those around dates that lie outside them.

        Where no dates are asked for, each is from a Tuesday.

        >>> Weeks.year(None, date(2010, 1, 4)).first, Weeks.year(Span.exact(date(2010, 3, 2)), date(2010, 1, 4)).shifts
        (datetime.date(2010, 1, 5), range(-8, 45))
        """
        if span is None:
            tuesday = on + timedelta(days=(_TUESDAY - on.weekday() - 1) % 7 + 1)
            return cls(tuesday, days or _LONGEST_ASSUMED, range(WEEKS_OF_A_YEAR))
        gone = (span.earliest - on).days // 7
        if not 0 <= gone < WEEKS_OF_A_YEAR:
            half = WEEKS_OF_A_YEAR // 2
            return cls(span.earliest, _length(span, days), range(-half, half + 1))
        return cls(span.earliest, _length(span, days), range(-gone, WEEKS_OF_A_YEAR - gone))

    @property
    def years(self) -> int:
        """How many years they reach to either side of the first day, begun ones counted."""
        return 1 + max(abs(self.shifts[0]), abs(self.shifts[-1])) // 52


def _length(span: Span, days: int) -> int:
    return span.days if span.is_exact else days or min(span.days, _LONGEST_ASSUMED)


def weigh(
    proposed: Profile, asked: Sequence[Asked], policy: Policy, off: Days, on: date, weeks: Weeks | None
) -> list[Alternative]:
    """Weigh some weeks, in the order of time.

    Each is on the same weekdays, moved by a few days where that keeps it off a weekend or a holiday. Dates up to *on*
    are left out.
    """
    if weeks is None:
        return []
    dated = [
        (shift, moved)
        for shift in weeks.shifts
        if (moved := _in_week(weeks.first, shift, weeks.days, off)) is not None
        and moved.earliest > on
        and not (shift == 0 and moved == proposed.span)
    ]
    spans = [moved for _, moved in dated]
    counted = [collisions(proposed, spans, entry, policy) for entry in asked]
    clashes = [sum(int(one.clashes[at]) for one in counted) for at in range(len(spans))]
    duplicates = [sum(int(one.duplicates[at]) for one in counted) for at in range(len(spans))]
    joined = adjoining(proposed, spans, asked, policy)
    return [
        Alternative(moved, shift, clash, duplicate, off.of(moved), beside=beside)
        for (shift, moved), clash, duplicate, beside in zip(dated, clashes, duplicates, joined, strict=True)
    ]


def _in_week(start: date, shift: int, length: int, off: Days) -> Span | None:
    """Return the days of one week on which the workshop would be held; None beyond the calendar's ends."""
    found: list[tuple[int, int, int, Span]] = []
    for order, offset in enumerate(_OFFSETS):
        try:
            first = start + timedelta(weeks=shift, days=offset)
            last = first + timedelta(days=length - 1)
        except OverflowError:
            continue
        weekend = off.weekend_days(first, last) if length <= _SHORT else 0
        found.append((weekend, off.against(first, last), order, Span.exact(first, last)))
    return min(found, key=lambda entry: entry[:3])[3] if found else None


def best(weighed: Sequence[Alternative], proposed: Profile, asked: Sequence[Asked]) -> list[Alternative]:
    """Choose the best dates, and say of each why it ranks where it does."""
    chosen = sorted(weighed, key=lambda entry: entry.rank)[:MOST_ALTERNATIVES]
    return [_reasoned(entry, proposed, asked) for entry in chosen]


def _reasoned(entry: Alternative, proposed: Profile, asked: Sequence[Asked]) -> Alternative:
    told = [clashing(entry.clashes) or say("no clash"), repeating(entry.duplicates) or say("no duplicate")]
    against = [day.name for day in entry.days if day.against]
    told.append(say("on {days}", days=phrases.listed(against)) if against else say("no holiday"))
    close = nearest(entry.span, asked)
    if close is not None:
        told.append(near(close.days, close.side, close.where))
    if entry.beside is not None:
        told.append(say("beside {where}", where=entry.beside.where))
    return replace(entry, reason=beside(told))


def clashing(number: int) -> str:
    """Count clashes; blank for none."""
    return counted(number, "{n} clash", "{n} clashes") if number else ""


def repeating(number: int) -> str:
    """Count duplicates; blank for none."""
    return counted(number, "{n} duplicate", "{n} duplicates") if number else ""
