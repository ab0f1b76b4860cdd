"""Two hundred feeds from a real server, read for the first time and again unchanged; and one of every hostile kind.

    .venv/bin/python bench/feeds.py [--feeds 200] [--events 500] [--hosts 200] [--no-prefect] [--million]

The server is a process of its own and gives every host a port. The steps run as the night runs them, in as many
threads, once without Prefect and once inside its flow, each on an empty state folder. The hostile feeds have short
limits in the roster; the last rows raise a limit to show which one stops the feed then. Exits 1 when a feed that can
be read was not.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

NIGHT = date(2026, 6, 1)
MIB = 1024 * 1024
HOSTILE_SECONDS = 5.0


# -- the server ------------------------------------------------------------------------------------------------------


def events(feed: int, number: int, stamp: str = "20260101T000000Z") -> bytes:
    """Write a calendar of so many workshops."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Organisation {feed}//EN"]
    for each in range(number):
        lines += one_event(feed, each, stamp)
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def one_event(feed: int, each: int, stamp: str) -> list[str]:
    """Write one workshop."""
    month, day = each % 12 + 1, each % 27 + 1
    return [
        "BEGIN:VEVENT", f"UID:{feed}-{each}@example.org", f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:2026{month:02}{day:02}", f"DTEND;VALUE=DATE:2026{month:02}{day + 1:02}",
        f"SUMMARY:Workshop {each} of organisation {feed}", "LOCATION:Gaborone\\, Botswana", "END:VEVENT",
    ]  # fmt: skip


async def million() -> AsyncIterator[bytes]:
    """Write a calendar of a million workshops, a thousand at a time."""
    yield b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//X//EN\r\n"
    for begin in range(0, 1_000_000, 1000):
        lines = (line for each in range(begin, begin + 1000) for line in one_event(0, each, "20260101T000000Z"))
        yield ("\r\n".join(lines) + "\r\n").encode()
    yield b"END:VCALENDAR\r\n"


def bomb() -> bytes:
    """Pack 500 MiB of nothing."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(500)) + packer.flush()


@dataclass
class Publisher:
    """Answers requests; *counts* are its answers by status."""

    number: int
    said_later: bool = False

    def __post_init__(self) -> None:
        self.bodies: dict[int, bytes] = {}
        self.counts: dict[int, int] = {}
        self.bomb = bomb()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection."""
        try:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = lines[0].split()[1]
            headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
            await self.answer(path.removeprefix("/").removesuffix(".ics"), headers, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def answer(self, name: str, headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        """Answer as the name says."""
        match name:
            case "hanging":
                await asyncio.sleep(3600)
            case "dripping":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while True:
                    writer.write(b"X")
                    await writer.drain()
                    await asyncio.sleep(0.1)
            case "later" if not self.said_later:
                self.said_later = True
                self.say(writer, 429, {"Retry-After": "1"})
            case "later":
                self.say(writer, 200, {}, events(0, 500))
            case "broken":
                self.say(writer, 500, {})
            case "loop":
                self.say(writer, 302, {"Location": "/loop.ics"})
            case "login":
                self.say(
                    writer, 200, {"Content-Type": "text/html"}, b"<html><title>Sign in</title><form></form></html>"
                )
            case "bomb":
                self.say(writer, 200, {"Content-Encoding": "gzip"}, self.bomb)
            case "million" | "million-of-bytes" | "million-whole":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\n\r\n")
                async for piece in million():
                    writer.write(piece)
                    await writer.drain()
            case _:
                feed = int(name)
                if headers.get("if-none-match") == f'"{feed}"':
                    self.say(writer, 304, {"ETag": f'"{feed}"'})
                    return
                body = self.bodies.setdefault(feed, gzip.compress(events(feed, self.number), 1))
                described = {"Content-Type": "text/calendar", "Content-Encoding": "gzip", "ETag": f'"{feed}"'}
                self.say(writer, 200, described, body)

    def say(self, writer: asyncio.StreamWriter, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        """Write one answer."""
        self.counts[status] = self.counts.get(status, 0) + 1
        named = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {status} X\r\n{named}Content-Length: {len(body)}\r\n\r\n".encode() + body)


def publish(hosts: int, number: int, pipe: Connection) -> None:
    """Serve until killed; tells its ports first, then its counts whenever asked."""

    async def run() -> None:
        publisher = Publisher(number)
        servers = [await asyncio.start_server(publisher.serve, "127.0.0.1", 0) for _ in range(hosts)]
        pipe.send([server.sockets[0].getsockname()[1] for server in servers])
        while await asyncio.to_thread(pipe.recv):
            pipe.send(publisher.counts)
            publisher.counts, publisher.said_later = {}, False

    asyncio.run(run())


# -- the roster ------------------------------------------------------------------------------------------------------

HOSTILE: dict[str, dict[str, float]] = {
    "hanging": {"seconds": HOSTILE_SECONDS},
    "dripping": {"seconds": HOSTILE_SECONDS},
    "later": {},
    "broken": {},
    "loop": {},
    "login": {},
    "bomb": {},
    "million": {},
}
RAISED = {"bytes": 400 * MIB, "events": 2_000_000, "reading_seconds": 1800, "reading_bytes": 12 * 1024 * MIB,
          "seconds": 300}  # fmt: skip
READ_IN_THE_END = {"later", "million-whole"}


def roster(folder: Path, ports: Sequence[int], feeds: int, hostile: dict[str, dict[str, float]]) -> Path:
    """Write an `outreach.toml` of these feeds; the hostile ones have hosts of their own."""
    lines = ['[committee]', 'id = "C"', 'name = "Committee"', 'time_zone = "UTC"', 'contact = "bench@example.org"',
             '[state]', 'folder = "state"', '[[organisations]]', 'id = "C"', 'name = "Committee"']  # fmt: skip
    good = ports[: len(ports) - len(hostile)]
    for feed in range(feeds):
        lines += calendar(f"feed-{feed}", f"http://127.0.0.1:{good[feed % len(good)]}/{feed}.ics", {})
    for (name, limits), port in zip(hostile.items(), ports[len(good) :], strict=True):
        lines += calendar(name, f"http://127.0.0.1:{port}/{name}.ics", limits)
    folder.mkdir()
    (folder / "outreach.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "outreach.toml"


def calendar(name: str, source: str, limits: dict[str, float]) -> list[str]:
    """Write one calendar of the roster."""
    told = ", ".join(
        f"{limit} = {value:g}" if value < 1e6 else f"{limit} = {int(value)}" for limit, value in limits.items()
    )
    return ['[[calendars]]', f'id = "{name}"', 'organisation = "C"', f'source = "{source}"', 'private_network = true',
            f'limits = {{ {told} }}']  # fmt: skip


# -- one run, in a process of its own --------------------------------------------------------------------------------


def plain(config: Path, night: date) -> dict[str, Any]:
    """Read every calendar as the night does, without Prefect."""
    from flows import steps
    from flows.syncing import sync_calendar

    def one(name: str) -> dict[str, Any]:
        begun = time.monotonic()
        outcome = sync_calendar(config, name, night)
        said = str(outcome.error.detail) if outcome.error else ""
        code = outcome.error.code if outcome.error else ""
        return {"name": name, "outcome": str(outcome.outcome), "listings": outcome.listings, "code": code, "said": said,
                "problems": outcome.problems, "seconds": time.monotonic() - begun}  # fmt: skip

    begun = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        feeds = list(threads.map(one, steps.calendars(config)))
    return {"seconds": time.monotonic() - begun, "feeds": feeds}


def with_prefect(config: Path, nothing: Path) -> dict[str, float]:
    """Read every calendar in the hourly flow, twice, after a flow of no calendars has started the server."""
    from flows import settings

    settings.prepare(config.parent / "state")
    from flows.hourly import hourly

    seconds = {}
    for name, path in (("start", nothing), ("cold", config), ("unchanged", config)):
        begun = time.monotonic()
        hourly(config=str(path))
        seconds[name] = time.monotonic() - begun
    return seconds


def child(*arguments: str) -> Any:  # noqa: ANN401  any JSON
    """Run this file again, and return what it prints last."""
    ran = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(ran.stderr[-3000:])
    return json.loads(ran.stdout.splitlines()[-1])


def run_child(kind: str, *arguments: str) -> None:
    """Do what `child` asked for."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    if kind == "plain":
        result: dict[str, Any] = plain(Path(arguments[0]), date.fromisoformat(arguments[1]))
    else:
        result = with_prefect(Path(arguments[0]), Path(arguments[1]))
    result["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write("\n" + json.dumps(result) + "\n")


# -- the figures -----------------------------------------------------------------------------------------------------


def main() -> int:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--events", type=int, default=500)
    parser.add_argument("--hosts", type=int, default=200, help="how many hosts the good feeds are spread over")
    parser.add_argument("--no-prefect", action="store_true")
    parser.add_argument(
        "--million",
        action="store_true",
        help="also a million events with more bytes allowed, and with every limit raised",
    )
    given = parser.parse_args()
    hostile = dict(HOSTILE)
    if given.million:
        hostile |= {"million-of-bytes": {"bytes": 400 * MIB}, "million-whole": RAISED}
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=publish, args=(given.hosts + len(hostile), given.events, theirs), daemon=True
    )
    server.start()
    with tempfile.TemporaryDirectory() as name:
        failed = measure(Path(name), ours, given, hostile)
    server.kill()
    return failed


def measure(folder: Path, pipe: Connection, given: argparse.Namespace, hostile: dict[str, dict[str, float]]) -> int:
    """Print the figures; returns 1 when a feed that can be read was not."""

    def counts() -> dict[int, int]:
        pipe.send("counts")
        answered: dict[int, int] = pipe.recv()
        return answered

    ports = pipe.recv()
    good = ports[: given.hosts]
    config = roster(folder / "plain", good, given.feeds, {})
    cold = child("plain", str(config), NIGHT.isoformat())
    counts()
    unchanged = child("plain", str(config), (NIGHT + timedelta(days=1)).isoformat())
    answers = counts()
    print(f"{given.feeds} feeds of {given.events} events, {given.hosts} hosts, 8 threads")
    print(f"  cold       {cold['seconds']:7.1f} s   RSS {cold['rss']:.0f} MiB")
    print(f"  unchanged  {unchanged['seconds']:7.1f} s   304 for {answers.get(304, 0)} of {given.feeds}")
    if not given.no_prefect:
        config = roster(folder / "prefect", good, given.feeds, {})
        nothing = roster(folder / "nothing", good, 0, {})
        prefect = child("prefect", str(config), str(nothing))
        for name, ours in (("cold", cold["seconds"]), ("unchanged", unchanged["seconds"])):
            share = max(0.0, 1 - ours / prefect[name])
            print(f"  {name:10} {prefect[name]:7.1f} s   in a flow, {share:.0%} of it Prefect's")
        print(f"  start      {prefect['start']:7.1f} s   of Prefect's own server, once")
        counts()
    config = roster(folder / "hostile", ports, given.feeds, hostile)
    mixed = child("plain", str(config), NIGHT.isoformat())
    print(f"with {len(hostile)} hostile feeds among them: {mixed['seconds']:.1f} s")
    print(f"  {'feed':18} {'outcome':12} {'code':14} {'listings':>8} {'problems':>8} {'seconds':>8}  what is said")
    feeds = cold["feeds"] + unchanged["feeds"] + mixed["feeds"]
    for feed in mixed["feeds"]:
        if feed["name"] in hostile:
            print(
                f"  {feed['name']:18} {feed['outcome']:12} {feed['code']:14} {feed['listings']:8} {feed['problems']:8} "
                f"{feed['seconds']:8.1f}  {feed['said']}"
            )
    readable = [feed for feed in feeds if feed["name"] not in hostile or feed["name"] in READ_IN_THE_END]
    read = [feed for feed in readable if feed["outcome"] in ("read", "unchanged") and feed["listings"]]
    slowest = max(feed["seconds"] for feed in mixed["feeds"] if feed["name"] not in hostile)
    print(f"read: {len(read)} of {len(readable)} that can be; the slowest of them beside the hostile: {slowest:.1f} s")
    return int(len(read) < len(readable))


if __name__ == "__main__":
    if sys.argv[1:2] in (["plain"], ["prefect"]):
        run_child(*sys.argv[1:])
    else:
        sys.exit(main())
