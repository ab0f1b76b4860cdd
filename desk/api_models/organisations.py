"""Organisations: what each gets, the letter to it, and addresses of its report."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from desk.api_models.values import Sent, Short, Text, Told, Written


class Delivery(Told):
    """Where a report stands on its way."""

    number: int
    organisation: Text
    channel: Text
    night: date
    sort: Text
    state: Text
    attempts: int
    answer: Text = Field(description="What the last try came to.")
    warning: Text
    next_try: datetime | None


class Approved(Told):
    """A coordinator's word that reports may go out by a channel."""

    channel: Text
    letter: Text = Field(description="The version of the letter they had before them.")
    by: Text
    at: datetime
    note: Text


class Organisation(Told):
    """An organisation, and where what it gets stands."""

    id: Text
    name: Text
    languages: list[Text]
    reads_reports: bool
    night: date | None = Field(description="The latest night that a report was written for it.")
    waits: bool = Field(description="One of its reports waits for approval.")
    approved: list[Approved]
    deliveries: list[Delivery] = Field(description="The newest of each channel, and the alerts since.")


class Organisations(Told):
    """Every organisation of the roster."""

    organisations: list[Organisation]


class Letter(Told):
    """The letter that goes, or would go, before the first report."""

    version: Text
    language: Text
    subject: Text
    paragraphs: list[Text]


class OrganisationWhole(Organisation):
    """An organisation with the letter to it."""

    letter: Letter | None
    no_letter: Text | None = Field(description="Why there is none, where a letter of our own cannot be used.")


class Approve(Sent):
    """A word that reports may go out, with the letter that was read."""

    letter: Short = Field(description="The version that was read.")
    note: Written = ""


class Feed(Told):
    """An address for a report that was given to somebody."""

    number: int
    organisation: Text
    note: Text
    by: Text
    created: datetime
    last_used: datetime | None
    revoked: datetime | None


class Feeds(Told):
    """Every address, revoked ones too."""

    feeds: list[Feed]


class NewFeed(Feed):
    """An address that was just made; it is told this once."""

    addresses: dict[str, str] = Field(description="By format.")


class AskFeed(Sent):
    """For whom an address is made."""

    organisation: Short
    note: Written = Field("", description="Who gets it.")
