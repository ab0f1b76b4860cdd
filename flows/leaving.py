"""A reader leaves a channel by the link in a mail; what was on its way there stays with the coordinators."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path

from sqlalchemy import Connection

from calendar_sync.channels import Channel, Way
from calendar_sync.roster import Organisation, Roster
from flows.loading import opened
from flows.signing import KeyUnusable, signing_key
from reports import languages, leave_links
from reports.leave_links import LinkExpired
from store import approvals, departures, outbox
from store.departures import Departure
from store.outbox import State

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a reader who opened a leave link has to know."""

    organisation: str
    name: str
    """Of the organisation."""
    channel: str
    language: str
    committee: str
    contact: str
    """Whom to write to instead; blank: nobody is named."""
    left: bool
    """Nothing goes there now, because the reader said so before."""

    @property
    def shown(self) -> str:
        """The address so that its reader knows it, and whoever was forwarded the mail does not.

        >>> Leaving("AU", "African Union", "liaison@au.example", "en", "", "", False).shown
        'l…@au.example'
        """
        name, _, domain = self.channel.rpartition("@")
        return f"{name[:1]}…@{domain}"


def leave_link(loaded: Roster, reader: Organisation, channel: Channel, asked: datetime) -> str:
    """Return where the reader of a mail that was *asked* for then leaves; blank while the desk is not on the web."""
    if not loaded.entrance.secure or channel.way is not Way.MAIL:
        return ""
    try:
        key = signing_key(loaded.state_folder)
    except KeyUnusable as error:
        _log.warning("%s Mails go out without a link to leave by.", error)
        return ""
    return f"{loaded.entrance.address}/leave/{leave_links.sign(key, reader.id, channel.address, asked)}"


def leaving(roster_path: Path, signed: str, now: datetime) -> Leaving:
    """Return what a leave link is about. Nothing is changed.

    Raises:
        LinkAltered, LinkExpired: It is none of ours; it is too old.
    """
    with opened(roster_path) as (loaded, store):
        link = leave_links.read(signing_key(loaded.state_folder), signed, now)
        with store.read() as db:
            return _about(db, loaded, link)


def leave(roster_path: Path, signed: str, now: datetime) -> Leaving:
    """Let nothing more go to the channel of a leave link until a coordinator says so; return how it stood before.

    Raises:
        LinkAltered, LinkExpired: It is none of ours; it is too old. Nothing was changed.
    """
    with opened(roster_path) as (loaded, store):
        link = leave_links.read(signing_key(loaded.state_folder), signed, now)
        with store.begin() as db:
            about = _about(db, loaded, link)
            if about.left:
                return about
            departure = Departure(about.organisation, about.channel, now)
            departures.add(db, departure)
            approvals.withdraw(db, about.organisation, about.channel)
            for each in outbox.latest(db):
                if (each.organisation, each.channel) == (about.organisation, about.channel):
                    outbox.change(db, each.number, (State.APPROVAL, State.WAITING), State.LEFT, departure.words)
    return about


def contact_of(loaded: Roster) -> str:
    """Return whom a reader writes to."""
    return loaded.committee.contact or parseaddr(loaded.delivery.sender)[1]


def _about(db: Connection, loaded: Roster, link: leave_links.LeaveLink) -> Leaving:
    """Find the channel that a link means, also where the roster names it no more: it may name it again."""
    reader = next((each for each in loaded.organisations if each.id == link.organisation), None)
    reader = reader or Organisation(link.organisation, link.organisation, languages=(loaded.committee.language,))
    known = [*(channel.address for channel in reader.deliver_to), *outbox.channels(db, reader.id)]
    for channel in known:
        if leave_links.channel_digest(reader.id, channel) == link.channel_digest:
            left = (reader.id, channel) in departures.load(db, reader.id)
            return Leaving(
                reader.id,
                reader.name,
                channel,
                languages.of(reader).code,
                loaded.committee.name,
                contact_of(loaded),
                left,
            )
    raise LinkExpired
