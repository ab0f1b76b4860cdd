"""`series` and `part_of`: siblings and side meetings of one programme; they keep `duplicative` quiet."""

from __future__ import annotations

from datetime import date
from typing import Any

from calendar_sync.spans import Overlap, Span
from dedupe import phrases
from dedupe.duplicates import reach, side_by_side
from dedupe.findings import Finding, Kind, Reason, Severity
from dedupe.likeness import Likeness, likeness
from dedupe.policy import Policy
from dedupe.profiles import Profile
from dedupe.sayings import opened, say

_ALIKE = 0.3
"""Likeness of titles from which on two meetings in one city belong together although no organiser is shared."""
_SAME_AUDIENCE = 0.8


def part_of(one: Profile, other: Profile, policy: Policy) -> Finding | None:
    """Say that one is a side meeting of the other: at most a free day between them, one city or one programme."""
    why = why_part_of(one, other, policy)
    if not why:
        return None
    where = [phrases.where(one.event)]
    if one.place is None or one.place != other.place:
        where.append(phrases.where(other.event))
    title = say("{where}: two meetings that belong together", where=phrases.listed(where))
    return _finding(Kind.PART_OF, one, other, title, why)


def why_part_of(one: Profile, other: Profile, policy: Policy) -> str:
    """Say in a sentence why one is a side meeting of the other; blank when it is none."""
    same_city = one.place is not None and one.place == other.place
    shared = one.offices & other.offices
    beside = one.beside != other.beside or one.attached != other.attached
    if not (same_city or shared or beside) or _elsewhere(one, other) or not _adjoin(one, other, policy):
        return ""
    if one.instruments and other.instruments and not one.instruments & other.instruments and not shared:
        return ""
    if one.states and other.states and not one.states & other.states:
        return ""
    alike = likeness(one, other)
    titles = alike.titles if alike else 0.0
    together = _same_audience(one, other)
    if beside and (same_city or shared or titles >= _ALIKE or one.instruments & other.instruments):
        return say("One is called a meeting beside another, and they fall together.")
    if _twins(one, other):
        return ""
    if shared and (same_city or together or titles >= _ALIKE / 2):
        if same_city:
            return say("Both are organised by {who}, at most a day apart in one city.", who=_named(shared))
        return say("Both are organised by {who}, at most a day apart.", who=_named(shared))
    if same_city and (titles >= _ALIKE or together):
        if together:
            return say("They meet in one city, at most a day apart, for the same states.")
        return say("They meet in one city, at most a day apart, under much the same title.")
    return ""


def _adjoin(one: Profile, other: Profile, policy: Policy) -> bool:
    """True when at most a free day lies between them; a date that leans on another meeting adjoins it."""
    if one.span is not None and other.span is not None:
        if one.beside == other.beside and max(one.span.days, other.span.days) > policy.longest_vague_days:
            return False
        return one.span.overlap(other.span, buffer_days=policy.adjoining_days) is not Overlap.IMPOSSIBLE
    undated, dated = (one, other) if one.span is None else (other, one)
    if dated.span is None or dated.span.days > policy.longest_vague_days or not undated.offices & dated.offices:
        return False
    if undated.attached and (undated.pages & dated.pages or (undated.place and undated.place == dated.place)):
        return True
    first, last = undated.month_days
    if not first or undated.place is None or undated.place != dated.place:
        return False
    # The year is missing: the other's is tried.
    for year in {dated.span.earliest.year, dated.span.latest.year}:
        try:
            days = Span.exact(date(year, *divmod(first, 32)), date(year, *divmod(last, 32)))
        except ValueError:
            continue
        if days.overlap(dated.span, buffer_days=policy.adjoining_days) is not Overlap.IMPOSSIBLE:
            return True
    return False


def _elsewhere(one: Profile, other: Profile) -> bool:
    """True when both places are known and differ."""
    if one.place is not None and other.place is not None:
        return one.place != other.place
    return bool(one.country and other.country and one.country != other.country)


def _twins(one: Profile, other: Profile) -> bool:
    """True for two short meetings on the same days, neither with room for the other: they compete for the people."""
    if one.span is None or other.span is None or one.beside != other.beside:
        return False
    return one.span == other.span or (one.span.overlaps(other.span) and max(one.span.days, other.span.days) <= 2)


def _same_audience(one: Profile, other: Profile) -> bool:
    shared, larger = one.states & other.states, max(len(one.states), len(other.states))
    return bool(larger) and len(shared) / larger >= _SAME_AUDIENCE


def series(one: Profile, other: Profile, policy: Policy) -> Finding | None:
    """Say that both are editions or regional siblings of one programme.

    Titles that follow one pattern are not enough where the same states are invited twice within the window of
    `duplicative`: that is what a duplicate looks like. Numbered editions are, and courses for speakers of different
    languages.
    """
    why = why_series(one, other, policy)
    if not why:
        return None
    here, there = phrases.where(one.event), phrases.where(other.event)
    title = say(
        "{here}, {then}, and {there}, {when}, belong to one series",
        here=here, then=phrases.dates(one.span), there=there, when=phrases.dates(other.span),
    )  # fmt: skip
    return _finding(Kind.SERIES, one, other, title, why)


def why_series(one: Profile, other: Profile, policy: Policy) -> str:
    """Say in a sentence why two events are siblings of one programme; blank when they are not."""
    if one.span is not None and other.span is not None and one.span.overlaps(other.span):
        return ""
    if _differ(one.instruments, other.instruments) and not _differ(one.ordinals, other.ordinals):
        return ""
    alike = likeness(one, other)
    far = _differ(one.continents, other.continents) and not _differ(one.ordinals, other.ordinals)
    if alike is None or alike.points < (policy.far_series_points if far else policy.series_points):
        return ""
    siblings = _differ(one.speakers, other.speakers)
    soon = (
        one.span is not None
        and other.span is not None
        and (other.span.earliest - one.span.earliest).days <= policy.duplicative_days
    )
    counted = alike.numbered or (alike.one_numbered and alike.titles >= _ALIKE)
    if soon and not (counted or siblings):
        # Twice the same states within the window is what a duplicate looks like; unknown states might be the same.
        if reach(one, other, policy) is not None:
            return ""
        if alike.points < policy.series_points + policy.soon_points and not (one.states and other.states):
            return ""
    return say("{why}.", why=opened(_why(one, other, alike, siblings)))


def _differ(one: frozenset[Any], other: frozenset[Any]) -> bool:
    """True when both say something, and nothing they say is the same."""
    return bool(one and other and one.isdisjoint(other))


def _why(one: Profile, other: Profile, alike: Likeness, siblings: bool) -> str:
    shared = one.organisers & other.organisers
    said: list[str] = [say("both are organised by {who}", who=_named(shared))] if shared else []
    if alike.numbered:
        said.append(say("the editions are numbered"))
    elif alike.one_numbered:
        said.append(say("one of them is a numbered edition"))
    if siblings:
        said.append(say("each is for speakers of another language"))
    if alike.titles >= _ALIKE or not said:
        said.append(say("their titles follow one pattern"))
    return phrases.listed(said)


def _finding(kind: Kind, one: Profile, other: Profile, title: str, why: str) -> Finding:
    apart = one.span.days_apart(other.span) if one.span is not None and other.span is not None else None
    return Finding(
        kind=kind,
        severity=Severity.INFORMATION,
        title=title,
        events=(one.event, other.event),
        reasons=(
            Reason(why),
            *((Reason(say("Time between them: {days}.", days=phrases.days(apart))),) if apart is not None else ()),
        ),
        facts=side_by_side(one, other),
        states=tuple(sorted(one.states & other.states)),
        days_apart=apart,
    )


def _named(organisers: frozenset[str]) -> str:
    return phrases.listed(
        [phrases.state(name[6:]) if name.startswith("state:") else name.upper() for name in organisers], ordered=True
    )
