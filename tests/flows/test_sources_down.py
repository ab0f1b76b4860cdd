"""Some sources are down: the report goes out all the same, says what it could not see, and resolves nothing."""

from __future__ import annotations

import json
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from plain_night import night, put_back

from calendar_sync import roster
from store import findings, nights
from store.connecting import connect
from store.nights import NightState

FIRST, SECOND, THIRD = (date(2007, 11, day) for day in (5, 6, 7))
ORGANISATIONS = ("UN1540", "AU", "OAS", "ASEAN", "CARICOM", "OSCE", "PIF")
"""The first is the committee, whose programme is a file; the others publish feeds."""
FEEDS = ORGANISATIONS[1:]
WAYS = {
    "no connection": "unreachable",
    "500": "unreachable",
    "login page": "unusable",
    "empty": "unusable",
    "broken off": "unreachable",
    "cut short": "",
    "silent": "unreachable",
}
"""How a source can be down, and how the report calls it; what came of a file cut short is read, and nothing withdrawn.
From night to night each feed is down in another way."""
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
    """Serves every feed from a server of its own; what is down answers in its way."""

    def __init__(self) -> None:
        self.down: dict[str, str] = {}
        self.over = threading.Event()
        self.servers: dict[str, ThreadingHTTPServer] = {}
        for organisation in FEEDS:
            self._open(organisation, 0)

    def _open(self, organisation: str, port: int) -> None:
        feeds = self

        class Feed(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                feeds.answer(organisation, self)

            def log_message(self, *_: object) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", port), Feed)
        self.servers[organisation] = server
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop every server."""
        self.over.set()
        for organisation in FEEDS:
            self._shut(organisation)

    def _shut(self, organisation: str) -> None:
        self.servers[organisation].shutdown()
        self.servers[organisation].server_close()

    @contextmanager
    def being_down(self, down: dict[str, str]) -> Iterator[None]:
        """Let some feeds be down while the block runs; one without a connection has nobody who listens."""
        self.down = down
        closed = [organisation for organisation, way in down.items() if way == "no connection"]
        for organisation in closed:
            self._shut(organisation)
        try:
            yield
        finally:
            self.down = {}
            for organisation in closed:
                self._open(organisation, self.servers[organisation].server_port)

    def url(self, organisation: str) -> str:
        host, port = self.servers[organisation].server_address[:2]
        return f"http://{host}:{port}/calendar.ics"

    def answer(self, organisation: str, request: BaseHTTPRequestHandler) -> None:
        way = self.down.get(organisation, "")
        if way == "silent":
            self.over.wait(60)
            return
        events = EVENTS.format(organisation, PLACES[organisation])
        body = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//tests//EN\r\n{events}END:VCALENDAR\r\n".encode()
        if way == "login page":
            body = b"<!DOCTYPE html><html><title>Sign in</title><form></form></html>"
        elif way == "empty":
            body = b""
        promised = len(body)
        if way in ("broken off", "cut short"):
            body = body[: promised // 2]
        request.send_response(500 if way == "500" else 200)
        request.send_header("content-type", "text/html" if way == "login page" else "text/calendar")
        request.send_header("content-length", str(promised if way == "broken off" else len(body)))
        request.end_headers()
        request.wfile.write(body)


@pytest.fixture
def feeds() -> Iterator[Feeds]:
    serving = Feeds()
    yield serving
    serving.close()


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


def check_reports(reports: dict[str, bytes], whole: dict[str, bytes], down: dict[str, str]) -> None:
    """Hold every organisation's report against the one it would have got had every source answered."""
    assert reports.keys() == whole.keys()
    unseen = {id_.lower(): WAYS[way] for id_, way in down.items() if WAYS[way]}
    for reader in ORGANISATIONS:
        told = json.loads(reports[f"{reader}.json"])
        assert seen(reports[f"{reader}.json"]) == seen(whole[f"{reader}.json"]), reader
        assert {spot["calendar"]: spot["code"] for spot in told["blind_spots"]} == unseen, reader
        assert {spot["last_good"] for spot in told["blind_spots"]} <= {FIRST.isoformat()}
        assert told["resolved"] == told["no_longer_listed"] == [], reader
        for name in unseen:
            for form in ("html", "txt"):
                page = " ".join(reports[f"{reader}.{form}"].decode().split())
                assert f"({name})" in page, (reader, form)
                assert "of 5 November 2007, stands" in page, (reader, form)


def stands(committee, night: date) -> tuple[NightState, Counter[str]]:
    """Return how a night ended, and how often a finding was told as new, open, changed or resolved on it."""
    store = connect(roster.load(committee.config).database_url)
    try:
        with store.read() as db:
            state = nights.load(db, night).state
            told = [each for reader in ORGANISATIONS for each in findings.told(db, reader, night)]
    finally:
        store.close()
    return state, Counter(str(each.state) for each in told)


@pytest.mark.fault("T36")
def test_whatever_is_down_the_reports_of_all_go_out_name_it_and_resolve_nothing(committee, feeds, record_property):
    """A failing feed does not block the others, and what nobody could see has not ended."""
    write_roster(committee, {organisation: feeds.url(organisation) for organisation in FEEDS})
    assert night(committee.config, FIRST).complete
    kept = committee.folder / "kept"
    shutil.copytree(committee.state, kept)
    assert night(committee.config, SECOND).complete
    whole = committee.reports(SECOND.isoformat())
    state, told = stands(committee, SECOND)
    assert state is NightState.DONE
    assert told.keys() == {"open"}, "else nothing could be resolved by mistake"
    ways = list(WAYS)
    tried: set[str] = set()
    for number in range(1, len(FEEDS)):
        put_back(kept, committee.state)
        down = {organisation: ways[(at + number) % len(ways)] for at, organisation in enumerate(FEEDS[:number])}
        with feeds.being_down(down):
            night(committee.config, SECOND)
        check_reports(committee.reports(SECOND.isoformat()), whole, down)
        assert stands(committee, SECOND) == (NightState.DONE_WITH_GAPS, told), down

        assert night(committee.config, THIRD).complete
        assert stands(committee, THIRD) == (NightState.DONE, told), "what was not seen for a night is no news"
        tried |= set(down.values())
    assert tried == set(WAYS)
    record_property("cases", (len(FEEDS) - 1) * len(ORGANISATIONS))
    record_property(
        "measured",
        f"1 to {len(FEEDS) - 1} of {len(FEEDS)} feeds down, in {len(WAYS)} ways: {len(ORGANISATIONS)} of "
        f"{len(ORGANISATIONS)} reports right each time; 0 of {told.total()} findings resolved by silence",
    )
