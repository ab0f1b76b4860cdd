"""The check of a planned workshop: would it duplicate or clash, and when would it not?"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from dedupe.checks import Proposal
from desk.api_document import operation, told
from desk.api_models.plans import Proposed
from desk.bearers import Caller, Guarded
from desk.problems import Problem
from desk.routes.api.looking import as_json, night_of, no_night
from flows import planned
from flows.planning import DateUnclear, span_of
from store.accounts import Role

router = APIRouter(route_class=Guarded, tags=["plan"])


@router.post(
    "/check", **operation(Role.COORDINATOR, problems=(404,), body=True, answers=told("Check", "The answer."))
)  # fmt: skip
def check(asking: Caller, proposed: Proposed) -> Response:
    """Hold a planned workshop against everything known as of the latest night, as `outreach check` does."""
    if proposed.blank:
        raise Problem(400, "Say at least one thing about the workshop, such as start or audience.")
    night = night_of(asking)
    try:
        span = span_of(proposed.start, proposed.end, night)
    except DateUnclear as error:
        raise Problem(400, str(error)) from None
    proposal = Proposal(
        proposed.title, span, proposed.city, proposed.country, tuple(proposed.audience), tuple(proposed.themes),
        tuple(proposed.organisers),
    )  # fmt: skip
    answer = planned.checked(asking.path, proposal, proposed.weeks)
    if answer is None:
        raise no_night()
    return as_json(answer.as_json())
