"""Calendars: how each fares, one whole, and trying, adding, accepting or refusing one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from desk.api_models.values import Sent, Short, Text, Told, Written
from flows.adding import LONGEST_ADDRESS, LONGEST_ID, MOST_LISTINGS
from flows.calendars_seen import MOST_ANSWERS, MOST_NIGHTS
from flows.calendars_seen import MOST_LISTINGS as MOST_MISSING
from flows.calendars_seen import MOST_PROBLEMS as MOST_NOTED

Visibilities = Literal["public", "shared", "busy", "hidden"]


class Calendar(Told):
    """A calendar, and where it stands."""

    calendar: Text
    organisation: Text
    address: Text = Field(description="Where it lies, without what may be secret.")
    visibility: Visibilities
    shared_with: list[Text]
    programme: bool = Field(description="Its listings are the committee's own workshops.")
    asked: date | None = Field(description="The last night on which it was asked; null: it never was.")
    outcome: Text | None = Field(description="What came of that; null: it never was asked.")
    code: Text | None = Field(description="The error's name; null: it was read.")
    detail: Text | None = Field(description="The error in a sentence.")
    next: Text | None = Field(description="What to do about it; null: nothing has to be done.")
    since: date | None = Field(description="The first night since which it fails; null while it can be read.")
    doubted: bool = Field(description="It came emptied or shrunken, and waits for a word.")
    last_good: date | None = Field(description="The last night on which it could be read.")
    listings: int = Field(description="That stand.")
    problems: int


class Calendars(Told):
    """Every calendar of the roster: what fails first, then what was never read."""

    night: date | None = Field(description="The latest night.")
    calendars: list[Calendar]


class Fared(Told):
    """How a calendar fared on one night."""

    night: date
    outcome: Text
    code: Text | None = Field(description="The error's name; null: it was read.")
    listings: int
    problems: int


class Noted(Told):
    """Something that a calendar has wrong, and what was done about it."""

    code: Text
    message: Text
    uid: Text


class ListingSeen(Told):
    """One event as the calendar words it."""

    id: Text
    title: Text
    language: Text
    status: Text
    earliest: date | None
    latest: date | None
    city: Text
    country: Text


class Changed(Told):
    """What the last reading changed."""

    added: int
    updated: int
    withdrawn: int
    told: list[Text] = Field(description="The first of it, in sentences.")


class Quarantine(Told):
    """A calendar in doubt: what it would lose, were it believed as it came."""

    night: date
    missing: int | None = Field(description="Listings that would be withdrawn; null: nobody noted which.")
    listings: list[ListingSeen] = Field(description=f"The first {MOST_MISSING} of them, in the order of their days.")
    shown: Text = Field(description="Names them all; an answer repeats it.")
    nights_left: int = Field(description="Nights on which it must come back like this until it is believed.")
    refused: bool = Field(description="Somebody said no to this very copy.")


class Answered(Told):
    """What somebody said of it as it came on a night."""

    night: date
    accepted: bool
    by: Text
    at: datetime
    note: Text


class CalendarWhole(Calendar):
    """A calendar with its story, as of the last night on which it was asked."""

    nights: list[Fared] = Field(description=f"The last {MOST_NIGHTS}, the newest first.")
    noted: list[Noted] = Field(description=f"The first {MOST_NOTED} of its problems.")
    changed: Changed
    quarantine: Quarantine | None = Field(description="null: it is not in doubt.")
    answers: list[Answered] = Field(description=f"The last {MOST_ANSWERS}, the newest first.")


class Answer(Sent):
    """A word about a calendar in doubt as it was seen."""

    shown: Short = Field(description="Of its quarantine, as it was seen.")
    note: Written = Field("", description="Why; kept with the answer.")


class Describe(Sent):
    """A calendar to be tried, or added."""

    organisation: Short = Field(description="Which publishes it; as in the roster.")
    source: str = Field(max_length=LONGEST_ADDRESS, description="Its address: https, http or webcal, without secrets.")
    id: str = Field("", max_length=LONGEST_ID, description="Letters, digits, - and _; blank: one is suggested.")
    kind: Short = Field("", description="As in the roster; blank: it is told from what comes.")
    visibility: Visibilities = "public"
    shared_with: list[Short] = Field(
        [], max_length=300, description="Organisations that may read it, or know that days are taken: shared and busy."
    )


class Trial(Told):
    """What a calendar yields; nothing of it was kept."""

    id: Text = Field(description="Under which it would be added.")
    name: Text = Field(description="What it calls itself.")
    is_calendar: bool = Field(description="False: it did not answer, or what came is none; `noted` says why.")
    number: int = Field(description="Listings in it.")
    coming: bool = Field(description="Some are still to come; else all are over.")
    listings: list[ListingSeen] = Field(
        description=f"The first {MOST_LISTINGS} of those still to come; where there are none, of all."
    )
    noted: list[Noted]
