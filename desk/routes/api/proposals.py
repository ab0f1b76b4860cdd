"""Proposals: planned workshops, kept and seen by other coordinators as their owner chose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from desk.api_document import operation, told
from desk.api_models.plans import ProposalTold, Propose, ShowTo
from desk.bearers import Asking, Caller, Guarded
from desk.problems import Problem
from desk.routes.api.checks import answered
from flows import proposing
from flows.planned import FIELDS
from flows.proposing import NoProposal, NothingSaid
from store.accounts import Role
from store.proposals import Kept

router = APIRouter(route_class=Guarded, tags=["plans"])
Number = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/proposals", **operation(Role.COORDINATOR))
def proposals(asking: Caller) -> list[ProposalTold]:
    """Return what the coordinator who asks may see, the newest first."""
    return [_told(asking, one) for one in proposing.proposals_of(asking.path, asking.account.name)]


@router.post("/proposals", status_code=201, **operation(Role.COORDINATOR, body=True))
def save(asking: Caller, word: Propose) -> ProposalTold:
    """Keep a planned workshop; no report tells of it."""
    try:
        number = proposing.save_proposal(
            asking.path, asking.account.name, _values(word), word.visibility, word.note, asking.now
        )  # fmt: skip
    except NothingSaid as error:
        raise Problem(400, str(error)) from None
    return _told(asking, proposing.proposal(asking.path, number, asking.account.name))


@router.get("/proposals/{number}", **operation(Role.COORDINATOR, problems=(404, 422)))
def proposal(asking: Caller, number: Number) -> ProposalTold:
    """Return one, withdrawn or not."""
    return _told(asking, _known(asking, number))


@router.put("/proposals/{number}", **operation(Role.COORDINATOR, problems=(404,), body=True))
def rewrite(asking: Caller, number: Number, word: Propose) -> ProposalTold:
    """Write one's own anew, whole: what is left out is blank from now on, its visibility hidden."""
    return _changed(
        asking, number,
        lambda: proposing.change_proposal(
            asking.path, number, asking.account.name, _values(word), word.visibility, word.note
        ),
    )  # fmt: skip


@router.delete("/proposals/{number}", **operation(Role.COORDINATOR, problems=(404, 422)))
def withdraw(asking: Caller, number: Number) -> ProposalTold:
    """Take one's own back."""
    return _changed(
        asking, number, lambda: proposing.withdraw(asking.path, number, asking.account.name, asking.now)
    )  # fmt: skip


@router.put("/proposals/{number}/visibility", **operation(Role.COORDINATOR, problems=(404,), body=True))
def show_to(asking: Caller, number: Number, word: ShowTo) -> ProposalTold:
    """Let others see one's own otherwise; what is written stays as it was understood."""
    return _changed(
        asking, number, lambda: proposing.show_to(asking.path, number, asking.account.name, word.visibility)
    )  # fmt: skip


@router.get(
    "/proposals/{number}/check",
    **operation(Role.COORDINATOR, problems=(404, 422), answers=told("Check", "The answer.")),
)
def check_kept(asking: Caller, number: Number) -> Response:
    """Hold one that stands against everything known and what others plan, with all weeks of a year."""
    try:
        return answered(proposing.check_kept(asking.path, number, asking.account.name))
    except NoProposal as error:
        raise Problem(404, str(error)) from None


def _changed(asking: Asking, number: int, act: Callable[[], None]) -> ProposalTold:
    """Do it, and return how it stands then."""
    try:
        act()
    except NoProposal as error:
        raise Problem(404, str(error)) from None
    except NothingSaid as error:
        raise Problem(400, str(error)) from None
    return _told(asking, _known(asking, number))


def _known(asking: Asking, number: int) -> Kept:
    try:
        return proposing.proposal(asking.path, number, asking.account.name)
    except NoProposal as error:
        raise Problem(404, str(error)) from None


def _values(word: Propose) -> dict[str, str]:
    return {name: getattr(word, name) for name in FIELDS}


def _told(asking: Asking, kept: Kept) -> ProposalTold:
    shown = proposing.as_shown(kept, asking.account.name)
    return ProposalTold(
        number=shown.number, owner=shown.owner, visibility=shown.visibility, values=dict(shown.values),  # type: ignore[arg-type]  # it is one of them
        note=shown.note, made=shown.made, withdrawn=shown.withdrawn,
    )  # fmt: skip
