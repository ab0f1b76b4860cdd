"""Agreements: who might read which calendar on a night, so that what is agreed no longer can be taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, delete, func, insert, select

from calendar_sync.roster import Calendar
from calendar_sync.visibility import Visibility
from store.tables import agreements


def save(db: Connection, night: date, calendars: Sequence[Calendar]) -> None:
    """Keep what was agreed on a night, in place of what an earlier run of it kept."""
    body = {
        calendar.id: [calendar.visibility.name, *sorted(calendar.shared_with)]
        for calendar in calendars
        if (calendar.visibility, calendar.shared_with) != (Visibility.PUBLIC, ())
    }
    db.execute(delete(agreements).where(agreements.c.night == night))
    db.execute(insert(agreements).values(night=night, body=json.dumps(body, sort_keys=True)))


def before(db: Connection, night: date, calendars: Sequence[Calendar]) -> tuple[Calendar, ...]:
    """Return *calendars* as they were agreed on the last night before this one; as they are where none is known."""
    last = select(func.max(agreements.c.night)).where(agreements.c.night < night).scalar_subquery()
    body = db.execute(select(agreements.c.body).where(agreements.c.night == last)).scalar()
    if body is None:
        return tuple(calendars)
    agreed: Mapping[str, Sequence[str]] = json.loads(body)
    return tuple(_as_agreed(calendar, agreed.get(calendar.id, (Visibility.PUBLIC.name,))) for calendar in calendars)


def _as_agreed(calendar: Calendar, agreed: Sequence[str]) -> Calendar:
    return replace(calendar, visibility=Visibility[agreed[0]], shared_with=tuple(agreed[1:]))
