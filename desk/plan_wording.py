"""What the pages for planning say beside the answer itself."""

from __future__ import annotations

from collections.abc import Sequence

from dedupe import phrases
from dedupe.sayings import counted, say
from flows.planned import MOST_ROWS

LEAD = say("Say what you plan, as far as you know it. Nothing is kept, and nobody else sees it.")
LABEL = {
    "title": say("Title"), "start": say("Begins"), "end": say("Ends"), "city": say("City"), "country": say("Country"),
    "audience": say("For whom"), "theme": say("Themes"), "organiser": say("Organisers"),
}  # fmt: skip
HINT = {
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


def unclear(field: str, words: Sequence[str]) -> str:
    """Say what of a field could not be understood."""
    named = phrases.listed([say("“{words}”", words=word) for word in words])
    if field == "start" or field == "end":
        return say("{words} is no date, or lies before the beginning. The rest was checked without dates.", words=named)
    if field == "country":
        return say("{words} is no state known here. The rest was checked without it.", words=named)
    return say("{words}: no state and no group known here. The others were checked.", words=named)


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
