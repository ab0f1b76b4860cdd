"""Looking back and around: coverage, one state, and what came of it all; as of the latest night."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BeforeValidator
from starlette.responses import Response

from calendar_sync.countries import country_code
from desk.api_document import operation, told
from desk.bearers import Asking, Caller, Guarded
from desk.problems import Problem, written
from flows import latest, looking_around
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


@router.get("/coverage", **operation(
    Role.COORDINATOR, problems=(400, 404, 422), answers=told("Coverage", "The coverage, as of the latest night.")
))  # fmt: skip
def coverage(
    asking: Caller,
    group: Annotated[list[str] | None, Query(max_length=20, description="A group or state; may repeat.")] = None,
    since: Day = None,
    until: Day = None,
) -> Response:
    """Count what the states of some groups, or whoever is invited, are invited to; by default since three years ago."""
    night = night_of(asking)
    first = since or date(night.year - 3, 1, 1)
    last = until or date(max(night, first).year, 12, 31)
    if not _FIRST <= first <= last <= _LAST:
        raise Problem(400, f"The period has to lie between {_FIRST} and {_LAST}, and to end after it begins.")
    found = looking_around.covered(asking.path, first, last, tuple(group or ()))
    if found is None:
        raise no_night()
    if found.unknown:
        raise Problem(400, f"No state and no group known here: {', '.join(found.unknown)}.")
    return as_json(found.coverage.as_json())


@router.get("/states/{state}", **operation(
    Role.COORDINATOR, problems=(404, 422), answers=told("History", "What it was invited to, as of the latest night.")
))  # fmt: skip
def state(
    asking: Caller,
    state: Annotated[str, Path(pattern="^[A-Z]{2}$", description="ISO code.")],
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


def night_of(asking: Asking) -> date:
    """Return the latest night.

    Raises:
        Problem: None has run yet.
    """
    night = latest.last_night(asking.path)
    if night is None:
        raise no_night()
    return night


def no_night() -> Problem:
    """Say that there is nothing to look at yet."""
    return Problem(404, "No night has run yet.")


def as_json(value: object) -> Response:
    """Answer with JSON values."""
    return Response(written(value), media_type="application/json")
