"""Health: for whoever watches that the desk runs. Nothing is told that is in the calendars."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from calendar_sync.errors import OutreachError
from desk.answering import desk_of
from flows import steps

router = APIRouter()


@router.api_route("/healthz", methods=["GET", "HEAD"])
def healthz() -> Response:
    """Say that the process answers."""
    return PlainTextResponse("ok\n")


@router.api_route("/readyz", methods=["GET", "HEAD"])
def readyz(request: Request) -> Response:
    """Say whether the database answers and its schema is current."""
    try:
        ready = steps.ready(desk_of(request).roster_path)
    except OutreachError:
        ready = False
    return PlainTextResponse("ready\n" if ready else "not ready\n", 200 if ready else 503)
