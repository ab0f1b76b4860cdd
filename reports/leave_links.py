"""Leave links: addresses in a mail by which its reader, and nobody else, says that no more are wanted."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from calendar_sync.errors import OutreachError

LASTS = timedelta(days=60)
"""From the mail's date; a report comes every night, so whoever wants to leave has a newer link."""


class LinkAltered(OutreachError):
    """A leave link does not bear our signature: it was cut short, altered or made up."""

    def __str__(self) -> str:
        return "This link is not one of ours, or not all of it came. Nothing was changed. Next: open it from the mail."


class LinkExpired(OutreachError):
    """A leave link is too old, or nothing was ever to go where it leads."""

    def __str__(self) -> str:
        return "This link is no longer valid. Nothing was changed. Next: use the one in a newer mail, or write to us."


@dataclass(frozen=True, slots=True)
class LeaveLink:
    """What a leave link says."""

    organisation: str
    channel_digest: str
    expires: datetime


def channel_digest(organisation: str, channel: str) -> str:
    """Name a channel of an organisation without naming its address.

    >>> channel_digest("AU", "liaison@au.example")
    '03acee0769db2945'
    """
    return hashlib.sha256(f"{organisation}\0{channel}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def sign(key: bytes, organisation: str, channel: str, asked: datetime) -> str:
    """Return the last part of a leave link, URL-safe; the same for the same mail, which was *asked* for then."""
    return _signed(key, f"{int((asked + LASTS).timestamp())}.{channel_digest(organisation, channel)}.{organisation}")


def read(key: bytes, signed: str, now: datetime) -> LeaveLink:
    """Return what a link says, once its signature and its date hold.

    Raises:
        LinkAltered: It was not signed with *key* as it stands.
        LinkExpired: It was, and *now* is after its date.
    """
    try:
        said = base64.b64decode(_padded(signed.partition(".")[0]), altchars=b"-_", validate=True).decode("utf-8")
    except (binascii.Error, UnicodeError, ValueError):
        raise LinkAltered from None
    # The whole link is compared, not what it decodes to: base64 writes some bytes in several ways.
    if not hmac.compare_digest(_signed(key, said).encode("ascii"), signed.encode("utf-8", "surrogatepass")):
        raise LinkAltered
    expires, digest, organisation = said.split(".", 2)
    link = LeaveLink(organisation, digest, datetime.fromtimestamp(int(expires), UTC))
    if now >= link.expires:
        raise LinkExpired
    return link


def _signed(key: bytes, said: str) -> str:
    # The key may come to sign other things; none of them can be shown here.
    signature = hmac.new(key, b"leave\0" + said.encode("utf-8"), hashlib.sha256).digest()
    return ".".join(
        base64.urlsafe_b64encode(part).rstrip(b"=").decode("ascii") for part in (said.encode("utf-8"), signature)
    )


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
