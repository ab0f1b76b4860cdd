"""A report as a mail: RFC 5322 bytes that are the same however often they are made, and name what they continue."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes, message_from_string
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage, Message
from email.policy import SMTP, Policy, default
from email.utils import format_datetime
from urllib.parse import quote

from calendar_sync.channels import Channel, Dispatch, sender_of
from calendar_sync.roster import Organisation
from reports.rendering.harmless import words

_LONGEST_SUBJECT = 200


class _Addresses(UnstructuredHeader, BaseHeader):
    """A header of addresses in angle brackets, each on a line of its own and never folded or encoded within.

    The library would write what is longer than a line as encoded words, which no mail program takes for an address.
    """

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        """Write the header; the addresses have no blank in them."""
        return f"{self.name}: {f',{policy.linesep} '.join(str(self).split(', '))}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Addresses)
_POLICY = SMTP.clone(header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class Contents:
    """What one mail says."""

    subject: str
    text: bytes
    html: bytes
    """Both UTF-8; the covering letter, where there is one, stands in them."""
    languages: tuple[str, ...] = ("en",)
    """Of the covering letter, where there is one, and of the report."""


def message_id(organisation: str, night: date, channel: Channel, content_hash: str, domain: str) -> str:
    """Return the Message-ID of a content: whoever gets it twice can tell.

    >>> message_id("AU", date(2007, 11, 26), Channel("liaison@au.example"), "5f", "committee.example")
    '<2007-11-26.09305c2cc36bba7b@committee.example>'
    """
    return f"<{night.isoformat()}.{_digest(organisation, night.isoformat(), channel.address, content_hash)}@{domain}>"


def write(
    contents: Contents,
    reader: Organisation,
    channel: Channel,
    delivery: Dispatch,
    message: str,
    asked: datetime,
    *,
    contact: str = "",
    leave: str = "",
) -> bytes:
    """Write a mail from the desk to one address of *reader*; *message* is its Message-ID, *asked* becomes its Date.

    Machines are told that nobody typed it (RFC 3834), what list it belongs to (RFC 2919) and how to leave (RFC 2369):
    by mail, and at the https address *leave* where there is one (RFC 8058). People's mail programs show all mails of
    one organisation as one conversation.
    """
    domain = delivery.domain
    thread = f"<thread.{_digest(reader.id, channel.address)}@{domain}>"
    sender = sender_of(delivery)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(_header(sender.display_name), addr_spec=sender.addr_spec)
    mail["To"] = Address(_header(reader.name), addr_spec=channel.address)
    if contact and contact != sender.addr_spec:
        mail["Reply-To"] = Address(addr_spec=contact)
    mail["Subject"] = _header(contents.subject)
    mail["Date"] = format_datetime(asked)
    mail["Message-ID"] = message
    mail["In-Reply-To"] = thread
    mail["References"] = thread
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Id"] = f"<{_label(reader.id)}.reports.{domain}>"
    by_mail = f"mailto:{contact or sender.addr_spec}?subject={quote(f'Unsubscribe {reader.id}', safe='')}"
    mail["List-Unsubscribe"] = ", ".join(f"<{address}>" for address in (leave, by_mail) if address)
    if leave:
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Content-Language"] = ", ".join(dict.fromkeys(contents.languages))
    mail.set_content(contents.text.decode("utf-8"), cte="quoted-printable")
    mail.add_alternative(contents.html.decode("utf-8"), subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{_digest(message)}")
    return mail.as_bytes()


def with_letter(text: bytes, paragraphs: Sequence[str]) -> bytes:
    """Put a covering letter before a report that is plain text."""
    if not paragraphs:
        return text
    # Wrapped as the report is, by the same hand.
    from reports.rendering.plain import wrapped

    lines = [line for paragraph in paragraphs for line in (*wrapped(paragraph, ours=True), "")]
    return "\n".join([*lines, "-" * 78, "", ""]).encode("utf-8") + text


@dataclass(frozen=True, slots=True)
class Failure:
    """That a mail did not arrive, as some server on its way says."""

    message: str
    """The Message-ID of what we sent."""
    reason: str


def failure(notice: bytes) -> Failure | None:
    """Read a delivery status notification (RFC 3464); None when it is none, or tells of no failure."""
    read = message_from_bytes(notice, policy=default)
    if read.get_content_type() != "multipart/report":
        return None
    reason = sent = ""
    for part in read.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = [block for block in part.get_payload() if isinstance(block, Message)]
            for block in blocks:
                if str(block.get("Action", "")).strip().lower() == "failed":
                    told = str(block.get("Diagnostic-Code") or block.get("Status") or "failed")
                    reason = reason or _header(told.partition(";")[2] or told)
        elif part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            original = part.get_payload()
            carried = original[0] if isinstance(original, list) else original
            inner = carried if isinstance(carried, Message) else message_from_string(str(carried))
            sent = sent or str(inner.get("Message-ID", "")).strip()
    return Failure(sent, reason) if sent and reason else None


def _header(text: str) -> str:
    """Make one line of any text: what would begin another header, or steer a display, is left out.

    >>> _header("Report\\r\\nBcc: everybody@example.org")
    'Report Bcc: everybody@example.org'
    """
    return " ".join(words(text).split())[:_LONGEST_SUBJECT]


def _label(organisation: str) -> str:
    """Return an id as one label of a domain name, ASCII letters, digits and hyphens.

    >>> _label("UN-ECA"), _label("União")
    ('un-eca', 'xunio')
    """
    kept = "".join(
        letter for letter in organisation.lower() if letter.isascii() and (letter.isalnum() or letter == "-")
    )
    return kept if kept == organisation.lower() else f"x{kept}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
