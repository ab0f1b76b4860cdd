"""The report as an iCalendar feed of the events it names, with what its findings say of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from icalendar import Event

from dedupe import phrases
from dedupe.events import Event as Known
from dedupe.findings import Finding, Kind
from dedupe.profiles import profile
from dedupe.sayings import say
from reports.coming import worded
from reports.nightly import NightlyReport
from reports.rendering.vevents import calendar, midnight, text, tombstone, vevent
from reports.standing import ToldFinding

FINDINGS = "urn:outreach:finding:"
"""Namespace of REFID; after it stand the finding's kind and its id, as in the other formats."""


def render(report: NightlyReport) -> bytes:
    """Write the feed; vague events span their outer bounds, tentatively, and events without a date are left out."""
    name = say("Outreach: {reader}", reader=phrases.organisation(report.reader))
    feed = calendar("Nightly report", name, report.spoken, report.disclaimer)
    told: defaultdict[str, list[ToldFinding]] = defaultdict(list)
    for entry in report.findings:
        for event in entry.finding.events:
            told[event.id].append(entry)
    known = {event.id: event for entry in report.findings for event in entry.finding.events}
    known |= {entry.event.id: entry.event for entry in report.coming}
    dated = {event.id for event in known.values() if event.span is not None}
    for event in sorted(known.values(), key=lambda event: (event.span.earliest if event.span else date.max, event.id)):
        if event.id in dated:
            feed.add_component(_event(event, told[event.id], dated, report))
    for uid in sorted({lost.event for lost in report.no_longer_listed if lost.alone} - set(known)):
        feed.add_component(tombstone(uid, report.night, report.spoken))
    return bytes(feed.to_ical())


def _event(known: Known, told: Sequence[ToldFinding], dated: Collection[str], report: NightlyReport) -> Event:
    lines = [say("{number}. {title}", number=entry.number, title=entry.finding.title) for entry in told]
    newest = worded(known, report.reader.languages)
    entry = vevent(known.id, known, newest, midnight(report.night), report.names, report.spoken, lines)
    for key in sorted({entry.finding.key for entry in told}):
        entry.add("refid", text(f"{FINDINGS}{key.kind}:{key.id}"))
    related = {pair for entry in told for pair in _related(known, entry.finding, report.night) if pair[1] in dated}
    for type_, uid in sorted(related):
        entry.add("related-to", text(uid), parameters={"RELTYPE": type_})
    return entry


def _related(known: Known, finding: Finding, night: date) -> Iterator[tuple[str, str]]:
    """Yield how an event belongs to the other of a finding, and that other's UID.

    Only what belongs together is related: a clash is no kinship, and clients take a relation they do not know for one
    of part and whole.
    """
    for other in finding.events:
        if other.id == known.id or finding.kind not in (Kind.SERIES, Kind.PART_OF):
            continue
        beside = [finding.kind is Kind.PART_OF and profile(event, (), night).beside for event in (known, other)]
        if beside[0] == beside[1]:
            yield "SIBLING", other.id
        else:
            yield ("PARENT" if beside[0] else "CHILD"), other.id
