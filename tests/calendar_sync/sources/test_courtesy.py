"""Partners' servers are asked rarely, one thing at a time, and not before they want to be."""

from __future__ import annotations

import base64
import gzip
import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from calendar_sync.errors import AskedToWait, SourceGone, SourceUnreachable
from calendar_sync.roster import Calendar, Limits
from calendar_sync.sources import Validators
from calendar_sync.sources.hosts import Courtesy, Hosts
from calendar_sync.sources.http_feed import HttpFeed

NIGHT = date(2007, 10, 15)
ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
MODIFIED = "Mon, 15 Oct 2007 00:00:00 GMT"


def feed(address, folder, hosts=None, *, seconds=20.0):
    calendar = Calendar("unoda", "UNODA", address, private_network=True, limits=Limits(seconds=seconds))
    return HttpFeed(calendar, folder, hosts=hosts or Hosts())


def later(server, path="/events.ics", *, times=1, status=503, after="1"):
    """Answer "later" so many times, then the calendar; returns the moments of the requests."""
    asked = []

    def answer(handler):
        asked.append(time.monotonic())
        handler.send_response(status if len(asked) <= times else 200)
        handler.send_header("Retry-After", after)
        handler.send_header("Content-Length", str(len(ICS)))
        handler.end_headers()
        handler.wfile.write(ICS)

    server.answers[path] = answer
    return asked


# -- Retry-After -----------------------------------------------------------------------------------------------------


@pytest.mark.fault("T46")
@pytest.mark.parametrize("status", [429, 503])
def test_a_short_wait_is_waited_for(server, tmp_path, status):
    """A calendar that is there a second later is read the same night, and not asked in between."""
    asked = later(server, status=status, after="1")

    assert feed(server.address(), tmp_path).fetch(NIGHT, None).body == ICS

    assert len(asked) == 2
    assert asked[1] - asked[0] >= 1


@pytest.mark.fault("T46")
def test_a_server_that_keeps_saying_later_is_left_alone(server, tmp_path):
    """Three times is asking; more is pushing."""
    asked = later(server, times=99, after="0")

    with pytest.raises(SourceUnreachable):
        feed(server.address(), tmp_path).fetch(NIGHT, None)

    assert len(asked) == 3
    assert min(asked[1] - asked[0], asked[2] - asked[1]) >= 1


@pytest.mark.fault("T46")
def test_a_long_wait_ends_the_night_for_every_calendar_of_that_host(server, serve, tmp_path):
    """The limit is the host's: the next calendar there, and the next try, would be refused as well."""
    hosts, other = Hosts(), serve()
    asked = later(server, times=99, status=429, after="3600")
    server.says("/neighbour.ics", 200, ICS)
    other.says("/events.ics", 200, ICS)

    for path in ("/events.ics", "/events.ics", "/neighbour.ics"):
        with pytest.raises(AskedToWait, match="asked to wait until") as refused:
            feed(server.address(path), tmp_path, hosts).fetch(NIGHT, None)
        assert refused.value.code == "asked-to-wait"
        assert not refused.value.worth_another_try

    assert (len(asked), len(server.asked)) == (1, 1)
    assert feed(other.address(), tmp_path, hosts).fetch(NIGHT, None).body == ICS


@pytest.mark.fault("T46")
def test_what_a_host_asked_is_known_to_the_next_run(server, tmp_path):
    """A new process, an hour later, knows of it only what was saved."""
    first, asked = Hosts(), later(server, status=429, after="7200")
    with pytest.raises(AskedToWait):
        feed(server.address(), tmp_path, first).fetch(NIGHT, None)
    saved = {host: until.isoformat() for host, until in first.courtesy.not_before.items()}
    kept = Courtesy({host: datetime.fromisoformat(until) for host, until in saved.items()})

    soon = Hosts(now=lambda: datetime.now(UTC) + timedelta(hours=1))
    soon.recall(kept)
    with pytest.raises(AskedToWait):
        feed(server.address(), tmp_path, soon).fetch(NIGHT, None)
    assert len(asked) == 1

    then = Hosts(now=lambda: datetime.now(UTC) + timedelta(hours=3))
    then.recall(kept)
    assert feed(server.address(), tmp_path, then).fetch(NIGHT, None).body == ICS
    assert dict(then.courtesy.not_before) == {}


@pytest.mark.fault("T46")
def test_whoever_waited_in_line_hears_of_the_wait(server, tmp_path, record_property):
    """Twenty calendars of one host stand in line when the first of them is told to go away."""
    hosts = Hosts()
    server.says("/events.ics", 429, Retry_After="600")

    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(feed(server.address(), tmp_path, hosts).fetch, NIGHT, None) for _ in range(20)]
        assert all(isinstance(each.exception(), AskedToWait) for each in asked)

    assert len(server.asked) == 1
    record_property("measured", "0 requests of 19 before Retry-After")


# -- one at a time ---------------------------------------------------------------------------------------------------


@pytest.mark.fault("T46")
def test_a_host_sees_one_request_at_a_time(server, serve, tmp_path, record_property):
    """A small server of a small organisation has eight calendars and one processor."""
    hosts, other, lock, now, most = Hosts(), serve(), threading.Lock(), [0], [0]
    meeting = threading.Barrier(2, timeout=30)

    def slowly(handler):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(ICS)))
        handler.end_headers()
        handler.wfile.write(ICS)

    def together(handler):
        meeting.wait()
        slowly(handler)

    server.answers["/events.ics"] = slowly
    server.answers["/together.ics"] = other.answers["/together.ics"] = together

    with ThreadPoolExecutor(8) as threads:
        for each in [threads.submit(feed(server.address(), tmp_path, hosts).fetch, NIGHT, None) for _ in range(16)]:
            assert each.result().body == ICS
        assert most == [1]
        record_property("measured", "1 connection per host")
        # Two hosts are asked at the same time: each of these answers only once both are asked.
        both = [
            threads.submit(feed(each.address("/together.ics"), tmp_path, hosts).fetch, NIGHT, None)
            for each in (server, other)
        ]
        assert [each.result().body for each in both] == [ICS, ICS]


def test_first_come_first_served():
    """With a lock that nobody queues for, the unlucky one waits until its deadline."""
    hosts, order, begun = Hosts(pause=(0, 0)), [], threading.Event()

    def work(number):
        with hosts.turn("example.org"):
            order.append(number)
            begun.wait(30)

    threads = []
    for number in range(8):
        threads.append(threading.Thread(target=work, args=(number,)))
        threads[-1].start()
        while len(hosts._lines.get("example.org", ())) <= number:
            time.sleep(0.001)
    begun.set()
    for thread in threads:
        thread.join()

    assert order == list(range(8))
    assert hosts._lines == {}


def test_a_calendar_that_hangs_does_not_hold_up_its_neighbours(server, tmp_path):
    """It may hang until its own deadline, a minute; the others of that host are read meanwhile."""
    hosts, over = Hosts(held=0.2), threading.Event()
    server.answers["/hangs.ics"] = lambda handler: over.wait(60)
    server.says("/events.ics", 200, ICS)

    with ThreadPoolExecutor(2) as threads:
        hanging = threads.submit(feed(server.address("/hangs.ics"), tmp_path, hosts, seconds=60).fetch, NIGHT, None)
        while not server.asked:
            time.sleep(0.001)
        assert feed(server.address(), tmp_path, hosts).fetch(NIGHT, None).body == ICS
        assert not hanging.done()
        over.set()
        with pytest.raises(SourceUnreachable):
            hanging.result()


@pytest.mark.fault("T46")
def test_requests_to_one_host_are_a_little_apart_and_not_in_step(server, tmp_path):
    """Two hundred calendars at one provider at the same second look like an attack."""
    hosts, begun, ended = Hosts(pause=(0.02, 0.06)), [], []

    def answer(handler):
        begun.append(time.monotonic())
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(ICS)))
        handler.end_headers()
        handler.wfile.write(ICS)
        ended.append(time.monotonic())

    server.answers["/events.ics"] = answer
    for _ in range(6):
        feed(server.address(), tmp_path, hosts).fetch(NIGHT, None)

    gaps = [later - earlier for earlier, later in zip(ended, begun[1:], strict=False)]
    assert min(gaps) >= 0.02
    assert len({round(gap, 3) for gap in gaps}) > 1


# -- unchanged -------------------------------------------------------------------------------------------------------


def publish(server, path, body, *, etag="", modified=""):
    """Publish as a real server does, with the validators it has; returns the statuses of its answers."""
    statuses = []

    def answer(handler):
        same = (etag and handler.headers.get("If-None-Match", "").removeprefix("W/") == etag.removeprefix("W/")) or (
            not etag and modified and handler.headers.get("If-Modified-Since") == modified
        )
        statuses.append(304 if same else 200)
        handler.send_response(statuses[-1])
        for name, value in (("ETag", etag), ("Last-Modified", modified)):
            if value:
                handler.send_header(name, value)
        handler.send_header("Content-Length", "0" if same else str(len(body)))
        handler.end_headers()
        handler.wfile.write(b"" if same else body)

    server.answers[path] = answer
    return statuses


VALIDATORS = {
    "strong": {"etag": '"abc"'},
    "weak": {"etag": 'W/"abc"'},
    "both": {"etag": '"abc"', "modified": MODIFIED},
    "date": {"modified": MODIFIED},
}


@pytest.mark.fault("T46")
def test_what_did_not_change_is_not_sent_again(server, tmp_path, record_property):
    """A night costs a partner as many empty answers as it has calendars."""
    hosts, statuses = Hosts(pause=(0, 0)), []
    for number in range(40):
        path = f"/{number}.ics"
        said = publish(server, path, ICS, **list(VALIDATORS.values())[number % 4])
        first = feed(server.address(path), tmp_path, hosts).fetch(NIGHT, None)
        assert feed(server.address(path), tmp_path, hosts).fetch(NIGHT, first) is None
        statuses.append(said)

    unchanged = sum(said == [200, 304] for said in statuses)
    record_property("measured", f"304 for {unchanged} of 40 unchanged feeds")
    assert unchanged == 40


def test_the_same_bytes_are_nothing_new_where_a_server_has_no_validators(server, tmp_path):
    """Many small servers have none; what they send every night is still the same calendar."""
    said = publish(server, "/events.ics", ICS)
    first = feed(server.address(), tmp_path).fetch(NIGHT, None)

    assert feed(server.address(), tmp_path).fetch(NIGHT, first) is None
    assert said == [200, 200]


def test_new_validators_of_the_same_bytes_are_kept(server, tmp_path):
    """With the old ones the whole calendar would come again every night."""
    publish(server, "/events.ics", ICS, etag='"1"')
    first = feed(server.address(), tmp_path).fetch(NIGHT, None)
    publish(server, "/events.ics", ICS, etag='"2"')

    second = feed(server.address(), tmp_path).fetch(NIGHT, first)

    assert second == replace(first, validators=Validators('"2"'))
    assert feed(server.address(), tmp_path).fetch(NIGHT, second) is None


# -- moved, gone, damaged --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 308])
def test_a_move_for_good_is_told_and_costs_nothing_more(server, serve, tmp_path, status):
    """Somebody should change the address in the roster before the old server is switched off."""
    new = serve()
    server.says("/events.ics", status, Location=new.address("/private-k1/new.ics?key=k2"))
    said = publish(new, "/private-k1/new.ics?key=k2", ICS, etag='"1"')

    first = feed(server.address(), tmp_path).fetch(NIGHT, None)

    assert first.moved_to == f"http://127.0.0.1:{new.port}/..."
    assert feed(server.address(), tmp_path).fetch(NIGHT, first) is None
    assert said == [200, 304]
    # As a store gives it back that does not keep where it moved to.
    again = feed(server.address(), tmp_path).fetch(NIGHT, replace(first, moved_to=""))
    assert again == first


@pytest.mark.parametrize("statuses", [(302,), (303,), (307,), (302, 301)])
def test_a_detour_is_no_move(server, tmp_path, statuses):
    """A load balancer's redirect changes every day."""
    paths = [f"/{number}.ics" for number in range(len(statuses) + 1)]
    for status, path, target in zip(statuses, paths, paths[1:], strict=False):
        server.says(path, status, Location=target)
    server.says(paths[-1], 200, ICS)

    assert feed(server.address(paths[0]), tmp_path).fetch(NIGHT, None).moved_to == ""


def test_gone_is_said_as_such(server, tmp_path):
    """Unlike a 404, nobody expects it back."""
    server.says("/events.ics", 410)

    with pytest.raises(SourceGone) as gone:
        feed(server.address(), tmp_path).fetch(NIGHT, None)
    assert gone.value.code == "gone"


def md5(body):
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def sha256(body):
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


@pytest.mark.parametrize("headers", [{"Content_MD5": md5(b"x")}, {"Content_Digest": f"{sha256(b'x')}, unknown=:eA==:"}])
def test_what_is_not_what_was_announced_is_not_believed(server, tmp_path, headers):
    """A cache that mixes two answers, or cuts one, would withdraw what it left out."""
    server.says("/events.ics", 200, ICS, **headers)

    with pytest.raises(SourceUnreachable, match="digest"):
        feed(server.address(), tmp_path).fetch(NIGHT, None)


@pytest.mark.parametrize(
    "headers",
    [{"Content_MD5": md5(ICS)}, {"Content_Digest": sha256(ICS)}, {"Content_MD5": "nonsense"},
     {"Content_Digest": "sha-256=nonsense, =, ::"}],
)  # fmt: skip
def test_what_is_as_announced_is_read(server, tmp_path, headers):
    """And an announcement that says nothing refuses nothing."""
    server.says("/events.ics", 200, ICS, **headers)

    assert feed(server.address(), tmp_path).fetch(NIGHT, None).body == ICS


@pytest.mark.parametrize("of", ["packed", "unpacked"])
def test_a_digest_may_be_of_the_packed_bytes_or_of_the_others(server, tmp_path, of):
    """The standard says packed; servers behind a packing proxy say the other."""
    packed = gzip.compress(ICS)
    server.says(
        "/events.ics", 200, packed, Content_Encoding="gzip", Content_MD5=md5({"packed": packed, "unpacked": ICS}[of])
    )

    assert feed(server.address(), tmp_path).fetch(NIGHT, None).body == ICS
