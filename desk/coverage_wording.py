"""What the pages about coverage, the map, states and results say beside what the report of each says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dedupe import phrases
from dedupe.sayings import counted, say

GROUP, SINCE, UNTIL, SHOW = say("Group or state"), say("From"), say("To"), say("Show")
GROUP_HINT = say("As in African Union or Ghana; several with a comma between them. Blank: every state that is invited.")
UNKNOWN_DATE = say("A date is written as 2010-02-01. The usual period is shown.")
BACKWARDS = say("The period ends before it begins. The usual period is shown.")
STATE, EVENTS, STATES = say("State or territory"), say("Events"), say("States")
AUDIENCE, HOSTS = say("Who is invited"), say("Who hosts")
MAP_OF_HOSTS = say("Events held in each state")
NUMBERS, NOBODY = say("The numbers"), say("No state is invited to an event of this period.")
NOBODY_HOSTS = say("No event of this period says in which state it is held.")
STATES_LEAD = say("Every state that an event known here invites, whenever it is held.")
PLAN_FOR = say("Plan a workshop for it")
NEEDS_WORD, NO_FINDINGS = say("What needs a word about it"), say("Nothing needs a word about it.")
ALL_EVENTS = say("Events: still to come first, then the latest")
EARLIER, LATER = say("Earlier events"), say("Later events")
LEDGER_LEAD = say("What came of each finding, from the night it was first told to its end, and each month in numbers.")
ENTRIES, AS_CSV = say("Finding by finding"), say("As a table for a spreadsheet (CSV)")
FINDING, TOLD, AHEAD, CAME = say("Finding"), say("First told"), say("Days ahead"), say("What came of it")
OLDER, NEWER = say("Older findings"), say("Newer findings")


def unknown(words: tuple[str, ...], *, rest: bool) -> str:
    """Say which words name nothing known here, and whether the *rest* of what was asked for is counted, or all."""
    named = phrases.listed(words)
    if rest:
        return say("{words}: no state and no group known here. The rest is counted.", words=named)
    return say("{words}: no state and no group known here. Every state is counted.", words=named)


def period(since: date, until: date) -> str:
    """Say which days are counted."""
    return say("{since} to {until}", since=phrases.day(since), until=phrases.day(until))


def hosted(hosts: Mapping[str, int]) -> str:
    """Say how many events are held where."""
    return counted(
        sum(hosts.values()), "{n} event is held {where}.", "{n} events are held {where}.",
        where=counted(len(hosts), "in {n} state", "in {n} states"),
    )  # fmt: skip


def more(number: int) -> str:
    """Say how many findings are not shown."""
    return counted(number, "{n} finding more", "{n} findings more")


def by_number(numbers: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """Return states by their numbers, the highest first: code, name, number."""
    told = [(state, phrases.state(state), number) for state, number in numbers.items()]
    return sorted(told, key=lambda entry: (-entry[2], entry[1]))


def page_of(page: int, last: int) -> str:
    """Say which page this is."""
    return say("Page {page} of {last}", page=page, last=last)
