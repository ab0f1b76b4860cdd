"""What the pages for planning say beside the answer itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dedupe import phrases
from dedupe.alternatives import clashing, repeating
from dedupe.checks import somebodys
from dedupe.findings import Kind
from dedupe.sayings import beside, counted, say
from flows.planned import MOST_DAYS, MOST_ROWS
from store.proposals import Kept

LEAD = say("Say what you plan, as far as you know it. Nothing is kept, and nobody else sees it, until you save it.")
LABEL = {
    "title": say("Title"), "start": say("Begins"), "end": say("Ends"), "days": say("Days it lasts"),
    "city": say("City"), "country": say("Country"), "online": say("Online"), "audience": say("For whom"),
    "theme": say("Themes"), "organiser": say("Organisers"),
}  # fmt: skip
HINT = {
    "days": say("A number, where the dates do not say it."),
    "start": say("A day such as 2010-02-02, or words: last week of October 2010."),
    "audience": say("States and groups, with a semicolon between them: African Union; Ghana."),
    "theme": say("With a semicolon between them: biosecurity; export control."),
}
CHECK, AS_ICS = say("Check it"), say("Download as a calendar file (.ics)")
WHOLE_LIST, CHECK_LIST = say("Check a whole list"), say("Check the list")
LIST_LEAD = say(
    "A table (xlsx, ods, csv), a document (docx) or a calendar file (ics) with a title, a start and an end."
)
LIST_KEPT = say("The file is read once and kept nowhere. It may have two megabytes.")
FILE, NO_FILE = say("File"), say("No file was chosen. Nothing was checked.")
ONE_BY_ONE = say("Check by itself")
EMPTY = say("No workshop was found in it.")
PLAN_ONE = say("Plan one workshop")
SAVE, SAVED, MINE = say("Save as a proposal"), say("Proposals"), say("yours")
SAVED_LEAD = say("Workshops that coordinators plan and no calendar lists yet. No organisation's report tells of them.")
NO_DAY = say("Without a day that can be understood it has no place in a calendar.")
NOTHING_TO_SAVE = say("Nothing was written, so nothing was saved. Say something of the workshop first.")
NONE_SAVED = say("Nobody has saved a proposal that you may see.")
WHO_SEES, NOTE, WITHDRAW, CHANGE = say("Who sees it"), say("Note"), say("Withdraw it"), say("Change who sees it")
SAVE_CHANGES, CHANGES = say("Save the changes"), say("You change a proposal that you saved.")
NEWER, OLDER = say("Newer"), say("Older")
CHECK_AGAIN, WITHDRAWN, OF = say("Check it now, or change it"), say("It was withdrawn."), say("Planned by")
VISIBILITY = {"hidden": say("Hidden"), "busy": say("Busy"), "shared": say("Shared"), "public": say("Public")}
UNTOLD = say("No calendar lists a proposal, and no organisation's report tells of it.")
MEANING = {
    "hidden": say("You alone."),
    "busy": say("Other coordinators see that you plan something: its days, its place and for whom."),
    "shared": say("Other coordinators see all of it."),
    "public": say("Other coordinators see all of it, and may tell others of it."),
}


def titled(kept: Kept, reader: str) -> str:
    """Name a proposal for whoever reads it; a busy one of somebody else has no title."""
    title = "" if kept.visibility == "busy" and kept.owner != reader else kept.values.get("title", "")
    return title or somebodys(kept.owner)


def when_and_where(kept: Kept) -> str:
    """Say of a proposal when, where and for whom, as it was written."""
    said = kept.values
    dates = beside((said.get("start", ""), said.get("end", "")), " – ")
    online = LABEL["online"] if said.get("online") else ""
    return beside((dates, online, said.get("city", ""), said.get("country", ""), said.get("audience", "")), " · ")


def unclear(field: str, words: Sequence[str]) -> str:
    """Say what of a field could not be understood."""
    named = phrases.listed([say("“{words}”", words=word) for word in words])
    if field == "start" or field == "end":
        return say("{words} is no date, or lies before the beginning. The rest was checked without it.", words=named)
    if field == "days":
        return say("{words} is no number of days up to {most}.", words=named, most=MOST_DAYS)
    if field == "theme":
        return say("{words}: no theme known here. The rest was checked without it.", words=named)
    if field == "country":
        return say("{words} is no state known here. The rest was checked without it.", words=named)
    return say("{words}: no state and no group known here. The others were checked.", words=named)


def would(counts: Mapping[Kind, int]) -> str:
    """Say in short what a proposal would do."""
    found = beside((clashing(counts.get(Kind.CLASH, 0)), repeating(counts.get(Kind.DUPLICATIVE, 0))))
    return found or say("no clash and no duplicate")


def only(number: int) -> str:
    """Say how many workshops of a list are left out."""
    left = number - MOST_ROWS
    return counted(
        left, "{n} workshop more was not checked: cut the list in two.",
        "{n} workshops more were not checked: cut the list in two.",
    ) if left > 0 else ""  # fmt: skip


def list_unread(name: str) -> str:
    """Say that a file holds no plan."""
    return say("{name} could not be read as a list of workshops. Nothing was checked.", name=name)
