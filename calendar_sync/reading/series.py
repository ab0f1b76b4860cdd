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
_VOLATILE = (b"\nDTSTAMP", b"\nLAST-MODIFIED")
"""Begin the lines that producers renew on every fetch; in a VCALENDAR as in a VEVENT."""
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
        if not self.surplus:
            yield self.body[at:]


def cut(body: bytes, most: int) -> Cut | None:
    """Find the first *most* VEVENTs of a feed; None where its form leaves a doubt which line belongs to what.

    Then it has to be read whole: an END that is missing, a VEVENT inside another component, control characters, ends
    of line that are none.
    """
    if len(body.translate(None, _ODD)) != len(body) or body.count(b"\r") != body.count(b"\r\n"):
        return None
    places: list[tuple[int, int]] = []
    uids: list[str] = []
    hashes: dict[str, hashlib.blake2b] = {}
    gaps: set[bytes] = set()
    open_components: list[bytes] = []
    at = surplus = 0
    while (begin := _line(body, at)) >= 0:
        if begin > at and not _takes(body[at:begin], open_components, gaps):
            return None
        end = body.find(_END, begin)
        if end < 0:
            return None
        line_end = body.find(b"\n", end + 1) + 1 or len(body)
        block = body[begin:line_end]
        at = line_end
        tail = body[end + len(_END) : line_end]
        if tail.strip() or block.find(b"\n" + _BEGIN) >= 0 or _inside_another(open_components):
            return None
        if len(places) == most:
            surplus += 1
            continue
        uid, said = _said(block)
        if not uid and _SOME_UID.search(block):
            return None
        places.append((begin, line_end))
        uids.append(uid)
        known = hashes.get(uid)
        if known is None:
            known = hashes[uid] = hashlib.blake2b(digest_size=_DIGEST)
        known.update(said)
    if not places or (at < len(body) and not _takes(body[at:], open_components, gaps)):
        return None
    environment = hashlib.blake2b(b"\0".join(sorted(gaps)), digest_size=_DIGEST)
    return Cut(
        body,
        tuple(places),
        tuple(uids),
        surplus,
        {uid: known.hexdigest() for uid, known in hashes.items()},
        environment.hexdigest(),
    )


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
    gap = _OURS.sub(b"", gap)
    for stamp in _VOLATILE:
        gap = _without_line(gap, stamp)
    gaps.add(gap)
    return True


def _inside_another(open_components: list[bytes]) -> bool:
    return bool(open_components) and open_components[-1] != b"VCALENDAR"


def _said(block: bytes) -> tuple[str, bytes]:
    """Return a VEVENT's UID, and what else it says."""
    said = block
    for stamp in _VOLATILE:
        said = _without_line(said, stamp)
    at = said.find(b"\nUID:")
    inner = said.find(b"\nBEGIN:")
    if at < 0 or 0 <= inner < at:
        # The UID of an alarm is not the event's.
        return "", block
    end = said.find(b"\n", at + 1)
    if said[end + 1 : end + 2] in (b" ", b"\t"):
        return "", block
    try:
        uid = said[at + 5 : end].decode("utf-8").strip()
    except UnicodeDecodeError:
        return "", block
    return uid, said[:at] + said[end:]


def _without_line(text: bytes, begins: bytes) -> bytes:
    at = text.find(begins)
    if at < 0 or text[at + len(begins) : at + len(begins) + 1] not in (b":", b";"):
        return text
    end = text.find(b"\n", at + 1)
    return text[:at] + text[end:] if end >= 0 else text[:at]
