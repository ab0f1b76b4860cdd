"""A first sync over CalDAV: ours and python-caldav's `load_objects`, alternately, against one Radicale.

    python bench/caldav.py [--events 1900] [--rounds 3] [--read]

Radicale runs in a process of its own on loopback, asked in turn, its cache of items filled before. python-caldav does
what its documentation shows for a first sync: `get_objects_by_sync_token(load_objects=True)`. It loads each object
with a request of its own; what it needs with one multiget instead, a shorter way that it offers too, is printed beside
it. Ours is `CalDavSource.fetch` with nothing stored, as a night does it: guard, limits, one connection, the pause
between two requests included. Medians of the rounds are compared.

--read also reads the calendar that came, so that it is seen to hold every event.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Not this folder: in it, "caldav" is this file.
sys.path[0] = str(ROOT)
sys.path.append(str(ROOT / "tests" / "harness"))

import caldav  # noqa: E402
import dav_servers  # noqa: E402
import httpx  # noqa: E402

from calendar_sync.roster import Calendar, Limits  # noqa: E402
from calendar_sync.sources.caldav import CalDavSource  # noqa: E402
from calendar_sync.sources.guard import GuardedTransport  # noqa: E402

NIGHT = date(2007, 10, 15)
EVENT = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//bench//caldav//EN\r
BEGIN:VTIMEZONE\r
TZID:Africa/Gaborone\r
BEGIN:STANDARD\r
DTSTART:19700101T000000\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0200\r
END:STANDARD\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
UID:{number}@bench.example.org\r
DTSTAMP:20070901T080000Z\r
DTSTART;TZID=Africa/Gaborone:{start:%Y%m%dT%H%M%S}\r
DURATION:PT8H\r
SUMMARY:Regional seminar {number} on implementation\r
LOCATION:Gaborone, Botswana\r
DESCRIPTION:Third of a series for officials of export control authorities.\r
END:VEVENT\r
END:VCALENDAR\r
"""


def main() -> None:
    """Fill a calendar, fetch it in turn both ways, say how they compare."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--events", type=int, default=1900)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--read", action="store_true")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, dav_servers.radicale_process(Path(folder)) as server:
        server.make("meetings")
        start = datetime(2007, 1, 1, 9, tzinfo=UTC)
        for number in range(asked.events):
            # Straight into its folder: a PUT waits for the disk.
            text = EVENT.format(number=number, start=start + timedelta(hours=7 * number))
            (Path(folder) / "collection-root" / "ana" / "meetings" / f"{number}.ics").write_bytes(text.encode())
        compare(server, asked.events, asked.rounds, read=asked.read)


def compare(server: dav_servers.DavServer, events: int, rounds: int, *, read: bool) -> None:
    """Fetch alternately, and print the medians."""
    calendar = Calendar("bench", "Bench", server.address("meetings/"), private_network=True)
    source = CalDavSource(calendar, ROOT)
    peer = caldav.DAVClient(server.address(scheme="http", path="/")).calendar(
        url=server.address("meetings/", scheme="http")
    )
    # Radicale reads every item and fills its cache, once for both.
    patient = replace(calendar, limits=Limits(seconds=600.0))
    payload = CalDavSource(patient, ROOT).fetch(NIGHT, None)
    assert payload is not None
    assert payload.body.count(b"BEGIN:VEVENT") == events
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        theirs.append(seconds(lambda: check(peer.get_objects_by_sync_token(load_objects=True), events)))
        ours.append(seconds(lambda: source.fetch(NIGHT, None)))
    multiget = seconds(lambda: list(peer.multiget([each.url for each in peer.get_objects_by_sync_token()])))
    with counted() as requests:
        unchanged = seconds(lambda: same(source.fetch(NIGHT, payload)))
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"{events} events at Radicale, {rounds} rounds each, {os.cpu_count()} processors")
    print(f"python-caldav, load_objects   {other:8.2f} s   {', '.join(f'{each:.2f}' for each in theirs)}")
    print(f"python-caldav, one multiget   {multiget:8.2f} s   (members listed, then asked for together)")
    print(f"ours, first sync              {mine:8.2f} s   {', '.join(f'{each:.2f}' for each in ours)}")
    print(f"ratio                         {mine / other:8.3f}     bar: at most 0.25")
    print(f"ours, no change               {unchanged:8.2f} s   {len(requests)} request(s); bar: 1")
    server.put("meetings/7.ics", EVENT.format(number=7, start=datetime(2008, 1, 7, 9, tzinfo=UTC)))
    with counted() as requests:
        changed = seconds(lambda: source.fetch(NIGHT, payload))
    print(f"ours, one event changed       {changed:8.2f} s   {len(requests)} request(s)")
    if read:
        from calendar_sync.reading.rereading import read_again

        reading = read_again(payload, calendar, (date(2006, 10, 15), date(2010, 10, 15)))
        print(f"read: {len(reading.listings)} listings, {len(reading.problems)} problems")


def seconds(work: Callable[[], object]) -> float:
    """Time one run."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def check(objects: object, events: int) -> None:
    """Make sure that the other one did the work."""
    assert sum(1 for each in objects if each.data) == events  # type: ignore[attr-defined]


def same(payload: object) -> None:
    """Make sure that nothing changed."""
    assert payload is None


class counted:  # noqa: N801
    """Notes the requests that go through the guarded transport."""

    def __enter__(self) -> list[str]:
        seen: list[str] = []
        self._whole = whole = GuardedTransport.handle_request

        def noting(transport: GuardedTransport, request: httpx.Request) -> httpx.Response:
            seen.append(request.method)
            return whole(transport, request)

        GuardedTransport.handle_request = noting  # type: ignore[method-assign]
        return seen

    def __exit__(self, *problem: object) -> None:
        GuardedTransport.handle_request = self._whole  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
