"""Calendars: how each fares; and the work by which they are read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from desk.api_models.values import Sent, Text, Told, Written


class Calendar(Told):
    """A calendar, and how it fared on the latest night."""

    calendar: Text
    organisation: Text
    programme: bool = Field(description="Its listings are the committee's own workshops.")
    outcome: Text | None = Field(description="null: it was not asked for that night.")
    code: Text | None = Field(description="The error's name; null: it was read.")
    detail: Text | None = Field(description="The error in a sentence.")
    last_good: date | None = Field(description="The last night on which it could be read.")
    listings: int
    problems: int


class Calendars(Told):
    """Every calendar of the roster."""

    night: date | None
    calendars: list[Calendar]


class Begin(Sent):
    """Work for the desk: the calendars read, or the night run."""

    sort: Literal["sync", "night"]
    calendars: list[Written] = Field(default=[], description="Those to read; none: all.")


class JobTold(Told):
    """One piece of work, and how it goes."""

    job: Text
    sort: Text
    by: Text
    begun: datetime
    ended: bool
    lines: list[dict[str, str]] = Field(description="What was told so far, in order.")
