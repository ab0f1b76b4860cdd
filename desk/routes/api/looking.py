"""Looking back and around: coverage, one state, and what came of it all; as of the latest night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BeforeValidator
from starlette.responses import Response

from calendar_sync.countries import country_code
from desk import coverage_wording
from desk.api_document import operation, told
from desk.api_models.looking import FindingsAbout, Hosts, StateNumber, States
from desk.bearers import Asking, Caller, Guarded
from desk.problems import Problem, as_json, no_night, written
from desk.routes.api.findings import queued
from flows import looking_around
from flows.looking_around import Covered
from reports.ledger import Ledger
from store.accounts import Role

router = APIRouter(route_class=Guarded, tags=["looking back"])
_FIRST, _LAST = date(1900, 1, 1), date(2200, 12, 31)


def civil(text: object) -> object:
    """Take only days as ISO 8601 writes them: not seconds since 1970, nor a time.

    >>> civil("2010-02-01"), civil("1265000000")
    ('2010-02-01', '')
    """
    return text if not isinstance(text, str) or (len(text) == 10 and text[4] == text[7] == "-") else ""


Day = Annotated[date | None, BeforeValidator(civil), Query()]
Groups = Annotated[list[str] | None, Query(max_length=20, description="A group or state; may repeat.")]
State = Annotated[str, Path(pattern="^[A-Z]{2}$", description="ISO code.")]


@router.get("/coverage", **operation(
    Role.COORDINATOR, problems=(400, 404, 422), answers=told("Coverage", "The coverage, as of the latest night.")
))  # fmt: skip
def coverage(asking: Caller, group: Groups = None, since: Day = None, until: Day = None) -> Response:
    """Count what the states of some groups, or whoever is invited, are invited to; by default since three years ago."""
    return as_json(_covered(asking, group, since, until).coverage.as_json())


@router.get("/hosts", **operation(Role.COORDINATOR, problems=(400, 404, 422)))
def hosts(asking: Caller, group: Groups = None, since: Day = None, until: Day = None) -> Hosts:
    """Count the events that the states of some groups, or whichever, host; over the period that coverage counts."""
    found = _covered(asking, group, since, until)
    told = found.coverage
    return Hosts(
        night=found.night, since=told.since, until=told.until, group=told.group or None, states=_numbers(found.hosts)
    )  # fmt: skip


@router.get("/states", **operation(Role.COORDINATOR, problems=(404,)))
def states(asking: Caller) -> States:
    """Count the events that each state is invited to, whenever: every state that is invited to anything."""
    found = looking_around.invitations_by_state(asking.path)
    if found is None:
        raise no_night()
    night, _, numbers = found
    return States(night=night, states=_numbers(numbers))


@router.get("/states/{state}", **operation(
    Role.COORDINATOR, problems=(404, 422), answers=told("History", "What it was invited to, as of the latest night.")
))  # fmt: skip
def state(
    asking: Caller,
    state: State,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Return what a state was invited to, a hundred events a page, and the assistance it asked for and received.

    A header, `Link` with `rel="next"`, leads to the page after; what is counted by theme and phase is of all.
    """
    if country_code(state) != state:
        raise Problem(404, f"There is no state {state}.")
    found = looking_around.history_seen(asking.path, state, page)
    if found is None:
        raise no_night()
    known, last = found
    if page > last:
        raise Problem(404, f"There are {last} pages about {state}.")
    answer = as_json(known)
    if page < last:
        answer.headers["Link"] = f'<{state}?page={page + 1}>; rel="next"'
    return answer


@router.get("/states/{state}/findings", **operation(Role.COORDINATOR, problems=(404, 422)))
def findings_about(asking: Caller, state: State) -> FindingsAbout:
    """Return what waits for a word about a state, most pressing first."""
    found = looking_around.state_seen(asking.path, state, 1, asking.today)
    if found is None:
        raise Problem(404, f"There is no state {state}, or no night has run yet.")
    return FindingsAbout(findings=[queued(row) for row in found.findings], more=found.more_findings)


@router.get("/ledger", **operation(
    Role.COORDINATOR, problems=(404,), answers=told("Ledger", "The results, as of the latest night.")
))  # fmt: skip
def ledger(asking: Caller) -> Response:
    """Return what came of each finding, and each month in numbers."""
    found = looking_around.results_written(asking.path, _ledger)
    if found is None:
        raise no_night()
    return Response(found[1], media_type="application/json")


def _ledger(told: Ledger) -> bytes:
    return written(told.as_json())


def _covered(asking: Asking, group: list[str] | None, since: date | None, until: date | None) -> Covered:
    """Return what is counted over a period.

    Raises:
        Problem: The period cannot be, a group is none, or no night has run yet.
    """
    first, last = since or _FIRST, until or _LAST
    if not _FIRST <= first <= last <= _LAST:
        raise Problem(400, f"The period has to lie between {_FIRST} and {_LAST}, and to end after it begins.")
    found = looking_around.covered(asking.path, since, until, tuple(group or ()))
    if found is None:
        raise no_night()
    if found.unknown:
        raise Problem(400, f"No state and no group known here: {', '.join(found.unknown)}.")
    return found


def _numbers(numbers: Mapping[str, int]) -> list[StateNumber]:
    named = coverage_wording.by_number(numbers)
    return [StateNumber(state=state, name=name, events=number) for state, name, number in named if number]
