"""The desk on the web: one application, told where outreach.toml lies and what time it is."""

from __future__ import annotations

import logging
from pathlib import Path

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from calendar_sync.errors import OutreachError
from desk.answering import Clock, Desk, refused
from desk.api import MOUNTED, api
from desk.forgetting import Forgetting
from desk.measures import Counting
from desk.one_time_link import OneTimeLink
from desk.people import Refused, SignInNeeded, ask_to_sign_in, refuse
from desk.routes import (
    adding,
    assets,
    calendar,
    calendars,
    coverage,
    events,
    feeds,
    findings,
    health,
    jobs,
    leaving,
    ledger,
    metrics,
    organisations,
    plan,
    proposals,
    signing_in,
    states,
    timeline,
    tonight,
)
from desk.security import SecurityHeaders, harden

ROUTES = (
    feeds,
    leaving,
    health,
    signing_in,
    tonight,
    findings,
    organisations,
    events,
    calendar,
    timeline,
    metrics,
    assets,
    adding,
    calendars,
    jobs,
    coverage,
    states,
    ledger,
    plan,
    proposals,
)
"""Modules with a *router* each: all that the desk answers, beside the API."""
_log = logging.getLogger(__name__)


def application(roster_path: Path, clock: Clock, link: OneTimeLink | None = None) -> FastAPI:
    """Make the desk: every answer has the security headers, and what goes wrong is told in a sentence.

    *link* is the one by which whoever starts it signs in.
    """
    desk = FastAPI(
        title="Outreach desk", openapi_url=None, docs_url=None, redoc_url=None,
        # It would answer with an address of ours, and a token, in a header.
        redirect_slashes=False,
        exception_handlers={
            HTTPException: _refused, OutreachError: _unable, Exception: _broken, SignInNeeded: _unknown,
            Refused: _not_done,
        },
    )  # fmt: skip
    desk.state.desk = Desk(roster_path, clock, link=link or OneTimeLink())
    for routes in ROUTES:
        desk.include_router(routes.router)
    desk.mount(MOUNTED, api(desk.state.desk))
    desk.add_middleware(Forgetting)
    desk.add_middleware(SecurityHeaders)
    desk.add_middleware(Counting, measures=desk.state.desk.measures)
    return desk


async def _refused(request: Request, error: Exception) -> Response:
    """Answer what a route, or the lack of one, refuses."""
    if not isinstance(error, HTTPException):
        raise error
    answer = refused(request, error.status_code)
    answer.headers.update(error.headers or {})
    return answer


async def _unknown(request: Request, _: Exception) -> Response:
    """Ask whoever is not signed in to do so."""
    return await run_in_threadpool(ask_to_sign_in, request)


async def _not_done(request: Request, error: Exception) -> Response:
    """Say why something is not done."""
    if not isinstance(error, Refused):
        raise error
    return await run_in_threadpool(refuse, request, error)


async def _unable(request: Request, error: Exception) -> Response:
    """Answer that something is not to be had now; the sentence is for whoever runs the desk, not for who asks."""
    _log.error("The desk could not answer. %s", error)
    answer = refused(request, 503)
    answer.headers["Retry-After"] = "300"
    return answer


async def _broken(request: Request, _: Exception) -> Response:
    """Answer that something broke; the server tells its log what. No middleware of ours sees this answer."""
    answer = refused(request, 500)
    harden(answer.headers, request.scope)
    return answer
