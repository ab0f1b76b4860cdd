"""`clash`: the same states, host city or organiser are needed on the same days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from calendar_sync.spans import Overlap, Span
from dedupe import phrases
from dedupe.duplicates import reach, side_by_side
from dedupe.findings import Finding, Kind, Reason, Severity
from dedupe.meaning.places import distance_km
from dedupe.policy import Policy
from dedupe.profiles import Profile, same_people, same_subject
from dedupe.sayings import counted, say


@dataclass(frozen=True, slots=True)
class _Booked:
    """What two events need at the same time."""

    overlap: Overlap
    """Travel included."""
    meets: Overlap
    """Without it."""
    shared: frozenset[str]
    smaller: int
    reasons: tuple[Reason, ...]


def clash(one: Profile, other: Profile, policy: Policy) -> Finding | None:
    """Say what two overlapping events double-book; None when nothing, or when they cannot overlap."""
    booked = _booked(one, other, policy)
    if booked is None or one.span is None or other.span is None:
        return None
    here, there = phrases.where(one.event), phrases.where(other.event)
    told = {"here": here, "then": phrases.dates(one.span), "there": there, "when": phrases.dates(other.span)}
    return Finding(
        kind=Kind.CLASH,
        severity=_severity(one, other, booked.overlap, bool(booked.shared)),
        title=say("{here}, {then}, and {there}, {when}, need the same people at the same time", **told)
        if booked.overlap is Overlap.CERTAIN
        else say("{here}, {then}, and {there}, {when}, may need the same people at the same time", **told),
        events=(one.event, other.event),
        reasons=(Reason(_when(booked.meets, one.span, other.span)), *booked.reasons),
        facts=side_by_side(one, other),
        overlap=booked.overlap,
        certain=booked.overlap is Overlap.CERTAIN,
        states=tuple(sorted(booked.shared)),
        smaller_audience=booked.smaller,
        days_apart=one.span.days_apart(other.span),
        proposals=(say("Move one of them, or join {there} to {here} as a side meeting.", here=here, there=there),),
    )


def why_clash(one: Profile, other: Profile, policy: Policy) -> str:
    """Say in a sentence how two events that double-book something fall together; blank when they do not."""
    booked = _booked(one, other, policy)
    if booked is None or one.span is None or other.span is None:
        return ""
    return _when(booked.meets, one.span, other.span)


def _booked(one: Profile, other: Profile, policy: Policy) -> _Booked | None:
    if one.span is None or other.span is None or one.cancelled or other.cancelled:
        return None
    if max(one.span.days, other.span.days) > policy.longest_vague_days:
        return None
    # No journey takes longer; how far it is need be asked of few pairs.
    if one.span.overlap(other.span, buffer_days=policy.travel_days) is Overlap.IMPOSSIBLE:
        return None
    overlap = one.span.overlap(other.span, buffer_days=_buffer(one, other, policy))
    if overlap is Overlap.IMPOSSIBLE:
        return None
    shared, smaller = reach(one, other, policy) or (frozenset[str](), 0)
    meets = one.span.overlap(other.span)
    reasons = [*_people(one, other, shared), *_teams(one, other, policy)]
    if meets is not Overlap.IMPOSSIBLE:
        reasons += _city(one, other)
    return _Booked(overlap, meets, shared, smaller, tuple(reasons)) if reasons else None


def _when(meets: Overlap, one: Span, other: Span) -> str:
    if meets is Overlap.CERTAIN:
        return say("They are held on the same days.")
    if meets is Overlap.POSSIBLE:
        return say("They may fall on the same days: one of the dates is vague.")
    return say(
        "Only {days} from the end of one to the start of the other, and delegations must travel.",
        days=phrases.days(one.days_apart(other)),
    )


def _people(one: Profile, other: Profile, shared: frozenset[str]) -> Iterator[Reason]:
    if shared:
        yield Reason(
            counted(
                len(shared), "{n} state is invited to both: {states}.", "{n} states are invited to both: {states}.",
                states=phrases.states(shared),
            )
        )  # fmt: skip
    elif one.universal and other.universal and not _elsewhere(one, other):
        yield Reason(say("All states are invited to both, and send the same delegations."))


def _elsewhere(one: Profile, other: Profile) -> bool:
    return one.place is not None and other.place is not None and one.place != other.place


def _teams(one: Profile, other: Profile, policy: Policy) -> Iterator[Reason]:
    """Find organisers that cannot hold two events at once: small bodies, and small teams of large ones."""
    both = one.offices & other.offices
    small = sorted(name for name in both if not _large(name, policy))
    if small and same_people(one, other):
        yield Reason(say("Both are organised by {who}.", who=phrases.listed([name.upper() for name in small])))
    teams = {team.casefold() for team in policy.small_teams}
    for name in sorted(both):
        for instrument in sorted(one.instruments & other.instruments):
            if f"{name} {instrument}".casefold() in teams and name not in small:
                about = phrases.instrument(instrument)
                yield Reason(say("Both need the small team of {who} for {what}.", who=name.upper(), what=about))


def _city(one: Profile, other: Profile) -> Iterator[Reason]:
    """Two events in one town compete for it when they are of one field, or draw on the same states."""
    if one.place is None or one.place != other.place or one.online or other.online:
        return
    if same_subject(one, other) or one.states & other.states:
        town = phrases.town(one.place.name, one.place.country)
        yield Reason(say("Both are held in one city: {town}.", town=town))


def _severity(one: Profile, other: Profile, overlap: Overlap, people: bool) -> Severity:
    if overlap is Overlap.CERTAIN and people:
        return Severity.HIGH
    return Severity.MEDIUM if people or one.offices & other.offices else Severity.LOW


def _buffer(one: Profile, other: Profile, policy: Policy) -> int:
    """Days of travel: none online, within a town or between towns an hour's drive apart."""
    if one.online or other.online:
        return 0
    if one.place is not None and other.place is not None and distance_km(one.place, other.place) <= policy.near_km:
        return 0
    return policy.travel_days


def _large(name: str, policy: Policy) -> bool:
    return name.casefold() in {office.casefold() for office in policy.large_offices}
