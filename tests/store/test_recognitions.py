"""How the listings of a world cluster is kept under all that it depends on, and forgotten with the month."""

from __future__ import annotations

from datetime import date, timedelta

from store import recognitions

NIGHT = date(2007, 11, 26)
CLUSTERS = (("a", "b"), ("c",))


def test_clusters_are_found_under_their_own_fingerprint_and_no_other(store):
    """Two readers who see different listings never share what was recognised."""
    with store.begin() as db:
        recognitions.save(db, "committee", NIGHT, CLUSTERS)
        recognitions.save(db, "committee", NIGHT, CLUSTERS)
    with store.read() as db:
        assert recognitions.load(db, "committee") == CLUSTERS
        assert recognitions.load(db, "organisation") is None


def test_last_months_clusters_are_dropped(store):
    """Every decision makes a new fingerprint; the table must not grow for ever."""
    with store.begin() as db:
        recognitions.save(db, "old", NIGHT, CLUSTERS)
        recognitions.save(db, "new", NIGHT + recognitions.KEPT + timedelta(days=1), CLUSTERS)
    with store.read() as db:
        assert recognitions.load(db, "old") is None
        assert recognitions.load(db, "new") == CLUSTERS
