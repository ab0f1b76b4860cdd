"""Organisations: where what each gets stands, and a coordinator's word about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path

from calendar_sync import roster
from calendar_sync.channels import Channel
from calendar_sync.errors import RosterError
from dedupe import phrases
from desk.api_document import operation
from desk.api_models.organisations import (
    Approve,
    Approved,
    Delivery,
    Letter,
    Organisation,
    Organisations,
    OrganisationWhole,
)
from desk.bearers import Asking, Caller, Guarded
from desk.problems import Problem
from flows import approving, steps
from flows.approving import NoDelivery
from reports.letters import LetterUnusable
from store.accounts import Role

router = APIRouter(route_class=Guarded, tags=["organisations"])
Id = Annotated[str, Path(description="As in the roster.", max_length=300)]
Number = Annotated[int, Path(ge=1, lt=2**31)]
_CHANGES = operation(Role.COORDINATOR, problems=(404, 409, 422))


@router.get("/organisations", **operation(Role.COORDINATOR))
def organisations(asking: Caller) -> Organisations:
    """Return every organisation of the roster with what stands of its reports."""
    found = steps.correspondence(asking.path)
    return Organisations(organisations=[_organisation(one) for one in found])


@router.get("/organisations/{organisation}", **operation(Role.COORDINATOR, problems=(404, 422)))
def organisation(asking: Caller, organisation: Id) -> OrganisationWhole:
    """Return one, with the letter before its first report."""
    return _whole(asking, known(asking, organisation))


@router.post(
    "/organisations/{organisation}/approve", **operation(Role.COORDINATOR, problems=(404, 409), body=True)
)  # fmt: skip
def approve(asking: Caller, organisation: Id, word: Approve) -> OrganisationWhole:
    """Let its reports go out, with the letter that was read; where that is no longer the letter, nothing is changed."""
    one = known(asking, organisation)
    note = word.note.strip()
    return _done(
        asking, one, lambda: steps.approve(asking.path, one, asking.account.name, note, shown=word.letter)
    )  # fmt: skip


@router.post("/organisations/{organisation}/hold", **_CHANGES)
def hold(asking: Caller, organisation: Id) -> OrganisationWhole:
    """Let nothing go to it until it is approved again."""
    one = known(asking, organisation)
    return _done(asking, one, lambda: steps.hold_organisation(asking.path, one))


@router.post("/organisations/{organisation}/deliveries/{number}/hold", **_CHANGES)
def hold_delivery(asking: Caller, organisation: Id, number: Number) -> OrganisationWhole:
    """Stop one delivery."""
    one = _of(asking, organisation, number)
    return _done(asking, one, lambda: steps.hold_delivery(asking.path, number))


@router.post("/organisations/{organisation}/deliveries/{number}/resend", **_CHANGES)
def resend_delivery(asking: Caller, organisation: Id, number: Number) -> OrganisationWhole:
    """Let one delivery go out once more."""
    one = _of(asking, organisation, number)
    return _done(asking, one, lambda: steps.resend(asking.path, number))


def known(asking: Asking, organisation: str) -> str:
    """Return the id of an organisation of the roster.

    Raises:
        Problem: There is none of that id.
    """
    loaded = roster.load(asking.path)
    try:
        return loaded.organisation(organisation).id
    except RosterError:
        raise Problem(404, "There is no such organisation.") from None


def _of(asking: Asking, organisation: str, number: int) -> str:
    """Return the id of the organisation whose delivery this is."""
    one = known(asking, organisation)
    if number not in {
        each.delivery.number for each in steps.standing(asking.path) if each.delivery.organisation == one
    }:  # fmt: skip
        raise Problem(404, f"There is no delivery {number} to {one}.")
    return one


def _done(asking: Asking, organisation: str, act: Callable[[], object]) -> OrganisationWhole:
    """Do it, and return how things stand then."""
    try:
        act()
    except (NoDelivery, LetterUnusable) as error:
        raise Problem(409, str(error)) from None
    return _whole(asking, organisation)


def _whole(asking: Asking, organisation: str) -> OrganisationWhole:
    today = asking.now.astimezone(roster.load(asking.path).committee.time_zone).date()
    one = steps.correspondence_with(asking.path, organisation, today)
    letter = None
    if one.letter is not None:
        version, subject, paragraphs, language = one.letter
        letter = Letter(version=version, language=language, subject=subject, paragraphs=list(paragraphs))
    return OrganisationWhole(**dict(_organisation(one)), letter=letter, no_letter=one.unusable or None)


def _organisation(one: approving.Correspondence) -> Organisation:
    return Organisation(
        id=one.organisation.id,
        name=phrases.organisation(one.organisation),
        languages=list(one.organisation.languages),
        reads_reports=one.organisation.reads_reports,
        night=one.night,
        waits=one.waits,
        approved=[
            Approved(channel=Channel(said.channel).shown, letter=said.letter, by=said.by, at=said.at, note=said.note)
            for said in one.approved
        ],
        deliveries=[_delivery(each) for each in one.deliveries],
    )


def _delivery(each: approving.Standing) -> Delivery:
    delivery = each.delivery
    return Delivery(
        number=delivery.number, organisation=delivery.organisation, channel=each.shown, night=delivery.night,
        sort=delivery.sort, state=delivery.state, attempts=delivery.attempts, answer=delivery.answer,
        warning=each.warning, next_try=delivery.next_try,
    )  # fmt: skip
