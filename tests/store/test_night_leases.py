"""One night, one worker."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from store import nights
from store.connecting import connect
from store.nights import LeaseLost, NightState

NIGHT = date(2007, 11, 26)
NOON = datetime(2007, 11, 26, 12, tzinfo=UTC)
TERM = timedelta(minutes=3)


def test_fifty_starts_at_once_have_one_winner(url):
    """Prefect starts late runs again, and cron and a person may start one more."""
    together = threading.Barrier(50)

    def start(number: int):
        store = connect(url)
        try:
            together.wait()
            with store.begin() as db:
                return nights.claim(db, NIGHT, f"worker {number}", NOON, TERM)
        finally:
            store.close()

    with ThreadPoolExecutor(50) as pool:
        leases = [lease for lease in pool.map(start, range(50)) if lease is not None]

    assert [lease.token for lease in leases] == [1]


def test_fifty_takeovers_at_once_have_one_winner(url):
    """Every waiting run sees the same lease expire at the same moment."""
    store = connect(url)
    with store.begin() as db:
        nights.claim(db, NIGHT, "dead", NOON, TERM)
    together = threading.Barrier(50)

    def take(number: int):
        own = connect(url)
        try:
            together.wait()
            with own.begin() as db:
                return nights.claim(db, NIGHT, f"worker {number}", NOON + TERM, TERM)
        finally:
            own.close()

    with ThreadPoolExecutor(50) as pool:
        leases = [lease for lease in pool.map(take, range(50)) if lease is not None]
    store.close()

    assert [lease.token for lease in leases] == [2]


def test_held_night_is_not_given_again_until_its_lease_expires(store):
    """A worker that lives renews; one that died must not block the night for ever."""
    with store.begin() as db:
        first = nights.claim(db, NIGHT, "first", NOON, TERM)
        assert nights.claim(db, NIGHT, "second", NOON + TERM - timedelta(seconds=1), TERM) is None
        assert nights.claim(db, NIGHT + timedelta(days=1), "second", NOON, TERM) is not None
        renewed = nights.renew(db, first, NOON + timedelta(minutes=2), TERM)
        assert nights.claim(db, NIGHT, "second", NOON + TERM, TERM) is None
        second = nights.claim(db, NIGHT, "second", renewed.expires, TERM)

    assert (first.token, renewed.token, second.token) == (1, 1, 2)


def test_every_write_of_a_stale_holder_is_refused(store):
    """A worker that was only asleep wakes up and wants to go on, ten times."""
    with store.begin() as db:
        stale = nights.claim(db, NIGHT, "asleep", NOON, TERM)
    with store.begin() as db:
        fresh = nights.claim(db, NIGHT, "awake", NOON + TERM, TERM)
    for _ in range(10):
        with pytest.raises(LeaseLost), store.begin() as db:
            nights.guard(db, stale)
    for write in (
        lambda db: nights.renew(db, stale, NOON, TERM),
        lambda db: nights.finish(db, stale, NightState.DONE, NOON),
        lambda db: nights.release(db, stale),
    ):
        with pytest.raises(LeaseLost, match="taken over"), store.begin() as db:
            write(db)

    with store.begin() as db:
        nights.guard(db, fresh)
        assert nights.load(db, NIGHT).lease == fresh


def test_nobody_takes_a_night_over_in_the_middle_of_a_guarded_write(url):
    """Between the check and the commit the token must not grow, or the stale write would still land."""
    store, other = connect(url), connect(url)
    with store.begin() as db:
        lease = nights.claim(db, NIGHT, "slow", NOON, TERM)
    order: list[str] = []

    def take_over() -> None:
        with other.begin() as db:
            nights.claim(db, NIGHT, "quick", NOON + TERM, TERM)
            order.append("taken over")

    taker = threading.Thread(target=take_over)
    with store.begin() as db:
        nights.guard(db, lease)
        taker.start()
        taker.join(0.5)
        order.append("written")
    taker.join()
    store.close()
    other.close()

    assert order == ["written", "taken over"]


def test_calendars_of_one_night_are_written_side_by_side(postgres, postgres_template):
    """The tasks of one night share its lease; on PostgreSQL they need not wait for each other, as on SQLite."""
    url = postgres.url(postgres.new_database(postgres_template))
    store = connect(url)
    with store.begin() as db:
        lease = nights.claim(db, NIGHT, "worker", NOON, TERM)
    other = connect(url)
    with store.begin() as one, other.begin() as two:
        nights.guard(one, lease)
        nights.guard(two, lease)
        # Both hold it at this moment: neither has waited for the other to end.
        assert one.in_transaction()
        assert two.in_transaction()
    with store.read() as db:
        assert nights.load(db, NIGHT).lease == lease
    other.close()
    store.close()


def test_late_duplicate_of_a_finished_night_gets_nothing(store):
    """It ends as "already done"; a person who wants it once more says so."""
    with store.begin() as db:
        lease = nights.claim(db, NIGHT, "first", NOON, TERM)
        nights.finish(db, lease, NightState.DONE_WITH_GAPS, NOON + TERM)
        assert nights.claim(db, NIGHT, "late", NOON + 2 * TERM, TERM) is None
        done = nights.load(db, NIGHT)
        with pytest.raises(LeaseLost):
            nights.guard(db, lease)
        once_more = nights.claim(db, NIGHT, "person", NOON + 2 * TERM, TERM, again=True)

    assert (done.state, done.lease, done.finished) == (NightState.DONE_WITH_GAPS, None, NOON + TERM)
    assert once_more.token == 2


def test_again_does_not_take_a_night_from_a_living_worker(store):
    """Running a night once more is no reason to run it twice at once."""
    with store.begin() as db:
        nights.claim(db, NIGHT, "first", NOON, TERM)
        assert nights.claim(db, NIGHT, "person", NOON, TERM, again=True) is None


def test_released_night_can_be_claimed_at_once(store):
    """After Ctrl-C the next start need not wait three minutes."""
    with store.begin() as db:
        lease = nights.claim(db, NIGHT, "first", NOON, TERM)
        nights.release(db, lease)
        assert nights.load(db, NIGHT).state is NightState.RUNNING
        assert nights.claim(db, NIGHT, "second", NOON, TERM).token == 2


def test_last_night_before_is_the_last_one_that_was_finished(store):
    """ "New since the last night" compares with what was told, not with a night that broke off."""
    with store.begin() as db:
        assert nights.last_before(db, NIGHT) is None
        for days, state in ((3, NightState.DONE), (2, NightState.DONE_WITH_GAPS), (1, None), (-1, NightState.DONE)):
            lease = nights.claim(db, NIGHT - timedelta(days=days), "worker", NOON, TERM)
            if state:
                nights.finish(db, lease, state, NOON)
        assert nights.last_before(db, NIGHT) == NIGHT - timedelta(days=2)
        assert nights.load(db, NIGHT) is None


def test_whoever_did_not_hear_the_answer_may_finish_once_more(store):
    """The line broke after the database had noted it; a night that is done must not be called lost for that."""
    with store.begin() as db:
        lease = nights.claim(db, NIGHT, "first", NOON, TERM)
        nights.finish(db, lease, NightState.DONE, NOON)
        nights.finish(db, lease, NightState.DONE, NOON + TERM)
        assert nights.load(db, NIGHT).finished == NOON
        nights.claim(db, NIGHT, "person", NOON, TERM, again=True)
        with pytest.raises(LeaseLost):
            nights.finish(db, lease, NightState.DONE, NOON)


def test_a_night_does_not_finish_as_running(store):
    """It would never be told from one whose worker died."""
    with store.begin() as db:
        lease = nights.claim(db, NIGHT, "first", NOON, TERM)
        with pytest.raises(ValueError, match="finished"):
            nights.finish(db, lease, NightState.RUNNING, NOON)
