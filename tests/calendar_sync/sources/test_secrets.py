"""Keys of calendars are searched for in everything that is said, logged or shown, whatever breaks."""

from __future__ import annotations

import gzip
import io
import logging
import traceback
from dataclasses import dataclass
from datetime import date
from functools import partial

import h11
import httpcore
import httpx
import pytest

from calendar_sync.errors import CalendarError
from calendar_sync.references import masked
from calendar_sync.roster import Calendar, Limits
from calendar_sync.sources import Payload, Validators, guard, http_feed
from calendar_sync.sources.hosts import Hosts
from calendar_sync.sources.http_feed import HttpFeed
from flows.confining import StepBroke, confined

NIGHT = date(2007, 10, 15)
CANARY = "c4n4ry7Zq"
ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


# -- where a roster holds keys ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """One place for a key: what precedes the host, the path, and the roster's other settings."""

    before: str = ""
    path: str = "/events.ics"
    username: str = ""
    password: str = ""
    headers: tuple[tuple[str, str], ...] = ()


PLACES = {
    "name and password in the address": Place(before=f"ana:{CANARY}@"),
    "name in the address": Place(before=f"{CANARY}@"),
    "path": Place(path=f"/private-{CANARY}/events.ics"),
    "ending of the path": Place(path=f"/events.{CANARY}"),
    "query": Place(path=f"/events.ics?key={CANARY}"),
    "path from the environment": Place(path="/${KEY}/events.ics"),
    "query from a file": Place(path="/events.ics?key=${file:key.txt}"),
    "password from the environment": Place(username="ana", password="${KEY}"),
    "header from a file": Place(headers=(("X-Api-Key", "${file:key.txt}"),)),
    "authorization from the environment": Place(headers=(("Authorization", "Bearer ${KEY}"),)),
}

# -- what a server may answer, with the key in it wherever it can be -------------------------------------------------


def raw(text):
    """Answer with these bytes; {all} is everything that was asked, key and all."""

    def answer(handler):
        asked = f"{handler.path} {dict(handler.headers.items())}"
        handler.wfile.write(text.replace("{all}", asked).replace("{path}", handler.path).encode("latin-1"))

    return answer


def packed(body):
    return lambda handler: handler.wfile.write(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n" + body
    )


ANSWERS = {
    "calendar": raw("HTTP/1.1 200 OK\r\nContent-Type: text/{path}; charset={path}\r\nETag: \"1\"\r\n"
                    "Content-Disposition: attachment; filename={path}\r\nSet-Cookie: k={path}\r\n"
                    "Content-Length: 2\r\n\r\nOK"),
    "not found": raw("HTTP/1.1 404 {path} not found\r\nContent-Length: 0\r\n\r\n"),
    "forbidden": raw("HTTP/1.1 403 {all}\r\nContent-Length: 0\r\n\r\n"),
    "broken": raw("HTTP/1.1 500 {path}\r\nContent-Length: 0\r\n\r\n"),
    "gone": raw("HTTP/1.1 410 {path}\r\nContent-Length: 0\r\n\r\n"),
    "later": raw("HTTP/1.1 429 {path}\r\nRetry-After: 9999\r\nContent-Length: 0\r\n\r\n"),
    "no date": raw("HTTP/1.1 503 X\r\nRetry-After: {path}\r\nContent-Length: 0\r\n\r\n"),
    "no http": raw("{all} is not known here\r\n"),
    "bad header": raw("HTTP/1.1 200 OK\r\n{all}\r\n\r\n"),
    "bad length": raw("HTTP/1.1 200 OK\r\nContent-Length: {path}\r\n\r\n"),
    "bad chunk": raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{path}\r\n"),
    "bad coding": raw("HTTP/1.1 200 OK\r\nContent-Encoding: {path}\r\n\r\n"),
    "moved": raw("HTTP/1.1 301 Moved\r\nLocation: {path}{path}\r\nContent-Length: 0\r\n\r\n"),
    "moved to no address": raw("HTTP/1.1 302 Moved\r\nLocation: http://[{path}\r\nContent-Length: 0\r\n\r\n"),
    "moved into the network": raw("HTTP/1.1 302 Moved\r\nLocation: http://169.254.169.254{path}\r\n\r\n"),
    "broken package": packed(gzip.compress(ICS)[:-9]),
    "oversize": raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{path}"),
    "cut": raw("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{path}"),
}  # fmt: skip

# -- where our own code, or a library's, may break -------------------------------------------------------------------


def breaks(*given, **named):
    """Break with everything that was at hand in the words of the error."""
    raise RuntimeError(f"broke with {CANARY} and {given!r} and {named!r}")


CRASHES = {
    "resolving": (http_feed, "resolve"),
    "address": (httpx, "URL"),
    "keys": (http_feed, "_origin"),
    "request": (httpx, "Request"),
    "looking up": (guard.GuardedBackend, "_look_up"),
    "checking": (guard, "is_public"),
    "connecting": (httpcore.SyncBackend, "connect_tcp"),
    "sending": (httpcore.ConnectionPool, "handle_request"),
    "writing": (guard._DeadlineStream, "write"),
    "listening": (guard._DeadlineStream, "read"),
    "parsing": (h11.Connection, "next_event"),
    "understanding": (HttpFeed, "_understand"),
    "unpacking": (http_feed, "_Wire"),
    "comparing": (http_feed, "_news"),
}


@pytest.fixture
def logged():
    """Everything anybody logs, at the finest level."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


def said_of(calendar, feed, stored, log):
    """Fetch once, and return everything a person, a log or a page could get to see of it."""
    said = [repr(feed), str(feed), repr(calendar), str(calendar), masked(calendar.source)]
    try:
        payload = confined("sync au", log, partial(feed.fetch, NIGHT, stored))
    except (CalendarError, StepBroke) as error:
        said += [str(error), repr(error), error.code if isinstance(error, CalendarError) else ""]
        said.append("".join(traceback.format_exception(error)))
    else:
        assert payload is not None
        said += [payload.address, payload.name, payload.media_type, payload.charset, payload.moved_to]
    if log.exists():
        said.append(log.read_text(encoding="utf-8"))
    return said


@pytest.mark.fault("T26")
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_key_is_in_nothing_that_is_said(server, tmp_path, monkeypatch, capfd, logged, record_property, place):
    """Logs are kept for years, pages have no password, and errors are mailed to whoever might help."""
    monkeypatch.setenv("KEY", CANARY)
    (tmp_path / "key.txt").write_text(f"{CANARY}\n", encoding="utf-8")
    address = f"http://{place.before}127.0.0.1:{server.port}{place.path}"
    calendar = Calendar(
        "au", "AU", address, private_network=True, username=place.username, password=place.password,
        headers=place.headers, limits=Limits(seconds=5, bytes=10_000),
    )  # fmt: skip
    stored = Payload(ICS, validators=Validators('"0"'))
    log, said, heard = tmp_path / "errors.log", [], 0

    def once():
        return said_of(calendar, HttpFeed(calendar, tmp_path, hosts=Hosts()), stored, log)

    path = place.path.replace("${KEY}", CANARY).replace("${file:key.txt}", CANARY)
    for answer in ANSWERS.values():
        server.answers = {path: answer}
        said += once()
    heard = str(server.asked)
    server.answers = {path: ANSWERS["calendar"]}
    for owner, name in CRASHES.values():
        with monkeypatch.context() as breaking:
            breaking.setattr(owner, name, breaks)
            said += once()

    out, err = capfd.readouterr()
    everything = "\n".join([*said, logged.getvalue(), out, err])
    # The key was really used: as it is, or as Basic packs it.
    assert CANARY in heard or "Basic " in heard
    assert "send_request_headers" in everything
    assert CANARY.lower() not in everything.lower()
    record_property("cases", len(ANSWERS) + len(CRASHES))


@pytest.mark.fault("T26")
def test_a_key_that_cannot_be_sent_is_not_shown_either(server, tmp_path, monkeypatch, logged, record_property):
    """A line break copied along with a key is the most common mistake, and h11 would quote the line."""
    kept = tmp_path / "errors.log"
    said = []
    for value in (f"{CANARY}\nX: y", f"{CANARY}\r\n\r\n", f"{CANARY}\x00", f"{CANARY}é", f"{CANARY}\udcff"):
        monkeypatch.setenv("KEY", value.strip() if "\x00" not in value else CANARY + "\x01")
        for place in (
            Place(headers=(("X-Api-Key", "${KEY}"),)),
            Place(path="/${KEY}"),
            Place(before="${KEY}@"),
            Place(username="ana", password="${KEY}"),
        ):
            calendar = Calendar(
                "au", "AU", f"http://{place.before}127.0.0.1:{server.port}{place.path}", private_network=True,
                username=place.username, password=place.password, headers=place.headers, limits=Limits(seconds=5),
            )  # fmt: skip
            server.answers = {"/events.ics": ANSWERS["not found"]}
            said += said_of(calendar, HttpFeed(calendar, tmp_path, hosts=Hosts()), None, kept)

    assert CANARY not in "\n".join([*said, logged.getvalue()])
    record_property("cases", 20)


@pytest.mark.parametrize("reference", ["${NOT_SET}", "${file:missing.txt}", "${file:binary}"])
def test_a_reference_that_leads_nowhere_is_named(tmp_path, reference):
    """The name is what a person can act on, and no secret."""
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    calendar = Calendar("au", "AU", "https://example.org/events.ics", password=reference)

    with pytest.raises(CalendarError, match=r"NOT_SET|missing.txt|binary"):
        HttpFeed(calendar, tmp_path, hosts=Hosts()).fetch(NIGHT, None)


def test_a_client_of_httpx_over_the_same_connections_logs_no_address(server, logged):
    """Other sources use a whole client, which writes every address it asks into the log."""
    server.says(f"/{CANARY}", 200, b"", Set_Cookie=CANARY)
    backend = guard.GuardedBackend(guard.Deadline(5), private_network=True)

    with httpx.Client(transport=guard.GuardedTransport(backend)) as client:
        client.get(server.address(f"/{CANARY}"))

    assert "HTTP Request: GET http://127.0.0.1" in logged.getvalue()
    assert CANARY not in logged.getvalue()
