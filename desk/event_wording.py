"""Every sentence of the pages about events: said in English, and told in the reader's language by the page."""

from __future__ import annotations

from collections.abc import Sequence

from calendar_sync.listings import Listing, Status
from calendar_sync.roster import Roster
from dedupe import phrases
from dedupe.decisions import Verdict
from dedupe.events import Event
from dedupe.sayings import Tongue, alphabetically, beside, counted, opened, say, told
from desk.wording import at as moment
from desk.wording import still_of
from flows.events_found import EventsFound
from flows.events_seen import EventSeen, Pairs, organisations_of
from flows.joining import EventChanged, EventDecided, NoOther, NothingApart
from reports import wording
from reports.event_facts import CERTAIN
from reports.ledger_wording import FACT, PHASE

EVENTS = say("Events")
LEAD = say("Every event that organisations list.")
WORDS, WORDS_HINT = say("Words of the title or the place"), say("The words of one language find titles in the others.")
FIRST, LAST = say("From the day"), say("To the day")
DATES_HINT = say("Events without a date are shown when both days are left blank.")
ORGANISATION, THEME, ANY, SEARCH = say("Organisation"), say("Theme"), say("any"), say("Search")
NOTHING_FOUND = say("No event is like this. Take away a word or a day, and search again.")
NO_SUCH_DAY = say("A day is written as year, month and day: 2010-02-28. All days are shown instead.")
EARLIER, LATER = say("Earlier events"), say("Later events")
WORKSHOP = say("workshop of the committee’s programme")
PAGES = say("Pages of the list")

STANDS = say("What stands")
DATES, PLACE, AUDIENCE = wording.FIELD["dates"], wording.FIELD["place"], wording.FIELD["audience"]
ORGANISERS, SPONSORS = wording.FIELD["organisers"], wording.FIELD["sponsors"]
THEMES, PHASE_OF, STATUS_OF = say("Themes"), say("Phase"), wording.FIELD["status"]
FIELD = {**wording.FIELD, "themes": THEMES, "phase": PHASE_OF}
UNTOLD = say("nobody says")
EVERYBODY = say("all states")
FROM_TITLES = say("read from the titles: nobody says who is invited")
SOURCE, CALENDAR = say("source"), say("calendar")
WHO_SAYS = say("Who says what")
WHO_SAYS_HINT = say("One column for each listing, whoever said something last first.")
DIFFERS, CONTRADICTION = say("differs"), say("Contradiction")
DECIDED = say("decided since")
FINDINGS, NO_FINDINGS = say("Findings about this event"), say("No finding of the night is about this event.")

JOINED = say("Which listings are this event")
NEVER_SAID = say("Nobody has decided on them: they are one event by what they say.")
NEVER_SAID_ALONE = say("One listing tells of it, and nobody has said that another does.")
OVERRULED = say("Something else was decided later.")
TAKE_BACK = {
    Verdict.CONFIRMED: say("To take it back, choose under “Split” the listings that are another event."),
    Verdict.DISMISSED: say("To take it back, choose the other event under “Merge”."),
}
SPLIT, SPLIT_HINT = say("Split"), say("Choose the listings that are not this event. They become another one.")
SPLIT_BUTTON = say("These are another event")
MERGE, MERGE_HINT = say("Merge"), say("Choose the event that is really this one. All their listings become one event.")
MERGE_BUTTON = say("This is the same event")
NONE_LIKELY = say("No other event is like this one in dates, place and title.")
OTHER = say("Address of the page of another event")
OTHER_HINT = say("For an event that is not among these. When it is filled in, it counts.")


def found(told_of: EventsFound) -> str:
    """Say how many events were found, and which page this is."""
    number = counted(told_of.number, "{n} event", "{n} events")
    page = say("page {page} of {pages}", page=told_of.page, pages=told_of.pages) if told_of.pages > 1 else ""
    return beside((number, page))


def as_of(told_of: EventsFound) -> str:
    """Say of which night the list is."""
    return say("As of the night of {night}.", night=phrases.day(told_of.night))


def listed_by(roster: Roster, event: Event) -> Sequence[tuple[str, str]]:
    """Return id and name of each organisation that lists an event."""
    return [(one.id, phrases.organisation(one)) for one in organisations_of(roster, event)]


def when(event: Event) -> str:
    """Say when an event is held."""
    return phrases.dates(event.span, next((one.date_text for one in event.listings if one.span == event.span), ""))


def where(event: Event) -> str:
    """Say where an event is held."""
    return phrases.place(event.city, event.country) or wording.NO_PLACE


def status(event: Event) -> str:
    """Say how firm the newest listing has it; blank where it is confirmed."""
    return wording.STATUS.get(event.listings[0].status, "")


def status_of(event: Event) -> str:
    """Say how firm the newest listing has it."""
    return status(event) or CERTAIN


def cancelled(event: Event) -> bool:
    """True when the newest listing has it cancelled."""
    return event.listings[0].status is Status.CANCELLED


def states(seen: EventSeen, spoken: Tongue) -> Sequence[tuple[str, str]]:
    """Return code and name of each state that is invited, in the order of the names in the reader's language."""
    named = [(code, phrases.state(code)) for code in seen.understood.states]
    return sorted(named, key=lambda one: alphabetically(told(one[1], spoken)))


def how_many(number: int) -> str:
    """Count the states that are invited."""
    return counted(number, "{n} state", "{n} states")


def organisers(event: Event) -> Sequence[str]:
    """Return the organisers, each once; states by their names."""
    return tuple(dict.fromkeys(phrases.state(name) for one in event.listings for name in one.organisers))


def sponsors(event: Event) -> Sequence[str]:
    """Return the sponsors, each once; states by their names."""
    return tuple(dict.fromkeys(phrases.state(name) for one in event.listings for name in one.sponsors))


def themes(seen: EventSeen) -> str:
    """Name the themes."""
    return phrases.themes(seen.understood.themes)


def phase(seen: EventSeen) -> str:
    """Name the phase, blank where nothing tells."""
    return PHASE[seen.understood.phase] if seen.understood.phase else ""


def of_listing(seen: EventSeen, listing: Listing) -> str:
    """Name whoever published a listing."""
    return phrases.organisation(seen.roster.organisation(listing.organisation))


def listing(seen: EventSeen, one: Listing) -> str:
    """Say who lists it, where and since when, beside its title."""
    return beside((of_listing(seen, one), one.key.calendar, wording.since_day(one.since)))


def candidate(event: Event, roster: Roster) -> str:
    """Say when and where another event is held, and who lists it."""
    return beside((when(event), where(event), beside(name for _, name in listed_by(roster, event))), "; ")


def said(pairs: Pairs) -> str:
    """Say what was decided of the listings named below it."""
    made = pairs.made
    if made.verdict is Verdict.CONFIRMED:
        return say("{name} said on {moment}: these are one event.", name=made.by, moment=moment(made.at))
    return say("{name} said on {moment}: these are not this event.", name=made.by, moment=moment(made.at))


def gone(pairs: Pairs) -> str:
    """Count the listings that stand no more."""
    return counted(pairs.gone, "{n} listing that stands no more", "{n} listings that stand no more")


def no_longer(pairs: Pairs) -> str:
    """Say why a decision holds no more, blank while it does."""
    if pairs.overruled:
        return OVERRULED
    return opened(still_of(pairs.changed)) if pairs.changed else ""


def untold(number: int, most: int) -> str:
    """Say that a form offers some of the listings only."""
    return say("The {most} newest of {number} listings are offered; split those off first.", most=most, number=number)


def problem(error: EventChanged | EventDecided | NoOther | NothingApart) -> str:
    """Say why nothing was recorded."""
    if isinstance(error, NoOther):
        return say("This names no other event. Nothing was recorded. Choose one, or give the address of its page.")
    if isinstance(error, NothingApart):
        return say("Some listings must be chosen, and some must stay. Nothing was recorded.")
    if isinstance(error, EventDecided):
        return say(
            "{name} decided on its listings while you had it before you. Your answer was not recorded; theirs stands "
            "below.", name=error.decision.by,
        )  # fmt: skip
    what = beside(FACT.get(name, say("its listings")) for name in error.what)
    return say(
        "It changed while you had it before you ({what}). Your answer was not recorded; below it is as it is now.",
        what=what,
    )
