"""One reader's report from what is loaded, and what the store keeps of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from calendar_sync.roster import Organisation
from dedupe import sayings
from dedupe.findings import Finding, FindingKey
from dedupe.same import Same, made_once
from flows.loading import Loaded
from flows.telling import finding_json
from flows.worlds import World
from reports import programme
from reports.nightly import CalendarHealthView, NightlyReport, ToldBefore, compose
from reports.programme import Programme
from store.calendars import CalendarHealth
from store.findings import Standing, Told


def composed(
    known: Loaded,
    reader: Organisation,
    before: Sequence[Told],
    world: World | None = None,
    numbers: Mapping[str, int] = MappingProxyType({}),
) -> NightlyReport:
    """Compose the report of one reader from the reader's own world.

    *before* is how what it was told stands, *numbers* are those it knows findings by, by finding id.
    """
    world = world or known.world(reader)
    return compose(
        reader,
        known.night,
        known.roster,
        world.listings,
        world.events,
        world.found,
        told_by_name(before, world.names),
        [health_view(fared) for fared in known.health],
        known.world_before(reader),
        known.memories.get(reader.id, ()),
        known.alerts.get(reader.id, {}),
        world.invited,
        numbers,
    )


def programme_for(known: Loaded, reader: Organisation) -> Programme:
    """Compose the committee's programme for one reader, from the programme's own calendars and from nothing else."""
    own = {calendar.id for calendar in known.roster.calendars if calendar.programme}
    tonight, before = (
        tuple(listing for listing in listings if listing.key.calendar in own)
        for listings in (known.listings, known.before)
    )
    now = replace(known, listings=tonight, before=())
    then = replace(known, listings=before, before=(), roster=known.agreed_before or known.roster)
    return programme.compose(reader, known.night, known.roster, now.world(reader).events, then.world(reader).events)


def told_of(report: NightlyReport) -> list[Told]:
    """Return what a report tells, as the store keeps it, in its order."""
    findings = [
        Told(
            key=told.finding.key,
            severity=told.finding.severity,
            title=told.finding.title,
            fingerprint=told.fingerprint,
            body=_body(Same(told.finding)),
            first_night=told.first_night,
            state=Standing(told.change),
            stood=tuple(sorted(told.stood.items())),
        )
        for told in report.findings
    ]
    ceased = [
        Told(
            key=gone.before.key,
            severity=gone.before.severity,
            title=gone.before.title,
            fingerprint=gone.before.fingerprint,
            body=gone.before.body,
            first_night=gone.before.first_night,
            state=Standing(gone.change),
            stood=tuple(sorted(gone.stood.items())),
            why=str(gone.why),
        )
        for gone in report.ceased
    ]
    return findings + ceased


@made_once(1 << 13)
def _body(same: Same[Finding]) -> str:
    """Keep a finding, and how what it says is said in other languages."""
    finding = same.of
    facts = (value.text for fact in finding.facts for value in fact.values)
    said = sayings.pack((finding.title, *facts, *(reason.text for reason in finding.reasons), *finding.proposals))
    return json.dumps({**finding_json(finding), "said": said}, ensure_ascii=False, sort_keys=True)


def told_by_name(before: Sequence[Told], names: Mapping[str, str]) -> list[ToldBefore]:
    """Call what was told by the names its events go by now; of two that thereby are one, the one told first."""
    found: dict[FindingKey, ToldBefore] = {}
    for told in before:
        known = replace(known_as_told(told), key=told.key.renamed(names))
        other = found.get(known.key)
        if other is None or _rank(other) > _rank(known):
            found[known.key] = known
    return list(found.values())


def _rank(known: ToldBefore) -> tuple[bool, bool, date]:
    return not known.open, not known.seen, known.first_night


@made_once(1 << 13)
def _said(body: str) -> tuple[Mapping[str, str], Mapping[str, tuple[str, ...]], tuple[str, ...], bool]:
    """Read a kept finding: how it is said in other languages, its facts, its listings, whether it is certain."""
    kept = json.loads(body)
    said = {english: sayings.unpacked(packed) for english, packed in kept.get("said", {}).items()}
    facts = {
        fact["field"]: tuple(said.get(value["text"], value["text"]) for value in fact["values"])
        for fact in kept["facts"]
    }
    listings = tuple(listing["id"] for event in kept["events"] for listing in event["listings"])
    return said, facts, listings, bool(kept.get("certain", True))


def known_as_told(told: Told) -> ToldBefore:
    """Return a finding as it was told, for holding tonight's against it."""
    said, facts, listings, certain = _said(told.body)
    return ToldBefore(
        key=told.key,
        severity=told.severity,
        title=said.get(told.title, told.title),
        fingerprint=told.fingerprint,
        first_night=told.first_night,
        open=told.open,
        seen=told.seen,
        stood=dict(told.stood),
        certain=certain,
        facts=facts,
        body=told.body,
        listings=listings,
    )


def health_view(fared: CalendarHealth) -> CalendarHealthView:
    """Return how a calendar fared as reports take it."""
    return CalendarHealthView(
        calendar=fared.calendar,
        good=fared.good,
        detail=fared.detail,
        last_good=fared.last_good,
        listings=fared.listings,
        code=fared.code,
        doubts=fared.doubts,
        since=fared.since,
    )
