"""Feeds from a real server on loopback that misbehaves in every way real ones do."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib
from datetime import UTC, date, datetime

import pytest

from calendar_sync.errors import AskedToWait, SourceGone, SourceOversize, SourceRefused, SourceUnreachable
from calendar_sync.roster import Calendar, Limits
from calendar_sync.sources import Payload, Validators, guard
from calendar_sync.sources.hosts import Hosts
from calendar_sync.sources.http_feed import HttpFeed

NIGHT = date(2007, 10, 15)
ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def feed(source, tmp_path, *, private=True, limits=None, **given):
    calendar = Calendar("unoda", "UNODA", source, private_network=private, limits=limits or Limits())
    return HttpFeed(calendar, tmp_path, **{"hosts": Hosts(), **given})


def fetch(source, tmp_path, **given):
    return feed(source, tmp_path, **given).fetch(NIGHT, None)


# -- what is asked, and what comes back ----------------------------------------------------------------------------


def test_what_the_server_says_of_the_bytes_is_kept(server, tmp_path):
    """The kind and the encoding of a calendar are often told by nothing else."""
    server.says(
        "/events.ics", 200, ICS, Content_Type='Text/Calendar; charset="ISO-8859-1"', ETag='"1"', Last_Modified="L"
    )

    payload = fetch(server.address(), tmp_path)

    assert (payload.media_type, payload.charset) == ("text/calendar", "ISO-8859-1")
    assert payload.validators == Validators('"1"', "L")


def test_we_say_who_we_are_and_ask_conditionally(server, tmp_path):
    """Whoever runs the server may want to write to us, and need not send what we have."""
    server.says("/events.ics", 304)

    source = feed(server.address(), tmp_path, contact="outreach@example.org")
    assert source.fetch(NIGHT, Payload(b"", validators=Validators('"1"', "Mon, 15 Oct 2007 00:00:00 GMT"))) is None

    _, headers = server.asked[0]
    assert headers["user-agent"].startswith("outreach-calendar/")
    assert "outreach@example.org" in headers["user-agent"]
    assert headers["if-none-match"] == '"1"'
    assert headers["if-modified-since"] == "Mon, 15 Oct 2007 00:00:00 GMT"
    assert headers["host"] == f"127.0.0.1:{server.port}"


def test_what_fits_into_no_header_is_not_sent(server, tmp_path):
    """Some servers send tags they would not take back, and names of people have accents."""
    server.says("/events.ics", 200, ICS)

    source = feed(server.address(), tmp_path, contact="Secrétariat")

    assert source.fetch(NIGHT, Payload(b"", validators=Validators('"é"', "a\r\nX: y"))) is not None
    assert {"if-none-match", "if-modified-since", "x"}.isdisjoint(server.asked[0][1])


def test_not_modified_without_a_question_is_no_answer(server, tmp_path):
    """There is nothing it could refer to."""
    server.says("/events.ics", 304)

    with pytest.raises(SourceUnreachable):
        fetch(server.address(), tmp_path)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 418, 451])
def test_no_is_refused(server, tmp_path, status):
    """Asking again every hour would only annoy."""
    server.says("/events.ics", status)

    with pytest.raises(SourceRefused, match=str(status)):
        fetch(server.address(), tmp_path)


def test_gone_is_gone(server, tmp_path):
    """The publisher took the trouble to say so."""
    server.says("/events.ics", 410)

    with pytest.raises(SourceGone):
        fetch(server.address(), tmp_path)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_later_is_unreachable_with_the_time_to_wait(server, tmp_path, status):
    """A server that names a time is taken at its word."""
    server.says("/events.ics", status, Retry_After="120")

    with pytest.raises(AskedToWait) as late:
        fetch(server.address(), tmp_path)

    assert not late.value.worth_another_try
    assert 119 < late.value.retry_after <= 120


def test_a_time_to_wait_may_be_a_date(server, tmp_path):
    """Both forms are in use."""
    server.says("/events.ics", 503, Retry_After="Mon, 15 Oct 2007 00:02:00 GMT")
    now = datetime(2007, 10, 15, 0, 0, 30, tzinfo=UTC)

    with pytest.raises(AskedToWait) as late:
        fetch(server.address(), tmp_path, now=lambda: now)

    assert 89 < late.value.retry_after <= 90


def test_a_login_page_is_handed_on_as_it_came(server, tmp_path):
    """Only reading can tell that it is no calendar; the last good copy then stands."""
    server.says("/events.ics", 200, b"<html>Please log in</html>", Content_Type="text/html")

    assert fetch(server.address(), tmp_path).media_type == "text/html"


def test_nobody_listening_is_unreachable(server, tmp_path):
    """The next try may succeed."""
    with pytest.raises(SourceUnreachable):
        fetch("http://127.0.0.1:1/events.ics", tmp_path)


def test_webcal_is_asked_safely_first_and_plainly_then(server, tmp_path):
    """webcal names no protocol, and many small servers speak http only."""
    server.says("/events.ics", 200, ICS)

    assert fetch(server.address(scheme="webcal"), tmp_path).body == ICS


def test_webcal_with_a_secret_is_never_asked_plainly(server, tmp_path, monkeypatch):
    """A key must not cross the network in the clear because a port was closed."""
    monkeypatch.setenv("FEED_KEY", "canary")
    server.says("/events.ics?key=canary", 200, ICS)

    with pytest.raises(SourceUnreachable):
        fetch(server.address("/events.ics?key=${FEED_KEY}", scheme="webcal"), tmp_path)


# -- secrets -------------------------------------------------------------------------------------------------------


def test_a_secret_is_sent_and_never_shown(server, tmp_path, monkeypatch):
    """Feed addresses hold keys; errors and reports are read by many."""
    monkeypatch.setenv("FEED_KEY", "canary")
    server.says("/canary/events.ics?key=canary", 200, ICS)
    address = server.address("/${FEED_KEY}/events.ics?key=${FEED_KEY}")

    payload = fetch(address, tmp_path)

    assert payload.body == ICS
    assert "canary" not in repr(payload)
    server.answers.clear()
    with pytest.raises(SourceRefused) as refused:
        fetch(address, tmp_path)
    assert "canary" not in str(refused.value) + repr(refused.value)


def test_a_secret_that_is_not_set_is_named(tmp_path):
    """The name of the variable is what a person can act on."""
    with pytest.raises(SourceRefused, match="NO_SUCH_KEY"):
        fetch("https://example.org/${NO_SUCH_KEY}", tmp_path)


def test_a_password_is_sent_to_its_own_origin_only(server, serve, tmp_path):
    """A redirect elsewhere must not carry it along."""
    other = serve()
    other.says("/events.ics", 200, ICS)
    server.says("/events.ics", 302, Location=other.address())

    fetch(f"http://ana:canary@127.0.0.1:{server.port}/events.ics", tmp_path)

    assert server.asked[0][1]["authorization"].startswith("Basic ")
    assert "authorization" not in other.asked[0][1]
    assert "cookie" not in other.asked[0][1]


# -- redirects -----------------------------------------------------------------------------------------------------


def test_redirects_are_followed_to_the_calendar(server, tmp_path):
    """Calendars move, and say where to."""
    server.says("/events.ics", 301, Location="/new/")
    server.says("/new/", 307, Location=server.address("/newer.ics"))
    server.says("/newer.ics", 200, ICS)

    assert fetch(server.address(), tmp_path).body == ICS


def test_a_redirect_loop_ends(server, tmp_path):
    """The fifth redirect is the last."""
    server.says("/events.ics", 302, Location="/events.ics")

    with pytest.raises(SourceRefused, match="more than 5 times"):
        fetch(server.address(), tmp_path)

    assert len(server.asked) == 6


@pytest.mark.parametrize("location", ["", "file:///etc/passwd", "ftp://127.0.0.1/", "http://", "http://[::1", "//"])
def test_a_redirect_to_no_web_address_is_refused(server, tmp_path, location):
    """Only the web is fetched."""
    server.says("/events.ics", 302, Location=location)

    with pytest.raises(SourceRefused):
        fetch(server.address(), tmp_path)


@pytest.fixture
def public_server(server, monkeypatch):
    """The loopback server, taken for one on the open web; every other address stays what it is."""
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setattr(guard, "PORTS", frozenset({server.port, 80, 443}))
    return server


@pytest.mark.parametrize(
    "host", ["127.0.0.2", "[::1]", "10.0.0.1", "169.254.169.254", "0.0.0.0", "[::ffff:127.0.0.2]", "2130706434"]
)
def test_a_redirect_into_a_private_network_is_refused(public_server, tmp_path, host):
    """A calendar on the open web has no business inside ours."""
    public_server.says("/events.ics", 302, Location=f"http://{host}:{public_server.port}/secret")

    with pytest.raises(SourceRefused, match="not a public address"):
        fetch(public_server.address(), tmp_path, private=False)

    assert len(public_server.asked) == 1


# -- addresses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "0x7f.1", "0x7f000001", "2130706433", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]",
     "[::]", "0.0.0.0", "169.254.169.254", "[fe80::1]", "127.0.0.1.", "[64:ff9b::7f00:1]"],
)  # fmt: skip
def test_a_private_address_in_any_spelling_is_refused(server, tmp_path, host):
    """Numbers can be written in many ways, and names can mean anything."""
    with pytest.raises((SourceRefused, SourceUnreachable)):
        fetch(server.address(host=host), tmp_path, private=False)

    assert server.asked == []


def test_metadata_addresses_are_refused_even_inside_a_private_network(tmp_path):
    """Clouds hand out their keys there."""
    with pytest.raises(SourceRefused):
        fetch("http://169.254.169.254/latest", tmp_path)


def test_a_name_is_looked_up_once_and_the_answer_used(server, tmp_path):
    """A second answer could be another one."""
    server.says("/events.ics", 200, ICS)
    asked = []

    def changing(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.255.255.1"]

    payload = fetch(server.address(host="calendar.example"), tmp_path, resolve=changing)

    assert payload.body == ICS
    assert asked == ["calendar.example"]
    assert server.asked[0][1]["host"] == f"calendar.example:{server.port}"


def test_one_bad_answer_refuses_all(public_server, tmp_path):
    """Whoever mixes public and private answers waits for us to take the private one."""
    with pytest.raises(SourceRefused):
        fetch(
            public_server.address(host="mixed.example"),
            tmp_path,
            private=False,
            resolve=lambda host, port: ["127.0.0.1", "10.0.0.1"],
        )

    assert public_server.asked == []


def test_a_public_host_on_an_odd_port_is_refused(server, tmp_path, monkeypatch):
    """Mail and database servers answer strangely to strangers."""
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.1")

    with pytest.raises(SourceRefused):
        fetch(server.address(), tmp_path, private=False)


@pytest.mark.parametrize("source", ["ftp://example.org/a.ics", "file:///etc/passwd", "http://", "https:///a.ics"])
def test_what_is_no_web_address_is_refused(tmp_path, source):
    """The scheme decides before anything is opened."""
    with pytest.raises(SourceRefused):
        fetch(source, tmp_path)


# -- bodies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 300_000])
def test_a_packed_body_is_unpacked_whole(server, tmp_path, size):
    """No byte may be lost where one step ends and the next begins."""
    body = bytes(number * number % 251 for number in range(size))
    server.says("/events.ics", 200, gzip.compress(body), Content_Encoding="gzip")

    assert fetch(server.address(), tmp_path).body == body


def test_a_body_in_several_packed_members_is_unpacked_whole(server, tmp_path):
    """RFC 1952 allows it, and log-like servers do it."""
    server.says("/events.ics", 200, gzip.compress(b"one") + gzip.compress(b"two") + b"\0\0", Content_Encoding="gzip")

    assert fetch(server.address(), tmp_path).body == b"onetwo"


def test_a_gzip_bomb_is_stopped_at_the_limit(server, tmp_path):
    """200 kB from the wire may unpack to 200 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(200)) + packer.flush()
    server.says("/events.ics", 200, bomb, Content_Encoding="gzip")

    tracemalloc.start()
    with pytest.raises(SourceOversize):
        fetch(server.address(), tmp_path, limits=Limits(bytes=1024 * 1024))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 16 * 1024 * 1024


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "deflate"])
def test_what_was_not_asked_for_is_not_unpacked(server, tmp_path, coding):
    """A bomb in a bomb stays closed."""
    server.says("/events.ics", 200, gzip.compress(gzip.compress(ICS)), Content_Encoding=coding)

    with pytest.raises(SourceRefused):
        fetch(server.address(), tmp_path)


@pytest.mark.parametrize("body", [gzip.compress(ICS * 100)[:-20], b"not packed at all", gzip.compress(ICS)[:5]])
def test_a_broken_package_is_no_calendar_and_may_be_tried_again(server, tmp_path, body):
    """Half a calendar would withdraw the other half."""
    server.says("/events.ics", 200, body, Content_Encoding="gzip")

    with pytest.raises(SourceUnreachable):
        fetch(server.address(), tmp_path)


def test_an_endless_body_is_stopped(server, tmp_path):
    """A server that never stops sending is not waited for."""

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(bytes(65536))

    server.answers["/events.ics"] = endless

    with pytest.raises(SourceOversize):
        fetch(server.address(), tmp_path)


def test_a_body_shorter_than_promised_is_broken_off(server, tmp_path):
    """Half a calendar would withdraw the other half."""
    server.says("/events.ics", 200, ICS, Content_Length="1000")

    with pytest.raises(SourceUnreachable):
        fetch(server.address(), tmp_path)


def test_a_promise_beyond_the_limit_is_not_waited_for(server, tmp_path):
    """The header says enough."""
    server.says("/events.ics", 200, ICS, Content_Length=str(10**12))

    with pytest.raises(SourceOversize):
        fetch(server.address(), tmp_path)


def drip_body(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while True:
        handler.wfile.write(b"X")
        time.sleep(0.02)


def drip_headers(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X: y\r\n")
        time.sleep(0.02)


def silence(handler):
    handler.rfile.read(1)


@pytest.mark.parametrize("answer", [drip_body, drip_headers, silence])
def test_a_drip_is_not_waited_for_beyond_the_deadline(server, tmp_path, answer):
    """Each byte resets an ordinary time-out; the night would wait for hours."""
    server.answers["/events.ics"] = answer

    with pytest.raises(SourceUnreachable):
        fetch(server.address(), tmp_path, limits=Limits(seconds=0.5))


def test_a_resolver_that_never_answers_is_not_waited_for(server, tmp_path):
    """The system's own look-up keeps no deadline."""
    with pytest.raises(SourceUnreachable):
        fetch(
            "http://calendar.example/",
            tmp_path,
            limits=Limits(seconds=0.2),
            resolve=lambda host, port: time.sleep(30) or [],
        )


def test_endless_headers_are_stopped(server, tmp_path):
    """A header has no length that could be refused beforehand."""

    def endless(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            handler.wfile.write(b"y" * 65536)

    server.answers["/events.ics"] = endless

    with pytest.raises(SourceUnreachable):
        fetch(server.address(), tmp_path)


def test_what_speaks_no_http_is_unreachable(server, tmp_path):
    """Something else listens on that port."""
    server.answers["/events.ics"] = lambda handler: handler.wfile.write(b"220 mail.example ESMTP\r\n")

    with pytest.raises(SourceUnreachable):
        fetch(server.address(), tmp_path)


# -- TLS -----------------------------------------------------------------------------------------------------------


def loopback(host, port):
    return ["127.0.0.1"]


def test_tls_asks_for_the_certificate_of_the_name(secure_server, tmp_path):
    """The connection goes to a checked number; the promise is still the name's."""
    secure_server.says("/events.ics", 200, ICS)

    good = secure_server.address(scheme="https", host="calendar.example")
    assert fetch(good, tmp_path, resolve=loopback).body == ICS
    webcals = secure_server.address(scheme="webcals", host="calendar.example")
    assert fetch(webcals, tmp_path, resolve=loopback).body == ICS
    with pytest.raises(SourceUnreachable):
        fetch(secure_server.address(scheme="https", host="other.example"), tmp_path, resolve=loopback)


def test_a_redirect_from_https_to_http_is_refused(secure_server, server, tmp_path):
    """What was promised to be private would be read aloud."""
    server.says("/events.ics", 200, ICS)
    secure_server.says("/events.ics", 302, Location=server.address())

    with pytest.raises(SourceRefused, match="https to http"):
        fetch(secure_server.address(scheme="https", host="calendar.example"), tmp_path, resolve=loopback)

    assert server.asked == []
