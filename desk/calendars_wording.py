"""Sentences of the pages about calendars: how each fares, one in doubt, and adding one."""

from __future__ import annotations

from collections.abc import Sequence

from calendar_sync.visibility import Visibility
from dedupe import phrases
from dedupe.sayings import beside, counted, say
from desk import wording
from flows.adding import Tried, Unfit
from flows.calendars_seen import CalendarSeen, Quarantine
from store.calendar_stories import Changed, Fared, Standing
from store.doubts import Answer

CALENDARS, EMPTY = say("Calendars"), say("The roster names no calendar yet.")
READ_ALL, READ_ONE, RUN_NIGHT, ADD = (
    say("Read all calendars"), say("Read this calendar now"), say("Run the night now"), say("Add a calendar"),
)  # fmt: skip
RUN_HINT = say(
    "Reading brings in what the calendars say now. Only a night looks for findings in it and writes the reports."
)
WHOSE, ADDRESS, GOOD_COPY, PROBLEMS = say("Organisation"), say("Address"), say("Last good copy"), say("Problems")
NEVER_READ = say("It was never read.")
NEVER_READ_NEXT = say("Read it now.")
NO_COPY = say("There is none yet.")
LISTINGS = say("Listings")
NOTED = say("What was noted")
STORY, NO_PROBLEMS = say("Last nights"), say("Nothing in it is wrong.")
PROBLEMS_LEAD = say("What is wrong in it, or was chosen where it is unclear. The messages are in English.")
CODE, MESSAGE, UID = say("Code"), say("Message"), say("UID")
CHANGED, UNCHANGED = say("What the last reading changed"), say("It changed nothing.")
NIGHT, HAPPENED = say("Night"), say("What happened")
QUARANTINE = say("In quarantine")
QUARANTINE_UNKNOWN = say("Which listings are missing was not noted. Read it again to see them.")
WOULD_GO = say("Listings that would be withdrawn")
DATES, PLACE, TITLE = say("Dates"), say("Place"), say("Title")
ACCEPT, REFUSE = say("Accept: it is right as it came"), say("Refuse: keep the last good copy")
ACCEPT_MEANS = say("Accepting reads it again, and withdraws these listings and no others.")
REFUSE_MEANS = say("Refusing withdraws nothing, and the nights it must come back like this are counted anew.")
NOTE, NOTE_HINT = say("Note"), say("Why; kept with the answer, read by coordinators")
ANSWERS = say("Who looked at it")
OVERTAKEN = say("It is no longer as you saw it. Nothing was done; below it is as it is now.")

OUTCOME = {"read": say("read"), "unchanged": say("read; nothing is new in it")}
_LOOK = say("Look at what would be withdrawn, then accept or refuse it.")
TROUBLE = {
    "unreachable": (
        say("It did not answer."), say("Nothing tonight. If it lasts, open its address, and ask the organisation."),
    ),
    "asked-to-wait": (
        say("Its server asked to be left alone for a while."), say("Nothing: it is read again when that is over."),
    ),
    "refused": (
        say("Its server said no."),
        say("Open its address. Correct it in outreach.toml, or write to the organisation."),
    ),
    "gone": (
        say("Its publisher says that this address is gone for good."), say("Ask the organisation for the new address."),
    ),
    "oversize": (
        say("It sends more than a calendar may have."),
        say("If that is right, raise limits.bytes for it in outreach.toml."),
    ),
    "unreadable": (
        say("What came is no calendar; it may be a page to sign in."),
        say("Open its address in a browser, and ask the organisation."),
    ),
    "failed": (
        say("Something else than the calendar kept it from being read."),
        say("Read what was noted, then read the calendar again."),
    ),
    "emptied": (say("It came back empty, and is not believed."), _LOOK),
    "shrunken": (say("Much of it is missing at once, and it is not believed."), _LOOK),
}  # fmt: skip
"""What went wrong by code, and what to do next."""

ADD_LEAD = say("Try a calendar first: you see what it yields, and nothing is kept. Then add it to the roster.")
ORGANISATION, ID, KIND = say("Organisation that publishes it"), say("Id"), say("Kind")
SOURCE, SOURCE_HINT = say("Address"), say("It begins with https, http or webcal.")
ID_HINT = say("Letters, digits, - and _. Left blank, one is suggested.")
KIND_HINT = say("It is mostly told from what comes.")
CHOOSE = say("Choose one")
ANY_KIND = say("Tell it from what comes")
VISIBILITY, SHARED_WITH = say("Visibility"), say("Shared with")
SHARED_WITH_HINT = say("For “shared” and “busy” only: who may read it, or may know that days are taken.")
MEANING = {
    Visibility.PUBLIC: say("public: every organisation of the roster may read it"),
    Visibility.SHARED: say("shared: the organisations chosen below may read it"),
    Visibility.BUSY: say("busy: the organisations chosen below may know that these days are taken, and nothing else"),
    Visibility.HIDDEN: say("hidden: only its owner and the coordinators of the committee"),
}
TRY, TRY_AGAIN, ADD_IT = say("Try it"), say("Try it again"), say("Add it to the roster")
YIELDS = say("What it yields")
BLOCK = say("Add this to outreach.toml by hand:")
BUSY_TRYING = say("Other calendars are being tried. Nothing was asked. Try again in half a minute.")
NOT_WRITTEN = say("outreach.toml could not be changed; it is as it was.")
NO_CALENDAR = say("What came is no calendar. It cannot be added as it is.")
UNFIT = {
    Unfit.ORGANISATION: say("Choose an organisation of the roster."),
    Unfit.ADDRESS: say(
        "Write an address that begins with https, http or webcal. Files and other addresses are refused."
    ),
    Unfit.SECRET: say(
        "The address holds a password or refers to a secret. Add such a calendar in outreach.toml itself, with its "
        "password as a reference."
    ),
    Unfit.ID: say("Use letters, digits, - and _ for the id, no more than 60."),
    Unfit.TAKEN: say("A calendar has this id already. Choose another one."),
    Unfit.KIND: say("Choose a kind from the list."),
    Unfit.VISIBILITY: say("Choose a visibility from the list."),
    Unfit.SHARED_WITH: say("Say with whom it is shared where it is “shared” or “busy”, and with nobody otherwise."),
}


def lead(seen: Sequence[CalendarSeen]) -> tuple[str, str]:
    """Say first whether anything fails, then how many there are."""
    fails = sum(one.fails for one in seen)
    doubted = sum(one.doubted for one in seen)
    never = sum(one.standing is None for one in seen)
    if not seen:
        return EMPTY, ""
    first = (
        counted(fails, "{n} calendar could not be read or is not believed.",
                "{n} calendars could not be read or are not believed.")
        if fails
        else say("Every calendar that was asked could be read.")
    )  # fmt: skip
    more = [
        counted(doubted, "{n} waits for your word.", "{n} wait for your word.") if doubted else "",
        counted(never, "{n} was never read.", "{n} were never read.") if never else "",
        counted(len(seen), "The roster names {n} calendar.", "The roster names {n} calendars."),
    ]
    return first, beside(more, " ")


def happened(fared: Fared) -> str:
    """Say how a calendar fared on a night."""
    if fared.good:
        return OUTCOME.get(fared.outcome, OUTCOME["read"])
    return TROUBLE[fared.code][0] if fared.code in TROUBLE else TROUBLE["failed"][0]


def what_next(fared: Fared) -> str:
    """Say what to do about it; blank where nothing has to be done."""
    if fared.good:
        return ""
    return TROUBLE[fared.code][1] if fared.code in TROUBLE else TROUBLE["failed"][1]


def state(seen: CalendarSeen) -> str:
    """Say in a word or two where a calendar stands."""
    if seen.standing is None:
        return say("never read")
    if seen.doubted:
        return say("in quarantine")
    return say("not read") if seen.fails else say("read")


def asked_on(standing: Standing) -> str:
    """Say when a calendar was asked last."""
    return say("Asked on {night}.", night=phrases.day(standing.last.night))


def read_on(standing: Standing) -> str:
    """Say when a calendar was read last, and what it has."""
    last = standing.last
    return say("It was read on {night}: {listings}.", night=phrases.day(last.night), listings=listings(last.listings))


def since(standing: Standing) -> str:
    """Say since when it fails; blank while it does not."""
    return say("It has failed since {day}.", day=phrases.day(standing.since)) if standing.since is not None else ""


def good_copy(standing: Standing) -> str:
    """Say of when the last good copy is, and what is in it."""
    if standing.good is None:
        return NO_COPY
    return beside((phrases.day(standing.good.night), listings(standing.good.listings)))


def listings(number: int) -> str:
    """Say how many listings."""
    return counted(number, "{n} listing", "{n} listings")


def problems(number: int) -> str:
    """Say how many problems."""
    return counted(number, "{n} problem", "{n} problems")


def more(number: int) -> str:
    """Say how many are not shown."""
    return counted(number, "{n} more is not shown.", "{n} more are not shown.")


def changed(what: Changed) -> str:
    """Say how much a night changed."""
    parts = [
        counted(what.added, "{n} new listing", "{n} new listings") if what.added else "",
        counted(what.updated, "{n} changed", "{n} changed") if what.updated else "",
        counted(what.withdrawn, "{n} withdrawn", "{n} withdrawn") if what.withdrawn else "",
    ]
    return beside(parts)


def in_doubt(held: Quarantine) -> str:
    """Say what is at stake."""
    if held.missing is None:
        return QUARANTINE_UNKNOWN
    return counted(
        held.missing,
        "As it came on {night}, {n} listing would be withdrawn. Until it is believed, the last good copy stands.",
        "As it came on {night}, {n} listings would be withdrawn. Until it is believed, the last good copy stands.",
        night=phrases.day(held.night),
    )


def nights_left(held: Quarantine) -> str:
    """Say when it is believed without anybody's word."""
    return counted(
        held.nights_left,
        "Without an answer it is believed if it comes back like this on {n} more night.",
        "Without an answer it is believed if it comes back like this on {n} more nights.",
    )


def answered(answer: Answer) -> str:
    """Say who said what of it."""
    values = {"name": answer.by, "night": phrases.day(answer.night), "when": wording.at(answer.at)}
    if answer.accepted:
        return say("{name} accepted it as it came on {night} ({when}).", **values)
    return say("{name} refused it as it came on {night} ({when}).", **values)


def yields(found: Tried) -> str:
    """Say how much came, and which of it is shown."""
    if not found.number:
        return say("It holds no listing.")
    all_ = counted(found.number, "It holds {n} listing.", "It holds {n} listings.")
    if len(found.listings) == found.number:
        return all_
    shown = len(found.listings)
    part = (
        counted(shown, "Shown is the next one to come.", "Shown are the {n} that come next.")
        if found.coming
        else counted(shown, "Shown is the first one; all are over.", "Shown are the first {n}; all are over.")
    )
    return beside((all_, part), " ")


def trouble(code: str) -> str:
    """Say what kept a calendar from being tried; blank for what is a remark of its reading."""
    return TROUBLE[code][0] if code in TROUBLE else ""


def title(calendar: str) -> str:
    """Name a calendar."""
    return say("Calendar {id}", id=calendar)
