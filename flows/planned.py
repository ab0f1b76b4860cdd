"""A workshop that somebody plans at the desk, from what they wrote to the answer: as of the latest night."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from calendar_sync.countries import country_code
from calendar_sync.listings import ListingKey
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
_LIST = "this list"
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
    return _checked(seen, proposal, _worlds(seen, others), year=True)


def checked(
    roster_path: Path,
    proposal: Proposal,
    dates: tuple[str, str],
    beside: Callable[[Latest], Sequence[Proposal]] = lambda _: (),
    *,
    weeks: int | None = None,
) -> Planned | None:
    """Hold a proposal against everything known and the proposals *beside* it; None before the first night.

    Its *dates* are written, ISO days or words, the first and the last. Other dates are looked for in so many *weeks* to
    either side; None: in all weeks of a year.

    Raises:
        DateUnclear: One of the two is no date, or the last lies before the first.
    """
    seen = latest(roster_path)
    if seen is None:
        return None
    asked = _stated(proposal, dates, seen)
    check = _checked(seen, asked.proposal, _worlds(seen, beside(seen)), weeks=weeks, year=weeks is None)
    return Planned(seen.night, seen.behind, asked, check)


def _stated(proposal: Proposal, dates: tuple[str, str], seen: Latest) -> Written:
    """Give a proposal its dates, and say what of it nobody knows."""
    span = _lasting(span_of(*dates, seen.night), proposal.days, dates[1])
    return Written({}, *_understood(replace(proposal, span=span), seen))


def _understood(proposal: Proposal, seen: Latest) -> tuple[Proposal, dict[str, tuple[str, ...]]]:
    """Return a proposal without a country that is none, and by field of the form the words that nobody knows here."""
    unclear: dict[str, tuple[str, ...]] = {}
    country = country_code(proposal.country)
    if proposal.country and not country:
        unclear["country"] = (proposal.country,)
    if proposal.audience:
        on = proposal.span.earliest if proposal.span is not None else seen.night
        if unknown := audiences.states(proposal.audience, on, seen.roster.organisations).unknown:
            unclear["audience"] = tuple(unknown)
    if strange := tuple(words for words in proposal.themes if not themes.known(words)):
        unclear["theme"] = strange
    return replace(proposal, country=country), unclear


def written(values: Mapping[str, str], seen: Latest, said_on: date | None = None) -> Written:
    """Understand what somebody wrote, now or on a night; what is not understood is left out and named."""
    said = {name: " ".join(values.get(name, "").split())[:LONGEST] for name in FIELDS}
    unclear: dict[str, tuple[str, ...]] = {}
    days = _days(said["days"])
    if said["days"] and not days:
        unclear["days"] = (said["days"],)
    span = _span(said["start"], said["end"], days, said_on or seen.night, unclear)
    proposal, strange = _understood(
        Proposal(
            title=said["title"], span=span, city=said["city"], country=said["country"],
            audience=several(said["audience"]), themes=several(said["theme"]),
            organisers=several(said["organiser"]), online=bool(said["online"]), days=days,
        ),
        seen,
    )  # fmt: skip
    return Written(said, proposal, unclear | strange)


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
    return _lasting(span, days, end)


def _lasting(span: Span | None, days: int, end: str) -> Span | None:
    """Let a workshop of which the first day alone is said last as long as it is said to."""
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
    return ListPlanned(seen.night, seen.behind, plan, _all_checked(seen, plan.proposals[:MOST_ROWS], beside))


def all_checked(
    roster_path: Path,
    stated: Sequence[tuple[Proposal, tuple[str, str]]],
    beside: Callable[[Latest], Sequence[Proposal]] = lambda _: (),
) -> list[Planned] | None:
    """Check a whole list, each proposal with its dates as `checked` takes them, no more than MOST_ROWS.

    None before the first night.

    Raises:
        DateUnclear: The dates of one of them cannot be understood; it says of which.
    """
    seen = latest(roster_path)
    if seen is None:
        return None
    asked = []
    for number, (proposal, dates) in enumerate(stated[:MOST_ROWS], 1):
        try:
            asked.append(_stated(proposal, dates, seen))
        except DateUnclear as error:
            raise DateUnclear(error.which, f"Workshop {number}: {error.what}") from None
    checks = _all_checked(seen, [_as_row(one.proposal, number) for number, one in enumerate(asked, 1)], beside)
    return [Planned(seen.night, seen.behind, one, check) for one, check in zip(asked, checks, strict=True)]


def _all_checked(
    seen: Latest, proposals: Sequence[Proposal], beside: Callable[[Latest], Sequence[Proposal]]
) -> tuple[Check, ...]:
    # Read the others once, not once a workshop.
    others = beside(seen)
    worlds = [seen.known, *(world(seen, plans) for plans in (proposals, others) if plans)]
    return tuple(_checked(seen, proposal, worlds, weeks=LIST_WEEKS) for proposal in proposals)


def _as_row(proposal: Proposal, number: int) -> Proposal:
    """Give a proposal a place of its own, so that it is held against the others and not against itself."""
    return replace(Proposal.of(proposal.as_listing(ListingKey(_LIST, str(number)), _LIST)), days=proposal.days)


def _worlds(seen: Latest, others: Sequence[Proposal]) -> list[Known]:
    return [seen.known, *([world(seen, others)] if others else [])]


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
