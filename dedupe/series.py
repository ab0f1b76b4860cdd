"""`series` and `part_of`: siblings and side meetings of one programme; they keep `duplicative` quiet."""

from __future__ import annotations

from calendar_sync.spans import Overlap
from dedupe import phrases
from dedupe.duplicates import reach, side_by_side
from dedupe.findings import Finding, Kind, Reason, Severity
from dedupe.policy import Policy
from dedupe.profiles import Profile, same_subject

ALIKE = 0.6
"""Share of the core words that titles of one series have in common (Dice)."""


def part_of(one: Profile, other: Profile) -> Finding | None:
    """Say that one is a side meeting of the other: same city and organiser, days that overlap or adjoin."""
    if one.span is None or other.span is None or one.place is None or one.place != other.place:
        return None
    # At most one free day between them.
    if one.span.overlap(other.span, buffer_days=2) is Overlap.IMPOSSIBLE:
        return None
    shared = one.organisers & other.organisers
    if not shared or not (same_subject(one, other) or one.words & other.words):
        return None
    return _finding(
        Kind.PART_OF, one, other, f"{phrases.where(one.event)}: two meetings of one organiser, one after the other",
        f"Both are organised by {_named(shared)} in {one.place.name}, at most a day apart.",
    )  # fmt: skip


def series(one: Profile, other: Profile, policy: Policy) -> Finding | None:
    """Say that both are editions or regional siblings of one programme.

    Titles that follow one pattern are not enough where the same states are invited twice within the window of
    `duplicative`: that is what a duplicate looks like. Numbered editions are, and courses for speakers of different
    languages.
    """
    if one.span is None or other.span is None or one.span.overlaps(other.span):
        return None
    shared = one.organisers & other.organisers
    if not shared or not one.words or not other.words:
        return None
    numbered = bool(one.ordinals and other.ordinals and not one.ordinals & other.ordinals)
    alike = 2 * len(one.words & other.words) / (len(one.words) + len(other.words))
    siblings = bool(one.speakers and other.speakers and not one.speakers & other.speakers)
    if alike < (ALIKE if not (numbered or siblings) else ALIKE / 2):
        return None
    soon = (other.span.earliest - one.span.earliest).days <= policy.duplicative_days
    if soon and not (numbered or siblings) and reach(one, other, policy) is not None:
        return None
    why = (
        "the editions are numbered"
        if numbered
        else "each is for speakers of another language"
        if siblings
        else "their titles follow one pattern"
    )
    return _finding(
        Kind.SERIES, one, other,
        f"{phrases.where(one.event)}, {phrases.dates(one.span)}, and {phrases.where(other.event)}, "
        f"{phrases.dates(other.span)}, belong to one series",
        f"Both are organised by {_named(shared)}, and {why}.",
    )  # fmt: skip


def _finding(kind: Kind, one: Profile, other: Profile, title: str, why: str) -> Finding:
    if one.span is None or other.span is None:
        raise ValueError("events without a date are no siblings")
    return Finding(
        kind=kind,
        severity=Severity.INFORMATION,
        title=title,
        events=(one.event, other.event),
        reasons=(
            Reason(why),
            Reason(f"{phrases.days(one.span.days_apart(other.span)).capitalize()} lie between them."),
        ),
        facts=side_by_side(one, other),
        states=tuple(sorted(one.states & other.states)),
        days_apart=one.span.days_apart(other.span),
    )


def _named(organisers: frozenset[str]) -> str:
    return phrases.listed(
        sorted(phrases.state(name[6:]) if name.startswith("state:") else name.upper() for name in organisers)
    )
