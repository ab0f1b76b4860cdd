"""Programs that come with a token: whose it is, whether they may, and how much they may send."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from calendar_sync import roster
from calendar_sync.errors import OutreachError
from desk.answering import Desk, desk_of
from desk.api_document import ROLES
from desk.problems import Problem
from flows import api_tokens
from store.accounts import Account
from store.api_tokens import ApiToken

MOST_BODY = 64 * 1024
"""Bytes."""
_log = logging.getLogger(__name__)
_REALM = 'Bearer realm="outreach"'
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class Asking:
    """One request by a program: as whom it comes."""

    desk: Desk
    token: ApiToken
    account: Account
    now: datetime

    @property
    def today(self) -> date:
        """The civil date where the committee is."""
        return self.now.astimezone(roster.load(self.path).committee.time_zone).date()

    @property
    def path(self) -> Path:
        """Where outreach.toml lies."""
        return self.desk.roster_path


class Guarded(APIRoute):
    """A route that asks who comes before it reads anything else. One that does not say who may come is none."""

    def get_route_handler(self) -> Handler:
        """Let in, read what is sent, then answer."""
        answer, roles = super().get_route_handler(), (self.openapi_extra or {})[ROLES]

        async def handler(request: Request) -> Response:
            if roles:
                request.state.asking = await run_in_threadpool(_admitted, request, roles)
            if self.body_field is not None:
                request = await _read(request)
            return await answer(request)

        return handler


class Noted:
    """Notes, after the answer, when a token was last used: a night that is writing keeps no program waiting."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        kept = scope.setdefault("state", {})
        await self._app(scope, receive, send)
        asking = kept.get("asking")
        if isinstance(asking, Asking):
            await run_in_threadpool(_note, asking)


def asking_of(request: Request) -> Asking:
    """Return who asks."""
    asking = request.state.asking
    if not isinstance(asking, Asking):
        raise TypeError(f"{asking!r} asks for nothing")
    return asking


Caller = Annotated[Asking, Depends(asking_of)]


def _admitted(request: Request, roles: list[str]) -> Asking:
    """Return who comes with the request's token.

    Raises:
        Problem: It has none, one that does not stand, or one whose account may not; or it tried too many.
    """
    desk, client = desk_of(request), request.client.host if request.client else None
    now, named = desk.clock(), request.headers.getlist("authorization")
    scheme, _, text = named[0].partition(" ") if named else ("", "", "")
    if scheme.lower() != "bearer":
        raise Problem(401, "A token is needed: Authorization: Bearer TOKEN.", headers={"WWW-Authenticate": _REALM})
    if desk.patience.lost(client, now):
        raise Problem(429, "Too many tokens were tried. Try again later.", headers={"Retry-After": "60"})
    found = api_tokens.bearer(desk.roster_path, text.strip(" ")) if len(named) == 1 else None
    if found is None:
        desk.patience.failed(client, now)
        headers = {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
        raise Problem(401, "This token does not stand.", headers=headers)
    token, account = found
    asking = Asking(desk, token, account, now)
    if account.role not in roles:
        request.state.asking = asking
        raise Problem(403, f"Not for the role of this account, {account.role}.")
    return asking


async def _read(request: Request) -> Request:
    """Read what is sent; what is no JSON, or too long, is refused before it is read.

    Raises:
        Problem: It is one of these.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(415, "Send application/json.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY:
            raise Problem(413, f"The body may have {MOST_BODY} bytes.")

    async def again() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, again)


def _note(asking: Asking) -> None:
    try:
        api_tokens.note_token(asking.path, asking.token, asking.now)
    except OutreachError as error:
        _log.warning("That token %d was used was not noted. %s", asking.token.number, error)
