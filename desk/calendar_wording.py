"""Every sentence of the calendar's pages and of the timeline."""

from __future__ import annotations

from datetime import date

from calendar_sync.listings import Listing
from dedupe import phrases
from dedupe.events import Event
from dedupe.sayings import beside, counted, say
from flows.dated_events import Shown
from flows.lanes import Laned, Sort
from flows.months import Listed, Month, Year
from reports import wording

SHOW, ALL = say("Show"), say("all")
ORGANISATION, THEME, STATE = say("Listed by"), say("Theme"), say("Invites, or is held in")
MONTH, YEAR = say("Month, as in 2010-02"), say("Year")
WORKSHOP, POSSIBLE, GOES_ON = say("workshop"), say("possible"), say("goes on")
CANCELLED = say("cancelled")
PREVIOUS_MONTH, NEXT_MONTH = say("Previous month"), say("Next month")
PREVIOUS_YEAR, NEXT_YEAR = say("Previous year"), say("Next year")
PREVIOUS_DAY, NEXT_DAY = say("Previous day"), say("Next day")
PAGES, PREVIOUS_PAGE, NEXT_PAGE = say("Pages of the list"), say("Previous page"), say("Next page")
IN_MONTH = say("The whole month")
THE_NIGHT, WAYS = say("The latest night"), say("Other days")
WHOLE = say("All month, or some time in it")
UNDATED = say("Events without a date")
IN_NUMBERS, MONTHS_HEAD, EVENTS = say("Each month in numbers"), say("Month"), say("Events")
INEXACT, WORKSHOPS = say("Without exact dates"), say("Workshops")
FINDINGS = say("Findings that need a word")
SHADES = say("How many events a day has")
DATES, PLACE, EVENT, FINDING = say("Dates"), say("Place"), say("Event"), say("Findings")
LISTED_BY = say("Organisations")
NONE_LEFT = say("Choose “all” to see every event.")

FROM, ZOOM, LANES = say("From the month, as in 2010-02"), say("Months"), say("Lanes")
SORT = {Sort.ORGANISATION: say("organisations"), Sort.STATE: say("states"), Sort.THEME: say("themes")}
SORT_HEAD = {Sort.ORGANISATION: say("Organisations"), Sort.STATE: say("States"), Sort.THEME: say("Themes")}
REST = {Sort.STATE: say("No State named"), Sort.THEME: say("No theme stated")}
ALL_STATES = say("All States")
EARLIER, LATER = say("Earlier"), say("Later")
AS_TABLE = say("The same as a table")
PICTURE = say("Timeline; the same facts stand in the table below it")
PICTURED = say("Events in lanes, month by month")
LEGEND = (
    say("Solid: the days are certain."), say("Hatched: somewhere within these days."),
    say("Grey: announced first, no longer so."), say("Outlined: the committee's workshops."),
    say("Empty: cancelled."), say("Dotted: the latest night."),
    say("A number is that of a finding that needs a word."),
)  # fmt: skip
MONTH_LEGEND = (
    say("■ workshop: of the committee's own programme."),
    say("Dashed, possible: on this day or another one near it."),
    say("A number is that of a finding that needs a word."),
)


def month_lead(month: Month) -> str:
    """Say how much there is in a month."""
    if not month.events:
        return say("No event is listed for this month.")
    return counted(
        month.events, "{n} event is, or may be, held in this month.", "{n} events are, or may be, held in this month."
    )


def year_lead(year: Year) -> str:
    """Say how much there is in a year."""
    if not year.events:
        return say("No event is listed for this year.")
    return counted(
        year.events, "{n} event is, or may be, held in this year.", "{n} events are, or may be, held in this year."
    )


def day_lead(listed: Listed) -> str:
    """Say how much there is on a day."""
    if not listed.events:
        return say("No event is listed for this day.")
    return counted(
        listed.events, "{n} event is, or may be, held on this day.", "{n} events are, or may be, held on this day."
    )


def list_lead(listed: Listed) -> str:
    """Say how long a list is."""
    if not listed.events:
        return say("There is none.")
    return events(listed.events)


def page(listed: Listed) -> str:
    """Say which page of a list this is."""
    return say("Page {page} of {pages}", page=listed.page, pages=listed.pages)


def events(number: int) -> str:
    """Count events."""
    return counted(number, "{n} event", "{n} events")


def more(number: int) -> str:
    """Say that there are more events than there is room for."""
    return counted(number, "{n} more", "{n} more")


def undated(number: int) -> str:
    """Say that there are events which stand in no month."""
    return counted(number, "{n} event without a date", "{n} events without a date")


def in_year(number: int) -> str:
    """Name a year."""
    return say("Year {year}", year=number)


def whole(month: str) -> str:
    """Name the events that stand on no day of a month."""
    return say("{month}: all month, or some time in it", month=month)


def day(value: date) -> str:
    """Name a day with its weekday."""
    return wording.night(value)


def shade(least: int, most: int) -> str:
    """Say how many events a shade stands for."""
    return str(least) if least == most else f"{least}\N{EN DASH}{most}"


def timeline_lead(laned: Laned) -> str:
    """Say how much there is in these months, and how much of it is not drawn."""
    if not laned.events:
        return say("No event is listed for these months.")
    first = counted(
        laned.events,
        "{n} event is, or may be, held in these months.",
        "{n} events are, or may be, held in these months.",
    )
    return beside((first, _left_out(laned)), " ")


def _left_out(laned: Laned) -> str:
    told = []
    if laned.more_events:
        told.append(
            counted(
                laned.more_events,
                "{n} of them is not drawn, for want of room: workshops and what needs a word come first.",
                "{n} of them are not drawn, for want of room: workshops and what needs a word come first.",
            )
        )
    if laned.more_lanes:
        told.append(counted(laned.more_lanes, "{n} lane is left out.", "{n} lanes are left out."))
    if told:
        told.append(say("Show fewer months, or choose an organisation, a theme or a state, to see them."))
    return beside(told, " ")


def months(number: int) -> str:
    """Count months."""
    return counted(number, "{n} month", "{n} months")


def named(label: str, naming: Listing, shown: Shown) -> str:
    """Name a bar for whoever does not see where it stands: first what is written beside it, for who says it aloud."""
    event = shown.event
    return beside((label, naming.title, phrases.place(event.city, event.country), phrases.dates(shown.span)))


def span(first: str, last: str) -> str:
    """Name months from one to another."""
    return first if first == last else say("{first} – {last}", first=first, last=last)


def no_month(text: str) -> str:
    """Say that something is no month."""
    return say("“{text}” is no month: one is written as in 2010-02. That of the latest night is shown.", text=text)


def no_year(text: str) -> str:
    """Say that something is no year."""
    return say("“{text}” is no year: one is written as in 2010. The month of the latest night is shown.", text=text)


def no_day(text: str) -> str:
    """Say that something is no day."""
    return say(
        "“{text}” is no day: one is written as in 2010-02-02. The month of the latest night is shown.", text=text
    )


def too_late(text: str) -> str:
    """Say that so many months from a month on would lie beyond the last there is."""
    return say("From “{text}” on there are fewer months left. The latest night is shown.", text=text)


def no_choice(text: str) -> str:
    """Say that something cannot be chosen."""
    return say("“{text}” cannot be chosen here. It was left out.", text=text)


def place(event: Event) -> str:
    """Name where an event is held."""
    return phrases.place(event.city, event.country) or wording.NO_PLACE
