"""Decisions: what coordinators said about findings, and for how long it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from calendar_sync.listings import Listing
from calendar_sync.spans import Span
from dedupe.events import Event
from dedupe.findings import Finding, FindingKey, Kind, Severity, changed_facts


class Verdict(StrEnum):
    """What a coordinator may say."""

    CONFIRMED = "confirmed"
    """Yes, this is so: the same event, or a real duplicate or clash."""
    DISMISSED = "dismissed"
    """No problem; for `same_event`: not the same."""
    SERIES = "series"
    """Editions of one programme: no duplicate, however near. Never said of a `same_event`."""


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
        return self.finding == finding.key and not changed_facts(self.fingerprint, finding.fingerprint)

    def reopened_by(self, finding: Finding) -> tuple[str, ...]:
        """Name the material facts that changed since, none while the decision holds or is about something else."""
        return changed_facts(self.fingerprint, finding.fingerprint) if self.finding == finding.key else ()


def decide(finding: Finding, verdict: Verdict, *, by: str, at: datetime, note: str = "") -> Decision:
    """Record a verdict together with the facts it rests on."""
    return Decision(finding.key, verdict, finding.fingerprint, by, at, note)


def decide_pair(one: Listing, other: Listing, verdict: Verdict, *, by: str, at: datetime, note: str = "") -> Decision:
    """Record whether two listings are one event, as `decide` does for a finding about them."""
    return decide(_asked(one, other), verdict, by=by, at=at, note=note)


def settled_pairs(
    decisions: Sequence[Decision], listings: Mapping[str, Listing]
) -> Iterator[tuple[str, str, Decision]]:
    """Yield the pairs of listings that coordinators joined or kept apart, while both are known and neither has changed.

    *listings* by id.
    """
    for decision in decisions:
        if decision.finding.kind is not Kind.SAME_EVENT or not all(id_ in listings for id_ in decision.finding.ids):
            continue
        left, right = sorted(decision.finding.ids)
        if decision.settles(_asked(listings[left], listings[right])):
            yield left, right, decision


def following(
    decisions: Sequence[Decision], listings: Sequence[Listing], gone: Sequence[Listing] = ()
) -> list[Decision]:
    """Return what follows from decisions about pairs: of two that are the same as a third, and of two of which one is.

    *gone* are listings that no longer stand, as they last read: what was said of them still ties those that do, and
    holds for what came back in their place. What was decided of a pair itself comes first, so nothing follows for it.
    """
    known = {listing.id: listing for listing in (*gone, *listings)}
    settled = list(settled_pairs(decisions, known))
    said = {frozenset((left, right)) for left, right, _ in settled}
    again = returned(gone, listings)
    same = [(left, right) for left, right, made in settled if made.verdict is Verdict.CONFIRMED]
    group = _groups((*same, *again.items()))
    standing = {listing.id for listing in listings}
    members: dict[str, list[str]] = {}
    for id_ in sorted(({id_ for left, right, _ in settled for id_ in (left, right)} | set(again.values())) & standing):
        members.setdefault(group.get(id_, id_), []).append(id_)
    found: dict[frozenset[str], Decision] = {}
    for left, right, made in settled:
        one, other = group.get(left, left), group.get(right, right)
        if (one == other) != (made.verdict is Verdict.CONFIRMED):
            continue
        for a in members.get(one, ()):
            for b in members.get(other, ()):
                pair = frozenset((a, b))
                if a != b and pair not in said:
                    found[pair] = decide(
                        _asked(known[a], known[b]), made.verdict, by=made.by, at=made.at, note=made.note
                    )
    return [found[pair] for pair in sorted(found, key=sorted)]


def returned(gone: Sequence[Listing], listings: Sequence[Listing]) -> dict[str, str]:
    """Say which listing came back in place of one gone: in its calendar, with its title, dates, place and audience.

    Where several of either say the same, nobody can tell, and none did.
    """
    calendars = {listing.key.calendar for listing in gone}
    told: dict[tuple[str, str, Span | None, str, str, tuple[str, ...]], tuple[list[str], list[str]]] = {}
    for number, several in enumerate((gone, listings)):
        for listing in several:
            if listing.key.calendar in calendars:
                says = (
                    listing.key.calendar,
                    listing.title,
                    listing.span,
                    listing.city,
                    listing.country,
                    listing.audience,
                )
                told.setdefault(says, ([], []))[number].append(listing.id)
    return {old[0]: new[0] for old, new in told.values() if len(old) == len(new) == 1}


def _asked(one: Listing, other: Listing) -> Finding:
    ids = (min(one.id, other.id), max(one.id, other.id))
    return Finding(Kind.SAME_EVENT, Severity.INFORMATION, "", (Event(ids[0], (one, other)),), listing_ids=ids)


def _groups(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give everything that pairs connect one name: the smallest of its ids."""
    parent: dict[str, str] = {}

    def root(id_: str) -> str:
        while parent.setdefault(id_, id_) != id_:
            id_ = parent[id_]
        return id_

    for left, right in pairs:
        one, other = sorted((root(left), root(right)))
        parent[other] = one
    return {id_: root(id_) for id_ in list(parent)}
