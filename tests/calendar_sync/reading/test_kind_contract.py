"""What every kind of calendar owes its callers. A new kind joins `GOOD` and passes."""

from __future__ import annotations

import gzip
import io
import json
import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

import docx
import openpyxl
import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from calendar_sync import roster
from calendar_sync.listings import Listing
from calendar_sync.reading import kinds
from calendar_sync.refresh import Outcome, refresh
from calendar_sync.roster import Calendar, Limits
from calendar_sync.sources import Payload
from calendar_sync.visibility import Visibility

UNREC = Calendar("unrec", "UNREC", "https://example.org/events", language="en")
NIGHT = date(2007, 10, 15)
WINDOW = (date(2007, 1, 1), date(2009, 1, 1))


@dataclass(frozen=True)
class Told:
    """One event that a calendar is to tell of."""

    uid: str
    title: str
    first: date
    last: date
    klass: str = ""


GABORONE = Told("gaborone-2007", "Workshop for African States", date(2007, 11, 27), date(2007, 11, 28))
ACCRA = Told("accra-2008", "Seminar in Accra", date(2008, 3, 4), date(2008, 3, 5))
AMMAN = Told("amman-2008", "Regional seminar", date(2008, 9, 1), date(2008, 9, 2))
THREE = (GABORONE, ACCRA, AMMAN)


# -- the same events in every kind ---------------------------------------------------------------------------------


def ics(events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for event in events:
        end = event.last + timedelta(days=1)
        lines += [
            "BEGIN:VEVENT", f"UID:{event.uid}", f"SUMMARY:{event.title}", f"DTSTART;VALUE=DATE:{event.first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{end:%Y%m%d}", *([f"CLASS:{event.klass}"] if event.klass else []), "END:VEVENT",
        ]  # fmt: skip
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def rows(events):
    yield ["id", "title", "start", "end"]
    for event in events:
        yield [event.uid, event.title, event.first.isoformat(), event.last.isoformat()]


def csv(events):
    return "".join(",".join(row) + "\n" for row in rows(events)).encode()


def xlsx(events):
    book = openpyxl.Workbook()
    for row in rows(events):
        book.active.append(row)
    return saved(book.save)


def ods(events):
    book = OpenDocumentSpreadsheet()
    table = Table(name="Events")
    for row in rows(events):
        line = TableRow()
        for text in row:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=text))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    return saved(book.write)


def document(events):
    lines = list(rows(events))
    file = docx.Document()
    table = file.add_table(rows=len(lines), cols=4)
    for line, row in zip(table.rows, lines, strict=True):
        for cell, text in zip(line.cells, row, strict=True):
            cell.text = text
    return saved(file.save)


def saved(save):
    file = io.BytesIO()
    save(file)
    return file.getvalue()


def html(events):
    nodes = [
        {
            "@context": "https://schema.org", "@type": "Event", "@id": event.uid, "name": event.title,
            "startDate": event.first.isoformat(), "endDate": event.last.isoformat(),
        }
        for event in events
    ]  # fmt: skip
    script = f'<script type="application/ld+json">{json.dumps(nodes)}</script>'
    return f"<!doctype html><html><head><title>Events</title>{script}</head><body></body></html>".encode()


def indico(events):
    zone = "Africa/Gaborone"
    results = [
        {
            "_type": "Conference", "id": event.uid, "title": event.title,
            "startDate": {"date": event.first.isoformat(), "time": "09:00:00", "tz": zone},
            "endDate": {"date": event.last.isoformat(), "time": "17:00:00", "tz": zone},
            "hasAnyProtection": bool(event.klass),
        }
        for event in events
    ]  # fmt: skip
    whole = {"count": len(results), "_type": "HTTPAPIResult", "complete": True, "results": results}
    return json.dumps(whole).encode()


def jscalendar(events):
    entries = [
        {
            "@type": "Event", "uid": event.uid, "title": event.title, "start": f"{event.first}T00:00:00",
            "showWithoutTime": True, "duration": f"P{(event.last - event.first).days + 1}D",
            **({"privacy": event.klass.lower()} if event.klass else {}),
        }
        for event in events
    ]  # fmt: skip
    return json.dumps({"@type": "Group", "entries": entries}).encode()


def feed(events):
    items = "".join(
        f'<item><title>{event.title}</title><guid isPermaLink="false">{event.uid}</guid>'
        f"<pubDate>Mon, 01 Jan 2007 10:00:00 GMT</pubDate><ev:startdate>{event.first}</ev:startdate>"
        f"<ev:enddate>{event.last}</ev:enddate>"
        + (f"<x:class>{event.klass}</x:class>" if event.klass else "")
        + "</item>"
        for event in events
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:ev="http://purl.org/rss/1.0/modules/event/" '
        f'xmlns:x="urn:ietf:params:xml:ns:xcal"><channel><title>Events</title>{items}</channel></rss>'
    ).encode()


GOOD = {
    "ics": ics, "csv": csv, "xlsx": xlsx, "ods": ods, "docx": document, "html": html, "indico": indico,
    "jscalendar": jscalendar, "feed": feed,
}  # fmt: skip
WITH_CLASS = ("ics", "indico", "jscalendar", "feed")
every_kind = pytest.mark.parametrize("kind", roster.KINDS)


def read(kind, body, calendar=UNREC, window=None, **of):
    return kinds.read(Payload(body, **of), replace(calendar, kind=kind), window)


def facts(reading):
    return [(listing.key, listing.title, listing.span, listing.start, listing.end) for listing in reading.listings]


# -- the contract --------------------------------------------------------------------------------------------------


def test_the_roster_and_the_registry_name_the_same_kinds():
    """What the roster allows must be readable, and what is readable must be allowed."""
    assert tuple(kind.name for kind in kinds.KINDS) == roster.KINDS == tuple(GOOD)


@every_kind
def test_the_same_events_are_read_from_every_kind(kind):
    """Nobody need care how an organisation publishes."""
    reading = read(kind, GOOD[kind](THREE))

    assert reading.is_calendar
    assert [(one.title, one.span.earliest, one.span.latest) for one in reading.listings] == [
        (event.title, event.first, event.last) for event in THREE
    ]
    assert not [problem for problem in reading.problems if problem.lost and problem.code != "latest-entries-only"]
    for listing in reading.listings:
        assert (listing.organisation, listing.visibility, listing.language) == ("UNREC", Visibility.PUBLIC, "en")
        assert listing.key.calendar == "unrec"


@pytest.mark.parametrize("kind", [kind for kind in roster.KINDS if kind != "csv"])
def test_the_bytes_tell_the_kind(kind):
    """Addresses without an ending and servers that call everything text/html are the rule."""
    body = GOOD[kind](THREE)

    for media_type in ("", "text/html", "text/plain", "application/octet-stream"):
        assert kinds.kind_of(Payload(body, media_type, name="export"), UNREC) == kind


@every_kind
def test_endings_and_media_types_tell_what_the_bytes_leave_open(kind):
    """A table begins with whatever its first column is called."""
    of = next(known for known in kinds.KINDS if known.name == kind)
    body = b"id;title;start\n"

    assert all(kinds.kind_of(Payload(body, name=f"List.{ending.upper()}"), UNREC) == kind for ending in of.endings)
    assert all(kinds.kind_of(Payload(body, media_type), UNREC) == kind for media_type in of.media_types)


@every_kind
def test_the_same_bytes_are_the_same_reading(kind):
    """Same input, same bytes out: else every night would tell of changes that nobody made."""
    body = GOOD[kind](THREE)

    assert read(kind, body) == read(kind, body)


@every_kind
def test_a_neighbour_changes_no_key(kind):
    """A decision hangs on the key of a listing."""
    alone = {listing.title: listing.key for listing in read(kind, GOOD[kind]([GABORONE])).listings}
    beside = read(kind, GOOD[kind](THREE)).listings

    assert len({listing.key for listing in beside}) == 3
    assert {listing.title: listing.key for listing in beside}[GABORONE.title] == alone[GABORONE.title]


@every_kind
def test_keys_are_unique_where_a_calendar_repeats_one(kind):
    """Exports hold a UID twice; one key for two listings would lose one of them in silence."""
    other = replace(ACCRA, uid=GABORONE.uid)
    listings = read(kind, GOOD[kind]([GABORONE, other, AMMAN])).listings

    assert len({listing.key for listing in listings}) == len(listings) >= 2


@every_kind
def test_a_calendars_limit_of_events_is_kept(kind):
    """What is beyond the limit is left out aloud, and withdraws nothing."""
    calendar = replace(UNREC, limits=Limits(events=2))
    reading = read(kind, GOOD[kind](THREE), calendar)

    assert len(reading.listings) <= 2
    assert any(problem.lost for problem in reading.problems)


@every_kind
@pytest.mark.parametrize("visibility", Visibility)
def test_no_listing_is_laxer_than_its_calendar(kind, visibility):
    """The roster's word is a floor."""
    reading = read(kind, GOOD[kind](THREE), replace(UNREC, visibility=visibility))

    assert all(listing.visibility >= visibility for listing in reading.listings)


@pytest.mark.parametrize("kind", WITH_CLASS)
@pytest.mark.parametrize("klass", ["PRIVATE", "CONFIDENTIAL", "X-AMONG-FRIENDS"])
def test_what_is_not_plainly_public_is_hidden(kind, klass):
    """An unknown class is private (RFC 5545), whatever words the kind has for it."""
    reading = read(kind, GOOD[kind]([replace(GABORONE, klass=klass), ACCRA]))

    assert {one.title: one.visibility for one in reading.listings} == {
        GABORONE.title: Visibility.HIDDEN,
        ACCRA.title: Visibility.PUBLIC,
    }


@every_kind
def test_overrides_of_the_writing_direction_are_dropped(kind):
    """They make a title read as something else in a report."""
    tricked = replace(GABORONE, title="Workshop \u202efor\u2066 African States\u202c")

    (listing,) = read(kind, GOOD[kind]([tricked])).listings

    assert listing.title == GABORONE.title


@every_kind
def test_only_what_starts_in_the_window_is_told(kind):
    """`outreach inspect --from --to` promises it."""
    window = (date(2007, 11, 27), date(2008, 9, 1))
    before = replace(GABORONE, uid="earlier", title="Earlier seminar", first=date(2007, 11, 26))

    titles = {listing.title for listing in read(kind, GOOD[kind]([before, *THREE]), window=window).listings}

    assert titles == {GABORONE.title, ACCRA.title}


@every_kind
def test_nothing_that_may_come_is_an_exception(kind, record_property):
    """A night must not end because somebody's upload was cut short or a byte fell over."""
    body = GOOD[kind](THREE)
    chance = random.Random(kind)
    bad = [b"", b" \r\n", b"\x00", b"null", b"{}", b"[]", b"\xff\xfe", b"\xef\xbb\xbf", chance.randbytes(2_000)]
    bad += [body[:length] for length in {*range(64), *(chance.randrange(len(body)) for _ in range(120))}]
    for _ in range(200):
        broken = bytearray(body)
        for _ in range(chance.choice((1, 1, 3, 20))):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        bad.append(bytes(broken))
    for one in bad:
        for of_kind in (kind, ""):
            reading = read(of_kind, one, window=WINDOW)
            assert reading.is_calendar or reading.problems
            assert reading.is_calendar or not reading.listings
            assert len({listing.key for listing in reading.listings}) == len(reading.listings)
            for listing in reading.listings:
                assert isinstance(listing, Listing)
                assert listing.title.encode() is not None
                assert listing.id
    record_property("cases", len(bad))


# -- lies (T17) ----------------------------------------------------------------------------------------------------

LOGIN = b"""<!DOCTYPE html>
<html><head><title>Sign in</title></head><body><form action="/login"><input name="password"></form></body></html>"""
LIES = {
    "a login page": LOGIN,
    "a login page without a doctype": b"\n\n<html lang=en><body><h1>Sign in</h1></body></html>",
    "a login page as XHTML": b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x" "y"><html xmlns="http://www.w3.org/1999/'
    b'xhtml"><head><title>Sign in</title></head><body/></html>',
    "a soft 404": b"<!doctype html><html><head><title>Page not found</title></head><body>404: no such calendar. Title, "
    b"start and end of what you look for?</body></html>",
    "a maintenance page": b"<!-- back soon --><html><body><h1>Maintenance</h1>until 27 November 2007</body></html>",
    "a captive portal": b"<HTML><HEAD><TITLE>Hotel Wi-Fi</TITLE><meta http-equiv=refresh content='0; url=http://10.0.0.1/'>"
    b"</HEAD></HTML>",
    "a redirect by meta refresh": b'<meta http-equiv="refresh" content="0;url=https://example.org/new/calendar.ics">',
    "a redirect by script": b"<script>location = '/sso?to=calendar.ics'</script>",
    "a page that promises a calendar": b"<!DOCTYPE html><html><body><p>Subscribe:</p><pre>BEGIN:VCALENDAR\n"
    b"VERSION:2.0\n</pre><a href=events.ics>events.ics</a></body></html>",
    "an error as JSON": b'{"error": {"code": 401, "message": "Login required", "title": "x", "start": "2007-11-27"}}',
    "an error of Indico": b'{"_type": "HTTPAPIError", "message": "Category is protected", "results": null}',
    "null": b"null",
    "an empty body": b"",
    "blank lines": b"\r\n\r\n  \n",
    "an error of an object store": b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>'
    b"Access Denied</Message></Error>",
    "an error of a feed service": b"<?xml version='1.0'?><errors xmlns='http://schemas.google.com/g/2005'><error>"
    b"<domain>GData</domain><code>notVisible</code></error></errors>",
    "half of a gzip": gzip.compress(LOGIN * 50)[:200],
    "a line of plain text": b"Too many requests, try again later.\n",
    "a status line": b"HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\n\r\n",
    "a template": b"{% for event in events %}BEGIN:VEVENT\n{% endfor %}",
}


class Lying:
    """A source that answers 200 with whatever it has."""

    calendar = "unrec"

    def __init__(self, payload):
        self.payload = payload

    def fetch(self, night, stored):
        return self.payload


@pytest.mark.fault("T17")
@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_no_calendar_and_the_last_good_copy_stands(lie):
    """A deployment elsewhere deleted 241 events because a server sent a page in place of a feed."""
    lost = 0
    for kind in roster.KINDS:
        good = Payload(GOOD[kind](THREE), name=f"events.{kind}")
        for stated, name, media_type in (
            (kind, "export", "text/html"), ("", f"events.{kind}", "text/calendar"), (kind, f"events.{kind}", ""),
        ):  # fmt: skip
            calendar = replace(UNREC, kind=stated)
            known = read(kind, good.body).listings
            payload = Payload(LIES[lie], media_type, name=name)

            reading = kinds.read(payload, calendar, WINDOW)
            assert not reading.is_calendar, (kind, stated)
            assert reading.problems[0].code in (
                "not-a-calendar", "no-event", "no-header", "not-a-workbook", "not-a-document", "not-a-page",
                "malformed-json-ld",
            ), (kind, reading.problems)  # fmt: skip
            refreshed = refresh(
                Lying(payload), calendar, known, NIGHT, WINDOW, stored=good,
                read=lambda of, by, window, memory=None: kinds.read(of, by, window),
            )  # fmt: skip
            assert refreshed.outcome is Outcome.KEPT
            assert refreshed.payload is None
            lost += len(known) - len(refreshed.listings)
    assert lost == 0


def test_events_of_a_login_page_are_not_those_of_the_feed_it_stands_for():
    """The page of a portal lists its own events, in good JSON-LD."""
    for kind in roster.KINDS:
        if kind != "html":
            assert not read(kind, html(THREE)).is_calendar
            assert not read("", html(THREE), name=f"events.{kind}").listings or kind in ("indico", "jscalendar", "feed")
