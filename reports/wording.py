"""Every sentence of a report in one place: said in English, and told in the reader's language by whoever writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from calendar_sync.listings import Status
from dedupe import phrases, sayings
from dedupe.findings import Finding, Kind, Severity
from dedupe.look_alikes import Trick
from dedupe.phrases import bits as bits
from dedupe.phrases import level as level
from dedupe.sayings import beside, counted, opened, say
from reports import alert_wording, ledger_wording
from reports.blind_spots import BlindSpot
from reports.coming import ComingEvent, NoLongerListed
from reports.nightly import NightlyReport
from reports.sides import Origin
from reports.standing import Change, Resolved, ToldFinding, Why

SEVERITY = {
    Severity.HIGH: say("High"),
    Severity.MEDIUM: say("Medium"),
    Severity.LOW: say("Low"),
    Severity.INFORMATION: say("For information"),
}
SHAPE = {Severity.HIGH: "▲", Severity.MEDIUM: "◆", Severity.LOW: "●", Severity.INFORMATION: "○"}
"""Severity never hangs on colour alone."""
KIND = {
    Kind.SAME_EVENT: say("same event"), Kind.CONTRADICTION: say("contradiction"),
    Kind.DUPLICATIVE: say("duplicative outreach"), Kind.CLASH: say("clash"), Kind.FORUM: say("forum"),
    Kind.LOAD: say("load"), Kind.SERIES: say("series"), Kind.PART_OF: say("part of a series"),
}  # fmt: skip
FIELD = {
    "title": say("Title"), "dates": say("Dates"), "place": say("Place"), "audience": say("For"),
    "organisers": say("Organisers"), "sponsors": say("Sponsors"), "positions": say("Positions on record"),
    "events": say("Events"), "status": say("Status"),
}  # fmt: skip
HEADING = {
    "findings": say("What needs a word"),
    "information": say("Good to know"),
    "short": say("More findings, in short"),
    "resolved": say("Resolved since the last night"),
    "lost": say("No longer listed"),
    "blind": say("What we could not see tonight"),
}
WHY = {
    Why.DECIDED: say("a coordinator decided on it"),
    Why.UNLISTED: say("it is no longer listed"),
    Why.OVER: say("it is over"),
    Why.CANCELLED: say("it was cancelled"),
    Why.UNSUPPORTED: say("what the calendars say no longer supports it"),
}
NOT_READABLE = say("it is no longer listed, or no longer shared with you")
BLIND = {
    "unreachable": say("the calendar did not answer."),
    "refused": say("the calendar could not be fetched: its server refused."),
    "unusable": say("what came could not be used as a calendar."),
}
STATUS = {
    Status.TENTATIVE: say("tentative"),
    Status.PROVISIONAL: say("provisional"),
    Status.CANCELLED: say("cancelled"),
}
LANGUAGE = {
    "ar": say("Arabic"), "de": say("German"), "en": say("English"), "es": say("Spanish"), "fr": say("French"),
    "it": say("Italian"), "ja": say("Japanese"), "ko": say("Korean"), "pt": say("Portuguese"), "ru": say("Russian"),
    "sw": say("Swahili"), "th": say("Thai"), "tr": say("Turkish"), "vi": say("Vietnamese"), "zh": say("Chinese"),
}  # fmt: skip
"""Named beside a title that is in none of the report's own language."""
TRICK = {
    Trick.SCRIPT: say("contains letters of another script that look like these"),
    Trick.HIDDEN: say("contains hidden characters"),
    Trick.TURNED: say("contains characters that turn the order of letters round"),
}
"""Said beside a title that looks like another."""
CHANGE = {
    Change.NEW: say("new"), Change.CHANGED: say("changed"), Change.OPEN: say("still open"),
    Change.RESOLVED: say("resolved"), Change.BACK: say("back"), Change.UNSEEN: say("not seen tonight"),
}  # fmt: skip
LASTING = say("Findings keep the numbers they were first told by.")
ELSEWHERE = say("Both sides of each stand in the table and in the JSON of this report.")
COLUMN = {
    "section": say("Section"), "number": say("Number"), "kind": say("Kind"), "severity": say("Severity"),
    "change": say("Change"), "finding": say("Finding"), "states_in_common": say("States in common"),
    "days_apart": say("Days apart"), "event": say("Event"), "earliest": say("Earliest day"),
    "latest": say("Latest day"), "exact": say("Exact"), "city": say("City"), "country": say("Country"),
    "sources": say("Sources"),
}  # fmt: skip
"""The columns of the table, by their codes."""
CODE = {
    "section": {
        "finding": COLUMN["finding"], "coming": say("Coming event"), "resolved": CHANGE[Change.RESOLVED],
        "unseen": CHANGE[Change.UNSEEN], "no longer listed": HEADING["lost"],
    },
    "kind": {str(kind): words for kind, words in KIND.items()},
    "severity": {str(severity): words for severity, words in SEVERITY.items()},
    "change": {str(change): words for change, words in CHANGE.items()},
    "exact": {"yes": say("yes"), "no": say("no")},
}  # fmt: skip
"""What the codes in its cells mean, by column."""
COUNTED = say("Findings:")
EYEBROW = say("Outreach calendar · nightly report")
SILENT = say("silent")
NEWEST = say("newest")
WAS_LIST = say("was another list")
REFERENCE = say("Reference")
DECIDE = say("Decide at the desk")
ANSWER = say("Answer this finding")
AS_LIST = say("The same as a list")
NOTHING_OWN = say("nothing of your own listed")
NO_PLACE = say("no place yet")
FORMER = say("first announced")
WITHDRAWN = say("Withdrawn")
PICTURE = say("Timeline; the same facts stand in the list of coming events")
PICTURED = say("Events of the coming months, one lane for each organisation")
SIDES = say("What each side says")
COULD = say("Could be done:")
WHO, SINCE, SOURCE, UNKNOWN = say("Who says so"), say("Since"), say("Source"), say("unknown")
COMPARISON, COMPARED, BITS = say("Comparison"), say("What was found"), say("Bits")
EVIDENCE = say("Each comparison with its weight: what makes one event likelier is above zero")
AGAINST = say("Against:")
_WEEKDAYS = (
    say("Monday {day}"), say("Tuesday {day}"), say("Wednesday {day}"), say("Thursday {day}"), say("Friday {day}"),
    say("Saturday {day}"), say("Sunday {day}"),
)  # fmt: skip


def night(day: date) -> str:
    """Write a night out.

    >>> night(date(2009, 12, 4))
    'Friday 4 December 2009'
    """
    return say(_WEEKDAYS[day.weekday()].template, day=phrases.day(day))


def title(report: NightlyReport) -> str:
    """Name the report."""
    return say(
        "{organisation}, night of {night}", organisation=phrases.organisation(report.reader), night=night(report.night)
    )


def corrected(subject: str) -> str:
    """Return the subject of a report that takes the place of one sent before, for the same night."""
    return say("Corrected: {subject}", subject=subject)


def counts(report: NightlyReport) -> tuple[tuple[str, str], ...]:
    """Return the numbers of the report, each with its noun."""
    told = report.counts
    return (
        (str(told.new), counted(told.new, "new", "new")),
        (str(told.changed), counted(told.changed, "changed", "changed")),
        (str(told.resolved), counted(told.resolved, "resolved", "resolved")),
        *([(str(told.back), counted(told.back, "back", "back"))] if told.back else []),
        (str(told.open), counted(told.open, "still open", "still open")),
        *([(str(told.unseen), ledger_wording.UNSEEN_OF_THEM)] if told.unseen else []),
        calendars(report.counts.calendars_read, report.counts.calendars),
    )


def calendars(read: int, all_of_them: int) -> tuple[str, str]:
    """Say how many calendars were read."""
    return (
        say("{read} of {all}", read=read, all=all_of_them),
        counted(all_of_them, "calendar read", "calendars read"),
    )


def months(report: NightlyReport) -> str:
    """Head the picture."""
    return say("The next months") if report.everything else say("Your next months")


def coming(report: NightlyReport) -> str:
    """Head the events to come."""
    return whose(
        report, say("Coming events"), say("Coming events for you"), say("Coming events for your states")
    )  # fmt: skip


def no_coming(report: NightlyReport) -> str:
    """Say that there are none."""
    return whose(
        report,
        say("Nothing is listed in the coming months."),
        say("Nothing is listed for you in the coming months."),
        say("Nothing is listed for your states in the coming months."),
    )


def untold(number: int) -> str:
    """Say that there are more findings than a page names."""
    return counted(
        number, "{n} more finding stands in the table and in the JSON of this report only.",
        "{n} more findings stand in the table and in the JSON of this report only.",
    )  # fmt: skip


def later(number: int) -> str:
    """Say that there are more events than a page shows."""
    return counted(
        number, "{n} later event stands in the table and in the feed only.",
        "{n} later events stand in the table and in the feed only.",
    )  # fmt: skip


def legend(report: NightlyReport) -> str:
    """Explain the picture, and say what it leaves out."""
    drawn = report.timeline
    sorts = {bar.sort for bar in drawn.bars}
    parts = [say("Solid: the days are certain.")] if "certain" in sorts else []
    parts += [say("Hatched: somewhere within these days.")] if "possible" in sorts else []
    parts += [say("Grey: announced first, no longer so.")] if "former" in sorts else []
    parts += [say("Dotted: tonight.")]
    parts += [say("Arc: two events of one finding, with its number.")] if drawn.arcs else []
    if drawn.more_arcs:
        parts.append(counted(drawn.more_arcs, "{n} finding more without an arc.", "{n} findings more without an arc."))
    if drawn.later:
        parts.append(counted(drawn.later, "{n} later event not drawn.", "{n} later events not drawn."))
    return beside(parts, " ")


def numbers(findings: Sequence[int]) -> str:
    """Name findings by their numbers.

    >>> numbers((1,)), numbers((1, 4))
    ('finding 1', 'findings 1 and 4')
    """
    told = phrases.listed([str(number) for number in findings])
    return counted(len(findings), "finding {numbers}", "findings {numbers}", numbers=told)


def refer(findings: Sequence[int]) -> str:
    """Say what stands before the numbers of findings."""
    return counted(len(findings), "finding", "findings")


def answer(report: NightlyReport) -> str:
    """Say how to answer."""
    return say("To answer, write to {contact} and name the reference of the finding.", contact=report.contact)


def subject(told: ToldFinding, report: NightlyReport) -> str:
    """Return the subject of an answer, by which both sides know what it is about."""
    return say(
        "{id} ({organisation}, {night}): {title}",
        id=told.finding.key.id, organisation=report.reader.id, night=report.night.isoformat(), title=told.finding.title,
    )  # fmt: skip


def whose(report: NightlyReport, everybody: str, you: str, states: str) -> str:
    """Choose among what is said to the committee, to an organisation without members and to one with them."""
    if report.everything:
        return everybody
    return states if report.reader.members else you


GONE = {Change.UNSEEN: say("not seen tonight"), Change.RESOLVED: say("resolved")}
"""What is said of a finding that is not so, where it is shown all the same."""


def change(told: ToldFinding) -> str:
    """Say what is new about a finding."""
    if told.change in GONE:
        return GONE[told.change]
    if told.change is Change.NEW and told.alerted:
        return alert_wording.told(told.alerted)
    if told.change is Change.NEW:
        return say("new tonight")
    if told.change is Change.BACK or told.wavers:
        return ledger_wording.back(told)
    if told.change is Change.CHANGED:
        if told.changed:
            return say("changed: {what}", what=beside(ledger_wording.FACT.get(name, name) for name in told.changed))
        if told.finding.kind is Kind.LOAD:
            return say("changed: an event joined or left")
        return say("changed: a listing joined or left")
    return say("still open, told first on {day}", day=phrases.day(told.first_night))


def resolved(gone: Resolved) -> str:
    """Say what is no longer so, and why."""
    why = NOT_READABLE if gone.retracted and gone.why is Why.UNLISTED else WHY[gone.why]
    return say("{what}: {why}.", what=resolved_title(gone), why=why)


def resolved_title(gone: Resolved) -> str:
    """Return the title of what is no longer so; one that may not be repeated is named by its reference."""
    if not gone.retracted:
        return gone.before.title
    key = gone.before.key
    return say(
        "Reference {id} ({kind}), told first on {day}",
        id=key.id, kind=KIND[key.kind], day=phrases.day(gone.before.first_night),
    )  # fmt: skip


def since(origin: Origin | None, said: str = "") -> str:
    """Say who says something, and since when; *said* is the organisation that is named already."""
    if origin is None:
        return ""
    who = "" if origin.organisation == said else origin.organisation
    return beside((who, since_day(origin.since)))


def since_day(day: date | None) -> str:
    """Say since when; blank when that is not known."""
    return say("since {day}", day=phrases.day(day)) if day else ""


def tongue(language: str, own: str = "en") -> str:
    """Name a title's language where it is not the report's own.

    >>> tongue("fr"), tongue("en"), tongue("zh-Hans"), tongue("en", "fr")
    ('French', '', 'Chinese', 'English')
    """
    code = language.split("-")[0].lower()
    return "" if code == own else LANGUAGE.get(code, "")


def invited(entry: ComingEvent) -> str:
    """Say how many states are invited; blank when that is not known.

    >>> from dedupe.events import Event
    >>> event = ComingEvent(Event("1", ()), "", "", "", "", ("Ghana", "Mali"), 15, ())
    >>> invited(event)
    'For 2 of your 15 states'
    """
    number = len(entry.states)
    if not number:
        return ""
    if not entry.members:
        return counted(number, "For {n} state", "For {n} states")
    if number == entry.members:
        return counted(number, "For your state", "For all {n} of your states")
    return counted(number, "For {n} of your {all} states", "For {n} of your {all} states", all=entry.members)


def invites(entry: ComingEvent) -> str:
    """Say how many states are invited, and which."""
    return say("{whom}: {states}", whom=invited(entry), states=phrases.listed(entry.states, ordered=True))


def named(states: Sequence[str]) -> str:
    """Count the states of a list."""
    return counted(len(states), "{n} state", "{n} states")


def alone(states: Sequence[str]) -> str:
    """Name those that are not in every list."""
    return say("not in every list: {states}", states=phrases.listed(states, ordered=True))


def everyone(states: Sequence[str]) -> str:
    """Offer to show the whole list."""
    return counted(len(states), "all {n}", "all {n}")


def was(text: str) -> str:
    """Say what stood there before."""
    return say("was: {what}", what=text)


def news(entry: ComingEvent) -> str:
    """Say what is new about a coming event; blank when nothing."""
    if entry.new:
        return say("new tonight")
    if not entry.changed:
        return ""
    return say("changed: {what}", what=beside(ledger_wording.FACT[name] for name in entry.changed))


def lost(gone: NoLongerListed, names: Mapping[str, str]) -> str:
    """Say who took a listing away, or closed it: which of the two must not be seen."""
    owner = names.get(gone.organisation, gone.organisation)
    if gone.title:
        return say("taken away by {owner}", owner=owner)
    return say(
        "An event of {owner}, reference {id}: it is no longer listed, or no longer shared with you",
        owner=owner, id=gone.event[:8],
    )  # fmt: skip


def lost_facts(gone: NoLongerListed, title: str) -> str:
    """Say what was listed, under *title*; blank where that may not be said."""
    return beside((title, gone.dates, gone.place)) if gone.title else ""


def firm(entry: ComingEvent) -> str:
    """Say how firm an event is; blank when it is."""
    return STATUS.get(entry.status, "")


def blind(spot: BlindSpot, names: Mapping[str, str]) -> tuple[str, str]:
    """Say which calendar could not be seen, and what was kept of it."""
    owner = names.get(spot.organisation, spot.organisation)
    kept = (
        say(
            "Its last good copy, of {day}, stands; nothing was withdrawn and nothing resolved.",
            day=phrases.day(spot.last_good),
        )
        if spot.last_good
        else say("It could not be read before either; nothing is known of it.")
    )
    return owner, say("({calendar}): {what} {kept}", calendar=spot.calendar, what=BLIND[spot.code], kept=kept)


def comparison(name: str) -> str:
    """Name a comparison of the evidence."""
    return say("Starting point") if name == "prior" else opened(say(name))


def score(finding: Finding) -> str:
    """Say what the evidence adds up to."""
    told = bits(finding.bits or 0)
    if finding.probability is None:
        return say("{bits} bits together", bits=told)
    share = finding.probability
    if 0.001 <= share <= 0.999:
        likely: str = sayings.number(f"{share:.1%}".replace("%", " %"), share, "0.0 %")
    else:
        likely = say("over 99.9 %") if share > 0.5 else say("under 0.1 %")
    return say("{bits} bits together: {share} likely one event", bits=told, share=likely)


def columns(*, versions: bool, several: bool) -> str:
    """Explain a table of sides."""
    if versions:
        return say("Each version, who says so and since when")
    if several:
        return say("What the calendars say of each; a cell from elsewhere names its own source")
    return say("What each listing says; ≠ marks where they differ")


def why(finding: Finding) -> str:
    """Offer to show the evidence."""
    return say("Why: {score}", score=score(finding))


def against(text: str) -> str:
    """Mark a sentence that speaks against a finding, where no picture does."""
    return say("against: {what}", what=text)
