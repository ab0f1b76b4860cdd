"""The calendar: a month, a year, a day, and the events that stand on no day of a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from starlette.responses import Response

from dedupe.sayings import opened
from desk import calendar_wording as own
from desk import choosing, wording
from desk.choosing import Wanted, months_after
from desk.people import Asked, admitted, show
from flows import dated_events, months
from flows.dated_events import Chosen
from flows.months import Listed
from reports import languages
from store.accounts import Role

router = APIRouter()
Coordinator = Annotated[Asked, Depends(admitted(Role.COORDINATOR))]


@router.api_route("/calendar", methods=["GET", "HEAD"])
def calendar(asked: Coordinator) -> Response:
    """Show the days that the address names: those of a month where it names none."""
    known = dated_events.known(asked.desk.roster_path, asked.today)
    if known is None:
        return show(asked, "calendar.html.jinja", title=wording.NAV["calendar"], here="calendar", chosen=None, own=own)
    wanted = Wanted(asked, "/calendar")
    chosen = replace(known, choice=wanted.choice(known))
    page = int(wanted.text("page")) if choosing.is_page(wanted.text("page")) else 1
    if wanted.text("undated"):
        return _list(wanted, chosen, months.undated(chosen, page), own.UNDATED, {"undated": "1"})
    if (first := wanted.read("whole", choosing.month, own.no_month)) is not None:
        title = own.whole(opened(languages.month_of_year(asked.spoken.code, first)))
        return _list(wanted, chosen, months.lasting(chosen, first, page), title, {"whole": choosing.written(first)})
    if (day := wanted.read("day", choosing.day, own.no_day)) is not None:
        return _day(wanted, chosen, day, page)
    if (first := wanted.read("year", choosing.year, own.no_year)) is not None:
        return _year(wanted, chosen, first.year)
    first = wanted.read("month", choosing.month, own.no_month) or chosen.latest.night.replace(day=1)
    return _month(wanted, chosen, first)


def _month(wanted: Wanted, chosen: Chosen, first: date) -> Response:
    return choosing.answer(
        wanted, chosen, "calendar.html.jinja", {"month": choosing.written(first)},
        title=opened(languages.month_of_year(wanted.asked.spoken.code, first)), month=months.month(chosen, first),
        before=months_after(first, -1), after=months_after(first, 1), **_week(wanted, "abbreviated"),
    )  # fmt: skip


def _year(wanted: Wanted, chosen: Chosen, number: int) -> Response:
    return choosing.answer(
        wanted, chosen, "calendar_year.html.jinja", {"year": f"{number:04}"}, title=own.in_year(number),
        year=months.year(chosen, number), name_of=wanted.asked.spoken.month, **_week(wanted, "narrow"),
    )  # fmt: skip


def _week(wanted: Wanted, width: Literal["narrow", "abbreviated"]) -> dict[str, object]:
    """Return what the table of a month needs to know of the weeks of a language."""
    code = wanted.asked.spoken.code
    return {
        "week": languages.week(code), "weekdays": languages.weekdays(code, "wide"),
        "short_weekdays": languages.weekdays(code, width), "weeks": choosing.weeks,
    }  # fmt: skip


def _day(wanted: Wanted, chosen: Chosen, day: date, page: int) -> Response:
    others = ((own.PREVIOUS_DAY, _days_after(day, -1)), (own.NEXT_DAY, _days_after(day, 1)))
    near = [(words, {"day": other.isoformat()}) for words, other in others if other is not None]
    listed = months.on_day(chosen, day, page)
    return _list(
        wanted, chosen, listed, own.day(day), {"day": day.isoformat()}, lead=own.day_lead(listed),
        beside=[*near, (own.IN_MONTH, {"month": choosing.written(day)})],
    )  # fmt: skip


def _list(
    wanted: Wanted, chosen: Chosen, listed: Listed, title: str, what: dict[str, str], *, lead: str = "",
    beside: Sequence[tuple[str, dict[str, str]]] = (),
) -> Response:  # fmt: skip
    return choosing.answer(
        wanted,
        chosen,
        "calendar_list.html.jinja",
        {**what, "page": str(listed.page)},
        title=title,
        listed=listed,
        what=what,
        lead=lead or own.list_lead(listed),
        beside=beside,
    )


def _days_after(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None
