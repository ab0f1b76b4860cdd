"""Findings: what a coordinator or an organisation should know about one or two events."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from calendar_sync.spans import Overlap
from dedupe.events import Event
from dedupe.evidence import Evidence

MATERIAL = ("dates", "place", "audience", "title")
"""Facts whose change reopens what a coordinator has settled."""


class Kind(StrEnum):
    """The finding kinds of the product."""

    SAME_EVENT = "same_event"
    CONTRADICTION = "contradiction"
    DUPLICATIVE = "duplicative"
    CLASH = "clash"
    FORUM = "forum"
    LOAD = "load"
    SERIES = "series"
    PART_OF = "part_of"


class Severity(StrEnum):
    """How much a finding needs a word."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True, order=True)
class FindingKey:
    """What a finding is about: its kind and the ids it joins, sorted. The same over nights."""

    kind: Kind
    ids: tuple[str, ...]

    @property
    def id(self) -> str:
        """A short stable id."""
        return hashlib.sha256("\x1f".join((self.kind, *self.ids)).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence that speaks for a finding, or against it."""

    text: str
    against: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a fact and who says so."""

    text: str
    listing_id: str
    organisation: str
    since: str = ""
    """ISO date, blank when unknown."""
    newest: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One field of the events of a finding, value by value. *agrees* is False where the values differ."""

    field: str
    """title, dates, place, audience, organisers, sponsors"""
    values: tuple[Value, ...]
    agrees: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, why, and what speaks against it.

    *events* are one (same_event, contradiction) or two; the earlier first. *listing_ids* are the pair of a
    `same_event`. *days_apart* runs from the end of the earlier to the start of the later, least and most.
    """

    kind: Kind
    severity: Severity
    title: str
    """A sentence."""
    events: tuple[Event, ...]
    listing_ids: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    facts: tuple[Fact, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    bits: float | None = None
    probability: float | None = None
    overlap: Overlap | None = None
    certain: bool = True
    """False when a vague date makes it only possible."""
    states: tuple[str, ...] = ()
    """States in common, ISO codes sorted."""
    smaller_audience: int = 0
    days_apart: tuple[int, int] | None = None
    proposals: tuple[str, ...] = ()
    """What could be done, each a sentence."""
    subject: str = ""
    """Which fact a contradiction is about (dates, place, audience); part of its identity."""

    @property
    def key(self) -> FindingKey:
        """Its identity over nights."""
        ids = self.listing_ids if self.listing_ids else tuple(event.id for event in self.events)
        return FindingKey(self.kind, (*sorted(ids), *((self.subject,) if self.subject else ())))

    @property
    def fingerprint(self) -> str:
        """A digest of the material facts of every listing concerned, one part for each of `MATERIAL`."""
        concerned = sorted(
            (listing for event in self.events for listing in event.listings
             if not self.listing_ids or listing.id in self.listing_ids),
            key=lambda listing: listing.id,
        )  # fmt: skip
        facts = {
            "dates": [
                [listing.id, str(listing.span.earliest), str(listing.span.latest)] if listing.span else [listing.id]
                for listing in concerned
            ],
            "place": [[listing.id, listing.city, listing.country] for listing in concerned],
            "audience": [[listing.id, *sorted(listing.audience)] for listing in concerned],
            "title": [[listing.id, listing.title] for listing in concerned],
        }
        return "-".join(
            hashlib.sha256(json.dumps(facts[name], ensure_ascii=False).encode()).hexdigest()[:12] for name in MATERIAL
        )
