"""The report as an iCalendar feed (RFC 5545, 7986) of the events it names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vDate, vDuration, vText

from calendar_sync.listings import Status
from dedupe import phrases
from dedupe.events import Event as Known
from reports import wording
from reports.coming import worded
from reports.nightly import NightlyReport
from reports.rendering.harmless import link, words
from reports.rendering.tricks import noted

REFRESH = timedelta(hours=24)
LAST_DAY = date.max - timedelta(days=1)
"""DTEND is the day after, and there must be one."""


def render(report: NightlyReport) -> bytes:
    """Write the feed; vague events span their outer bounds, tentatively, and events without a date are left out."""
    feed = Calendar()
    feed.add("prodid", "-//Outreach calendar//Nightly report//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    name = words(f"Outreach: {report.reader.name}")
    feed.add("name", name)
    feed.add("x-wr-calname", name)
    feed.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", vDuration(REFRESH))
    stamp = datetime(report.night.year, report.night.month, report.night.day, tzinfo=UTC)
    told: dict[str, list[str]] = {}
    for entry in report.findings:
        for event in entry.finding.events:
            told.setdefault(event.id, []).append(f"{entry.number}. {entry.finding.title}")
    known = {event.id: event for entry in report.findings for event in entry.finding.events}
    known |= {entry.event.id: entry.event for entry in report.coming}
    for event in sorted(known.values(), key=lambda event: (event.span.earliest if event.span else date.max, event.id)):
        if event.span is not None:
            feed.add_component(_event(event, stamp, told.get(event.id, []), report.reader.languages))
    for uid in sorted({lost.event for lost in report.no_longer_listed if lost.alone} - set(known)):
        feed.add_component(_tombstone(uid, report.night, stamp))
    return bytes(feed.to_ical())


def _event(known: Known, stamp: datetime, findings: list[str], languages: Sequence[str]) -> Event:
    entry = Event()
    newest = worded(known, languages)
    span = known.span
    if span is None:
        raise ValueError("an event without a date has no place in a calendar")
    entry.add("uid", known.id)
    entry.add("dtstamp", stamp)
    entry["dtstart"] = vDate(span.earliest)
    entry["dtstart"].params["VALUE"] = "DATE"
    entry["dtend"] = vDate(min(span.latest, LAST_DAY) + timedelta(days=1))
    entry["dtend"].params["VALUE"] = "DATE"
    entry.add("summary", vText(words(newest.title)), parameters=_tongue(newest.language))
    if not span.is_exact:
        # One day of these, we do not know which (EDTF level 2).
        entry.add("x-edtf", f"[{span.earliest.isoformat()}..{span.latest.isoformat()}]")
    entry.add("status", _status(known))
    place = phrases.place(known.city, known.country)
    if place:
        entry.add("location", words(place))
    lines = [*findings, *(f"{listing.organisation}: {noted(listing.title)}" for listing in known.listings)]
    entry.add("description", words("\n".join(lines)))
    address = next((link(listing.url) for listing in known.listings if link(listing.url)), "")
    if address and address.isascii() and not any(letter <= " " for letter in address):
        entry.add("url", address)
    entry.add("transp", "TRANSPARENT")
    return entry


def _tombstone(uid: str, night: date, stamp: datetime) -> Event:
    """Cancel an event that the reader may not read any more, without a word of it: its day is the night's."""
    entry = Event()
    entry.add("uid", uid)
    entry.add("dtstamp", stamp)
    entry["dtstart"] = vDate(night)
    entry["dtstart"].params["VALUE"] = "DATE"
    entry.add("summary", vText(wording.WITHDRAWN))
    entry.add("status", "CANCELLED")
    entry.add("transp", "TRANSPARENT")
    return entry


def _tongue(language: str) -> dict[str, str]:
    plain = language.isascii() and language.replace("-", "").isalnum()
    return {"LANGUAGE": language} if plain else {}


def _status(known: Known) -> str:
    """Cancelled when no calendar holds to it; tentative while its dates are vague or its newest word is not firm."""
    if all(listing.status is Status.CANCELLED for listing in known.listings):
        return "CANCELLED"
    exact = known.span is not None and known.span.is_exact
    return "CONFIRMED" if exact and known.listings[0].status is Status.CONFIRMED else "TENTATIVE"
