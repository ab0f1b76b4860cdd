"""The lead of a report: one sentence that a busy person must know, and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dedupe import phrases, sayings
from dedupe.findings import Finding, Kind
from dedupe.sayings import beside, counted, say
from reports import wording
from reports.coming import ComingEvent
from reports.nightly import NightlyReport
from reports.standing import Change, ToldFinding
from reports.wording import whose

MOVABLE_DAYS = 14
"""An event that begins sooner can hardly be moved."""
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def lead(report: NightlyReport, *, with_calendars: bool = True) -> tuple[str, str]:
    """Say first what a busy person must know: one sentence, and what belongs to it.

    *with_calendars* says on an empty night how many calendars were read; JSON gives that number once, in its counts.
    """
    fresh = [told for told in report.findings if told.change is not Change.OPEN]
    if fresh:
        first, rest = _leading(fresh[0], report)
        return first, beside((rest, _others(fresh[1:])), " ")
    standing = len(report.findings)
    still = counted(
        standing, "One finding is still open.", "{number} findings are still open.", number=_numeral(standing)
    ) if standing else ""  # fmt: skip
    quiet = still or whose(
        report,
        say("No duplicate and no clash is known."),
        say("No duplicate and no clash is known for you."),
        say("No duplicate and no clash is known for your states."),
    )
    if fresh_events := [entry for entry in report.coming if entry.new]:
        return _newly(report, len(fresh_events)), beside((_first(fresh_events), quiet), " ")
    if fresh_events := [entry for entry in report.coming if entry.changed]:
        return _changed(report, len(fresh_events)), beside((_first(fresh_events), quiet), " ")
    if report.no_longer_listed:
        return _fewer(report, len(report.no_longer_listed)), quiet
    if report.resolved:
        gone = len(report.resolved)
        first = counted(
            gone, "One finding is resolved since the last night.",
            "{number} findings are resolved since the last night.", number=_numeral(gone),
        )  # fmt: skip
        return first, quiet
    upcoming = say("Next: {event}.", event=_named(report.coming[0])) if report.coming else wording.no_coming(report)
    return _no_news(report, with_calendars), beside((still, upcoming), " ")


def _numeral(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _newly(report: NightlyReport, number: int) -> str:
    told = {"number": _numeral(number)}
    return whose(
        report,
        counted(number, "One event is newly listed.", "{number} events are newly listed.", **told),
        counted(number, "One event is newly listed for you.", "{number} events are newly listed for you.", **told),
        counted(
            number, "One event is newly listed for your states.", "{number} events are newly listed for your states.",
            **told,
        ),
    )  # fmt: skip


def _changed(report: NightlyReport, number: int) -> str:
    told = {"number": _numeral(number)}
    return whose(
        report,
        counted(number, "One coming event is changed.", "{number} coming events are changed.", **told),
        counted(number, "One coming event is changed for you.", "{number} coming events are changed for you.", **told),
        counted(
            number, "One coming event is changed for your states.",
            "{number} coming events are changed for your states.", **told,
        ),
    )  # fmt: skip


def _fewer(report: NightlyReport, number: int) -> str:
    told = {"number": _numeral(number)}
    return whose(
        report,
        counted(
            number, "One coming event is no longer listed.", "{number} coming events are no longer listed.", **told
        ),
        counted(
            number, "One coming event is no longer listed for you.",
            "{number} coming events are no longer listed for you.", **told,
        ),
        counted(
            number, "One coming event is no longer listed for your states.",
            "{number} coming events are no longer listed for your states.", **told,
        ),
    )  # fmt: skip


def _no_news(report: NightlyReport, with_calendars: bool) -> str:
    if not with_calendars:
        return whose(
            report,
            say("No news tonight: nothing changed."),
            say("No news tonight: nothing changed for you."),
            say("No news tonight: nothing changed for your states."),
        )
    told = {"read": report.counts.calendars_read, "all": report.counts.calendars}
    return whose(
        report,
        say("No news tonight: {read} of {all} calendars read, nothing changed.", **told),
        say("No news tonight: {read} of {all} calendars read, nothing changed for you.", **told),
        say("No news tonight: {read} of {all} calendars read, nothing changed for your states.", **told),
    )


def _named(entry: ComingEvent) -> str:
    return beside((entry.title, entry.place, entry.dates))


def _first(entries: Sequence[ComingEvent]) -> str:
    named = _named(entries[0])
    return say("The first: {event}.", event=named) if len(entries) > 1 else say("{event}.", event=named)


def _others(fresh: Sequence[ToldFinding]) -> str:
    """Count what else is new or changed: what needs a word, and what is only good to know."""
    pressing = sum(not told.informs for told in fresh)
    informing = len(fresh) - pressing
    parts: list[str] = []
    if pressing:
        parts.append(counted(pressing, "{n} other finding needs a word", "{n} other findings need a word"))
    if informing and pressing:
        parts.append(counted(informing, "{n} is good to know", "{n} are good to know"))
    elif informing:
        parts.append(counted(informing, "{n} other finding is good to know", "{n} other findings are good to know"))
    return say("{what}.", what=beside(parts, "; ")) if parts else ""


def _leading(told: ToldFinding, report: NightlyReport) -> tuple[str, str]:
    """Return the lead of a finding, and what belongs to it."""
    finding = told.finding
    if finding.kind in (Kind.DUPLICATIVE, Kind.CLASH) and len(finding.events) == 2:
        return _colliding(finding), beside((_shared(finding), _movable(finding, report.night)), " ")
    first = say("{what}.", what=finding.title)
    if finding.kind is Kind.SAME_EVENT and len(finding.listing_ids) == 2:
        known = {listing.id: listing for event in finding.events for listing in event.listings}
        titles = [known[id_].title for id_ in finding.listing_ids if id_ in known]
        if len(titles) == 2:
            return first, say("One calls it “{one}”, the other “{other}”.", one=titles[0], other=titles[1])
        return first, ""
    return first, finding.reasons[0].text if finding.reasons else ""


def _colliding(finding: Finding) -> str:
    """Say where two events collide."""
    here, there = (phrases.where(event) for event in finding.events)
    places = {"here": here, "there": there}
    if finding.kind is Kind.CLASH:
        if finding.certain:
            return say("{here} and {there} need the same people at the same time.", **places)
        return say("{here} and {there} may need the same people at the same time.", **places)
    if not finding.days_apart:
        if finding.certain:
            return say("{here} and {there} reach largely the same states.", **places)
        return say("{here} and {there} may reach largely the same states.", **places)
    apart = phrases.days(finding.days_apart)
    if finding.certain:
        return say("{here} and {there} reach largely the same states, {days} apart.", days=apart, **places)
    return say("{here} and {there} may reach largely the same states, {days} apart.", days=apart, **places)


def _shared(finding: Finding) -> str:
    """Say how many states are invited to both, and where each is held."""
    if not finding.states:
        return ""
    here, there = (
        say("{where} ({days})", where=phrases.where(event), days=phrases.dates(event.span)) for event in finding.events
    )
    shared, smaller = len(finding.states), finding.smaller_audience
    places = {"here": here, "there": there}
    if _audiences(finding) != smaller:
        return counted(
            shared, "{n} state is invited to both, {here} and {there}.",
            "{n} states are invited to both, {here} and {there}.", **places,
        )  # fmt: skip
    if shared == smaller:
        return counted(
            shared, "The one state invited to {here} is also invited to {there}.",
            "All {n} states invited to {here} are also invited to {there}.", **places,
        )  # fmt: skip
    return counted(
        shared, "{n} of the {all} states invited to {here} is also invited to {there}.",
        "{n} of the {all} states invited to {here} are also invited to {there}.", all=smaller, **places,
    )  # fmt: skip


def _audiences(finding: Finding) -> int:
    """Return how many states the earlier event's audience names; 0 when it names a group."""
    for fact in finding.facts:
        if fact.field == "audience" and fact.values[0].text:
            return len(sayings.parts(fact.values[0].text, "; "))
    return 0


def _movable(finding: Finding, on: date) -> str:
    """Say which of the two can still be moved, or how soon the next begins."""
    ahead = [
        ((event.span.earliest - on).days, phrases.where(event))
        for event in reversed(finding.events)
        if event.span is not None and event.span.earliest > on
    ]
    for days, where in ahead:
        if days >= MOVABLE_DAYS:
            return say("{where} can still be moved.", where=where)
    if not ahead:
        return ""
    days, where = min(ahead)
    return counted(days, "{where} begins tomorrow.", "{where} begins in {n} days.", where=where)
