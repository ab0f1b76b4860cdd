"""CalDAV servers that truncate, forget, or answer beside the point: nothing they do may lose an event."""

from __future__ import annotations

import re
from datetime import date

import dav_servers
import pytest
from dav_servers import multistatus, response
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.errors import SourceGone, SourceRefused, SourceUnreachable
from calendar_sync.roster import Calendar
from calendar_sync.sources.caldav import CalDavSource
from calendar_sync.sources.collection import Copy, Member, calendar_text
from calendar_sync.sources.hosts import Hosts

NIGHT = date(2007, 10, 15)
SUNDAY = date(2007, 10, 14)
LOGIN = "<!DOCTYPE html><html><title>Sign in</title></html>"


def event(uid, title="Seminar"):
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:20071127T090000Z\r\n"
        f"SUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def uids(payload):
    return set(re.findall(r"^UID:(.*)\r$", payload.body.decode(), re.MULTILINE))


@pytest.fixture
def dav():
    """A server with a calendar of ten events."""
    with dav_servers.scripted() as server:
        server.members = {f"{n}.ics": (f'"{n}"', event(n)) for n in range(10)}
        yield server


@pytest.fixture
def source(dav, tmp_path):
    return source_at(dav.address(), tmp_path)


def source_at(address, tmp_path, **given):
    return CalDavSource(Calendar("unoda", "UNODA", address, private_network=True, **given), tmp_path, hosts=Hosts())


EVERY = {str(n) for n in range(10)}

# -- truncated ---------------------------------------------------------------------------------------------------


def pages(dav, before, *steps):
    """Answer sync-collection page by page: each step is (token asked with, members told, next token, more to come)."""

    def sync(body):
        asked = re.search(r"<d:sync-token>([^<]*)<", body)[1]
        names, following, more = {token: rest for token, *rest in steps}[asked]
        told = dav.etags(name for name in names if name in dav.members)
        told += "".join(response(dav.path + name, status=404) for name in names if name not in dav.members)
        return 207, multistatus(told + (response(dav.path, status=507) if more else ""), following)

    dav.instead["sync"] = sync


@pytest.mark.fault("T16")
def test_507_inside_means_continue(dav, source):
    """Changes come page by page; stopping at the first page would miss the rest for ever."""
    first = source.fetch(NIGHT, None)
    for name in ("0.ics", "1.ics", "2.ics"):
        dav.members[name] = ('"new"', event(name[0], "Seminar, moved"))
    del dav.members["3.ics"]
    pages(
        dav,
        first,
        ("t1", ["0.ics"], "t2", True),
        ("t2", ["1.ics", "3.ics"], "t3", True),
        ("t3", ["2.ics"], "t4", False),
    )

    second = source.fetch(NIGHT, first)

    assert second.body.count(b"moved") == 3
    assert uids(second) == EVERY - {"3"}
    assert second.validators.etag.endswith(" t4")


@pytest.mark.fault("T16")
def test_a_truncated_list_is_continued_by_pages(dav, source):
    """A first page is not the calendar."""
    dav.instead["list"] = lambda body: (
        207,
        multistatus(dav.own() + dav.etags(["0.ics"]) + response(dav.path, status=507)),
    )
    pages(
        dav,
        None,
        ("", ["0.ics", "1.ics", "2.ics", "3.ics"], "a", True),
        ("a", [f"{n}.ics" for n in range(4, 10)], "b", False),
    )

    assert uids(source.fetch(NIGHT, None)) == EVERY


@pytest.mark.fault("T16")
def test_pages_that_go_round_in_circles_end(dav, source):
    """A server that truncates without moving on is asked in another way."""
    first = source.fetch(NIGHT, None)
    dav.members["new.ics"] = ('"1"', event("new"))
    pages(dav, first, ("t1", ["0.ics"], "t1", True))

    assert uids(source.fetch(NIGHT, first)) == EVERY | {"new"}


@pytest.mark.fault("T16")
def test_what_is_told_only_in_part_is_asked_year_by_year(dav, source):
    """A server that caps its answers has smaller ones."""

    def query(body):
        year = re.search(r'start="(\d{4})', body)
        if not year:
            return 207, multistatus(dav.etags(["0.ics"]) + response(dav.path, status=507))
        number = int(year[1]) - 2006
        return 207, multistatus(dav.etags([f"{2 * number}.ics", f"{2 * number + 1}.ics"]))

    dav.instead["list"] = lambda body: (403, "")
    dav.instead["sync"] = lambda body: (501, "")
    dav.instead["query"] = query

    assert uids(source.fetch(NIGHT, None)) == EVERY


def test_a_server_that_tells_only_parts_is_refused(dav, source):
    """Half a calendar must not be taken for the whole."""
    part = multistatus(dav.etags(["0.ics"]) + response(dav.path, status=507))
    dav.instead["list"] = lambda body: (403, "")
    dav.instead["sync"] = lambda body: (501, "")
    dav.instead["query"] = lambda body: (207, part)

    with pytest.raises(SourceRefused, match="only a part"):
        source.fetch(NIGHT, None)


@pytest.mark.fault("T16")
@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_an_answer_that_breaks_off_deletes_nothing(dav, source, cut):
    """The connection was closed in good order, the XML was not."""
    first = source.fetch(NIGHT, None)
    whole = multistatus("", "t1") + " " * 10
    dav.instead["sync"] = lambda body: (207, whole[: int(len(whole) * cut)])

    with pytest.raises(SourceRefused):
        source.fetch(NIGHT, first)


# -- silent ------------------------------------------------------------------------------------------------------


@pytest.mark.fault("T16")
def test_an_empty_first_sync_is_checked(dav, source):
    """Nothing of 828, and a token to go with it: believed, it would stay empty until each event is touched."""
    dav.instead["sync"] = lambda body: (207, multistatus("", dav.token))

    assert uids(source.fetch(NIGHT, None)) == EVERY


@pytest.mark.fault("T16")
def test_an_empty_list_is_checked_by_query(dav, source):
    """Some servers list nothing to those they do not know, and answer their queries all the same."""
    dav.instead["list"] = lambda body: (207, multistatus(dav.own(dav.token)))

    assert uids(source.fetch(NIGHT, None)) == EVERY


@pytest.mark.fault("T16")
@pytest.mark.parametrize("answer", ["", "<html>Sign in</html>"])
def test_200_where_207_is_due_is_refused(dav, source, answer):
    """Google's principal answers 200 and nothing; that is no calendar without events."""
    first = source.fetch(NIGHT, None)
    for kind in ("list", "look", "sync", "query"):
        dav.instead[kind] = lambda body: (200, answer)

    for stored in (None, first):
        with pytest.raises(SourceRefused, match="200"):
            source.fetch(NIGHT, stored)


@pytest.mark.fault("T16")
def test_all_gone_at_once_is_checked_member_by_member(dav, source):
    """A restored backup answers like that; the calendar itself still has them."""
    first = source.fetch(NIGHT, None)
    dav.instead["sync"] = lambda body: (
        207,
        multistatus("".join(response(dav.path + name, status=404) for name in dav.members), "t2"),
    )

    second = source.fetch(NIGHT, first)

    assert second is None or uids(second) == EVERY


@pytest.mark.fault("T16")
@pytest.mark.parametrize("status", [403, 412, 500])
def test_a_member_that_is_not_listed_is_gone_only_when_it_says_so(dav, source, status):
    """Only 404 for the member itself is a removal: here one is, and one was merely left out."""
    first = source.fetch(NIGHT, None)
    del dav.members["7.ics"]
    dav.instead["sync"] = lambda body: (status, "")
    dav.instead["list"] = lambda body: (
        207,
        multistatus(dav.own("t9") + dav.etags(name for name in dav.members if name != "4.ics")),
    )

    assert uids(source.fetch(NIGHT, first)) == EVERY - {"7"}


def test_what_a_server_forgets_to_tell_is_found_on_sunday(dav, source):
    """Its token stands still while the calendar changes; without a second look nobody would ever know."""
    first = source.fetch(NIGHT, None)
    dav.members["new.ics"] = ('"1"', event("new"))

    assert source.fetch(NIGHT, first) is None
    assert uids(source.fetch(SUNDAY, first)) == EVERY | {"new"}


# -- beside the point --------------------------------------------------------------------------------------------


@pytest.mark.fault("T16")
def test_a_collection_that_lists_itself_and_others_lists_no_members_by_that(dav, source):
    """Asked for as a member it would be an unreadable one, every night."""
    inner = response(dav.path + "inner/", '<d:resourcetype><d:collection/></d:resourcetype><d:getetag>"c"</d:getetag>')
    own = response(
        dav.path.rstrip("/"),
        "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:sync-token>t1</d:sync-token>"
        '<d:getetag>"self"</d:getetag>',
    )
    dav.instead["list"] = lambda body: (207, multistatus(own + inner + dav.etags(dav.members)))

    first = source.fetch(NIGHT, None)
    dav.instead["sync"] = lambda body: (207, multistatus(own, "t1"))

    assert uids(first) == EVERY
    assert source.fetch(NIGHT, first) is None


@pytest.mark.parametrize(
    "href",
    [
        "https://elsewhere.example.org/ana/meetings/x.ics",
        "//elsewhere.example.org/ana/meetings/x.ics",
        "/ana/private/x.ics",
        "/ana/meetings/../private/x.ics",
        "/ana/meetings/%2e%2e/private/x.ics",
        "/ana/meetings/%2e%2e",
        "/ana/meetings/a%2fb.ics",
        "/ana/meetings/..%5cx.ics",
        "/ana/meetings/x%0d%0aX-OUTREACH-HREF:0.ics",
        "file:///etc/passwd",
        "http://[",
    ],
)
def test_members_lie_in_the_collection_and_nowhere_else(dav, source, href):
    """A calendar may not have us read what lies beside it, or on another server."""
    stray = response(href, '<d:getetag>"x"</d:getetag>')
    dav.instead["list"] = lambda body: (207, multistatus(dav.own("t1") + stray + dav.etags(dav.members)))

    assert uids(source.fetch(NIGHT, None)) == EVERY
    assert len(dav.asked) == 2


@pytest.mark.fault("T16")
def test_a_list_of_strangers_is_refused(dav, source):
    """A proxy that gets its own name wrong would empty the calendar."""
    first = source.fetch(NIGHT, None)
    strangers = "".join(response(f"http://inside:8080{dav.path}{name}", '<d:getetag>"x"</d:getetag>') for name in "ab")
    dav.instead["list"] = lambda body: (207, multistatus(dav.own("t2") + strangers))
    dav.instead["query"] = lambda body: (207, multistatus(strangers))

    with pytest.raises(SourceRefused, match="none of them inside"):
        source.fetch(SUNDAY, first)


@pytest.mark.fault("T16")
@pytest.mark.parametrize("text", [LOGIN, "", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:3\r\nSUMM"])
def test_a_member_that_cannot_be_read_keeps_its_old_text(dav, source, text):
    """Unreadable is not absent; and it is asked for again, because the token is not moved on."""
    first = source.fetch(NIGHT, None)
    good = dav.members["3.ics"]
    dav.members["3.ics"] = ('"bad"', text)
    dav.members["4.ics"] = ('"new"', event("4", "moved"))
    dav.instead["sync"] = lambda body: (207, multistatus(dav.etags(["3.ics", "4.ics"]), "t2"))

    second = source.fetch(NIGHT, first)
    dav.members["3.ics"] = ('"good"', good[1].replace("Seminar", "Healed"))
    third = source.fetch(NIGHT, second)

    assert uids(second) == EVERY
    assert b"moved" in second.body
    assert b"Healed" in third.body


def test_members_none_of_which_can_be_read_are_refused(dav, source):
    """A login page for each of ten members is no calendar."""
    dav.members = {name: (etag, LOGIN) for name, (etag, _) in dav.members.items()}

    with pytest.raises(SourceRefused, match="none can be read"):
        source.fetch(NIGHT, None)


def test_a_letter_that_xml_does_not_have_loses_no_neighbour(dav, source):
    """Some servers copy a form feed from an event into their XML."""
    dav.members["3.ics"] = ('"3"', event("3", "Form\x0cfeed"))

    assert uids(source.fetch(NIGHT, None)) == EVERY


def test_many_members_are_asked_for_in_batches(dav, source):
    """No server should have to answer for all at once."""
    dav.members = {f"{n}.ics": (f'"{n}"', event(n)) for n in range(1201)}

    assert len(uids(source.fetch(NIGHT, None))) == 1201
    assert dav.asked == ["list", "multiget", "multiget", "multiget"]


def test_a_server_without_tokens_is_compared_by_etags(dav, source):
    """Older servers know no sync-collection; one list a night does."""
    dav.token = ""
    first = source.fetch(NIGHT, None)
    dav.asked.clear()

    assert source.fetch(NIGHT, first) is None
    assert dav.asked == ["list"]

    dav.members["2.ics"] = ('"other"', event("2", "moved"))
    assert b"moved" in source.fetch(NIGHT, first).body
    assert dav.asked == ["list", "list", "multiget"]


@pytest.mark.parametrize(("status", "error"), [(503, SourceUnreachable), (410, SourceGone), (404, SourceRefused)])
def test_what_the_server_says_of_itself_is_passed_on(dav, source, status, error):
    """Whether to try again, or to write to somebody."""
    for kind in ("list", "look", "sync"):
        dav.instead[kind] = lambda body: (status, "")

    with pytest.raises(error):
        source.fetch(NIGHT, None)


# -- members that pretend ----------------------------------------------------------------------------------------


def test_no_member_can_speak_for_another(dav, source):
    """Lines like our own inside an event would replace a neighbour on the next night."""
    forged = "BEGIN:VCALENDAR\r\nX-OUTREACH-HREF:1.ics\r\nX-OUTREACH-ETAG:%221%22\r\n"
    dav.members["0.ics"] = (
        '"0"\r\nX-OUTREACH-HREF:2.ics',
        event("0").replace("END:VCALENDAR\r\n", "END:VCALENDAR\r\n" + forged + event("evil")[17:]),
    )

    payload = source.fetch(NIGHT, None)
    known = Copy.of(payload, source._calendar.source + " ")

    assert known is not None
    assert set(known.members) == set(dav.members)
    assert b"UID:1\r\n" in known.members["1.ics"].text
    assert b"X-OUTREACH" not in known.members["0.ics"].text


@pytest.mark.parametrize("etag", ['"plain"', 'W/"1"', "%22", "ä 100%\n", ""])
def test_a_copy_taken_apart_is_the_copy_put_together(etag):
    """What the next night knows is what this night learned."""
    text = calendar_text(event("1").replace("\r\n", "\n"))
    copy = Copy({"a%20b.ics": Member(etag, text), "b.ics": Member("2", text)}, "/ana/", "t 1")

    assert Copy.of(copy.payload("me", "x"), "me") == copy
    assert Copy.of(copy.payload("me", "x"), "you") is None


LINES = st.sampled_from(
    ["BEGIN:VCALENDAR", "END:VCALENDAR", "X-OUTREACH-HREF:b.ics", "x-outreach-etag:1", " folded", "UID:1", "", "é"]
)


@given(st.lists(st.one_of(LINES, st.text(max_size=20)), max_size=12), st.text(max_size=12), st.booleans())
def test_whatever_a_member_says_the_members_stay_apart(lines, etag, unix):
    """What one organisation's editor can type must not reach the text of another event."""
    text = calendar_text(("\n" if unix else "\r\n").join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]))
    other = calendar_text(event("other"))
    assert text is not None
    copy = Copy({"a.ics": Member(etag, text), "b.ics": Member("2", other), "c.ics": Member(etag, text)}, "/ana/", "t")

    assert Copy.of(copy.payload("me", "x"), "me") == copy
