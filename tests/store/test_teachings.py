"""What was taught is only ever added, and going back is one step at a time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from dedupe.taught import Taught
from store import teachings
from store.tables import teachings as table

NOON = datetime(2007, 11, 26, 12, tzinfo=UTC)
LESSON = {"finding": "0123", "listings": ["a", "b"], "same": True, "by": "ines", "at": NOON.isoformat()}
SCORE = {"collection": "golden", "precision": {"shipped": 1.0, "taught": 1.0}}


def a_shift(prior: float) -> Taught:
    return Taught(prior, (("place", "same town", 0.25), ("dates", "jour même ✓", -1.5)), "abcd")


def teach(db, prior: float) -> int:
    return teachings.save(db, a_shift(prior), [LESSON], [SCORE], by="ines", at=NOON)


def test_what_was_taught_is_in_force_with_all_it_rests_on(store):
    """Every value must answer "says who, when"."""
    with store.read() as db:
        assert teachings.in_force(db) is None
    with store.begin() as db:
        assert [teach(db, 0.5), teach(db, -0.5)] == [1, 2]
    with store.read() as db:
        entry = teachings.in_force(db)

    assert entry == teachings.Entry(2, 2, a_shift(-0.5), [LESSON], [SCORE], "ines", NOON)


def test_going_back_takes_one_step_and_ends_at_the_shipped_weights(store):
    """Taught, taught, back, taught: back again must not bring up what was taken back."""
    now = []
    with store.begin() as db:
        teach(db, 0.1)
        teach(db, 0.2)
        now.append(teachings.go_back(db, by="omar", at=NOON))
        teach(db, 0.3)
        now += [teachings.go_back(db, by="omar", at=NOON) for _ in range(3)]
        now.append(teachings.in_force(db))
        entries = teachings.load_all(db)

    assert now == [1, 1, teachings.SHIPPED, None, None]
    assert [entry.in_force for entry in entries] == [1, 2, 1, 4, 1, 0]
    assert teachings.within_reach(entries) == []
    assert teachings.within_reach(entries[:4]) == [1, 4]


@pytest.mark.parametrize("change", [update(table).values(in_force=0), delete(table)])
def test_what_was_in_force_cannot_be_changed_or_removed(store, change):
    """Somebody may ask next year why two events were one on a night."""
    with store.begin() as db:
        teach(db, 0.5)
    with pytest.raises(DatabaseError, match="append-only"), store.begin() as db:
        db.execute(change)
    with store.read() as db:
        assert teachings.in_force(db).taught == a_shift(0.5)
