"""The sentences about findings that come and go, and about results; each can be told in other languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dedupe import phrases
from dedupe.decisions import Decision, Verdict
from dedupe.sayings import beside, counted, say
from reports import damping
from reports.ledger import Entry, Ledger, Month
from reports.standing import Change, Resolved, ToldFinding, Why

UNSEEN = say("Not seen tonight")
UNSEEN_OF_THEM = say("of them not seen tonight")
_UNSEEN_WHY = {
    Why.UNSUPPORTED: say("what the calendars say tonight does not support it"),
    Why.UNLISTED: say("no calendar lists it tonight"),
    Why.CANCELLED: say("it was cancelled"),
    Why.OVER: say("it is over"),
    Why.DECIDED: say("a coordinator decided on it"),
}
_RESOLVED_WHY = {
    **_UNSEEN_WHY,
    Why.UNSUPPORTED: say("what the calendars say no longer supports it"),
    Why.UNLISTED: say("it is no longer listed"),
}
RESULTS = say("Results")
MONTHS = say("Month by month: conflicts are clashes and duplicates, events are those that begin in the month")
COLUMNS = (
    say("Month"), say("Conflicts found"), say("Decided"), say("Resolved in time"), say("Events"), say("Of them joint"),
    say("Events by phase"),
)  # fmt: skip
NOTHING = say("nothing found, decided or resolved, and no event")
NOTHING_YET = say("No finding has been told yet.")
CONFLICTS = say("Conflicts, from first told to their end")
MOST_CONFLICTS = 40
"""Conflicts that a page tells of; the rest are in its other formats and in `outreach ledger`."""
PHASE = {
    "awareness": say("awareness"), "reporting": say("reporting"), "implementation": say("implementation"),
    "assistance": say("assistance"), "review": say("review"), "": say("phase not told"),
}  # fmt: skip
FACT = {
    "title": say("title"), "dates": say("dates"), "place": say("place"), "audience": say("audience"),
    "organisers": say("organisers"), "sponsors": say("sponsors"), "positions": say("positions on record"),
    "events": say("events"), "status": say("status"),
}  # fmt: skip
"""What may change about a finding or an event, in a sentence."""


def back(told: ToldFinding) -> str:
    """Say that a finding is there again after it was told as resolved."""
    first = phrases.day(told.first_night)
    if told.change is not Change.BACK:
        return say("still open, told first on {day}; it comes and goes", day=first)
    if told.changed:
        fields = phrases.listed([FACT.get(name, name) for name in told.changed])
        return say("is back, told first on {day}; changed since: {fields}", day=first, fields=fields)
    return say("is back, told first on {day}", day=first)


def unseen(title: str, gone: Resolved) -> str:
    """Say that a finding is not so tonight, and what comes of that; *title* is what it may be called."""
    return say("{title}: {why}", title=title, why=unseen_why(gone))


def unseen_why(gone: Resolved) -> str:
    """Say why a finding is not so tonight, and when it counts as resolved."""
    why = say("it is no longer listed, or no longer shared with you") if gone.retracted else _UNSEEN_WHY[gone.why]
    if gone.wavers:
        days = damping.FORGOTTEN.days
        return say("{why}. It comes and goes; after {days} days without it, it counts as resolved.", why=why, days=days)
    return say("{why}. If the next night does not show it either, it counts as resolved.", why=why)


def month(told: Month) -> str:
    """Name a month; digits need no translation.

    >>> from datetime import date
    >>> month(Month(date(2009, 12, 1)))
    '2009-12'
    """
    return f"{told.first:%Y-%m}"


def runs(told: Iterable[Month]) -> list[tuple[Month, ...]]:
    """Put months in a row of which there is nothing to tell together; each of the others stands alone."""
    found: list[tuple[Month, ...]] = []
    for one in told:
        if one.nothing and found and found[-1][-1].nothing:
            found[-1] += (one,)
        else:
            found.append((one,))
    return found


def months(run: Sequence[Month]) -> str:
    """Name months in a row, the earliest first, whichever way they come.

    >>> from datetime import date
    >>> months([Month(date(2009, 3, 1)), Month(date(2009, 2, 1)), Month(date(2009, 1, 1))])
    '2009-01 – 2009-03'
    """
    first, last = sorted((run[0], run[-1]), key=lambda one: one.first)
    return month(first) if first is last else f"{month(first)} – {month(last)}"


def numbers(told: Month) -> tuple[str, ...]:
    """Return the numbers of a month, below COLUMNS after the first, the phases in words."""
    by_phase = beside(
        say("{phase} {n}", phase=PHASE[phase], n=number) for phase, number in told.phases if number
    )  # fmt: skip
    return (*(str(number) for number in (told.found, told.decided, told.resolved, told.events, told.joint)), by_phase)


def course(entry: Entry) -> str:
    """Say what became of a finding: when it was told, what was decided, how it ended."""
    told = phrases.day(entry.line.first_night)
    ahead = (
        counted(entry.lead_days, "first told on {day}, {n} day ahead", "first told on {day}, {n} days ahead", day=told)
        if entry.lead_days is not None
        else say("first told on {day}", day=told)
    )
    return beside([ahead, *(_decided(made) for made in entry.decisions), _end(entry)], "; ")


def _decided(made: Decision) -> str:
    day = phrases.day(made.at.date())
    if made.verdict is Verdict.CONFIRMED:
        said = say("confirmed by {who} on {day}", who=made.by, day=day)
    elif made.verdict is Verdict.SERIES:
        said = say("called editions of one series by {who} on {day}", who=made.by, day=day)
    else:
        said = say("dismissed by {who} on {day}", who=made.by, day=day)
    return say("{said} (“{note}”)", said=said, note=made.note) if made.note else said


def _end(entry: Entry) -> str:
    line = entry.line
    if entry.ended is None:
        return say("not seen on the last night") if line.state is Change.UNSEEN else say("still open")
    if line.why is None:
        return say("resolved on {day}", day=phrases.day(entry.ended))
    return say("resolved on {day}: {why}", day=phrases.day(entry.ended), why=_RESOLVED_WHY[line.why])


def more(ledger: Ledger) -> str:
    """Say how many conflicts a page leaves out; blank when none."""
    left = sum(entry.conflict for entry in ledger.entries) - MOST_CONFLICTS
    return counted(left, "{n} more: outreach ledger", "{n} more: outreach ledger") if left > 0 else ""
