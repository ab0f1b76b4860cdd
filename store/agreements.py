"""Agreements: who might read which calendar on a night, so that what is agreed no longer can be taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, delete, func, insert, select

from calendar_sync.confidentiality import Confidentiality
from calendar_sync.roster import Calendar, Roster
from calendar_sync.visibility import Visibility
from store.tables import agreements

_OPEN = Visibility.PUBLIC.name


def save(db: Connection, night: date, roster: Roster) -> None:
    """Keep what was agreed on a night, in place of what an earlier run of it kept."""
    body = {
        "calendars": {
            calendar.id: [calendar.visibility.name, *calendar.shared_with]
            for calendar in roster.calendars
            if (calendar.visibility, calendar.shared_with) != (Visibility.PUBLIC, ())
        },
        "confidentiality": [
            [request.state, request.visibility.name, list(request.shared_with), request.named]
            for request in roster.confidentiality
        ],
    }
    db.execute(delete(agreements).where(agreements.c.night == night))
    db.execute(insert(agreements).values(night=night, body=json.dumps(body, sort_keys=True)))


def before(db: Connection, night: date, roster: Roster) -> Roster:
    """Return *roster* as it was agreed on the last night before this one; as it is where nothing is known of that."""
    body = kept_before(db, night)
    if body is None:
        return roster
    agreed = json.loads(body)
    calendars: Mapping[str, Sequence[str]] = agreed["calendars"]
    return replace(
        roster,
        calendars=tuple(_as_agreed(calendar, calendars.get(calendar.id, (_OPEN,))) for calendar in roster.calendars),
        confidentiality=tuple(
            Confidentiality(state, Visibility[level], tuple(shared_with), named)
            for state, level, shared_with, named in agreed["confidentiality"]
        ),
    )


def kept_before(db: Connection, night: date) -> str | None:
    """Return what was kept on the last night before this one, as it was written down."""
    last = select(func.max(agreements.c.night)).where(agreements.c.night < night).scalar_subquery()
    return db.execute(select(agreements.c.body).where(agreements.c.night == last)).scalar()


def _as_agreed(calendar: Calendar, agreed: Sequence[str]) -> Calendar:
    return replace(calendar, visibility=Visibility[agreed[0]], shared_with=tuple(agreed[1:]))
