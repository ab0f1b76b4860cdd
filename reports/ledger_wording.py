"""The sentences about findings that come and go, and about results; each can be told in other languages."""

from __future__ import annotations

from dedupe import phrases
from dedupe.sayings import say
from reports import damping
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
_FIELD = {
    "title": say("title"), "dates": say("dates"), "place": say("place"), "audience": say("audience"),
    "organisers": say("organisers"), "sponsors": say("sponsors"), "positions": say("positions on record"),
    "events": say("events"),
}  # fmt: skip


def back(told: ToldFinding) -> str:
    """Say that a finding is there again after it was told as resolved."""
    first = phrases.day(told.first_night)
    if told.change is not Change.BACK:
        return say("still open, told first on {day}; it comes and goes", day=first)
    if told.changed:
        fields = phrases.listed([_FIELD.get(name, name) for name in told.changed])
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
