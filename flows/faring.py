"""How the calendars of the roster fared on the latest night."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from calendar_sync.roster import Calendar
from flows.loading import kept_open
from store import calendars, findings
from store.calendars import CalendarHealth


def faring(roster_path: Path) -> tuple[date | None, list[tuple[Calendar, CalendarHealth | None]]]:
    """Return the latest night, and each calendar with how it fared then; None where it was not asked."""
    with kept_open(roster_path) as (loaded, store), store.read() as db:
        night = findings.last_night(db, loaded.committee.id)
        health = {one.calendar: one for one in calendars.health(db, night)} if night is not None else {}
    return night, [(calendar, health.get(calendar.id)) for calendar in loaded.calendars]
