"""What is new about findings: since the last night they are new, changed, still open or resolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from calendar_sync.listings import Status
from dedupe.events import Event
from dedupe.finding import Found
from dedupe.findings import Finding, FindingKey, Kind, Severity, changed_facts


class Change(StrEnum):
    """Where a finding stands since the last night."""

    NEW = "new"
    CHANGED = "changed"
    OPEN = "open"
    RESOLVED = "resolved"


class Why(StrEnum):
    """Why a finding is no longer told."""

    DECIDED = "decided"
    UNLISTED = "unlisted"
    OVER = "over"
    CANCELLED = "cancelled"
    UNSUPPORTED = "unsupported"


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

    @property
    def fingerprint(self) -> str:
        """The digest of its material facts."""
        return self.finding.fingerprint

    @property
    def informs(self) -> bool:
        """True when it only informs: nobody has to do anything."""
        return self.finding.severity is Severity.INFORMATION


@dataclass(frozen=True, slots=True)
class Resolved:
    """A finding that is no longer so, and why."""

    before: ToldBefore
    why: Why
    retracted: bool = False
    """True when its words may not be repeated: a listing they came from is not the reader's to read any more."""


def told(
    findings: Sequence[Finding], told_before: Sequence[ToldBefore], night: date, readable: Readable = lambda _: True
) -> tuple[ToldFinding, ...]:
    """Number the findings and hold each against what the reader was told of it.

    What a fact said then is repeated only while the words of that night are *readable*.
    """
    before = {known.key: known for known in told_before if known.open}
    return tuple(
        _standing(number, finding, before.get(finding.key), night, readable)
        for number, finding in enumerate(findings, 1)
    )


def _standing(number: int, finding: Finding, known: ToldBefore | None, night: date, readable: Readable) -> ToldFinding:
    if known is None:
        return ToldFinding(number, finding, Change.NEW, night)
    if known.fingerprint != finding.fingerprint:
        changed = _changed(known, finding)
        was = {name: known.facts[name] for name in changed} if readable(known) else {}
        # What has no table of sides (forum, load) still says which fact it was.
        changed = changed or changed_facts(known.fingerprint, finding.fingerprint)
        return ToldFinding(number, finding, Change.CHANGED, known.first_night, changed, was)
    return ToldFinding(number, finding, Change.OPEN, known.first_night)


def _changed(before: ToldBefore, finding: Finding) -> tuple[str, ...]:
    now = {fact.field: tuple(value.text for value in fact.values) for fact in finding.facts}
    return tuple(name for name, texts in now.items() if before.facts.get(name, texts) != texts)


def resolved(
    findings: Sequence[ToldFinding],
    told_before: Sequence[ToldBefore],
    events: Sequence[Event],
    found: Found,
    night: date,
    readable: Readable = lambda _: True,
) -> tuple[Resolved, ...]:
    """Return what the reader was told before and is no longer so.

    A calendar that could not be read resolves nothing: its last good copy is among *events* and supports what it did.
    """
    still = {entry.finding.key for entry in findings}
    settled = {finding.key for finding, _ in found.settled}
    by_id = {id_: event for event in events for id_ in (event.id, *(listing.id for listing in event.listings))}
    gone = []
    for before in told_before:
        if not before.open or before.key in still:
            continue
        concerned = [by_id[id_] for id_ in before.key.ids if id_ in by_id]
        if before.key in settled:
            why = Why.DECIDED
        elif before.key.kind is Kind.LOAD:
            # It is about a state, which no calendar takes away.
            why = Why.UNSUPPORTED
        elif not concerned:
            why = Why.UNLISTED
        elif any(event.span is not None and event.span.latest < night for event in concerned):
            why = Why.OVER
        elif any(all(listing.status is Status.CANCELLED for listing in event.listings) for event in concerned):
            why = Why.CANCELLED
        else:
            why = Why.UNSUPPORTED
        gone.append(Resolved(before, why, retracted=not readable(before)))
    return tuple(gone)
