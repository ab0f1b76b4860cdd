"""Calendars, and how each fared."""

from __future__ import annotations

from fastapi import APIRouter

from calendar_sync.roster import Calendar as OfRoster
from desk.api_document import operation
from desk.api_models.calendars import Calendar, Calendars
from desk.bearers import Caller, Guarded
from flows.faring import faring
from store.accounts import Role
from store.calendars import CalendarHealth

router = APIRouter(route_class=Guarded, tags=["calendars"])


@router.get("/calendars", **operation(Role.COORDINATOR))
def calendars(asking: Caller) -> Calendars:
    """Return every calendar of the roster with how it fared on the latest night."""
    night, found = faring(asking.path)
    return Calendars(night=night, calendars=[_calendar(calendar, health) for calendar, health in found])


def _calendar(calendar: OfRoster, health: CalendarHealth | None) -> Calendar:
    return Calendar(
        calendar=calendar.id,
        organisation=calendar.organisation,
        programme=calendar.programme,
        outcome=health.outcome if health else None,
        code=(health.code or None) if health else None,
        detail=(health.detail or None) if health else None,
        last_good=health.last_good if health else None,
        listings=health.listings if health else 0,
        problems=health.problems if health else 0,
    )
