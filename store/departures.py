"""Departures: which readers left a channel, and whether a coordinator took them back because they asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from store.tables import departures


@dataclass(frozen=True, slots=True)
class Departure:
    """A reader's word that nothing more is to go to a channel."""

    organisation: str
    channel: str
    at: datetime

    @property
    def words(self) -> str:
        """Say it to a coordinator."""
        return f"its reader left on {self.at.date().isoformat()}"


def add(db: Connection, departure: Departure) -> None:
    """Keep a departure."""
    named = {name: getattr(departure, name) for name in Departure.__dataclass_fields__}
    db.execute(insert(departures).values(**named, by=""))


def take_back(db: Connection, organisation: str, channel: str, by: str, at: datetime) -> bool:
    """Note that a coordinator wrote to a channel again; False when nobody had left it."""
    mine = (departures.c.organisation == organisation) & (departures.c.channel == channel)
    ended = update(departures).where(mine, departures.c.returned.is_(None)).values(returned=at, by=by)
    return db.execute(ended).rowcount > 0


def load(db: Connection, organisation: str | None = None) -> dict[tuple[str, str], Departure]:
    """Return the departures that stand, by organisation and channel; of one organisation, or of all."""
    standing = select(departures).where(departures.c.returned.is_(None)).order_by(departures.c.number)
    if organisation is not None:
        standing = standing.where(departures.c.organisation == organisation)
    found = [Departure(row["organisation"], row["channel"], row["at"]) for row in db.execute(standing).mappings()]
    return {(departure.organisation, departure.channel): departure for departure in found}
