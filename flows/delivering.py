"""Reports on their way: frozen when their night is written, sent when they are due, each content once."""

from __future__ import annotations

import hashlib
import logging
import os
import socket
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from calendar_sync.channels import Channel, Way, folder_of
from calendar_sync.errors import OutreachError
from calendar_sync.roster import Organisation, Roster
from flows.loading import opened
from flows.outcomes import Sent
from flows.writing import ReportNotWritten, write_whole
from reports import mails, wording
from reports.letters import Letter, LetterUnusable, day, letter
from reports.nightly import NightlyReport
from reports.rendering import mailed, render
from reports.sending import Answer, Mailer, Outcome, post
from store import approvals, outbox
from store.approvals import Approval
from store.connecting import Store
from store.outbox import Delivery, DeliveryTaken, State

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720))
"""Before the second try, the third ...; the last stands for all that follow (RFC 5321, 4.5.4.1)."""

_log = logging.getLogger(__name__)


class NoDelivery(OutreachError):
    """A delivery that is asked about is not there, or not in a state that allows it."""

    def __init__(self, what: str, next_step: str = "outreach delivery lists them") -> None:
        super().__init__(what)
        self.what, self.next_step = what, next_step

    def __str__(self) -> str:
        return f"{self.what}. Nothing was changed. Next: {self.next_step}."


@dataclass(frozen=True, slots=True)
class Asked:
    """A message whose bytes lie on disk, to be put into the outbox."""

    channel: str
    content_hash: str
    path: str
    state: State
    message: str
    letter: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A delivery and what a person should know of it. *warning* is blank where all is as it should be."""

    delivery: Delivery
    shown: str
    """The channel without what may be secret in it."""
    warning: str = ""


# -- a night's reports are frozen -------------------------------------------------------------------------------------


def freeze(store: Store, loaded: Roster, report: NightlyReport, rendered: Mapping[str, bytes]) -> list[Asked]:
    """Write what is to be sent of *report* into `<state>/outbox/<night>/`; what was asked for before stays as it is.

    Raises:
        ReportNotWritten: The disk did not take it.
    """
    reader, night = report.reader, report.night
    if not reader.deliver_to:
        return []
    with store.read() as db:
        approved = approvals.load(db)
        known = {
            channel.address: (
                outbox.has_delivered(db, reader.id, channel.address),
                outbox.has_delivered(db, reader.id, channel.address, night),
            )
            for channel in reader.deliver_to
        }
        hashes = {channel.address: _content_hash(channel, report, rendered) for channel in reader.deliver_to}
        there = {
            address: outbox.asked_for(db, reader.id, night, address, content_hash)
            for address, content_hash in hashes.items()
        }
    asked = []
    for channel in reader.deliver_to:
        before = there[channel.address]
        if before is not None and (loaded.state_folder / before.path).is_file():
            continue
        ever, tonight = known[channel.address]
        approval = approved.get((reader.id, channel.address))
        asked.append(
            _frozen(loaded, report, rendered, channel, hashes[channel.address], approval, first=not ever, again=tonight)
        )
    return asked


def put(db: Connection, organisation: str, night: date, asked: list[Asked], now: datetime) -> None:
    """Ask for what was frozen."""
    for message in asked:
        outbox.put(
            db, organisation, night, message.channel, message.content_hash, message.path,
            at=now, state=message.state, message=message.message, letter=message.letter,
        )  # fmt: skip


def _frozen(
    loaded: Roster,
    report: NightlyReport,
    rendered: Mapping[str, bytes],
    channel: Channel,
    content_hash: str,
    approval: Approval | None,
    *,
    first: bool,
    again: bool,
) -> Asked:
    """Write one channel's message to disk. *first*: nothing was delivered there yet; *again*: tonight's report was."""
    reader, night = report.reader, report.night
    message = mails.message_id(reader.id, night, channel, content_hash, loaded.delivery.domain)
    version = language = ""
    state = State.WAITING if approval is not None else State.APPROVAL
    name = message.strip("<>").partition("@")[0].rpartition(".")[2]
    path = Path("outbox") / night.isoformat() / f"{reader.id}-{name}.{_ENDINGS[channel.way]}"
    if channel.way is Way.MAIL:
        subject = wording.title(report)
        paragraphs: tuple[str, ...] = ()
        if first:
            covering, subject, paragraphs = _covered(loaded, reader, night)
            version, language = covering.version, covering.language
            # A letter that nobody has read does not go out.
            state = State.WAITING if approval is not None and approval.letter == version else State.APPROVAL
        elif again:
            subject = wording.corrected(subject)
        contents = mails.Contents(
            subject, mails.with_letter(rendered["text"], paragraphs), mailed.render(report, paragraphs, language)
        )
        body = mails.write(
            contents, reader, channel, loaded.delivery, message, _now(), contact=loaded.committee.contact
        )
    else:
        body = rendered["json" if channel.way is Way.WEBHOOK else "html"]
    write_whole(loaded.state_folder.absolute() / path, body)
    return Asked(channel.address, content_hash, path.as_posix(), state, message, version)


def _covered(loaded: Roster, reader: Organisation, night: date) -> tuple[Letter, str, tuple[str, ...]]:
    """Return the letter, its subject and its paragraphs; ours where the committee's own cannot be used.

    Ours has another version, so it waits for approval; a letter somebody is editing stops nobody's night.
    """
    try:
        covering = letter(reader.language, _letters(loaded))
        return covering, *covering.filled(_filling(loaded, reader, night, covering.language))
    except LetterUnusable as error:
        _log.warning("%s In its place stands the letter as it came.", error)
        covering = letter(reader.language)
        return covering, *covering.filled(_filling(loaded, reader, night, covering.language))


_ENDINGS = {Way.MAIL: "eml", Way.WEBHOOK: "json", Way.FOLDER: "html"}


def _content_hash(channel: Channel, report: NightlyReport, rendered: Mapping[str, bytes]) -> str:
    formats = {Way.MAIL: ("html", "text"), Way.WEBHOOK: ("json",), Way.FOLDER: ("html",)}[channel.way]
    bodies = [rendered.get(format_) or render(report, format_) for format_ in formats]
    return hashlib.sha256(b"\x00".join(bodies)).hexdigest()


def _letters(loaded: Roster) -> Path | None:
    return loaded.folder / loaded.delivery.letters if loaded.delivery.letters else None


def _filling(loaded: Roster, reader: Organisation, night: date, language: str) -> dict[str, str]:
    committee = loaded.committee
    return {
        "organisation": reader.name,
        "committee": committee.name,
        "night": day(night, language),
        "contact": committee.contact or loaded.delivery.sender,
        "disclaimer": committee.disclaimer,
    }


# -- what is due is sent ----------------------------------------------------------------------------------------------


def send_due(roster_path: Path) -> Sent:
    """Send what is due, oldest first, each by one sender at a time; what cannot go now waits for the next call.

    A sender that dies leaves its claim, which ends by itself; whoever sends then uses the same Message-ID.
    """
    counted: Counter[State] = Counter()
    with opened(roster_path) as (loaded, store):
        if not any(organisation.deliver_to for organisation in loaded.organisations):
            return Sent()
        with store.read() as db:
            waiting = outbox.due(db, _now())
        holder = f"{socket.gethostname()}, process {os.getpid()}"
        term = timedelta(seconds=2 * loaded.delivery.seconds + 60)
        with Mailer(loaded.delivery, loaded.folder) as mailer:
            for each in waiting:
                with store.begin() as db:
                    claimed = outbox.claim(db, each.number, holder, _now(), term)
                if claimed is not None:
                    counted[_sent(store, loaded, mailer, claimed)] += 1
        with store.read() as db:
            stands = Counter(delivery.state for delivery in outbox.latest(db))
    return Sent(
        counted[State.DELIVERED], counted[State.WAITING], counted[State.REFUSED], stands[State.APPROVAL],
        stands[State.HELD],
    )  # fmt: skip


def _sent(store: Store, loaded: Roster, mailer: Mailer, claimed: Delivery) -> State:
    """Send one claimed delivery and note what came of it."""
    state, answer = _stopped(store, loaded, claimed)
    next_try = delivered = None
    if state is State.SENDING:
        came = _handed_over(loaded, mailer, claimed)
        now = _now()
        state, answer = {
            Outcome.TAKEN: State.DELIVERED, Outcome.LATER: State.WAITING, Outcome.REFUSED: State.REFUSED
        }[came.outcome], came.text  # fmt: skip
        if state is State.DELIVERED:
            delivered = now
        elif state is State.WAITING:
            patience = timedelta(days=loaded.delivery.give_up_days)
            if claimed.asked is not None and now - claimed.asked > patience:
                state, answer = State.REFUSED, f"given up after {loaded.delivery.give_up_days} days: {answer}"
            else:
                wait = BACK_OFF[min(claimed.attempts, len(BACK_OFF)) - 1]
                next_try = now + max(wait, came.not_before)
    try:
        with store.begin() as db:
            outbox.settle(db, claimed, state, answer, delivered=delivered, next_try=next_try)
    except DeliveryTaken as error:
        _log.warning("%s", error)
    return state


def _stopped(store: Store, loaded: Roster, claimed: Delivery) -> tuple[State, str]:
    """Say why a delivery does not go out after all; SENDING when it does."""
    channel = _channel(loaded, claimed)
    if channel is None:
        return State.HELD, "outreach.toml does not name this channel any more"
    with store.read() as db:
        if (claimed.organisation, claimed.channel) not in approvals.load(db):
            return State.APPROVAL, ""
    if not (loaded.state_folder / claimed.path).is_file():
        return State.REFUSED, f"{claimed.path} is gone from the state folder; the night has to be run again"
    return State.SENDING, ""


def _handed_over(loaded: Roster, mailer: Mailer, claimed: Delivery) -> Answer:
    channel = _channel(loaded, claimed)
    if channel is None:
        raise LookupError(claimed.channel)
    body = (loaded.state_folder / claimed.path).read_bytes()
    if channel.way is Way.MAIL:
        return mailer.send(channel.address, body)
    if channel.way is Way.WEBHOOK:
        return post(channel, loaded.delivery, loaded.folder, claimed.message.strip("<>"), body, _now)
    try:
        write_whole(folder_of(channel, loaded.folder) / f"{claimed.night}.html", body)
    except ReportNotWritten as error:
        return Answer(Outcome.LATER, f"not written ({error.reason})")
    return Answer(Outcome.TAKEN, f"written to {channel.address}")


# -- what a coordinator says ------------------------------------------------------------------------------------------


def standing(roster_path: Path) -> list[Standing]:
    """Return where the newest delivery of every channel stands, with what is wrong or overdue."""
    with opened(roster_path) as (loaded, store), store.read() as db:
        found = outbox.latest(db)
    patience = timedelta(days=loaded.delivery.warn_days)
    return [Standing(each, Channel(each.channel).shown, _warning(each, patience)) for each in found]


def _warning(delivery: Delivery, patience: timedelta) -> str:
    age = _now() - delivery.asked if delivery.asked is not None else timedelta(0)
    if delivery.state is State.REFUSED:
        return "it did not arrive"
    if delivery.state in (State.WAITING, State.SENDING) and age > patience:
        return f"approved, but not sent for {age.days} days"
    if delivery.state is State.APPROVAL and age > patience:
        return f"nobody has approved it for {age.days} days"
    return ""


def approve(roster_path: Path, organisation: str, by: str, note: str = "") -> list[Delivery]:
    """Allow an organisation's reports to go out by every channel the roster names; return what may go out now.

    Raises:
        RosterError: There is no such organisation.
        NoDelivery: It has no channel.
    """
    with opened(roster_path) as (loaded, store):
        reader = loaded.organisation(organisation)
        if not reader.deliver_to:
            raise NoDelivery(f"{reader.id} has no channel", 'give it one in outreach.toml: deliver_to = ["..."]')
        version = letter(reader.language, _letters(loaded)).version
        freed = []
        with store.begin() as db:
            waiting = [each for each in outbox.latest(db) if each.organisation == reader.id]
            for channel in reader.deliver_to:
                mine = [each for each in waiting if each.channel == channel.address]
                # What they had before them is the letter in the message; without one, the letter as it stands.
                read = next((each.letter for each in mine if each.letter), version)
                approvals.save(db, Approval(reader.id, channel.address, read, by, _now(), note))
                freed += [
                    replace(each, state=State.WAITING)
                    for each in mine
                    if outbox.change(db, each.number, (State.APPROVAL,), State.WAITING, "")
                ]
    return freed


def hold(roster_path: Path, what: str) -> str:
    """Stop one delivery by its number, or all to an organisation until it is approved again; say what was stopped.

    Raises:
        RosterError: There is no such organisation.
        NoDelivery: There is no such delivery, or it has gone out.
    """
    with opened(roster_path) as (loaded, store):
        if what.isdecimal():
            with store.begin() as db:
                if outbox.change(db, int(what), (State.APPROVAL, State.WAITING), State.HELD, "held by a coordinator"):
                    return f"Delivery {what} is held"
                found = outbox.by_number(db, int(what))
            raise NoDelivery(f"Delivery {what} is {found.state}" if found else f"There is no delivery {what}")
        reader = loaded.organisation(what)
        with store.begin() as db:
            withdrawn = [channel for channel in reader.deliver_to if approvals.withdraw(db, what, channel.address)]
            for each in outbox.latest(db):
                if each.organisation == reader.id:
                    outbox.change(db, each.number, (State.WAITING,), State.APPROVAL, "")
    if not withdrawn:
        raise NoDelivery(f"{reader.id} was not approved")
    return f"Nothing goes to {reader.id} until it is approved again"


def resend(roster_path: Path, number: int) -> Delivery:
    """Let a delivery go out once more, with the same Message-ID.

    Raises:
        NoDelivery: There is none, or it waits anyway.
    """
    with opened(roster_path) as (_, store), store.begin() as db:
        found = outbox.by_number(db, number)
        if found is None or found.channel == outbox.FOLDER:
            raise NoDelivery(f"There is no delivery {number}")
        again = (State.DELIVERED, State.REFUSED, State.HELD, State.WAITING)
        if not outbox.change(db, number, again, State.WAITING, "sent again by a coordinator", again=True):
            raise NoDelivery(f"Delivery {number} is {found.state}")
    return found


def message(roster_path: Path, number: int) -> tuple[Delivery, bytes]:
    """Return a delivery and the bytes that go out, or went.

    Raises:
        NoDelivery: There is none, or its file is gone.
    """
    with opened(roster_path) as (loaded, store), store.read() as db:
        found = outbox.by_number(db, number)
    if found is None:
        raise NoDelivery(f"There is no delivery {number}")
    try:
        return found, (loaded.state_folder / found.path).read_bytes()
    except OSError as error:
        raise NoDelivery(
            f"{found.path} cannot be read ({error.strerror})", f"outreach nightly --as-of {found.night}"
        ) from error


def bounced(roster_path: Path, notice: bytes) -> Delivery:
    """Read a delivery status notification (RFC 3464) and mark what it is about as refused.

    Raises:
        NoDelivery: It is none, tells of no failure, or is about nothing we sent.
    """
    failure = mails.failure(notice)
    if failure is None:
        raise NoDelivery("This is no notice of a mail that did not arrive", "give it the whole message as it came")
    with opened(roster_path) as (_, store), store.begin() as db:
        found = outbox.by_message(db, failure.message)
        if found is None or not outbox.change(
            db, found.number, (State.DELIVERED, State.WAITING), State.REFUSED, f"bounced: {failure.reason}"
        ):
            raise NoDelivery(f"No delivery that went out has the Message-ID {failure.message}")
    return found


def preview(roster_path: Path, organisation: str, night: date) -> tuple[str, str, tuple[str, ...], str]:
    """Return the version, subject, paragraphs and place of the covering letter to an organisation.

    Raises:
        RosterError, LetterUnusable: There is no such organisation; the letter cannot be filled in.
    """
    with opened(roster_path) as (loaded, _):
        reader = loaded.organisation(organisation)
        covering = letter(reader.language, _letters(loaded))
        subject, paragraphs = covering.filled(_filling(loaded, reader, night, covering.language))
        return covering.version, subject, paragraphs, covering.where


def _channel(loaded: Roster, delivery: Delivery) -> Channel | None:
    for organisation in loaded.organisations:
        if organisation.id == delivery.organisation:
            for channel in organisation.deliver_to:
                if channel.address == delivery.channel:
                    return channel
    return None


def _now() -> datetime:
    """Mail lives on the wall clock; a night's report does not."""
    return datetime.now(UTC)
