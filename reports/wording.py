"""Every sentence of a report in one place, in English; other languages will stand beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from calendar_sync.listings import Status
from dedupe import phrases
from dedupe.findings import Finding, Kind, Severity
from reports.blind_spots import BlindSpot
from reports.coming import ComingEvent, NoLongerListed
from reports.nightly import NightlyReport
from reports.sides import Origin
from reports.standing import Change, Resolved, ToldFinding, Why

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
FIELD = {
    "title": "Title", "dates": "Dates", "place": "Place", "audience": "For", "organisers": "Organisers",
    "sponsors": "Sponsors", "positions": "Positions on record", "events": "Events",
}  # fmt: skip
HEADING = {
    "findings": "What needs a word",
    "information": "Good to know",
    "resolved": "Resolved since the last night",
    "lost": "No longer listed",
    "blind": "What we could not see tonight",
}
WHY = {
    Why.DECIDED: "a coordinator decided on it",
    Why.UNLISTED: "it is no longer listed",
    Why.OVER: "it is over",
    Why.CANCELLED: "it was cancelled",
    Why.UNSUPPORTED: "what the calendars say no longer supports it",
}
NOT_READABLE = "it is no longer listed, or no longer shared with you"
BLIND = {
    "unreachable": "the calendar did not answer.",
    "refused": "the calendar could not be fetched: its server refused.",
    "unusable": "what came could not be used as a calendar.",
}
LANGUAGE = {
    "ar": "Arabic", "de": "German", "es": "Spanish", "fr": "French", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "pt": "Portuguese", "ru": "Russian", "sw": "Swahili", "th": "Thai", "tr": "Turkish", "vi": "Vietnamese",
    "zh": "Chinese",
}  # fmt: skip
"""Named beside a title that is in none of the report's own language."""
COUNTED = "Findings:"
EYEBROW = "Outreach calendar · nightly report"
ALONE = "not in every list"
SILENT = "silent"
NEWEST = "newest"
WAS_LIST = "was another list"
REFERENCE = "Reference"
ANSWER = "Answer this finding"
AS_LIST = "The same as a list"
NOTHING_OWN = "nothing of your own listed"
NO_PLACE = "no place yet"
FORMER = "first announced"
WITHDRAWN = "Withdrawn"
MOVABLE_DAYS = 14
"""An event that begins sooner can hardly be moved."""
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def night(day: date) -> str:
    """Write a night out.

    >>> night(date(2009, 12, 4))
    'Friday 4 December 2009'
    """
    return f"{_WEEKDAYS[day.weekday()]} {phrases.day(day)}"


def title(report: NightlyReport) -> str:
    """Name the report."""
    return f"{report.reader.name}, night of {night(report.night)}"


def corrected(subject: str) -> str:
    """Return the subject of a report that takes the place of one sent before, for the same night."""
    return f"Corrected: {subject}"


def count(number: int, one: str, many: str = "") -> str:
    """Count a noun.

    >>> count(1, "finding"), count(0, "finding"), count(3, "event")
    ('1 finding', 'no findings', '3 events')
    """
    return f"{number or 'no'} {one if number == 1 else many or one + 's'}"


def counts(report: NightlyReport) -> tuple[tuple[str, str], ...]:
    """Return the numbers of the report, each with its noun."""
    told = report.counts
    return (
        (str(told.new), "new"),
        (str(told.changed), "changed"),
        (str(told.resolved), "resolved"),
        (str(told.open), "still open"),
        calendars(report),
    )


def calendars(report: NightlyReport) -> tuple[str, str]:
    """Say how many calendars were read."""
    return f"{report.counts.calendars_read} of {report.counts.calendars}", "calendars read"


def months(report: NightlyReport) -> str:
    """Head the picture."""
    return "The next months" if report.everything else "Your next months"


def coming(report: NightlyReport) -> str:
    """Head the events to come."""
    return f"Coming events{_whose(report)}"


def no_coming(report: NightlyReport) -> str:
    """Say that there are none."""
    return f"Nothing is listed{_whose(report)} in the coming months."


def legend(report: NightlyReport) -> str:
    """Explain the picture, and say what it leaves out."""
    drawn = report.timeline
    sorts = {bar.sort for bar in drawn.bars}
    parts = ["Solid: the days are certain."] if "certain" in sorts else []
    parts += ["Hatched: somewhere within these days."] if "possible" in sorts else []
    parts += ["Grey: announced first, no longer so."] if "former" in sorts else []
    parts += ["Dotted: tonight."]
    parts += ["Arc: two events of one finding, with its number."] if drawn.arcs else []
    if drawn.more_arcs:
        parts.append(f"{count(drawn.more_arcs, 'finding')} more without an arc.")
    if drawn.later:
        parts.append(f"{count(drawn.later, 'later event')} not drawn.")
    return " ".join(parts)


def numbers(findings: Sequence[int]) -> str:
    """Name findings by their numbers.

    >>> numbers((1,)), numbers((1, 4))
    ('finding 1', 'findings 1 and 4')
    """
    told = phrases.listed([str(number) for number in findings])
    return f"finding{'' if len(findings) == 1 else 's'} {told}"


def answer(report: NightlyReport) -> str:
    """Say how to answer."""
    return f"To answer, write to {report.contact} and name the reference of the finding."


def subject(told: ToldFinding, report: NightlyReport) -> str:
    """Return the subject of an answer, by which both sides know what it is about."""
    return f"{told.finding.key.id} ({report.reader.id}, {report.night.isoformat()}): {told.finding.title}"


def _whose(report: NightlyReport) -> str:
    if report.everything:
        return ""
    return " for your states" if report.reader.members else " for you"


def lead(report: NightlyReport, *, with_calendars: bool = True) -> tuple[str, str]:
    """Say first what a busy person must know: one sentence, and what belongs to it.

    *with_calendars* says on an empty night how many calendars were read; JSON gives that number once, in its counts.
    """
    fresh = [told for told in report.findings if told.change is not Change.OPEN]
    if fresh:
        first, rest = _leading(fresh[0], report)
        return first, " ".join(part for part in (rest, _others(fresh[1:])) if part)
    still = f"{_sentence(len(report.findings), 'finding')} still open." if report.findings else ""
    quiet = still or f"No duplicate and no clash is known{_whose(report)}."
    if news := [entry for entry in report.coming if entry.new]:
        return f"{_sentence(len(news), 'event')} newly listed{_whose(report)}.", f"{_first(news)} {quiet}"
    if news := [entry for entry in report.coming if entry.changed]:
        return f"{_sentence(len(news), 'coming event')} changed{_whose(report)}.", f"{_first(news)} {quiet}"
    if report.no_longer_listed:
        return f"{_sentence(len(report.no_longer_listed), 'coming event')} no longer listed{_whose(report)}.", quiet
    if report.resolved:
        return f"{_sentence(len(report.resolved), 'finding')} resolved since the last night.", quiet
    read = f"{' '.join(calendars(report))}, " if with_calendars else ""
    upcoming = f"Next: {_named(report.coming[0])}." if report.coming else no_coming(report)
    return f"No news tonight: {read}nothing changed{_whose(report)}.", " ".join(
        part for part in (still, upcoming) if part
    )


def _sentence(number: int, one: str) -> str:
    """Begin a sentence with a count."""
    many = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{many} {one} is" if number == 1 else f"{many} {one}s are"


def _named(entry: ComingEvent) -> str:
    return ", ".join(part for part in (entry.title, entry.place, entry.dates) if part)


def _first(entries: Sequence[ComingEvent]) -> str:
    return f"{'The first: ' if len(entries) > 1 else ''}{_named(entries[0])}."


def _others(fresh: Sequence[ToldFinding]) -> str:
    """Count what else is new or changed: what needs a word, and what is only good to know."""
    pressing = sum(not told.informs for told in fresh)
    informing = len(fresh) - pressing
    parts = []
    if pressing:
        parts.append(f"{count(pressing, 'other finding')} {'needs' if pressing == 1 else 'need'} a word")
    if informing:
        other = "" if pressing else "other finding " if informing == 1 else "other findings "
        parts.append(f"{informing} {other}{'is' if informing == 1 else 'are'} good to know")
    return f"{'; '.join(parts)}." if parts else ""


def _leading(told: ToldFinding, report: NightlyReport) -> tuple[str, str]:
    """Return the lead of a finding, and what belongs to it."""
    finding = told.finding
    if finding.kind in (Kind.DUPLICATIVE, Kind.CLASH) and len(finding.events) == 2:
        here, there = (phrases.where(event) for event in finding.events)
        may = "" if finding.certain else "may "
        if finding.kind is Kind.CLASH:
            first = f"{here} and {there} {may}need the same people at the same time."
        else:
            apart = f", {phrases.days(finding.days_apart)} apart" if finding.days_apart else ""
            first = f"{here} and {there} {may}reach largely the same states{apart}."
        return first, " ".join(part for part in (_shared(finding), _movable(finding, report.night)) if part)
    if finding.kind is Kind.SAME_EVENT and len(finding.listing_ids) == 2:
        known = {listing.id: listing for event in finding.events for listing in event.listings}
        titles = [f"“{known[id_].title}”" for id_ in finding.listing_ids if id_ in known]
        return f"{finding.title}.", f"One calls it {titles[0]}, the other {titles[1]}." if len(titles) == 2 else ""
    return f"{finding.title}.", finding.reasons[0].text if finding.reasons else ""


def _shared(finding: Finding) -> str:
    """Say how many states are invited to both, and where each is held."""
    if not finding.states:
        return ""
    where = [f"{phrases.where(event)} ({phrases.dates(event.span)})" for event in finding.events]
    if _audiences(finding) == finding.smaller_audience:
        whole = len(finding.states) == finding.smaller_audience
        share = f"All {len(finding.states)}" if whole else f"{len(finding.states)} of the {finding.smaller_audience}"
        told = f"{share} states invited to {where[0]}"
        return f"{told} are also invited to {where[1]}."
    return f"{len(finding.states)} states are invited to both, {where[0]} and {where[1]}."


def _audiences(finding: Finding) -> int:
    """Return how many states the earlier event's audience names; 0 when it names a group."""
    for fact in finding.facts:
        if fact.field == "audience" and fact.values[0].text:
            return len(fact.values[0].text.split("; "))
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
            return f"{where} can still be moved."
    if not ahead:
        return ""
    days, where = min(ahead)
    return f"{where} begins tomorrow." if days == 1 else f"{where} begins in {days} days."


def change(told: ToldFinding) -> str:
    """Say what is new about a finding."""
    if told.change is Change.NEW:
        return "new tonight"
    if told.change is Change.CHANGED:
        fields = [FIELD.get(name, name).lower() if name != "audience" else "audience" for name in told.changed]
        what = "an event" if told.finding.kind is Kind.LOAD else "a listing"
        return f"changed: {', '.join(fields)}" if fields else f"changed: {what} joined or left"
    return f"still open, told first on {phrases.day(told.first_night)}"


def resolved(gone: Resolved) -> str:
    """Say what is no longer so, and why."""
    if not gone.retracted:
        return f"{gone.before.title}: {WHY[gone.why]}."
    why = NOT_READABLE if gone.why is Why.UNLISTED else WHY[gone.why]
    return f"{resolved_title(gone)}: {why}."


def resolved_title(gone: Resolved) -> str:
    """Return the title of what is no longer so; one that may not be repeated is named by its reference."""
    if not gone.retracted:
        return gone.before.title
    key = gone.before.key
    return f"{REFERENCE} {key.id} ({KIND[key.kind]}), told first on {phrases.day(gone.before.first_night)}"


def since(origin: Origin | None, said: str = "") -> str:
    """Say who says something, and since when; *said* is the organisation that is named already."""
    if origin is None:
        return ""
    who = "" if origin.organisation == said else origin.organisation
    day = f"since {phrases.day(origin.since)}" if origin.since else ""
    return ", ".join(part for part in (who, day) if part)


def tongue(language: str, own: str = "en") -> str:
    """Name a title's language where it is not the report's own.

    >>> tongue("fr"), tongue("en"), tongue("zh-Hans")
    ('French', '', 'Chinese')
    """
    code = language.split("-")[0].lower()
    return "" if code == own else LANGUAGE.get(code, "")


def invited(entry: ComingEvent) -> str:
    """Say how many states are invited; blank when that is not known.

    >>> from dedupe.events import Event
    >>> event = ComingEvent(Event("1", ()), "", "", "", "", ("Ghana", "Mali"), 15, ())
    >>> invited(event)
    '2 of your 15 states'
    """
    number = len(entry.states)
    if not number:
        return ""
    if not entry.members:
        return count(number, "state")
    if number == entry.members:
        return f"all {number} of your states" if number > 1 else "your state"
    return f"{number} of your {entry.members} states"


def news(entry: ComingEvent) -> str:
    """Say what is new about a coming event; blank when nothing."""
    if entry.new:
        return "new tonight"
    return f"changed: {phrases.listed(entry.changed)}" if entry.changed else ""


def lost(gone: NoLongerListed, names: Mapping[str, str]) -> str:
    """Say who took a listing away, or closed it: which of the two must not be seen."""
    owner = names.get(gone.organisation, gone.organisation)
    if gone.title:
        return f"taken away by {owner}"
    return f"An event of {owner}, {REFERENCE.lower()} {gone.event[:8]}: {NOT_READABLE}"


def firm(entry: ComingEvent) -> str:
    """Say how firm an event is; blank when it is."""
    return "" if entry.status is Status.CONFIRMED else str(entry.status)


def blind(spot: BlindSpot, names: Mapping[str, str]) -> tuple[str, str]:
    """Say which calendar could not be seen, and what was kept of it."""
    owner = names.get(spot.organisation, spot.organisation)
    told = f"({spot.calendar}): {BLIND[spot.code]}"
    kept = (
        f"Its last good copy, of {phrases.day(spot.last_good)}, stands; nothing was withdrawn and nothing resolved."
        if spot.last_good
        else "It could not be read before either; nothing is known of it."
    )
    return owner, f"{told} {kept}"


def comparison(name: str) -> str:
    """Name a comparison of the evidence."""
    return "Starting point" if name == "prior" else f"{name[:1].upper()}{name[1:]}"


def bits(number: float) -> str:
    """Write bits with their sign.

    >>> bits(5.52), bits(-0.4), bits(0)
    ('+5.5', '−0.4', '0.0')
    """
    return "0.0" if abs(number) < 0.05 else f"{number:+.1f}".replace("-", "−")


def score(finding: Finding) -> str:
    """Say what the evidence adds up to."""
    told = f"{bits(finding.bits or 0)} bits together"
    if finding.probability is None:
        return told
    sure = f"{finding.probability:.1%}" if 0.001 <= finding.probability <= 0.999 else (
        "over 99.9%" if finding.probability > 0.5 else "under 0.1%"
    )  # fmt: skip
    return f"{told}: {sure.replace('%', ' %')} likely one event"


def columns(*, versions: bool, several: bool) -> str:
    """Explain a table of sides."""
    if versions:
        return "Each version, who says so and since when"
    if several:
        return "What the calendars say of each; a cell from elsewhere names its own source"
    return "What each listing says; ≠ marks where they differ"
