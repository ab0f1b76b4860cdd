"""Columns are kept beside the clusters they were made from, for a day or two."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete

from store import event_columns, recognitions, revisions
from store.tables import recognitions as clusters

NIGHT = date(2007, 11, 26)


def keep(db, fingerprint: str, stamp: str, night: date, body: bytes = b"columns") -> None:
    recognitions.save(db, fingerprint, night, (("a",),))
    event_columns.save(db, fingerprint, stamp, night, body)


def test_columns_are_found_by_their_stamp_and_no_other(store):
    """A stamp stands for everything they depend on."""
    with store.begin() as db:
        keep(db, "f", "now", NIGHT, b"\x00\xff")
    with store.read() as db:
        assert event_columns.load(db, "now") == b"\x00\xff"
        assert event_columns.kept(db, "now")
        assert event_columns.load(db, "then") is None
        assert not event_columns.kept(db, "then")


def test_columns_go_with_the_clusters_they_were_made_from(store):
    """Columns without clusters would outlive what they say."""
    with store.begin() as db:
        keep(db, "f", "now", NIGHT)
        db.execute(delete(clusters))
    with store.read() as db:
        assert not event_columns.kept(db, "now")
    with store.begin() as db:
        event_columns.save(db, "nobody kept these", "now", NIGHT, b"")
    with store.read() as db:
        assert not event_columns.kept(db, "now")


def test_a_night_has_one_layout_and_old_ones_go(store):
    """They are large: what changed during the day replaces, and nobody checks against last week."""
    with store.begin() as db:
        for number in range(4):
            keep(db, f"day {number}", f"s{number}", NIGHT + timedelta(days=number))
        keep(db, "day 3, later", "again", NIGHT + timedelta(days=3))
    with store.read() as db:
        assert [name for name in ("s0", "s1", "s2", "s3", "again") if event_columns.kept(db, name)] == [
            "s1", "s2", "again",
        ]  # fmt: skip


def test_revisions_count_for_each_calendar_alone(store):
    """One calendar's news is no news of another."""
    with store.begin() as db:
        revisions.count(db, "au")
        revisions.count(db, "au")
        revisions.count(db, "oas")
    with store.read() as db:
        assert revisions.load(db) == {"au": 2, "oas": 1}
