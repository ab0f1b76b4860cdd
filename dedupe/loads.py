"""`load`: a state is invited too often within twelve months, or never while others of its group are."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from calendar_sync.roster import Organisation
from calendar_sync.spans import Span
from dedupe import phrases
from dedupe.findings import Finding, Kind, Reason, Severity
from dedupe.meaning import audiences
from dedupe.policy import Policy
from dedupe.profiles import Profile

_Invited = dict[str, list[tuple[Span, Profile]]]
_MOST_LISTED = 12
_MOST_NEIGHBOURS = 5
_WORLD = ("Africa", "Asia", "Europe", "Latin America and the Caribbean", "Oceania", "US", "CA")


def loads(known: Sequence[Profile], policy: Policy, organisations: Sequence[Organisation], on: date) -> list[Finding]:
    """Make at most one finding for each watched state: invited too often, or never.

    *known* are all events around the night; those without exact enough dates, cancelled, or for more states than
    `load_widest` invite nobody in particular.
    """
    invited = _invitations(known, policy)
    watched = _watched(known, policy, organisations, on)
    wide = [
        profile
        for profile in known
        if len(profile.states) > policy.load_widest and profile.span is not None and not profile.cancelled
    ]
    found = [finding for state in sorted(watched) if (finding := _often(state, invited, wide, policy, on)) is not None]
    return found + list(_never(known, invited, policy, organisations, on))


def _invitations(known: Sequence[Profile], policy: Policy) -> _Invited:
    """Return what each state is invited to."""
    invited: _Invited = defaultdict(list)
    for profile in known:
        span = profile.span
        if span is None or profile.cancelled or span.days > policy.longest_vague_days:
            continue
        if len(profile.states) <= policy.load_widest:
            for state in profile.states:
                invited[state].append((span, profile))
    return invited


def _watched(
    known: Sequence[Profile], policy: Policy, organisations: Sequence[Organisation], on: date
) -> Collection[str]:
    """Return the states that the policy names, else those invited to a workshop of the programme still to come."""
    if policy.programme_states:
        return audiences.states(policy.programme_states, on, organisations).states
    ahead = [profile for profile in known if profile.event.workshop and not profile.cancelled and not profile.over(on)]
    return frozenset(state for profile in ahead for state in profile.states)


def _often(state: str, invited: _Invited, wide: Sequence[Profile], policy: Policy, on: date) -> Finding | None:
    """Look at the twelve months that end with each event still to come; the fullest count, the earliest of equals."""
    entries = sorted(invited.get(state, ()), key=lambda entry: (entry[0].latest, entry[1].event.id))
    ends = [span.latest for span, _ in entries]
    fullest: list[tuple[Span, Profile]] = []
    for at, (span, _) in enumerate(entries):
        if span.latest >= on:
            within = entries[bisect_right(ends, span.latest - timedelta(days=policy.load_days)) : at + 1]
            fullest = within if len(within) > len(fullest) else fullest
    if len(fullest) < policy.load_most:
        return None
    name = phrases.state(state)
    first, last = fullest[0][0].earliest, fullest[-1][0].latest
    uncounted = sum(
        1 for entry in wide if entry.span is not None and state in entry.states and first <= entry.span.latest <= last
    )
    ahead = [profile for span, profile in fullest if span.latest >= on]
    return Finding(
        kind=Kind.LOAD,
        severity=Severity.LOW,
        title=f"{name} is invited to {len(fullest)} events within {_months(policy)}",
        events=tuple(profile.event for _, profile in fullest),
        reasons=(
            *_listed(fullest),
            *_uncounted(uncounted, policy),
        ),
        states=(state,),
        subject=f"{state} often",
        rests_on=tuple(sorted(f"events:{profile.event.id}" for _, profile in fullest)),
        proposals=(
            f"Ask {name} which of them it needs; {phrases.where(ahead[0].event)} is the next.",
            "Or hold a short session beside an event that its officials attend anyway.",
        ),
    )


def _listed(entries: Sequence[tuple[Span, Profile]]) -> Iterator[Reason]:
    for span, profile in entries[:_MOST_LISTED]:
        where = phrases.place(profile.event.city, profile.event.country)
        yield Reason(f"{phrases.dates(span)}{f', {where}' if where else ''}: “{profile.event.title}”.")
    if len(entries) > _MOST_LISTED:
        yield Reason(f"And {len(entries) - _MOST_LISTED} more.")


def _uncounted(number: int, policy: Policy) -> Iterator[Reason]:
    if number:
        events = "1 event" if number == 1 else f"{number} events"
        yield Reason(f"Not counted: {events} for more than {policy.load_widest} states.", against=True)


def _never(
    known: Sequence[Profile], invited: _Invited, policy: Policy, organisations: Sequence[Organisation], on: date
) -> Iterator[Finding]:
    """Find the few members of an organisation that nothing invites, while nearly all others are invited."""
    since = on - timedelta(days=policy.load_days)
    reached = {state for state, entries in invited.items() if any(span.latest > since for span, _ in entries)}
    reached |= {
        state
        for profile in known
        if profile.span is not None and not profile.cancelled and profile.span.latest > since
        and profile.span.days <= policy.longest_vague_days
        for state in (profile.states if not profile.universal else ())
    }  # fmt: skip
    watched = _watched(known, policy, organisations, on)
    named: set[str] = set()
    chosen = {name.casefold() for name in policy.never_groups}
    for organisation in organisations:
        if chosen and organisation.id.casefold() not in chosen:
            continue
        # Whoever joined within the months looked at was not yet meant by the events of its first ones.
        members = organisation.states(on) & organisation.states(since) & _invitable(on)
        left_out = sorted(members - reached)
        inside = members & reached
        # Nothing of ours ahead for this group: nobody could invite the others to anything.
        if inside.isdisjoint(watched):
            continue
        if not left_out or len(left_out) > policy.never_most or len(inside) < policy.never_share * len(members):
            continue
        for state in left_out:
            if state not in named:
                named.add(state)
                yield _left_out(state, inside, members, organisation, invited, policy, on)


def _left_out(
    state: str, inside: Collection[str], members: Collection[str], organisation: Organisation, invited: _Invited,
    policy: Policy, on: date,
) -> Finding:  # fmt: skip
    name = phrases.state(state)
    since = on - timedelta(days=policy.load_days)
    counted: dict[str, tuple[Span, Profile, int]] = {}
    for other in inside:
        for span, profile in invited.get(other, []):
            if span.latest > since:
                number = counted[profile.event.id][2] if profile.event.id in counted else 0
                counted[profile.event.id] = (span, profile, number + 1)
    most = sorted(counted.values(), key=lambda entry: (-entry[2], entry[0].latest, entry[1].event.id))
    shown = sorted(most[:_MOST_NEIGHBOURS], key=lambda entry: (entry[0].latest, entry[1].event.id))
    return Finding(
        kind=Kind.LOAD,
        severity=Severity.LOW,
        title=f"No event within {_months(policy)} invites {name}, while {len(inside)} of the {len(members)} members "
        f"of {organisation.name} are invited",
        events=tuple(profile.event for _, profile, _ in shown),
        reasons=tuple(
            Reason(
                f"{phrases.dates(span)}, {phrases.where(profile.event)}: invites {number} other "
                f"{'member' if number == 1 else 'members'}."
            )
            for span, profile, number in shown
        ),
        states=(state,),
        subject=f"{state} never",
        rests_on=(f"events:never {organisation.id}",),
        proposals=(f"Ask {name} whether it was reached otherwise, or wishes to be invited to the next event.",),
    )


def _invitable(on: date) -> frozenset[str]:
    """Return the Member and observer States of the United Nations: some members of organisations are neither."""
    return audiences.states(_WORLD, on).states - {"EH"}


def _months(policy: Policy) -> str:
    return "twelve months" if policy.load_days in (365, 366) else f"{policy.load_days} days"
