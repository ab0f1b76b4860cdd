"""A proposed workshop, and the answer to whether it would clash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.spans import Span
from dedupe import phrases
from dedupe.alternatives import Alternative
from dedupe.days import Day
from dedupe.events import Event
from dedupe.findings import Finding, Kind
from dedupe.journeys import Journey
from dedupe.meaning.places import country_code
from dedupe.received import StateHistory
from dedupe.sayings import beside, counted, say

_PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A workshop somebody thinks of holding; any field may be blank, *span* may be vague."""

    title: str = ""
    span: Span | None = None
    city: str = ""
    country: str = ""
    """An ISO code or the state's name."""
    audience: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    organisers: tuple[str, ...] = ()
    online: bool = False
    days: int = 0
    """How long it is to last where the dates do not say so; 0: nobody said."""
    listed: Listing | None = None
    """The row of a plan that it stands in, which then says all the rest."""

    @classmethod
    def of(cls, listing: Listing) -> Proposal:
        """Take a row of a plan for a proposal."""
        return cls(
            listing.title, listing.span, listing.city, listing.country, listing.audience, listing.themes,
            listing.organisers, listing.online, listed=listing,
        )  # fmt: skip

    def as_listing(self, key: ListingKey, organisation: str, title: str = "") -> Listing:
        """Word it as a calendar would; *title* stands where none was said."""
        return Listing(
            key=key,
            organisation=organisation,
            title=self.title or title or say("the proposed workshop"),
            status=Status.TENTATIVE,
            span=self.span,
            city=self.city,
            country=country_code(self.country),
            audience=self.audience,
            themes=self.themes,
            organisers=self.organisers,
            online=self.online,
        )

    def as_event(self, committee: str = "") -> Event:
        """Put it on the same footing as what calendars list."""
        listing = self.listed or self.as_listing(ListingKey(_PROPOSED, _PROPOSED), committee or _PROPOSED)
        return Event(id=listing.id, listings=(listing,), workshop=True)


@dataclass(frozen=True, slots=True)
class Check:
    """The answer: findings most pressing first, what the states received, the days around, other dates best first."""

    proposal: Proposal
    event: Event
    """The proposal as the rules see it."""
    known_events: int
    findings: tuple[Finding, ...]
    counts: Mapping[Kind, int]
    """How many were found of each kind, those included that are not told in full."""
    history: tuple[StateHistory, ...]
    alternatives: tuple[Alternative, ...]
    weeks: tuple[Alternative, ...] = ()
    """Every week around, in the order of time."""
    days: tuple[Day, ...] = ()
    """Holidays, sessions and observed days on the proposed dates."""
    weekend_days: int = 0
    """Days of the host country's weekend among them."""
    holidays_known: bool = True
    """False when the host country's holidays are not known to us, or no country is named."""
    journeys: tuple[Journey, ...] = ()
    states: tuple[str, ...] = ()
    """The states invited, ISO codes sorted."""
    notes: tuple[str, ...] = ()
    """What could not be taken into account, each a sentence."""

    @property
    def lead(self) -> str:
        """One sentence that answers the question."""
        clashes, duplicates = self.counts.get(Kind.CLASH, 0), self.counts.get(Kind.DUPLICATIVE, 0)
        if self.known_events == 0:
            return say("Nothing is known yet to compare with. Next: outreach sync")
        if not clashes and not duplicates:
            known = say("No clash and no duplicate among {number} known events.", number=self.known_events)
            return beside((known, _without(self.proposal)), " ")
        certain = any(finding.certain for finding in self.findings if finding.kind in (Kind.CLASH, Kind.DUPLICATIVE))
        return _would(clashes, duplicates) if certain else _might(clashes, duplicates)

    @property
    def untold(self) -> int:
        """Findings that are counted and not told in full."""
        return sum(self.counts.values()) - len(self.findings)

    def other(self, finding: Finding) -> Event | None:
        """Return the known event of a finding; None where it is about the proposal alone."""
        return next((event for event in finding.events if event.id != self.event.id), None)

    def as_json(self) -> dict[str, Any]:
        """Return JSON values; the schema is desk/schemas/check.schema.json."""
        return {
            "lead": self.lead,
            "known_events": self.known_events,
            "counts": {str(kind): number for kind, number in sorted(self.counts.items())},
            "findings": [self._finding_json(finding) for finding in self.findings],
            "untold": self.untold,
            "states": list(self.states),
            "history": [line.as_json() for line in self.history],
            "days": [day.as_json() for day in self.days],
            "weekend_days": self.weekend_days,
            "holidays_known": self.holidays_known,
            "journeys": [journey.as_json() for journey in self.journeys],
            "alternatives": [alternative.as_json() for alternative in self.alternatives],
            "weeks": [
                {
                    "start": week.span.earliest.isoformat(), "end": week.span.latest.isoformat(), "weeks": week.weeks,
                    "clashes": week.clashes, "duplicates": week.duplicates, "against": week.against,
                }
                for week in self.weeks
            ],
            "notes": list(self.notes),
        }  # fmt: skip

    def _finding_json(self, finding: Finding) -> dict[str, Any]:
        other = self.other(finding)
        return {
            "kind": str(finding.kind), "severity": str(finding.severity), "title": finding.title,
            "certain": finding.certain, "states": list(finding.states), "smaller_audience": finding.smaller_audience,
            "days_apart": list(finding.days_apart) if finding.days_apart else None,
            "overlap": str(finding.overlap) if finding.overlap else None,
            "reasons": [{"text": reason.text, "against": reason.against} for reason in finding.reasons],
            "proposals": list(finding.proposals), "event": _event_json(other) if other is not None else None,
        }  # fmt: skip


def somebodys(name: str) -> str:
    """Name a workshop that somebody plans and of which no title is known."""
    return say("A proposal of {name}", name=name)


def _without(proposal: Proposal) -> str:
    missing = [
        name for name, value in ((say("dates"), proposal.span), (say("an audience"), proposal.audience)) if not value
    ]
    return say("Without {what} little can be said.", what=phrases.listed(missing)) if missing else ""


def _would(clashes: int, duplicates: int) -> str:
    clashing, repeated = _known(clashes), _known(duplicates)
    if clashes and duplicates:
        return say(
            "This workshop would clash with {clashing} and duplicate {repeated}.", clashing=clashing, repeated=repeated
        )
    if clashes:
        return say("This workshop would clash with {clashing}.", clashing=clashing)
    return say("This workshop would duplicate {repeated}.", repeated=repeated)


def _might(clashes: int, duplicates: int) -> str:
    clashing, repeated = _known(clashes), _known(duplicates)
    if clashes and duplicates:
        return say(
            "This workshop might clash with {clashing} and duplicate {repeated}.", clashing=clashing, repeated=repeated
        )
    if clashes:
        return say("This workshop might clash with {clashing}.", clashing=clashing)
    return say("This workshop might duplicate {repeated}.", repeated=repeated)


def _known(number: int) -> str:
    return counted(number, "{n} known event", "{n} known events")


def _event_json(event: Event) -> dict[str, Any]:
    span = event.span
    return {
        "id": event.id, "title": event.title, "city": event.city or None, "country": event.country or None,
        "earliest": span.earliest.isoformat() if span else None, "latest": span.latest.isoformat() if span else None,
        "exact": span.is_exact if span else False,
        "sources": sorted({listing.organisation for listing in event.listings}),
    }  # fmt: skip
