"""Every sentence of the coordinators' pages: said in English, and told in the reader's language by the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from calendar_sync.listings import Listing
from dedupe import phrases
from dedupe.decisions import Verdict
from dedupe.events import Event
from dedupe.findings import Kind
from dedupe.sayings import Tongue, beside, counted, say
from flows.decision_log import Made
from flows.finding_seen import FindingSeen
from flows.queueing import Queue, Waiting
from flows.reviewing import SERIAL, AlreadyDecided, FindingChanged
from flows.tonight import Tonight
from reports import wording
from reports.coming import worded
from reports.ledger_wording import FACT
from store.accounts import Role
from store.findings import Standing
from store.outbox import State

DESK = say("Outreach desk")
SKIP = say("To the contents")
NAV = {
    "tonight": say("Tonight"), "plan": say("Plan"), "events": say("Events"), "calendar": say("Calendar"),
    "timeline": say("Timeline"), "map": say("Map"), "coverage": say("Coverage"), "organisations": say("Organisations"),
    "calendars": say("Calendars"), "ledger": say("Ledger"), "log": say("Log"),
}  # fmt: skip
"""The pages of the desk, by the first part of their addresses; Tonight is at the address without any."""
OF_EXPERTS = ("tonight", "log")
LANGUAGES = {"en": "English", "fr": "Français", "es": "Español", "pt": "Português", "ar": "العربية", "ru": "Русский"}
"""Each in its own words, for whoever reads none of the others."""
LANGUAGE, PLACES = say("Language"), say("Pages of the desk")
ROLE = {
    Role.COORDINATOR: say("coordinator"), Role.EXPERT: say("expert"), Role.READER: say("reader"),
}  # fmt: skip
SIGN_IN, SIGN_OUT, NAME, PASSWORD = say("Sign in"), say("Sign out"), say("Name"), say("Password")
SIGN_IN_HINT = say("Accounts are made by whoever runs the desk: outreach accounts add NAME --role coordinator")
WRONG = say("This is no name and password of an account. Nothing was changed.")
TOO_OFTEN = say("Too many wrong tries. Wait a few minutes, then try again.")
SIGNED_OUT = say("You are signed out. Nothing was changed. Sign in, then press again.")
ONE_MOMENT = say("One moment")
GO_ON = say("Go on to the page")
BY_LINK = say("Sign in on this machine")
LINK_OVER = say("This link is used up, or older than ten minutes. End the desk and start it again for a new one.")
NOT_YOURS = say("This page is not for your role. Nothing was changed.")
FROM_ELSEWHERE = say("This came from another site, or from a page that is too old. Nothing was changed.")
NOT_NAMED = say("There is no account for the name you come with. Nothing was changed. Ask whoever runs the desk.")
OTHER_HOST = say("The desk is not found under this name. Open it by its own address.")
NOT_FOUND = say("There is nothing at this address.")
CANNOT = say("This is refused")
HOME = say("To the desk")

NEEDS_WORD, GOOD_TO_KNOW, SETTLED_TODAY = say("What needs a word"), say("Good to know"), say("Decided since")
MORNING = say("Tonight")
FIRST_RUN = say("No night has run yet.")
FIRST_RUN_HINT = say("Run the first one, then open this page again:")
FIRST, NOW_OVER = say("Begins"), say("begun or over")
DECIDE, NOTE, NOTE_HINT = say("Your decision"), say("Note"), say("Why; kept with the decision, read by coordinators")
CONFIRM, DISMISS = say("Confirm: it is so"), say("Dismiss: no problem")
SAME, NOT_SAME = say("The same event"), say("Not the same event")
SERIES = say("Series: editions of one programme")
HISTORY, NEVER = say("Decisions so far"), say("Nobody has decided on it yet.")
STANDS = say("as they were")
EXPERT_READS = say("Coordinators decide. They asked you for a word: write it below.")
WHAT_WAS_TOLD = say("What was told then")
NEXT_PAGE = say("Earlier decisions")
LESS_PRESSING, MORE_PRESSING = say("Less pressing findings"), say("More pressing findings")
SNOOZED, FOR_EXPERT = say("Put off"), say("Coordinators ask you for a word on these findings.")
NOBODY_ASKS = say("Nobody asks you about a finding now.")
BEHIND = say(
    "Something was read or decided a moment ago. The events are being laid out anew; until then they stand here as "
    "they were before. Open the page again in a few minutes."
)

LOG_TITLE, LOG_EMPTY = say("Log of decisions"), say("Nobody has decided on anything yet.")
LOG_LEAD = say("Who decided what, when, and whether the facts they saw still stand. Nothing is ever removed from it.")
WHEN, BY, ABOUT, FACTS = say("When"), say("Who"), say("Finding"), say("Facts")
SAID_SO = say("Decision")
FINDING_GONE = say("a finding of another name")
PAIR = say("two listings, decided on their event’s page")

ORGANISATIONS = say("Organisations")
ORGANISATIONS_LEAD = say("What each organisation reads, and where its report stands on its way.")
READS, READS_NONE = say("reads a report"), say("It reads no report.")
OTHERS = say("Organisations that read no report")
WAITS = say("waits for your approval")
REPORT_OF, OPEN_ALONE = say("What it reads"), say("Open the report by itself")
NO_REPORT = say("No report was written for it yet. The next night writes one.")
BEING_WRITTEN = say(
    "Something changed since the report was written. It is being written anew; open it in a few minutes."
)
NO_REPORT_YOURS = say("There is no report for you yet. The next night writes one.")
LETTER = say("Letter before its first report")
DELIVERIES, NO_DELIVERIES = say("Deliveries"), say("Nothing was ever to be sent to it.")
NO_CHANNEL = say("The roster names no address to send its report to.")
CHANNEL, NIGHT, STATE_OF, CAME = say("Sent to"), say("Night"), say("State"), say("What came of it")
APPROVE, HOLD_ALL, HOLD, RESEND = say("Approve"), say("Hold everything"), say("Hold"), say("Send again")
APPROVAL_ASK = say("A report and its letter wait for your word. Read both before you approve.")
NOT_APPROVED = say("Not approved: nothing is sent.")
DELIVERY_STATE = {
    State.APPROVAL: say("waits for approval"), State.WAITING: say("goes out next"), State.SENDING: say("being sent"),
    State.DELIVERED: say("sent"), State.REFUSED: say("refused"), State.HELD: say("held"),
    State.LEFT: say("its reader left"), State.SUPERSEDED: say("replaced by a later one"),
}  # fmt: skip
ALERT = say("alert")
STANDING = {
    Standing.NEW: say("new"), Standing.CHANGED: say("changed"), Standing.OPEN: say("still open"),
    Standing.BACK: say("back"), Standing.UNSEEN: say("not seen tonight"), Standing.RESOLVED: say("resolved"),
}  # fmt: skip
SOON_DAYS = 28
"""Invitations to an event that begins sooner are mostly out."""


def best_worded(event: Event, spoken: Tongue) -> Listing:
    """Return the listing that tells an event in the reader's language, else in English, else the newest."""
    return worded(event, (spoken.code, "en"))


def lead(told: Tonight) -> tuple[str, str]:
    """Say first what a busy person must know: how much waits, and what is nearest."""
    waiting, decided = told.queue.waiting, _decided(told)
    if not waiting:
        return say("Nothing needs a word."), decided
    first = counted(len(waiting), "{n} finding needs a word.", "{n} findings need a word.")
    near = sum(row.first is not None and (row.first - told.night).days <= SOON_DAYS for row in waiting)
    return first, beside((_soon(near, len(waiting)), decided), " ")


def _soon(near: int, of: int) -> str:
    """Say how many of those that wait are about something near.

    >>> _soon(0, 2), _soon(1, 1), _soon(2, 2)[:11], _soon(2, 3)[:9]
    ('', 'It is about an event that begins within four weeks.', 'All of them', '2 of them')
    """
    if not near:
        return ""
    if near == of:
        return counted(
            near,
            "It is about an event that begins within four weeks.",
            "All of them are about events that begin within four weeks.",
        )
    return counted(
        near,
        "{n} of them is about an event that begins within four weeks.",
        "{n} of them are about events that begin within four weeks.",
    )


def _decided(told: Tonight) -> str:
    number = len(told.queue.settled)
    return counted(number, "{n} was decided since the night.", "{n} were decided since the night.") if number else ""


def counts(told: Tonight) -> tuple[tuple[str, str], ...]:
    """Return the numbers of the page, each with its noun."""
    counted_by = Counter(row.told.severity for row in told.queue.waiting)
    numbers = tuple(
        (str(counted_by[severity]), words) for severity, words in wording.SEVERITY.items() if counted_by[severity]
    )
    return (*numbers, wording.calendars(told.read, told.calendars)) if told.calendars else numbers


def page_of(page: int, last: int) -> str:
    """Say which page of the queue this is."""
    return say("Page {page} of {last}", page=page, last=last)


def put_off(day: date) -> str:
    """Say until when a finding is put off."""
    return say("until {day}", day=phrases.day(day))


def settled(queue: Queue) -> list[Made]:
    """Return what was decided since the night, as the log tells it."""
    return [Made(0, made, row.number, row.title, ()) for row, made in queue.settled]


def night(day: date) -> str:
    """Name the night that is told of."""
    return say("Night of {night}", night=wording.night(day))


def beginning(row: Waiting) -> str:
    """Say when the first of a finding's events begins that is still to come."""
    return phrases.day(row.first) if row.first is not None else NOW_OVER


def finding(number: int) -> str:
    """Name a finding."""
    return say("Finding {number}", number=number)


def told_since(day: date) -> str:
    """Say since when the committee knows of it."""
    return say("told since {day}", day=phrases.day(day))


def places(role: Role) -> tuple[tuple[str, str, str], ...]:
    """Return the pages that a role may open, each with its address and its name."""
    names = {Role.COORDINATOR: tuple(NAV), Role.EXPERT: OF_EXPERTS}.get(role, ())
    return tuple((name, "/" if name == "tonight" else f"/{name}", NAV[name]) for name in names)


def answers(kind: Kind) -> tuple[tuple[Verdict, str], ...]:
    """Return what may be said about a finding of a kind, the words on the button with it."""
    if kind is Kind.SAME_EVENT:
        return (Verdict.CONFIRMED, SAME), (Verdict.DISMISSED, NOT_SAME)
    series = ((Verdict.SERIES, SERIES),) if kind in SERIAL else ()
    return (Verdict.CONFIRMED, CONFIRM), (Verdict.DISMISSED, DISMISS), *series


def verdict(made: Made) -> str:
    """Say what was decided."""
    confirmed = made.decision.verdict is Verdict.CONFIRMED
    if made.decision.finding.kind is Kind.SAME_EVENT:
        return say("the same event") if confirmed else say("not the same event")
    if made.decision.verdict is Verdict.SERIES:
        return say("editions of one series")
    return say("confirmed") if confirmed else say("dismissed")


def still(made: Made) -> str:
    """Say whether the facts are those the decision was made on, and which are not."""
    return still_of(made.changed) if made.changed else STANDS


def still_of(changed: Sequence[str]) -> str:
    """Say which facts changed."""
    return say("changed since: {what}", what=beside(_FACT.get(name, name) for name in changed))


def at(moment: datetime) -> str:
    """Write a moment out, in UTC."""
    return say("{day}, {time} UTC", day=phrases.day(moment.date()), time=moment.strftime("%H:%M"))


def approved(name: str, moment: datetime) -> str:
    """Say who allowed an organisation's reports to go out."""
    return say("Approved by {name} on {day}", name=name, day=phrases.day(moment.date()))


def not_tonight(seen: FindingSeen) -> str:
    """Say why there is nothing to press."""
    return say(
        "It was last told on {night} and is not so tonight. It can be decided on when it is so again.",
        night=phrases.day(seen.night),
    )


def overtaken(error: AlreadyDecided | FindingChanged) -> str:
    """Say what happened between the page and the press."""
    if isinstance(error, AlreadyDecided):
        return say(
            "{name} decided on it while you had it before you. Your answer was not recorded; theirs stands below.",
            name=error.decision.by,
        )
    if error.what:
        return say(
            "It changed while you had it before you ({what}). Your answer was not recorded; below it is as it is now.",
            what=beside(_FACT.get(name, name) for name in error.what),
        )
    return say("It is no longer so. Your answer was not recorded.")


def by_link(name: str) -> str:
    """Say what a link does."""
    return say("This link signs you in as {name}, a coordinator. It works once.", name=name)


def frame(name: str) -> str:
    """Name the report inside a page."""
    return say("The report as {name} reads it", name=name)


FORMATS = {
    "xlsx": say("Spreadsheet"), "csv": "CSV", "ics": say("Calendar file"), "text": say("Text"), "json": "JSON",
}  # fmt: skip
AS_FILE = say("As a file:")


def formats(address: str, language: str) -> tuple[tuple[str, str], ...]:
    """Return the addresses of a report as a file, each with the name of its format."""
    spoken = f"&language={language}" if language else ""
    return tuple((f"{address}?format={format_}{spoken}", name) for format_, name in FORMATS.items())


def version(name: str) -> str:
    """Name a version of the letter."""
    return say("Version {version}", version=name)


def how_many(number: int) -> str:
    """Say how many findings are folded away."""
    return counted(number, "{n} finding", "{n} findings")


def rest(number: int) -> str:
    """Say that there are more findings than the page shows."""
    return counted(number, "{n} finding more", "{n} findings more")


_FACT = {**FACT, "listings": say("its listings")}
