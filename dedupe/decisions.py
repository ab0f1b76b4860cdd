"""Decisions: what coordinators said about findings, and for how long it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from calendar_sync.listings import Listing
from dedupe.events import Event
from dedupe.findings import MATERIAL, Finding, FindingKey, Kind, Severity


class Verdict(StrEnum):
    """What a coordinator may say."""

    CONFIRMED = "confirmed"
    """Yes, this is so: the same event, or a real duplicate or clash."""
    DISMISSED = "dismissed"
    """No problem; for `same_event`: not the same."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a coordinator said about a finding, and what they were looking at."""

    finding: FindingKey
    verdict: Verdict
    fingerprint: str
    by: str
    at: datetime
    note: str = ""

    def settles(self, finding: Finding) -> bool:
        """Hold until a material fact (dates, place, audience, title) of either entry changes."""
        return (self.finding, self.fingerprint) == (finding.key, finding.fingerprint)

    def reopened_by(self, finding: Finding) -> tuple[str, ...]:
        """Name the material facts that changed since, none while the decision holds or is about something else."""
        if self.finding != finding.key or self.settles(finding):
            return ()
        then, now = self.fingerprint.split("-"), finding.fingerprint.split("-")
        if len(then) != len(now):
            return MATERIAL
        return tuple(name for name, old, new in zip(MATERIAL, then, now, strict=True) if old != new)


def decide(finding: Finding, verdict: Verdict, *, by: str, at: datetime, note: str = "") -> Decision:
    """Record a verdict together with the facts it rests on."""
    return Decision(finding.key, verdict, finding.fingerprint, by, at, note)


def settled_pairs(
    decisions: Sequence[Decision], listings: Mapping[str, Listing]
) -> Iterator[tuple[str, str, Decision]]:
    """Yield the pairs of listings that coordinators joined or kept apart, while both stand and neither has changed.

    *listings* by id.
    """
    for decision in decisions:
        if decision.finding.kind is not Kind.SAME_EVENT or not all(id_ in listings for id_ in decision.finding.ids):
            continue
        left, right = sorted(decision.finding.ids)
        pair = (listings[left], listings[right])
        seen = Finding(Kind.SAME_EVENT, Severity.INFORMATION, "", (Event(left, pair),), listing_ids=(left, right))
        if decision.settles(seen):
            yield left, right, decision
