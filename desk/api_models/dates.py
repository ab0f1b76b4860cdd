"""Events by their days: a month, a year in numbers, lists of a day, and the lanes of a timeline."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from desk.api_models.values import Text, Told


class EventDated(Told):
    """An event, and what marks it."""

    id: Text
    title: Text
    workshop: bool = Field(description="The committee's own programme lists it.")
    cancelled: bool
    earliest: date | None
    latest: date | None
    exact: bool
    city: Text
    country: Text
    organisations: list[Text] = Field(description="Whose calendars list it, the newest word first.")
    findings: list[int] = Field(description="Findings about it that need a word, by their numbers.")


class OnDay(Told):
    """An event on one of its days."""

    event: Text = Field(description="Its id, among the events of the month.")
    certain: bool = Field(description="It surely is held on this day.")


class DayTold(Told):
    """One day of a month."""

    day: date
    events: list[OnDay] = Field(description="Workshops first, then what needs a word, then the earlier.")
    more: int = Field(description="Events that are not named here.")


class MonthTold(Told):
    """A month day by day."""

    month: date = Field(description="Its first day.")
    number: int = Field(description="Events in it.")
    undated: int = Field(description="Events, of all those chosen, without a date.")
    days: list[DayTold]
    whole: list[Text] = Field(description="Ids of events that last the whole month, or may lie anywhere in it.")
    more_whole: int = Field(description="Of these, those that are not named.")
    events: list[EventDated] = Field(description="Those that are named.")


class MonthCounted(Told):
    """A month in numbers."""

    month: date = Field(description="Its first day.")
    days: list[int] = Field(description="How many events each day has.")
    events: int
    possible: int = Field(description="Those of them without exact dates.")
    whole: int = Field(description="Those that last all of it, or may lie anywhere in it; no day counts them.")
    workshops: int
    findings: int = Field(description="Findings about them that need a word.")


class YearTold(Told):
    """A year in numbers."""

    year: int
    number: int = Field(description="Events in it.")
    months: list[MonthCounted]


class EventsListed(Told):
    """A page of a list of events; a page that is not there is the nearest one."""

    number: int = Field(description="Of all that are listed.")
    page: int
    pages: int
    events: list[EventDated]


class InLanes(EventDated):
    """An event of a timeline."""

    lanes: list[Text] = Field(description="Names of the lanes it stands in.")


class TimelineTold(Told):
    """Some months of events in lanes, as many as a picture can hold."""

    since: date
    until: date = Field(description="The last day.")
    number: int = Field(description="Events in these months.")
    more_events: int = Field(description="Events there was no room for.")
    more_lanes: int = Field(description="Lanes there was no room for.")
    events: list[InLanes] = Field(description="By their first days.")


class ThemeNamed(Told):
    """A theme by which events are chosen."""

    theme: Text = Field(description="Its code.")
    name: Text


class Themes(Told):
    """Every theme there is."""

    themes: list[ThemeNamed]
