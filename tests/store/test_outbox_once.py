"""Nothing is delivered twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

from store import outbox
from store.connecting import connect

NIGHT = date(2007, 11, 26)
NOON = datetime(2007, 11, 26, 12, tzinfo=UTC)


def test_same_content_is_asked_for_once(store):
    """A night that is run twice writes the same report; the reader gets it once."""
    with store.begin() as db:
        assert outbox.put(db, "au", NIGHT, "folder", "h1", "reports/au.html")
        assert not outbox.put(db, "au", NIGHT, "folder", "h1", "elsewhere/au.html")
        (delivery,) = outbox.pending(db)
        assert outbox.mark_delivered(db, delivery, NOON)
        assert not outbox.mark_delivered(db, delivery, NOON)
        assert not outbox.put(db, "au", NIGHT, "folder", "h1", "reports/au.html")
        assert outbox.pending(db) == []
        assert [sent.delivered for sent in outbox.of_night(db, NIGHT)] == [NOON]


def test_other_content_reader_night_or_channel_is_another_delivery(store):
    """A report that did change must arrive."""
    asked = [
        ("au", NIGHT, "folder", "h1"),
        ("au", NIGHT, "folder", "h2"),
        ("oas", NIGHT, "folder", "h1"),
        ("au", date(2007, 11, 27), "folder", "h1"),
        ("au", NIGHT, "mail", "h1"),
    ]
    with store.begin() as db:
        assert all(outbox.put(db, *key, "reports/a") for key in asked)
        waiting = outbox.pending(db)
        assert [(d.organisation, d.night, d.channel, d.content_hash) for d in waiting] == asked
        assert [d.channel for d in outbox.pending(db, "mail")] == ["mail"]


def test_twenty_callers_at_once_ask_for_one_delivery(url):
    """Three simultaneous callers once made three mails."""
    together = threading.Barrier(20)

    def ask(_: int) -> bool:
        store = connect(url)
        try:
            together.wait()
            with store.begin() as db:
                return outbox.put(db, "au", NIGHT, "folder", "h1", "reports/au.html")
        finally:
            store.close()

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(ask, range(20))) == [False] * 19 + [True]
