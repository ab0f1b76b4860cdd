"""The story of one calendar on one night: fetch, read, compare with what was known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from calendar_sync.changes import Changes, cancellations, changes
from calendar_sync.errors import (
    CalendarEmptied,
    CalendarError,
    CalendarShrunken,
    CalendarUnreadable,
    SourceRefused,
    SourceUnreachable,
)
from calendar_sync.listings import Listing
from calendar_sync.reading import Problem, Reading
from calendar_sync.roster import Calendar
from calendar_sync.sources import CalendarSource, Payload

Window = tuple[date, date] | None
Read = Callable[[Payload, Calendar, Window], Reading]


class Outcome(StrEnum):
    """What came of asking a calendar."""

    READ = "read"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    KEPT = "kept"
    """Something came that is not believed; the last good copy stands."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """One calendar after one night. *listings* is everything that stands, whatever the outcome."""

    calendar: str
    outcome: Outcome
    listings: tuple[Listing, ...]
    changes: Changes
    problems: tuple[Problem, ...] = ()
    payload: Payload | None = None
    """The new good copy to store; None when the stored one stands."""
    error: CalendarError | None = None

    @property
    def complete(self) -> bool:
        """True when the calendar was seen this night."""
        return self.error is None


def refresh(
    source: CalendarSource,
    calendar: Calendar,
    known: Sequence[Listing],
    night: date,
    window: Window,
    *,
    stored: Payload | None = None,
    accept: bool = False,
    read: Read | None = None,
) -> Refreshed:
    """Read a calendar on *night* and say what changed; whatever goes wrong withdraws nothing and raises nothing.

    *known* are the listings that stood before this night, *stored* the last good copy. *window* is [from, to) for
    recurring series. *accept* takes an emptied or shrunken calendar as it is. What was published after *night* does
    not exist yet. *read* turns bytes into listings; a guarded worker process by default.
    """
    if read is None:
        # Late, because whoever brings a reader of their own needs no worker process.
        from calendar_sync.reading.guarded import read_guarded

        read = read_guarded
    try:
        fetched = source.fetch(night, stored)
    except SourceUnreachable as error:
        return _kept(calendar, known, Outcome.UNREACHABLE, error)
    except SourceRefused as error:
        return _kept(calendar, known, Outcome.REFUSED, error)
    # Also what did not change is read again: the window has moved, and with it the days of every series.
    payload = fetched if fetched is not None else stored
    if payload is None:
        never = SourceUnreachable(calendar.id, "it says that nothing changed, yet nothing was ever read")
        return _kept(calendar, known, Outcome.UNREACHABLE, never)
    reading = read(payload, calendar, window)
    if not reading.is_calendar:
        why = reading.problems[0].message if reading.problems else "nothing in it is an event"
        return _kept(calendar, known, Outcome.KEPT, CalendarUnreadable(calendar.id, why), reading.problems)
    seen = [listing for listing in reading.listings if listing.published is None or listing.published <= night]
    try:
        found = changes(
            known,
            seen,
            night,
            calendar=calendar.id,
            window=window,
            unparsed=_unparsed(reading),
            some_lost=any(problem.lost and not problem.uid for problem in reading.problems),
            accept=accept or (not seen and _was_empty(stored, calendar, window, read)),
        )
    except (CalendarEmptied, CalendarShrunken) as error:
        honoured = cancellations(known, seen, night)
        return Refreshed(
            calendar.id, Outcome.KEPT, honoured.listings, honoured, reading.problems, payload=None, error=error
        )
    same = fetched is None or (stored is not None and fetched.body == stored.body)
    outcome = Outcome.UNCHANGED if same else Outcome.READ
    return Refreshed(calendar.id, outcome, found.listings, found, reading.problems, payload=fetched)


def _kept(
    calendar: Calendar,
    known: Sequence[Listing],
    outcome: Outcome,
    error: CalendarError,
    problems: tuple[Problem, ...] = (),
) -> Refreshed:
    kept = Changes(kept=tuple(sorted(known, key=lambda listing: listing.key)))
    return Refreshed(calendar.id, outcome, kept.listings, kept, problems, error=error)


def _unparsed(reading: Reading) -> set[str]:
    """Return the UIDs of which nothing could be read; a mere remark about an entry that was read is none."""
    read = {listing.key.uid for listing in reading.listings}
    return {problem.uid for problem in reading.problems if problem.uid and (problem.lost or problem.uid not in read)}


def _was_empty(stored: Payload | None, calendar: Calendar, window: Window, read: Read) -> bool:
    """True when the last good copy was empty too: a person accepted that, and need not do so every night."""
    if stored is None:
        return False
    before = read(stored, calendar, window)
    return before.is_calendar and not before.listings
