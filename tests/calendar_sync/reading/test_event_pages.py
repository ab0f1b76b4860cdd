"""Web pages that describe their events in JSON-LD, well and badly."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.identity import MADE_UID
from calendar_sync.listings import Status
from calendar_sync.reading import kinds
from calendar_sync.reading.pages import read_page
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload
from calendar_sync.spans import Span

UNREC = Calendar("unrec", "UNREC", "https://example.org/events")
GABORONE = Span.exact(date(2007, 11, 27), date(2007, 11, 28))


def event(**facts):
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": "Workshop for African States",
        "startDate": "2007-11-27",
        "endDate": "2007-11-28",
        **facts,
    }


def page(*blocks, raw=()):
    scripts = [f'<script type="application/ld+json">{text}</script>' for text in (*map(json.dumps, blocks), *raw)]
    html = f"<!doctype html><html><head><title>Events</title>{''.join(scripts)}</head><body><p>Hello</p></body></html>"
    return html.encode()


def read(*blocks, raw=(), calendar=UNREC):
    return read_page(page(*blocks, raw=raw), calendar)


def only(*blocks, calendar=UNREC):
    reading = read(*blocks, calendar=calendar)
    assert reading.problems == ()
    (listing,) = reading.listings
    return listing


def test_a_whole_event_is_a_whole_listing():
    """Every fact a page states may decide a finding."""
    listing = only(
        event(
            identifier="gaborone-2007",
            location={
                "@type": "Place",
                "name": "Conference Centre",
                "address": {"@type": "PostalAddress", "addressLocality": "Gaborone", "addressCountry": "Botswana"},
            },
            organizer=[{"@type": "Organization", "name": "UNODA"}, "Botswana"],
            sponsor={"@type": "Organization", "name": "Norway"},
            funder={"@type": "Organization", "name": "United States"},
            audience={"@type": "Audience", "audienceType": "African States", "geographicArea": {"name": "Africa"}},
            inLanguage="en",
            datePublished="2007-11-20",
            url="https://example.org/events/gaborone",
            description="<p>On resolution&nbsp;1540</p>",
            keywords="export control, borders",
        )
    )

    assert listing.key.uid == "gaborone-2007"
    assert (listing.span, listing.start, listing.end) == (GABORONE, date(2007, 11, 27), date(2007, 11, 29))
    assert (listing.city, listing.country, listing.venue) == ("Gaborone", "BW", "Conference Centre")
    assert (listing.organisers, listing.sponsors) == (("UNODA", "Botswana"), ("Norway", "United States"))
    assert (listing.audience, listing.themes) == (("Africa", "African States"), ("export control", "borders"))
    assert (listing.language, listing.published) == ("en", date(2007, 11, 20))
    assert (listing.description, listing.url) == ("On resolution 1540", "https://example.org/events/gaborone")


@pytest.mark.parametrize(
    "block",
    [
        event(),
        [event()],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebPage", "name": "x", "url": "y"}, event()]},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "position": 1, "item": event()}]},
        event(**{"@type": "EducationEvent"}),
        event(**{"@type": ["Thing", "schema:BusinessEvent"]}),
        event(**{"@type": "http://schema.org/Event"}),
        {"@type": "WebPage", "mainEntity": event()},
    ],
)
def test_events_are_found_wherever_pages_put_them(block):
    """Every content system nests them in its own way."""
    assert only(block).span == GABORONE


def test_side_meetings_are_listings_too():
    """A side meeting inside a programme is seen by `part_of`, not lost."""
    reading = read(event(subEvent=[event(name="Side meeting", endDate="2007-11-27")]))

    assert {listing.title for listing in reading.listings} == {"Workshop for African States", "Side meeting"}


def test_a_programme_an_event_belongs_to_is_not_another_event():
    """It stands for itself on its own page."""
    assert only(event(superEvent=event(name="Programme of the year"))).title == "Workshop for African States"


def test_references_within_a_page_are_followed():
    """Places and organisers are often described once, elsewhere in the page."""
    graph = [
        event(**{"@id": "#e", "location": {"@id": "#p"}, "organizer": {"@id": "#o"}}),
        {"@type": "Place", "@id": "#p", "address": {"addressLocality": "Gaborone", "addressCountry": "BW"}},
        {"@type": "Organization", "@id": "#o", "name": "UNODA"},
    ]

    listing = only({"@graph": graph})

    assert (listing.city, listing.country, listing.organisers) == ("Gaborone", "BW", ("UNODA",))


@pytest.mark.parametrize(
    ("stated", "status"),
    [
        ("https://schema.org/EventCancelled", Status.CANCELLED),
        ("EventPostponed", Status.TENTATIVE),
        ("http://schema.org/EventRescheduled", Status.CONFIRMED),
        ("https://schema.org/EventScheduled", Status.CONFIRMED),
    ],
)
def test_what_became_of_an_event_is_its_status(stated, status):
    """A cancelled workshop clashes with nothing."""
    assert only(event(eventStatus=stated)).status is status


def test_a_rescheduled_event_remembers_its_first_date():
    """Moved, and from when: the reader of a contradiction wants both."""
    listing = only(event(eventStatus="EventRescheduled", previousStartDate="2007-10-02"))

    assert ("previousStartDate", "2007-10-02") in listing.extra


def test_an_online_event_has_no_place():
    """Nobody travels to it."""
    listing = only(event(location={"@type": "VirtualLocation", "url": "https://meet.example"}))

    assert (listing.online, listing.city, listing.place_text) == (True, "", "")


@pytest.mark.parametrize(
    ("place", "city", "country"),
    [
        ("Gaborone, Botswana", "Gaborone", "BW"),
        ({"@type": "Place", "name": "Gaborone"}, "Gaborone", ""),
        ({"@type": "Place", "address": "Private Bag 1, Gaborone, Botswana"}, "Gaborone", "BW"),
        ([{"@type": "VirtualLocation"}, {"@type": "Place", "address": {"addressLocality": "Lomé"}}], "Lomé", ""),
        ({"address": {"addressLocality": "Gaborone", "addressCountry": {"name": "Botsuana"}}}, "Gaborone", "BW"),
    ],
)
def test_places_come_in_many_shapes(place, city, country):
    """The host city is what two meetings clash over."""
    listing = only(event(location=place))

    assert (listing.city, listing.country) == (city, country)


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        ("2007-11-27T09:00:00+02:00", "2007-11-28T17:00:00+02:00", GABORONE),
        ("2007-11-27T09:00", "2007-11-29T00:00", GABORONE),
        ("2007-11-27T09:00Z", "2007-11-28", GABORONE),
        ("2007-11-27", "2007-11-28T17:00", GABORONE),
        ("27 November 2007", "28 November 2007", GABORONE),
        ("2007-11", None, Span.vague(date(2007, 11, 1), date(2007, 11, 30))),
    ],
)
def test_dates_come_in_many_shapes(start, end, span):
    """Days are what counts, whatever the clock says."""
    assert only(event(startDate=start, endDate=end)).span == span


def test_times_keep_their_offset():
    """An instant is needed to compare what is said in two zones."""
    listing = only(event(startDate="2007-11-27T09:00+02:00", endDate="2007-11-27T17:00+02:00"))

    assert listing.start == datetime(2007, 11, 27, 9, tzinfo=timezone(timedelta(hours=2)))
    assert listing.start_utc is not None
    assert listing.start_utc.hour == 7


def test_floating_times_are_of_the_calendars_zone():
    """The roster knows where an organisation lives."""
    calendar = Calendar("unrec", "UNREC", "", time_zone="Africa/Gaborone")

    listing = only(event(startDate="2007-11-27T09:00", endDate="2007-11-27T17:00"), calendar=calendar)

    assert listing.start_utc is not None
    assert listing.start_utc.hour == 7


def test_a_length_stands_for_an_end():
    """P2D is two days, the first included."""
    assert only(event(endDate=None, duration="P2D")).span == GABORONE


def test_vague_words_keep_their_words():
    """Some pages write what they know."""
    listing = only(event(startDate="last week of October or the first week of November 2007", endDate=None))

    assert listing.span == Span.vague(date(2007, 10, 25), date(2007, 11, 7))
    assert listing.date_text.startswith("last week")


def test_one_malformed_block_loses_no_other():
    """Templates write scripts that nobody ever tested."""
    reading = read(event(), raw=['{"@type": "Event", "name": Broken}'])

    assert len(reading.listings) == 1
    (problem,) = reading.problems
    assert (problem.code, problem.lost) == ("malformed-json-ld", True)


def test_an_event_without_a_name_is_a_problem():
    """Unparseable is not absent."""
    reading = read(event(), event(name="", identifier="e2"))

    assert len(reading.listings) == 1
    assert [(problem.code, problem.uid) for problem in reading.problems] == [("no-title", "e2")]


def test_one_event_described_twice_is_one_listing():
    """Pages list their events and describe them again."""
    short = event(url="https://example.org/e")
    long = event(url="https://example.org/e", description="More")

    listings = read(short, long).listings

    assert [listing.description for listing in listings] == ["More"]


def test_an_address_several_events_share_names_none_of_them():
    """Many pages give every event the address of the list."""
    reading = read(event(url="https://example.org/"), event(url="https://example.org/", name="Seminar"))

    assert len({listing.key for listing in reading.listings}) == 2
    assert all(listing.key.uid.startswith(MADE_UID) for listing in reading.listings)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<html><body><form>Please log in</form></body></html>",
        b"BEGIN:VCALENDAR",
        b"\x00\xff\xfe",
        page({"@type": "Organization", "name": "UNREC", "url": "x"}),
        page({"@type": "Event"}),
        page(raw=["{"]),
        page(raw=["[" * 100_000]),
    ],
)
def test_a_page_without_events_is_no_calendar(body):
    """A login page must withdraw nothing."""
    reading = read_page(body, UNREC)

    assert not reading.is_calendar
    assert reading.problems


def test_pages_in_old_encodings_are_read():
    """Their declaration is believed, and the server's after it."""
    body = page().decode().replace(
        "<title>", '<meta charset="iso-8859-1"><script type="application/ld+json">{"@type":"Event","name":"Séminaire",'
        '"startDate":"2007-11-27"}</script><title>'
    )  # fmt: skip

    assert read_page(body.encode("latin-1"), UNREC).listings[0].title == "Séminaire"
    assert read_page(body.encode("utf-8"), UNREC).listings[0].title == "Séminaire"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("2007-11-27"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@type", "@id", "name", "address", "url", "location"]), inner, max_size=3)
    ),
    max_leaves=8,
)
properties = st.sampled_from(
    ["@type", "@id", "@graph", "name", "startDate", "endDate", "location", "organizer", "audience", "identifier", "url",
     "duration", "eventStatus", "inLanguage", "datePublished", "keywords", "subEvent", "eventAttendanceMode"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(properties, values, max_size=6), st.binary(max_size=40))
def test_nothing_in_a_page_breaks_it(facts, noise):
    """Anything may be written there."""
    read_page(page({"@type": "Event", "name": "x", "startDate": "2007-11-27", **facts}) + noise, UNREC)


def test_half_a_letter_is_replaced_before_it_stops_a_night():
    """JSON can spell a lone surrogate, which no file, digest or database can hold."""
    reading = read(raw=[json.dumps(event(name="Work\ud800shop", identifier="id\udfff"))])
    (listing,) = reading.listings
    assert listing.title == "Work?shop"
    assert listing.id


@pytest.mark.parametrize("charset", ["utf-7", "idna", "punycode", "hex", "undefined", "no-such-charset"])
@pytest.mark.parametrize("kind", ["text/calendar", "text/csv", "text/html"])
def test_a_charset_that_no_calendar_has_stops_nothing(charset: str, kind: str):
    """The server names the charset, and servers say anything."""
    bodies = {
        "text/calendar": b"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART:20071127\n"
        b"SUMMARY:+2AA-\xff\nEND:VEVENT\nEND:VCALENDAR\n",
        "text/csv": b"id,title,start\n1,+2AA- \xff,2007-11-27\n",
        "text/html": page(event(name="Work+2AA-shop")).replace(b"Hello", b"\xff"),
    }  # fmt: skip
    body = bodies[kind]
    reading = kinds.read(Payload(body, kind, charset), UNREC, None)
    for listing in reading.listings:
        assert listing.title.encode("utf-8")
        assert listing.id
