"""Payload to listings: plain functions of their arguments, one module per kind of calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from calendar_sync.listings import Listing

if TYPE_CHECKING:
    from calendar_sync.reading.memory import Memory


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a calendar has wrong, and what was done about it. *code* is kebab-case and stable."""

    code: str
    message: str
    uid: str = ""
    lost: bool = False
    """True when an entry is there and could not be read, and nobody can tell which: then nothing may be withdrawn."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from one payload. *is_calendar* is False when it is no calendar at all (a login page, say)."""

    listings: tuple[Listing, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_calendar: bool = True
    name: str = ""
    unchanged: frozenset[str] = frozenset()
    """UIDs of series that read as they stand since the last reading; their listings are left out."""
    memory: Memory | None = None
    """What the next reading need not parse again; None when it must."""
