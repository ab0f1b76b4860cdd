"""Planned workshops: one that is checked, and one that is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from desk.api_models.values import Integer, Sent, Short, Text, Told, Written


class Proposed(Sent):
    """A workshop somebody thinks of holding; at least one thing is said about it."""

    title: Short = ""
    start: Short = Field("", description='First day, as 2010-02-02, or words: "last 10 days of January".')
    end: Short = Field("", description="Last day, inclusive.")
    city: Short = ""
    country: Short = Field("", description="ISO code or name.")
    audience: list[Short] = Field([], max_length=300, description="States and groups.")
    themes: list[Short] = Field([], max_length=50)
    organisers: list[Short] = Field([], max_length=50)
    weeks: Integer = Field(8, ge=0, le=52, description="How far to look for other dates.")

    @property
    def blank(self) -> bool:
        """True when nothing is said."""
        return not any((self.title, self.start, self.end, self.city, self.country, self.audience, self.themes,
                        self.organisers))  # fmt: skip


class ProposalTold(Told):
    """A workshop that a coordinator plans."""

    number: int
    owner: Text
    visibility: Literal["hidden", "busy", "shared", "public"]
    values: dict[str, Text] = Field(
        description="As it was written, field by field; of a busy one days, place, for whom."
    )
    note: Text
    made: datetime


class Propose(Sent):
    """A workshop to keep."""

    visibility: Literal["hidden", "busy", "shared", "public"] = "hidden"
    title: Written = ""
    start: Written = ""
    end: Written = ""
    days: Written = Field(default="", description="How many it lasts, where the dates do not say so.")
    city: Written = ""
    country: Written = ""
    online: Written = Field(default="", description="Blank, or yes.")
    audience: Written = ""
    theme: Written = ""
    organiser: Written = ""
    note: Written = ""
