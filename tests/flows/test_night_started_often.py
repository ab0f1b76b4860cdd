"""One night, started by a backlog of schedules, by people, and by workers that were believed dead."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from plain_night import apart, at, ended, everything, files, night

from calendar_sync import roster
from flows import leasing
from store import nights
from store.connecting import DatabaseUnusable, connect
from store.nights import LeaseLost, NightState

NIGHT = date(2007, 11, 26)
STARTS = 50


def start(config, environment, number, together, waiting, folder) -> None:
    """Type `outreach nightly` at the same moment as everybody else; whoever works begins when all others wait."""
    os.environ.clear()
    os.environ.update(environment)
    from desk import cli
    from flows import running, settings

    def looks_again(seconds: float) -> None:
        waiting.release()
        time.sleep(seconds)

    def works(*given, **named) -> None:
        for _ in range(STARTS - 1):
            waiting.acquire(timeout=60)
        (folder / f"{number}.worked").touch()
        settings_prepare(*given, **named)

    settings_prepare = settings.prepare
    running.settings = SimpleNamespace(prepare=works)
    leasing.time = SimpleNamespace(monotonic=time.monotonic, sleep=looks_again)
    sys.argv = ["outreach", "nightly", "--as-of", NIGHT.isoformat(), "--config", str(config)]
    together.wait(120)
    said = io.StringIO()
    with (folder / f"{number}.out").open("w") as out, contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
        try:
            cli.main()
        finally:
            (folder / f"{number}.said").write_text(said.getvalue())


@pytest.mark.fault("T32")
@pytest.mark.timeout(600)
def test_of_fifty_processes_that_start_a_night_one_works_and_the_others_say_so(
    prefect, committee, tmp_path, record_property
):
    """A machine that slept over the weekend starts everything it missed at once, and a coordinator helps."""
    folder = tmp_path / "starts"
    folder.mkdir()
    context = apart()
    together, waiting = context.Barrier(STARTS), context.Semaphore(0)
    given = (together, waiting, folder)
    processes = [
        context.Process(target=start, args=(committee.config, prefect.environment, number, *given))
        for number in range(STARTS)
    ]
    for process in processes:
        process.start()
    codes = [ended(process, 300) for process in processes]

    said = [(folder / f"{number}.said").read_text() for number in range(STARTS)]
    assert codes == [0] * STARTS, max(said, key=len)
    assert len(list(folder.glob("*.worked"))) == 1
    assert sum(f"The night of {NIGHT} was already done" in each for each in said) == STARTS - 1
    printed = {(folder / f"{number}.out").read_text() for number in range(STARTS)}
    assert len(printed) == 1, "whoever waited is told the same paths"
    assert len(printed.pop().splitlines()) == 9
    assert len([run for run in prefect.flow_runs("nightly") if run["parameters"].get("as_of") == str(NIGHT)]) == 1
    assert stands(committee).state is NightState.DONE
    record_property("cases", STARTS)
    record_property("measured", f"{STARTS} processes at once: 1 worked, {STARTS - 1} ended 0 with 'already done'")


def stands(committee):
    store = connect(roster.load(committee.config).database_url)
    try:
        with store.read() as db:
            return nights.load(db, NIGHT)
    finally:
        store.close()


WRITES = [
    *(("fetch", number) for number in (1, 2, 3)),
    *(("begin to write", number) for number in range(7, 13)),
    ("end the night", 1),
]
"""Before each calendar is saved, before each report is asked for, before each is written, and before the end."""


def told(committee) -> tuple[object, ...]:
    """Return what anybody may ever read; what is kept to save work is named by what it was made of, and harmless."""
    rows = everything(committee.config)
    del rows["recognitions"], rows["event_columns"]
    return rows, files(committee.state / "reports")


@pytest.mark.fault("T32")
def test_a_worker_that_was_overtaken_changes_nothing(committee, record_property):
    """A laptop that was closed in the middle of a night wakes up in the morning with yesterday's calendars in hand."""
    early = (committee.folder / "au.ics").read_bytes()
    late = early.replace(b"CANARYGABORONE", b"CANARYLATER")
    for number, (place, call) in enumerate(WRITES):
        day = date(2007, 11, 5) + timedelta(days=number)
        committee.publish("au.ics", early)
        after: list[object] = []

        def overtaken(day=day, after=after) -> None:
            committee.publish("au.ics", late)
            with time_machine.travel(datetime.now(UTC) + 2 * leasing.TERM):
                night(committee.config, day)
            after.append(told(committee))

        with pytest.raises(LeaseLost), at(place, call, overtaken):
            night(committee.config, day)

        assert after == [told(committee)], (place, call)
        assert b"CANARYLATER" in committee.reports(day.isoformat())["AU.json"]
    record_property("cases", len(WRITES))
    record_property("measured", f"a stale worker's writes refused {len(WRITES)} of {len(WRITES)}")


def test_nobody_takes_a_night_over_while_its_files_are_written(committee, monkeypatch):
    """Else a worker that slept between the question and the file would put an old report over a new one."""
    monkeypatch.setattr("store.connecting.WAIT_SECONDS", 0.2)
    monkeypatch.setattr("flows.retrying.WAITS", ())
    held_off: list[str] = []

    def overtaken() -> None:
        with time_machine.travel(datetime.now(UTC) + 2 * leasing.TERM):
            try:
                night(committee.config, NIGHT)
            except DatabaseUnusable as error:
                held_off.append(error.what)

    for call in (1, 4, 9):
        with at("write a report", call, overtaken):
            night(committee.config, NIGHT)

    assert len(held_off) == 3
    assert all("another process has been writing" in what for what in held_off)
