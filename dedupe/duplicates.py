"""`duplicative`: different events, near in time, for largely the same states and about the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dedupe import phrases
from dedupe.findings import Fact, Finding, Kind, Reason, Severity, Value
from dedupe.meaning import phases
from dedupe.policy import Policy
from dedupe.profiles import Profile, same_people, same_subject
from dedupe.recognitions import FIELDS, text_of
from dedupe.sayings import beside, counted, say


def duplicative(one: Profile, other: Profile, policy: Policy, history: Sequence[Profile] = ()) -> Finding | None:
    """Say whether two different events reach the same people twice; None when they do not.

    *one* starts first. *history* are events that are over, for what the states already received.
    """
    reached = _reached_soon(one, other, policy)
    if reached is None or one.span is None or other.span is None:
        return None
    shared, smaller = reached
    apart = one.span.days_apart(other.span)
    follow_up = bool(one.phase and other.phase) and phases.ORDER.index(one.phase) < phases.ORDER.index(other.phase)
    themes = one.themes & other.themes
    certain = one.span.is_exact and other.span.is_exact
    here, there = phrases.where(one.event), phrases.where(other.event)
    reasons = [
        Reason(_invited(shared, smaller)),
        Reason(
            say(
                "Between the end of {here} and the start of {there}: {days}.",
                here=here,
                there=there,
                days=phrases.days(apart),
            )
        ),
    ]
    if both := one.instruments & other.instruments:
        what = phrases.listed([phrases.instrument(name) for name in sorted(both)])
        reasons.append(Reason(say("Both are about {what}.", what=what)))
    if themes:
        reasons.append(Reason(say("They share a theme: {themes}.", themes=phrases.themes(themes))))
    reasons += _received(shared, one, history)
    if not certain:
        vague = one if not one.span.is_exact else other
        possible = say(
            "Possible, not certain: {where} is only known as {days}.",
            where=phrases.where(vague.event), days=_dates(vague),
        )  # fmt: skip
        reasons.append(Reason(possible, against=True))
    if follow_up:
        later = say(
            "{there} is a later phase ({phase} after {before}): it may be a follow-up.",
            there=there, phase=say(str(other.phase)), before=say(str(one.phase)),
        )  # fmt: skip
        reasons.append(Reason(later, against=True))
    if one.themes and other.themes and not themes:
        here_, there_ = phrases.themes(one.themes), phrases.themes(other.themes)
        reasons.append(Reason(say("The themes differ ({here}; {there}).", here=here_, there=there_), against=True))
    return Finding(
        kind=Kind.DUPLICATIVE,
        severity=_severity(len(shared) / smaller, bool(themes), follow_up, certain, policy),
        title=_title(one, other),
        events=(one.event, other.event),
        reasons=tuple(reasons),
        facts=side_by_side(one, other),
        certain=certain,
        overlap=one.span.overlap(other.span),
        states=tuple(sorted(shared)),
        smaller_audience=smaller,
        days_apart=apart,
        proposals=(
            say("Ask {there} to follow up on {here} instead of repeating it.", here=here, there=there),
            counted(
                policy.duplicative_days,
                "Or hold {there} more than {n} day after {here}.",
                "Or hold {there} more than {n} days after {here}.",
                here=here,
                there=there,
            ),
        ),
    )


def why_duplicative(one: Profile, other: Profile, policy: Policy) -> str:
    """Say in a sentence whom two different events reach twice; blank when nobody. *one* starts first."""
    reached = _reached_soon(one, other, policy)
    return _invited(*reached) if reached is not None else ""


def reaches_twice(one: Profile, other: Profile, policy: Policy) -> bool:
    """Say whether `why_duplicative` has anything to say, for whoever asks it often."""
    return _reached_soon(one, other, policy) is not None


def _reached_soon(one: Profile, other: Profile, policy: Policy) -> tuple[frozenset[str], int] | None:
    if one.span is None or other.span is None:
        return None
    if (other.span.earliest - one.span.earliest).days > policy.duplicative_days:
        return None
    return reach(one, other, policy)


def _invited(shared: frozenset[str], smaller: int) -> str:
    return counted(
        len(shared), "{n} of the {all} states of the smaller audience is invited to both: {states}.",
        "{n} of the {all} states of the smaller audience are invited to both: {states}.",
        all=smaller, states=phrases.states(shared),
    )  # fmt: skip


def reach(one: Profile, other: Profile, policy: Policy) -> tuple[frozenset[str], int] | None:
    """Return the shared states and the size of the smaller audience; None when they reach different people."""
    if one.cancelled or other.cancelled:
        return None
    shared, smaller = one.states & other.states, min(len(one.states), len(other.states))
    if not smaller or len(shared) / smaller < policy.shared_audience:
        return None
    several = len(one.states) > 1, len(other.states) > 1
    if several[0] != several[1] and not _same_agencies(one, other, policy):
        return None
    if all(several) and len(shared) < policy.fewest_states:
        return None
    if not same_people(one, other) or not same_subject(one, other):
        return None
    return shared, smaller


def _same_agencies(one: Profile, other: Profile, policy: Policy) -> bool:
    """True for a national event and a regional one that the same state hosts soon before or after it."""
    if one.span is None or other.span is None or not one.country or one.country != other.country:
        return False
    return one.span.days_apart(other.span)[0] <= policy.national_days


def side_by_side(one: Profile, other: Profile) -> tuple[Fact, ...]:
    """Lay the facts of two events side by side, each as the newest listing that states it does, and named as its."""
    told = []
    for field in FIELDS:
        sides = [_stated(profile, field) for profile in (one, other)]
        if any(value.text for value in sides):
            # Two events are expected to differ; nothing is marked.
            told.append(Fact(field, tuple(sides)))
    return tuple(told)


def _stated(profile: Profile, field: str) -> Value:
    """Return what an event's listings say of a field, and who says it."""
    listings = profile.event.listings
    if field == "dates":
        listings = tuple(listing for listing in listings if listing.span == profile.span) or listings
    if field == "title":
        # The report is in English; an English title says more than a newer one in another language.
        listings = tuple(sorted(listings, key=lambda listing: not listing.language.startswith("en")))
    if field == "audience":
        # Who names the states says more than who names the group they belong to.
        listings = tuple(sorted(listings, key=lambda listing: -len(listing.audience)))
    source = next((listing for listing in listings if text_of(listing, field)), listings[0])
    since = source.since.isoformat() if source.since else ""
    return Value(text_of(source, field), source.id, source.organisation, since)


def _severity(share: float, theme: bool, follow_up: bool, certain: bool, policy: Policy) -> Severity:
    score = 1 + (share >= policy.high_share) + theme - follow_up - (not certain)
    return Severity.HIGH if score >= 2 else Severity.MEDIUM if score >= 1 else Severity.LOW


def _title(one: Profile, other: Profile) -> str:
    first, second = phrases.where(one.event), phrases.where(other.event)
    told = {"here": first, "then": _dates(one), "there": second, "when": _dates(other)}
    if one.span and other.span and one.span.is_exact and other.span.is_exact:
        return say("{here}, {then}, and {there}, {when}, reach the same states", **told)
    return say("{here}, {then}, and {there}, {when}, may reach the same states", **told)


def _dates(profile: Profile) -> str:
    text = next(
        (listing.date_text for listing in profile.event.listings if listing.span == profile.span and listing.date_text),
        "",
    )
    return phrases.dates(profile.span, "" if profile.span and profile.span.is_exact else text)


def _received(shared: frozenset[str], one: Profile, history: Sequence[Profile]) -> list[Reason]:
    """Say what each shared state has already received on the same subject."""
    received: dict[str, list[str]] = {}
    for past in history:
        if past is one or not same_subject(past, one):
            continue
        for state in past.states & shared:
            received.setdefault(state, []).append(beside((phrases.where(past.event), _year(past)), " "))
    if not received:
        return []
    told = [
        say("{state} ({events})", state=phrases.state(state), events=beside(dict.fromkeys(places)))
        for state, places in sorted(received.items(), key=lambda entry: phrases.state(entry[0]))
    ]
    return [Reason(say("Already received in the past: {what}.", what=beside(told, "; ")))]


def _year(profile: Profile) -> str:
    day: date | None = profile.span.earliest if profile.span else None
    return str(day.year) if day else ""
