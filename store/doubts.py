"""Calendars in doubt: what each would lose, were it believed as it came, and what people said who looked at it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select

from store.tables import calendar_doubts, doubt_answers


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody said of a calendar as it came on *night*: that it is believed, or that the last good copy stays."""

    calendar: str
    night: date
    accepted: bool
    by: str
    at: datetime
    note: str = ""


def digest(listings: Iterable[str]) -> str:
    """Name a set of listings (ids), so that two people can tell whether they speak of the same one."""
    return hashlib.sha256("\n".join(sorted(listings)).encode()).hexdigest()


def save(db: Connection, calendar: str, night: date, missing: Sequence[str]) -> None:
    """Keep what a calendar would lose, in this order; that night of the calendar must be saved already."""
    db.execute(insert(calendar_doubts).values(calendar=calendar, night=night, missing=json.dumps(list(missing))))


def missing(db: Connection, calendar: str, night: date) -> tuple[str, ...] | None:
    """Return which listings a calendar would have lost on *night*; None where nobody noted it."""
    kept = db.execute(
        select(calendar_doubts.c.missing).where(
            calendar_doubts.c.calendar == calendar, calendar_doubts.c.night == night
        )
    ).scalar()
    return None if kept is None else tuple(json.loads(kept))


def answer(db: Connection, said: Answer) -> None:
    """Keep what somebody said."""
    db.execute(insert(doubt_answers).values({name: getattr(said, name) for name in Answer.__dataclass_fields__}))


def answers(db: Connection, calendar: str, *, most: int) -> list[Answer]:
    """Return what people said of a calendar, the newest first."""
    rows = db.execute(
        select(doubt_answers)
        .where(doubt_answers.c.calendar == calendar)
        .order_by(doubt_answers.c.number.desc())
        .limit(most)
    )
    return [Answer(**{name: row[name] for name in Answer.__dataclass_fields__}) for row in rows.mappings()]


def last_refused(db: Connection, calendar: str, night: date) -> date | None:
    """Return the last night before *night* whose copy of a calendar somebody refused to believe."""
    return db.execute(
        select(func.max(doubt_answers.c.night)).where(
            doubt_answers.c.calendar == calendar, doubt_answers.c.night < night, ~doubt_answers.c.accepted
        )
    ).scalar()
