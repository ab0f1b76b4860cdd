"""Channels: the ways by which an organisation gets its report, and the server that takes our mail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from calendar_sync.entrance import is_loopback
from calendar_sync.references import masked
from calendar_sync.settings import Settings

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
"""An addr-spec that every mail server takes (RFC 5321), without quoting and without what steers a header."""


class Way(StrEnum):
    """What a channel is."""

    FOLDER = "folder"
    MAIL = "mail"
    WEBHOOK = "webhook"


class Encryption(StrEnum):
    """How the line to the mail server is secured."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
    """On this machine only."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to one reader. *address* stands as it is written: what it refers to is resolved when it is used."""

    address: str
    """A mail address, an http(s) address or `folder:PATH`, relative to the roster's file."""
    key: str = field(default="", repr=False)
    """The reference to what a webhook is signed with."""

    @property
    def way(self) -> Way:
        """What the address is."""
        if self.address.startswith("folder:"):
            return Way.FOLDER
        return Way.WEBHOOK if "://" in self.address else Way.MAIL

    @property
    def shown(self) -> str:
        """The address without what may be secret in it.

        >>> Channel("https://hooks.example.org/T0/secret").shown
        'https://hooks.example.org/...'
        """
        return masked(self.address) if self.way is Way.WEBHOOK else self.address


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The `[delivery]` table: who sends, through which server, and how patiently."""

    server: str = ""
    """The mail server's name; blank: no mail is sent."""
    port: int = 587
    encryption: Encryption = Encryption.STARTTLS
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    """References, as written."""
    certificates: str = ""
    """A file with certificates to trust besides the system's, relative to the roster's file."""
    sender: str = ""
    """`Name <address>`, or the address alone."""
    letters: str = ""
    """A folder with covering letters of our own, relative to the roster's file; blank: those that come with us."""
    private_network: bool = False
    """Allows webhooks inside our own network."""
    seconds: float = 60.0
    """For one message or webhook, everything together."""
    give_up_days: int = 5
    """After which a message that is put off again and again counts as refused (RFC 5321, 4.5.4.1)."""
    warn_days: int = 2
    """After which something approved but not sent is warned of."""
    alerts: bool = True
    """Whether a new certain clash is told between nights."""

    @property
    def domain(self) -> str:
        """What Message-ID and List-Id end with.

        >>> Dispatch(sender="Outreach desk <desk@committee.example>").domain
        'committee.example'
        """
        return parseaddr(self.sender)[1].rpartition("@")[2] or "outreach.invalid"


def is_address(text: str) -> bool:
    """True for a mail address that can be written to.

    >>> is_address("liaison@au.example"), is_address("a@b.example\\r\\nBcc: c@d.example"), is_address("AU")
    (True, False, False)
    """
    return _ADDRESS.fullmatch(text) is not None


def read_channels(settings: Settings, entry: Mapping[str, Any], where: str) -> tuple[Channel, ...]:
    """Read `deliver_to` of an organisation.

    Raises:
        RosterError: An address is none, stands there twice, or is a webhook that nothing signs.
    """
    key = settings.secret(entry, where, "webhook_key")
    channels = tuple(Channel(address.strip(), key) for address in settings.texts(entry, where, "deliver_to"))
    for channel in channels:
        place = f"{where}.deliver_to"
        if channel.way is Way.MAIL and not is_address(channel.address):
            raise settings.wrong(
                place,
                f"{channel.address!r} is no mail address",
                'write "name@example.org", "https://..." or "folder:PATH"',
            )
        if channel.way is Way.WEBHOOK and urlsplit(channel.address).scheme not in ("https", "http"):
            raise settings.wrong(place, f"{channel.shown} cannot be written to", "use an https address")
        if channel.way is Way.WEBHOOK and not key:
            raise settings.wrong(place, f"nothing signs {channel.shown}", 'add a line: webhook_key = "${NAME}"')
    settings.unique([channel.address for channel in channels], f"{where}.deliver_to")
    return channels


def read_dispatch(settings: Settings, table: Mapping[str, Any]) -> Dispatch:
    """Read the `[delivery]` table.

    Raises:
        RosterError: A value is none, or the line to the server would be open for all to read.
    """
    where = "delivery"
    settings.known(table, where, set(Dispatch.__dataclass_fields__))
    server = settings.text(table, where, "server")
    encryption = settings.text(table, where, "encryption", "starttls")
    if encryption not in set(Encryption):
        raise settings.wrong("delivery.encryption", f"{encryption!r} is unknown", "use starttls, tls or none")
    if encryption == Encryption.NONE and not is_loopback(server):
        raise settings.wrong(
            "delivery.encryption", f"the line to {server} would be open", "use starttls; none is for this machine only"
        )
    sender = settings.text(table, where, "sender", required=bool(server))
    if sender and not is_address(parseaddr(sender)[1]):
        raise settings.wrong("delivery.sender", f"{sender!r} holds no address", 'write "Name <name@example.org>"')
    read = Dispatch(
        server=server,
        port=settings.count(table, where, "port", 465 if encryption == Encryption.TLS else 587, most=65_535),
        encryption=Encryption(encryption),
        username=settings.text(table, where, "username"),
        password=settings.secret(table, where, "password"),
        certificates=settings.text(table, where, "certificates"),
        sender=sender,
        letters=settings.text(table, where, "letters"),
        private_network=settings.flag(table, where, "private_network"),
        seconds=settings.count(table, where, "seconds", 60, most=3_600),
        give_up_days=settings.count(table, where, "give_up_days", 5, most=60),
        warn_days=settings.count(table, where, "warn_days", 2, most=60),
        alerts=settings.flag(table, where, "alerts") if "alerts" in table else True,
    )
    for name in ("certificates", "letters"):
        stated = getattr(read, name)
        if stated and not (settings.path.parent / stated).exists():
            raise settings.wrong(f"delivery.{name}", f"there is no {stated}", "check the path, or leave it out")
    return read


def sender_of(delivery: Dispatch) -> Address:
    """Return who sends, as a header takes it; a name with a line break in it becomes one line."""
    name, address = parseaddr(delivery.sender)
    return Address(" ".join(name.split()), addr_spec=address)


def folder_of(channel: Channel, beside: Path) -> Path:
    """Return where a folder channel leads."""
    return (beside / channel.address.removeprefix("folder:")).expanduser()
