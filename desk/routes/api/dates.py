"""Events by their days: the calendar and the timeline, chosen by organisation, theme and state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BeforeValidator

from dedupe import phrases
from desk import calendar_wording, choosing
from desk.api_document import operation
from desk.api_models.dates import (
    DayTold,
    EventDated,
    EventsListed,
    InLanes,
    MonthCounted,
    MonthTold,
    OnDay,
    ThemeNamed,
    Themes,
    TimelineTold,
    YearTold,
)
from desk.bearers import Caller, Guarded
from desk.problems import Problem, no_night
from desk.routes.api.looking import Day, civil
from flows import dated_events, events_found, lanes, months
from flows.dated_events import Choice, Chosen, Shown
from flows.lanes import Sort
from flows.months import Listed
from reports import languages
from store.accounts import Role

router = APIRouter(route_class=Guarded, tags=["events"])
Words = Annotated[str, Query(max_length=200)]
Page = Annotated[int, Query(ge=1, le=100_000)]
Month = Annotated[str, Path(pattern=r"^[0-9]{4}-[0-9]{2}$", description="As 2010-02.")]
Civil = Annotated[date, BeforeValidator(civil), Path(description="As 2010-02-28.")]
_OPERATION = operation(Role.COORDINATOR, problems=(400, 404, 422))


def chosen(asking: Caller, organisation: Words = "", theme: Words = "", state: Words = "") -> Chosen:
    """Return the events among which days are looked at; blank: all of them.

    Raises:
        Problem: No night has run yet, or there is no such organisation, theme or state among them.
    """
    known = dated_events.known(asking.path, asking.today)
    if known is None:
        raise no_night()
    for asked, among in (
        (organisation, {one.id for one in known.organisations}), (theme, known.themes), (state, known.states)
    ):  # fmt: skip
        if asked and asked not in among:
            raise Problem(400, f"No event can be chosen by {asked[:40]!r}.")
    return replace(known, choice=Choice(organisation, theme, state))


Among = Annotated[Chosen, Depends(chosen)]


@router.get("/calendar/months/{month}", **_OPERATION)
def month_of_calendar(among: Among, month: Month) -> MonthTold:
    """Return a month day by day."""
    told = months.month(among, _month(month))
    named = [*(entry.shown for day in told.days for entry in day.entries), *told.whole]
    return MonthTold(
        month=told.first,
        number=told.events,
        undated=told.undated,
        days=[
            DayTold(
                day=day.day,
                events=[OnDay(event=entry.shown.event.id, certain=entry.certain) for entry in day.entries],
                more=day.more,
            )
            for day in told.days
        ],
        whole=[one.event.id for one in told.whole],
        more_whole=told.more_whole,
        events=[EventDated(**_dated(one)) for one in {one.event.id: one for one in named}.values()],
    )


@router.get("/calendar/months/{month}/whole", **_OPERATION)
def whole_month(among: Among, month: Month, page: Page = 1) -> EventsListed:
    """Return the events that last a whole month, or may lie anywhere in it; fifty a page."""
    return _listed(months.lasting(among, _month(month), page))


@router.get("/calendar/years/{year}", **_OPERATION)
def year_of_calendar(among: Among, year: Annotated[int, Path(ge=1, le=9999)]) -> YearTold:
    """Return a year in numbers."""
    told = months.year(among, year)
    return YearTold(
        year=told.number, number=told.events,
        months=[
            MonthCounted(
                month=one.first, days=list(one.days), events=one.events, possible=one.possible, whole=one.whole,
                workshops=one.workshops, findings=one.findings,
            )
            for one in told.months
        ],
    )  # fmt: skip


@router.get("/calendar/days/{day}", **_OPERATION)
def day_of_calendar(among: Among, day: Civil, page: Page = 1) -> EventsListed:
    """Return the events that are, or may be, held on a day; fifty a page."""
    return _listed(months.on_day(among, day, page))


@router.get("/calendar/undated", **_OPERATION)
def undated_events(among: Among, page: Page = 1) -> EventsListed:
    """Return the events without a date; fifty a page."""
    return _listed(months.undated(among, page))


@router.get("/timeline", **_OPERATION)
def timeline(
    among: Among,
    since: Day = None,
    number: Annotated[Literal["3", "6", "12", "24"], Query(alias="months", description="How many.")] = "6",
    sort: Annotated[Literal["organisation", "state", "theme"], Query(alias="lanes")] = "organisation",
) -> TimelineTold:
    """Return the events of some months in lanes, from the month of *since* on, or from that of the night."""
    first = (since or among.latest.night).replace(day=1)
    end = choosing.months_after(first, int(number))
    if end is None:
        raise Problem(400, "So many months do not follow that day.")
    by, english = Sort(sort), languages.tongue("en")
    rest = calendar_wording.REST.get(by, ""), calendar_wording.ALL_STATES
    told = lanes.laned(among, by, (first, end), int(number), rest, english)
    return TimelineTold(
        since=first, until=end - timedelta(days=1), number=told.events, more_events=told.more_events,
        more_lanes=told.more_lanes, events=[InLanes(**_dated(row.shown), lanes=list(row.lanes)) for row in told.rows],
    )  # fmt: skip


@router.get("/themes", **operation(Role.COORDINATOR))
def themes() -> Themes:
    """Return the themes by which events are chosen."""
    return Themes(themes=[ThemeNamed(theme=code, name=phrases.theme(code)) for code in events_found.theme_codes()])


def _month(text: str) -> date:
    found = choosing.month(text)
    if found is None:
        raise Problem(404, f"There is no month {text}.")
    return found


def _listed(told: Listed) -> EventsListed:
    return EventsListed(
        number=told.events, page=told.page, pages=told.pages, events=[EventDated(**_dated(one)) for one in told.shown]
    )  # fmt: skip


def _dated(shown: Shown) -> dict[str, Any]:
    event, span = shown.event, shown.span
    return {
        "id": event.id, "title": event.title, "workshop": event.workshop, "cancelled": shown.cancelled,
        "earliest": span.earliest if span else None, "latest": span.latest if span else None, "exact": shown.exact,
        "city": event.city, "country": event.country, "organisations": [one.id for one in shown.organisations],
        "findings": [one.number for one in shown.findings],
    }  # fmt: skip
