"""What is to be sent of a night's reports: written to disk as it will go out, then asked for."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Connection

from calendar_sync.channels import Channel, Way
from calendar_sync.roster import Organisation, Roster
from dedupe import phrases
from dedupe.sayings import told
from flows.leaving import leave_link
from flows.writing import write_whole
from reports import languages, mails, wording
from reports.letters import Letter, LetterUnusable, day, letter
from reports.nightly import NightlyReport
from reports.rendering import mailed, render
from store import approvals, departures, outbox
from store.approvals import Approval
from store.connecting import Store
from store.outbox import State

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A message whose bytes lie on disk, to be put into the outbox."""

    channel: str
    content_hash: str
    path: str
    state: State
    message: str
    letter: str
    at: datetime
    answer: str = ""


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
        left = departures.load(db, reader.id)
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
        # A message whose file was lost is written anew as it was: its Date and its link to leave by follow from this.
        at = before.asked if before is not None and before.asked is not None else datetime.now(UTC)
        message = _frozen(
            loaded, report, rendered, channel, hashes[channel.address], approval, at, first=not ever, again=tonight
        )
        departure = left.get((reader.id, channel.address))
        asked.append(replace(message, state=State.LEFT, answer=departure.words) if departure is not None else message)
    return asked


def put(db: Connection, organisation: str, night: date, asked: list[Asked]) -> None:
    """Ask for what was frozen."""
    for message in asked:
        outbox.put(
            db, organisation, night, message.channel, message.content_hash, message.path,
            at=message.at, state=message.state, message=message.message, letter=message.letter, answer=message.answer,
        )  # fmt: skip


def _frozen(
    loaded: Roster,
    report: NightlyReport,
    rendered: Mapping[str, bytes],
    channel: Channel,
    content_hash: str,
    approval: Approval | None,
    at: datetime,
    *,
    first: bool,
    again: bool,
) -> Asked:
    """Write one channel's message, asked for *at* then, to disk.

    *first*: nothing was delivered there yet; *again*: tonight's report was.
    """
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
        subject = told(subject, report.spoken)
        contents = mails.Contents(
            subject,
            mails.with_letter(rendered["text"], paragraphs),
            mailed.render(report, paragraphs, language),
            tuple(code for code in (language, report.spoken.code) if code),
        )
        body = mails.write(
            contents, reader, channel, loaded.delivery, message, at,
            contact=loaded.committee.contact, leave=leave_link(loaded, reader, channel, at),
        )  # fmt: skip
    else:
        body = rendered["json" if channel.way is Way.WEBHOOK else "html"]
    write_whole(loaded.state_folder.absolute() / path, body)
    return Asked(channel.address, content_hash, path.as_posix(), state, message, version, at)


def _covered(loaded: Roster, reader: Organisation, night: date) -> tuple[Letter, str, tuple[str, ...]]:
    """Return the letter, its subject and its paragraphs; ours where the committee's own cannot be used.

    Ours has another version, so it waits for approval; a letter somebody is editing stops nobody's night.
    """
    try:
        covering = letter(languages.of(reader).code, own_letters(loaded))
        return covering, *covering.filled(filling(loaded, reader, night, covering.language))
    except LetterUnusable as error:
        _log.warning("%s In its place stands the letter as it came.", error)
        covering = letter(languages.of(reader).code)
        return covering, *covering.filled(filling(loaded, reader, night, covering.language))


_ENDINGS = {Way.MAIL: "eml", Way.WEBHOOK: "json", Way.FOLDER: "html"}


def _content_hash(channel: Channel, report: NightlyReport, rendered: Mapping[str, bytes]) -> str:
    formats = {Way.MAIL: ("html", "text"), Way.WEBHOOK: ("json",), Way.FOLDER: ("html",)}[channel.way]
    bodies = [rendered.get(format_) or render(report, format_) for format_ in formats]
    return hashlib.sha256(b"\x00".join(bodies)).hexdigest()


def own_letters(loaded: Roster) -> Path | None:
    """Return where the committee keeps letters of its own."""
    return loaded.folder / loaded.delivery.letters if loaded.delivery.letters else None


def filling(loaded: Roster, reader: Organisation, night: date, language: str) -> dict[str, str]:
    """Return what the names in a letter stand for."""
    committee, tongue = loaded.committee, languages.tongue(language)
    return {
        "organisation": told(phrases.organisation(reader), tongue),
        "committee": told(phrases.organisation(loaded.organisation(committee.id)), tongue),
        "night": day(night, language),
        "contact": committee.contact or loaded.delivery.sender,
        "disclaimer": told(phrases.disclaimer(committee), tongue),
    }
