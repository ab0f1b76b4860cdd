"""The tables, and how values that databases disagree about are kept: instants and words."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class Words(TypeDecorator[str]):
    """Text from anywhere, kept as `words` makes it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what no database holds."""
        return None if value is None else words(value)


class Instant(TypeDecorator[datetime]):
    """A point in time as fixed-width UTC text, so that both databases sort, compare and hash it alike."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write an instant."""
        return None if value is None else utc_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read an instant, in UTC."""
        return None if value is None else datetime.fromisoformat(value)


def words(value: str) -> str:
    r"""Replace by U+FFFD what PostgreSQL (NUL) or UTF-8 (half a surrogate pair) cannot hold.

    >>> words("Gabo\x00rone")
    'Gabo�rone'
    """
    return value.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def utc_text(value: datetime) -> str:
    """Write an aware *value* as `2007-11-26T02:00:00.000000+00:00`.

    Raises:
        ValueError: *value* is naive; nobody could say which instant it means.
    """
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(UTC).isoformat(timespec="microseconds")


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

payloads = Table(
    "payloads",
    metadata,
    Column("calendar", Words, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
"""The bytes of good copies, once per distinct content of a calendar."""

calendar_nights = Table(
    "calendar_nights",
    metadata,
    Column("calendar", Words, primary_key=True),
    Column("night", Date, primary_key=True),
    Column("outcome", Words, nullable=False),
    Column("code", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("problems", Integer, nullable=False),
    Column("problem_list", Words, nullable=False, server_default="[]"),
    Column("listings", Integer, nullable=False),
    Column("digest", Text, nullable=True),
    Column("media_type", Words, nullable=False),
    Column("charset", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("etag", Words, nullable=False),
    Column("last_modified", Words, nullable=False),
    Column("moved_to", Words, nullable=False, server_default=text("''")),
    Column("doubts", Words, nullable=False, server_default=text("'[]'")),
    ForeignKeyConstraint(["calendar", "digest"], ["payloads.calendar", "payloads.digest"]),
    Index(None, "night"),
)
"""How each calendar fared each night; *code* is blank when it could be read, *digest* set when a good copy came.
*problem_list* is a JSON list of what was wrong in it, *doubts* one of the parts that came with too little to be
believed, each a list of who may read it; empty where *code* says so and parts were not told apart yet."""

courtesies = Table(
    "courtesies",
    metadata,
    Column("host", Words, primary_key=True),
    Column("not_before", Instant, nullable=False),
)
"""Hosts that asked to be left alone, and until when (Retry-After)."""

recognitions = Table(
    "recognitions",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("night", Date, nullable=False),
    Column("clusters", Text, nullable=False),
    Index(None, "night"),
)
"""How the listings of one world cluster into events; *clusters* is JSON, *fingerprint* all it depends on."""

event_columns = Table(
    "event_columns",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("stamp", Text, nullable=False),
    Column("night", Date, nullable=False),
    Column("body", LargeBinary, nullable=False),
    ForeignKeyConstraint(["fingerprint"], ["recognitions.fingerprint"], ondelete="CASCADE"),
    Index(None, "stamp"),
)
"""The events of one world as columns; *stamp* tells cheaply what *fingerprint* tells by reading every listing."""

calendar_revisions = Table(
    "calendar_revisions",
    metadata,
    Column("calendar", Words, primary_key=True),
    Column("revision", Integer, nullable=False),
)
"""How often what is known of a calendar has changed, on whichever night."""

reading_memories = Table(
    "reading_memories",
    metadata,
    Column("calendar", Words, primary_key=True),
    Column("night", Date, primary_key=True),
    Column("body", LargeBinary, nullable=True),
    ForeignKeyConstraint(
        ["calendar", "night"], ["calendar_nights.calendar", "calendar_nights.night"], ondelete="CASCADE"
    ),
)
"""What a night's reading left behind, so that the next one parses only what changed; NULL: it must parse everything."""

calendar_doubts = Table(
    "calendar_doubts",
    metadata,
    Column("calendar", Words, primary_key=True),
    Column("night", Date, primary_key=True),
    Column("missing", Text, nullable=False),
    ForeignKeyConstraint(
        ["calendar", "night"], ["calendar_nights.calendar", "calendar_nights.night"], ondelete="CASCADE"
    ),
)
"""What a calendar that came emptied or shrunken would have lost, had it been believed: a JSON list of listings."""

doubt_answers = Table(
    "doubt_answers",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("calendar", Words, nullable=False),
    Column("night", Date, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Words, nullable=False),
    Index(None, "calendar", "night"),
)
"""Who looked at a calendar in doubt, as it came on *night*, and said whether it is to be believed."""

listing_versions = Table(
    "listing_versions",
    metadata,
    Column("calendar", Words, primary_key=True),
    Column("listing", Text, primary_key=True),
    Column("night", Date, primary_key=True),
    Column("present", Boolean, nullable=False),
    Column("digest", Text, nullable=False),
    Column("body", Text, nullable=False),
    ForeignKeyConstraint(
        ["calendar", "night"], ["calendar_nights.calendar", "calendar_nights.night"], ondelete="CASCADE"
    ),
    Index(None, "calendar", "night"),
)
"""One row per change of a listing: present with its body, or withdrawn (digest and body blank)."""

nights = Table(
    "nights",
    metadata,
    Column("night", Date, primary_key=True),
    Column("state", Text, nullable=False),
    Column("holder", Words, nullable=False),
    Column("token", Integer, nullable=False),
    Column("started", Instant, nullable=False),
    Column("expires", Instant, nullable=True),
    Column("finished", Instant, nullable=True),
)
"""One row per civil date; *expires* is set while somebody holds the night, *token* only ever grows."""

tellings = Table(
    "tellings",
    metadata,
    Column("organisation", Words, primary_key=True),
    Column("night", Date, primary_key=True),
    Column("stamp", Text, nullable=False, server_default=text("''")),
)
"""The nights on which an organisation was told anything, nothing included; *stamp* is the digest of what."""

findings = Table(
    "findings",
    metadata,
    Column("organisation", Words, primary_key=True),
    Column("night", Date, primary_key=True),
    Column("finding", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ids", Words, nullable=False),
    Column("severity", Text, nullable=False),
    Column("title", Words, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("first_night", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("stood", Text, nullable=False, server_default=text("'{}'")),
    Column("why", Text, nullable=False, server_default=text("''")),
    Column("digest", Text, nullable=False, server_default=text("''")),
    ForeignKeyConstraint(["organisation", "night"], ["tellings.organisation", "tellings.night"], ondelete="CASCADE"),
    Index(None, "organisation", "state", "night"),
)
"""What an organisation was told on a night; *ids* is a JSON list, *position* the order of the report, *stood* how each
finding stood when it was news, with the last night it stood so (JSON), *why* the reason why it is not so (blank: it is,
or nobody noted it), *digest* what it said, in `finding_bodies`."""

finding_bodies = Table(
    "finding_bodies",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("body", Words, nullable=False),
)
"""What findings said, each once, by its digest."""

finding_numbers = Table(
    "finding_numbers",
    metadata,
    Column("organisation", Words, primary_key=True),
    Column("finding", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    UniqueConstraint("organisation", "number"),
)
"""The number by which people call a finding; given once, never to another."""

decisions = Table(
    "decisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("finding", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ids", Words, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Words, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("previous"),
    UniqueConstraint("hash"),
)
"""Append-only: triggers refuse UPDATE and DELETE, and each row's hash covers the row before it."""

remarks = Table(
    "remarks",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("finding", Text, nullable=False),
    Column("sort", Text, nullable=False),
    Column("subject", Words, nullable=False),
    Column("until", Date, nullable=True),
    Column("fingerprint", Text, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Words, nullable=False),
    Index(None, "finding"),
)
"""What people said about findings besides deciding on them; rows are only ever added. *subject* is the expert who is
asked, or asked no more; *until* is the day a finding is put off to, *fingerprint* what it said then."""

event_memories = Table(
    "event_memories",
    metadata,
    Column("organisation", Words, primary_key=True),
    Column("night", Date, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
"""Which events an organisation's world knew by which names after a night (JSON, compressed); no row where nothing
changed since the row before."""

agreements = Table(
    "agreements",
    metadata,
    Column("night", Date, primary_key=True),
    Column("body", Words, nullable=False),
)
"""Which calendars were not open to all on a night: visibility and whom they were shared with, by calendar (JSON)."""

teachings = Table(
    "teachings",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("in_force", Integer, nullable=False),
    Column("shift", Words, nullable=False),
    Column("lessons", Words, nullable=False),
    Column("scores", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Instant, nullable=False),
)
"""Append-only: which taught weights came in force when. *in_force* is the number of the row whose *shift* (JSON) stands
from then on: its own, an earlier one when somebody went back, 0 for the shipped weights alone. *lessons* and *scores*
(JSON) say what it was taught from and what the gate said; all three are blank where somebody went back."""

outbox = Table(
    "outbox",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("organisation", Words, nullable=False),
    Column("night", Date, nullable=False),
    Column("channel", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("path", Words, nullable=False),
    Column("delivered", Instant, nullable=True),
    Column("state", Text, nullable=False, server_default=text("'waiting'")),
    Column("message", Text, nullable=False, server_default=text("''")),
    Column("letter", Text, nullable=False, server_default=text("''")),
    Column("asked", Instant, nullable=True),
    Column("next_try", Instant, nullable=True),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("answer", Words, nullable=False, server_default=text("''")),
    Column("holder", Words, nullable=False, server_default=text("''")),
    Column("token", Integer, nullable=False, server_default=text("0")),
    Column("expires", Instant, nullable=True),
    Column("sort", Text, nullable=False, server_default=text("'report'")),
    UniqueConstraint("organisation", "night", "channel", "content_hash"),
    Index(None, "state"),
)
"""What is to be delivered, each content once. *message* is the Message-ID or the webhook's id, *letter* the version of
the covering letter in it (blank: none), *expires* set while somebody sends it, *token* only ever grows, *sort* is
report or alert."""

alerts = Table(
    "alerts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("organisation", Words, nullable=False),
    Column("finding", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("night", Date, nullable=False),
    Column("content_hash", Text, nullable=False),
    UniqueConstraint("organisation", "finding", "fingerprint"),
)
"""Which findings, with which facts, an organisation is told of between nights, on which day and in which content of the
outbox; each once."""

alert_rounds = Table(
    "alert_rounds",
    metadata,
    Column("night", Date, primary_key=True),
    Column("stamp", Text, nullable=False),
)
"""What the calendars said when it was looked for alerts last, by day: nothing is looked for while that stands."""

approvals = Table(
    "approvals",
    metadata,
    Column("organisation", Words, primary_key=True),
    Column("channel", Words, primary_key=True),
    Column("letter", Text, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Words, nullable=False),
)
"""Channels a coordinator has approved for an organisation, and with which version of the letter."""

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("organisation", Words, nullable=False),
    Column("digest", Text, nullable=False),
    Column("note", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("created", Instant, nullable=False),
    Column("last_used", Instant, nullable=True),
    Column("revoked", Instant, nullable=True),
    UniqueConstraint("digest"),
)
"""Addresses under which an organisation's report can be fetched. *digest* is the SHA-256 of the token in it, which
nobody keeps; *note* says who has it, *last_used* is true to the hour."""

departures = Table(
    "departures",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("organisation", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("returned", Instant, nullable=True),
    Column("by", Words, nullable=False),
    Index(None, "organisation"),
)
"""Readers who asked that nothing more goes to a channel; *returned* and *by* say when a coordinator took it back, and
who."""

accounts = Table(
    "accounts",
    metadata,
    Column("name", Words, primary_key=True),
    Column("role", Text, nullable=False),
    Column("organisation", Words, nullable=False),
    Column("password", Text, nullable=False),
    Column("by", Words, nullable=False),
    Column("created", Instant, nullable=False),
)
"""Who may come to the desk. *organisation* is blank but for readers; *password* is what is kept of it, blank for
whoever comes by another way."""

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("account", Words, nullable=False),
    Column("created", Instant, nullable=False),
    Column("used", Instant, nullable=False),
    Index(None, "account"),
)
"""Who is signed in. *digest* is the SHA-256 of the token in a browser's cookie, which nobody keeps here; *used* is true
to a few minutes."""

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("account", Words, nullable=False),
    Column("digest", Text, nullable=False),
    Column("note", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("created", Instant, nullable=False),
    Column("last_used", Instant, nullable=True),
    Column("revoked", Instant, nullable=True),
    UniqueConstraint("digest"),
    Index(None, "account"),
    # The number of a token that went with its account is not given to another: somebody may revoke it from an old list.
    sqlite_autoincrement=True,
)
"""What programs come to the desk with. *digest* is the SHA-256 of the token, which nobody keeps; *note* says which
program has it, *last_used* is true to the hour."""

proposals = Table(
    "proposals",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("owner", Words, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("body", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("made", Instant, nullable=False),
    Column("withdrawn", Instant, nullable=True),
)
"""Workshops that coordinators plan: *body* is JSON of what the *owner*, an account, wrote in the form, *visibility* who
else sees it. They stand in no calendar, and no report tells of them."""
