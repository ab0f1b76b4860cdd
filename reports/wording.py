"""The sentences of a report, in one place; other languages will stand beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from dedupe import phrases
from dedupe.findings import Finding, Kind, Severity

if TYPE_CHECKING:
    from reports.nightly import ComingEvent, Resolved, ToldFinding

SEVERITY = {
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
    Severity.INFORMATION: "For information",
}
SHAPE = {Severity.HIGH: "▲", Severity.MEDIUM: "◆", Severity.LOW: "●", Severity.INFORMATION: "○"}
"""Severity never hangs on colour alone."""
KIND = {
    Kind.SAME_EVENT: "same event", Kind.CONTRADICTION: "contradiction", Kind.DUPLICATIVE: "duplicative outreach",
    Kind.CLASH: "clash", Kind.FORUM: "forum", Kind.LOAD: "load", Kind.SERIES: "series",
    Kind.PART_OF: "part of a series",
}  # fmt: skip
CHANGE = {"new": "new tonight", "changed": "changed", "open": "still open", "resolved": "resolved"}
FIELD = {
    "title": "Title", "dates": "Dates", "place": "Place", "audience": "For", "organisers": "Organisers",
    "sponsors": "Sponsors",
}  # fmt: skip
MOVABLE_DAYS = 14
"""An event that begins sooner can hardly be moved."""
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def night(day: date) -> str:
    """Write a night out.

    >>> night(date(2009, 12, 4))
    'Friday 4 December 2009'
    """
    return f"{_WEEKDAYS[day.weekday()]} {phrases.day(day)}"


def sides(finding: Finding, names: Mapping[str, str]) -> list[str]:
    """Head the columns of a finding's facts: two events by their places, listings of one by who published them."""
    if len(finding.events) == 2:
        return [phrases.where(event) for event in finding.events]
    return [names.get(value.organisation, value.organisation) for value in finding.facts[0].values]


def count(number: int, one: str, many: str = "") -> str:
    """Count a noun.

    >>> count(1, "finding"), count(0, "finding"), count(3, "event")
    ('1 finding', 'no findings', '3 events')
    """
    return f"{number or 'no'} {one if number == 1 else many or one + 's'}"


def lead(
    findings: Sequence[ToldFinding], resolved: Sequence[Resolved], coming: Sequence[ComingEvent], on: date, *,
    everything: bool,
) -> tuple[str, str]:  # fmt: skip
    """Say first what a busy person must know."""
    whose = "" if everything else " for your states"
    fresh = [told for told in findings if told.change != "open"]
    if fresh:
        top = fresh[0].finding
        others = len(fresh) - 1
        rest = (
            f" {count(others, 'other finding').capitalize()} {'is' if others == 1 else 'are'} new or changed."
            if others
            else ""
        )
        return f"{top.title}.", f"{_about(top, on)}{rest}".strip()
    if findings:
        return "Nothing new tonight.", f"{count(len(findings), 'finding').capitalize()} still open{whose}."
    if resolved:
        return "Nothing new tonight.", f"{count(len(resolved), 'finding').capitalize()} resolved since the last night."
    if coming:
        first = coming[0]
        place = f", {first.place}" if first.place else ""
        more = len(coming) - 1
        also = f" {count(more, 'further event').capitalize()} below." if more else ""
        return f"No duplicate and no clash{whose} tonight.", f"Next: {first.title}{place}, {first.dates}.{also}"
    return (
        "No news tonight.",
        f"Nothing is listed{whose} in the coming months." if not everything else "Nothing is listed.",
    )


def _about(finding: Finding, on: date) -> str:
    """Add what belongs to the lead: how many states, and what can still be moved."""
    told = ""
    if finding.kind in (Kind.DUPLICATIVE, Kind.CLASH) and len(finding.events) == 2:
        here, there = (phrases.where(event) for event in finding.events)
        if finding.states and finding.smaller_audience:
            told = f"{len(finding.states)} of the {finding.smaller_audience} states of the smaller audience "
            told += "are invited to both"
            told += f"; {phrases.days(finding.days_apart)} lie between them. " if finding.days_apart else ". "
        later = finding.events[1].span
        first = finding.events[0].span
        if later is not None and (later.earliest - on).days >= MOVABLE_DAYS:
            told += f"{there} can still be moved."
        elif first is not None and (first.earliest - on).days >= MOVABLE_DAYS:
            told += f"{here} can still be moved."
        elif later is not None and later.earliest > on:
            told += f"{there} begins in {phrases.days(((later.earliest - on).days,) * 2)}."
    elif finding.reasons:
        told = finding.reasons[0].text
    return told
