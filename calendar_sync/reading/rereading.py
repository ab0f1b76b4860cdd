"""The story of reading a payload again: what reads as before is not parsed, the rest is read like any feed.

A large feed is read in shares, one per processor: a share is the same feed with the other series taken out.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from calendar_sync.reading import Problem, Reading, kinds
from calendar_sync.reading.memory import Memory, Remembered, Window, reader_of
from calendar_sync.reading.moments import by_start
from calendar_sync.reading.series import Cut, cut
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload

LARGE = 4_000_000
"""Bytes of text from which a second processor earns its keep."""
CHURN = 20
"""Series from which new UIDs for more than half of them mean a producer that gives new ones at every fetch."""
_FOLD = re.compile(rb"(?:\r\n|\n)[ \t]")
_REPLACEMENT = "\ufffd".encode()


@dataclass(frozen=True, slots=True)
class Plan:
    """What of a payload has to be parsed, and what need not be."""

    payload: Payload
    calendar: Calendar
    window: Window
    memory: Memory
    """What will be remembered of it, the series still to be parsed aside."""
    shares: tuple[frozenset[str], ...]
    """UIDs of the series to parse, a set for each processor; none when nothing changed."""
    cut: Cut | None = None
    """Where the series stand; None when the payload has to be read whole."""

    def outline(self) -> Plan:
        """Return the plan without the bytes it is about."""
        bare = replace(self.cut, body=b"", places=(), uids=(), fingerprints={}) if self.cut else None
        return replace(self, payload=replace(self.payload, body=b""), cut=bare)

    def read(self, share: int) -> Reading:
        """Parse one share."""
        if self.cut is None:
            told = kinds.read(self.payload, self.calendar, self.window)
            return replace(told, memory=replace(self.memory, problems=told.problems, name=told.name))
        uids = self.shares[share]
        feed = replace(self.payload, body=self.cut.only(uids))
        told = kinds.read(feed, self.calendar, self.window)
        given = Counter(listing.key.uid for listing in told.listings)
        recurring = {listing.key.uid for listing in told.listings if listing.key.recurrence_id}
        series = {
            uid: Remembered(
                self.cut.fingerprints[uid], given[uid], timeless=given[uid] > 0 and uid not in recurring
            ).record()
            for uid in uids
        }
        return replace(told, memory=replace(self.memory, series=series, problems=told.problems, name=told.name))


def plan(payload: Payload, calendar: Calendar, window: Window, memory: Memory | None, processors: int = 1) -> Plan:
    """Say what of *payload* to parse, given what was read of an earlier one (*memory*)."""
    ahead = Memory(hashlib.sha256(payload.body).hexdigest(), reader_of(calendar), window)
    found = None
    if kinds.kind_of(payload, calendar) == "ics" and _is_plain(payload.body):
        found = cut(payload.body, calendar.limits.events)
    if found is None:
        return Plan(payload, calendar, window, ahead, (frozenset(),))
    same = _same(found, memory, ahead.reader, window)
    if _listings(same) >= calendar.limits.events:
        same = {}
    ahead = replace(ahead, environment=found.environment, series=same)
    changed = [uid for uid in found.fingerprints if uid not in same]
    if not changed:
        return Plan(payload, calendar, window, ahead, (), found)
    number = processors if len(payload.body) * len(changed) > LARGE * len(found.fingerprints) else 1
    shares = tuple(frozenset(changed[share::number]) for share in range(number))
    return Plan(payload, calendar, window, ahead, shares, found)


def read_again(payload: Payload, calendar: Calendar, window: Window, memory: Memory | None = None) -> Reading:
    """Read *payload* in this process; `guarded.read_guarded` does the same in workers of its own."""
    planned = plan(payload, calendar, window, memory)
    return joined(planned, [planned.read(share) for share in range(len(planned.shares))], memory)


def joined(planned: Plan, parts: Sequence[Reading], memory: Memory | None) -> Reading:
    """Put the shares of a reading together, with what *memory* still knows of the rest."""
    told = planned.memory
    if planned.cut is None:
        return parts[0]
    same = told.series or {}
    series = dict(same)
    for part in parts:
        series.update(part.memory.series or {} if part.memory else {})
    problems = [problem for part in parts for problem in part.problems]
    if memory is not None and same:
        problems += [problem for problem in memory.problems if problem.uid in same or not (parts or problem.uid)]
    surplus = planned.cut.surplus
    limit = planned.calendar.limits.events
    if surplus:
        problems.append(
            Problem("too-many-events", f"{surplus} events beyond the first {limit} were not read", lost=True)
        )
    listings = tuple(listing for part in parts for listing in part.listings)
    if len(listings) > limit:
        listings = listings[:limit]
        problems.append(Problem("too-many-listings", f"the listings beyond the first {limit} were left out", lost=True))
    problems = list(dict.fromkeys(problems))
    # What was counted but not told cannot be remembered series by series.
    whole = any(problem.code in ("more-problems", "too-many-listings") for problem in problems)
    name = next((part.name for part in parts), memory.name if memory else "")
    return Reading(
        listings=listings if len(parts) == 1 else tuple(sorted(listings, key=by_start)),
        problems=tuple(problems),
        is_calendar=all(part.is_calendar for part in parts),
        name=name,
        unchanged=frozenset(_stands_as(uid, record) for uid, record in same.items()),
        memory=replace(told, series=None if whole else series, problems=tuple(problems), name=name),
    )


def _is_plain(body: bytes) -> bool:
    """True for UTF-8 that lost no letters: how the rest is decoded must not depend on what is taken out."""
    if body.isascii():
        return True
    if _REPLACEMENT in body:
        return False
    return _is_utf_8(body) or _is_utf_8(_FOLD.sub(b"", body))


def _is_utf_8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        # A fold may fall between the bytes of one letter.
        return False
    return True


def _same(found: Cut, memory: Memory | None, reader: str, window: Window) -> dict[str, str]:
    """Return the series that read as remembered: same text, same zones, and no other window that they depend on."""
    if memory is None or not memory.series or memory.reader != reader or memory.environment != found.environment:
        return {}
    known = memory.series
    prints = {uid: text for uid, text in found.fingerprints.items() if uid}
    same = {uid: known[uid] for uid, text in prints.items() if uid in known and known[uid].startswith(text)}
    if len(prints) >= CHURN and len(prints) - len(prints.keys() & known.keys()) > len(prints) / 2:
        ailing = {problem.uid for problem in memory.problems}
        same |= _renamed(prints, {uid: record for uid, record in known.items() if uid in prints or uid not in ailing})
    if memory.window != window:
        same = {uid: record for uid, record in same.items() if Remembered.of(record).timeless}
    return same


def _renamed(prints: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Recognise series whose producer gives new UIDs at every fetch by what they say, where that is said once.

    Of other producers a series with a new UID is parsed, and recognised listing by listing (`identity`).
    One that had a problem is not: its problem is told under its UID.
    """
    fresh = _once({uid: text for uid, text in prints.items() if uid not in known})
    gone = _once({uid: Remembered.of(record).fingerprint for uid, record in known.items() if uid not in prints})
    return {
        fresh[text]: replace(
            Remembered.of(known[gone[text]]), stands_as=_stands_as(gone[text], known[gone[text]])
        ).record()
        for text in fresh.keys() & gone.keys()
    }


def _stands_as(uid: str, record: str) -> str:
    return uid if record.endswith(" ") else Remembered.of(record).stands_as


def _listings(series: Mapping[str, str]) -> int:
    return sum(int(record.split(" ", 2)[1]) for record in series.values())


def _once(texts: Mapping[str, str]) -> dict[str, str]:
    """Turn UID to text into text to UID, leaving out texts that several share."""
    often: Collection[str] = {text for text, number in Counter(texts.values()).items() if number > 1}
    return {text: uid for uid, text in texts.items() if text not in often}
