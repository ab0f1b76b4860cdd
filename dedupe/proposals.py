"""The story of a check: would my workshop clash, and when would it not?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from calendar_sync.roster import Organisation
from calendar_sync.spans import Span
from dedupe import phrases
from dedupe.alternatives import Alternative, Weeks, best, weigh
from dedupe.checks import Check as Check
from dedupe.checks import Proposal as Proposal
from dedupe.collisions import in_order
from dedupe.days import Days, days
from dedupe.duplicates import side_by_side
from dedupe.events import Event
from dedupe.finding import among, kind_between
from dedupe.findings import Finding, Kind, Reason, Severity
from dedupe.forums import forums
from dedupe.journeys import journeys, rows_of_journeys
from dedupe.known import Asked, Known, known
from dedupe.likeness import likeness
from dedupe.moving import weighed
from dedupe.policy import Policy
from dedupe.positions import LEADING, Register
from dedupe.profiles import Profile, profile
from dedupe.received import StateHistory, received
from dedupe.sayings import say
from dedupe.screens import Screen, reach_days

MOST_FINDINGS = 20
"""Findings told in full of one kind and another; the others are counted."""
_MOST_FORUM_EVENTS = 60
"""Events looked at for the forums' own meetings, nearest first."""
_NO_REGISTER = Register()


def check(
    proposal: Proposal,
    events: Sequence[Event],
    policy: Policy,
    organisations: Sequence[Organisation],
    on: date,
    *,
    weeks: int | None = None,
    register: Register = _NO_REGISTER,
) -> Check:
    """Hold a proposed workshop against events at hand, and look for better dates *weeks* to either side."""
    held = known(events, organisations, on)
    return check_against(proposal, [held], policy, organisations, on, weeks=weeks, register=register)


def check_against(
    proposal: Proposal,
    worlds: Sequence[Known],
    policy: Policy,
    organisations: Sequence[Organisation],
    on: date,
    *,
    weeks: int | None = None,
    year: bool = False,
    register: Register = _NO_REGISTER,
    listed_as: str = "",
) -> Check:
    """Hold a proposed workshop against everything known, and look for better dates *weeks* to either side.

    With *year*, the weeks of the twelve months from *on* are looked at instead, whether dates are asked for or not.
    *listed_as* is the id of the event it is, for one that is listed already.
    """
    weeks = policy.alternative_weeks if weeks is None else weeks
    proposed = profile(proposal.as_event(), organisations, on)
    asked = [_asked(proposed, world, policy, listed_as) for world in worlds]
    looked = Weeks.year(proposed.span, on, proposal.days) if year else Weeks.around(proposed.span, weeks, proposal.days)
    off = days(proposed.country, _years(proposed.span, looked))
    counts: Counter[Kind] = Counter()
    told: list[Finding] = []
    for entry in asked:
        found = _found(proposed, entry, policy)
        if proposed.span is not None:
            entry.full([*(row for _, _, row in found[:MOST_FINDINGS]), *rows_of_journeys(proposed.span, entry)])
        told += _listed_as(proposed, entry)
        counts.update(kind for kind, _, _ in found)
        told += _in_full(proposed, entry, found, policy, on)
    about_themes = _forums(proposed, asked, register, policy, on)
    told += about_themes
    counts.update(finding.kind for finding in told if finding.kind in (Kind.SAME_EVENT, Kind.FORUM))
    weighed_weeks = weigh(proposed, asked, policy, off, on, looked)
    span = proposed.span
    return Check(
        proposal=proposal,
        event=proposed.event,
        known_events=sum(len(world.columns) for world in worlds) - sum(_own(proposed, entry) for entry in asked),
        findings=tuple(sorted(told, key=_pressing)[:MOST_FINDINGS]),
        counts=dict(counts),
        history=tuple(received(proposed, asked, on)),
        alternatives=tuple(best(weighed_weeks, proposed, asked)),
        weeks=tuple(weighed_weeks),
        days=off.of(span),
        weekend_days=off.weekend_days(span.earliest, span.latest) if span and span.is_exact else 0,
        holidays_known=off.known,
        journeys=tuple(journeys(proposed, asked, policy)),
        states=tuple(sorted(proposed.states)),
        notes=tuple(_notes(proposal, proposed, off)),
    )


def other_dates(
    proposal: Proposal,
    world: Known,
    policy: Policy,
    organisations: Sequence[Organisation],
    on: date,
    *,
    weeks: int,
    listed_as: str,
) -> tuple[tuple[Alternative, ...], tuple[StateHistory, ...]]:
    """Look for better dates for a workshop that is listed, and return them with what its states received before.

    They are those of `check_against`, which tells besides what it would meet: that takes as long again.
    """
    proposed = profile(proposal.as_event(), organisations, on)
    asked = [_asked(proposed, world, policy, listed_as)]
    looked = Weeks.around(proposed.span, weeks, proposal.days)
    off = days(proposed.country, _years(proposed.span, looked))
    weighed_weeks = weigh(proposed, asked, policy, off, on, looked)
    return tuple(best(weighed_weeks, proposed, asked)), tuple(received(proposed, asked, on))


_ORDER = (Kind.CLASH, Kind.SAME_EVENT, Kind.DUPLICATIVE, Kind.FORUM, Kind.PART_OF, Kind.SERIES)


def _pressing(finding: Finding) -> tuple[int, int, int, tuple[str, ...]]:
    apart = finding.days_apart[0] if finding.days_apart else 0
    return _ORDER.index(finding.kind), list(Severity).index(finding.severity), apart, finding.key.ids


def count(
    proposal: Proposal,
    worlds: Sequence[Known],
    policy: Policy,
    organisations: Sequence[Organisation],
    on: date,
    *,
    listed_as: str = "",
) -> Counter[Kind]:
    """Count what `check_against` would find, by kind, without telling it: but for forums and what it may be itself."""
    proposed = profile(proposal.as_event(), organisations, on)
    asked = (_asked(proposed, world, policy, listed_as) for world in worlds)
    return Counter(kind for entry in asked for kind, _, _ in _found(proposed, entry, policy))


def _years(span: Span | None, looked: Weeks | None) -> range:
    first = span.earliest if span is not None else looked.first if looked is not None else None
    if first is None:
        return range(0)
    around = looked.years if looked is not None else 1
    return range(first.year - around, first.year + around + 1)


def _asked(proposed: Profile, world: Known, policy: Policy, listed_as: str) -> Asked:
    """Find what a proposal has in common with known events, and which of them list it already."""
    columns, screen = world.columns, Screen(world.columns, proposed, policy)
    itself = {row for id_ in {proposed.event.id, listed_as} - {""} for row in screen.rows_of(id_)}
    if proposed.span is not None and proposed.place is not None:
        first, last = proposed.span.earliest.toordinal(), proposed.span.latest.toordinal()
        near = screen.standing & screen.same_place & screen.same_subject & (screen.gap(first, last) < 1)
        near &= abs(columns.earliest - first) <= 1
        itself |= set(near.nonzero()[0].tolist())
    return Asked(world, screen, frozenset(itself))


def _own(proposed: Profile, asked: Asked) -> int:
    return len(asked.screen.rows_of(proposed.event.id))


def _listed_as(proposed: Profile, asked: Asked) -> list[Finding]:
    """Tell which known events the proposal seems to be: the same days in the same place, about the same."""
    rows = sorted(asked.itself - set(asked.screen.rows_of(proposed.event.id)))
    return [_listed(proposed, other) for other in asked.full(rows)]


def _listed(proposed: Profile, other: Profile) -> Finding:
    here = phrases.where(other.event)
    return Finding(
        kind=Kind.SAME_EVENT,
        severity=Severity.INFORMATION,
        title=say(
            "This may be the event that is already listed: {where}, {dates}",
            where=here,
            dates=phrases.dates(other.span),
        ),
        events=(other.event, proposed.event),
        reasons=(
            Reason(
                say(
                    "“{title}” is held on the same days in {where}, about the same.",
                    title=other.event.title,
                    where=here,
                )
            ),
        ),
        facts=side_by_side(other, proposed),
        states=tuple(sorted(proposed.states & other.states)),
        proposals=(say("If it is another event, move one of them."),),
    )


def _found(proposed: Profile, asked: Asked, policy: Policy) -> list[tuple[Kind, int, int]]:
    """Say of which events the rules have something to tell: kind, days apart and row, the most pressing first."""
    if proposed.span is None:
        return []
    columns = asked.known.columns
    rows = asked.rows(asked.screen.worth_telling(proposed.span)).tolist()
    found = []
    for row, other in zip(rows, columns.profiles(rows), strict=True):
        kind = kind_between(*in_order(proposed, other), policy)
        if kind is None or (kind is Kind.SERIES and not _telling(proposed, other, policy)):
            continue
        if other.span is not None and (apart := proposed.span.days_apart(other.span)[0]) <= reach_days(policy):
            found.append((kind, apart, row))
    return sorted(found, key=lambda entry: (_ORDER.index(entry[0]), entry[1], entry[2]))


def _telling(proposed: Profile, other: Profile, policy: Policy) -> bool:
    alike = likeness(*in_order(proposed, other))
    return alike is not None and alike.points >= policy.told_series_points


def _in_full(
    proposed: Profile, asked: Asked, found: Sequence[tuple[Kind, int, int]], policy: Policy, on: date
) -> list[Finding]:
    told = []
    # What the states received before stands in the history; the rule need not tell it again.
    for other in asked.full([row for _, _, row in found[:MOST_FINDINGS]]):
        one, two = in_order(proposed, other)
        finding = among(one, two, policy)
        if finding is not None:
            told.append(weighed(finding, one, two, policy, on))
    return told


def _forums(proposed: Profile, asked: Sequence[Asked], register: Register, policy: Policy, on: date) -> list[Finding]:
    """Tell where a theme meets a recorded position or a body's mandate, with that body's own meetings near the date."""
    without = forums([proposed], (), register, policy, on)
    if not without or proposed.span is None:
        return without
    first, last = proposed.span.earliest.toordinal(), proposed.span.latest.toordinal()
    held_by = {name for forum in (*register.forums, *LEADING) for name in forum.bodies}
    near: list[Profile] = []
    for entry in asked:
        gap = entry.screen.gap(first, last)
        rows = entry.rows(entry.screen.standing & entry.screen.held_by(held_by) & (gap <= policy.forum_days)).tolist()
        near += entry.full(sorted(rows, key=lambda row: (int(gap[row]), row))[:_MOST_FORUM_EVENTS])
    return forums([proposed], near, register, policy, on)


def _notes(proposal: Proposal, proposed: Profile, off: Days) -> list[str]:
    """Say what the answer had to do without."""
    notes: list[str] = []
    if proposal.city and proposed.place is None:
        notes.append(say("“{city}” is no city that we know: distances and travel are left out.", city=proposal.city))
    if not proposed.country:
        notes.append(say("No host country is named: public holidays are left out."))
    elif not off.known:
        state = phrases.state(proposed.country)
        notes.append(say("The public holidays of {state} are not known to us.", state=state))
    if proposal.audience and not proposed.states and not proposed.universal:
        named = phrases.listed([say("“{words}”", words=word) for word in proposal.audience])
        notes.append(say("Which states are invited by {words} is not known to us.", words=named))
    return notes
