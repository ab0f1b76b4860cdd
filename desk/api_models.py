"""What programs send and are told, as far as no schema of the command says it already. Names as `--json` has them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from store.accounts import Role

Verdicts = Literal["confirmed", "dismissed", "series"]
Severities = Literal["high", "medium", "low", "information"]
States = Literal["new", "changed", "back", "open", "unseen", "resolved"]


def whole(text: object) -> object:
    """Replace halves of a surrogate pair, which the words of a page may hold and JSON cannot.

    >>> whole("Gabo\\ud800rone")
    'Gabo?rone'
    """
    return text.encode("utf-8", "replace").decode("utf-8") if isinstance(text, str) else text


def civil(value: object) -> object:
    """Read a day as ISO 8601 writes it; anything else is left as it is, and refused.

    >>> civil("2010-02-01"), civil("1265000000")
    (datetime.date(2010, 2, 1), '1265000000')
    """
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def integral(value: object) -> object:
    """Take 7.0 for 7: JSON knows but one sort of number.

    >>> integral(7.0), integral(7.5), integral("7")
    (7, 7.5, '7')
    """
    return int(value) if isinstance(value, float) and value.is_integer() else value


Integer = Annotated[int, BeforeValidator(integral)]
Text = Annotated[str, BeforeValidator(whole)]
Written = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]
"""What somebody writes; PostgreSQL keeps no NUL."""
Fingerprint = Annotated[str, Field(max_length=60_000, pattern=r"^[^\x00]*$")]
"""It grows with the listings of a finding; the body ends before it does."""
Short = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]


class Told(BaseModel):
    """What is answered: nothing beside what is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sent(BaseModel):
    """What is sent: nothing beside what is named, and nothing taken for something else."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Me(Told):
    """Whom a token stands for."""

    name: Text
    role: Role
    organisation: Text | None = Field(description="Whose report a reader reads.")
    token: int = Field(description="The token's number.")


class Readiness(Told):
    """That the desk can answer."""

    ready: Literal[True]


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
