"""`clash`: the same states, host city or organiser are needed on the same days."""

from __future__ import annotations

from collections.abc import Iterator

from calendar_sync.spans import Overlap
from dedupe import phrases
from dedupe.duplicates import reach, side_by_side
from dedupe.findings import Finding, Kind, Reason, Severity
from dedupe.meaning.places import distance_km
from dedupe.policy import Policy
from dedupe.profiles import Profile, same_people, same_subject


def clash(one: Profile, other: Profile, policy: Policy) -> Finding | None:
    """Say what two overlapping events double-book; None when nothing, or when they cannot overlap."""
    if one.span is None or other.span is None or one.cancelled or other.cancelled:
        return None
    if max(one.span.days, other.span.days) > policy.longest_vague_days:
        return None
    overlap = one.span.overlap(other.span, buffer_days=_buffer(one, other, policy))
    if overlap is Overlap.IMPOSSIBLE:
        return None
    reached = reach(one, other, policy)
    shared = reached[0] if reached is not None else frozenset()
    meets = one.span.overlap(other.span)
    reasons = [*_people(one, other, shared), *_teams(one, other, policy)]
    if meets is not Overlap.IMPOSSIBLE:
        reasons += _city(one, other)
    if not reasons:
        return None
    when = {
        Overlap.CERTAIN: "They are held on the same days.",
        Overlap.POSSIBLE: "They may fall on the same days: one of the dates is vague.",
        Overlap.IMPOSSIBLE: (
            f"Only {phrases.days(one.span.days_apart(other.span))} from the end of one to the start of the other, and "
            "delegations must travel."
        ),
    }[meets]
    need = "need" if overlap is Overlap.CERTAIN else "may need"
    return Finding(
        kind=Kind.CLASH,
        severity=_severity(one, other, overlap, bool(shared)),
        title=f"{phrases.where(one.event)}, {phrases.dates(one.span)}, and {phrases.where(other.event)}, "
        f"{phrases.dates(other.span)}, {need} the same people at the same time",
        events=(one.event, other.event),
        reasons=(Reason(when), *reasons),
        facts=side_by_side(one, other),
        overlap=overlap,
        certain=overlap is Overlap.CERTAIN,
        states=tuple(sorted(shared)),
        smaller_audience=reached[1] if reached else 0,
        days_apart=one.span.days_apart(other.span),
        proposals=(
            f"Move one of them, or join {phrases.where(other.event)} to {phrases.where(one.event)} as a side meeting.",
        ),
    )


def _people(one: Profile, other: Profile, shared: frozenset[str]) -> Iterator[Reason]:
    if shared:
        yield Reason(f"{len(shared)} states are invited to both: {phrases.states(shared)}.")
    elif one.universal and other.universal and not _elsewhere(one, other):
        yield Reason("All states are invited to both, and send the same delegations.")


def _elsewhere(one: Profile, other: Profile) -> bool:
    return one.place is not None and other.place is not None and one.place != other.place


def _teams(one: Profile, other: Profile, policy: Policy) -> Iterator[Reason]:
    """Find organisers that cannot hold two events at once: small bodies, and small teams of large ones."""
    both = one.offices & other.offices
    small = sorted(name for name in both if not _large(name, policy))
    if small and same_people(one, other):
        yield Reason(f"Both are organised by {phrases.listed([name.upper() for name in small])}.")
    teams = {team.casefold() for team in policy.small_teams}
    for name in sorted(both):
        for instrument in sorted(one.instruments & other.instruments):
            if f"{name} {instrument}".casefold() in teams and name not in small:
                about = f"resolution {instrument}" if instrument.isdigit() else instrument.upper()
                yield Reason(f"Both need the small team of {name.upper()} for {about}.")


def _city(one: Profile, other: Profile) -> Iterator[Reason]:
    """Two events in one town compete for it when they are of one field, or draw on the same states."""
    if one.place is None or one.place != other.place or one.online or other.online:
        return
    if same_subject(one, other) or one.states & other.states:
        yield Reason(f"Both are held in {one.place.name}.")


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
