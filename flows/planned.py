"""A workshop that somebody plans at the desk, from what they wrote to the answer: as of the latest night."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from calendar_sync.countries import country_code
from calendar_sync.spans import Span
from dedupe.checks import Check, Proposal
from dedupe.findings import Kind
from dedupe.known import Known, known_profiles
from dedupe.meaning import audiences, themes
from dedupe.policy import Policy
from dedupe.positions import Register
from dedupe.profiles import profile
from dedupe.proposals import check_against, count
from flows.latest import Latest, latest
from flows.planning import DateUnclear, Plan, PlanUnreadable, read_plan, span_of

FIELDS = ("title", "start", "end", "days", "city", "country", "online", "audience", "theme", "organiser")
"""What is asked of a workshop; several audiences, themes or organisers stand in one field, parted by semicolons."""
LONGEST = 500
"""Characters of a field."""
LIST_WEEKS = 8
"""To either side of each workshop of a list."""
MOST_DAYS = 60
"""Days that a workshop may be said to last."""
MOST_ROWS = 40
"""Workshops of a list that are checked at once."""
_KINDS = (".csv", ".xlsx", ".ods", ".docx", ".ics", ".tsv")


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote, and what of it could not be understood, by field: words that nobody knows here."""

    values: Mapping[str, str]
    proposal: Proposal
    unclear: Mapping[str, tuple[str, ...]]

    @property
    def blank(self) -> bool:
        """True when nothing was written."""
        return not any(self.values.values())


@dataclass(frozen=True, slots=True)
class Planned:
    """A workshop as it was written, held against what is known."""

    night: date
    behind: bool
    written: Written
    check: Check | None
    """None where nothing was written."""


@dataclass(frozen=True, slots=True)
class ListPlanned:
    """A whole list of workshops, each held against the others and against what is known."""

    night: date
    behind: bool
    plan: Plan
    checks: tuple[Check, ...]


def planned(
    roster_path: Path, values: Mapping[str, str], beside: Callable[[Latest], Sequence[Proposal]] = lambda _: ()
) -> Planned | None:
    """Check a workshop as somebody wrote it, with the proposals *beside* it; None before the first night."""
    seen = latest(roster_path)
    if seen is None:
        return None
    asked = written(values, seen)
    check = None if asked.blank else check_written(seen, asked.proposal, beside(seen))
    return Planned(seen.night, seen.behind, asked, check)


def check_written(seen: Latest, proposal: Proposal, others: Sequence[Proposal] = ()) -> Check:
    """Hold a proposal against everything known and against other proposals, in all weeks of a year."""
    worlds = [seen.known, *([world(seen, others)] if others else [])]
    return _checked(seen, proposal, worlds, year=True)


def checked(roster_path: Path, proposal: Proposal, weeks: int | None) -> Check | None:
    """Hold a proposal against everything known, with so many weeks to either side; None before the first night."""
    seen = latest(roster_path)
    return None if seen is None else _checked(seen, proposal, [seen.known], weeks=weeks)


def written(values: Mapping[str, str], seen: Latest, said_on: date | None = None) -> Written:
    """Understand what somebody wrote, now or on a night; what is not understood is left out and named."""
    said = {name: " ".join(values.get(name, "").split())[:LONGEST] for name in FIELDS}
    unclear: dict[str, tuple[str, ...]] = {}
    days = _days(said["days"])
    if said["days"] and not days:
        unclear["days"] = (said["days"],)
    span = _span(said["start"], said["end"], days, said_on or seen.night, unclear)
    country = country_code(said["country"])
    if said["country"] and not country:
        unclear["country"] = (said["country"],)
    audience = several(said["audience"])
    if audience:
        on = span.earliest if span is not None else seen.night
        unknown = audiences.states(audience, on, seen.roster.organisations).unknown
        if unknown:
            unclear["audience"] = tuple(unknown)
    about = several(said["theme"])
    if strange := tuple(words for words in about if not themes.known(words)):
        unclear["theme"] = strange
    proposal = Proposal(
        title=said["title"], span=span, city=said["city"], country=country, audience=audience, themes=about,
        organisers=several(said["organiser"]), online=bool(said["online"]), days=days,
    )  # fmt: skip
    return Written(said, proposal, unclear)


def _days(text: str) -> int:
    """Read how long it is to last; 0 where that is no number of days.

    >>> _days("3"), _days("a week"), _days("0"), _days("999")
    (3, 0, 0, 0)
    """
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    return number if number <= MOST_DAYS else 0


def _span(start: str, end: str, days: int, on: date, unclear: dict[str, tuple[str, ...]]) -> Span | None:
    """Read the days; where one of the two is none, that is noted in *unclear*, and the other is taken alone."""
    try:
        span = span_of(start, end, on)
    except DateUnclear as error:
        if error.which == "end":
            unclear["end"] = (end,)
            return _span(start, "", days, on, unclear) if start else None
        unclear["start"] = (start,)
        return _span("", end, days, on, unclear) if end else None
    if span is None or end or not (days and span.is_exact and span.days == 1):
        return span
    try:
        return Span.exact(span.earliest, span.earliest + timedelta(days=days - 1))
    except OverflowError:
        return span


def several(text: str) -> tuple[str, ...]:
    """Take apart what stands in one field, by semicolons, or by commas where there is none.

    >>> several("Botswana; Ghana"), several("BW, GH"), several("")
    (('Botswana', 'Ghana'), ('BW', 'GH'), ())
    """
    parts = (part.strip() for part in re.split(";" if ";" in text else ",", text))
    return tuple(part for part in parts if part)


def planned_list(
    roster_path: Path, name: str, body: bytes, beside: Callable[[Latest], Sequence[Proposal]] = lambda _: ()
) -> ListPlanned | None:
    """Check a whole list as somebody sent it, with the proposals *beside* it; nothing of it is kept.

    None before the first night.

    Raises:
        PlanUnreadable: There is no table of events in it.
    """
    seen = latest(roster_path)
    if seen is None:
        return None
    suffix = Path(name).suffix.lower()
    if suffix not in _KINDS:
        raise PlanUnreadable(Path(name), f"it is none of {', '.join(_KINDS)}")
    with TemporaryDirectory() as folder:
        path = Path(folder, f"plan{suffix}")
        path.write_bytes(body)
        plan = read_plan(path)
    proposals = plan.proposals[:MOST_ROWS]
    # Read the others once, not once a workshop.
    others = beside(seen)
    worlds = [seen.known, *(world(seen, plans) for plans in (proposals, others) if plans)]
    checks = tuple(_checked(seen, proposal, worlds, weeks=LIST_WEEKS) for proposal in proposals)
    return ListPlanned(seen.night, seen.behind, plan, checks)


def world(seen: Latest, proposals: Sequence[Proposal]) -> Known:
    """Lay proposals out, for others to be held against."""
    return known_profiles(
        [profile(one.as_event(seen.roster.committee.id), seen.roster.organisations, seen.night) for one in proposals]
    )


def counted(seen: Latest, proposal: Proposal, beside: Known) -> Mapping[Kind, int]:
    """Count what a proposal would be found to do among what is known and *beside* it, by kind."""
    loaded, worlds = seen.roster, (seen.known, beside)
    return count(proposal, worlds, Policy.from_table(loaded.policy), loaded.organisations, seen.night)


def _checked(
    seen: Latest, proposal: Proposal, worlds: Sequence[Known], *, weeks: int | None = None, year: bool = False
) -> Check:
    loaded = seen.roster
    return check_against(
        proposal, worlds, Policy.from_table(loaded.policy), loaded.organisations, seen.night, weeks=weeks, year=year,
        register=Register.from_tables(loaded.register).on(seen.night),
    )  # fmt: skip


def values_of(proposal: Proposal) -> dict[str, str]:
    """Write a proposal as the form has it."""
    span = proposal.span
    start, end = (span.earliest.isoformat(), span.latest.isoformat()) if span else ("", "")
    if span and not span.is_exact and proposal.listed is not None and proposal.listed.date_text:
        # Two days would say that it lasts all that while.
        start, end = proposal.listed.date_text, ""
    return {
        "title": proposal.title, "start": start, "end": end, "days": str(proposal.days or ""),
        "city": proposal.city, "country": proposal.country, "online": "yes" if proposal.online else "",
        "audience": "; ".join(proposal.audience), "theme": "; ".join(proposal.themes),
        "organiser": "; ".join(proposal.organisers),
    }  # fmt: skip
