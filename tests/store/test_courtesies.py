"""What a host asked tonight is still so tomorrow morning."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from calendar_sync.sources.hosts import Courtesy
from store import courtesies
from store.connecting import connect

SOON, LATER = datetime(2007, 10, 15, 3, tzinfo=UTC), datetime(2007, 10, 16, 3, tzinfo=UTC)


@pytest.fixture
def store(url):
    store = connect(url)
    yield store
    store.close()


def test_what_several_runs_were_asked_is_kept_together(store):
    """Two calendars of one host may be told different things by it; the longer wait is safe."""
    with store.begin() as db:
        courtesies.save(db, Courtesy({"a.example": LATER, "b.example": SOON}))
    with store.begin() as db:
        courtesies.save(db, Courtesy({"a.example": SOON, "c.example": SOON}))
        courtesies.save(db, Courtesy())
    with store.read() as db:
        known = courtesies.load(db)

    assert dict(known.not_before) == {"a.example": LATER, "b.example": SOON, "c.example": SOON}
