"""What every source of a calendar must do, whatever it is made of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import dav_servers
import pytest

from calendar_sync.errors import SourceOversize, SourceRefused
from calendar_sync.roster import Calendar, Limits
from calendar_sync.sources import CalendarSource, Payload
from calendar_sync.sources.caldav import CalDavSource
from calendar_sync.sources.choosing import source_of
from calendar_sync.sources.folder import FolderSource
from calendar_sync.sources.http_feed import HttpFeed

NIGHT = date(2007, 10, 15)
GABORONE = b"BEGIN:VCALENDAR\r\nX-WR-CALNAME:Gaborone\r\nEND:VCALENDAR\r\n"
LOBATSE = GABORONE.replace(b"Gaborone", b"Lobatse")
_MARKS = re.compile(rb"X-OUTREACH-(?:HREF|ETAG):.*\r\n")


@dataclass
class Published:
    """A source, and the ways in which its publisher may surprise us."""

    source: CalendarSource
    publish: Callable[[bytes], None]
    remove: Callable[[], None]

    def body(self, payload: Payload) -> bytes:
        """What the publisher wrote, without the marks that CalDAV members are told apart by."""
        return _MARKS.sub(b"", payload.body)


def of_size(size: int) -> bytes:
    """A calendar of just so many bytes."""
    return GABORONE.replace(b"Gaborone", b"G" * (size - len(GABORONE) + len(b"Gaborone")))


@pytest.fixture(params=["folder", "http", "caldav"])
def published(request, tmp_path, server) -> Iterator[Published]:
    if request.param == "caldav":
        with dav_servers.scripted() as dav:
            yield at_caldav(dav, tmp_path)
        return
    yield in_files(tmp_path) if request.param == "folder" else at_http(server, tmp_path)


def at_caldav(dav: dav_servers.ScriptedDav, tmp_path) -> Published:
    calendar = Calendar("unoda", "UNODA", dav.address(), private_network=True, limits=Limits(bytes=1000))

    def publish(body: bytes) -> None:
        digest = hashlib.sha256(body).hexdigest()
        dav.members, dav.token = {"events.ics": (f'"{digest}"', body.decode())}, f"urn:{digest}"

    def remove() -> None:
        dav.instead = dict.fromkeys(("list", "look", "sync", "query", "multiget"), lambda body: (404, ""))

    return Published(CalDavSource(calendar, tmp_path), publish, remove)


def in_files(tmp_path) -> Published:
    file = tmp_path / "events.ics"
    calendar = Calendar("unoda", "UNODA", "events.ics", limits=Limits(bytes=1000))
    return Published(FolderSource(calendar, tmp_path), file.write_bytes, file.unlink)


def at_http(server, tmp_path) -> Published:
    calendar = Calendar("unoda", "UNODA", server.address(), private_network=True, limits=Limits(bytes=1000))

    def publish(body: bytes) -> None:
        etag = f'"{hashlib.sha256(body).hexdigest()}"'

        def answer(handler) -> None:
            same = handler.headers.get("If-None-Match") == etag
            handler.send_response(304 if same else 200)
            handler.send_header("ETag", etag)
            handler.send_header("Content-Length", "0" if same else str(len(body)))
            handler.end_headers()
            if not same:
                handler.wfile.write(body)

        server.answers["/events.ics"] = answer

    return Published(HttpFeed(calendar, tmp_path), publish, lambda: server.answers.clear())


def test_what_was_published_is_fetched_whole(published):
    """A calendar is read from its bytes; a changed byte is another calendar."""
    published.publish(GABORONE)

    payload = published.source.fetch(NIGHT, None)

    assert payload is not None
    assert published.body(payload) == GABORONE
    assert payload.name.endswith(".ics")
    assert published.source.calendar == "unoda"


def test_nothing_new_is_none(published):
    """An unchanged calendar costs its publisher nothing."""
    published.publish(GABORONE)
    first = published.source.fetch(NIGHT, None)
    assert first is not None

    assert published.source.fetch(NIGHT, first) is None


def test_a_change_is_fetched_in_spite_of_validators(published):
    """A changed calendar must never be taken for the one we have."""
    published.publish(GABORONE)
    first = published.source.fetch(NIGHT, None)
    assert first is not None
    published.publish(LOBATSE)

    second = published.source.fetch(NIGHT, first)

    assert second is not None
    assert published.body(second) == LOBATSE


def test_a_calendar_that_is_not_there_is_refused(published):
    """Trying again will not bring it back; somebody must write to the organisation."""
    published.publish(GABORONE)
    published.remove()

    with pytest.raises(SourceRefused) as refused:
        published.source.fetch(NIGHT, None)

    assert "unoda" in str(refused.value)
    assert not refused.value.worth_another_try


def test_more_than_the_limit_is_refused_as_oversize(published):
    """A calendar without end may not fill the disk."""
    published.publish(of_size(1001))

    with pytest.raises(SourceOversize):
        published.source.fetch(NIGHT, None)


def test_exactly_the_limit_is_read(published):
    """The limit is what a calendar may have, not what it may not."""
    published.publish(of_size(1000))

    assert published.source.fetch(NIGHT, None) is not None


def test_a_source_is_chosen_by_the_look_of_its_address(tmp_path):
    """One setting in the roster says it all."""
    assert isinstance(source_of(Calendar("a", "A", "calendars/a.ics"), tmp_path), FolderSource)
    assert isinstance(source_of(Calendar("a", "A", "webcal://example.org/a.ics"), tmp_path), HttpFeed)
    assert isinstance(source_of(Calendar("a", "A", "caldavs://example.org/ana/"), tmp_path), CalDavSource)
