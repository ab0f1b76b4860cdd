"""One night, one worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from calendar_sync import roster
from flows import leasing
from store import nights
from store.connecting import connect
from store.nights import LeaseLost

NIGHT = date(2007, 11, 26)
AT_ONCE = timedelta(0)


def test_second_run_is_refused_while_the_first_works(committee):
    """Two schedules, or a coordinator beside a schedule, must not write one night at the same time."""
    with leasing.begin(committee.config, NIGHT), pytest.raises(leasing.NightIsTaken, match="process"):
        leasing.begin(committee.config, NIGHT, patience=AT_ONCE)


def test_second_run_finds_the_work_done_when_the_first_finishes(committee, monkeypatch):
    """Whoever waited for a night need not do it again."""
    first = leasing.begin(committee.config, NIGHT)
    refused = threading.Event()
    claim = nights.claim

    def claimed(*args, **more):
        lease = claim(*args, **more)
        if lease is None:
            refused.set()
        return lease

    monkeypatch.setattr(leasing.nights, "claim", claimed)
    came = []
    waiting = threading.Thread(target=lambda: came.append(leasing.begin(committee.config, NIGHT)))
    with first:
        waiting.start()
        assert refused.wait(30)
        first.finish(complete=True)
    waiting.join(30)

    assert came == [None]


def test_of_many_starts_at_once_one_works(committee):
    """A backlog of late runs starts them all together."""
    starters = 12
    together = threading.Barrier(starters)
    came = []

    def start():
        together.wait()
        lease = leasing.begin(committee.config, NIGHT, once=True)
        if lease is not None:
            with lease:
                lease.finish(complete=True)
        came.append(lease)

    threads = [threading.Thread(target=start) for _ in range(starters)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(came) == starters
    assert sum(lease is not None for lease in came) == 1


def test_a_finished_night_is_run_again_only_by_a_person(committee):
    """A late duplicate of the schedule has nothing to do; a coordinator who asks again wants it done again."""
    with leasing.begin(committee.config, NIGHT) as lease:
        lease.finish(complete=True)

    assert leasing.begin(committee.config, NIGHT, once=True) is None
    assert leasing.begin(committee.config, NIGHT) is not None


def test_a_failed_night_is_given_back(committee):
    """The next try must not wait for a lease to run out."""
    with pytest.raises(KeyError), leasing.begin(committee.config, NIGHT):
        raise KeyError

    assert leasing.begin(committee.config, NIGHT, patience=AT_ONCE) is not None


def test_a_night_whose_worker_was_killed_is_taken_over_at_once(committee):
    """After SIGKILL nobody gives the lease back."""
    context = multiprocessing.get_context("spawn")
    took = context.Event()
    worker = context.Process(target=_take_and_hang, args=(committee.config, took))
    worker.start()
    assert took.wait(60)
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()

    assert leasing.begin(committee.config, NIGHT, patience=AT_ONCE) is not None


def test_the_stale_worker_may_not_write(committee):
    """A worker that was believed dead may wake up after another took over its night."""
    stale = leasing.begin(committee.config, NIGHT)
    store = connect(roster.load(committee.config).database_url)
    with store.begin() as db:
        fresh = nights.claim(db, NIGHT, "another", datetime.now(UTC) + 2 * leasing.TERM, leasing.TERM)
        assert fresh is not None
        leasing.still_ours(db, NIGHT, fresh.token)
        with pytest.raises(LeaseLost):
            leasing.still_ours(db, NIGHT, stale.token)
    store.close()


def _take_and_hang(config, took):
    lease = leasing.begin(config, NIGHT)
    assert lease is not None
    took.set()
    threading.Event().wait()
