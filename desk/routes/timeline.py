"""The timeline: the events of some months in lanes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from desk import calendar_wording as own
from desk import choosing, wording
from desk.choosing import Wanted, months_after
from desk.people import Asked, admitted, show
from flows import dated_events, lanes
from flows.lanes import ZOOMS, Sort
from reports import languages
from reports.timeline import LABELS
from store.accounts import Role

router = APIRouter()
Coordinator = Annotated[Asked, Depends(admitted(Role.COORDINATOR))]
_USUAL_MONTHS = 6


@router.api_route("/timeline", methods=["GET", "HEAD"])
def timeline(asked: Coordinator) -> Response:
    """Show some months from one on, in lanes by organisation unless the address names others."""
    known = dated_events.known(asked.desk.roster_path, asked.today)
    title = wording.NAV["timeline"]
    if known is None:
        return show(asked, "timeline.html.jinja", title=title, here="timeline", chosen=None, own=own)
    wanted = Wanted(asked, "/timeline")
    chosen = replace(known, choice=wanted.choice(known))
    sort = Sort(wanted.one_of("lanes", tuple(Sort), Sort.ORGANISATION))
    months = int(wanted.one_of("months", tuple(map(str, ZOOMS)), str(_USUAL_MONTHS)))
    first, end = _window(wanted, chosen.latest.night.replace(day=1), months)
    laned = lanes.laned(chosen, sort, (first, end), months, (own.REST.get(sort, ""), own.ALL_STATES), asked.spoken)
    last = months_after(end, -1) or first
    return choosing.answer(
        wanted, chosen, "timeline.html.jinja", {"from": choosing.written(first)}, title=title, laned=laned, sort=sort,
        months=months, first=first, zooms=ZOOMS, labels=LABELS,
        named=own.span(*(languages.month_of_year(asked.spoken.code, month) for month in (first, last))),
        earlier=months_after(first, -months), later=end if months_after(end, months) else None,
        night_inside=first <= chosen.latest.night < end,
    )  # fmt: skip


def _window(wanted: Wanted, usual: date, months: int) -> tuple[date, date]:
    """Return the first day to show and the one after the last: as asked for, else from the *usual* month on."""
    first = wanted.read("from", choosing.month, own.no_month) or usual
    end = months_after(first, months)
    if end is None:
        wanted.problems.append(own.too_late(choosing.written(first)))
        first, end = usual, months_after(usual, months)
    return first, end or date.max
