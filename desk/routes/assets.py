"""The desk's one script: the same for everybody, and nothing that is in the calendars."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fastapi import APIRouter
from starlette.responses import Response

router = APIRouter()


@router.api_route("/assets/desk.js", methods=["GET", "HEAD"])
def script() -> Response:
    """Answer with the script."""
    return Response(_script(), media_type="text/javascript")


@cache
def _script() -> bytes:
    return (files("desk") / "static" / "desk.js").read_bytes()
