"""Secret addresses are known by digest, and a reader who left stays so, on both databases."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from store import departures, outbox, subscriptions
from store.connecting import connect, is_ready
from store.departures import Departure
from store.outbox import State

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
AU = "liaison@au.example"


def test_a_subscription_stands_until_it_is_revoked(store):
    """At the next look, not at the next start."""
    with store.begin() as db:
        made = subscriptions.add(db, "AU", "d1", "liaison", "ines", NOON)
        subscriptions.add(db, "AU", "d2", "", "ines", NOON)
        assert subscriptions.standing(db, "d1") == made == subscriptions.by_number(db, made.number)
        assert subscriptions.revoke(db, made.number, NOON)
        assert subscriptions.standing(db, "d1") is None
        assert not subscriptions.revoke(db, made.number, NOON + HOUR)
        assert not subscriptions.revoke(db, 99, NOON)
        assert [each.revoked for each in subscriptions.load(db)] == [NOON, None]
        assert subscriptions.standing(db, "") is subscriptions.standing(db, "D2") is None


def test_one_digest_is_one_subscription(store):
    """Two that could not be told apart could not be revoked apart."""
    with store.begin() as db:
        subscriptions.add(db, "AU", "d1", "", "ines", NOON)
    with pytest.raises(IntegrityError), store.begin() as db:
        subscriptions.add(db, "OAS", "d1", "", "ines", NOON)


def test_use_is_noted_once_an_hour_whoever_comes_first(store):
    """A hundred requests a minute are one write; an early one that is noted late takes nothing back."""
    with store.begin() as db:
        number = subscriptions.add(db, "AU", "d1", "", "ines", NOON).number
    for at, noted in ((NOON, NOON), (NOON + HOUR / 2, NOON), (NOON + HOUR, NOON + HOUR), (NOON, NOON + HOUR)):
        with store.begin() as db:
            subscriptions.used(db, number, at, HOUR)
            assert subscriptions.load(db)[0].last_used == noted


def test_one_address_rotated_twice_at_once_is_rotated_once(url):
    """Else there would be an address that nobody knows of."""
    stores = [connect(url), connect(url)]
    with stores[0].begin() as db:
        number = subscriptions.add(db, "AU", "d1", "", "ines", NOON).number
    together = threading.Barrier(2)

    def revoke(store) -> bool:
        together.wait()
        with store.begin() as db:
            return subscriptions.revoke(db, number, NOON)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(revoke, stores)) == [False, True]
    for each in stores:
        each.close()


def test_a_departure_stands_until_it_is_taken_back_and_can_be_repeated(store):
    """Somebody asks to have their report back, and leaves again a year later."""
    with store.begin() as db:
        assert departures.load(db) == {}
        for at in (NOON, NOON + HOUR):
            departures.add(db, Departure("AU", AU, at))
            assert departures.load(db, "AU") == departures.load(db) == {("AU", AU): Departure("AU", AU, at)}
            assert departures.load(db, "OAS") == {}
            assert departures.take_back(db, "AU", AU, "ines", at)
            assert not departures.take_back(db, "AU", AU, "ines", at)
            assert departures.load(db) == {}


def test_what_waits_for_a_reader_who_left_is_not_due_and_a_later_report_takes_its_place(store):
    """It stays with the coordinators, with the reason."""
    night = date(2026, 11, 29)
    with store.begin() as db:
        for day in range(2):
            outbox.put(
                db, "AU", night + timedelta(days=day), AU, f"h{day}", "p", at=NOON, state=State.LEFT, answer="left"
            )
        assert outbox.due(db, NOON + HOUR) == []
        assert [(each.night.day, each.state, each.answer) for each in outbox.latest(db)] == [(30, State.LEFT, "left")]
        assert outbox.channels(db, "AU") == [AU]


def test_the_latest_written_night_is_that_of_the_folder(store):
    """A mail that arrived says nothing about which report lies ready."""
    with store.begin() as db:
        assert outbox.last_written(db, "AU") is None
        for channel, night in ((outbox.FOLDER, 28), (AU, 30), (outbox.FOLDER, 29)):
            outbox.put(db, "AU", date(2026, 11, night), channel, "h", "p")
        outbox.put(db, "OAS", date(2026, 11, 30), outbox.FOLDER, "h", "p")
        for each in outbox.pending(db):
            if each.night.day != 29:
                outbox.mark_delivered(db, each, NOON)
        assert outbox.last_written(db, "AU") == date(2026, 11, 28)


def test_asking_whether_a_database_is_ready_makes_none(empty_url):
    """Whoever watches the desk must not be the one who lays an empty database where the real one was."""
    assert not is_ready(empty_url)
    assert not is_ready(empty_url)
    connect(empty_url).close()
    assert is_ready(empty_url)
