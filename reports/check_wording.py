"""Every sentence of the page of a check that stands on it whatever is found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dedupe import phrases, sayings
from dedupe.alternatives import Alternative, clashing, repeating
from dedupe.checks import Check
from dedupe.findings import Kind
from dedupe.sayings import beside, counted, say

POSSIBLE = say("possible, not certain")
WHEN_FREE = say("When it would not clash")
STRIP_TITLE = say("How free each week around is")
STRIP_CAPTION = say(
    "A cell is a week, named by the day the workshop would begin; the thick frame is the date asked for."
)
WEEKS_CAPTION = say("What would be found were it held on these days")
DAYS, AGAINST_WEEK = say("Days"), say("What stands against it")
NOBODY = say("nobody named yet")
FOUND = say("What was found")
AROUND = say("Days and journeys around the dates asked for")
TIGHT = say("Too little time:")
RECEIVED = say("What the invited states already received, or are invited to")
RECEIVED_CAPTION = say("About the same; nearest to the dates asked for where there are many")
STATES, NOTHING_KNOWN = say("States"), say("nothing known")
UNREAD = say("What could not be read")
ROWS = say("Every workshop of the plan")
ROWS_CAPTION = say("Held against the others of the plan and against everything known")
WORKSHOP, CLASHES, DUPLICATES = say("Workshop"), say("Clashes"), say("Duplicates")
INSTEAD = say("Best other date")
FREE = say("free")
WARNS = say("A check warns and decides nothing; who plans decides.")
CHOOSE = say("Choose this date")
ESTIMATED = say("Estimated days hang on the moon or on a programme of work that is set each year.")
SOURCES = say(
    "Public holidays are those of the library {library}; places are GeoNames’ (CC BY 4.0).", library="<i>holidays</i>"
)
"""With markup in it."""


def eyebrow(night: date) -> str:
    """Say what the page is."""
    return say("Outreach calendar · check of {day}", day=phrases.day(night))


def plan(name: str) -> str:
    """Name a whole plan."""
    return say("Plan {name}", name=name)


def plan_lead(checks: Sequence[Check], problems: Sequence[str] = ()) -> str:
    """Say in one sentence what a busy person must know of a plan."""
    touched = sum(bool(check.counts.get(Kind.CLASH) or check.counts.get(Kind.DUPLICATIVE)) for check in checks)
    said = counted(
        len(checks), "{touched} of {n} workshop would or might clash or duplicate",
        "{touched} of {n} workshops would or might clash or duplicate", touched=touched,
    )  # fmt: skip
    unread = counted(len(problems), "{n} thing could not be read", "{n} things could not be read") if problems else ""
    return say("{what}.", what=beside((said, unread), "; "))


def weekend(days: int) -> str:
    """Say how many of the days are free days in the host country anyway."""
    return say("({number} on the weekend there)", number=days)


def states(number: int) -> str:
    """Count states."""
    return counted(number, "{n} state", "{n} states")


def untold(number: int) -> str:
    """Say that more was found than is told."""
    return say("{number} more were found and are not told here; those above are the most pressing.", number=number)


def more(number: int) -> str:
    """Say how many events are not named."""
    return say("and {number} more", number=number)


def all_weeks(number: int) -> str:
    """Name the table of the weeks."""
    return say("All {number} weeks as a table", number=number)


def described(weeks: int, free: int) -> str:
    """Say in a sentence what the picture of the weeks shows."""
    return say("{number} weeks, of which {free} are free. The table holds the same.", number=weeks, free=free)


def held_against(events: int) -> str:
    """Say what a workshop was held against."""
    return say("Held against {number} known events.", number=sayings.number(f"{events:,}", events, "#,##0"))


def week(entry: Alternative) -> str:
    """Say what stands against a week."""
    against = (day.name for day in entry.days if day.against)
    return beside((clashing(entry.clashes), repeating(entry.duplicates), *against)) or FREE


def cell(entry: Alternative) -> tuple[str, str]:
    """Say how free a week is, as a class and in a word that fits a cell.

    >>> from calendar_sync.spans import Span
    >>> cell(Alternative(Span.exact(date(2010, 2, 2)), 0, 1, 2))
    ('clash', '1 clash')
    """
    if entry.clashes:
        return "clash", say("{number} clash", number=entry.clashes)
    if entry.duplicates:
        return "duplicate", say("{number} dupl.", number=entry.duplicates)
    if entry.against:
        return "days", say("day off") if not any(day.sort == "un_session" for day in entry.days) else say("UN")
    return "free", FREE


def instead(check: Check) -> str:
    """Name the best other date where the one asked for is not free."""
    if check.event.span is None:
        return say("no date yet")
    if not (check.counts.get(Kind.CLASH) or check.counts.get(Kind.DUPLICATIVE)):
        return say("as planned")
    best = next(iter(check.alternatives), None)
    if best is None:
        return say("no date to move")
    return best.words if best.free else say("{dates}, with {what}", dates=best.words, what=week(best))
