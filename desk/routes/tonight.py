"""Tonight, and the log: what waits for a word, and what was said."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from desk import calendars_wording, wording
from desk.people import EVERYBODY, WITHIN, Asked, Refused, admitted, keep, show
from flows import steps
from flows.decision_log import MOST_ROWS
from store.accounts import Account, Role

router = APIRouter()
Somebody = Annotated[Asked, Depends(admitted(*EVERYBODY))]
Insider = Annotated[Asked, Depends(admitted(*WITHIN))]


@router.api_route("/", methods=["GET", "HEAD"])
def tonight(asked: Somebody) -> Response:
    """Show what waits, most pressing first; a reader goes on to the report."""
    account = _account(asked)
    if account.role is Role.READER:
        return keep(asked, RedirectResponse("/yours", 303))
    told = steps.morning(asked.desk.roster_path, asked.spoken, account, asked.today)
    page, informs = _count(asked, "page") or 1, asked.request.query_params.get("show", "") == "information"
    queue = told.queue if told is not None else None
    rows = () if queue is None else queue.informing if informs else queue.waiting
    last = max(1, -(-len(rows) // MOST_ROWS))
    if page > last:
        raise Refused(404, wording.NOT_FOUND)
    return show(
        asked, "tonight.html.jinja", title=wording.MORNING, here="tonight", told=told, listed=False, report=told,
        calendars_wording=calendars_wording,
        behind=told is not None and told.behind,
        page=page, last=last, rows_here=rows[(page - 1) * MOST_ROWS : page * MOST_ROWS], most=MOST_ROWS,
        informs=informs, first_page=page == 1 and not informs,
        kept=f"{'show=information&' if informs else ''}{f'page={page}&' if page > 1 else ''}",
    )  # fmt: skip


@router.api_route("/log", methods=["GET", "HEAD"])
def log(asked: Insider) -> Response:
    """Show who decided what, when, the newest first."""
    number = _count(asked, "before")
    return show(
        asked, "log.html.jinja", title=wording.LOG_TITLE, here="log",
        log=steps.log_of(asked.desk.roster_path, _account(asked), number), kept=f"before={number}&" if number else "",
    )  # fmt: skip


def _account(asked: Asked) -> Account:
    if asked.account is None:
        raise Refused(403, wording.NOT_YOURS)
    return asked.account


def _count(asked: Asked, name: str) -> int | None:
    given = asked.request.query_params.get(name, "")
    return int(given) or None if given.isascii() and given.isdecimal() and len(given) < 10 else None
