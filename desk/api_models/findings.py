"""Findings: what waits for a word, what was decided, and what a program says of one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from desk.api_models.values import Fingerprint, Integer, Sent, Text, Told, Written, civil

Verdicts = Literal["confirmed", "dismissed", "series"]
Severities = Literal["high", "medium", "low", "information"]
States = Literal["new", "changed", "back", "open", "unseen", "resolved"]


class Made(Told):
    """One decision."""

    number: int | None = Field(description="In the log; null among what was decided since the night.")
    finding: int | None = Field(description="The finding's number; null where it has another by now.")
    kind: Text
    title: Text
    verdict: Verdicts
    by: Text
    at: datetime
    note: Text
    changed: list[Text] = Field(description="Material facts that changed since; none: it holds.")


class Queued(Told):
    """One finding that waits."""

    number: int = Field(ge=1)
    kind: Text
    severity: Severities
    state: States
    title: Text
    first_night: date
    begins: date | None = Field(description="The first day of its events that is still to come.")
    when: Text = Field(description="The days of its events.")


class Counts(Told):
    """How what waits or informs stands since the night before, and how many calendars could be read."""

    new: int
    changed: int
    back: int
    open: int
    calendars_read: int
    calendars: int


class PutOff(Told):
    """One finding that was put off."""

    number: int
    title: Text
    until: date
    by: Text


class Unread(Told):
    """A calendar that could not be read, and what was kept of it."""

    calendar: Text
    organisation: Text
    what: Text
    last_good: date | None = Field(description="The night of the copy that stands; null: there never was one.")


class Tonight(Told):
    """What waits for a word since the latest night, most pressing first; what only informs comes last."""

    night: date | None = Field(description="null: no night has run yet.")
    lead: Text
    counts: Counts | None
    waiting: int = Field(description="Findings that need a word.")
    informing: int = Field(description="Findings that are good to know.")
    findings: list[Queued] = Field(description="Those of this page.")
    page: int
    pages: int
    settled: list[Made] = Field(description="What was decided of tonight's findings since.")
    put_off: list[PutOff] = Field(description="What was put off, the soonest back first.")
    unread: list[Unread] = Field(description="Calendars that could not be read; of experts' nothing is told.")


class Log(Told):
    """A page of the log, the newest first."""

    decisions: list[Made]
    before: int | None = Field(description="Where the next page begins; null on the last.")


class Decide(Sent):
    """A decision on a finding as it was seen."""

    verdict: Verdicts
    fingerprint: Fingerprint = Field(description="Of the finding as it was seen.")
    newest: Integer = Field(ge=0, lt=2**31, description="The newest decision that was seen; 0: none.")
    note: Written = ""
    teaches: bool = Field(default=True, description="False: nobody is to learn from it how to tell events apart.")


class Said(Told):
    """What somebody said of a finding beside deciding on it."""

    sort: Literal["note", "snoozed", "woken", "assigned", "released", "not_taught", "taught"]
    by: Text
    at: datetime
    note: Text
    expert: Text | None = Field(description="Who is asked for a word, or asked no more.")
    until: date | None = Field(description="The day to which it is put off.")


class Experts(Told):
    """Who can be asked for a word on findings."""

    experts: list[Text] = Field(description="Names of accounts.")


class Note(Sent):
    """A note on a finding."""

    note: Written


class Remark(Sent):
    """What is said of a finding beside deciding on it."""

    sort: Literal["snoozed", "woken", "assigned", "released", "not_taught", "taught"]
    until: Annotated[date | None, BeforeValidator(civil)] = Field(
        default=None, description="The day to which it is put off, within twelve months."
    )
    expert: Written = Field(default="", description="The account of the expert who is asked, or asked no more.")
