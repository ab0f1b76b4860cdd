"""What a feed may cost: memory, bytes and time, whatever a server sends."""

from __future__ import annotations

import gzip
import io
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache

import pytest
from resident_memory import resident_memory

from calendar_sync.errors import CalendarError, SourceOversize, SourceRefused, SourceUnreachable
from calendar_sync.reading.kinds import read
from calendar_sync.roster import Calendar, Limits
from calendar_sync.sources.hosts import Hosts
from calendar_sync.sources.http_feed import HttpFeed

NIGHT = date(2007, 10, 15)
WINDOW = (date(2007, 1, 1), date(2008, 1, 1))
ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
MIB = 1024 * 1024


def feed(server, folder, path="/events.ics", *, resolve=None, **limits):
    calendar = Calendar("unoda", "UNODA", server.address(path), private_network=True, limits=Limits(**limits))
    return HttpFeed(calendar, folder, hosts=Hosts(), **({"resolve": resolve} if resolve else {}))


# -- T05: packed bodies ----------------------------------------------------------------------------------------------


@cache
def bomb(mib=200, window=31):
    """200 MiB of nothing in 200 kB; *window* is zlib's word for the wrapping (31 gzip, 15 zlib, -15 none)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(mib)) + packer.flush()


def workbook():
    """A spreadsheet, whose packing nobody declares."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.xml", bytes(200 * MIB))
    return file.getvalue()


BOMBS = {
    "gzip": (bomb, {"Content_Encoding": "gzip"}, SourceOversize),
    "x-gzip": (bomb, {"Content_Encoding": "X-GZIP"}, SourceOversize),
    "gzip x2": (lambda: gzip.compress(bomb()), {"Content_Encoding": "gzip, gzip"}, SourceRefused),
    "gzip x3": (lambda: gzip.compress(gzip.compress(bomb())), {"Content_Encoding": "gzip,gzip,gzip"}, SourceRefused),
    "gzip x2, one declared": (lambda: gzip.compress(bomb()), {"Content_Encoding": "gzip"}, None),
    "deflate": (lambda: bomb(window=15), {"Content_Encoding": "deflate"}, SourceRefused),
    "br": (bomb, {"Content_Encoding": "br"}, SourceRefused),
    "zstd": (bomb, {"Content_Encoding": "zstd"}, SourceRefused),
    "lying length": (bomb, {"Content_Encoding": "gzip", "Content_Length": "1000"}, SourceUnreachable),
    "empty members": (lambda: gzip.compress(b"") * 200_000, {"Content_Encoding": "gzip"}, SourceUnreachable),
    "many members": (lambda: gzip.compress(bytes(MIB)) * 100, {"Content_Encoding": "gzip"}, SourceOversize),
    "xlsx": (workbook, {"Content_Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}, None),
}  # fmt: skip


@pytest.mark.fault("T05")
@pytest.mark.parametrize(("packed", "headers", "expected"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_not_unpacked(server, tmp_path, record_property, request, packed, headers, expected):
    """200 kB from the wire may unpack to 200 MB; two nights of that and the machine is gone."""
    server.says("/events.ics", 200, packed(), **headers)
    fetching = feed(server, tmp_path)

    with resident_memory() as rise:
        try:
            payload = fetching.fetch(NIGHT, None)
            reading = read(payload, Calendar("unoda", "UNODA", "x"), WINDOW)
            came = None if not reading.listings else "listings"
        except CalendarError as error:
            came = type(error)

    record_property("measured", f"{request.node.callspec.id}: {rise}")
    assert came is expected
    assert rise.mib <= 32


@pytest.mark.fault("T05")
def test_a_body_that_unpacks_too_far_is_stopped_below_its_limit(server, tmp_path, record_property):
    """Where a large calendar is allowed, a small bomb still is none."""
    server.says("/events.ics", 200, bomb(), Content_Encoding="gzip")

    with resident_memory() as rise, pytest.raises(SourceOversize, match="200 times"):
        feed(server, tmp_path, bytes=1000 * MIB).fetch(NIGHT, None)

    record_property("measured", f"ratio cap: {rise}")
    assert rise.mib <= 32


# -- T06: bodies and headers without end -------------------------------------------------------------------------------


def endless(first, again):
    """Answer with *first*, and then *again* for ever."""

    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + first)
        while True:
            handler.wfile.write(again)

    return answer


def hints(handler):
    while True:
        handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100)


ENDLESS = {
    "body": (endless(b"\r\n", bytes(65536)), SourceOversize),
    "chunks": (endless(b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + bytes(65536) + b"\r\n"), SourceOversize),
    "announced": (endless(b"Content-Length: 1000000000000\r\n\r\n", bytes(65536)), SourceOversize),
    "packed": (endless(b"Content-Encoding: gzip\r\n\r\n", gzip.compress(bytes(range(256)) * 16)), SourceUnreachable),
    "one header": (endless(b"X: ", b"y" * 65536), SourceUnreachable),
    "many headers": (endless(b"", b"X: y\r\n" * 10000), SourceUnreachable),
    "size of a chunk": (endless(b"Transfer-Encoding: chunked\r\n\r\n", b"1;x=" + b"y" * 65536), SourceUnreachable),
    "early hints": (hints, SourceUnreachable),
}


@pytest.mark.fault("T06")
@pytest.mark.parametrize(("answer", "expected"), ENDLESS.values(), ids=ENDLESS)
def test_what_has_no_end_is_stopped(server, tmp_path, record_property, request, answer, expected):
    """A server that never stops sending may neither fill the memory nor the disk."""
    server.answers["/events.ics"] = answer

    with resident_memory() as rise, pytest.raises(expected):
        feed(server, tmp_path, seconds=5).fetch(NIGHT, None)

    record_property("measured", f"{request.node.callspec.id}: {rise}")
    assert rise.mib <= 64


# -- T07: drips --------------------------------------------------------------------------------------------------------


def drip(first, again=b"X"):
    """Send *first* at once and *again* for ever, a little at a time."""

    def answer(handler):
        handler.wfile.write(first)
        while True:
            handler.wfile.write(again)
            time.sleep(0.02)

    return answer


def silence(handler):
    handler.rfile.read(1)


OK = b"HTTP/1.1 200 OK\r\n"
DRIPS = {
    "silence": silence,
    "status line": drip(b"HTTP/1.1 200 "),
    "headers": drip(OK, b"X: y\r\n"),
    "body": drip(OK + b"Content-Length: 100000\r\n\r\n"),
    "chunks": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nX\r\n"),
    "packed": drip(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"X" * 9)[:10], b"\0"),
    "early hints": drip(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
}


@pytest.mark.fault("T07")
@pytest.mark.parametrize("answer", DRIPS.values(), ids=DRIPS)
def test_a_drip_ends_with_the_deadline_and_delays_nobody(serve, server, tmp_path, record_property, request, answer):
    """Each byte resets an ordinary time-out; the night would wait for hours, and every other calendar with it."""
    server.answers["/events.ics"] = answer
    others = [serve() for _ in range(3)]
    for other in others:
        other.says("/events.ics", 200, ICS)

    begun = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        dripping = threads.submit(feed(server, tmp_path, seconds=1).fetch, NIGHT, None)
        good = [threads.submit(feed(other, tmp_path, seconds=30).fetch, NIGHT, None) for other in others]
        assert [each.result().body for each in good] == [ICS] * 3
        with pytest.raises(CalendarError):
            dripping.result()

    record_property("measured", f"{request.node.callspec.id}: {time.monotonic() - begun:.1f} s of 1 s")


@pytest.mark.fault("T07")
def test_a_resolver_that_never_answers_ends_with_the_deadline(server, tmp_path, record_property):
    """The system's own look-up keeps no deadline."""
    begun = time.monotonic()

    with pytest.raises(SourceUnreachable):
        feed(server, tmp_path, seconds=0.5, resolve=lambda host, port: time.sleep(30) or []).fetch(NIGHT, None)

    record_property("measured", f"resolver: {time.monotonic() - begun:.1f} s of 0.5 s")
