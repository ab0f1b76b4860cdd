"""Proposals: planned workshops that are kept, and seen by other coordinators as their owner chose."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from desk import plan_wording, wording
from desk.people import Asked, Refused, admitted, keep, show
from desk.routes.plan import MOST_DIGITS, download, parts, query, written
from flows import proposing
from flows.proposing import NoProposal, NothingSaid, VisibilityUnknown
from store.accounts import Role
from store.proposals import BUSY

router = APIRouter()
Coordinator = Annotated[Asked, Depends(admitted(Role.COORDINATOR))]


@router.api_route("/proposals", methods=["GET", "HEAD"])
def proposals(asked: Coordinator) -> Response:
    """List what the coordinator who asks may see."""
    found = proposing.standing(asked.desk.roster_path, asked.name, asked.page())
    return show(
        asked, "proposals.html.jinja", title=plan_wording.SAVED, here="plan", own=plan_wording, found=found,
        kept=f"page={found.page}&",
    )  # fmt: skip


@router.post("/proposals")
def save(asked: Coordinator) -> Response:
    """Keep a planned workshop."""
    try:
        number = proposing.save_proposal(
            asked.desk.roster_path, asked.name, written(asked.form), asked.form.get("visibility", ""),
            asked.form.get("note", ""), asked.now,
        )  # fmt: skip
    except NothingSaid:
        raise Refused(400, plan_wording.NOTHING_TO_SAVE) from None
    except VisibilityUnknown:
        raise Refused(400, wording.FROM_ELSEWHERE) from None
    return keep(asked, RedirectResponse(f"/proposals/{number}", 303))


# Before the page of a proposal, whose address would take ".ics" for part of a number.
@router.api_route("/proposals/{number}.ics", methods=["GET", "HEAD"])
def as_ics(asked: Coordinator, number: str) -> Response:
    """Give a proposal to a calendar program, as far as whoever asks may see it."""
    try:
        found = proposing.check_kept(asked.desk.roster_path, _number(number), asked.name)
    except NoProposal:
        raise Refused(404, wording.NOT_FOUND) from None
    return download(asked, found, f"proposal-{_number(number)}.ics")


@router.api_route("/proposals/{number}", methods=["GET", "HEAD"])
def proposal(asked: Coordinator, number: str) -> Response:
    """Show one, as far as whoever asks may see it."""
    try:
        kept = proposing.proposal(asked.desk.roster_path, _number(number), asked.name)
    except NoProposal:
        raise Refused(404, wording.NOT_FOUND) from None
    mine = kept.owner == asked.name
    changed = str(kept.number) if mine and kept.withdrawn is None else ""
    found = None if kept.withdrawn else proposing.check_kept(asked.desk.roster_path, kept.number, asked.name)
    # Other dates of a plan that one may not read whole are no plan of one's own.
    choosing = parts(kept.values, changed) | ({} if mine or kept.visibility != BUSY else {"choose": None})
    return show(
        asked, "proposal.html.jinja", title=plan_wording.titled(kept, asked.name), here="plan", own=plan_wording,
        one=kept, mine=mine, address=f"/plan?{query(kept.values, changed)}", found=found, styles=("check.css",),
        behind=found is not None and found.behind, **choosing,
    )  # fmt: skip


@router.post("/proposals/{number}")
def change(asked: Coordinator, number: str) -> Response:
    """Write one's own anew."""
    try:
        proposing.change_proposal(
            asked.desk.roster_path, _number(number), asked.name, written(asked.form), asked.form.get("visibility", ""),
            asked.form.get("note", ""),
        )  # fmt: skip
    except NoProposal:
        raise Refused(404, wording.NOT_FOUND) from None
    except NothingSaid:
        raise Refused(400, plan_wording.NOTHING_TO_SAVE) from None
    except VisibilityUnknown:
        raise Refused(400, wording.FROM_ELSEWHERE) from None
    return keep(asked, RedirectResponse(f"/proposals/{_number(number)}", 303))


@router.post("/proposals/{number}/withdraw")
def withdraw(asked: Coordinator, number: str) -> Response:
    """Take one's own back."""
    try:
        proposing.withdraw(asked.desk.roster_path, _number(number), asked.name, asked.now)
    except NoProposal:
        raise Refused(404, wording.NOT_FOUND) from None
    return keep(asked, RedirectResponse(f"/proposals/{_number(number)}", 303))


@router.post("/proposals/{number}/visibility")
def show_to(asked: Coordinator, number: str) -> Response:
    """Let others see one's own otherwise."""
    try:
        proposing.show_to(asked.desk.roster_path, _number(number), asked.name, asked.form.get("visibility", ""))
    except NoProposal:
        raise Refused(404, wording.NOT_FOUND) from None
    except VisibilityUnknown:
        raise Refused(400, wording.FROM_ELSEWHERE) from None
    return keep(asked, RedirectResponse(f"/proposals/{_number(number)}", 303))


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > MOST_DIGITS:
        raise Refused(404, wording.NOT_FOUND)
    return int(text)
