"""Calendars: how each fares, its story, and a coordinator's word about one in doubt."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from desk import calendars_wording, jobs_wording, wording
from desk.people import Asked, Refused, admitted, keep, show
from desk.routes.jobs import begin
from flows.calendars_seen import (
    MOST_PROBLEMS,
    DoubtOvertaken,
    NoSuchCalendar,
    calendar_story,
    calendars_seen,
    consent,
    refuse_doubted,
)
from flows.jobs import Sort, Wish
from store.accounts import Role

router = APIRouter()
Coordinator = Annotated[Asked, Depends(admitted(Role.COORDINATOR))]
_LONGEST_NOTE = 2000


@router.api_route("/calendars", methods=["GET", "HEAD"])
def calendars(asked: Coordinator) -> Response:
    """List them: what fails first."""
    return show(
        asked, "calendars.html.jinja", title=calendars_wording.CALENDARS, here="calendars", own=calendars_wording,
        found=calendars_seen(asked.desk.roster_path), jobs=asked.desk.jobs.newest(), jobs_wording=jobs_wording,
    )  # fmt: skip


@router.post("/calendars/sync")
def sync_all(asked: Coordinator) -> Response:
    """Read every calendar."""
    return begin(asked, Wish(Sort.SYNC, asked.today, asked.name, _all(asked)))


@router.post("/night")
def run_night(asked: Coordinator) -> Response:
    """Run the night of today."""
    return begin(asked, Wish(Sort.NIGHT, asked.today, asked.name, _all(asked)))


@router.api_route("/calendars/{calendar}", methods=["GET", "HEAD"])
def calendar(asked: Coordinator, calendar: str) -> Response:
    """Tell the story of one."""
    return _page(asked, calendar)


@router.post("/calendars/{calendar}/sync")
def sync_one(asked: Coordinator, calendar: str) -> Response:
    """Read one calendar."""
    if calendar not in _all(asked):
        raise Refused(404, wording.NOT_FOUND)
    return begin(asked, Wish(Sort.SYNC, asked.today, asked.name, (calendar,)))


@router.post("/calendars/{calendar}/accept")
def accept(asked: Coordinator, calendar: str) -> Response:
    """Take one in doubt as it is: what was shown on the page is withdrawn, and nothing else."""
    shown, note = asked.form.get("shown", ""), _note(asked)
    try:
        agreed = consent(asked.desk.roster_path, calendar, shown, by=asked.name, at=asked.now, note=note)
    except NoSuchCalendar:
        raise Refused(404, wording.NOT_FOUND) from None
    except DoubtOvertaken:
        return _page(asked, calendar, status=409, problem=calendars_wording.OVERTAKEN)
    return begin(asked, Wish(Sort.ACCEPT, asked.today, asked.name, (calendar,), agreed))


@router.post("/calendars/{calendar}/refuse")
def refuse(asked: Coordinator, calendar: str) -> Response:
    """Keep the last good copy, and record who said so."""
    shown, note = asked.form.get("shown", ""), _note(asked)
    try:
        refuse_doubted(asked.desk.roster_path, calendar, shown, by=asked.name, at=asked.now, note=note)
    except NoSuchCalendar:
        raise Refused(404, wording.NOT_FOUND) from None
    except DoubtOvertaken:
        return _page(asked, calendar, status=409, problem=calendars_wording.OVERTAKEN)
    return keep(asked, RedirectResponse(f"/calendars/{quote(calendar, safe='')}", 303))


def _all(asked: Asked) -> tuple[str, ...]:
    return tuple(calendar.id for calendar in asked.loaded.calendars)


def _note(asked: Asked) -> str:
    return " ".join(asked.form.get("note", "").split())[:_LONGEST_NOTE]


def _page(asked: Asked, calendar: str, *, status: int = 200, problem: str = "") -> Response:
    try:
        story = calendar_story(asked.desk.roster_path, calendar)
    except NoSuchCalendar:
        raise Refused(404, wording.NOT_FOUND) from None
    return show(
        asked, "one_calendar.html.jinja", status=status, title=calendars_wording.title(calendar), here="calendars",
        own=calendars_wording, story=story, seen=story.seen, problem=problem, most_problems=MOST_PROBLEMS,
        note=_note(asked),
    )  # fmt: skip
