"""A feed cut into series by its bytes alone, so that only those whose text changed need be parsed.

Nothing is interpreted here. What is left of a feed when unchanged series are taken out is a smaller feed, which the
ordinary reader reads; so there is one reading of the format, whether a feed is new or known.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

_BEGIN, _END = b"BEGIN:VEVENT", b"\nEND:VEVENT"
_BEGINS = (_BEGIN + b"\r\n", _BEGIN + b"\n")
_ASIDE = re.compile(rb"\n(?:DTSTAMP|LAST-MODIFIED|UID)[;:][^\n]*")
"""Lines that producers renew on every fetch; the first two of them in a VCALENDAR as well."""
_OURS = re.compile(rb"^X-OUTREACH-(?:HREF|ETAG)[;:].*\n?", re.MULTILINE)
"""Lines our CalDAV source adds to each member: they change with it, and say nothing about its neighbours."""
_COMPONENT = re.compile(rb"^(BEGIN|END):([^\r\n]*)", re.MULTILINE | re.IGNORECASE)
_ODD = bytes(set(range(32)) - set(b"\t\n\r")) + b"\x7f"
_SOME_UID = re.compile(rb"\n[ \t]*UID\s*[^\s:]*:\s*\S", re.IGNORECASE)
_DIGEST = 12
"""Bytes of a fingerprint: chance makes two of 100,000 alike once in 10**19 feeds."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A feed and where its VEVENTs stand.

    Shapes:
        places   (n_events,)   (begin, end) in *body*, the line of END:VEVENT included
        uids     (n_events,)   UID as written, blank where the text does not plainly say it
    """

    body: bytes
    places: tuple[tuple[int, int], ...]
    uids: tuple[str, ...]
    surplus: int
    """VEVENTs beyond the limit; they are left out of everything else."""
    rest: int
    """Where the last VEVENT of all ends."""
    fingerprints: dict[str, str]
    """Of each UID, what its VEVENTs say, stamps and the UID itself aside."""
    environment: str
    """Fingerprint of everything that is no VEVENT: zones, properties of the calendar, other components."""

    def only(self, wanted: Container[str]) -> bytes:
        """Return the feed with no VEVENTs but those of these UIDs."""
        return b"".join(self._pieces(wanted))

    def _pieces(self, wanted: Container[str]) -> Iterator[bytes]:
        at = 0
        for (begin, end), uid in zip(self.places, self.uids, strict=True):
            if begin > at:
                yield self.body[at:begin]
            if uid in wanted:
                yield self.body[begin:end]
            at = end
        yield self.body[self.rest :]


def cut(body: bytes, most: int) -> Cut | None:
    """Find the first *most* VEVENTs of a feed; None where its form leaves a doubt which line belongs to what.

    Then it has to be read whole: an END that is missing, a VEVENT inside another component, control characters, ends
    of line that are none.
    """
    if len(body.translate(None, _ODD)) != len(body) or body.count(b"\r") != body.count(b"\r\n"):
        return None
    places: list[tuple[int, int]] = []
    uids: list[str] = []
    fingerprints: dict[str, str] = {}
    gaps: set[bytes] = set()
    open_components: list[bytes] = []
    at = surplus = 0
    while (begin := at if body.startswith(_BEGINS, at) else _line(body, at)) >= 0:
        if begin > at and not _takes(body[at:begin], open_components, gaps):
            return None
        end = body.find(_END, begin)
        if end < 0:
            return None
        line_end = body.find(b"\n", end + 1) + 1 or len(body)
        block = body[begin:line_end]
        at = line_end
        inner = block.find(b"\nBEGIN:")
        if (
            body[end + len(_END) : line_end].strip()
            or (inner >= 0 and block.find(b"\n" + _BEGIN, inner) >= 0)
            or (open_components and open_components[-1] != b"VCALENDAR")
        ):
            return None
        if len(places) == most:
            surplus += 1
            continue
        uid = _uid(block, inner)
        if uid is None:
            return None
        places.append((begin, line_end))
        uids.append(uid)
        said = hashlib.blake2b(_ASIDE.sub(b"", block), digest_size=_DIGEST).hexdigest()
        known = fingerprints.get(uid)
        fingerprints[uid] = said if known is None else _digest(f"{known}{said}".encode())
    if not places or (at < len(body) and not _takes(body[at:], open_components, gaps)):
        return None
    return Cut(body, tuple(places), tuple(uids), surplus, at, fingerprints, _digest(b"\0".join(sorted(gaps))))


def _digest(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=_DIGEST).hexdigest()


def _line(body: bytes, at: int) -> int:
    """Return where the next line BEGIN:VEVENT begins, -1 where none does."""
    while (begin := body.find(_BEGIN, at)) >= 0:
        starts = begin == 0 or body[begin - 1 : begin] == b"\n" or (begin == 3 and body.startswith(b"\xef\xbb\xbf"))
        if starts and body[begin + len(_BEGIN) : begin + len(_BEGIN) + 1] in (b"\n", b"\r"):
            return begin
        at = begin + 1
    return -1


def _takes(gap: bytes, open_components: list[bytes], gaps: set[bytes]) -> bool:
    """Take what stands between two VEVENTs into account; False where components are not nested as they should be."""
    if gap.isspace():
        return True
    for edge, name in _COMPONENT.findall(gap):
        name = name.strip().upper()
        if edge.upper() == b"BEGIN":
            open_components.append(name)
        elif open_components and open_components[-1] == name:
            open_components.pop()
        else:
            return False
    gaps.add(_ASIDE.sub(b"", _OURS.sub(b"", gap)))
    return True


def _uid(block: bytes, inner: int) -> str | None:
    """Return a VEVENT's UID, blank when it has none, None when that is not plain to see.

    *inner* is where the first component inside it begins, -1 where none does.
    """
    at = block.find(b"\nUID:")
    if at < 0 or 0 <= inner < at:
        # The UID of an alarm is not the event's.
        return None if _SOME_UID.search(block) else ""
    end = block.find(b"\n", at + 1)
    if block[end + 1 : end + 2] in (b" ", b"\t"):
        return None
    try:
        return block[at + 5 : end].decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
