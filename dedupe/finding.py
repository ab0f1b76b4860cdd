"""The story of finding: from events to what coordinators and organisations should know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from calendar_sync.roster import Organisation
from dedupe.conflicts import clash, why_clash
from dedupe.contradictions import contradictions
from dedupe.decisions import Decision
from dedupe.duplicates import duplicative, reaches_twice, why_duplicative
from dedupe.events import Event
from dedupe.findings import Finding, Kind, Severity
from dedupe.forums import forums
from dedupe.likeness import likeness
from dedupe.loads import loads
from dedupe.moving import weighed
from dedupe.policy import Policy
from dedupe.positions import Register
from dedupe.profiles import Profile, profile
from dedupe.recognitions import same_events
from dedupe.series import part_of, series, why_part_of, why_series

_NOTHING_RECORDED = Register()


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
    register: Register = _NOTHING_RECORDED,
) -> Found:
    """Find what needs a word on the night *on*: about events still to come, with the past as their history."""
    profiles = [profile(event, organisations, on) for event in events]
    near = [entry for entry in profiles if _worth(entry, policy, on)]
    coming = [entry for entry in near if not entry.over(on)]
    found = same_events(coming, organisations) + contradictions(coming, organisations)
    found += forums(coming, near, register, policy, on) + loads(near, policy, organisations, on)
    history = sorted((entry for entry in near if entry.over(on)), key=_order)
    for one, other in _pairs(near, policy):
        if one.over(on) and other.over(on):
            continue
        between = among(one, other, policy, history)
        if between is not None and (between.kind is not Kind.SERIES or _telling(one, other, policy)):
            found.append(weighed(between, one, other, policy, on))
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
    return related([profile(event, organisations) for event in events], policy)


def related(profiles: Iterable[Profile], policy: Policy) -> list[Relation]:
    """Name the relations between events that are near in time, or that share an organiser or a telling word."""
    # Without organisers and audiences nothing can be said of two different events.
    telling = [entry for entry in profiles if entry.organisers or entry.states or entry.universal]
    ordered = sorted(telling, key=_order)
    found = []
    for one, other in _worth_a_look(ordered, policy, policy.duplicative_days, sharing=True):
        kind, why = _between(one, other, policy)
        if kind is not None:
            found.append(Relation(kind, one.event, other.event, why))
    return found


def kind_between(one: Profile, other: Profile, policy: Policy) -> Kind | None:
    """Return the kind of the finding that `among` would make; None for none. *one* starts first."""
    return next((kind for kind, rule in _KINDS if rule(one, other, policy)), None)


def _between(one: Profile, other: Profile, policy: Policy) -> tuple[Kind | None, str]:
    """Return the kind of `among` and its first reason, without the finding around them."""
    for kind, rule in _RULES:
        why = rule(one, other, policy)
        if why:
            return kind, why
    return None, ""


def _worth_a_look(
    ordered: Sequence[Profile], policy: Policy, within: int, *, sharing: bool
) -> Iterator[tuple[Profile, Profile]]:
    # A check asks `among` of a few pairs, and must not wait for numpy.
    from dedupe import screening

    for one, other in screening.pairs(ordered, policy, within, sharing=sharing).tolist():
        yield ordered[one], ordered[other]


def _order(entry: Profile) -> tuple[date, date, str]:
    """Earlier first, undated last."""
    return (
        entry.span.earliest if entry.span else date.max, entry.span.latest if entry.span else date.max, entry.event.id
    )  # fmt: skip


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
    return _worth_a_look(dated, policy, max(policy.duplicative_days, policy.look_back_days), sharing=False)


_RULES: Sequence[tuple[Kind, Callable[[Profile, Profile, Policy], str]]] = (
    (Kind.PART_OF, why_part_of),
    (Kind.SERIES, why_series),
    (Kind.CLASH, why_clash),
    (Kind.DUPLICATIVE, why_duplicative),
)
"""In the order of `among`."""
_KINDS: Sequence[tuple[Kind, Callable[[Profile, Profile, Policy], object]]] = (
    *_RULES[:-1],
    # Naming the states they share would take longer than finding them.
    (Kind.DUPLICATIVE, reaches_twice),
)
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
