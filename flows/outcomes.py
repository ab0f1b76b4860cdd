"""What came of a night: names, counts and paths; nothing that a listing says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from calendar_sync.errors import CalendarError


@dataclass(frozen=True, slots=True)
class SyncOutcome:
    """What came of reading one calendar. *outcome* is one of `calendar_sync.refresh.Outcome`."""

    calendar: str
    outcome: str
    listings: int = 0
    """Listings that stand after this night, the last good copy's included."""
    added: int = 0
    updated: int = 0
    withdrawn: int = 0
    problems: int = 0
    error: CalendarError | None = None
    seconds: float = 0.0
    """Wall clock, from the first question to the last row written; 0 where nobody looked at a clock."""

    @property
    def complete(self) -> bool:
        """True when the calendar was seen tonight."""
        return self.error is None

    @property
    def what_stands(self) -> str:
        """What is known of a calendar that could not be seen."""
        if self.listings == 0:
            return "no listing of it is known"
        return f"the last good copy stands ({count(self.listings, 'listing')})"

    @property
    def words(self) -> str:
        """What happened, for a terminal or a log.

        >>> SyncOutcome("unoda", "read", 12, added=2, withdrawn=1).words
        'read: 12 listings, 2 new, 1 withdrawn'
        """
        if self.error is not None:
            why = self.error.code if self.error.code == self.outcome else f"{self.outcome}: {self.error.code}"
            return f"{why}, {self.what_stands}"
        named = ((self.added, "new"), (self.updated, "changed"), (self.withdrawn, "withdrawn"))
        parts = [f"{self.outcome}: {count(self.listings, 'listing')}"]
        parts += [f"{number} {word}" for number, word in named if number]
        parts += [count(self.problems, "problem")] if self.problems else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Matched:
    """What recognising events came to; listings and events are those of the committee's own world."""

    worlds: int
    """How many different sets of listings the readers may see."""
    listings: int
    events: int

    @property
    def words(self) -> str:
        """Counts for a terminal or a log.

        >>> Matched(worlds=1, listings=14, events=13).words
        '13 events in 14 listings'
        """
        return f"{count(self.events, 'event')} in {count(self.listings, 'listing')}"


@dataclass(frozen=True, slots=True)
class ReaderCount:
    """How many findings one reader has, by kind (sorted); those that a decision settled are not among them."""

    organisation: str
    kinds: tuple[tuple[str, int], ...] = ()

    @property
    def findings(self) -> int:
        """All findings together."""
        return sum(number for _, number in self.kinds)


@dataclass(frozen=True, slots=True)
class Sent:
    """What sending came to: what this call delivered, put off or had refused, and what waits for a person."""

    delivered: int = 0
    later: int = 0
    refused: int = 0
    approval: int = 0
    held: int = 0
    left: int = 0

    @property
    def words(self) -> str:
        """Counts for a terminal or a log; blank when there was nothing to send and nobody is waited for.

        >>> Sent(delivered=2, approval=1).words
        '2 reports sent, 1 waits for approval'
        """
        named = (
            (self.delivered, f"{count(self.delivered, 'report')} sent"),
            (self.later, f"{self.later} put off"),
            (self.refused, f"{self.refused} refused"),
            (self.approval, f"{self.approval} {'waits' if self.approval == 1 else 'wait'} for approval"),
            (self.held, f"{self.held} held"),
            (self.left, f"{self.left} for readers who left"),
        )
        return ", ".join(words for number, words in named if number)


@dataclass(frozen=True, slots=True)
class NightOutcome:
    """What came of one night."""

    night: date
    calendars: tuple[SyncOutcome, ...]
    """One per calendar of the roster, in its order."""
    reports: tuple[Path, ...]
    """Absolute, by organisation and format."""
    readers: tuple[ReaderCount, ...] = ()
    """The committee first."""
    already_done: bool = False
    """True when another run finished this night while we waited for it; then nothing was done here."""
    sent: Sent = field(default_factory=Sent)

    @property
    def gaps(self) -> tuple[SyncOutcome, ...]:
        """Calendars that could not be seen."""
        return tuple(calendar for calendar in self.calendars if not calendar.complete)

    @property
    def complete(self) -> bool:
        """True when every calendar was seen."""
        return not self.gaps

    @property
    def words(self) -> str:
        """The closing sentence."""
        calendars = count(len(self.calendars), "calendar")
        seen = f"{calendars} read" if self.complete else f"{len(self.gaps)} of {calendars} could not be read"
        reports = f"{count(len({path.stem for path in self.reports}), 'organisation')} served"
        if self.already_done:
            return f"The night of {self.night} was already done: {seen}, {reports}."
        found = [f"{count(reader.findings, 'finding')} for {reader.organisation}" for reader in self.readers[:1]]
        sent = [self.sent.words] if self.sent.words else []
        return f"The night of {self.night} is done: {', '.join((seen, *found, reports, *sent))}."


def count(number: int, noun: str) -> str:
    """Say how many.

    >>> count(1, "listing"), count(2, "listing")
    ('1 listing', '2 listings')
    """
    return f"{number} {noun}" + ("" if number == 1 else "s")
