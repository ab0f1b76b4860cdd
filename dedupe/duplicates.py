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
        Reason(f"{_apart(apart)} lie between them: from the end of {here} to the start of {there}."),
    ]
    if both := one.instruments & other.instruments:
        reasons.append(Reason(f"Both are about {phrases.listed([_instrument(name) for name in sorted(both)])}."))
    if themes:
        named = phrases.listed(sorted(theme.replace("-", " ") for theme in themes))
        reasons.append(Reason(f"They share a theme: {named}."))
    reasons += _received(shared, one, history)
    if not certain:
        vague = one if not one.span.is_exact else other
        reasons.append(
            Reason(
                f"Possible, not certain: {phrases.where(vague.event)} is only known as {_dates(vague)}.", against=True
            )
        )
    if follow_up:
        later = f"{there} is a later phase ({other.phase} after {one.phase}): it may be a follow-up."
        reasons.append(Reason(later, against=True))
    if one.themes and other.themes and not themes:
        reasons.append(Reason(f"The themes differ ({_named(one)}; {_named(other)}).", against=True))
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
            f"Ask {there} to follow up on {here} instead of repeating it.",
            f"Or hold {there} more than {policy.duplicative_days} days after {here}.",
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
    return (
        f"{len(shared)} of the {smaller} states of the smaller audience are invited to both: {phrases.states(shared)}."
    )


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
    may = "reach" if one.span and other.span and one.span.is_exact and other.span.is_exact else "may reach"
    return f"{first}, {_dates(one)}, and {second}, {_dates(other)}, {may} the same states"


def _dates(profile: Profile) -> str:
    text = next(
        (listing.date_text for listing in profile.event.listings if listing.span == profile.span and listing.date_text),
        "",
    )
    return phrases.dates(profile.span, "" if profile.span and profile.span.is_exact else text)


def _apart(apart: tuple[int, int]) -> str:
    return phrases.days(apart)


def _named(profile: Profile) -> str:
    return phrases.listed(sorted(theme.replace("-", " ") for theme in profile.themes))


def _instrument(name: str) -> str:
    return f"resolution {name}" if name.isdigit() else name.upper()


def _received(shared: frozenset[str], one: Profile, history: Sequence[Profile]) -> list[Reason]:
    """Say what each shared state has already received on the same subject."""
    counted: dict[str, list[str]] = {}
    for past in history:
        if past is one or not same_subject(past, one):
            continue
        for state in past.states & shared:
            counted.setdefault(state, []).append(f"{phrases.where(past.event)} {_year(past)}")
    if not counted:
        return []
    told = [
        f"{phrases.state(state)} ({', '.join(dict.fromkeys(places))})"
        for state, places in sorted(counted.items(), key=lambda entry: phrases.state(entry[0]))
    ]
    return [Reason(f"Already received in the past: {'; '.join(told)}.")]


def _year(profile: Profile) -> str:
    day: date | None = profile.span.earliest if profile.span else None
    return str(day.year) if day else ""
