"""Signing in and out. Only POST begins or ends a session; whoever guesses has to wait."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from desk import wording
from desk.people import EVERYBODY, Asked, Refused, admitted, anybody, keep, session_cookie, show, signed_in, signed_out
from desk.people import within as within_the_desk
from flows import steps

router = APIRouter()
Anybody = Annotated[Asked, Depends(anybody)]
Somebody = Annotated[Asked, Depends(admitted(*EVERYBODY))]


@router.api_route("/sign-in", methods=["GET", "HEAD"])
def ask(asked: Anybody) -> Response:
    """Ask for name and password; whoever is signed in already goes on."""
    target = within_the_desk(asked.request.query_params.get("next", "/"))
    if asked.account is not None:
        return keep(asked, RedirectResponse(target, 303))
    return _page(asked, target=target)


@router.post("/sign-in")
def sign_in(asked: Anybody) -> Response:
    """Begin a session; a session that was there before ends."""
    name, password = asked.form.get("name", "").strip(), asked.form.get("password", "")
    target = within_the_desk(asked.form.get("next", "/"))
    _wait_if_lost(asked, name)
    token = steps.sign_in(
        asked.desk.roster_path, name, password, asked.now, instead_of=session_cookie(asked)
    )  # fmt: skip
    if token is None:
        asked.desk.signing_in.failed(_client(asked.request), asked.now)
        asked.desk.by_name.failed(name, asked.now)
        return _page(asked, status=403, target=target, name=name, problem=wording.WRONG)
    return signed_in(asked, token, target)


@router.api_route("/sign-in/{token}", methods=["GET", "HEAD"])
def look_at_link(asked: Anybody, token: str) -> Response:
    """Show what the link is for. Programs that follow links to look at them do not use it up."""
    if not asked.desk.link.stands(token, asked.now):
        return _over(asked)
    return _page(asked, title=wording.BY_LINK, link=True, name=asked.desk.link.name)


@router.post("/sign-in/{token}")
def use_link(asked: Anybody, token: str) -> Response:
    """Begin a session by the link, which is used up."""
    _wait_if_lost(asked, "")
    if not asked.desk.link.take(token, asked.now):
        return _over(asked)
    begun = steps.enter_as_coordinator(
        asked.desk.roster_path, asked.desk.link.name, asked.now, instead_of=session_cookie(asked)
    )
    return signed_in(asked, begun, "/")


@router.post("/sign-out")
def sign_out(asked: Somebody) -> Response:
    """End the session."""
    if asked.token:
        steps.sign_out(asked.desk.roster_path, asked.token)
    return signed_out(asked)


def _wait_if_lost(asked: Asked, name: str) -> None:
    desk, now = asked.desk, asked.now
    if desk.signing_in.lost(_client(asked.request), now) or (name and desk.by_name.lost(name, now)):
        raise Refused(429, wording.TOO_OFTEN)


def _over(asked: Asked) -> Response:
    asked.desk.signing_in.failed(_client(asked.request), asked.now)
    return _page(asked, status=410, title=wording.BY_LINK, problem=wording.LINK_OVER, ask=False)


def _page(
    asked: Asked,
    *,
    status: int = 200,
    title: str = wording.SIGN_IN,
    problem: str = "",
    name: str = "",
    target: str = "/",
    link: bool = False,
    ask: bool = True,
) -> Response:
    return show(
        asked,
        "sign_in.html.jinja",
        status=status,
        title=title,
        problem=problem,
        name=name,
        target=target,
        link=link,
        ask=ask,
    )


def _client(request: Request) -> str | None:
    return request.client.host if request.client else None
