"""Nights: one civil date, one worker at a time, held by a lease with a fencing token.

A worker that was believed dead may wake up after another took its night over. Its lease carries an older token, and
`check`, called in the same transaction as the write, refuses it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from calendar_sync.errors import OutreachError
from store.connecting import insert_unless_there
from store.tables import nights


class NightState(StrEnum):
    """How far a night is."""

    RUNNING = "running"
    """Begun; perhaps its worker died since."""
    DONE = "done"
    DONE_WITH_GAPS = "done_with_gaps"
    """Every report is written, and names the calendars that could not be read."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a night until *expires*. *token* grows with every claim of the night."""

    night: date
    holder: str
    token: int
    expires: datetime


@dataclass(frozen=True, slots=True)
class Night:
    """What is known about a night. *lease* is None when nobody holds it; an expired one may be claimed."""

    night: date
    state: NightState
    lease: Lease | None
    started: datetime
    finished: datetime | None


class LeaseLost(OutreachError):
    """Another run took this night over, or it is finished; what this one wanted to write is not wanted any more."""

    def __init__(self, night: date) -> None:
        super().__init__(night)
        self.night = night

    def __str__(self) -> str:
        return (
            f"The night of {self.night} was taken over by another run, or finished. This run wrote nothing more. "
            f"Next: nothing; if its reports are missing: outreach nightly --as-of {self.night}"
        )


def claim(
    db: Connection, night: date, holder: str, now: datetime, ttl: timedelta, *, again: bool = False
) -> Lease | None:
    """Take a night that nobody holds, for *ttl* from *now*; None when somebody does or when it is finished.

    *again* also takes a finished one, to run it once more. *holder* names the worker to people.
    """
    free = and_(nights.c.state == NightState.RUNNING, or_(nights.c.expires.is_(None), nights.c.expires <= now))
    if again:
        free = or_(free, nights.c.state != NightState.RUNNING)
    taken = {
        "state": str(NightState.RUNNING),
        "holder": holder,
        "started": now,
        "expires": now + ttl,
        "finished": None,
    }
    token = db.execute(
        update(nights)
        .where(nights.c.night == night, free)
        .values(**taken, token=nights.c.token + 1)
        .returning(nights.c.token)
    ).scalar()
    if token is None:
        token = insert_unless_there(db, nights, {"night": night, **taken, "token": 1}, "token")
    return None if token is None else Lease(night, holder, token, now + ttl)


def renew(db: Connection, lease: Lease, now: datetime, ttl: timedelta) -> Lease:
    """Hold the night for *ttl* from *now*; also late, as long as nobody else has taken it.

    Raises:
        LeaseLost: Somebody has.
    """
    _change(db, lease, expires=now + ttl)
    return replace(lease, expires=now + ttl)


def check(db: Connection, night: date, token: int) -> None:
    """Make sure that a write belongs to whoever holds *night*; nobody can take it until this transaction ends.

    Raises:
        LeaseLost: The night has a newer token, or is finished.
    """
    held = select(nights.c.token).where(_held(night, token)).with_for_update(read=True)
    if db.execute(held).scalar() is None:
        raise LeaseLost(night)


def guard(db: Connection, lease: Lease) -> None:
    """`check` by lease."""
    check(db, lease.night, lease.token)


def finish(db: Connection, lease: Lease, state: NightState, now: datetime) -> None:
    """Mark a night as done, and let go of it; whoever did not hear the answer may do so again.

    Raises:
        LeaseLost: It is somebody else's now.
        ValueError: *state* is no end.
    """
    if state is NightState.RUNNING:
        raise ValueError("a finished night does not run")
    by_us = and_(nights.c.night == lease.night, nights.c.token == lease.token, nights.c.state == str(state))
    if db.execute(select(nights.c.token).where(by_us)).scalar() is None:
        _change(db, lease, state=str(state), expires=None, finished=now)


def release(db: Connection, lease: Lease) -> None:
    """Let go of a night that is not done, so that the next claim need not wait.

    Raises:
        LeaseLost: It is somebody else's now.
    """
    _change(db, lease, expires=None)


def load(db: Connection, night: date) -> Night | None:
    """Return what is known about a night, None when it never began."""
    row = db.execute(select(nights).where(nights.c.night == night)).mappings().first()
    if row is None:
        return None
    held = row["expires"] is not None
    return Night(
        night=night,
        state=NightState(row["state"]),
        lease=Lease(night, row["holder"], row["token"], row["expires"]) if held else None,
        started=row["started"],
        finished=row["finished"],
    )


def last_before(db: Connection, night: date) -> date | None:
    """Return the latest finished night before *night*, None when there is none."""
    return db.execute(
        select(func.max(nights.c.night)).where(nights.c.night < night, nights.c.state != NightState.RUNNING)
    ).scalar()


def _change(db: Connection, lease: Lease, **values: object) -> None:
    if db.execute(update(nights).where(_held(lease.night, lease.token)).values(**values)).rowcount != 1:
        raise LeaseLost(lease.night)


def _held(night: date, token: int) -> ColumnElement[bool]:
    """True for the row of a lease that was neither taken over nor given back."""
    return and_(
        nights.c.night == night,
        nights.c.token == token,
        nights.c.state == NightState.RUNNING,
        nights.c.expires.is_not(None),
    )
