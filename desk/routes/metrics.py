"""Metrics: figures for a program on this machine that watches the desk."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from calendar_sync.entrance import is_loopback, is_ours
from desk.answering import desk_of, refused
from flows.measuring import figures_of

router = APIRouter()
_PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "via")


@router.api_route("/metrics", methods=["GET", "HEAD"])
def metrics(request: Request) -> Response:
    """Write the figures; to whoever asks from elsewhere there is nothing here."""
    if not _from_this_machine(request):
        return refused(request, 404)
    desk = desk_of(request)
    body = desk.measures.written(figures_of(desk.roster_path, desk.clock()))
    return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")


def _from_this_machine(request: Request) -> bool:
    """True for a program that came here itself: not through a web server in front, and not by a name of others."""
    client = request.client.host if request.client is not None else ""
    peer = request.scope.get("peer", client)
    passed_on = any(name in request.headers for name in _PASSED_ON)
    return is_loopback(client) and is_loopback(peer) and not passed_on and is_ours(request.headers.get("host", ""), "")
