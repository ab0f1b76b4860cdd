"""How often what is known of a calendar has changed: told in a row, where comparing listings would mean reading all."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from store.tables import calendar_revisions as table


def load(db: Connection) -> dict[str, int]:
    """Return the revision of each calendar, whichever night changed it; one not named never did."""
    return dict(db.execute(select(table.c.calendar, table.c.revision)).tuples().all())


def count(db: Connection, calendar: str) -> None:
    """Note that what is known of *calendar* has changed."""
    mine = table.c.calendar == calendar
    if db.execute(update(table).where(mine).values(revision=table.c.revision + 1)).rowcount == 0:
        db.execute(insert(table).values(calendar=calendar, revision=1))
