"""The outbox: what is to be delivered, each content once, however often a night is run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, select, update

from store.connecting import insert_unless_there
from store.tables import outbox


@dataclass(frozen=True, slots=True)
class Delivery:
    """One content for one organisation, by one channel (`folder` is the one there is)."""

    number: int
    organisation: str
    night: date
    channel: str
    content_hash: str
    path: str
    """Where the content lies."""
    delivered: datetime | None = None


def put(db: Connection, organisation: str, night: date, channel: str, content_hash: str, path: str) -> bool:
    """Ask for a delivery; False when this very content was asked for before, delivered or not."""
    asked = {
        "organisation": organisation,
        "night": night,
        "channel": channel,
        "content_hash": content_hash,
        "path": path,
    }
    number = insert_unless_there(db, outbox, asked, "number")
    return number is not None


def pending(db: Connection, channel: str | None = None) -> list[Delivery]:
    """Return what is not delivered yet, oldest first."""
    waiting = select(outbox).where(outbox.c.delivered.is_(None)).order_by(outbox.c.number)
    if channel is not None:
        waiting = waiting.where(outbox.c.channel == channel)
    return [_delivery(row) for row in db.execute(waiting).mappings()]


def mark_delivered(db: Connection, delivery: Delivery, at: datetime) -> bool:
    """Note that a delivery arrived; False when that was noted before."""
    arrived = update(outbox).where(outbox.c.number == delivery.number, outbox.c.delivered.is_(None))
    return db.execute(arrived.values(delivered=at)).rowcount == 1


def of_night(db: Connection, night: date) -> list[Delivery]:
    """Return every delivery asked for on a night, arrived or not, in the order they were asked for."""
    rows = db.execute(select(outbox).where(outbox.c.night == night).order_by(outbox.c.number))
    return [_delivery(row) for row in rows.mappings()]


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(
        number=row["number"],
        organisation=row["organisation"],
        night=row["night"],
        channel=row["channel"],
        content_hash=row["content_hash"],
        path=row["path"],
        delivered=row["delivered"],
    )
