"""`clash`: the same states, host city or organiser are needed on the same days."""

from __future__ import annotations

from calendar_sync.spans import Overlap
from dedupe import phrases
from dedupe.duplicates import reach, side_by_side
from dedupe.findings import Finding, Kind, Reason, Severity
from dedupe.policy import Policy
from dedupe.profiles import Profile, same_people, same_subject


def clash(one: Profile, other: Profile, policy: Policy) -> Finding | None:
    """Say what two overlapping events double-book; None when nothing, or when they cannot overlap."""
    if one.span is None or other.span is None or one.cancelled or other.cancelled:
        return None
    overlap = one.span.overlap(other.span, buffer_days=_buffer(one, other, policy))
    if overlap is Overlap.IMPOSSIBLE:
        return None
    reasons: list[Reason] = []
    reached = reach(one, other, policy)
    shared: frozenset[str] = frozenset()
    if reached is not None:
        shared = reached[0]
        reasons.append(Reason(f"{len(shared)} states are invited to both: {phrases.states(shared)}."))
    small = {name for name in one.organisers & other.organisers if not _large(name, policy)}
    if small and same_people(one, other):
        reasons.append(Reason(f"Both are organised by {phrases.listed(sorted(name.upper() for name in small))}."))
    if (
        one.place
        and other.place
        and one.place == other.place
        and same_subject(one, other)
        and not (one.online or other.online)
    ):
        reasons.append(Reason(f"Both are held in {one.place.name}."))
    if not reasons:
        return None
    meets = one.span.overlap(other.span)
    when = {
        Overlap.CERTAIN: "They are held on the same days.",
        Overlap.POSSIBLE: "They may fall on the same days: one of the dates is vague.",
        Overlap.IMPOSSIBLE: (
            f"Only {phrases.days(one.span.days_apart(other.span))} between them, and delegations must travel."
        ),
    }[meets]
    return Finding(
        kind=Kind.CLASH,
        severity=Severity.HIGH
        if overlap is Overlap.CERTAIN and shared
        else Severity.MEDIUM
        if shared or small
        else Severity.LOW,
        title=f"{phrases.where(one.event)}, {phrases.dates(one.span)}, and "
        f"{phrases.where(other.event)}, "
        f"{phrases.dates(other.span)}, {'need' if overlap is Overlap.CERTAIN else 'may need'} the same people "
        "at the same time",
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


def _buffer(one: Profile, other: Profile, policy: Policy) -> int:
    """Days of travel: none within a city or for online events."""
    if one.online or other.online or (one.place is not None and one.place == other.place):
        return 0
    return policy.travel_days


def _large(name: str, policy: Policy) -> bool:
    return name.startswith("state:") or name.casefold() in {office.casefold() for office in policy.large_offices}
