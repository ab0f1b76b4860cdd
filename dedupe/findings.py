"""Findings: what a coordinator or an organisation should know about one or two events."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from calendar_sync.listings import Listing
from calendar_sync.spans import Overlap
from dedupe.events import Event
from dedupe.evidence import Evidence
from dedupe.same import Same, made_once

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

    def renamed(self, names: Mapping[str, str]) -> FindingKey:
        """Return the key by the names that its events go by now. A pair of listings is that pair for ever."""
        if self.kind is Kind.SAME_EVENT or not any(id_ in names for id_ in self.ids):
            return self
        events = sorted(names.get(id_, id_) for id_ in self.ids if is_id(id_))
        return FindingKey(self.kind, (*events, *(subject for subject in self.ids if not is_id(subject))))


def is_id(name: str) -> bool:
    """True for the id of a listing or an event, False for what a contradiction is about."""
    return name.count("-") == 4


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
    """What it is about beside its events, part of its identity: the fact of a contradiction (dates, place, audience),
    the theme of a `forum`, the state of a `load` with "often" or "never"."""
    rests_on: tuple[str, ...] = ()
    """What else it rests on, each as `name:id`: positions of a `forum`, events of a `load`. More of it is material."""

    @property
    def key(self) -> FindingKey:
        """Its identity over nights. A `load` is about its state, whichever events come and go."""
        return _key(Same(self))

    @property
    def fingerprint(self) -> str:
        """What each listing concerned says of each of `MATERIAL`, in digests, and what else it rests on, by name.

        `changed_facts` compares two of them.
        """
        return _fingerprint(Same(self))


@made_once(1 << 15)
def _key(same: Same[Finding]) -> FindingKey:
    # Asked for by every reader of a world, several times.
    finding = same.of
    ids = finding.listing_ids if finding.listing_ids else tuple(event.id for event in finding.events)
    ids = () if finding.kind is Kind.LOAD else ids
    return FindingKey(finding.kind, (*sorted(ids), *((finding.subject,) if finding.subject else ())))


@made_once(1 << 15)
def _fingerprint(same: Same[Finding]) -> str:
    finding = same.of
    concerned = [
        listing
        for event in (finding.events if finding.kind is not Kind.LOAD else ())
        for listing in event.listings
        if not finding.listing_ids or listing.id in finding.listing_ids
    ]
    parts = [
        ".".join(sorted({f"{digest(listing.id)}:{_said(listing, name)}" for listing in concerned})) for name in MATERIAL
    ]
    named: dict[str, list[str]] = {}
    for entry in sorted(finding.rests_on):
        name, _, id_ = entry.partition(":")
        named.setdefault(name, []).append(digest(id_))
    return "-".join([*parts, *(f"{name}={'.'.join(digests)}" for name, digests in named.items())])


def changed_facts(then: str, now: str) -> tuple[str, ...]:
    """Name those of `MATERIAL`, and of what else a finding rests on, that changed between two of its fingerprints.

    A listing that stands in both must say the same. One that joined changes nothing as long as it is silent, or says
    what another said before; its wording of the title is news to nobody. One that left takes nothing with it; neither
    does a position or an event that a finding no longer rests on.
    """
    if then == now:
        return ()
    before, after = then.split("-"), now.split("-")
    facts = [parts[: len(MATERIAL)] for parts in (before, after)]
    if any(len(parts) != len(MATERIAL) or any(part and ":" not in part for part in parts) for parts in facts):
        return MATERIAL
    changed = [
        name for name, old, new in zip(MATERIAL, *facts, strict=True) if _differ(_sayings(old), _sayings(new), name)
    ]
    rested, rests = (_named(parts[len(MATERIAL) :]) for parts in (before, after))
    return (*changed, *(name for name, ids in rests.items() if not ids <= rested.get(name, frozenset())))


def rested_on(fingerprint: str, name: str) -> frozenset[str]:
    """Return the digests of what else a finding with this fingerprint rested on, by *name*: "positions", "events"."""
    return _named(fingerprint.split("-")[len(MATERIAL) :]).get(name, frozenset())


def _named(parts: Sequence[str]) -> dict[str, frozenset[str]]:
    """Read the parts of a fingerprint that name what else a finding rests on."""
    split = [part.partition("=") for part in parts]
    return {name: frozenset(ids.split(".")) for name, _, ids in split}


def _differ(old: Mapping[str, str], new: Mapping[str, str], name: str) -> bool:
    if any(old[listing] != new[listing] for listing in old.keys() & new.keys()):
        return True
    joined = {new[listing] for listing in new.keys() - old.keys()} - {""}
    return name != "title" and not joined <= set(old.values())


def _sayings(part: str) -> dict[str, str]:
    return {listing: said for listing, _, said in (entry.partition(":") for entry in part.split(".") if entry)}


def _said(listing: Listing, name: str) -> str:
    """Digest what a listing says of a fact; blank when it is silent."""
    said: Sequence[str]
    match name:
        case "dates":
            said = (str(listing.span.earliest), str(listing.span.latest)) if listing.span else ()
        case "place":
            said = (listing.city, listing.country) if listing.city or listing.country else ()
        case "audience":
            said = sorted(listing.audience)
        case _:
            said = (listing.title,)
    return digest(json.dumps(said, ensure_ascii=False)) if said else ""


def digest(text: str) -> str:
    """Return the short digest by which a fingerprint names something."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
