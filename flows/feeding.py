"""An organisation's report by a secret address: who has one, and what stands there now."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from calendar_sync.errors import OutreachError
from calendar_sync.roster import Organisation, Roster
from flows import reports_kept
from flows.loading import is_large, kept_open, load, opened
from flows.reporting import report_for
from flows.reports_kept import FORMATS, Stamp
from flows.writing_report import writing_report
from reports.rendering import render
from store import outbox, subscriptions
from store.connecting import Store
from store.subscriptions import Subscription

USED_EVERY = timedelta(hours=1)
"""A calendar program asks every few minutes; that it was there is written down once in this time."""
_TOKEN_BYTES = 24
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
_MOST_AT_HAND = 64
PATIENCE = 10.0
"""Seconds that somebody waits for a report that is being written."""


class NoSubscription(OutreachError):
    """There is no such subscription, or none can be made."""

    def __init__(self, what: str, next_step: str = "outreach feeds lists them") -> None:
        super().__init__(what)
        self.what, self.next_step = what, next_step

    def __str__(self) -> str:
        return f"{self.what}. Nothing was changed. Next: {self.next_step}."


class NoReportYet(OutreachError):
    """No report was ever written for an organisation."""

    def __str__(self) -> str:
        return "There is no report yet: the first night has not ended. Next: ask again tomorrow."


class ReportBeingWritten(OutreachError):
    """What an organisation's report depends on has changed, and writing the new one takes a while."""

    def __init__(self, organisation: str) -> None:
        super().__init__(organisation)
        self.organisation = organisation

    def __str__(self) -> str:
        return (
            f"The report of {self.organisation} is being written anew, and the one before may tell what may no longer "
            "be read. Nothing was shown. Next: ask again in a few minutes; where the log says why it failed, mend that."
        )


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A new subscription with its address, which is told this once."""

    subscription: Subscription
    addresses: dict[str, str] = field(repr=False)
    """By format."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What stands at an address now."""

    subscription: Subscription
    night: date
    format: str
    body: bytes = field(repr=False)


def subscribe(roster_path: Path, organisation: str, note: str, by: str, now: datetime) -> Subscribed:
    """Make an address for an organisation's report; *note* says who gets it.

    Raises:
        RosterError: There is no such organisation.
        NoSubscription: It reads no report, or outreach.toml does not say where the desk is found.
    """
    with opened(roster_path) as (loaded, store):
        reader = loaded.organisation(organisation)
        if not reader.reads_reports:
            raise NoSubscription(f"{reader.id} gets no report", "give it one in outreach.toml: reads_reports = true")
        with store.begin() as db:
            return _made(db, loaded, reader.id, note, by, now)


def feeds(roster_path: Path) -> list[Subscription]:
    """Return every subscription, revoked ones too."""
    with opened(roster_path) as (_, store), store.read() as db:
        return subscriptions.load(db)


def revoke(roster_path: Path, number: int, now: datetime) -> tuple[Subscription, bool]:
    """Let an address lead nowhere from the next request on; False with it when it was revoked before.

    Raises:
        NoSubscription: There is no such number.
    """
    with opened(roster_path) as (_, store), store.begin() as db:
        done = subscriptions.revoke(db, number, now)
        return _numbered(db, number), done


def rotate(roster_path: Path, number: int, by: str, now: datetime) -> Subscribed:
    """Put a new address in the place of one: the same report is there, and the old one leads nowhere.

    Raises:
        NoSubscription: There is no such number, or it is revoked.
    """
    with opened(roster_path) as (loaded, store), store.begin() as db:
        old = _numbered(db, number)
        if not subscriptions.revoke(db, number, now):
            raise NoSubscription(f"Address {number} is revoked", f"outreach feeds add {old.organisation}")
        return _made(db, loaded, old.organisation, old.note, by, now)


def feed(roster_path: Path, token: str, name: str) -> Feed | None:
    """Return what stands at `<token>/<name>`; None when nothing does, whatever the reason.

    It is the report of the latest night that was written for the organisation, by today's roster and decisions.

    Raises:
        NoReportYet, ReportBeingWritten: The address is right, and there is none, or none any more.
    """
    head, _, format_ = name.partition(".")
    if not _TOKEN.fullmatch(token):
        return None
    with kept_open(roster_path) as (loaded, store):
        with store.read() as db:
            found = look_up(db, token)
        reader = next((each for each in loaded.readers() if found and each.id == found.organisation), None)
        if found is None or reader is None or head != "report" or format_ not in FORMATS:
            return None
        night, body = _report(store, loaded, reader, format_)
    return Feed(found, night, format_, body)


def last_report(
    roster_path: Path, organisation: str, language: str = "", format_: str = "html"
) -> tuple[date, bytes] | None:
    """Return the latest report that was written for an organisation, and its night; None before the first.

    It is what `outreach report` writes about that night; *language* takes the place of the organisation's own.

    Raises:
        RosterError: There is no such organisation.
        ReportBeingWritten: It changed, and takes a while to be written.
    """
    with kept_open(roster_path) as (loaded, store):
        try:
            return _report(store, loaded, loaded.organisation(organisation), format_, language)
        except NoReportYet:
            return None


def last_written(roster_path: Path, organisation: str) -> date | None:
    """Return the latest night whose report was written for an organisation; None before the first."""
    with kept_open(roster_path) as (_, store), store.read() as db:
        return outbox.last_written(db, organisation)


def look_up(db: Connection, token: str) -> Subscription | None:
    """Return the subscription of a token that stands, None for any other text.

    The database compares digests, and not in constant time. Whoever measures how far a comparison came learns how the
    SHA-256 of their own guess begins; to use that they would have to find texts whose digest begins as they like, and
    would at the end know a digest, from which no token follows.
    """
    digest = digest_of(token)
    return subscriptions.standing(db, digest)


def digest_of(token: str) -> str:
    """Return what is kept of a token. It holds 192 random bits, so nothing slower than SHA-256 is called for."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def note_use(roster_path: Path, subscription: Subscription, now: datetime) -> None:
    """Note that an address was used, unless that was noted within the hour."""
    if subscription.last_used is not None and now - subscription.last_used < USED_EVERY:
        return
    with kept_open(roster_path) as (_, store), store.begin() as db:
        subscriptions.used(db, subscription.number, now, USED_EVERY)


def _made(db: Connection, loaded: Roster, organisation: str, note: str, by: str, now: datetime) -> Subscribed:
    if not loaded.entrance.address:
        raise NoSubscription(
            "outreach.toml does not say where the desk is found on the web",
            'add a section: [desk] with address = "https://outreach.example.org"',
        )
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    made = subscriptions.add(db, organisation, digest_of(token), note, by, now)
    return Subscribed(
        made, {format_: f"{loaded.entrance.address}/feeds/{token}/report.{format_}" for format_ in FORMATS}
    )


def _numbered(db: Connection, number: int) -> Subscription:
    found = subscriptions.by_number(db, number)
    if found is None:
        raise NoSubscription(f"There is no address {number}")
    return found


# -- what is at hand --------------------------------------------------------------------------------------------------

_AT_HAND: OrderedDict[tuple[str, str, str], tuple[Stamp, dict[str, bytes]]] = OrderedDict()
"""By database, organisation and language: what the report depends on, and the report in formats asked for so far."""
_LOCK = threading.Lock()
"""One report is made at a time: a hundred calendar programs that ask at the same minute wait for the same one."""


def _report(store: Store, loaded: Roster, reader: Organisation, format_: str, language: str = "") -> tuple[date, bytes]:
    """Return an organisation's report, made anew only when something it depends on has changed.

    Among many listings an errand makes it. What it made before is shown meanwhile, where its reader may read that yet.
    """
    with store.read() as db:
        night = outbox.last_written(db, reader.id)
        if night is None:
            raise NoReportYet
        stamp = reports_kept.stamp_of(db, loaded, reader.id, night)
        if not is_large(db, night):
            return night, _composed(db, loaded, reader, night, format_, language, stamp)
    found = reports_kept.kept(loaded, reader.id, language, format_, stamp)
    if found is None or not found[1]:
        at_work = writing_report(loaded.path, reader.id, language, stamp)
        if found is None:
            at_work.patiently(PATIENCE)
            found = reports_kept.kept(loaded, reader.id, language, format_, stamp)
    if found is None:
        raise ReportBeingWritten(reader.id)
    return night, found[0]


def _composed(
    db: Connection, loaded: Roster, reader: Organisation, night: date, format_: str, language: str, stamp: Stamp
) -> bytes:
    key = (loaded.database_url, reader.id, language)
    with _LOCK:
        known = _AT_HAND.get(key)
        if known is None or known[0] != stamp:
            known = stamp, {}
        if format_ not in known[1]:
            speaking = replace(reader, languages=(language, *reader.languages)) if language else reader
            report = report_for(db, load(db, loaded, night), speaking)
            formats = FORMATS if format_ in FORMATS else (format_,)
            known[1].update({each: render(report, each) for each in formats})
            _AT_HAND[key] = known
            while len(_AT_HAND) > _MOST_AT_HAND:
                _AT_HAND.popitem(last=False)
    return known[1][format_]
