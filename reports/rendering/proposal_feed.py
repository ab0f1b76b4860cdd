"""A proposed workshop as an iCalendar file: tentative, and related to the events it would clash with (RFC 5545)."""

from __future__ import annotations

from datetime import date

from icalendar import Calendar, Event

from dedupe import phrases
from dedupe.checks import Check
from dedupe.findings import Kind
from dedupe.sayings import Tongue, say, told
from reports import languages
from reports.rendering.vevents import days, line, midnight, text

_RELATED = (Kind.CLASH, Kind.DUPLICATIVE, Kind.SAME_EVENT)


def render(check: Check, night: date, spoken: Tongue | None = None) -> bytes:
    """Write the proposal, in the language *spoken*, English where none is given; vague dates span their outer bounds.

    Raises:
        ValueError: It has no date, so it has no place in a calendar.
    """
    span = check.event.span
    if span is None:
        raise ValueError("a workshop without a date has no place in a calendar")
    listing, tongue = check.event.listings[0], spoken or languages.tongue("en")
    entry = Event()
    # Another date is another proposal; the same one, written twice, is one.
    entry.add("uid", f"{check.event.id}-{span.earliest:%Y%m%d}-{span.latest:%Y%m%d}")
    entry.add("dtstamp", midnight(night))
    days(entry, span)
    entry.add("summary", text(told(listing.title, tongue)))
    entry.add("status", "TENTATIVE")
    entry.add("transp", "TRANSPARENT")
    place = phrases.place(check.event.city, check.event.country)
    if place:
        entry.add("location", text(told(place, tongue)))
    entry.add("description", text(_told(check, tongue)))
    for uid in _related(check):
        # Neither is part of the other; a client that knows no siblings would take them for parents.
        entry.add("related-to", text(uid), parameters={"RELTYPE": "SIBLING"})
    feed = Calendar()
    feed.add("prodid", "-//Outreach calendar//Check//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add_component(entry)
    return bytes(feed.to_ical())


def _told(check: Check, tongue: Tongue) -> str:
    lines = [check.lead]
    lines += [say("{number}. {what}", number=n, what=finding.title) for n, finding in enumerate(check.findings, 1)]
    if check.alternatives:
        lines.append(say("Other dates, best first:"))
        lines += [say("{dates}: {what}", dates=one.words, what=one.reason) for one in check.alternatives]
    return "\n".join(line(told(one, tongue)) for one in lines)


def _related(check: Check) -> list[str]:
    """Return the UIDs by which calendars know the events that it clashes with or repeats."""
    uids: dict[str, None] = {}
    for finding in check.findings:
        other = check.other(finding) if finding.kind in _RELATED else None
        if other is not None:
            uids |= dict.fromkeys(listing.key.uid for listing in other.listings)
    return list(uids)
