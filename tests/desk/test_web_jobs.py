"""Work begun at the desk: seen as it goes, one at a time, in a process that never outlives the desk."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk_jobs import begun, heard, press, told
from desk_server import NIGHT, RunningDesk, running_desk, wait_until
from desk_visitors import Visitor, visitors
from published_feed import PublishedFeed, workshops

from flows.jobs import MOST_KEPT, Jobs, Sort, Wish
from store import calendars, findings
from store.connecting import connect

WORKER = "flows.at_work"
BEGIN = """
import sys, time
from datetime import UTC, date, datetime
from pathlib import Path
from flows.jobs import Jobs, Sort, Wish
job = Jobs().begin(Path(sys.argv[1]), Wish(Sort.SYNC, date(2007, 11, 27), "ines", ("feed",)), datetime.now(UTC))
while not job.told:
    time.sleep(0.02)
print("begun", flush=True)
time.sleep(60)
"""


def workers(parent: int | None = None) -> list[int]:
    """Return the processes that do what a desk was asked for: children of *parent*, of this process by default."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().split(b"\0")
            above = int((path / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if WORKER.encode() in words and above == (parent or os.getpid()):
            found.append(int(path.name))
    return found


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def one_at_work(visitor: Visitor, feed: PublishedFeed) -> Iterator[str]:
    """Begin a job that lasts as long as the block, or until somebody ends it."""
    feed.gate.clear()
    asked = feed.asked
    address = begun(visitor, "/calendars/feed/sync")
    wait_until(lambda: feed.asked > asked)
    try:
        yield address
    finally:
        feed.gate.set()


def test_a_sync_is_seen_as_it_goes_and_by_whoever_comes_back(watched: RunningDesk, feed: PublishedFeed):
    """A line that was lost on the way would leave the page at work for ever."""
    feed.body = workshops(11)
    with visitors(watched.url, "ines") as (ines,):
        address = begun(ines, "/calendars/sync")
        events = heard(ines, address)
        assert [number for number, _, _ in events] == list(range(1, len(events) + 1))
        assert [sort for _, sort, _ in events] == ["line"] * 6 + ["end"]
        last = {data["subject"]: data for _, sort, data in events if sort == "line"}
        assert sorted(last) == ["au-events", "feed", "programme"]
        assert last["feed"]["words"] == "read, 11 listings, 1 new"
        assert events[-1][2]["summary"] == "Done; all 3 calendars were read."
        numbers = [number for number, _, _ in events]
        again = heard(ines, address, **{"Last-Event-ID": "5"})
        assert [number for number, _, _ in again] == numbers[5:]
        for nonsense in ("x", "-1", "9999999999", "٣"):
            everything = heard(ines, address, **{"Last-Event-ID": nonsense.encode()})
            assert [number for number, _, _ in everything] == numbers, "what is no number of an event counts as none"
        page = ines.get(address).text
        assert "still tells of the last night" in page
        assert 'action="/night"' in page
        assert "<script" not in page
        assert "Чтение 3 календарей" in ines.get(f"{address}?language=ru").text
    store = connect(f"sqlite:///{watched.config.parent / 'state' / 'outreach.db'}")
    with store.read() as db:
        assert len(calendars.known(db, "feed", watched.now.date())) == 11
        assert findings.last_night(db, "UN1540") == NIGHT, "reading is no night"
    store.close()


def test_without_script_the_page_loads_itself_anew_while_it_is_at_work(watched: RunningDesk, feed: PublishedFeed):
    """Whoever has no script must not have to press anything to see the end."""
    refresh = '<noscript><meta http-equiv="refresh" content="3"></noscript>'
    with visitors(watched.url, "ines") as (ines,):
        with one_at_work(ines, feed) as address:
            page = ines.get(address)
            assert refresh in page.text
            assert '<script src="/assets/desk.js" defer></script>' in page.text
            policy = page.headers["content-security-policy"]
            assert "script-src 'self'; connect-src 'self'" in policy
            assert ines.http.head(f"{address}/events").headers["content-type"].startswith("text/event-stream")
        wait_until(lambda: refresh not in ines.get(address).text)
        assert "<script" not in ines.get(address).text
        assert "script-src" not in ines.get(address).headers["content-security-policy"]
    script = watched.ask("/assets/desk.js")
    assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert "innerHTML" not in script.text


def test_one_job_at_a_time_and_it_can_be_stopped(watched: RunningDesk, feed: PublishedFeed):
    """Two nights at once would wait for each other; whoever comes second is shown the first."""
    with visitors(watched.url, "ines", "omar") as (ines, omar), one_at_work(ines, feed) as address:
        for path in ("/calendars/sync", "/calendars/feed/sync", "/night"):
            second = press(omar, path)
            assert second.status_code == 409
            assert "One piece of work is done at a time" in second.text
            assert f"{address}/stop" in second.text
        (process,) = workers()
        assert press(omar, f"{address}/stop").headers["location"] == address
        wait_until(lambda: not alive(process))
        wait_until(lambda: "It was stopped." in ines.get(address).text)
        feed.gate.set()
        assert heard(ines, begun(ines, "/calendars/feed/sync"))[-1][2]["summary"] == "Done; 1 calendar was read."


def test_a_process_that_dies_is_told_of_and_the_next_one_works(watched: RunningDesk, feed: PublishedFeed):
    """Memory runs out, somebody kills the wrong process: the page must not wait for ever."""
    with visitors(watched.url, "ines") as (ines,):
        with one_at_work(ines, feed) as address:
            (process,) = workers()
            os.kill(process, signal.SIGKILL)
            assert heard(ines, address)[-1][1] == "end"
            page = ines.get(address).text
            assert "Its process ended without a word." in page
            assert "errors.log" in page
        assert heard(ines, begun(ines, "/calendars/feed/sync"))[-1][2]["summary"] == "Done; 1 calendar was read."
    assert "job " in (watched.config.parent / "state" / "errors.log").read_text()


def test_a_roster_that_cannot_be_used_is_told_in_its_own_sentence(watched: RunningDesk, feed: PublishedFeed):
    """Somebody edits outreach.toml meanwhile."""
    jobs = Jobs()
    job = jobs.begin(watched.config.parent / "gone.toml", Wish(Sort.SYNC, NIGHT, "ines", ("feed",)), watched.now)
    wait_until(lambda: job.ended is not None)
    assert job.ended is not None
    assert job.ended["end"] == "failed"
    assert "there is no such file" in job.ended["sentence"]


def test_thirty_who_listen_keep_nobody_from_an_answer(watched: RunningDesk, feed: PublishedFeed):
    """Each would otherwise hold one of the desk's forty threads."""
    with visitors(watched.url, "ines") as (ines,), ThreadPoolExecutor(45) as pool:
        with one_at_work(ines, feed) as address:
            cookie = {"Cookie": f"outreach={ines.http.cookies['outreach']}"}

            def listen(_: int) -> str:
                with Visitor(watched.url, **cookie).http as client, client.stream("GET", f"{address}/events") as answer:
                    return list(told(answer.iter_lines()))[-1][1]

            def leave(_: int) -> None:
                with Visitor(watched.url, **cookie).http as client, client.stream("GET", f"{address}/events") as answer:
                    next(answer.iter_lines())

            listening = [pool.submit(listen, each) for each in range(30)]
            list(pool.map(leave, range(10)))
            began = time.monotonic()
            for _ in range(5):
                assert ines.get("/log").status_code == 200
            assert time.monotonic() - began < 5
            assert not any(one.done() for one in listening)
        assert [one.result(30) for one in listening] == ["end"] * 30


def test_a_desk_that_ends_ends_its_work_and_lets_listeners_go(busy: Path, feed: PublishedFeed):
    """A night that goes on without anybody to see it would be run twice."""
    with ThreadPoolExecutor(1) as pool:
        with running_desk(busy, datetime(2007, 11, 27, 12, tzinfo=UTC)) as desk, visitors(desk.url, "ines") as (ines,):
            feed.gate.clear()
            address = begun(ines, "/calendars/feed/sync")
            wait_until(lambda: feed.asked > 1)
            (process,) = workers()
            cookie = f"outreach={ines.http.cookies['outreach']}"
            listening = pool.submit(heard, Visitor(desk.url, Cookie=cookie), address)
            wait_until(listening.running)
            time.sleep(0.5)
            began = time.monotonic()
        assert time.monotonic() - began < 9, "it does not wait until it loses patience with who listens"
        assert not alive(process)
        assert listening.result(5)[-1][1] in ("line", "end")
    feed.gate.set()


def test_a_desk_that_is_killed_leaves_no_work_behind(busy: Path, feed: PublishedFeed):
    """Nothing of the desk's own is run then."""
    feed.gate.clear()
    desk = subprocess.Popen([sys.executable, "-c", BEGIN, str(busy)], stdout=subprocess.PIPE)
    assert desk.stdout is not None
    assert desk.stdout.readline() == b"begun\n"
    (process,) = workers(desk.pid)
    desk.kill()
    desk.wait()
    wait_until(lambda: not alive(process))
    feed.gate.set()


def test_the_desk_itself_never_loads_prefect_or_what_fetches():
    """It runs for weeks beside everything else; what is heavy ends with its job."""
    asked = "import sys, desk.serving; print(sorted({'prefect', 'httpx', 'lxml', 'polars'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True).stdout == "[]\n"


def test_the_newest_twenty_are_remembered(watched: RunningDesk):
    """A desk runs for weeks."""
    jobs = Jobs()
    made = []
    for _ in range(MOST_KEPT + 2):
        job = jobs.begin(watched.config.parent / "gone.toml", Wish(Sort.SYNC, NIGHT, "ines", ()), watched.now)
        job.stop()
        wait_until(lambda job=job: job.ended is not None)
        made.append(job)
    assert [job.id for job in jobs.newest()] == [job.id for job in reversed(made[2:])]
    assert jobs.get(made[0].id) is None


@pytest.mark.timeout(600)
def test_a_night_is_run_from_the_desk(watched: RunningDesk, feed: PublishedFeed):
    """The whole of it: Prefect in the process that was begun, its stages on the page, its findings on tonight's."""
    with visitors(watched.url, "ines") as (ines,):
        address = begun(ines, "/night")
        ines.http.timeout = 300
        events = heard(ines, address)
        last = {data["subject"]: data for _, sort, data in events if sort == "line"}
        steps = {"prefect", "match", "find", "report", "deliver"}
        assert set(last) == {*steps, "feed", "au-events", "programme"}
        assert last["find"]["name"] == "Looking for findings"
        assert re.match(r"\d+ findings", last["find"]["words"])
        assert events[-1][2]["summary"].startswith("Done; all 3 calendars were read. The night has ")
        assert 'href="/"' in ines.get(address).text
        assert "27 November 2007" in ines.get("/").text
        assert workers() == []
