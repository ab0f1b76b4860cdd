"""Taught weights: which shift was in force when, what it was taught from, and who put it in force. Only ever added."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from dedupe.taught import Taught, from_json
from store.connecting import exclusively
from store.tables import teachings, words

SHIPPED = 0
"""What is in force before anything was taught."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: something was taught, or somebody went back."""

    number: int
    in_force: int
    """Whose shift stands from then on; SHIPPED for none."""
    taught: Taught | None
    """None where somebody went back."""
    lessons: Sequence[Mapping[str, Any]]
    scores: Sequence[Mapping[str, Any]]
    by: str
    at: datetime


def save(
    db: Connection,
    taught: Taught,
    lessons: Sequence[Mapping[str, Any]],
    scores: Sequence[Mapping[str, Any]],
    *,
    by: str,
    at: datetime,
) -> int:
    """Put taught weights in force and return their number, counted from 1. *lessons* and *scores* are JSON values.

    Raises:
        ValueError: *at* says no time zone.
    """
    number = _next(db)
    told = (json.dumps(value, ensure_ascii=False, sort_keys=True) for value in (taught.as_json(), lessons, scores))
    shift, from_what, reached = told
    row = {"number": number, "in_force": number, "shift": shift, "lessons": from_what, "scores": reached}
    db.execute(insert(teachings).values(**row, by=words(by), at=at))
    return number


def go_back(db: Connection, *, by: str, at: datetime) -> int | None:
    """Put in force what was before; return its number, SHIPPED for none, or None when nothing taught is in force."""
    number = _next(db)
    stack = within_reach(load_all(db))
    if not stack:
        return None
    before = stack[-2] if len(stack) > 1 else SHIPPED
    row = {"number": number, "in_force": before, "shift": "", "lessons": "", "scores": ""}
    db.execute(insert(teachings).values(**row, by=words(by), at=at))
    return before


def in_force(db: Connection) -> Entry | None:
    """Return what is in force, None for the shipped weights alone."""
    now = db.execute(select(teachings.c.in_force).order_by(teachings.c.number.desc()).limit(1)).scalar()
    if not now:
        return None
    return _entry(db.execute(select(teachings).where(teachings.c.number == now)).mappings().one())


def load_all(db: Connection) -> list[Entry]:
    """Return everything that was ever done, oldest first."""
    return [_entry(row) for row in db.execute(select(teachings).order_by(teachings.c.number)).mappings()]


def within_reach(entries: Sequence[Entry]) -> list[int]:
    """Return the numbers that going back again and again passes, the one in force last."""
    stack: list[int] = []
    for entry in entries:
        if entry.taught is None:
            stack.pop()
        else:
            stack.append(entry.number)
    return stack


def _next(db: Connection) -> int:
    exclusively(db, "teachings")
    last = db.execute(select(teachings.c.number).order_by(teachings.c.number.desc()).limit(1)).scalar()
    return (last or 0) + 1


def _entry(row: RowMapping) -> Entry:
    return Entry(
        number=row["number"],
        in_force=row["in_force"],
        taught=from_json(json.loads(row["shift"])) if row["shift"] else None,
        lessons=json.loads(row["lessons"] or "[]"),
        scores=json.loads(row["scores"] or "[]"),
        by=row["by"],
        at=row["at"],
    )
