"""A committee, and its desk on a real server on loopback, with a clock that a test can turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx

from desk import serving
from desk.one_time_link import OneTimeLink
from flows import steps

NIGHT = date(2007, 11, 26)
LANGUAGES = {"AU": "en", "UA": "fr", "OEA": "es", "CPLP": "pt", "LAS": "ar", "CIS": "ru"}
CONFIG = """\
[committee]
id = "UN1540"
name = "1540 Committee"
time_zone = "UTC"
contact = "desk@committee.example"
[state]
folder = "state"
[desk]
address = "https://outreach.example.org"
[delivery]
sender = "Outreach desk <desk@committee.example>"
[[organisations]]
id = "UN1540"
name = "1540 Committee"
[[calendars]]
id = "programme"
organisation = "UN1540"
source = "programme.csv"
programme = true
[[calendars]]
id = "au-events"
organisation = "AU"
source = "au.csv"
"""
ORGANISATION = """\
[[organisations]]
id = "{id}"
name = "Organisation {id}"
languages = ["{language}"]
members = ["BW", "GH"]
reads_reports = true
deliver_to = ["liaison@{domain}.example"]
"""


def run_night(config: Path, night: date) -> None:
    """Read the calendars and write the reports of a night."""
    for calendar in steps.calendars(config):
        assert steps.sync_calendar(config, calendar, night).complete
    steps.match(config, night)
    steps.write_reports(config, night)


@dataclass
class RunningDesk:
    """Where it answers, and what it takes the time to be."""

    url: str
    config: Path
    now: datetime
    client: httpx.Client = field(repr=False)

    def ask(self, path: str, method: str = "GET", **more: object) -> httpx.Response:
        """Send one request; redirects are not followed, cookies not kept."""
        self.client.cookies.clear()
        return self.client.request(method, f"{self.url}{path}", **more)

    def later(self, **more: float) -> None:
        """Let time pass."""
        self.now += timedelta(**more)


@contextmanager
def running_desk(config: Path, now: datetime, link: OneTimeLink | None = None) -> Iterator[RunningDesk]:
    """Serve the desk of *config* while the block runs."""
    with serving.listening("127.0.0.1", 0) as (opened, url), httpx.Client(timeout=60, trust_env=False) as client:
        desk = RunningDesk(url, config, now, client)
        server = serving.server(config, lambda: desk.now, link)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the desk ended before it began"
            time.sleep(0.01)
        try:
            yield desk
        finally:
            client.close()
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive(), "the desk did not end"


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for what happens by itself soon; fail when it does not."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
