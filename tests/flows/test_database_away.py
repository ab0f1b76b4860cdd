"""A database that is locked, or whose line breaks: the night waits a little, tries again, and comes to the same end."""

from __future__ import annotations

import shutil
import sqlite3
import time

import pytest
from mail_server import Letterbox, mail_server
from plain_night import SECOND, apart, at, ended, left, made_ready, night, send_what_waits

from flows import retrying, steps
from store.connecting import WAIT_SECONDS, DatabaseUnusable


@pytest.fixture
def letterbox():
    with mail_server(Letterbox()) as box:
        yield box


def keep_locked(file: str, seconds: float, locked, reached) -> None:
    """Write into a database for some seconds: a backup, or somebody with a database browser."""
    raw = sqlite3.connect(file, isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    locked.set()
    reached.wait(60)
    time.sleep(seconds)
    raw.execute("ROLLBACK")
    raw.close()


@pytest.mark.fault("T35")
def test_a_lock_of_thirty_seconds_costs_a_night_nothing_but_the_wait(committee, record_property):
    """A backup runs at night too. It is as long as a writer waits, so that waiting alone is not enough."""
    assert steps.sync_calendar(committee.config, "oas-events", SECOND).complete
    context = apart()
    locked, reached = context.Event(), context.Event()
    backup = context.Process(
        target=keep_locked, args=(str(committee.state / "outreach.db"), WAIT_SECONDS, locked, reached)
    )
    backup.start()
    assert locked.wait(60)
    reached.set()
    outcome = night(committee.config, SECOND)
    assert ended(backup) == 0

    assert outcome.complete
    assert len(outcome.reports) == 9
    record_property("measured", f"sqlite: a lock of {WAIT_SECONDS} s survived")


def test_a_database_that_stays_locked_is_given_up_with_a_sentence(committee, monkeypatch):
    """Bounded: whoever reads the log in the morning must find out what was in the way."""
    assert steps.sync_calendar(committee.config, "oas-events", SECOND).complete
    monkeypatch.setattr("store.connecting.WAIT_SECONDS", 0.05)
    monkeypatch.setattr(retrying, "WAITS", (0.01, 0.01, 0.01))
    with sqlite3.connect(committee.state / "outreach.db", isolation_level=None) as raw:
        raw.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnusable, match="another process has been writing"):
            steps.sync_calendar(committee.config, "oas-events", SECOND)
        raw.execute("ROLLBACK")
    raw.close()

    assert steps.sync_calendar(committee.config, "oas-events", SECOND).complete


BETWEEN = "after a mail was handed over"
"""Nothing is asked of the database at that moment: the next question finds another line, and nobody notices."""
BREAKS = {
    "while the night is claimed": ("claim the night", 1, "before"),
    "before a calendar is saved": ("save a calendar", 2, "before"),
    "after a calendar was saved": ("save a calendar", 3, "after"),
    "while clusters are saved": ("save clusters", 1, "before"),
    "before a report is asked for": ("save findings", 2, "before"),
    "while a report is written": ("write a report", 4, "after"),
    "after a mail was frozen": ("freeze a message", 2, "after"),
    "before a mail is claimed": ("claim a delivery", 1, "before"),
    BETWEEN: ("hand over", 2, "after"),
    "before what came of it is noted": ("settle a delivery", 2, "before"),
    "before the end is noted": ("finish", 1, "before"),
    "at a commit": ("commit", 9, "before"),
}


@pytest.mark.fault("T35")
def test_a_night_whose_database_hangs_up_comes_to_the_same_end(
    committee, letterbox, postgres, postgres_template, monkeypatch, record_property, caplog
):
    """The server is restarted for an update at ten past five, of all times."""
    monkeypatch.setattr(retrying, "WAITS", (0.05, 0.1, 0.2))
    first, name = postgres.new_database(postgres_template), postgres.new_database()
    state = '[state]\nfolder = "state"\n'
    text = committee.config.read_text().replace(state, f'{state}database_url = "{postgres.url(first)}"\n')
    committee.publish("outreach.toml", text.encode())
    kept = made_ready(committee, letterbox.port)
    text = committee.config.read_text().replace(postgres.url(first), postgres.url(name))
    committee.publish("outreach.toml", text.encode())

    def hang_up() -> None:
        postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    undisturbed: dict[str, object] = {}
    for point in (None, *BREAKS):
        postgres.run(f"DROP DATABASE {name} WITH (FORCE)")
        postgres.run(f"CREATE DATABASE {name} TEMPLATE {first}")
        shutil.rmtree(committee.state)
        shutil.copytree(kept, committee.state)
        letterbox.arrived.clear()

        if point is None:
            night(committee.config, SECOND)
        else:
            caplog.clear()
            place, call, when = BREAKS[point]
            with at(place, call, hang_up, after=when == "after"):
                night(committee.config, SECOND)
            assert ("no answer" in caplog.text) == (point != BETWEEN), (
                f"{point}: nobody noticed, so nothing was tried again"
            )
        send_what_waits(committee.config)
        now = left(committee, letterbox.arrived)
        undisturbed = undisturbed or now
        assert len(letterbox.arrived) == 2, point
        assert [part for part in undisturbed if now[part] != undisturbed[part]] == [], point
    record_property("cases", len(BREAKS))
    record_property("measured", f"postgresql: hung up at {len(BREAKS)} points of a night: tried again, the same end")
