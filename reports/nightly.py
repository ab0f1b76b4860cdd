"""The story of a report: what one organisation may read about one night, as data that every format renders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from calendar_sync.listings import Listing
from calendar_sync.roster import Organisation, Roster
from dedupe import phrases
from dedupe.events import Event
from dedupe.finding import Found
from dedupe.remembering import Memory
from dedupe.sayings import Tongue
from reports import languages, standing
from reports.blind_spots import BlindSpot, CalendarHealthView, blind_spots, known_of
from reports.coming import ComingEvent, NoLongerListed, coming, no_longer_listed
from reports.concern import Concern
from reports.disclosure import positions_readable
from reports.ledger import Ledger
from reports.standing import Alerted, Change, Resolved, ToldBefore, ToldFinding
from reports.timeline import Timeline, draw

__all__ = [
    "CalendarHealthView",
    "Change",
    "Counts",
    "NightlyReport",
    "ToldBefore",
    "compose",
]


MOST_FINDINGS, MOST_SHORT, MOST_COMING = 40, 200, 100
"""What a page and a text tell: findings in full, and in a line each; coming events. Nobody reads a thousand cards.
Tables, feeds and JSON hold all of it."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of the report."""

    new: int
    changed: int
    resolved: int
    open: int
    """Told before, and neither resolved nor news: seen tonight or not."""
    calendars_read: int
    calendars: int
    back: int = 0
    unseen: int = 0
    """Those of *open* that were not seen tonight."""


@dataclass(frozen=True, slots=True)
class NightlyReport:
    """What one organisation may read about one night. Every format renders this and nothing else."""

    reader: Organisation
    night: date
    committee: str
    contact: str
    disclaimer: str
    everything: bool
    """True for the committee's coordinators, who read about all states."""
    counts: Counts
    findings: tuple[ToldFinding, ...]
    """What presses most comes first. Each goes by the number it got when the reader was first told of it."""
    ceased: tuple[Resolved, ...]
    """What was told before and is not so tonight, told of or not."""
    coming: tuple[ComingEvent, ...]
    no_longer_listed: tuple[NoLongerListed, ...]
    timeline: Timeline
    blind_spots: tuple[BlindSpot, ...]
    names: Mapping[str, str]
    """Organisation ids to the names a person knows."""
    ledger: Ledger | None = None
    """What came of it all, for the committee; None for everybody else."""
    desk: str = ""
    """What addresses of the desk begin with, where a coordinator can decide; blank for everybody else."""

    @property
    def spoken(self) -> Tongue:
        """The language the reader reads it in."""
        return languages.of(self.reader)

    @property
    def in_full(self) -> tuple[ToldFinding, ...]:
        """The findings to tell with both sides: news before what is known, then what presses most; in that order."""
        news_first = sorted(self.findings, key=lambda told: told.change is Change.OPEN)
        chosen = {told.number for told in news_first[:MOST_FINDINGS]}
        return tuple(told for told in self.findings if told.number in chosen)

    @property
    def in_short(self) -> tuple[ToldFinding, ...]:
        """The next findings, in the order in which they press."""
        told = {entry.number for entry in self.in_full}
        return tuple(entry for entry in self.findings if entry.number not in told)[:MOST_SHORT]

    @property
    def in_turn(self) -> bool:
        """True when the findings are numbered from 1 on in their order: they need no word about their numbers."""
        return all(told.number == place for place, told in enumerate(self.findings, 1))

    @property
    def untold(self) -> int:
        """How many findings stand in the tables alone."""
        return max(0, len(self.findings) - MOST_FINDINGS - MOST_SHORT)

    @property
    def resolved(self) -> tuple[Resolved, ...]:
        """What is told as resolved."""
        return tuple(gone for gone in self.ceased if gone.change is Change.RESOLVED and not gone.silent)

    @property
    def unseen(self) -> tuple[Resolved, ...]:
        """What was not seen tonight, and is not resolved."""
        return tuple(gone for gone in self.ceased if gone.change is Change.UNSEEN)

    def name(self, organisation: str) -> str:
        """Return the name of an organisation, or its id where the roster has none."""
        return self.names.get(organisation, organisation)


def compose(
    reader: Organisation,
    night: date,
    roster: Roster,
    world: Sequence[Listing],
    events: Sequence[Event],
    found: Found,
    told_before: Sequence[ToldBefore],
    health: Sequence[CalendarHealthView],
    known_before: Sequence[Listing] = (),
    memory: Memory = (),
    alerted: Alerted = MappingProxyType({}),
    invited: Mapping[str, frozenset[str]] | None = None,
    numbers: Mapping[str, int] = MappingProxyType({}),
) -> NightlyReport:
    """Compose the report of *reader* about *night* from its own world; the same arguments give the same report.

    *world* is what `disclosure.world` leaves of the listings, *events* and *found* follow from it. *told_before* is
    what the reader was told on the last night before this one, *known_before* the reader's world of that night. A
    calendar that was not read resolves nothing: its last good copy is in *world*. *memory* is how this world called its
    events on earlier nights, *alerted* what the reader was told between nights; *invited* are the states that each
    event invites, for whoever knows them already; *numbers* are those the reader knows findings by, by finding id.
    """
    _all_from(world, events)
    concern = Concern(reader, roster, night, invited)
    here = {listing.id for listing in world}

    def readable(told: ToldBefore) -> bool:
        # Somebody may have closed what was open when it was told: its words are not repeated.
        return concern.everything or (
            here.issuperset(told.listings) and positions_readable(told.fingerprint, reader, roster)
        )

    concerning = [finding for finding in found.findings if concern.finding(finding)]
    findings = standing.told(concerning, told_before, night, readable, alerted, numbers)
    ceased = standing.resolved(findings, told_before, events, found, night, readable)
    expected = coming(events, findings, concern, known_before, night)
    known = known_of(health, reader, roster)
    names = {organisation.id: phrases.organisation(organisation) for organisation in roster.organisations}
    return NightlyReport(
        reader=reader,
        night=night,
        committee=names.get(roster.committee.id, roster.committee.name),
        contact=roster.committee.contact,
        disclaimer=phrases.disclaimer(roster.committee),
        everything=concern.everything,
        counts=_counts(findings, ceased, known),
        findings=findings,
        ceased=ceased,
        coming=expected,
        no_longer_listed=no_longer_listed(world, known_before, concern, night, events, memory),
        timeline=draw([entry.event for entry in expected], findings, night, reader, names, languages.of(reader)),
        blind_spots=blind_spots(known, reader, roster),
        names=names,
        desk=roster.entrance.address if concern.everything and roster.entrance.secure else "",
    )


def _all_from(world: Sequence[Listing], events: Sequence[Event]) -> None:
    """Refuse events of another world: they would tell the reader what is hidden from it."""
    known = {listing.id for listing in world}
    for event in events:
        for listing in event.listings:
            if listing.id not in known:
                raise ValueError(f"the event {event.id} has a listing that is not in the reader's world")


def _counts(findings: Sequence[ToldFinding], ceased: Sequence[Resolved], known: Sequence[CalendarHealthView]) -> Counts:
    changes = [told.change for told in findings]
    changes += [gone.change for gone in ceased if not gone.silent]
    return Counts(
        new=changes.count(Change.NEW),
        changed=changes.count(Change.CHANGED),
        resolved=changes.count(Change.RESOLVED),
        open=changes.count(Change.OPEN) + changes.count(Change.UNSEEN),
        calendars_read=sum(view.good for view in known),
        calendars=len(known),
        back=changes.count(Change.BACK),
        unseen=changes.count(Change.UNSEEN),
    )
