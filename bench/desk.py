"""The desk with many events and findings: `python -m bench.desk [--events 100000] [--findings 10000] [--seconds 60]`.

A state is made as nights would leave it (`bench.desk_state`; --keep keeps it, and finds it again), the real desk is
started on it, and every page it has is asked for 60 times, one after the other, with changing parameters and in all
languages; then by 30 clients at once, all pages mixed. Printed: for each page the time of the first answer, of the
others as the client sees them on loopback, the processor time of the desk for one of them, and its size, beside the
bar; then what came of the 30 clients, and the desk's resident memory. Exits 1 when a bar is missed.

A page that has no example address in `bench.desk_pages` is an error: what is not measured is not fast.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import unescape
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.desk_pages import PAGES, PROGRAM, PROGRAM_OF_READER, Facts, Page, facts_of, without_example
from bench.desk_state import COORDINATOR, PASSWORD, READER, keep, prepare

ROOT = Path(__file__).parents[1]
AT_ONCE, REQUESTS = 30, 60
MOST_SECONDS = 60.0
"""For one page: whoever misses the bar by much need not be asked 60 times."""
RSS_BAR = 600
"""MB."""
WAIT_SECONDS = 600.0


@dataclass
class Visitor:
    """One client with a connection that stays open, and the cookies of whoever it is."""

    url: str
    cookie: str = ""
    token: str = ""
    """Of a program."""
    line: HTTPConnection | None = field(default=None, repr=False)

    def ask(self, address: str, method: str = "GET", body: str = "", **headers: str) -> tuple[int, bytes, list[str]]:
        """Send one request and return status, body and cookies; redirects are not followed."""
        if self.cookie:
            headers["Cookie"] = self.cookie
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        while True:
            opened = self.line is None
            if self.line is None:
                parts = urlsplit(self.url)
                self.line = HTTPConnection(parts.hostname or "", parts.port, timeout=WAIT_SECONDS)
            try:
                self.line.request(method, address, body or None, headers)
                answer = self.line.getresponse()
                cookies = [value.partition(";")[0] for value in answer.headers.get_all("set-cookie", ())]
                return answer.status, answer.read(), cookies
            except (OSError, HTTPException) as error:
                self.line.close()
                self.line = None
                # A line that was quiet for a while may have been closed just now: browsers ask once more, too.
                if opened or not isinstance(error, ConnectionError):
                    raise

    def sign_in(self, name: str) -> None:
        """Begin a session."""
        _, page, cookies = self.ask("/sign-in")
        self.cookie = cookies[0]
        token = re.search(rb'name="form" value="([^"]*)"', page)
        if token is None:
            raise RuntimeError("the page to sign in has no form")
        fields = {"form": unescape(token[1].decode()), "name": name, "password": PASSWORD, "next": "/"}
        status, _, cookies = self.ask(
            "/sign-in", "POST", urlencode(fields),
            **{"Content-Type": "application/x-www-form-urlencoded", "Origin": self.url},
        )  # fmt: skip
        if status != 303:
            raise RuntimeError(f"{name} could not sign in: {status}")
        self.cookie = cookies[0]


@dataclass
class Desk:
    """The running desk, and how much it takes."""

    process: subprocess.Popen[str]
    url: str

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far, of the threads that there are."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9

    def mb(self, name: str) -> float:
        """Return VmRSS (now) or VmHWM (at the height) in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.split(f"{name}:")[1].split()[0]) * 1024 / 1e6


@contextmanager
def running(config: Path) -> Iterator[Desk]:
    """Start the desk as a person does, on any port."""
    command = [str(Path(sys.executable).with_name("outreach")), "desk", "--port", "0", "--config", str(config)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        told = process.stderr
        first = told.readline() if told is not None else ""
        found = re.search(r"http://[^ ]*\d", first)
        if told is None or found is None:
            raise RuntimeError(f"the desk did not start: {first}")
        threading.Thread(target=_passed_on, args=(told,), daemon=True).start()
        try:
            yield Desk(process, found[0])
        finally:
            process.terminate()
            process.wait(30)


def _passed_on(lines: Iterator[str]) -> None:
    for line in lines:
        print(f"    desk: {line.rstrip()}", file=sys.stderr, flush=True)


@dataclass
class Measured:
    """What came of asking for one page."""

    page: Page
    first: float
    seconds: list[float]
    cpu: list[float]
    """Processor time of the desk, which does not depend on what else the machine does."""
    size: int
    statuses: Counter[int]

    @property
    def met(self) -> bool:
        """True when the answers came in time and were what they should be."""
        return percentile(self.seconds, 0.95) <= self.page.bar and set(self.statuses) <= self.page.statuses


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return the value within which a share of all lie."""
    ordered = sorted(seconds)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def measure(desk: Desk, page: Page, visitor: Visitor, facts: Facts, draw: random.Random) -> Measured:
    """Ask for a page one time after the other."""
    statuses: Counter[int] = Counter()
    seconds, sizes = [], []
    until, used = time.monotonic() + MOST_SECONDS, list[float]()
    for _ in range(REQUESTS + 1):
        address, before, began = page.address(facts, draw), desk.cpu, time.perf_counter()
        status, body, _ = visitor.ask(address)
        seconds.append(time.perf_counter() - began)
        sizes.append(len(body))
        statuses[status] += 1
        # A thread that ended took its time with it.
        used.append(max(0.0, desk.cpu - before))
        if time.monotonic() > until:
            break
    later = seconds[1:] or seconds
    return Measured(page, seconds[0], later, used[1:] or used, int(statistics.median(sizes)), statuses)


COLUMNS = ("first", "p50", "p95", "most", "cpu 50", "cpu 95", "KiB", "bar")


def told(one: Measured) -> str:
    """Lay one page out as a row of the table."""
    spent, used = one.seconds, one.cpu
    numbers = [
        *(seconds * 1000 for seconds in (
            one.first, percentile(spent, 0.5), percentile(spent, 0.95), max(spent), percentile(used, 0.5),
            percentile(used, 0.95),
        )), one.size / 1024, one.page.bar * 1000,
    ]  # fmt: skip
    wrong = {status: count for status, count in one.statuses.items() if status not in one.page.statuses}
    ended = ["met" if one.met else "MISSED"]
    ended += [f"of {len(spent)}"] if len(spent) < REQUESTS else []
    ended += [f"answered {wrong}"] if wrong else []
    return f"{one.page.path:42} {''.join(f'{number:9.1f}' for number in numbers)}  {' '.join(ended)}"


@dataclass
class Crowd:
    """What came of many clients at once."""

    seconds: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)

    def ask(self, visitors: dict[str, Visitor], pages: Sequence[Page], facts: Facts, seed: int, until: float) -> None:
        """Be one of them."""
        draw = random.Random(seed)
        while time.monotonic() < until:
            page = draw.choice(pages)
            began = time.perf_counter()
            try:
                status, _, _ = visitors[page.who].ask(page.address(facts, draw))
            except (OSError, HTTPException) as error:
                self.wrong[f"{page.path} {type(error).__name__}"] += 1
                continue
            self.seconds.append(time.perf_counter() - began)
            if status not in page.statuses:
                self.wrong[f"{page.path} {status}"] += 1


def crowd(known: dict[str, Visitor], pages: Sequence[Page], facts: Facts, seconds: float) -> Crowd:
    """Let many clients ask for all pages at once, each with connections of its own."""
    made, until = Crowd(), time.monotonic() + seconds
    threads = [
        threading.Thread(
            target=made.ask,
            args=({who: replace(one, line=None) for who, one in known.items()}, pages, facts, at, until),
        )
        for at in range(AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return made


def ended_job(program: Visitor, calendar: str) -> str:
    """Begin to read a calendar, stop that at once so that nothing changes, and return the job: it can be looked at."""
    _, body, _ = program.ask(
        "/api/v1/jobs", "POST", json.dumps({"sort": "sync", "calendars": [calendar]}),
        **{"Content-Type": "application/json"},
    )  # fmt: skip
    job = str(json.loads(body)["job"])
    program.ask(f"/api/v1/jobs/{job}/stop", "POST")
    while not json.loads(program.ask(f"/api/v1/jobs/{job}")[1])["ended"]:
        time.sleep(0.1)
    return job


def run(config: Path, seconds: float, pages: Sequence[Page] = PAGES) -> bool:
    """Measure the desk on one state and print it; False when a bar is missed."""
    facts, draw = facts_of(config), random.Random(1540)
    with running(config) as desk:
        known = {
            "nobody": Visitor(desk.url), PROGRAM: Visitor(desk.url, token=facts.token),
            PROGRAM_OF_READER: Visitor(desk.url, token=facts.reader_token),
        }  # fmt: skip
        facts = replace(facts, job=ended_job(known[PROGRAM], facts.calendars[0]))
        for name in (COORDINATOR, READER):
            known[name] = Visitor(desk.url)
            known[name].sign_in(name)
        print(f"{'page (ms)':42} {''.join(f'{name:>9}' for name in COLUMNS)}")
        before, met = desk.mb("VmRSS"), True
        for page in pages:
            one = measure(desk, page, known[page.who], facts, draw)
            met = met and one.met
            print(told(one), flush=True)
        after = desk.mb("VmRSS")
        began = time.monotonic()
        came = crowd(known, pages, facts, seconds)
        took = time.monotonic() - began
        print(
            f"{AT_ONCE} at once for {took:.0f} s: {len(came.seconds) / took:.0f} answers/s, median "
            f"{percentile(came.seconds, 0.5) * 1000:.0f} ms, p95 {percentile(came.seconds, 0.95) * 1000:.0f} ms, "
            f"errors {sum(came.wrong.values())}; the bar is 0 errors {dict(came.wrong) or ''}"
        )
        peak = desk.mb("VmHWM")
        kept = "met" if peak <= RSS_BAR else "MISSED"
        print(
            f"RSS of the desk: {before:.0f} MB at first, {after:.0f} MB after every page, {desk.mb('VmRSS'):.0f} MB "
            f"after the minute, {peak:.0f} MB at most; the bar is {RSS_BAR} MB: {kept}"
        )
    return met and not came.wrong and peak <= RSS_BAR


def main() -> None:
    """Prepare, start, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--findings", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the 30 clients ask")
    parser.add_argument("--seed", type=int, default=1540)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("OUTREACH_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--keep", type=Path, help="a folder to keep the state in, and to find it again")
    parser.add_argument("--only", action="append", help="a page, by its route; may be given again")
    given = parser.parse_args()
    missing = without_example()
    if missing:
        sys.exit(f"no example address in bench/desk_pages.py for {', '.join(missing)}")
    # As the command does, see desk.cli.
    gc.set_threshold(100_000, 20, 20)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        config = folder / "outreach.toml"
        if not (folder / "complete").exists():
            prepare(folder, given.shared, given.events, given.findings, given.seed)
            (folder / "complete").touch()
        # What was kept by another version of the matching is no longer what it would lay out.
        keep(config)
        met = run(config, given.seconds, [page for page in PAGES if not given.only or page.path in given.only])
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
