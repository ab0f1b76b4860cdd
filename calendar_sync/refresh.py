"""The story of one calendar on one night: fetch, read, compare with what was known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from calendar_sync.changes import Changes
from calendar_sync.errors import (
    CalendarDoubted,
    CalendarError,
    CalendarUnreadable,
    SourceRefused,
    SourceUnreachable,
)
from calendar_sync.listings import Listing
from calendar_sync.parts import Part, PartOf, compare, whole
from calendar_sync.reading import Problem, Reading
from calendar_sync.reading.memory import Memory, Window
from calendar_sync.roster import Calendar
from calendar_sync.sources import CalendarSource, Payload

Doubted = Callable[[Part], int]
"""Says on how many nights, since the last good one, a part of a calendar came back with too little and was kept."""
Read = Callable[[Payload, Calendar, Window, Memory | None], Reading]

NIGHTS_IN_DOUBT = 2
"""Earlier nights on which an emptied or shrunken calendar came and was kept; then it is taken as it is."""


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
    memory: Memory | None = None
    """What the next reading need not parse again; None: everything, or, after an error, what it need not now."""
    doubts: Mapping[Part, CalendarDoubted] = field(default_factory=dict)
    """The parts that came back with so little that they are kept; *error* tells the whole of it."""
    as_before: bool = False
    """True when all stands as it stood, and nobody looked at it: then *listings* and *changes* are left out."""

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
    memory: Memory | None = None,
    doubted: Doubted = lambda part: 0,
    part_of: PartOf = whole,
    accept: bool = False,
    read: Read | None = None,
) -> Refreshed:
    """Read a calendar on *night* and say what changed; whatever goes wrong withdraws nothing and raises nothing.

    *known* are the listings that stood before this night, *memory* what the reading left behind that they come from,
    *stored* the last good copy. *window* is [from, to) for recurring series. *part_of* says who may read a listing:
    each such part is compared by itself. *doubted* says on how many nights, since the last good one, a part came
    emptied or shrunken and was not believed; *accept* believes it.
    What was published after *night* does not exist yet. *read* turns bytes into listings; by default in a guarded
    worker process.
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
    moved = _moved(payload)
    same = fetched is None or (stored is not None and fetched.body == stored.body)
    outcome = Outcome.UNCHANGED if same else Outcome.READ
    if memory is not None and memory.is_of(payload.body, calendar, window):
        return Refreshed(
            calendar.id,
            outcome,
            (),
            Changes(),
            _in_order((*memory.problems, *moved)),
            payload=fetched,
            memory=memory,
            as_before=True,
        )
    reading = read(payload, calendar, window, memory)
    problems = _in_order((*reading.problems, *moved))
    if not reading.is_calendar:
        why = reading.problems[0].message if reading.problems else "nothing in it is an event"
        return _kept(calendar, known, Outcome.KEPT, CalendarUnreadable(calendar.id, why), problems)
    seen = [listing for listing in reading.listings if listing.published is None or listing.published <= night]
    compared = compare(
        known,
        seen,
        night,
        part_of,
        calendar=calendar.id,
        window=window,
        unparsed=_unparsed(reading),
        some_lost=any(problem.lost and not problem.uid for problem in reading.problems),
        believed=lambda part: accept or doubted(part) >= NIGHTS_IN_DOUBT,
        was_empty=lambda part: _was_empty(stored, calendar, window, read, part, part_of),
        unread=reading.unchanged,
    )
    found = compared.changes
    if compared.doubts:
        return _doubted(calendar, compared.doubts, found, problems, doubted)
    # What was published later than tonight was read and left out: next time it must be read again.
    left_out = len(seen) < len(reading.listings)
    kept = reading.memory.carried(found.carried) if reading.memory is not None and not left_out else None
    return Refreshed(calendar.id, outcome, found.listings, found, problems, payload=fetched, memory=kept)


def _moved(payload: Payload) -> tuple[Problem, ...]:
    if not payload.moved_to:
        return ()
    return (Problem("moved-for-good", f"its publisher says that it lies at {payload.moved_to} from now on"),)


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.uid, problem.code, problem.message)))


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


def _doubted(
    calendar: Calendar,
    doubts: Mapping[Part, CalendarDoubted],
    found: Changes,
    problems: tuple[Problem, ...],
    doubted: Doubted,
) -> Refreshed:
    """Keep the parts in doubt as they were; the others, and whatever is cancelled in so many words, are taken."""
    for part, doubt in doubts.items():
        doubt.nights_left = NIGHTS_IN_DOUBT - doubted(part)
    # A part with fewer readers is held against the others too, so its account is the whole one.
    error = doubts[min(doubts, key=lambda part: (len(part), part))]
    return Refreshed(
        calendar.id, Outcome.KEPT, found.listings, found, problems, payload=None, error=error, doubts=doubts
    )


def _was_empty(
    stored: Payload | None, calendar: Calendar, window: Window, read: Read, part: Part, part_of: PartOf
) -> bool:
    """True when the last good copy had nothing of a part either: a person accepted that, once."""
    if stored is None:
        return False
    before = read(stored, calendar, window, None)
    return before.is_calendar and not any(part_of(listing) == part for listing in before.listings)
