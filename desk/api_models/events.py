"""Events: found, told whole, split and merged."""

from __future__ import annotations

from datetime import date

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


class EventWhole(Told):
    """One event, and what a decision on its listings has to repeat."""

    event: EventTold
    shown: Text = Field(description="The facts; a decision repeats it.")
    newest: int = Field(description="The newest decision about its listings, 0: none; a decision repeats it.")
    findings: list[int] = Field(description="Findings of the night about it, by their numbers.")


class Split(Sent):
    """Which listings of an event are another one."""

    listings: list[Written] = Field(min_length=1, description="Their ids.")
    shown: Fingerprint
    newest: Integer = Field(ge=0, lt=2**31)
    note: Written = ""


class Merge(Sent):
    """Which event is the same as this one."""

    other: Written = Field(description="Its id.")
    shown: Fingerprint
    newest: Integer = Field(ge=0, lt=2**31)
    note: Written = ""


class Stays(Told):
    """Which event has the listings now."""

    event: Text
