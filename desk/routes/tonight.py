"""Tonight, and the log: what waits for a word, and what was said."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from desk import wording
from desk.people import EVERYBODY, WITHIN, Asked, admitted, keep, show
from flows import steps
from flows.tonight import MOST_ROWS
from store.accounts import Role

router = APIRouter()
Somebody = Annotated[Asked, Depends(admitted(*EVERYBODY))]
Insider = Annotated[Asked, Depends(admitted(*WITHIN))]


@router.api_route("/", methods=["GET", "HEAD"])
def tonight(asked: Somebody) -> Response:
    """Show what waits, most pressing first; a reader goes on to the report."""
    if asked.account is not None and asked.account.role is Role.READER:
        return keep(asked, RedirectResponse("/yours", 303))
    told = steps.morning(asked.desk.roster_path, asked.spoken)
    return show(
        asked, "tonight.html.jinja", title=wording.MORNING, here="tonight", told=told, most=MOST_ROWS, listed=False,
        report=told.report if told is not None else None,
    )  # fmt: skip


@router.api_route("/log", methods=["GET", "HEAD"])
def log(asked: Insider) -> Response:
    """Show who decided what, when, the newest first."""
    before = asked.request.query_params.get("before", "")
    number = int(before) if before.isdecimal() and len(before) < 10 else None
    return show(
        asked, "log.html.jinja", title=wording.LOG_TITLE, here="log", log=steps.log_of(asked.desk.roster_path, number),
        kept=f"before={number}&" if number else "",
    )  # fmt: skip
