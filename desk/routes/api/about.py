"""Whether the desk can answer, and whom a token stands for."""

from __future__ import annotations

from fastapi import APIRouter, Request

from calendar_sync.errors import OutreachError
from desk.answering import desk_of
from desk.api_document import operation
from desk.api_models.about import Me, Readiness
from desk.bearers import Caller, Guarded
from desk.people import EVERYBODY
from desk.problems import Problem
from flows import steps

router = APIRouter(route_class=Guarded, tags=["about"])


@router.get("/readiness", **operation())
def readiness(request: Request) -> Readiness:
    """Say that the database answers and its schema is current; else 503."""
    try:
        ready = steps.ready(desk_of(request).roster_path)
    except OutreachError:
        ready = False
    if not ready:
        raise Problem(503, "The database does not answer, or its schema is not current.", headers={"Retry-After": "60"})
    return Readiness(ready=True)


@router.get("/me", **operation(*EVERYBODY))
def me(asking: Caller) -> Me:
    """Tell whom the token stands for."""
    account = asking.account
    return Me(
        name=account.name, role=account.role, organisation=account.organisation or None, token=asking.token.number
    )
