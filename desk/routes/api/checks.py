"""The check of planned workshops: would one duplicate or clash, and when would it not?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from dedupe.checks import Proposal
from desk.api_document import operation, told
from desk.api_models.plans import Proposed, ProposedList, Workshop
from desk.bearers import Asking, Caller, Guarded
from desk.problems import Problem, as_json, no_night
from flows import planned
from flows.latest import Latest
from flows.planned import Planned
from flows.planning import DateUnclear
from flows.proposing import others_for
from store.accounts import Role

router = APIRouter(route_class=Guarded, tags=["plans"])
_FIELD = {"theme": "themes"}
"""Of a workshop, by the field of the form."""
_BLANK = "Say at least one thing about the workshop, such as start or audience."


@router.post(
    "/check", **operation(Role.COORDINATOR, problems=(404,), body=True, answers=told("Check", "The answer."))
)  # fmt: skip
def check(asking: Caller, proposed: Proposed) -> Response:
    """Hold a planned workshop against everything known as of the latest night, and against what others plan.

    It is what the page for planning answers: proposals of other coordinators count as far as these show them. What the
    words say that nobody knows stands under `unclear`, and is left out.
    """
    weeks = None if proposed.year else proposed.weeks
    try:
        return answered(planned.checked(asking.path, *_stated(proposed), _others(asking), weeks=weeks))
    except DateUnclear as error:
        raise Problem(400, str(error)) from None


@router.post(
    "/check/list",
    **operation(Role.COORDINATOR, problems=(404,), body=True, answers=told("Checks", "The answers, in their order.")),
)
def check_list(asking: Caller, proposed: ProposedList) -> Response:
    """Hold each workshop of a list against the others, everything known, and what other coordinators plan."""
    stated = [_stated(one) for one in proposed.workshops]
    try:
        found = planned.all_checked(asking.path, stated, _others(asking))
    except DateUnclear as error:
        raise Problem(400, str(error)) from None
    if found is None:
        raise no_night()
    return as_json({"checks": [_json(one) for one in found]})


def answered(found: Planned | None) -> Response:
    """Answer with a check.

    Raises:
        Problem: No night has run yet.
    """
    if found is None:
        raise no_night()
    return as_json(_json(found))


def _others(asking: Asking) -> Callable[[Latest], Sequence[Proposal]]:
    """Return what the plan of whoever asks is held against beside what is known."""
    return lambda seen: others_for(seen, asking.account.name)


def _stated(proposed: Workshop) -> tuple[Proposal, tuple[str, str]]:
    """Return what is said of a workshop, and its dates as they are written.

    Raises:
        Problem: Nothing is said.
    """
    if proposed.blank:
        raise Problem(400, _BLANK)
    said = Proposal(
        proposed.title, None, proposed.city, proposed.country, tuple(proposed.audience), tuple(proposed.themes),
        tuple(proposed.organisers), proposed.online, proposed.days,
    )  # fmt: skip
    return said, (proposed.start, proposed.end)


def _json(found: Planned) -> dict[str, Any]:
    if found.check is None:
        raise Problem(400, _BLANK)
    unclear = {_FIELD.get(name, name): list(words) for name, words in found.written.unclear.items()}
    return {**found.check.as_json(), "unclear": unclear}
