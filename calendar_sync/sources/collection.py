"""A CalDAV collection as we keep it: its members in one body, from which the next night knows what it need not ask."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from calendar_sync.sources import Payload, Validators

_BEGIN = b"BEGIN:VCALENDAR\r\n"
_HREF, _ETAG = b"X-OUTREACH-HREF:", b"X-OUTREACH-ETAG:"
_FRAME = re.compile(rb"^BEGIN:VCALENDAR\r\nX-OUTREACH-HREF:([!-~]*)\r\nX-OUTREACH-ETAG:([!-~]*)\r\n", re.MULTILINE)
_OURS = re.compile(rb"^X-OUTREACH-[^\r\n]*(?:\r\n|\Z)", re.MULTILINE | re.IGNORECASE)
_LINE_END = re.compile(r"\r\n?|\n")
_FIRST = re.compile(r"\ufeff?\s*BEGIN:VCALENDAR[ \t]*\r\n", re.IGNORECASE)
_LAST = re.compile(r"\r\nEND:VCALENDAR\s*\Z", re.IGNORECASE)
_FORM = "caldav1"


@dataclass(frozen=True, slots=True)
class Member:
    """One calendar object: what the server calls its state, and its text from BEGIN to END:VCALENDAR."""

    etag: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Copy:
    """A collection as of one fetch: members by name, the path they lie under, and what to ask "what changed?" with."""

    members: Mapping[str, Member]
    path: str
    token: str = ""
    """Blank where not everything that it promises was obtained, or the server has none."""

    @classmethod
    def of(cls, stored: Payload | None, owner: str) -> Copy | None:
        """Take a stored body apart; None when it is not the one the validators speak of, or another calendar's."""
        if stored is None:
            return None
        form, _, rest = stored.validators.etag.partition(" ")
        parts = rest.split(" ", 3)
        if form != _FORM or len(parts) != 4 or parts[:2] != [_digest(owner.encode()), _digest(stored.body)]:
            return None
        frames = list(_FRAME.finditer(stored.body))
        ends = [frame.start() for frame in frames[1:]] + [len(stored.body)]
        members = {
            frame[1].decode(): Member(unquote(frame[2].decode()), _BEGIN + stored.body[frame.end() : end])
            for frame, end in zip(frames, ends, strict=True)
        }
        return cls(members, parts[2], parts[3])

    def payload(self, owner: str, address: str, moved_to: str = "") -> Payload:
        """Put the members together, in the order of their names so that the same members are the same bytes."""
        body = b"".join(_framed(name, self.members[name]) for name in sorted(self.members)) or _EMPTY
        token = self.token if self.token.isprintable() else ""
        return Payload(
            body,
            "text/calendar",
            "utf-8",
            name="calendar.ics",
            address=address,
            validators=Validators(f"{_FORM} {_digest(owner.encode())} {_digest(body)} {self.path} {token}"),
            moved_to=moved_to,
        )


_EMPTY = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//outreach//empty collection//EN\r\nEND:VCALENDAR\r\n"


def calendar_text(came: str) -> bytes | None:
    """Return the text of a member as it is kept, None when it is no whole calendar object.

    Lines that look like our own are left out: nobody else may say where a member begins, or what its state is.
    """
    text = _LINE_END.sub("\r\n", came)
    first, last = _FIRST.match(text), _LAST.search(text)
    if not first or not last:
        return None
    inside = text[first.end() : last.start() + 2].encode("utf-8", errors="replace")
    return _BEGIN + _OURS.sub(b"", inside) + b"END:VCALENDAR\r\n"


def name_in(path: str, origin: tuple[str, str], href: str) -> str:
    """Name a member by what its address adds to the collection's; blank when it does not lie directly in it.

    >>> name_in("/ana/meetings/", ("https", "example.org"), "/ana/meetings/a%40b.ics")
    'a%40b.ics'
    >>> name_in("/ana/meetings/", ("https", "example.org"), "/ana/meetings/%2e%2e/private.ics")
    ''
    """
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    if (parts.scheme or parts.netloc) and (parts.scheme, parts.netloc.lower()) != origin:
        return ""
    above, whole = unquote(path), unquote(parts.path)
    name = whole[len(above) :] if whole.startswith(above) else ""
    if name in (".", "..") or any(letter in "/\\" or not letter.isprintable() for letter in name):
        return ""
    return quote(name, safe="")


def _framed(name: str, member: Member) -> bytes:
    etag = quote(member.etag, safe="\"'/:;=+*()!@$,-._~", errors="replace").encode()
    return b"".join((_BEGIN, _HREF, name.encode(), b"\r\n", _ETAG, etag, b"\r\n", member.text[len(_BEGIN) :]))


def _digest(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=12).hexdigest()
