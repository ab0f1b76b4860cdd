"""The story of a report: what one organisation may read about one night, as data that every format renders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from calendar_sync.listings import Listing, Status
from calendar_sync.roster import Organisation, Roster
from dedupe import phrases
from dedupe.bodies import bodies
from dedupe.events import Event
from dedupe.finding import Found
from dedupe.findings import Finding, FindingKey, Severity
from dedupe.meaning import audiences
from reports import wording
from reports.disclosure import may_know_of
from reports.timeline import Timeline, draw

AHEAD = timedelta(days=400)
"""How far ahead the coming events of a report reach."""


class Change(StrEnum):
    """Where a finding stands since the last night."""

    NEW = "new"
    CHANGED = "changed"
    OPEN = "open"
    RESOLVED = "resolved"


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


@dataclass(frozen=True, slots=True)
class CalendarHealthView:
    """How a calendar fared tonight."""

    calendar: str
    good: bool
    detail: str = ""
    """What happened, as a sentence; blank when it was read."""
    last_good: date | None = None
    listings: int = 0


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """A finding with the number it has in this report, and what is new about it."""

    number: int
    finding: Finding
    change: Change
    first_night: date
    changed: tuple[str, ...] = ()
    """Which facts changed since it was told."""

    @property
    def fingerprint(self) -> str:
        """The digest of its material facts."""
        return self.finding.fingerprint


@dataclass(frozen=True, slots=True)
class Resolved:
    """A finding that is no longer so, and why."""

    before: ToldBefore
    why: str


@dataclass(frozen=True, slots=True)
class Source:
    """One listing behind an event: who says it, in which words, since when."""

    organisation: str
    title: str
    language: str
    dates: str
    since: str
    url: str
    note: str = ""
    """What was inferred, such as the year."""


@dataclass(frozen=True, slots=True)
class ComingEvent:
    """An event still to come that concerns the reader."""

    event: Event
    title: str
    language: str
    dates: str
    place: str
    states: tuple[str, ...]
    """Those of the reader's states that are invited, by name."""
    sources: tuple[Source, ...]
    findings: tuple[int, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """A calendar that could not be seen tonight, and what was kept."""

    organisation: str
    calendar: str
    detail: str
    kept: str


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of the report."""

    new: int
    changed: int
    resolved: int
    open: int
    calendars_read: int
    calendars: int


@dataclass(frozen=True, slots=True)
class NightlyReport:
    """What one organisation may read about one night. Every format renders this and nothing else."""

    reader: Organisation
    night: date
    committee: str
    contact: str
    disclaimer: str
    lead: tuple[str, str]
    """One sentence that says what a busy person must know, and what belongs to it."""
    counts: Counts
    findings: tuple[ToldFinding, ...]
    resolved: tuple[Resolved, ...]
    coming: tuple[ComingEvent, ...]
    timeline: Timeline
    blind_spots: tuple[BlindSpot, ...]
    names: Mapping[str, str]
    """Organisation ids of this report to the names a person knows."""


def compose(
    reader: Organisation,
    night: date,
    roster: Roster,
    world: Sequence[Listing],
    events: Sequence[Event],
    found: Found,
    told_before: Sequence[ToldBefore],
    health: Sequence[CalendarHealthView],
) -> NightlyReport:
    """Compose the report of *reader* about *night* from its own world; the same arguments give the same report.

    *told_before* is what the reader was told on the last night before this one. A calendar that was not read resolves
    nothing: its last good copy is in *world*.
    """
    ours = _Concern(reader, roster, night)
    findings = _told(tuple(finding for finding in found.findings if ours.finding(finding)), told_before, night)
    resolved = _resolved(findings, told_before, events, found, night)
    coming = _coming(events, findings, ours, night)
    seen = [view for view in health if may_know_of(roster.calendar(view.calendar), reader, roster)]
    blind = tuple(_blind(view, roster) for view in seen if not view.good)
    changes = [told.change for told in findings]
    counts = Counts(
        new=changes.count(Change.NEW),
        changed=changes.count(Change.CHANGED),
        resolved=len(resolved),
        open=changes.count(Change.OPEN),
        calendars_read=sum(view.good for view in seen),
        calendars=len(seen),
    )
    return NightlyReport(
        reader=reader,
        night=night,
        committee=roster.committee.name,
        contact=roster.committee.contact,
        disclaimer=" ".join(roster.committee.disclaimer.split()),
        lead=wording.lead(findings, resolved, coming, night, everything=ours.everything),
        counts=counts,
        findings=findings,
        resolved=resolved,
        coming=coming,
        timeline=draw([entry.event for entry in coming], findings, night, reader, _names(roster)),
        blind_spots=blind,
        names=_names(roster),
    )


class _Concern:
    """What concerns one reader: its states, its own listings, what it organises. The committee: everything."""

    def __init__(self, reader: Organisation, roster: Roster, night: date) -> None:
        self.reader, self.roster, self.night = reader, roster, night
        self.everything = reader.id == roster.committee.id
        self._names = set(bodies((reader.name, *reader.aliases)))

    def states(self, event: Event) -> frozenset[str]:
        """Those of the reader's member states that are invited, as of the event's date."""
        day = event.span.earliest if event.span else self.night
        invited: frozenset[str] = frozenset()
        for listing in event.listings:
            invited |= audiences.states(listing.audience, day, self.roster.organisations).states
        return invited if self.everything else invited & self.reader.states(day)

    def event(self, event: Event) -> bool:
        """True when the event is for the reader's states, or listed, organised or hosted by the reader's people."""
        if self.everything or self.states(event):
            return True
        return any(
            listing.organisation == self.reader.id or self._names & set(bodies(listing.organisers))
            for listing in event.listings
        )

    def finding(self, finding: Finding) -> bool:
        return any(self.event(event) for event in finding.events)


def _told(findings: Sequence[Finding], told_before: Sequence[ToldBefore], night: date) -> tuple[ToldFinding, ...]:
    before = {told.key: told for told in told_before if told.open}
    told = []
    for number, finding in enumerate(findings, 1):
        known = before.get(finding.key)
        if known is None:
            told.append(ToldFinding(number, finding, Change.NEW, night))
        elif known.fingerprint != finding.fingerprint:
            told.append(ToldFinding(number, finding, Change.CHANGED, known.first_night, _changed(known, finding)))
        else:
            told.append(ToldFinding(number, finding, Change.OPEN, known.first_night))
    return tuple(told)


def _changed(before: ToldBefore, finding: Finding) -> tuple[str, ...]:
    now = {fact.field: tuple(value.text for value in fact.values) for fact in finding.facts}
    return tuple(name for name, texts in now.items() if before.facts.get(name, texts) != texts) or ("a listing",)


def _resolved(
    findings: Sequence[ToldFinding],
    told_before: Sequence[ToldBefore],
    events: Sequence[Event],
    found: Found,
    night: date,
) -> tuple[Resolved, ...]:
    still = {told.finding.key for told in findings}
    settled = {finding.key: decision for finding, decision in found.settled}
    by_id = {id_: event for event in events for id_ in (event.id, *(listing.id for listing in event.listings))}
    gone = []
    for before in told_before:
        if not before.open or before.key in still:
            continue
        concerned = [by_id[id_] for id_ in before.key.ids if id_ in by_id]
        if before.key in settled:
            why = "a coordinator decided on it"
        elif not concerned:
            why = "it is no longer listed"
        elif any(event.span is not None and event.span.latest < night for event in concerned):
            why = "it is over"
        elif any(all(listing.status is Status.CANCELLED for listing in event.listings) for event in concerned):
            why = "it was cancelled"
        else:
            why = "what the calendars say no longer supports it"
        gone.append(Resolved(before, why))
    return tuple(gone)


def _coming(
    events: Sequence[Event], findings: Sequence[ToldFinding], ours: _Concern, night: date
) -> tuple[ComingEvent, ...]:
    numbers: dict[str, list[int]] = {}
    for told in findings:
        for event in told.finding.events:
            numbers.setdefault(event.id, []).append(told.number)
    coming = []
    for event in events:
        span = event.span
        if span is not None and (span.latest < night or span.earliest > night + AHEAD):
            continue
        # An event nobody has dated is kept while its announcement is fresh.
        if span is None and not any(listing.since and listing.since >= night - AHEAD for listing in event.listings):
            continue
        if not ours.event(event):
            continue
        newest = _worded(event, ours.reader.languages)
        coming.append(
            ComingEvent(
                event=event,
                title=newest.title,
                language=newest.language,
                dates=phrases.dates(span, _words(event)),
                place=phrases.place(event.city, event.country),
                states=tuple(sorted(phrases.state(code) for code in ours.states(event))),
                sources=tuple(_source(listing) for listing in event.listings),
                findings=tuple(numbers.get(event.id, ())),
                status=str(newest.status),
            )
        )
    return tuple(coming)


def _worded(event: Event, languages: Sequence[str]) -> Listing:
    """Return the newest listing in the first of the reader's languages that any is in, else the newest."""
    for language in languages:
        for listing in event.listings:
            if listing.language.split("-")[0].lower() == language.split("-")[0].lower():
                return listing
    return event.listings[0]


def _words(event: Event) -> str:
    """Return the words of a vague date, blank for an exact one."""
    span = event.span
    if span is not None and span.is_exact:
        return ""
    return next((listing.date_text for listing in event.listings if listing.span == span and listing.date_text), "")


def _source(listing: Listing) -> Source:
    return Source(
        organisation=listing.organisation,
        title=listing.title,
        language=listing.language,
        dates=phrases.dates_of(listing),
        since=phrases.day(listing.since) if listing.since else "",
        url=listing.url,
        note=listing.date_note,
    )


def _blind(view: CalendarHealthView, roster: Roster) -> BlindSpot:
    owner = roster.organisation(roster.calendar(view.calendar).organisation)
    kept = (
        f"Its last good copy, of {phrases.day(view.last_good)}, stands; nothing was withdrawn."
        if view.last_good
        else "It could not be read before either; nothing is known of it."
    )
    return BlindSpot(owner.id, view.calendar, view.detail, kept)


def _names(roster: Roster) -> dict[str, str]:
    return {organisation.id: organisation.name for organisation in roster.organisations}
