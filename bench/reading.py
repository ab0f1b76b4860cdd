"""A large feed, read for the first time, again with one event in a hundred changed, and again unchanged.

    .venv/bin/python bench/reading.py [--events 100000]

Each figure is that of a process of its own, ours beside `icalendar`'s full parse of the same bytes in the same run.
Every hundredth event recurs. The second feed has all its DTSTAMPs new, as Google's have at every fetch.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

PLACES = (
    "Gaborone\\, Botswana",
    "Accra\\, Ghana",
    "Nairobi\\, Kenya",
    "Kasane",
    "Lomé\\, Togo",
    "Addis Ababa",
    "Online",
)
WINDOW = (date(2025, 1, 1), date(2027, 7, 1))


def feed(events: int, stamp: str, changed_every: int = 0) -> bytes:
    """Write a feed as Google does; *changed_every* marks one event in so many as moved."""
    chance = random.Random(1540)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
             "X-WR-TIMEZONE:Africa/Gaborone"]  # fmt: skip
    for number in range(events):
        day, month, hour = chance.randrange(1, 28), chance.randrange(1, 13), chance.randrange(6, 16)
        moved = " (moved)" if changed_every and number % changed_every == 0 else ""
        lines += [
            "BEGIN:VEVENT",
            f"DTSTART:2026{month:02}{day:02}T{hour:02}0000Z",
            f"DTEND:2026{month:02}{day:02}T{hour + 2:02}0000Z",
            *(["RRULE:FREQ=MONTHLY;COUNT=6"] if number % 100 == 50 else []),
            f"DTSTAMP:{stamp}",
            f"UID:{number:08x}@google.com",
            "CREATED:20250101T000000Z",
            f"DESCRIPTION:A workshop for officials\\, number {number} of a number of\r\n  states\\, with experts.",
            "LAST-MODIFIED:20250601T000000Z",
            f"LOCATION:{chance.choice(PLACES)}",
            "SEQUENCE:0",
            "STATUS:CONFIRMED",
            f"SUMMARY:Workshop {number} on implementing resolution 1540{moved}",
            "TRANSP:OPAQUE",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def by_icalendar(folder: Path) -> dict[str, Any]:
    """Parse with the peer."""
    from icalendar import Calendar

    body = (folder / "first.ics").read_bytes()
    return measured(lambda: {"events": len(Calendar.from_ical(body).walk("VEVENT"))})


def ours(folder: Path, name: str, memory: str = "") -> dict[str, Any]:
    """Read as a night does, in guarded workers; what is remembered stays in the folder."""
    from calendar_sync.reading.guarded import read_guarded
    from calendar_sync.reading.memory import Memory
    from calendar_sync.roster import Calendar, Limits
    from calendar_sync.sources import Payload

    limits = Limits(bytes=10**9, events=10**7, reading_seconds=3600, reading_bytes=8 * 2**30)
    calendar = Calendar("feed", "ORG", "feed.ics", limits=limits)
    payload = Payload((folder / name).read_bytes(), "text/calendar")

    def read() -> dict[str, Any]:
        known = Memory.from_bytes((folder / memory).read_bytes()) if memory else None
        if known is not None and known.is_of(payload.body, calendar, WINDOW):
            return {"events": 0, "unchanged": len(known.series or ())}
        reading = read_guarded(payload, calendar, WINDOW, known)
        assert reading.memory is not None
        (folder / f"{name}.memory").write_bytes(reading.memory.to_bytes())
        return {"events": len({listing.key.uid for listing in reading.listings}), "unchanged": len(reading.unchanged)}

    return measured(read)


def measured(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do it, and say what it took: wall and processor seconds, peak MB of this process and of its largest worker."""
    before, began = os.times(), time.perf_counter()
    told = work()
    wall, after = time.perf_counter() - began, os.times()
    own, workers = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {
        "wall": wall,
        "processor": sum(after[:4]) - sum(before[:4]),
        "own_mb": own,
        "worker_mb": workers,
        **told,
    }


def apart(what: str, folder: Path, *arguments: str) -> dict[str, Any]:
    """Measure in a process of its own."""
    ran = subprocess.run(
        [sys.executable, __file__, "--one", what, str(folder), *arguments], stdout=subprocess.PIPE, check=True
    )
    return json.loads(ran.stdout)


def row(name: str, told: dict[str, Any]) -> None:
    """Print one line of the table."""
    rate = told["events"] / told["wall"] if told["events"] > 1 else 0
    peak = max(told["own_mb"], told["worker_mb"])
    parsed = f"{told['events']:>8,}"
    print(f"{name:<44}{parsed}{told['wall']:>9.2f}{told['processor']:>11.2f}{rate:>11,.0f}{peak:>10,.0f}")


def main() -> None:
    """Make the feeds, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        what, folder, *more = given.one
        told = by_icalendar(Path(folder)) if what == "icalendar" else ours(Path(folder), *more)
        print(json.dumps(told))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "first.ics").write_bytes(feed(given.events, "20260101T000000Z"))
        (folder / "second.ics").write_bytes(feed(given.events, "20260102T000000Z", 100))
        print(f"{'':<44}{'parsed':>8}{'wall s':>9}{'processor':>11}{'events/s':>11}{'peak MB':>10}")
        peer = apart("icalendar", folder)
        row("icalendar, full parse", peer)
        first = apart("ours", folder, "first.ics")
        row("ours, first read, listings included", first)
        again = apart("ours", folder, "second.ics", "first.ics.memory")
        row("ours, 1 % changed, all DTSTAMPs new", again)
        same = apart("ours", folder, "second.ics", "second.ics.memory")
        row("ours, the same bytes", same)
    print(f"\nfirst read: {peer['wall'] / first['wall']:.2f} times the events/s of icalendar (asked: 1.7)")
    print(f"re-read:    1/{peer['processor'] / again['processor']:.1f} of icalendar's processor time (asked: 1/20)")


if __name__ == "__main__":
    main()
