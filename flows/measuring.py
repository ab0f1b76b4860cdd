"""How the service fares, in numbers, for a program that watches it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from flows.entering import IDLE, LONGEST
from flows.loading import kept_open
from store import calendar_stories, figures, findings


@dataclass(frozen=True, slots=True)
class CalendarFigures:
    """One calendar of the roster that was ever asked."""

    calendar: str
    fails: bool
    age: float | None
    """Seconds since the day of its last good copy began where the committee is; None when there is none."""
    listings: int
    problems: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is counted in the database."""

    calendars: tuple[CalendarFigures, ...]
    findings: Mapping[tuple[str, str], int]
    """Open ones by kind and severity."""
    deliveries: Mapping[str, int]
    """By state."""
    sessions: int


def figures_of(roster_path: Path, now: datetime) -> Figures:
    """Count.

    Raises:
        RosterError, DatabaseUnusable: One of them cannot be used.
    """
    with kept_open(roster_path) as (loaded, store), store.read() as db:
        standings = calendar_stories.standings(db)
        night = findings.last_night(db, loaded.committee.id)
        counted = figures.open_findings(db, loaded.committee.id, night) if night is not None else {}
        deliveries = figures.deliveries(db)
        sessions = figures.signed_in(db, now, idle=IDLE, longest=LONGEST)
    zone = loaded.committee.time_zone

    def of(calendar: str) -> CalendarFigures:
        standing = standings[calendar]
        began = datetime.combine(standing.good.night, time(), zone) if standing.good is not None else None
        return CalendarFigures(
            calendar,
            not standing.last.good,
            max(0.0, (now - began).total_seconds()) if began is not None else None,
            standing.last.listings,
            standing.last.problems,
        )

    named = (calendar.id for calendar in loaded.calendars if calendar.id in standings)
    return Figures(tuple(of(calendar) for calendar in named), counted, deliveries, sessions)
