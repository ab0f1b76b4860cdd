"""Feeds: an organisation's report at an address that only its readers know."""

from __future__ import annotations

import logging
from datetime import datetime

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from calendar_sync.errors import OutreachError
from desk.answering import Desk, desk_of, html
from flows import steps
from flows.feeding import Feed, NoReportYet, ReportBeingWritten

router = APIRouter()
_log = logging.getLogger(__name__)
_TYPES = {"ics": "text/calendar", "csv": "text/csv", "json": "application/json"}


@router.api_route("/feeds/{token}/{name}", methods=["GET", "HEAD"])
def feed(request: Request, token: str, name: str) -> Response:
    """Show the report of the latest night. What is unknown, revoked, malformed or not ours looks the same."""
    desk, client = desk_of(request), request.client.host if request.client else None
    now = desk.clock()
    if desk.patience.lost(client, now):
        raise HTTPException(429, headers={"Retry-After": "60"})
    try:
        found = steps.feed(desk.roster_path, token, name)
    except NoReportYet:
        raise HTTPException(503, headers={"Retry-After": "3600"}) from None
    except ReportBeingWritten:
        raise HTTPException(503, headers={"Retry-After": "300"}) from None
    if found is None:
        desk.patience.failed(client, now)
        raise HTTPException(404)
    # Page and policy belong together: the style sheet is named by its digest.
    media = _TYPES.get(found.format)
    answer = html(found.body) if media is None else Response(found.body, media_type=f"{media}; charset=utf-8")
    # After the answer: a night that is writing must not keep a reader waiting.
    answer.background = BackgroundTask(_used, desk, found, now)
    return answer


def _used(desk: Desk, found: Feed, now: datetime) -> None:
    try:
        steps.note_use(desk.roster_path, found.subscription, now)
    except OutreachError as error:
        _log.warning("That address %d was used was not noted. %s", found.subscription.number, error)
