"""Adding a calendar: describe it, see what it yields, add it to the roster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from calendar_sync.roster import KINDS, Calendar
from calendar_sync.visibility import Visibility
from desk import calendars_wording
from desk.people import Asked, admitted, keep, show
from flows.adding import CalendarUnfit, RosterNotWritten, TooManyTrials, Tried, Unfit, add_calendar, described, tried
from store.accounts import Role

router = APIRouter()
Coordinator = Annotated[Asked, Depends(admitted(Role.COORDINATOR))]
_FIELDS = ("organisation", "source", "id", "kind", "visibility")
_SHARED = "shared-with-"
"""Before the id of an organisation, in the name of its box."""


@router.api_route("/calendars/add", methods=["GET", "HEAD"])
def blank(asked: Coordinator) -> Response:
    """Show the form."""
    return _page(asked, {"visibility": "public"})


@router.post("/calendars/add/try")
def try_out(asked: Coordinator) -> Response:
    """Read the calendar once, and show what it yields; nothing is kept."""
    try:
        calendar = _described(asked)
        found = tried(asked.loaded, calendar, asked.today)
    except CalendarUnfit as error:
        return _unfit(asked, error)
    except TooManyTrials:
        return _page(asked, asked.form, status=429, problem=calendars_wording.BUSY_TRYING)
    return _page(asked, {**asked.form, "id": calendar.id}, found=found)


@router.post("/calendars/add")
def add(asked: Coordinator) -> Response:
    """Write it into the roster."""
    try:
        calendar = _described(asked)
        add_calendar(asked.desk.roster_path, calendar)
    except CalendarUnfit as error:
        return _unfit(asked, error)
    except RosterNotWritten as error:
        return _page(asked, asked.form, status=503, problem=calendars_wording.NOT_WRITTEN, not_written=error)
    return keep(asked, RedirectResponse(f"/calendars/{quote(calendar.id, safe='')}", 303))


def _described(asked: Asked) -> Calendar:
    form = asked.form
    return described(
        asked.loaded, id_=form.get("id", ""), organisation=form.get("organisation", ""),
        source=form.get("source", ""), kind=form.get("kind", ""), visibility=form.get("visibility", ""),
        shared_with=_shared_with(form),
    )  # fmt: skip


def _shared_with(form: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name.removeprefix(_SHARED) for name in form if name.startswith(_SHARED))


def _unfit(asked: Asked, error: CalendarUnfit) -> Response:
    status = 409 if error.why is Unfit.TAKEN else 400
    return _page(asked, asked.form, status=status, problem=calendars_wording.UNFIT[error.why], wrong=error.why)


def _page(
    asked: Asked,
    form: Mapping[str, str],
    *,
    status: int = 200,
    problem: str = "",
    wrong: str = "",
    found: Tried | None = None,
    not_written: RosterNotWritten | None = None,
) -> Response:
    return show(
        asked, "calendar_add.html.jinja", status=status, title=calendars_wording.ADD, here="calendars",
        own=calendars_wording, problem=problem, wrong=wrong, found=found, not_written=not_written,
        given={name: form.get(name, "") for name in _FIELDS}, shared_with=_shared_with(form), shared=_SHARED,
        kinds=KINDS, levels=tuple(Visibility),
    )  # fmt: skip
