"""Subscriptions: secret addresses under which an organisation's report can be fetched, known here by digest only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, bindparam, insert, or_, select, update

from store.tables import subscriptions

_STANDING = select(subscriptions).where(
    subscriptions.c.digest == bindparam("digest"), subscriptions.c.revoked.is_(None)
)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One address that was given to somebody. Its token is not in here, nor anywhere."""

    number: int
    organisation: str
    note: str
    """Who has it."""
    by: str
    """The coordinator who made it."""
    created: datetime
    last_used: datetime | None = None
    """True to the hour."""
    revoked: datetime | None = None


def add(db: Connection, organisation: str, digest: str, note: str, by: str, at: datetime) -> Subscription:
    """Keep a new subscription under the SHA-256 *digest* of its token."""
    asked = {"organisation": organisation, "digest": digest, "note": note, "by": by, "created": at}
    made = insert(subscriptions).values(asked).returning(*subscriptions.c)
    return _subscription(db.execute(made).mappings().one())


def standing(db: Connection, digest: str) -> Subscription | None:
    """Return the subscription whose token has this digest, unless it is revoked."""
    row = db.execute(_STANDING, {"digest": digest}).mappings().first()
    return None if row is None else _subscription(row)


def load(db: Connection) -> list[Subscription]:
    """Return every subscription, revoked ones too, in the order they were made."""
    rows = db.execute(select(subscriptions).order_by(subscriptions.c.number))
    return [_subscription(row) for row in rows.mappings()]


def by_number(db: Connection, number: int) -> Subscription | None:
    """Return one subscription, revoked or not."""
    row = db.execute(select(subscriptions).where(subscriptions.c.number == number)).mappings().first()
    return None if row is None else _subscription(row)


def revoke(db: Connection, number: int, at: datetime) -> bool:
    """Let an address lead nowhere from now on; False when there is none, or it was revoked before."""
    mine = update(subscriptions).where(subscriptions.c.number == number, subscriptions.c.revoked.is_(None))
    return db.execute(mine.values(revoked=at)).rowcount == 1


def used(db: Connection, number: int, at: datetime, every: timedelta) -> None:
    """Note that somebody fetched by an address, unless that was noted less than *every* before."""
    column = subscriptions.c.last_used
    long_ago = or_(column.is_(None), column <= at - every)
    db.execute(update(subscriptions).where(subscriptions.c.number == number, long_ago).values(last_used=at))


def _subscription(row: RowMapping) -> Subscription:
    return Subscription(**{name: row[name] for name in Subscription.__dataclass_fields__})
