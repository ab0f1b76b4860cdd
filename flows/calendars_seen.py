"""Calendars as coordinators see them: how each fares, its story, and one in doubt with what it would lose."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection

from calendar_sync.drafts import Difference, differences
from calendar_sync.errors import OutreachError, RosterError
from calendar_sync.listings import Listing
from calendar_sync.reading import Problem
from calendar_sync.references import masked
from calendar_sync.refresh import NIGHTS_IN_DOUBT
from calendar_sync.roster import Calendar, Organisation
from flows.loading import kept_open
from flows.syncing import Consent
from store import calendar_stories, calendars, doubts
from store.calendar_stories import Changed, Fared, Standing
from store.doubts import Answer

MOST_LISTINGS = 100
"""Listings named that would be withdrawn."""
MOST_CHANGES, MOST_PROBLEMS, MOST_NIGHTS, MOST_ANSWERS = 20, 200, 14, 10
_IN_DOUBT = ("emptied", "shrunken")


class NoSuchCalendar(OutreachError):
    """The roster names no such calendar."""

    def __init__(self, calendar: str) -> None:
        super().__init__(calendar)
        self.calendar = calendar

    def __str__(self) -> str:
        return f"There is no calendar {self.calendar}. Nothing was changed. Next: outreach sync"


class DoubtOvertaken(OutreachError):
    """A calendar is not, or no longer, in doubt as it was shown to somebody."""

    def __init__(self, calendar: str) -> None:
        super().__init__(calendar)
        self.calendar = calendar

    def __str__(self) -> str:
        return f"{self.calendar} is not in doubt as it was shown. Nothing was changed. Next: look at it as it is now."


@dataclass(frozen=True, slots=True)
class CalendarSeen:
    """One calendar of the roster, and where it stands; *standing* is None when it was never asked."""

    calendar: Calendar
    organisation: Organisation
    standing: Standing | None

    @property
    def address(self) -> str:
        """Where it lies, without what may be secret."""
        return masked(self.calendar.source)

    @property
    def fails(self) -> bool:
        """True when it could not be read when it was asked last."""
        return self.standing is not None and not self.standing.last.good

    @property
    def doubted(self) -> bool:
        """True when it came emptied or shrunken and is not believed."""
        return self.standing is not None and self.standing.last.code in _IN_DOUBT


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A calendar in doubt: what it would lose, were it believed as it came on *night*."""

    night: date
    missing: int | None
    """Listings; None where nobody noted which."""
    listings: tuple[Listing, ...] = ()
    """The first of them, in order of their days."""
    shown: str = ""
    """Their `store.doubts.digest`, by which an answer says what it is about."""
    nights_left: int = 0
    """Nights on which it must come back like this until it is believed."""
    refused: bool = False
    """True when somebody said no to this very copy."""

    @property
    def rest(self) -> int:
        """How many are not named."""
        return (self.missing or 0) - len(self.listings)


@dataclass(frozen=True, slots=True)
class CalendarStory:
    """One calendar, whole, as of the last night on which it was asked."""

    seen: CalendarSeen
    nights: tuple[Fared, ...] = ()
    """The newest first."""
    problems: tuple[Problem, ...] = ()
    changed: Changed = field(default_factory=Changed)
    changes: tuple[Difference, ...] = ()
    """The first of what changed, in words."""
    quarantine: Quarantine | None = None
    answers: tuple[Answer, ...] = ()
    """The newest first."""


def calendars_seen(roster_path: Path) -> tuple[CalendarSeen, ...]:
    """Return every calendar of the roster: what fails first, then what was never read, each in the roster's order."""
    with kept_open(roster_path) as (loaded, store), store.read() as db:
        standings = calendar_stories.standings(db)
    known = {organisation.id: organisation for organisation in loaded.organisations}
    seen = [
        CalendarSeen(calendar, known[calendar.organisation], standings.get(calendar.id))
        for calendar in loaded.calendars
    ]
    return tuple(sorted(seen, key=lambda one: (not one.fails, not one.doubted, one.standing is not None)))


def calendar_story(roster_path: Path, calendar_id: str) -> CalendarStory:
    """Return what is known of one calendar.

    Raises:
        NoSuchCalendar: The roster names none of that id.
    """
    with kept_open(roster_path) as (loaded, store), store.read() as db:
        try:
            calendar = loaded.calendar(calendar_id)
        except RosterError:
            raise NoSuchCalendar(calendar_id) from None
        standing = calendar_stories.standing(db, calendar_id)
        seen = CalendarSeen(calendar, loaded.organisation(calendar.organisation), standing)
        if standing is None:
            return CalendarStory(seen)
        night = standing.last.night
        changed = calendar_stories.changed(db, calendar_id, night, most=MOST_CHANGES)
        answers = doubts.answers(db, calendar_id, most=MOST_ANSWERS)
        return CalendarStory(
            seen,
            tuple(calendar_stories.nights(db, calendar_id, most=MOST_NIGHTS)),
            calendars.problems(db, calendar_id, night),
            changed,
            differences(
                [before for before, _ in changed.first if before is not None],
                [after for _, after in changed.first if after is not None],
            ),
            _quarantine(db, calendar_id, night) if seen.doubted else None,
            tuple(answers),
        )


def refuse_doubted(roster_path: Path, calendar_id: str, shown: str, *, by: str, at: datetime, note: str = "") -> None:
    """Record that somebody looked at a calendar in doubt and says that its last good copy is right.

    Nights on which it came back like this count anew from then on.

    Raises:
        NoSuchCalendar: The roster names none of that id.
        DoubtOvertaken: It is not in doubt, or would lose other listings than those *shown*.
    """
    with kept_open(roster_path) as (loaded, store), store.begin() as db:
        if calendar_id not in {calendar.id for calendar in loaded.calendars}:
            raise NoSuchCalendar(calendar_id)
        standing = calendar_stories.standing(db, calendar_id)
        if standing is None or standing.last.code not in _IN_DOUBT:
            raise DoubtOvertaken(calendar_id)
        night = standing.last.night
        missing = doubts.missing(db, calendar_id, night)
        if missing is None or doubts.digest(missing) != shown:
            raise DoubtOvertaken(calendar_id)
        doubts.answer(db, Answer(calendar_id, night, accepted=False, by=by, at=at, note=note))


def consent(roster_path: Path, calendar_id: str, shown: str, *, by: str, at: datetime, note: str = "") -> Consent:
    """Take the word of somebody who saw a calendar in doubt as it still is; with it, it can be taken as it came.

    Raises:
        NoSuchCalendar, DoubtOvertaken: As `refuse_doubted` does.
    """
    found = calendar_story(roster_path, calendar_id).quarantine
    if found is None or not shown or found.shown != shown:
        raise DoubtOvertaken(calendar_id)
    return Consent(shown, by, at, note)


def _quarantine(db: Connection, calendar: str, night: date) -> Quarantine:
    missing = doubts.missing(db, calendar, night)
    refused = doubts.last_refused(db, calendar, date.max) == night
    left = NIGHTS_IN_DOUBT + 1 if refused else _nights_left(db, calendar, night)
    if missing is None:
        return Quarantine(night, None, nights_left=left, refused=refused)
    named = missing[:MOST_LISTINGS]
    found = {listing.id: listing for listing in calendars.last_words(db, calendar, named, night)}
    return Quarantine(
        night, len(missing), tuple(found[id_] for id_ in named if id_ in found), doubts.digest(missing), left, refused
    )


def _nights_left(db: Connection, calendar: str, night: date) -> int:
    """Count as the reading does: by the part of the calendar with the fewest readers."""
    fared = next(one for one in calendars.health(db, night) if one.calendar == calendar)
    part = min(fared.doubts or {()}, key=lambda part: (len(part), part))
    return NIGHTS_IN_DOUBT - calendars.nights_in_doubt(db, calendar, night)(part)
