"""States: what each was and is invited to, the assistance it asked for, and what needs a word about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from dedupe import phrases
from desk import coverage_wording, wording
from desk.people import Asked, Refused, admitted, show
from flows import looking_around
from reports import coverage_wording as told_words
from store.accounts import Role

router = APIRouter()
Coordinator = Annotated[Asked, Depends(admitted(Role.COORDINATOR))]


@router.api_route("/states", methods=["GET", "HEAD"])
def states(asked: Coordinator) -> Response:
    """List every state that is invited to anything."""
    found = looking_around.invitations_by_state(asked.desk.roster_path)
    return show(
        asked, "states.html.jinja", styles=("coverage.css",),
        title=coverage_wording.STATES, here="coverage", own=coverage_wording,
        numbers=found[2] if found is not None else None, behind=found is not None and found[1],
    )  # fmt: skip


@router.api_route("/states/{state}", methods=["GET", "HEAD"])
def state(asked: Coordinator, state: str) -> Response:
    """Show one state."""
    page = asked.page()
    seen = looking_around.state_seen(asked.desk.roster_path, state, page, asked.today)
    if seen is None or page > seen.last:
        raise Refused(404, wording.NOT_FOUND)
    return show(
        asked, "state.html.jinja", styles=("coverage.css",),
        title=told_words.history_title(phrases.state(state)), here="coverage", seen=seen,
        own=coverage_wording, coverage_wording=told_words, behind=seen.behind,
        kept=f"page={page}&" if page > 1 else "",
    )  # fmt: skip
