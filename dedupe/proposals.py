"""The story of a check: would my workshop clash, and when would it not?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.roster import Organisation
from calendar_sync.spans import Overlap, Span
from dedupe import phrases
from dedupe.duplicates import side_by_side
from dedupe.events import Event
from dedupe.finding import among
from dedupe.findings import Finding, Kind, Reason, Severity
from dedupe.meaning.places import country_code
from dedupe.policy import Policy
from dedupe.profiles import Profile, profile, same_subject

_PROPOSED = "proposed"
MOST_ALTERNATIVES = 5


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

    def as_event(self, committee: str = "") -> Event:
        """Put it on the same footing as what calendars list."""
        listing = Listing(
            key=ListingKey(_PROPOSED, _PROPOSED),
            organisation=committee or _PROPOSED,
            title=self.title or "the proposed workshop",
            status=Status.TENTATIVE,
            span=self.span,
            city=self.city,
            country=country_code(self.country),
            audience=self.audience,
            themes=self.themes,
            organisers=self.organisers,
        )
        return Event(id=listing.id, listings=(listing,), workshop=True)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Other dates; *clashes* and *duplicates* count what would be found then."""

    span: Span
    clashes: int
    duplicates: int
    reason: str

    @property
    def words(self) -> str:
        """The dates written out."""
        return phrases.dates(self.span)


@dataclass(frozen=True, slots=True)
class StateHistory:
    """What one invited state received, or is invited to, about the same subject."""

    state: str
    events: tuple[str, ...]

    @property
    def state_name(self) -> str:
        """Its English name."""
        return phrases.state(self.state)


@dataclass(frozen=True, slots=True)
class Check:
    """The answer: findings most pressing first, the history of the states, other dates best first."""

    proposal: Proposal
    known_events: int
    findings: tuple[Finding, ...]
    history: tuple[StateHistory, ...]
    alternatives: tuple[Alternative, ...]

    @property
    def lead(self) -> str:
        """One sentence that answers the question."""
        kinds = [finding.kind for finding in self.findings]
        clashes, duplicates = kinds.count(Kind.CLASH), kinds.count(Kind.DUPLICATIVE)
        if self.known_events == 0:
            return "Nothing is known yet to compare with. Next: outreach sync"
        if not clashes and not duplicates:
            missing = [
                name
                for name, value in (("dates", self.proposal.span), ("an audience", self.proposal.audience))
                if not value
            ]
            hint = f" Without {phrases.listed(missing)} little can be said." if missing else ""
            return f"No clash and no duplicate among {self.known_events} known events.{hint}"
        certain = any(finding.certain for finding in self.findings if finding.kind in (Kind.CLASH, Kind.DUPLICATIVE))
        what = []
        if clashes:
            what.append(f"clash with {clashes} known event" + ("s" if clashes > 1 else ""))
        if duplicates:
            what.append(f"duplicate {duplicates} known event" + ("s" if duplicates > 1 else ""))
        return f"This workshop {'would' if certain else 'might'} {' and '.join(what)}."

    def as_json(self) -> dict[str, Any]:
        """Return JSON values; the schema is desk/schemas/check.schema.json."""
        return {
            "lead": self.lead,
            "known_events": self.known_events,
            "findings": [
                {
                    "kind": str(finding.kind), "severity": str(finding.severity), "title": finding.title,
                    "certain": finding.certain, "states": list(finding.states),
                    "smaller_audience": finding.smaller_audience,
                    "days_apart": list(finding.days_apart) if finding.days_apart else None,
                    "overlap": str(finding.overlap) if finding.overlap else None,
                    "reasons": [{"text": reason.text, "against": reason.against} for reason in finding.reasons],
                    "proposals": list(finding.proposals),
                    "event": _event_json(next(event for event in finding.events if not _is_proposed(event))),
                }
                for finding in self.findings
            ],
            "history": [
                {"state": line.state, "name": line.state_name, "events": list(line.events)} for line in self.history
            ],
            "alternatives": [
                {
                    "start": alternative.span.earliest.isoformat(), "end": alternative.span.latest.isoformat(),
                    "clashes": alternative.clashes, "duplicates": alternative.duplicates, "reason": alternative.reason,
                }
                for alternative in self.alternatives
            ],
        }  # fmt: skip


def check(
    proposal: Proposal,
    events: Sequence[Event],
    policy: Policy,
    organisations: Sequence[Organisation],
    on: date,
    *,
    weeks: int | None = None,
) -> Check:
    """Hold a proposed workshop against everything known, and look for better dates *weeks* to either side."""
    known = [profile(event, organisations, on) for event in events]
    proposed = profile(proposal.as_event(), organisations, on)
    near = [entry for entry in known if _may_meet(proposed, entry)]
    same = [entry for entry in near if _is_listed(proposed, entry)]
    others = [entry for entry in near if entry not in same]
    found = [_listed(proposed, entry) for entry in same]
    found += [finding for other in others if (finding := _between(proposed, other, policy, known)) is not None]
    found.sort(key=lambda finding: (_ORDER.index(finding.kind), finding.key.ids))
    return Check(
        proposal=proposal,
        known_events=len(events),
        findings=tuple(found),
        history=tuple(_history(proposed, known)),
        alternatives=tuple(
            _alternatives(proposed, others, policy, on, policy.alternative_weeks if weeks is None else weeks)
        ),
    )


_ORDER = [Kind.CLASH, Kind.SAME_EVENT, Kind.DUPLICATIVE, Kind.PART_OF, Kind.SERIES]


def _may_meet(proposed: Profile, other: Profile) -> bool:
    """True when two events have anything in common that a rule could build on."""
    return bool(
        proposed.states & other.states
        or proposed.organisers & other.organisers
        or (proposed.place is not None and proposed.place == other.place)
        or (proposed.universal and other.universal)
        or len(proposed.vocabulary & other.vocabulary) > 1
    )


def _is_listed(proposed: Profile, other: Profile) -> bool:
    """True when a calendar lists what is proposed: the same days in the same place, about the same."""
    if proposed.span is None or other.span is None or proposed.place is None or proposed.place != other.place:
        return False
    return (
        proposed.span.overlaps(other.span)
        and abs((proposed.span.earliest - other.span.earliest).days) <= 1
        and same_subject(proposed, other)
        and not other.cancelled
    )


def _listed(proposed: Profile, other: Profile) -> Finding:
    here = phrases.where(other.event)
    return Finding(
        kind=Kind.SAME_EVENT,
        severity=Severity.INFORMATION,
        title=f"This may be the event that is already listed: {here}, {phrases.dates(other.span)}",
        events=(other.event, proposed.event),
        reasons=(Reason(f"“{other.event.title}” is held on the same days in {here}, about the same."),),
        facts=side_by_side(other, proposed),
        states=tuple(sorted(proposed.states & other.states)),
        proposals=("If it is another event, move one of them.",),
    )


def _between(proposed: Profile, other: Profile, policy: Policy, history: Sequence[Profile]) -> Finding | None:
    if proposed.span is None or other.span is None:
        return None
    first, second = sorted(
        (proposed, other), key=lambda entry: (entry.span.earliest, entry.event.id) if entry.span else ()
    )
    if first.span is None or second.span is None:
        return None
    past = [entry for entry in history if entry.span and entry.span.latest < first.span.earliest] if history else []
    return among(first, second, policy, past)


def _history(proposed: Profile, known: Sequence[Profile]) -> list[StateHistory]:
    lines = []
    dated = [entry for entry in known if entry.span is not None]
    known = sorted(dated, key=lambda entry: (entry.span.earliest if entry.span else date.max, entry.event.id))
    for state in sorted(proposed.states, key=phrases.state):
        received = [
            f"{phrases.where(entry.event)}, {phrases.dates(entry.span)}"
            for entry in known
            if state in entry.states
            and (same_subject(entry, proposed) or not (proposed.instruments or proposed.themes))
        ]  # fmt: skip
        lines.append(StateHistory(state, tuple(received)))
    return lines


def _alternatives(
    proposed: Profile, known: Sequence[Profile], policy: Policy, on: date, weeks: int
) -> list[Alternative]:
    """Rank the same weekday in the weeks around: fewest clashes, fewest duplicates, nearest to what was asked."""
    span = proposed.span
    if span is None or weeks == 0:
        return []
    length = span.days if span.is_exact else min(span.days, 3)
    reach = policy.duplicative_days + 7 * (weeks + 1)
    known = [entry for entry in known if entry.span is not None and span.days_apart(entry.span)[0] <= reach]
    ranked = []
    for shift in sorted(range(-weeks, weeks + 1), key=lambda week: (abs(week), week)):
        try:
            first = _weekday(span.earliest + timedelta(weeks=shift), length)
            moved = Span.exact(first, first + timedelta(days=length - 1))
        except OverflowError:
            continue
        if moved.earliest <= on or (shift == 0 and moved == span):
            continue
        there = replace(proposed, span=moved)
        kinds = [finding.kind for other in known if (finding := _between(there, other, policy, ())) is not None]
        clashes, duplicates = kinds.count(Kind.CLASH), kinds.count(Kind.DUPLICATIVE)
        ranked.append(
            (
                clashes,
                duplicates,
                abs(shift),
                Alternative(moved, clashes, duplicates, _reason(there, known, clashes, duplicates)),
            )
        )
    ranked.sort(key=lambda entry: (entry[0], entry[1], entry[2], entry[3].span.earliest))
    return [alternative for _, _, _, alternative in ranked[:MOST_ALTERNATIVES]]


def _weekday(first: date, length: int) -> date:
    """Move a short event off the weekend: to the Monday after, when it would touch one."""
    if length <= 5 and first.weekday() + length > 5:
        return first + timedelta(days=7 - first.weekday())
    return first


def _reason(there: Profile, known: Sequence[Profile], clashes: int, duplicates: int) -> str:
    told = []
    told.append(f"{clashes} clash" + ("es" if clashes != 1 else "") if clashes else "no clash")
    told.append(f"{duplicates} duplicate" + ("s" if duplicates != 1 else "") if duplicates else "no duplicate")
    nearest = [
        (there.span.days_apart(entry.span)[0], entry)
        for entry in known
        if entry.span is not None and there.span is not None and entry.states & there.states
        and there.span.overlap(entry.span) is Overlap.IMPOSSIBLE
    ]  # fmt: skip
    if nearest:
        days, entry = min(nearest, key=lambda pair: (pair[0], pair[1].event.id))
        told.append(f"{phrases.days((days, days))} from {phrases.where(entry.event)}")
    return ", ".join(told)


def _is_proposed(event: Event) -> bool:
    return event.listings[0].key.calendar == _PROPOSED


def _event_json(event: Event) -> dict[str, Any]:
    span = event.span
    return {
        "id": event.id, "title": event.title, "city": event.city or None, "country": event.country or None,
        "earliest": span.earliest.isoformat() if span else None, "latest": span.latest.isoformat() if span else None,
        "exact": span.is_exact if span else False,
        "sources": sorted({listing.organisation for listing in event.listings}),
    }  # fmt: skip
