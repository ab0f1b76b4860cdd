"""A provisional plan in a file becomes proposals, whatever kind of table or document the readers know; so do words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from calendar_sync.errors import CalendarError, OutreachError
from calendar_sync.identity import MADE_UID
from calendar_sync.reading import Problem, guarded
from calendar_sync.roster import Calendar
from calendar_sync.sources.choosing import source_of
from calendar_sync.spans import Span
from calendar_sync.vague_dates import resolve
from dedupe.checks import Proposal

_PLAN = "plan"
_UNREAD = frozenset({"unclear-date", "below-the-table", "no-header"})
"""Problems after which something of the plan was not understood, beside those that lose a row."""


class PlanUnreadable(OutreachError):
    """A file holds no plan that anybody can read."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(path, what)
        self.path, self.what = path, what

    def __str__(self) -> str:
        return (
            f"{self.path}: {self.what}. Nothing was checked. Next: outreach inspect {self.path} shows what it holds; "
            "a plan is a table with a title, a start and an end."
        )


class DateUnclear(OutreachError):
    """What somebody wrote for the dates of a proposal are none. *which* is start or end."""

    def __init__(self, which: str, what: str) -> None:
        super().__init__(which, what)
        self.which, self.what = which, what

    def __str__(self) -> str:
        return f"{self.what}. Nothing was checked."


@dataclass(frozen=True, slots=True)
class Plan:
    """The workshops of a file, and what of it could not be read, each a sentence: where, what, next."""

    name: str
    proposals: tuple[Proposal, ...]
    problems: tuple[str, ...]


def read_plan(path: Path) -> Plan:
    """Read a plan.

    Raises:
        PlanUnreadable: There is no table of events in it.
    """
    calendar = Calendar(id=_PLAN, organisation="this plan", source=str(path.expanduser().resolve()))
    try:
        payload = source_of(calendar, path.parent).fetch(date.max, None)
    except CalendarError as error:
        raise PlanUnreadable(path, error.detail) from error
    if payload is None:
        raise PlanUnreadable(path, "it came back empty")
    reading = guarded.read_guarded(payload, calendar, None)
    if not reading.is_calendar:
        raise PlanUnreadable(path, "; ".join(problem.message for problem in reading.problems) or "no events are in it")
    problems = [problem for problem in reading.problems if problem.lost or problem.code in _UNREAD]
    return Plan(
        path.name,
        tuple(Proposal.of(listing) for listing in reading.listings),
        tuple(_sentence(path.name, problem) for problem in problems),
    )


def _sentence(name: str, problem: Problem) -> str:
    # A row's place stands in the message; a name that we made up for it would help nobody find it.
    where = f"{name}, {problem.uid}" if problem.uid and not problem.uid.startswith(MADE_UID) else name
    return f"{where}: {problem.message.rstrip('.')}. Next: mend it and check again."


def span_of(start: str, end: str, night: date) -> Span | None:
    """Read the first and the last day of a proposal, ISO days or words; None where nothing is said.

    Raises:
        DateUnclear: One of them is no date, or the last lies before the first.
    """
    if not start and not end:
        return None
    first = _days("start" if start else "end", start or end, night)
    last = _days("end", end, night) if end else first
    if last.latest < first.earliest:
        raise DateUnclear("end", f"The end ({last.latest}) lies before the start ({first.earliest})")
    if first.is_exact and last.is_exact:
        return Span.exact(first.earliest, last.latest)
    return Span.vague(first.earliest, last.latest) if last is not first else first


def _days(which: str, text: str, night: date) -> Span:
    try:
        return Span.exact(datetime.strptime(text, "%Y-%m-%d").date())  # noqa: DTZ007  a civil day has no zone
    except ValueError:
        resolved = resolve(text, published=night, prose=False)
    if resolved is None:
        hint = "write 2010-02-02, or words such as 'first week of March 2010'"
        raise DateUnclear(which, f"{text!r} is no date: {hint}")
    return resolved.span
