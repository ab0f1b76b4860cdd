"""The page of a check, to be mailed to whoever asks: the answer in a sentence, then what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dedupe.checks import Check
from dedupe.received import StateHistory
from dedupe.sayings import beside
from reports import check_wording
from reports.check_wording import plan_lead as plan_lead
from reports.coming import worded
from reports.rendering.pages import page
from reports.rendering.week_strip import CELL_HEIGHT, CELL_WIDTH, WIDTH, strip


def render(check: Check, night: date) -> bytes:
    """Write the page of one workshop, UTF-8; the same check gives the same bytes."""
    return _page([check], check.event.title, check.lead, night, single=True)


def render_plan(name: str, checks: Sequence[Check], problems: Sequence[str], night: date) -> bytes:
    """Write the page of a whole plan: a table of its workshops, then each in full."""
    return _page(checks, check_wording.plan(name), plan_lead(checks, problems), night, problems=problems)


def _page(
    checks: Sequence[Check], heading: str, lead: str, night: date, *, single: bool = False, problems: Sequence[str] = ()
) -> bytes:
    return page(
        "check.html.jinja", "check.css", checks=checks, heading=heading, lead=lead, night=night, single=single,
        problems=problems, **parts(),
    )  # fmt: skip


def parts() -> dict[str, Any]:
    """Return what check_parts.jinja needs, for whichever page the parts of a check stand on.

    *event_page* gives the address of an event within that page's site, *choose* that of the same check on other
    dates; here there is neither.
    """
    return {
        "said": check_wording, "strip": strip, "alike": alike, "WIDTH": WIDTH, "CELL_WIDTH": CELL_WIDTH,
        "CELL_HEIGHT": CELL_HEIGHT, "event_page": None, "choose": None, "worded": worded,
    }  # fmt: skip


def alike(history: Sequence[StateHistory]) -> list[tuple[str, str, int]]:
    """Put the states together that received the same: their names, the events, and how many more there are."""
    together: dict[tuple[tuple[str, ...], int], list[str]] = {}
    for line in history:
        together.setdefault((line.events, line.more), []).append(line.state_name)
    return [
        (beside(names, ordered=True), beside(events, "; ") or check_wording.NOTHING_KNOWN, more)
        for (events, more), names in sorted(together.items(), key=lambda entry: (-len(entry[0][0]), entry[1]))
    ]
