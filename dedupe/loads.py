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
from dedupe.sayings import beside, counted, say

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
        title=counted(
            len(fullest),
            "{state} is invited to {n} event within {period}",
            "{state} is invited to {n} events within {period}",
            state=name,
            period=_months(policy),
        ),
        events=tuple(profile.event for _, profile in fullest),
        reasons=(
            *_listed(fullest),
            *_uncounted(uncounted, policy),
        ),
        states=(state,),
        subject=f"{state} often",
        rests_on=tuple(sorted(f"events:{profile.event.id}" for _, profile in fullest)),
        proposals=(
            say(
                "Ask {state} which of them it needs; {where} is the next.",
                state=name,
                where=phrases.where(ahead[0].event),
            ),
            say("Or hold a short session beside an event that its officials attend anyway."),
        ),
    )


def _listed(entries: Sequence[tuple[Span, Profile]]) -> Iterator[Reason]:
    for span, profile in entries[:_MOST_LISTED]:
        where = beside((phrases.dates(span), phrases.place(profile.event.city, profile.event.country)))
        yield Reason(say("{where}: “{title}”.", where=where, title=profile.event.title))
    if len(entries) > _MOST_LISTED:
        yield Reason(counted(len(entries) - _MOST_LISTED, "And {n} more.", "And {n} more."))


def _uncounted(number: int, policy: Policy) -> Iterator[Reason]:
    if number:
        wide = counted(
            number, "Not counted: {n} event for more than {most} states.",
            "Not counted: {n} events for more than {most} states.", most=policy.load_widest,
        )  # fmt: skip
        yield Reason(wide, against=True)


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
    reached: dict[str, tuple[Span, Profile, int]] = {}
    for other in inside:
        for span, profile in invited.get(other, []):
            if span.latest > since:
                number = reached[profile.event.id][2] if profile.event.id in reached else 0
                reached[profile.event.id] = (span, profile, number + 1)
    most = sorted(reached.values(), key=lambda entry: (-entry[2], entry[0].latest, entry[1].event.id))
    shown = sorted(most[:_MOST_NEIGHBOURS], key=lambda entry: (entry[0].latest, entry[1].event.id))
    return Finding(
        kind=Kind.LOAD,
        severity=Severity.LOW,
        title=counted(
            len(inside),
            "No event within {period} invites {state}, while {n} of the {all} members of {organisation} is invited",
            "No event within {period} invites {state}, while {n} of the {all} members of {organisation} are invited",
            period=_months(policy),
            state=name,
            all=len(members),
            organisation=phrases.organisation(organisation),
        ),
        events=tuple(profile.event for _, profile, _ in shown),
        reasons=tuple(
            Reason(
                counted(
                    number,
                    "{where}: invites {n} other member.",
                    "{where}: invites {n} other members.",
                    where=beside((phrases.dates(span), phrases.where(profile.event))),
                )
            )
            for span, profile, number in shown
        ),
        states=(state,),
        subject=f"{state} never",
        rests_on=(f"events:never {organisation.id}",),
        proposals=(
            say("Ask {state} whether it was reached otherwise, or wishes to be invited to the next event.", state=name),
        ),
    )


def _invitable(on: date) -> frozenset[str]:
    """Return the Member and observer States of the United Nations: some members of organisations are neither."""
    return audiences.states(_WORLD, on).states - {"EH"}


def _months(policy: Policy) -> str:
    if policy.load_days in (365, 366):
        return say("twelve months")
    return counted(policy.load_days, "{n} day", "{n} days")
