"""CalDAV servers that attack: entities in their XML, and other people's credentials."""

from __future__ import annotations

from datetime import date

import dav_servers
import pytest
from dav_servers import multistatus

from calendar_sync.errors import SourceOversize, SourceRefused
from calendar_sync.roster import Calendar, Limits
from calendar_sync.sources.caldav import CalDavSource
from calendar_sync.sources.hosts import Hosts

NIGHT = date(2007, 10, 15)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

DOCTYPES = {
    "file": '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "http": '<!DOCTYPE d [<!ENTITY x SYSTEM "{out}">]>',
    "external": '<!DOCTYPE d SYSTEM "{out}">',
    "parameter": '<!DOCTYPE d [<!ENTITY % p SYSTEM "{out}"> %p;]>',
    "laughs": f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}<!ENTITY x "&l9;">]>',
    "quadratic": f'<!DOCTYPE d [<!ENTITY x "{"a" * 50_000}">]>',
    "after-comment": '<!-- a --><?a b?>\n<!DOCTYPE d [<!ENTITY x SYSTEM "{out}">]>',
    "behind-a-letter": '<\x01!DOCTYPE d [<!ENTITY x SYSTEM "{out}">]>',
}


def source_at(address, tmp_path, **given):
    return CalDavSource(Calendar("unoda", "UNODA", address, private_network=True, **given), tmp_path, hosts=Hosts())


@pytest.fixture
def dav():
    with dav_servers.scripted() as server:
        server.members = {
            "1.ics": ('"1"', "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
        }
        yield server


@pytest.mark.fault("T15")
@pytest.mark.parametrize("kind", DOCTYPES)
def test_a_document_type_is_refused_before_it_is_parsed(dav, server, tmp_path, kind, record_property):
    """Files of this machine, requests from inside its network, a full memory: all begin with a DOCTYPE."""
    first = source_at(dav.address(), tmp_path).fetch(NIGHT, None)
    declared = DOCTYPES[kind].replace("{out}", server.address("/evil.dtd"))
    whole = multistatus("<d:response><d:href>&x;</d:href></d:response>", "t2")
    head, _, rest = whole.partition("?>")
    attack = f"{head}?>{declared}{rest}"
    for asked in ("list", "look", "sync", "query", "multiget"):
        dav.instead[asked] = lambda body: (207, attack)

    for stored in (None, first):
        with pytest.raises(SourceRefused, match=r"document type|no XML in UTF-8"):
            source_at(dav.address(), tmp_path).fetch(NIGHT, stored)

    assert server.asked == []
    if kind == "http":
        record_property("measured", f"{len(server.asked)} outbound fetches")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-7", "cp037", "utf-32"])
def test_another_encoding_hides_no_document_type(dav, server, tmp_path, encoding):
    """A look at the bytes finds nothing in UTF-16; libxml2 does."""
    declared = f'<!DOCTYPE d SYSTEM "{server.address("/evil.dtd")}"><d/>'
    attack = f'<?xml version="1.0" encoding="{encoding}"?>{declared}'.encode(encoding)
    dav.instead["list"] = lambda body: (207, attack)

    with pytest.raises(SourceRefused):
        source_at(dav.address(), tmp_path).fetch(NIGHT, None)

    assert server.asked == []


def test_a_doctype_inside_an_event_is_only_text(dav, tmp_path):
    """Descriptions are pasted from web pages."""
    dav.members["1.ics"] = (
        '"1"',
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDESCRIPTION:<!DOCTYPE html>\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    )

    assert b"<!DOCTYPE html>" in source_at(dav.address(), tmp_path).fetch(NIGHT, None).body


def test_an_endless_multistatus_is_stopped(dav, tmp_path):
    """XML without end fills a memory like any other answer."""
    dav.instead["list"] = lambda body: (207, multistatus("<d:response/>" * 100_000))

    with pytest.raises(SourceOversize):
        source_at(dav.address(), tmp_path, limits=Limits(bytes=10_000)).fetch(NIGHT, None)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_server_takes_no_password_along(dav, tmp_path, status):
    """Whoever can redirect us must not learn the password by it."""
    with dav_servers.scripted() as other:
        other.members = dav.members
        dav.headers = {"Location": other.address(scheme="http")}
        for kind in ("list", "multiget"):
            dav.instead[kind] = lambda body: (status, "")

        payload = source_at(dav.address(), tmp_path, username="ana", password="pw-4711").fetch(NIGHT, None)

    assert all("authorization" in headers for headers in dav.heard)
    assert other.heard
    assert not any("authorization" in headers for headers in other.heard)
    assert (payload.moved_to != "") == (status in (301, 308))


def test_a_home_on_another_server_is_named_not_visited(dav, tmp_path):
    """Some providers keep calendars on another host: the roster must name it, so that its password goes there."""
    elsewhere = "<c:calendar-home-set><d:href>https://p34.example.org/ana/</d:href></c:calendar-home-set>"
    dav.instead["list"] = lambda body: (207, multistatus(dav.own(kinds="<d:principal/>")))
    dav.instead["look"] = lambda body: (207, multistatus(dav_servers.response(dav.path, elsewhere)))

    with pytest.raises(SourceRefused, match=r"p34\.example\.org"):
        source_at(dav.address(), tmp_path).fetch(NIGHT, None)


def test_a_private_address_needs_the_word_of_the_roster(dav, tmp_path):
    """CalDAV goes through the same door as every feed."""
    source = CalDavSource(Calendar("unoda", "UNODA", dav.address()), tmp_path, hosts=Hosts())

    with pytest.raises(SourceRefused, match="private_network"):
        source.fetch(NIGHT, None)
    assert dav.asked == []
