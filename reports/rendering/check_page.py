"""The page of a check, to be mailed to whoever asks: the answer in a sentence, then what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dedupe.checks import Check
from dedupe.findings import Kind
from dedupe.received import StateHistory
from reports.rendering.pages import page
from reports.rendering.week_strip import CELL_HEIGHT, CELL_WIDTH, WIDTH, strip
from reports.rendering.week_strip import words as told


def render(check: Check, night: date) -> bytes:
    """Write the page of one workshop, UTF-8; the same check gives the same bytes."""
    return _page([check], check.event.title, check.lead, night, single=True)


def render_plan(name: str, checks: Sequence[Check], problems: Sequence[str], night: date) -> bytes:
    """Write the page of a whole plan: a table of its workshops, then each in full."""
    return _page(checks, f"Plan {name}", plan_lead(checks, problems), night, problems=problems)


def plan_lead(checks: Sequence[Check], problems: Sequence[str] = ()) -> str:
    """Say in one sentence what a busy person must know of a plan."""
    several = "workshop" if len(checks) == 1 else "workshops"
    touched = sum(bool(check.counts.get(Kind.CLASH) or check.counts.get(Kind.DUPLICATIVE)) for check in checks)
    said = f"{touched} of {len(checks)} {several} would or might clash or duplicate"
    unread = f"; {len(problems)} {'thing' if len(problems) == 1 else 'things'} could not be read" if problems else ""
    return f"{said}{unread}."


def _page(
    checks: Sequence[Check], heading: str, lead: str, night: date, *, single: bool = False, problems: Sequence[str] = ()
) -> bytes:
    return page(
        "check.html.jinja", "check.css", checks=checks, heading=heading, lead=lead, night=night, single=single,
        problems=problems, strip=strip, told=told, alike=alike, instead=instead, WIDTH=WIDTH, CELL_WIDTH=CELL_WIDTH,
        CELL_HEIGHT=CELL_HEIGHT,
    )  # fmt: skip


def alike(history: Sequence[StateHistory]) -> list[tuple[str, str, int]]:
    """Put the states together that received the same: their names, the events, and how many more there are."""
    together: dict[tuple[tuple[str, ...], int], list[str]] = {}
    for line in history:
        together.setdefault((line.events, line.more), []).append(line.state_name)
    return [
        (", ".join(names), "; ".join(events) or "nothing known", more)
        for (events, more), names in sorted(together.items(), key=lambda entry: (-len(entry[0][0]), entry[1]))
    ]


def instead(check: Check) -> str:
    """Name the best other date where the one asked for is not free."""
    if check.event.span is None:
        return "no date yet"
    if not (check.counts.get(Kind.CLASH) or check.counts.get(Kind.DUPLICATIVE)):
        return "as planned"
    best = next(iter(check.alternatives), None)
    if best is None:
        return "no date to move"
    return best.words if best.free else f"{best.words}, with {told(best)}"
