"""A calendar published at an address on loopback, which says what a test lets it say, and when."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FIRST = date(2007, 12, 1)


def titled(*titles: str) -> str:
    """Word a calendar: one title a day, from 1 December 2007 on."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:u{number:02}\r\nDTSTAMP:20071001T000000Z\r\n"
        f"DTSTART;VALUE=DATE:{FIRST + timedelta(days=number):%Y%m%d}\r\n"
        f"SUMMARY:{title}\r\nLOCATION:Accra\\, Ghana\r\nEND:VEVENT\r\n"
        for number, title in enumerate(titles)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n"


def workshops(number: int) -> str:
    """Word a calendar of so many workshops."""
    return titled(*(f"Workshop {each:02}" for each in range(number)))


class PublishedFeed:
    """What the calendar says, or where it leads; while its *gate* is closed, it says nothing."""

    def __init__(self) -> None:
        self.body = workshops(10)
        self.asked = 0
        self.gate = threading.Event()
        self.gate.set()
        self.port = 0
        self.redirect = ""

    @property
    def address(self) -> str:
        """Where it lies."""
        return f"http://127.0.0.1:{self.port}/private-k1/events.ics"


@contextmanager
def published() -> Iterator[PublishedFeed]:
    """Publish a calendar while the block runs."""
    feed = PublishedFeed()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            feed.asked += 1
            feed.gate.wait(60)
            body = feed.body.encode()
            try:
                if feed.redirect:
                    self.send_response(302)
                    self.send_header("Location", feed.redirect)
                    self.end_headers()
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/calendar; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            """Tests talk enough."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    feed.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield feed
    finally:
        feed.gate.set()
        server.shutdown()
        server.server_close()


def let_publish(config: Path, feed: PublishedFeed, id_: str = "feed") -> None:
    """Name the calendar in a roster, where it may lie on this machine."""
    config.write_text(
        f'{config.read_text()}[[calendars]]\nid = "{id_}"\norganisation = "AU"\nsource = "{feed.address}"\n'
        "private_network = true\n"
    )
