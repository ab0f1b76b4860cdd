"""Jobs: work that the desk was asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from desk.api_models.values import Sent, Text, Told, Written


class Begin(Sent):
    """Work for the desk: the calendars read, or the night run."""

    sort: Literal["sync", "night"]
    calendars: list[Written] = Field(default=[], description="Those to read; none: all.")


class JobSeen(Told):
    """One piece of work, and how far it is."""

    job: Text
    sort: Literal["sync", "accept", "night"]
    calendars: list[Text] = Field(description="Those that are read.")
    by: Text
    begun: datetime
    ended: bool
    summary: Text = Field(description="How far it is, or how it ended, in a sentence.")


class JobTold(JobSeen):
    """One piece of work, and how it goes."""

    lines: list[dict[str, Text]] = Field(description="What was told so far, in order.")


class JobsTold(Told):
    """The newest pieces of work of this desk."""

    jobs: list[JobSeen] = Field(description="The newest first.")
