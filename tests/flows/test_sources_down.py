"""Some sources are down: the report goes out all the same, says what it could not see, and resolves nothing."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from plain_night import everything, night, put_back

from calendar_sync import roster
from flows import steps
from store import nights
from store.connecting import connect
from store.nights import NightState

FIRST, SECOND = date(2007, 11, 5), date(2007, 11, 6)
ORGANISATIONS = ("UN1540", "AU", "OAS", "ASEAN", "CARICOM", "OSCE", "PIF")
"""The first is the committee, whose programme is a file; the others publish feeds."""
FEEDS = ORGANISATIONS[1:]
WAYS = ("no connection", "500", "login page", "empty", "truncated", "silent")
"""How a source can be down; each feed is down in another way, and in a different one from night to night."""
CODES = {
    "no connection": "unreachable", "500": "unreachable", "login page": "unreadable", "empty": "unreadable",
    "truncated": "unreadable", "silent": "unreachable",
}  # fmt: skip
EVENTS = "".join(
    f"BEGIN:VEVENT\r\nUID:{{0}}-{number}\r\nDTSTAMP:20071001T000000Z\r\nSUMMARY:{title}\r\n"
    f"DTSTART;VALUE=DATE:{start}\r\nDTEND;VALUE=DATE:{end}\r\nLOCATION:{{1}}\r\nEND:VEVENT\r\n"
    for number, (title, start, end) in enumerate(
        [
            ("Workshop on resolution 1540 for {0} states", "20071127", "20071129"),
            ("Seminar on implementing resolution 1540 in {1}", "20071203", "20071205"),
            ("{0} annual meeting", "20080131", "20080203"),
        ]
    )
)
PLACES = dict(
    zip(FEEDS, ("Gaborone, Botswana", "Kingston, Jamaica", "Bangkok", "Bridgetown", "Vienna", "Suva"), strict=True)
)


class Feeds:
    """Serves every feed on an address of its own; what is down answers in its way."""

    def __init__(self) -> None:
        self.down: dict[str, str] = {}
        self.servers: dict[str, ThreadingHTTPServer] = {}
        self.over = threading.Event()

    def body(self, organisation: str) -> bytes:
        events = EVENTS.format(organisation, PLACES[organisation])
        return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//tests//EN\r\n{events}END:VCALENDAR\r\n".encode()

    def url(self, organisation: str) -> str:
        return f"http://127.0.0.{2 + FEEDS.index(organisation)}:{self.servers[organisation].server_port}/calendar.ics"

    def answer(self, organisation: str, request: BaseHTTPRequestHandler) -> None:
        way = self.down.get(organisation, "")
        body = self.body(organisation)
        length = len(body)
        if way == "silent":
            self.over.wait(60)
            return
        if way == "login page":
            body = b"<!DOCTYPE html><html><title>Sign in</title><form></form></html>"
        elif way == "empty":
            body = b""
        elif way == "truncated":
            body = body[: length // 2]
        request.send_response(500 if way == "500" else 200)
        request.send_header("content-type", "text/html" if way == "login page" else "text/calendar")
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


@contextmanager
def serving() -> Iterator[Feeds]:
    feeds = Feeds()

    def handler(organisation: str) -> type[BaseHTTPRequestHandler]:
        class Feed(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                feeds.answer(organisation, self)

            def log_message(self, *_: object) -> None:
                return

        return Feed

    for number, organisation in enumerate(FEEDS):
        feeds.servers[organisation] = ThreadingHTTPServer((f"127.0.0.{2 + number}", 0), handler(organisation))
    for server in feeds.servers.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield feeds
    finally:
        feeds.over.set()
        for server in feeds.servers.values():
            server.shutdown()
            server.server_close()


ROSTER = """\
[committee]
id = "UN1540"
name = "1540 Committee"
time_zone = "America/New_York"

[state]
folder = "state"
"""
MEMBERS = {
    "UN1540": "", "AU": '"BW", "GH"', "OAS": '"JM", "US"', "ASEAN": '"TH", "VN"', "CARICOM": '"JM", "BB"',
    "OSCE": '"AT", "US"', "PIF": '"FJ", "WS"',
}  # fmt: skip


def write_roster(committee, urls: dict[str, str]) -> None:
    entries = [
        f'[[organisations]]\nid = "{id_}"\nname = "{id_} itself"\nmembers = [{MEMBERS[id_]}]\nreads_reports = true\n'
        for id_ in ORGANISATIONS
    ]
    entries += ['[[calendars]]\nid = "un1540"\norganisation = "UN1540"\nsource = "programme.csv"\nprogramme = true\n']
    entries += [
        f'[[calendars]]\nid = "{id_.lower()}"\norganisation = "{id_}"\nsource = "{url}"\nprivate_network = true\n'
        "limits = { seconds = 2 }\n"
        for id_, url in urls.items()
    ]
    committee.publish("outreach.toml", "\n".join([ROSTER, *entries]).encode())


def seen(report: bytes) -> dict[str, object]:
    """Return a report without its blind spots and its counts of calendars."""
    told = json.loads(report)
    del told["blind_spots"], told["counts"]["calendars_read"], told["counts"]["calendars"]
    return told


def closed_port(url: str) -> str:
    """Return the same address with a port at which nobody answers."""
    return url.rpartition(":")[0] + ":9/calendar.ics"


@pytest.mark.fault("T36")
def test_whatever_is_down_the_reports_of_all_go_out_name_it_and_resolve_nothing(committee, record_property):
    """A failing feed does not block the others, and what nobody could see has not ended."""
    with serving() as feeds:
        urls = {organisation: feeds.url(organisation) for organisation in FEEDS}
        write_roster(committee, urls)
        assert night(committee.config, FIRST).complete
        kept = committee.folder / "kept"
        shutil.copytree(committee.state, kept)
        assert night(committee.config, SECOND).complete
        whole = committee.reports(SECOND.isoformat())
        print(json.loads(whole["AU.json"]).keys())
        for down in range(1, len(FEEDS)):
            put_back(kept, committee.state)
            feeds.down = {
                organisation: WAYS[(number + down) % len(WAYS)] for number, organisation in enumerate(FEEDS[:down])
            }
            outcome = night(committee.config, SECOND)
            print(down, feeds.down, [(g.calendar, g.error.code, str(g.error)) for g in outcome.gaps])
            mine = committee.reports(SECOND.isoformat())
            print(json.loads(mine["AU.json"])["blind_spots"])
        assert 0
