"""Every sentence of a finding's page beside the finding itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from dedupe import phrases
from dedupe.findings import Kind
from dedupe.sayings import beside, counted, say
from flows.finding_seen import FindingSeen, Instead
from store.remarks import Remark, Sort

IN_COMMON, RECEIVED = say("States in common"), say("What these states received, or are invited to")
OTHER_DATES, EVENTS_OF_IT = say("Other dates, best first"), say("The events")
TAKE_DATES = say("Check these dates")
SAID, NOTHING_SAID = say("Notes"), say("Nobody has written a note yet.")
MORE_TO_DO, WRITE = say("More"), say("Write a note")
SNOOZE, WAKE, UNTIL = say("Put it off"), say("Bring it back now"), say("Until")
SNOOZE_HINT = say("It leaves the page of tonight until that day, or until its dates, place, audience or title change.")
EXPERT, ASK, RELEASE = say("Expert"), say("Ask for a word"), say("Ask no more")
EXPERT_HINT = say("An expert sees the findings they are asked about, and nothing else.")
NO_EXPERTS = say("Nobody has an account as an expert: outreach accounts add NAME --role expert")
NOT_TAUGHT = say("Do not learn from this")
NOT_TAUGHT_HINT = say("The decision holds, but teaches nothing about telling events apart.")
LEARN = say("Learn from it again")
UNUSABLE = {
    Sort.NOTE: say("The note is empty. Nothing was recorded."),
    Sort.SNOOZED: say("It can be put off to a day of the next twelve months. Nothing was recorded."),
    Sort.ASSIGNED: say("There is no expert of this name. Nothing was recorded."),
    Sort.RELEASED: say("There is no expert of this name. Nothing was recorded."),
}
_WAITS = ((7, say("for a week")), (14, say("for two weeks")), (30, say("for a month")), (90, say("for three months")))


def learns(kind: Kind) -> bool:
    """True for findings from which it is learnt how to tell events apart."""
    return kind is Kind.SAME_EVENT


def waits(today: date) -> tuple[tuple[str, str], ...]:
    """Return the days to which a finding can be put off, each with what is said of it."""
    days = ((today + timedelta(days=days), words) for days, words in _WAITS)
    return tuple((day.isoformat(), beside((words, phrases.day(day)))) for day, words in days)


def put_off(remark: Remark) -> str:
    """Say who put a finding off, and until when."""
    return say("{name} put it off until {day}.", name=remark.by, day=phrases.day(remark.until or date.max))


def asked(names: frozenset[str]) -> str:
    """Say who is asked for a word."""
    return say("Asked for a word: {names}.", names=phrases.listed(sorted(names)))


def in_common(seen: FindingSeen) -> str:
    """Say which states both sides invite, and how many of the smaller audience these are."""
    states = seen.kept.get("states", ())
    least = seen.kept.get("smaller_audience", 0)
    named = phrases.states(states)
    if least <= 0:
        return named
    return say("{n} of {least}: {states}", n=len(states), least=least, states=named)


def received(instead: Instead) -> list[tuple[str, str, str]]:
    """Put the states together that received the same: their names, the events, and how many more there are."""
    together: dict[tuple[tuple[str, ...], int], list[str]] = {}
    for line in instead.history:
        together.setdefault((line.events, line.more), []).append(line.state)
    return [
        (
            phrases.states(states),
            beside(events, "; ") if events else say("nothing known"),
            counted(more, "and {n} more", "and {n} more") if more else "",
        )
        for (events, more), states in sorted(together.items(), key=lambda entry: (-len(entry[0][0]), entry[1]))
    ]


def could_be_moved(instead: Instead) -> str:
    """Say which event the other dates are for."""
    return say(
        "For {event}, as the calendars stand:",
        event=beside((phrases.where(instead.event), phrases.dates(instead.event.span))),
    )


def remark(one: Remark) -> str:
    """Say what a remark did."""
    return {
        Sort.NOTE: one.note,
        Sort.SNOOZED: say("put off until {day}", day=phrases.day(one.until or date.max)),
        Sort.WOKEN: say("brought back"),
        Sort.ASSIGNED: say("asked {name} for a word", name=one.subject),
        Sort.RELEASED: say("asks {name} no more", name=one.subject),
        Sort.NOT_TAUGHT: say("nobody is to learn from it"),
        Sort.TAUGHT: say("it may be learnt from again"),
    }[one.sort]


def plan_address(instead: Instead, first: date, last: date) -> Mapping[str, str | Sequence[str]]:
    """Return what the page for planning is asked, so that it checks the event on other dates."""
    listing = instead.event.listings[0]
    return {
        "title": listing.title, "start": first.isoformat(), "end": last.isoformat(), "city": listing.city,
        "country": listing.country, "audience": "; ".join(listing.audience), "theme": "; ".join(listing.themes),
    }  # fmt: skip
