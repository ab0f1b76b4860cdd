"""Events: found, told whole, split and merged."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from desk.api_models.values import Fingerprint, Integer, Sent, Text, Told, Written


class ListingTold(Told):
    """One event as one calendar words it."""

    id: Text
    calendar: Text
    organisation: Text
    title: Text
    language: Text
    status: Text
    since: date | None
    url: Text


class EventTold(Told):
    """One real-world event, as its listings say it together."""

    id: Text
    title: Text
    workshop: bool = Field(description="The committee's own programme lists it.")
    earliest: date | None
    latest: date | None
    exact: bool
    city: Text
    country: Text
    listings: list[ListingTold] = Field(description="The newest word first.")


class EventsTold(Told):
    """A page of events, in the order of their first possible days, undated ones last."""

    night: date | None
    number: int = Field(description="Of all that were found.")
    page: int
    pages: int
    events: list[EventTold]


class Stated(Told):
    """What one listing says of a field."""

    listing: Text = Field(description="Its id.")
    text: Text
    newest: bool = Field(description="This stands.")
    differs: bool = Field(description="It contradicts what stands.")
    note: Text = Field(description="What has to be added, such as what was inferred; blank: nothing.")


class FactTold(Told):
    """One field of an event, as its listings state it."""

    field: Text = Field(description="title, dates, place, audience, organisers, sponsors, themes, phase or status.")
    contradicted: bool
    stated: list[Stated] = Field(description="Of listings that say something of it, the newest word first.")


class Contradiction(Told):
    """A fact that the listings of an event state differently."""

    field: Text
    title: Text


class ListingElsewhere(Told):
    """A listing of another event."""

    listing: Text
    title: Text
    event: Text = Field(description="The event that has it now.")


class Joined(Told):
    """What somebody decided in one go of pairs of listings, of which each has one of this event."""

    verdict: Literal["confirmed", "dismissed"] = Field(description="They are one event, or are not.")
    by: Text
    at: datetime
    note: Text
    here: list[Text] = Field(description="Listings of this event, by their ids.")
    elsewhere: list[ListingElsewhere]
    gone: int = Field(description="Listings that stand no more.")
    overruled: bool = Field(description="Something else was decided later.")
    changed: list[Text] = Field(description="Material facts that changed since; none: it holds.")


class Likely(Told):
    """An event that may be the same one."""

    event: EventTold
    shown: Text = Field(description="What is told of it; `other_shown` of a merge repeats it.")


class EventWhole(Told):
    """One event, who says what of it, and what a decision on its listings has to repeat."""

    event: EventTold
    cancelled: bool = Field(description="By the newest listing.")
    states: list[Text] = Field(description="States invited, ISO codes, groups as of the event's date.")
    everybody: bool = Field(description="All states of the world, or all parties to an instrument, are invited.")
    stated: bool = Field(description="False: nobody says who is invited; it was read from the titles.")
    organisers: list[Text]
    sponsors: list[Text]
    themes: list[Text]
    phase: Text | None = Field(description="null: nothing tells.")
    facts: list[FactTold]
    contradictions: list[Contradiction]
    shown: Text = Field(description="The facts; a decision repeats it.")
    newest: int = Field(description="The newest decision about its listings, 0: none; a decision repeats it.")
    findings: list[int] = Field(description="Findings of the night about it, by their numbers.")
    joined: list[Joined] = Field(description="What was decided of its listings, the newest first.")
    likely: list[Likely] = Field(description="The likest first; what was split off before all others.")


class Split(Sent):
    """Which listings of an event are another one."""

    listings: list[Written] = Field(min_length=1, description="Their ids.")
    shown: Fingerprint
    newest: Integer = Field(ge=0, lt=2**31)
    note: Written = ""


class Merge(Sent):
    """Which event is the same as this one."""

    other: Written = Field(description="Its id.")
    other_shown: Fingerprint = Field("", description="What was told of it; blank: it was not looked at.")
    shown: Fingerprint
    newest: Integer = Field(ge=0, lt=2**31)
    note: Written = ""


class Stays(Told):
    """Which event has the listings now."""

    event: Text
