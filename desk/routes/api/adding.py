"""Adding a calendar: tried first, then written into the roster."""

from __future__ import annotations

from fastapi import APIRouter

from calendar_sync import roster
from calendar_sync.roster import Calendar
from desk import calendars_wording
from desk.api_document import operation
from desk.api_models.calendars import CalendarWhole, Describe, Trial
from desk.bearers import Asking, Caller, Guarded
from desk.problems import Problem
from desk.routes.api.calendars import listing_seen, noted, whole
from flows.adding import CalendarUnfit, RosterNotWritten, TooManyTrials, Unfit, add_calendar, described, tried
from store.accounts import Role

router = APIRouter(route_class=Guarded, tags=["calendars"])


# Not below /calendars: a calendar may be called "try".
@router.post("/trials", **operation(Role.COORDINATOR, problems=(409, 429), body=True))
def try_out(asking: Caller, word: Describe) -> Trial:
    """Read a calendar once, and tell what it yields, be it nothing; it lasts half a minute at most.

    Nothing is kept. Addresses inside private networks are not asked.
    """
    calendar = _described(asking, word)
    try:
        found = tried(roster.load(asking.path), calendar, asking.today)
    except TooManyTrials as error:
        raise Problem(429, str(error), headers={"Retry-After": "30"}) from None
    return Trial(
        id=calendar.id, name=found.name, is_calendar=found.is_calendar, number=found.number, coming=found.coming,
        listings=[listing_seen(one) for one in found.listings], noted=[noted(one) for one in found.problems],
    )  # fmt: skip


@router.post("/calendars", status_code=201, **operation(Role.COORDINATOR, problems=(409,), body=True))
def add(asking: Caller, word: Describe) -> CalendarWhole:
    """Write a calendar into the roster; the next reading asks it for the first time."""
    calendar = _described(asking, word)
    try:
        add_calendar(asking.path, calendar)
    except CalendarUnfit as error:
        raise _unfit(error) from None
    except RosterNotWritten as error:
        by_hand = f"{calendars_wording.NOT_WRITTEN} {calendars_wording.BLOCK}\n{error.block}"
        raise Problem(503, by_hand, headers={"Retry-After": "300"}) from None
    return whole(asking, calendar.id)


def _described(asking: Asking, word: Describe) -> Calendar:
    """Return the calendar that is described.

    Raises:
        Problem: It cannot be one.
    """
    try:
        return described(
            roster.load(asking.path), id_=word.id, organisation=word.organisation, source=word.source, kind=word.kind,
            visibility=word.visibility, shared_with=word.shared_with,
        )  # fmt: skip
    except CalendarUnfit as error:
        raise _unfit(error) from None


def _unfit(error: CalendarUnfit) -> Problem:
    return Problem(409 if error.why is Unfit.TAKEN else 400, calendars_wording.UNFIT[error.why])
