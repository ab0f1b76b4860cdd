"""What is new about findings: since the last night they are new, changed, still open or resolved.

Calendars and scores waver. So what is not there tonight is told as resolved when it is not there on the next night
either, and nothing is told twice as news while it goes to and fro: `reports.damping` has the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import count
from types import MappingProxyType

from calendar_sync.listings import Status
from dedupe.events import Event
from dedupe.finding import Found
from dedupe.findings import Finding, FindingKey, Kind, Severity, changed_facts
from reports import damping
from reports.damping import Stood


class Change(StrEnum):
    """Where a finding stands since the last night."""

    NEW = "new"
    CHANGED = "changed"
    BACK = "back"
    """Told as resolved, and so again."""
    OPEN = "open"
    UNSEEN = "unseen"
    """Not so tonight; not told as resolved yet, or not again."""
    RESOLVED = "resolved"


class Why(StrEnum):
    """Why a finding is no longer told."""

    DECIDED = "decided"
    UNLISTED = "unlisted"
    OVER = "over"
    CANCELLED = "cancelled"
    UNSUPPORTED = "unsupported"


AT_ONCE = (Why.DECIDED, Why.OVER, Why.CANCELLED)
"""Facts, which no later night takes back; that nothing supports a finding, or lists its events, is only absence."""


@dataclass(frozen=True, slots=True)
class ToldBefore:
    """A finding as the reader was told of it on the last night; *facts* are its fields and what they said."""

    key: FindingKey
    severity: Severity
    title: str
    fingerprint: str
    first_night: date
    open: bool = True
    """False when it was told as resolved."""
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    body: str = ""
    """Whatever the caller keeps with it; handed back when it is resolved."""
    listings: tuple[str, ...] = ()
    """Ids of the listings its words were taken from."""
    seen: bool = True
    """False when it was not so on the last night."""
    stood: Stood = field(default_factory=dict)
    """How it stood when that was news, each with the last night it stood so."""
    certain: bool = True
    """False when a vague date made it only possible."""


Alerted = Mapping[tuple[str, str], date]
"""On which day a finding (its short id) with its facts (their fingerprint) was told between nights."""
Readable = Callable[[ToldBefore], bool]
"""Tells whether the words of an earlier night may still be repeated to the reader."""


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """A finding with the number it has in this report, and what is new about it."""

    number: int
    finding: Finding
    change: Change
    first_night: date
    changed: tuple[str, ...] = ()
    """Which facts changed since it was told; empty when only a listing joined or left."""
    was: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What those facts said then, value by value."""
    stood: Stood = field(default_factory=dict)
    alerted: date | None = None
    """The day on which these facts were told between nights."""

    @property
    def fingerprint(self) -> str:
        """The digest of its material facts."""
        return self.finding.fingerprint

    @property
    def informs(self) -> bool:
        """True when it only informs: nobody has to do anything."""
        return self.finding.severity is Severity.INFORMATION

    @property
    def wavers(self) -> bool:
        """True when it came back after it was told as resolved, and not for the first time now."""
        return self.change is Change.OPEN and damping.BACK in self.stood


@dataclass(frozen=True, slots=True)
class Resolved:
    """A finding that is no longer so, or for now only not seen, and why."""

    before: ToldBefore
    why: Why
    retracted: bool = False
    """True when its words may not be repeated: a listing they came from is not the reader's to read any more."""
    change: Change = Change.RESOLVED
    """RESOLVED, or UNSEEN while it is only not there."""
    silent: bool = False
    """True when it was told as resolved before, and what settled it now is nothing to tell again."""
    stood: Stood = field(default_factory=dict)

    @property
    def wavers(self) -> bool:
        """True when it was told as resolved before, and came back."""
        return damping.BACK in self.stood


def told(
    findings: Sequence[Finding],
    told_before: Sequence[ToldBefore],
    night: date,
    readable: Readable = lambda _: True,
    alerted: Alerted = MappingProxyType({}),
    numbers: Mapping[str, int] = MappingProxyType({}),
) -> tuple[ToldFinding, ...]:
    """Number the findings and hold each against what the reader was told of it.

    What a fact said then is repeated only while the words of that night are *readable*; *alerted* was told since.
    Those that had a number, by their ids, keep it; the others get the next ones.
    """
    before = {known.key: known for known in told_before}
    fresh = count(max(numbers.values(), default=0) + 1)
    return tuple(
        replace(
            _standing(numbers.get(finding.key.id) or next(fresh), finding, before.get(finding.key), night, readable),
            alerted=alerted.get((finding.key.id, finding.fingerprint)),
        )
        for finding in findings
    )


def _standing(number: int, finding: Finding, known: ToldBefore | None, night: date, readable: Readable) -> ToldFinding:
    now = finding.fingerprint
    if known is None:
        return ToldFinding(number, finding, Change.NEW, night, stood={now: night})
    stood = damping.remembered(known.stood, night)
    if not known.open:
        # Nothing was kept of the nights without it; it was gone until now.
        stood = {**stood, damping.RESOLVED: night}
    back = not known.open and damping.BACK not in stood
    fresh = now != known.fingerprint and now not in stood
    stood = damping.standing(stood, now, night, back=back)
    changed, was = changes(known, finding, now, readable) if fresh else ((), {})
    if back:
        return ToldFinding(number, finding, Change.BACK, known.first_night, changed, was, stood)
    change = Change.CHANGED if fresh else Change.OPEN
    return ToldFinding(number, finding, change, known.first_night, changed, was, stood)


def changes(
    known: ToldBefore, finding: Finding, fingerprint: str, readable: Readable = lambda _: True
) -> tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]:
    """Return which facts of a finding, by its *fingerprint*, changed; and what they said where that may be repeated."""
    now = {fact.field: tuple(value.text for value in fact.values) for fact in finding.facts}
    changed = tuple(name for name, texts in now.items() if known.facts.get(name, texts) != texts)
    was = {name: known.facts[name] for name in changed} if readable(known) else {}
    # What has no table of sides (forum, load) still says which fact it was.
    return changed or changed_facts(known.fingerprint, fingerprint), was


def resolved(
    findings: Sequence[ToldFinding],
    told_before: Sequence[ToldBefore],
    events: Sequence[Event],
    found: Found,
    night: date,
    readable: Readable = lambda _: True,
) -> tuple[Resolved, ...]:
    """Return what the reader was told before and is not so tonight: resolved, or for now only not seen.

    A calendar that could not be read resolves nothing: its last good copy is among *events* and supports what it did.
    What may not be read any more waits for no second night.
    """
    still = {entry.finding.key for entry in findings}
    settled = {finding.key for finding, _ in found.settled}
    by_id = {id_: event for event in events for id_ in (event.id, *(listing.id for listing in event.listings))}
    gone = []
    for before in told_before:
        if before.open and before.key not in still:
            concerned = [by_id[id_] for id_ in before.key.ids if id_ in by_id]
            why = Why.DECIDED if before.key in settled else _why(before, concerned, night)
            gone.append(_resolved(before, why, night, retracted=not readable(before)))
    return tuple(gone)


def _why(before: ToldBefore, concerned: Sequence[Event], night: date) -> Why:
    if before.key.kind is Kind.LOAD:
        # It is about a state, which no calendar takes away.
        return Why.UNSUPPORTED
    if not concerned:
        return Why.UNLISTED
    if any(event.span is not None and event.span.latest < night for event in concerned):
        return Why.OVER
    if any(all(listing.status is Status.CANCELLED for listing in event.listings) for event in concerned):
        return Why.CANCELLED
    return Why.UNSUPPORTED


def _resolved(before: ToldBefore, why: Why, night: date, *, retracted: bool) -> Resolved:
    stood = damping.remembered(before.stood, night, before.fingerprint)
    if damping.RESOLVED not in stood:
        if why in AT_ONCE or retracted or not before.seen:
            return Resolved(before, why, retracted, stood={**stood, damping.RESOLVED: night})
        return Resolved(before, why, retracted, Change.UNSEEN, stood=stood)
    if why in (Why.DECIDED, Why.OVER):
        return Resolved(before, why, retracted, silent=True, stood={**stood, damping.RESOLVED: night})
    away = damping.away(before.stood, before.fingerprint, night)
    change = Change.RESOLVED if away else Change.UNSEEN
    return Resolved(before, why, retracted, change, stood={**stood, damping.RESOLVED: night})
