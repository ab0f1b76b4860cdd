"""By which names events went, night by night, for each organisation by itself."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select

from dedupe.remembering import Remembered
from store import memories
from store.tables import event_memories

NIGHT = date(2007, 11, 26)
FIRST = (Remembered("a", ("a", "b"), date(2007, 10, 1)),)
SECOND = (Remembered("a", ("b",), date(2007, 10, 1)), Remembered("c", ("c",), NIGHT, "a", NIGHT))


def test_a_night_builds_on_the_one_before_and_not_on_itself(store):
    """A night that runs twice must come out the same."""
    after = NIGHT + timedelta(days=3)
    with store.begin() as db:
        memories.save(db, "AU", NIGHT, SECOND)
        memories.save(db, "AU", NIGHT, FIRST)
        memories.save(db, "AU", after, SECOND)
    with store.read() as db:
        assert memories.before(db, "AU", NIGHT) == ()
        assert memories.before(db, "AU", NIGHT + timedelta(days=1)) == FIRST
        assert memories.before(db, "AU", after) == FIRST
        assert memories.before(db, "AU", after + timedelta(days=1)) == SECOND
        assert memories.before(db, "OAS", after) == (), "one organisation's world is nothing to another's"


def test_unchanged_nights_and_last_months_take_no_room(store):
    """A row a night for every organisation would be the largest table of all."""
    with store.begin() as db:
        for days in range(100):
            memories.save(db, "AU", NIGHT + timedelta(days=days), FIRST if days < 50 else SECOND)
        assert db.execute(select(func.count()).select_from(event_memories)).scalar() == 1
        assert memories.before(db, "AU", NIGHT + timedelta(days=100)) == SECOND
        assert memories.before(db, "AU", NIGHT + timedelta(days=60)) == SECOND
