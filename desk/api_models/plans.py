"""Planned workshops: one that is checked, and one that is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from desk.api_models.values import Integer, Sent, Short, Text, Told, Written
from flows.planned import LONGEST, MOST_DAYS, MOST_ROWS

Seen = Literal["hidden", "busy", "shared", "public"]
Line = Annotated[str, Field(max_length=LONGEST, pattern=r"^[^\x00]*$")]


class Workshop(Sent):
    """A workshop somebody thinks of holding; at least one thing is said about it."""

    title: Short = ""
    start: Short = Field("", description='First day, as 2010-02-02, or words: "last 10 days of January".')
    end: Short = Field("", description="Last day, inclusive.")
    days: Integer = Field(
        0, ge=0, le=MOST_DAYS, description="How many it lasts, where the dates do not say so; 0: nobody knows."
    )
    city: Short = ""
    country: Short = Field("", description="ISO code or name.")
    online: bool = False
    audience: list[Short] = Field([], max_length=300, description="States and groups.")
    themes: list[Short] = Field([], max_length=50)
    organisers: list[Short] = Field([], max_length=50)

    @property
    def blank(self) -> bool:
        """True when nothing is said."""
        return not any((self.title, self.start, self.end, self.days, self.city, self.country, self.online,
                        self.audience, self.themes, self.organisers))  # fmt: skip


class Proposed(Workshop):
    """A workshop to check, and where to look for other dates."""

    weeks: Integer = Field(8, ge=0, le=52, description="How far to look for other dates, to either side.")
    year: bool = Field(
        default=False, description="Look in all weeks of twelve months instead, whether dates are said or not."
    )


class ProposedList(Sent):
    """Workshops to check, each against the others too."""

    workshops: list[Workshop] = Field(min_length=1, max_length=MOST_ROWS)


class ProposalTold(Told):
    """A workshop that a coordinator plans."""

    number: int
    owner: Text
    visibility: Seen
    values: dict[str, Text] = Field(
        description="As it was written, field by field; of a busy one days, place, for whom."
    )
    note: Text
    made: datetime
    withdrawn: datetime | None = Field(description="When its owner took it back; null: it stands.")


class Propose(Sent):
    """A workshop to keep; at least one thing is said about it."""

    visibility: Seen = "hidden"
    title: Line = ""
    start: Line = ""
    end: Line = ""
    days: Line = Field(default="", description="How many it lasts, where the dates do not say so.")
    city: Line = ""
    country: Line = ""
    online: Line = Field(default="", description="Blank, or yes.")
    audience: Line = Field(default="", description="Several are parted by semicolons, as are themes and organisers.")
    theme: Line = ""
    organiser: Line = ""
    note: Written = ""


class ShowTo(Sent):
    """Who is to see a proposal."""

    visibility: Seen
