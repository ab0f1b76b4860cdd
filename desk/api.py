"""The API: an application of its own below /api, with the desk's security headers and none of its cookies."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from calendar_sync.errors import OutreachError
from desk.answering import Desk
from desk.api_document import completed
from desk.bearers import Noted
from desk.problems import Problem, unfit
from desk.routes.api import (
    about,
    adding,
    calendars,
    checks,
    dates,
    events,
    feeds,
    findings,
    jobs,
    looking,
    organisations,
    proposals,
    reports,
)

MOUNTED = "/api"
VERSION = "/v1"
ROUTES = (
    about,
    findings,
    events,
    dates,
    organisations,
    reports,
    feeds,
    checks,
    proposals,
    looking,
    calendars,
    adding,
    jobs,
)
"""Modules with a *router* each: all that the API answers, beside its document."""
_log = logging.getLogger(__name__)


class Api(FastAPI):
    """FastAPI, whose document says all that is answered."""

    def openapi(self) -> dict[str, Any]:
        """Return the document (OpenAPI 3.1)."""
        if self.openapi_schema is None:
            self.openapi_schema = completed(super().openapi(), MOUNTED)
        return self.openapi_schema


def api(desk: Desk) -> Api:
    """Make the API of a desk, to be mounted at MOUNTED."""
    made = Api(
        title="Outreach desk", version="1", openapi_url=f"{VERSION}/openapi.json", docs_url=None, redoc_url=None,
        redirect_slashes=False, root_path_in_servers=False, generate_unique_id_function=lambda route: route.name,
        exception_handlers={
            HTTPException: _refused, RequestValidationError: _unfit, Problem: _problem, OutreachError: _unable,
            Exception: _broken,
        },
    )  # fmt: skip
    made.state.desk = desk
    for routes in ROUTES:
        made.include_router(routes.router, prefix=VERSION)
    made.add_middleware(Noted)
    return made


async def _problem(_: Request, error: Exception) -> Response:
    """Answer what is not done."""
    if not isinstance(error, Problem):
        raise error
    return error.answer()


async def _refused(request: Request, error: Exception) -> Response:
    """Answer what no route does, or FastAPI refuses."""
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_methods(request))
    return Problem(error.status_code, _SENTENCES.get(error.status_code, ""), headers=headers).answer()


async def _unfit(_: Request, error: Exception) -> Response:
    """Answer what does not fit the document."""
    if not isinstance(error, RequestValidationError):
        raise error
    return unfit(error.errors()).answer()


async def _unable(_: Request, error: Exception) -> Response:
    """Answer that something is not to be had now; the sentence is for whoever runs the desk, not for who asks."""
    _log.error("The desk could not answer a program. %s", error)
    return Problem(503, "The desk cannot answer now.", headers={"Retry-After": "300"}).answer()


async def _broken(_: Request, __: Exception) -> Response:
    """Answer that something broke; the server tells its log what."""
    return Problem(500, "Something broke at the desk, and was noted there.").answer()


def _methods(request: Request) -> list[str]:
    """Return the methods that are answered at the path of *request*: routes of one path know their own only."""
    return [
        method
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]


_SENTENCES = {
    400: "The body is no JSON.",
    404: "There is nothing at this address.",
    405: "Nothing can be done here in this way.",
}
