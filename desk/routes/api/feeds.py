"""Addresses at which a report can be fetched without a token: who has one; making, rotating and revoking them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from desk.api_document import operation
from desk.api_models.organisations import AskFeed, Feed, Feeds, NewFeed
from desk.bearers import Caller, Guarded
from desk.problems import Problem
from desk.routes.api.organisations import known
from flows import steps
from flows.feeding import NoSubscription, Subscribed
from store.accounts import Role
from store.subscriptions import Subscription

router = APIRouter(route_class=Guarded, tags=["feeds"])
Number = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/feeds", **operation(Role.COORDINATOR))
def feeds(asking: Caller) -> Feeds:
    """Return every address that was given to somebody, revoked ones too, in the order they were made."""
    return Feeds(feeds=[_feed(one) for one in steps.feeds(asking.path)])


@router.post("/feeds", status_code=201, **operation(Role.COORDINATOR, problems=(404, 409), body=True))
def add_feed(asking: Caller, asked: AskFeed) -> NewFeed:
    """Make an address for an organisation's report; it is told this once."""
    organisation = known(asking, asked.organisation)
    try:
        made = steps.subscribe(asking.path, organisation, asked.note.strip(), asking.account.name, asking.now)
    except NoSubscription as error:
        raise Problem(409, str(error)) from None
    return _new(made)


@router.post("/feeds/{number}/rotate", status_code=201, **operation(Role.COORDINATOR, problems=(404, 409, 422)))
def rotate_feed(asking: Caller, number: Number) -> NewFeed:
    """Put a new address in the place of one: the same report is there, and the old one leads nowhere."""
    _known(asking, number)
    try:
        made = steps.rotate(asking.path, number, asking.account.name, asking.now)
    except NoSubscription as error:
        raise Problem(409, str(error)) from None
    return _new(made)


@router.delete("/feeds/{number}", **operation(Role.COORDINATOR, problems=(404, 422)))
def revoke_feed(asking: Caller, number: Number) -> Feed:
    """Let an address lead nowhere from the next request on; one that was revoked before stays so."""
    try:
        found, _ = steps.revoke(asking.path, number, asking.now)
    except NoSubscription as error:
        raise Problem(404, str(error)) from None
    return _feed(found)


def _known(asking: Caller, number: int) -> None:
    if number not in {one.number for one in steps.feeds(asking.path)}:
        raise Problem(404, f"There is no address {number}.")


def _feed(one: Subscription) -> Feed:
    return Feed(**{name: getattr(one, name) for name in Feed.model_fields})


def _new(made: Subscribed) -> NewFeed:
    return NewFeed(**dict(_feed(made.subscription)), addresses=made.addresses)
