"""The sentences of coverages, maps and histories of states; each can be told in other languages."""

from __future__ import annotations

from collections.abc import Mapping

from dedupe import phrases
from dedupe.coverage import Coverage
from dedupe.invitations import ASKED, RECEIVED, Assistance, History, Invitation
from dedupe.sayings import beside, counted, say

MAP_DISCLAIMER = say(
    "The outlines are those of Natural Earth (public domain), simplified; states too small to draw are circles at "
    "their capitals. The boundaries and names shown and the designations used on this map do not imply official "
    "endorsement or acceptance by anybody."
)
WHERE, MAP_OF_INVITED = say("Where"), say("Events to which each state is invited")
MAP_BELOW = say(
    "A map of the world, shaded by the number of events; the tables below give the same numbers state by state."
)
NONE, NOT_COUNTED = say("none"), say("not counted here")
PEOPLE = say("Who is left out, who is invited often")
GAPS = say("Invited to nothing that is known here:")
SHIFT, YEARS = say("From awareness to implementation"), say("Events of each phase, year by year")
AS_TABLE, TABLE_OF_YEARS, TABLE_OF_STATES = say("The same as a table"), say("Table of years"), say("Table of states")
YEAR, TOGETHER = say("Year"), say("Together")
MATRIX = say("States by themes and phases")
MATRIX_NOTE = say(
    "Each square counts the events of a theme (left) or phase (right) to which the state is invited. An event with "
    "several themes counts under each; one for all states of the world counts nowhere."
)
EVENTS, MOST = say("Events"), say("Most in twelve months")
NO_PHASE, NO_THEME = say("phase not told"), say("theme not told")
COUNTED = say(
    "Counted: events with dates in the period that name states or groups, each once however many calendars list it. "
    "Groups are taken with their members on the event's first day."
)
COUNTED_OF_STATE = say(
    "Counted: events that name the state, or a group it belonged to on the event's first day, each once however many "
    "calendars list it."
)
BY_PHASE, BY_THEME, ASSISTANCE = say("By phase"), say("By theme"), say("Assistance")
EARLIEST_FIRST, STILL_TO_COME = say("Events, earliest first"), say("still to come")
SORT = {ASKED: say("Asked"), RECEIVED: say("Received")}
NO_ASSISTANCE = say("No calendar tells of assistance asked for or received.")
REGION: Mapping[str, str] = {
    "Africa": say("Africa"), "Asia": say("Asia"), "Europe": say("Europe"), "Oceania": say("Oceania"),
    "Latin America and the Caribbean": say("Latin America and the Caribbean"),
    "Northern America": say("Northern America"),
}  # fmt: skip
"""The parts of the world."""


def coverage_title(group: str) -> str:
    """Name a coverage by whose states it counts, blank for all."""
    return say("Coverage of {group}", group=group) if group else say("Coverage of outreach")


def heading(title: str, covered: Coverage) -> str:
    """Say of which period something tells."""
    return say("{title}, {since} to {until}", title=title, since=phrases.day(covered.since),
               until=phrases.day(covered.until))  # fmt: skip


def often(covered: Coverage) -> str:
    """Say what the states invited often have in common."""
    return say("{n} or more events within twelve months:", n=covered.load_most)


def year_by_year(covered: Coverage) -> str:
    """Say what the picture of the years shows."""
    years = [
        say("{year}: {numbers}", year=str(year), numbers=beside(
            say("{phase} {n}", phase=phase_of(phase), n=number) for phase, number in counted.items()) or NONE)
        for year, counted in covered.years
    ]  # fmt: skip
    return say("{all}.", all=beside(years, "; "))


def matrix(region: str) -> str:
    """Name the picture of one part of the world."""
    return say("States of {region} by themes and phases; the table below gives the same numbers", region=REGION[region])


def box(region: str) -> str:
    """Name the box in which the picture of one part of the world is moved to and fro."""
    return say("Matrix of {region}; the table below gives the same numbers", region=REGION[region])


def said(name: str) -> str:
    """Name a theme or phase by itself."""
    return say(name.replace("-", " ")) if name else say("not told")


def phase_of(phase: str) -> str:
    """Name a phase."""
    return said(phase) if phase else NO_PHASE


def theme_of(theme: str) -> str:
    """Name a theme."""
    return said(theme) if theme else NO_THEME


def history_title(state: str) -> str:
    """Name the history of a state."""
    return say("{state}: what it was invited to", state=state)


def known_on(known: History) -> str:
    """Say how much is known of a state."""
    return events_known(len(known.invitations), phrases.day(known.night))


def events_known(number: int, day: str) -> str:
    """Say how many events are known on a day."""
    if not number:
        return say("No events known on {day}.", day=day)
    return counted(number, "{n} event known on {day}.", "{n} events known on {day}.", day=day)


def ahead(number: int) -> str:
    """Say how many of them are still to come; blank for none."""
    return counted(number, "{n} of them still to come.", "{n} of them still to come.") if number else ""


def by_whom(given: Assistance) -> str:
    """Say of whom assistance was asked for, or by whom it was given."""
    by = phrases.listed(given.by)
    return say("from {by}", by=by) if given.sort == ASKED else say("by {by}", by=by)


def invited_how(entry: Invitation) -> str:
    """Say how a state was invited, and together with how many."""
    if entry.by_name:
        return counted(entry.states, "invited by name, {n} state", "invited by name, {n} states")
    return counted(entry.states, "invited with its group, {n} state", "invited with its group, {n} states")
