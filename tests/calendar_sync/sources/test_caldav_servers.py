"""Calendars kept at real CalDAV servers, Radicale and xandikos: what changes there is what we come to know."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date

import dav_servers
import pytest

from calendar_sync.errors import SourceOversize, SourceRefused
from calendar_sync.reading import kinds
from calendar_sync.roster import Calendar, Limits
from calendar_sync.sources.caldav import CalDavSource
from calendar_sync.sources.hosts import Hosts

NIGHT = date(2007, 10, 15)
SUNDAY = date(2007, 10, 14)
EVENT = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//UNODA//EN\r\nBEGIN:VEVENT\r\nUID:{uid}@example.org\r\n"
    "DTSTAMP:20070901T080000Z\r\nDTSTART:20071127T090000Z\r\nDTEND:20071128T160000Z\r\nSUMMARY:{title}\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def event(uid, title="Seminar in Gaborone"):
    return EVENT.format(uid=uid, title=title)


@pytest.fixture(params=dav_servers.SERVERS)
def dav(request, tmp_path):
    """A server with a calendar of seven events."""
    with dav_servers.running(request.param, tmp_path / "dav") as server:
        server.make("meetings", called="Meetings of UNODA")
        for number in range(7):
            server.put(f"meetings/{number}.ics", event(number))
        yield server


@pytest.fixture(params=dav_servers.SERVERS)
def locked(request, tmp_path):
    """A server that asks for a password, with a calendar of one event."""
    with dav_servers.running(request.param, tmp_path / "dav", password=True) as server:
        server.make("meetings")
        server.put("meetings/1.ics", event(1))
        yield server


def source_at(address, tmp_path, **given):
    return CalDavSource(Calendar("unoda", "UNODA", address, private_network=True, **given), tmp_path, hosts=Hosts())


def uids(payload):
    read = kinds.read(payload, Calendar("unoda", "UNODA", ""), (date(2007, 1, 1), date(2009, 1, 1)))
    assert not [problem for problem in read.problems if problem.lost]
    return {listing.key.uid.partition("@")[0] for listing in read.listings}


def test_the_first_fetch_holds_every_event(dav, tmp_path):
    """The reader is given one whole calendar, as from any other source."""
    payload = source_at(dav.address("meetings/"), tmp_path).fetch(NIGHT, None)

    assert uids(payload) == {"0", "1", "2", "3", "4", "5", "6"}
    assert payload.media_type == "text/calendar"


@pytest.mark.parametrize("night", [NIGHT, SUNDAY])
def test_no_change_is_none_and_one_request(dav, tmp_path, night):
    """Most nights nothing changes; that must cost the publisher next to nothing."""
    source = source_at(dav.address("meetings/"), tmp_path)
    first = source.fetch(NIGHT, None)

    with dav.noted() as asked:
        assert source.fetch(night, first) is None

    assert len(asked) == 1


def test_a_calendar_found_from_afar_is_one_request_too(dav, tmp_path):
    """Where it was found is remembered: looking for it again every night would be three requests more."""
    source = source_at(dav.address(), tmp_path)
    first = source.fetch(NIGHT, None)

    with dav.noted() as asked:
        assert source.fetch(NIGHT, first) is None

    assert len(asked) == 1


@pytest.mark.parametrize("night", [NIGHT, SUNDAY])
def test_added_changed_and_deleted_are_told_apart(dav, tmp_path, night):
    """Only what changed is asked for, and the rest stands as it was."""
    source = source_at(dav.address("meetings/"), tmp_path)
    first = source.fetch(NIGHT, None)
    dav.put("meetings/new.ics", event("new"))
    dav.put("meetings/3.ics", event(3, "Seminar in Lobatse"))
    dav.delete("meetings/5.ics")

    second = source.fetch(night, first)

    assert uids(second) == {"0", "1", "2", "3", "4", "6", "new"}
    assert second.body.count(b"Seminar in Lobatse") == 1
    assert source.fetch(NIGHT, second) is None


def test_incremental_and_whole_are_the_same_bytes(dav, tmp_path):
    """How a calendar was obtained must not be seen in it."""
    source = source_at(dav.address("meetings/"), tmp_path)
    first = source.fetch(NIGHT, None)
    dav.put("meetings/3.ics", event(3, "Seminar in Lobatse"))
    dav.delete("meetings/0.ics")

    assert source.fetch(NIGHT, first).body == source.fetch(NIGHT, None).body


@pytest.mark.fault("T16")
@pytest.mark.parametrize("garbage", [False, True])
def test_an_expired_token_recovers_with_deletions(dav, tmp_path, garbage):
    """403 at Radicale, 412 at xandikos: everything is compared, and what is gone is gone."""
    source = source_at(dav.address("meetings/"), tmp_path)
    first = source.fetch(NIGHT, None)
    if garbage:
        token = first.validators.etag.rpartition(" ")[2]
        first = replace(first, validators=replace(first.validators, etag=first.validators.etag.replace(token, "x1")))
    else:
        for cache in dav.folder.rglob(".Radicale.cache"):
            shutil.rmtree(cache)
        first = replace(
            first, validators=replace(first.validators, etag=first.validators.etag.rpartition(" ")[0] + " " + "0" * 40)
        )
    dav.delete("meetings/5.ics")
    dav.put("meetings/new.ics", event("new"))

    with dav.noted() as asked:
        second = source.fetch(NIGHT, first)

    assert asked[0][2] in (403, 412)
    assert uids(second) == {"0", "1", "2", "3", "4", "6", "new"}
    with dav.noted() as asked:
        assert source.fetch(NIGHT, second) is None
    assert len(asked) == 1


def test_an_emptied_calendar_is_empty_not_an_error(dav, tmp_path):
    """Whether that is believed is decided where all sources are judged alike."""
    source = source_at(dav.address("meetings/"), tmp_path)
    first = source.fetch(NIGHT, None)
    for number in range(7):
        dav.delete(f"meetings/{number}.ics")

    second = source.fetch(NIGHT, first)

    assert b"VEVENT" not in second.body
    assert second.body.startswith(b"BEGIN:VCALENDAR")


def test_a_token_without_its_body_is_not_used(dav, tmp_path):
    """With another body the token would promise events that we do not have."""
    source = source_at(dav.address("meetings/"), tmp_path)
    first = source.fetch(NIGHT, None)
    lost = replace(first, body=first.body[: len(first.body) // 2])

    assert source.fetch(NIGHT, lost).body == first.body


def test_the_stored_copy_of_another_address_is_not_used(dav, tmp_path):
    """After the roster names another calendar, the events of the first one must not stay."""
    dav.make("other")
    dav.put("other/0.ics", event("other"))
    first = source_at(dav.address("meetings/"), tmp_path).fetch(NIGHT, None)

    assert uids(source_at(dav.address("other/"), tmp_path).fetch(NIGHT, first)) == {"other"}


# -- finding the calendar ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["/", "/ana/", "", "meetings", "meetings/"])
def test_any_address_of_the_server_leads_to_the_calendar(locked, tmp_path, where):
    """People copy whatever address their own program shows."""
    source = source_at(locked.address(where), tmp_path, username="ana", password=dav_servers.PASSWORD)

    assert uids(source.fetch(NIGHT, None)) == {"1"}


def test_several_calendars_are_named_and_one_can_be_chosen(dav, tmp_path):
    """Guessing would publish somebody's private calendar; the error says what to write."""
    dav.make("private", called="Leave of absence")
    with pytest.raises(SourceRefused) as refused:
        source_at(dav.address(), tmp_path).fetch(NIGHT, None)

    assert "Meetings of UNODA" in str(refused.value)
    assert "Leave of absence" in str(refused.value)
    assert "outreach.toml" in str(refused.value)
    assert len(uids(source_at(dav.address() + "#Meetings%20of%20UNODA", tmp_path).fetch(NIGHT, None))) == 7
    assert len(uids(source_at(dav.address() + "#meetings", tmp_path).fetch(NIGHT, None))) == 7


@pytest.mark.fault("T16")
def test_an_address_book_is_refused(dav, tmp_path):
    """It lists members too, and none is an event: taken for a calendar, every event would be gone."""
    dav.make("people", "<A:addressbook/>")

    with pytest.raises(SourceRefused, match="address book"):
        source_at(dav.address("people/"), tmp_path).fetch(NIGHT, None)


@pytest.mark.fault("T16")
def test_a_list_of_tasks_is_refused(tmp_path):
    """It is a calendar in all but what it holds."""
    with dav_servers.running("radicale", tmp_path / "dav") as server:
        server.make("todo", tasks=True)
        with pytest.raises(SourceRefused, match="VTODO"):
            source_at(server.address("todo/"), tmp_path).fetch(NIGHT, None)


def test_a_calendar_that_moved_without_a_word_is_refused_or_found_again(dav, tmp_path):
    """From the address of the calendar nothing leads on; from the server's it is found under its new name."""
    near, far = source_at(dav.address("meetings/"), tmp_path), source_at(dav.address(), tmp_path)
    by_near, by_far = near.fetch(NIGHT, None), far.fetch(NIGHT, None)
    dav.delete("meetings/")
    dav.make("seminars")
    dav.put("seminars/0.ics", event("moved"))

    with pytest.raises(SourceRefused):
        near.fetch(NIGHT, by_near)
    assert uids(far.fetch(NIGHT, by_far)) == {"moved"}


# -- passwords and limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("password", ["", "wrong-4711"])
def test_a_wrong_password_is_refused_and_never_shown(locked, tmp_path, password):
    """Somebody must correct the roster; and errors are mailed."""
    given = {"username": "ana", "password": password} if password else {}

    with pytest.raises(SourceRefused, match="401") as refused:
        source_at(locked.address("meetings/"), tmp_path, **given).fetch(NIGHT, None)

    assert not refused.value.worth_another_try
    assert "4711" not in repr(refused.value) + str(refused.value)


def test_a_password_is_read_where_the_roster_points(locked, tmp_path, monkeypatch):
    """No secret stands in outreach.toml, and none in what is stored."""
    monkeypatch.setenv("DAV_USER", "ana")
    (tmp_path / "secret").write_text(dav_servers.PASSWORD + "\n", encoding="utf-8")

    source = source_at(locked.address("meetings/"), tmp_path, username="${DAV_USER}", password="${file:secret}")
    payload = source.fetch(NIGHT, None)

    assert uids(payload) == {"1"}
    assert dav_servers.PASSWORD not in repr(payload) + repr(source)


def test_the_limit_holds_for_the_members_together(dav, tmp_path):
    """A thousand small objects fill a disk like one large file."""
    with pytest.raises(SourceOversize):
        source_at(dav.address("meetings/"), tmp_path, limits=Limits(bytes=1000)).fetch(NIGHT, None)
