"""Spans: the civil days an event lasts, with what is certain and what is only possible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Overlap(StrEnum):
    """Whether two spans share a day, as far as anybody can know."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Span:
    """Civil days from *earliest* to *latest*, both inclusive; an exact span is certain on all of them.

    A vague span ("the last 10 days of January 2010") only says that the event lies somewhere between its bounds;
    *certain* then holds the days it surely covers, if any.

    >>> cairo = Span.exact(date(2009, 12, 7), date(2009, 12, 10))
    >>> nairobi = Span.vague(date(2010, 1, 22), date(2010, 1, 31))
    >>> cairo.overlap(nairobi), cairo.days_apart(nairobi)
    (<Overlap.IMPOSSIBLE: 'impossible'>, (43, 52))
    """

    earliest: date
    latest: date
    certain: tuple[date, date] | None = None

    def __post_init__(self) -> None:
        if self.latest < self.earliest:
            raise ValueError(f"a span ends on {self.latest}, before it starts on {self.earliest}")

    def __lt__(self, other: Span) -> bool:
        """Order by the outer bounds; of two with the same ones the vague comes first."""
        mine, theirs = (self.earliest, self.latest), (other.earliest, other.latest)
        return (*mine, self.certain or ()) < (*theirs, other.certain or ())

    @classmethod
    def exact(cls, first: date, last: date | None = None) -> Span:
        """Make a span known to the day; *last* is inclusive and defaults to *first*."""
        last = first if last is None else last
        return cls(first, last, (first, last))

    @classmethod
    def vague(cls, earliest: date, latest: date) -> Span:
        """Make a span of which only the outer bounds are known."""
        return cls(earliest, latest, None)

    @property
    def is_exact(self) -> bool:
        """True when first and last day are known."""
        return self.certain == (self.earliest, self.latest)

    @property
    def days(self) -> int:
        """Length of the outer bounds in days, at least 1."""
        return (self.latest - self.earliest).days + 1

    def overlap(self, other: Span, buffer_days: int = 0) -> Overlap:
        """Say whether both need a common day; *buffer_days* of travel must lie between them."""
        # Differences of days, not sums: a date near year 1 or 9999 has no neighbour to add up to.
        if max((self.earliest - other.latest).days, (other.earliest - self.latest).days) > buffer_days:
            return Overlap.IMPOSSIBLE
        if _meet(self.certain, other.certain, buffer_days):
            return Overlap.CERTAIN
        # Wherever the vague one falls, it falls inside days the other surely needs.
        if _covers(self.certain, other, buffer_days) or _covers(other.certain, self, buffer_days):
            return Overlap.CERTAIN
        return Overlap.POSSIBLE

    def overlaps(self, other: Span) -> bool:
        """True when both may share a day."""
        return self.overlap(other) is not Overlap.IMPOSSIBLE

    def days_apart(self, other: Span) -> tuple[int, int]:
        """Days from the end of the earlier to the start of the later: least and most; 0 where they may overlap."""
        first, second = sorted((self, other))
        first_ends = first.certain[1] if first.certain else first.earliest
        second_starts = second.certain[0] if second.certain else second.latest
        least = max(0, (second.earliest - first.latest).days)
        return least, max(least, (second_starts - first_ends).days)


def _meet(one: tuple[date, date] | None, other: tuple[date, date] | None, buffer: int) -> bool:
    if one is None or other is None:
        return False
    return max((one[0] - other[1]).days, (other[0] - one[1]).days) <= buffer


def _covers(certain: tuple[date, date] | None, whole: Span, buffer: int) -> bool:
    if certain is None:
        return False
    return max((certain[0] - whole.earliest).days, (whole.latest - certain[1]).days) <= buffer
