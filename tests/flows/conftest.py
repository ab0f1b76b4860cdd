"""A small committee on disk, and one real Prefect server and worker for the whole session."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from flows.settings import QUIET

PROGRAMME = """\
id,title,start,end,city,country,audience,published
w1,Workshop for African States CANARYPROGRAMME,2007-11-27,2007-11-28,Gaborone,BW,BW; GH; KE; NG; ZA,2007-10-01
"""

EVENT = """\
BEGIN:VEVENT
UID:{uid}
DTSTAMP:20071001T000000Z
SUMMARY:{title}
DTSTART;VALUE=DATE:{start}
DTEND;VALUE=DATE:{end}
LOCATION:{place}
{more}END:VEVENT
"""

ROSTER = """\
[committee]
id = "UN1540"
name = "1540 Committee"
time_zone = "America/New_York"

[state]
folder = "state"

[[organisations]]
id = "UN1540"
name = "1540 Committee"
reads_reports = true

[[organisations]]
id = "AU"
name = "African Union"
members = ["BW", "GH", "KE", "NG", "ZA"]
reads_reports = true

[[organisations]]
id = "OAS"
name = "Organization of American States"
members = ["JM", "US"]
reads_reports = true

[[calendars]]
id = "un1540-programme"
organisation = "UN1540"
source = "programme.csv"
programme = true

[[calendars]]
id = "au-events"
organisation = "AU"
source = "au.ics"

[[calendars]]
id = "oas-events"
organisation = "OAS"
source = "oas.ics"
"""


AU_EVENTS = (
    ("au-1", "Seminar on resolution 1540 for African States CANARYAFRICA", "20071120", "20071122", "Accra, Ghana"),
    ("au-3", "Workshop on resolution 1540 for Africa CANARYGABORONE", "20071127", "20071129", "Gaborone, Botswana"),
    ("au-2", "African Union Summit", "20080131", "20080203", "Addis Ababa, Ethiopia"),
)
OAS_EVENTS = (("oas-1", "Hemispheric Security Committee CANARYAMERICAS", "20071128", "20071129", "Washington"),)


@dataclass(frozen=True)
class SmallCommittee:
    """Three organisations, three calendars, one folder."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "outreach.toml"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def publish(self, name: str, body: bytes) -> None:
        (self.folder / name).write_bytes(body)

    @staticmethod
    def event(uid: str, title: str, start: str, end: str, place: str, more: str = "") -> str:
        """Word one event as most producers do; *more* are further lines."""
        return EVENT.format(uid=uid, title=title, start=start, end=end, place=place, more=more)

    @staticmethod
    def calendar(*events: str) -> bytes:
        """Put events into a calendar file."""
        head = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//tests//EN\n"
        return (head + "".join(events) + "END:VCALENDAR\n").replace("\n", "\r\n").encode()

    def reports(self, night: str) -> dict[str, bytes]:
        """Read every report of a night by file name."""
        return {path.name: path.read_bytes() for path in sorted((self.state / "reports" / night).iterdir())}


def small_committee(folder: Path) -> SmallCommittee:
    folder.mkdir(parents=True, exist_ok=True)
    committee = SmallCommittee(folder)
    committee.publish("outreach.toml", ROSTER.encode())
    committee.publish("programme.csv", PROGRAMME.encode())
    committee.publish("au.ics", committee.calendar(*(committee.event(*event) for event in AU_EVENTS)))
    committee.publish("oas.ics", committee.calendar(*(committee.event(*event) for event in OAS_EVENTS)))
    return committee


@pytest.fixture
def committee(tmp_path: Path) -> SmallCommittee:
    return small_committee(tmp_path / "committee")


@dataclass(frozen=True)
class PrefectHarness:
    """A server on loopback with its own home, and how to talk to it."""

    home: Path
    url: str
    environment: dict[str, str]

    def prefect(self, *words: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the prefect command as a person would, without a terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "prefect", *words],
            cwd=cwd, env={**self.environment, **more}, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def flow_runs(self, flow: str) -> list[dict[str, object]]:
        """List the runs of a flow, newest first."""
        answer = httpx.post(
            f"{self.url}/flow_runs/filter",
            json={"flows": {"name": {"any_": [flow]}}, "sort": "START_TIME_DESC", "limit": 50}, timeout=30,
        )  # fmt: skip
        return answer.raise_for_status().json()

    @contextmanager
    def worker(self, folder: Path) -> Iterator[None]:
        """Run a process worker, started in *folder*, while the block runs."""
        with (self.home / "worker.out").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "prefect", "worker", "start", "--pool", "outreach"],
                cwd=folder, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
            try:
                yield
            finally:
                _stop(process)

    def wait_until(self, holds: Callable[[], object], seconds: float) -> None:
        """Wait until *holds* gives something true; fail with what the worker said when it does not."""
        _wait_until(holds, seconds, lambda: (self.home / "worker.out").read_text(errors="replace"))

    def everything_kept(self) -> bytes:
        """Return all bytes the server keeps: its database with its journal, and stored results."""
        return b"".join(path.read_bytes() for path in sorted(self.home.rglob("*")) if path.is_file())


def clean_environment() -> dict[str, str]:
    """Return this environment without the developer's own Prefect and outreach settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "OUTREACH_"))}


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectHarness]:
    """Start one server for the session; a fresh home takes a while, so no test pays for it twice."""
    home = tmp_path_factory.mktemp("prefect")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    environment = {
        **clean_environment(),
        **QUIET,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": url,
        "PREFECT_CLI_PROMPT": "false",
        "NO_PROXY": "127.0.0.1,localhost",
        "NO_COLOR": "1",
        # Only how often things are looked at; the defaults would make the test wait for a minute.
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        # Artifacts and states wait for nobody here, and the database must be complete when we look into it.
        "PREFECT_SERVER_UI_ENABLED": "false",
    }
    log = (home / "server.out").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
        env=environment, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    try:
        _wait_until(lambda: _healthy(url), 150, lambda: (home / "server.out").read_text())
        yield PrefectHarness(home, url, environment)
    finally:
        _stop(server)
        log.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and the children it started."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            continue
    process.wait(timeout=15)


def _wait_until(holds: Callable[[], object], seconds: float, account: Callable[[], str]) -> None:
    """Wait until *holds* gives something true; fail with *account* when it does not within *seconds*."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.5)
    pytest.fail(f"it did not happen within {seconds} s:\n{account()}")


def _healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
