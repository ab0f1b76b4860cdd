"""Proposals: planned workshops, kept and seen by other coordinators as their owner chose."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from desk.api_document import operation
from desk.api_models.plans import ProposalTold, Propose
from desk.bearers import Asking, Caller, Guarded
from desk.problems import Problem
from flows import proposing
from flows.planned import FIELDS
from flows.proposing import NoProposal
from store.accounts import Role
from store.proposals import BUSY, Kept

router = APIRouter(route_class=Guarded, tags=["plans"])
Number = Annotated[int, Path(ge=1, lt=2**31)]
_OF_BUSY = ("start", "end", "days", "city", "country", "online", "audience")


@router.get("/proposals", **operation(Role.COORDINATOR))
def proposals(asking: Caller) -> list[ProposalTold]:
    """Return what the coordinator who asks may see, the newest first."""
    return [_told(asking, one) for one in proposing.proposals_of(asking.path, asking.account.name)]


@router.post("/proposals", status_code=201, **operation(Role.COORDINATOR, body=True))
def save(asking: Caller, word: Propose) -> ProposalTold:
    """Keep a planned workshop; no report tells of it."""
    values = {name: getattr(word, name) for name in FIELDS}
    number = proposing.save_proposal(
        asking.path, asking.account.name, values, word.visibility, word.note, asking.now
    )  # fmt: skip
    return _told(asking, proposing.proposal(asking.path, number, asking.account.name))


@router.get("/proposals/{number}", **operation(Role.COORDINATOR, problems=(404, 422)))
def proposal(asking: Caller, number: Number) -> ProposalTold:
    """Return one."""
    return _told(asking, _known(asking, number))


@router.delete("/proposals/{number}", **operation(Role.COORDINATOR, problems=(404, 422)))
def withdraw(asking: Caller, number: Number) -> ProposalTold:
    """Take one's own back."""
    try:
        proposing.withdraw(asking.path, number, asking.account.name, asking.now)
    except NoProposal as error:
        raise Problem(404, str(error)) from None
    return _told(asking, _known(asking, number))


def _known(asking: Asking, number: int) -> Kept:
    try:
        return proposing.proposal(asking.path, number, asking.account.name)
    except NoProposal as error:
        raise Problem(404, str(error)) from None


def _told(asking: Asking, kept: Kept) -> ProposalTold:
    whole = kept.owner == asking.account.name or kept.visibility != BUSY
    values = {name: value for name, value in kept.values.items() if whole or name in _OF_BUSY}
    return ProposalTold(
        number=kept.number, owner=kept.owner, visibility=kept.visibility, values=values,  # type: ignore[arg-type]  # it is one of them
        note=kept.note if whole else "", made=kept.made,
    )  # fmt: skip
