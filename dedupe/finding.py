"""The story of finding: from events to what coordinators and organisations should know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from calendar_sync.roster import Organisation
from dedupe.conflicts import clash
from dedupe.contradictions import contradictions
from dedupe.decisions import Decision
from dedupe.duplicates import duplicative
from dedupe.events import Event
from dedupe.findings import Finding, Kind, Severity
from dedupe.likeness import likeness
from dedupe.policy import Policy
from dedupe.profiles import Profile, profile
from dedupe.recognitions import same_events
from dedupe.series import part_of, series


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, and what a decision has settled as long as its facts hold."""

    findings: tuple[Finding, ...] = ()
    settled: tuple[tuple[Finding, Decision], ...] = ()
    reopened: tuple[tuple[Finding, Decision], ...] = ()
    """Findings that stand among *findings* again because a material fact changed; the decision says which."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One kind for a pair of different events."""

    kind: Kind
    first: Event
    second: Event
    why: str


def find(
    events: Sequence[Event],
    decisions: Sequence[Decision],
    policy: Policy,
    organisations: Sequence[Organisation],
    on: date,
) -> Found:
    """Find what needs a word on the night *on*: about events still to come, with the past as their history."""
    profiles = [profile(event, organisations, on) for event in events]
    near = [entry for entry in profiles if _worth(entry, policy, on)]
    coming = [entry for entry in near if not entry.over(on)]
    found = same_events(coming, organisations) + contradictions(coming, organisations)
    history = [entry for entry in near if entry.over(on)]
    for one, other in _pairs(near, policy):
        if one.over(on) and other.over(on):
            continue
        between = among(one, other, policy, history)
        if between is not None and (between.kind is not Kind.SERIES or _telling(one, other, policy)):
            found.append(between)
    last = {decision.finding: decision for decision in sorted(decisions, key=lambda decision: decision.at)}
    settled = [
        (finding, last[finding.key]) for finding in found if finding.key in last and last[finding.key].settles(finding)
    ]
    quiet = {finding.key for finding, _ in settled}
    open_ = [finding for finding in found if finding.key not in quiet]
    reopened = [(finding, last[finding.key]) for finding in open_ if finding.key in last]
    return Found(
        tuple(sorted(open_, key=_pressing)),
        tuple(sorted(settled, key=lambda entry: _pressing(entry[0]))),
        tuple(sorted(reopened, key=lambda entry: _pressing(entry[0]))),
    )


def _telling(one: Profile, other: Profile, policy: Policy) -> bool:
    alike = likeness(one, other)
    return alike is not None and alike.points >= policy.told_series_points


def among(one: Profile, other: Profile, policy: Policy, history: Sequence[Profile] = ()) -> Finding | None:
    """Return the one finding about two different events: the first kind that fits, siblings before duplicates."""
    return (
        part_of(one, other, policy)
        or series(one, other, policy)
        or clash(one, other, policy)
        or duplicative(one, other, policy, history)
    )


def relations(events: Sequence[Event], policy: Policy, organisations: Sequence[Organisation] = ()) -> list[Relation]:
    """Name the relations between events whatever today is; at most one for a pair."""
    profiles = [profile(event, organisations) for event in events]
    # Without organisers and audiences nothing can be said of two different events.
    telling = [entry for entry in profiles if entry.organisers or entry.states or entry.universal]
    found = []
    for one, other in _related(telling, policy):
        finding = among(one, other, policy)
        if finding is not None:
            found.append(Relation(finding.kind, one.event, other.event, finding.reasons[0].text))
    return found


def _related(profiles: Sequence[Profile], policy: Policy) -> Iterator[tuple[Profile, Profile]]:
    """Yield pairs of events that are near in time, or that share an organiser or a telling word at any distance."""
    ordered = sorted(profiles, key=_order)
    pairs: set[tuple[int, int]] = set()
    buckets: dict[str, list[int]] = {}
    for position, entry in enumerate(ordered):
        telling = {word for title in entry.titles for word, worth in title.items() if worth >= 1}
        for key in (*entry.organisers, *telling):
            buckets.setdefault(key, []).append(position)
        for later in range(position + 1, len(ordered)):
            apart = _apart(entry, ordered[later])
            if apart is None or apart > policy.duplicative_days:
                break
            pairs.add((position, later))
    for members in buckets.values():
        if len(members) <= _MOST_SHARING:
            pairs.update(combinations(members, 2))
    for one, other in sorted(pairs):
        yield ordered[one], ordered[other]


def _order(entry: Profile) -> tuple[date, date, str]:
    """Earlier first, undated last."""
    return (
        entry.span.earliest if entry.span else date.max, entry.span.latest if entry.span else date.max, entry.event.id
    )  # fmt: skip


def _apart(one: Profile, other: Profile) -> int | None:
    if one.span is None or other.span is None:
        return None
    return (other.span.earliest - one.span.latest).days


def _worth(entry: Profile, policy: Policy, on: date) -> bool:
    """Tell whether an event lies near enough to the night to matter."""
    if entry.span is None:
        return True
    return entry.span.latest >= on.fromordinal(
        max(1, on.toordinal() - policy.look_back_days)
    ) and entry.span.earliest <= on.fromordinal(on.toordinal() + policy.look_ahead_days)


def _pairs(profiles: Sequence[Profile], policy: Policy) -> Iterator[tuple[Profile, Profile]]:
    """Yield pairs of dated events, earlier first, that one rule or another may join."""
    dated = sorted((entry for entry in profiles if entry.span is not None), key=_order)
    reach = max(policy.duplicative_days, policy.look_back_days)
    for position, one in enumerate(dated):
        for other in dated[position + 1 :]:
            apart = _apart(one, other)
            if apart is None or apart > reach:
                break
            yield one, other


_MOST_SHARING = 400
"""Events sharing a word or an organiser from which on it tells nothing."""

_ORDER = [
    Kind.CLASH,
    Kind.DUPLICATIVE,
    Kind.CONTRADICTION,
    Kind.FORUM,
    Kind.LOAD,
    Kind.SAME_EVENT,
    Kind.PART_OF,
    Kind.SERIES,
]


def _pressing(finding: Finding) -> tuple[int, int, date, tuple[str, ...]]:
    """Order by severity, kind and how soon the earlier event starts."""
    spans = [event.span.earliest for event in finding.events if event.span]
    return (
        list(Severity).index(finding.severity),
        _ORDER.index(finding.kind),
        min(spans, default=date.max),
        finding.key.ids,
    )
