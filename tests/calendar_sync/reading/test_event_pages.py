"""Web pages that describe their events in JSON-LD, well and badly."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from soundness import is_sound

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
    is_sound(read_page(page({"@type": "Event", "name": "x", "startDate": "2007-11-27", **facts}) + noise, UNREC))


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


# -- scripts as templates write them -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "Event", "name": "Workshop", "startDate": "2007-11-27", "keywords": ["a", "b",],}',
        '<!--\n{"@type": "Event", "name": "Workshop", "startDate": "2007-11-27"}\n-->',
        '//<![CDATA[\n{"@type": "Event", "name": "Workshop", "startDate": "2007-11-27"}\n//]]>',
        '/*<![CDATA[*/{"@type": "Event", "name": "Workshop", "startDate": "2007-11-27"};/*]]>*/',
        '{"@type": "Event", "name": "Workshop", "startDate": "2007-11-27",, "description": "a\nb\tc"}',
        '{"@type": "WebSite", "name": "x"}\n{"@type": "Event", "name": "Workshop", "startDate": "2007-11-27"}',
        '{"@type": "WebSite", "name": ",}"},;[{"@type": "Event", "name": "Workshop", "startDate": "2007-11-27"}]',
    ],
)
def test_scripts_are_read_as_templates_write_them(script):
    """Nobody ever tested them against a strict parser."""
    reading = read(raw=[script])

    assert [listing.title for listing in reading.listings] == ["Workshop"]
    assert reading.problems == ()


def test_what_stands_before_the_fault_of_a_script_is_kept():
    """The first events of a list are as good as if the last one were too."""
    reading = read(raw=[json.dumps(event()) + '{"@type": "Event", "name": '])

    assert [listing.title for listing in reading.listings] == ["Workshop for African States"]
    assert [(problem.code, problem.lost) for problem in reading.problems] == [("malformed-json-ld", True)]


def test_json_ld_alone_is_a_page_too():
    """Some systems export the script without the page."""
    body = json.dumps([event()]).encode()

    assert kinds.kind_of(Payload(body, "application/json"), UNREC) == "html"
    assert kinds.read(Payload(body), UNREC).listings[0].span == GABORONE


# -- series, parts and what became of them -------------------------------------------------------------------------


def test_the_editions_of_a_series_are_the_events():
    """The series itself lasts a year and would clash with everything in it."""
    editions = [
        event(name="Edition one", location="Accra, Ghana"),
        event(name="Edition two", startDate="2008-03-04", endDate="2008-03-05"),
    ]
    series = event(
        **{"@type": "EventSeries", "name": "Series", "endDate": "2008-12-31", "subEvent": editions},
        location="Gaborone, Botswana",
        organizer={"name": "UNODA"},
    )

    listings = read(series).listings

    assert [(one.title, one.city, one.organisers) for one in listings] == [
        ("Edition one", "Accra", ("UNODA",)),
        ("Edition two", "Gaborone", ("UNODA",)),
    ]


def test_a_series_that_its_editions_point_at_is_none_of_them():
    """Content systems write the reference from either side."""
    graph = [
        event(**{"@type": "EventSeries", "@id": "#s", "name": "Series", "endDate": "2008-12-31"}),
        event(**{"@id": "#e", "superEvent": {"@id": "#s"}}),
    ]
    (listing,) = read({"@graph": graph}).listings

    assert listing.title == "Workshop for African States"
    assert ("superEvent", "Series") in listing.extra


def test_a_part_of_what_is_cancelled_is_cancelled():
    """The page of a cancelled conference says so once, at the top."""
    reading = read(event(eventStatus="EventCancelled", subEvent=event(name="Side meeting", endDate="2007-11-27")))

    assert {listing.status for listing in reading.listings} == {Status.CANCELLED}


def test_a_moved_event_names_every_date_it_had():
    """Each of them may stand in somebody else's calendar."""
    listing = only(event(eventStatus="EventRescheduled", previousStartDate=["2007-10-02", "2007-10-09"]))

    assert [value for name, value in listing.extra if name == "previousStartDate"] == ["2007-10-02", "2007-10-09"]
    assert listing.span == GABORONE
    assert listing.date_note == ""


def test_a_schedule_is_laid_out_in_the_window():
    """A course every Monday is as many days as there are Mondays; holidays are left out."""
    schedule = {
        "@type": "Schedule", "startDate": "2007-11-01", "startTime": "10:00", "endTime": "11:30",
        "byDay": ["https://schema.org/Monday"], "repeatFrequency": "P1W", "repeatCount": 5,
        "exceptDate": ["2007-11-12"], "scheduleTimezone": "Africa/Gaborone",
    }  # fmt: skip
    body = page(event(name="Course", startDate=None, endDate=None, eventSchedule=schedule))

    listings = kinds.read(Payload(body), UNREC, (date(2007, 11, 6), date(2008, 11, 1))).listings

    assert [listing.span for listing in listings] == [
        Span.exact(day) for day in (date(2007, 11, 19), date(2007, 11, 26), date(2007, 12, 3))
    ]
    assert {listing.tz for listing in listings} == {"Africa/Gaborone"}
    assert len({listing.key for listing in listings}) == 3


def test_a_schedule_that_never_ends_costs_no_more_than_its_window():
    """Any page may say that it meets every second."""
    schedule = {"startDate": "1970-01-01", "startTime": "00:00", "repeatFrequency": "P1D"}
    body = page(event(name="Vigil", startDate=None, endDate=None, eventSchedule=[schedule] * 50))

    listings = kinds.read(Payload(body), UNREC, (date(2007, 11, 1), date(2007, 12, 1))).listings

    assert 0 < len(listings) <= 300


def test_a_mixed_event_has_a_place():
    """Some people travel to it."""
    listing = only(
        event(
            location=[{"@type": "VirtualLocation", "url": "https://meet.example"}, "Gaborone, Botswana"],
            eventAttendanceMode="https://schema.org/MixedEventAttendanceMode",
        )
    )

    assert (listing.online, listing.city) == (False, "Gaborone")
    assert ("eventAttendanceMode", "MixedEventAttendanceMode") in listing.extra


@pytest.mark.parametrize("place", ["Online", "https://meet.example/1", {"@type": "Place", "name": "Webinar"}])
def test_a_place_that_is_none_is_online(place):
    """A city called Zoom would clash with every other meeting in it."""
    listing = only(event(location=place))

    assert (listing.online, listing.place_text, listing.city) == (True, "", "")


def test_people_are_not_kept_and_bodies_are():
    """Who speaks is nobody's business here; which body performs is evidence. Addresses are nobody's at all."""
    listing = only(
        event(
            performer=[{"@type": "Person", "name": "Inés"}, {"@type": "Organization", "name": "Choir"}],
            organizer={"name": "UNODA (office@example.org)"},
            description="Write to ines@example.org.",
        )
    )

    assert ("performer", "Choir") in listing.extra
    assert "Inés" not in repr(listing)
    assert "@example" not in repr(listing)


# -- dates at their edges ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "span", "first_utc"),
    [
        ("2008-03-30T01:30:00+01:00", "2008-03-30T03:30:00+02:00", Span.exact(date(2008, 3, 30)), (0, 30)),
        ("2007-11-26T22:30:00Z", "2007-11-28T15:00:00Z", GABORONE, (22, 30)),
        ("2007-11-27T00:00:00+00:00", "2007-11-28T23:59:59+00:00", Span.exact(date(2007, 11, 27), date(2007, 11, 29)),
         (0, 0)),
        ("2007-11-27 09:00:00 +0200", "", Span.exact(date(2007, 11, 27)), (7, 0)),
        ("2007-11-27T9:00[Europe/Paris]", "", Span.exact(date(2007, 11, 27)), (8, 0)),
        ("2007-11-27T24:00", "", Span.exact(date(2007, 11, 28)), (22, 0)),
    ],
)  # fmt: skip
def test_times_are_of_the_calendars_home(start, end, span, first_utc):
    """A time in UTC says nothing of the place; days are counted where the organisation lives."""
    calendar = Calendar("unrec", "UNREC", "", time_zone="Africa/Gaborone")
    listing = only(event(startDate=start, endDate=end), calendar=calendar)

    assert listing.span == span
    assert (listing.start_utc.hour, listing.start_utc.minute) == first_utc


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("9999-12-31", "9999-12-31"),
        ("9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z"),
        ("0001-01-01", "0001-01-01T00:00+14:00"),
        ("0001-01-01T00:00:00Z", "2007-11-28"),
        ("2007-11-27/2007-11-28", None),
        ("0000-00-00", "0000-00-00"),
        ("2007-02-30", "2007-02-31"),
        ("2007-11-27T25:61:61+99:99", ""),
    ],
)
def test_dates_at_the_edges_of_the_calendar_are_no_accident(start, end):
    """The year 9999 is how databases say never."""
    for zone in ("", "Pacific/Kiritimati", "America/Los_Angeles"):
        calendar = Calendar("unrec", "UNREC", "", time_zone=zone)
        assert len(read(event(startDate=start, endDate=end), calendar=calendar).listings) == 1


def test_an_interval_in_one_attribute_is_two_dates():
    """Microdata of museums and towns writes it so."""
    assert only(event(startDate="2007-11-27/2007-11-28", endDate=None)).span == GABORONE


# -- microdata and RDFa --------------------------------------------------------------------------------------------

MICRODATA = """<div itemscope itemtype="https://schema.org/Event">
  <h1 itemprop="name">Workshop for <b>African</b> States</h1>
  <time itemprop="startDate" datetime="2007-11-27">27</time>-<time itemprop="endDate" datetime="2007-11-28">28</time>
  <div itemprop="location" itemscope itemtype="https://schema.org/Place"><span itemprop="name">Centre</span>
    <p itemprop="address" itemscope itemtype="https://schema.org/PostalAddress">
      <span itemprop="addressLocality">Gaborone</span><meta itemprop="addressCountry" content="BW"></p></div>
  <span itemprop="organizer" itemscope itemtype="https://schema.org/Organization"><b itemprop="name">UNODA</b></span>
  <a itemprop="url" href="/events/7">More</a>
</div>"""
RDFA = """<div vocab="https://schema.org/" typeof="Event" resource="#gaborone">
  <h1 property="name">Workshop for African States</h1>
  <i property="schema:startDate" content="2007-11-27">27</i><i property="endDate" content="2007-11-28">28</i>
  <div property="location" typeof="Place"><span property="name">Centre</span>
    <div property="address" typeof="PostalAddress"><i property="addressLocality">Gaborone</i>
      <i property="addressCountry">Botswana</i></div></div>
  <div property="organizer" typeof="Organization"><b property="name">UNODA</b></div>
</div>"""


def html(*parts):
    return f"<!doctype html><html><body>{''.join(parts)}</body></html>".encode()


@pytest.mark.parametrize("markup", [MICRODATA, RDFA])
def test_events_in_markup_are_read_as_those_in_scripts(markup):
    """A third of the pages that describe their events do it in their markup."""
    reading = read_page(html(markup), UNREC)
    (listing,) = reading.listings

    assert reading.problems == ()
    assert (listing.title, listing.span) == ("Workshop for African States", GABORONE)
    assert (listing.city, listing.country, listing.venue) == ("Gaborone", "BW", "Centre")
    assert listing.organisers == ("UNODA",)


def test_links_of_a_page_start_from_its_address():
    """A link that leads nowhere helps nobody."""
    body = html(MICRODATA)

    assert kinds.read(Payload(body, address="https://unrec.example/calendar/"), UNREC).listings[0].url == (
        "https://unrec.example/events/7"
    )
    assert read_page(body, UNREC).listings[0].url == "https://example.org/events/7"


@pytest.mark.parametrize("markup", [MICRODATA, RDFA, MICRODATA + RDFA])
def test_an_event_in_a_script_and_in_markup_is_one_listing(markup):
    """Plugins write both, each with what the other leaves out."""
    script = page(event(endDate=None, url="https://example.org/events/7", description="More")).decode()
    body = script.replace("<p>Hello</p>", markup).encode()
    (listing,) = read_page(body, UNREC).listings

    assert listing.key.uid == "https://example.org/events/7"
    assert (listing.description, listing.city, listing.organisers) == ("More", "Gaborone", ("UNODA",))
    assert (listing.span, listing.end) == (GABORONE, date(2007, 11, 29))


def test_events_of_one_title_and_day_in_two_towns_are_two():
    """The same seminar may be held twice on one day."""
    script = page(event(location="Accra, Ghana")).decode()

    assert len(read_page(script.replace("<p>Hello</p>", MICRODATA).encode(), UNREC).listings) == 2


def test_markup_elsewhere_in_the_page_is_followed():
    """`itemref` points at what stands in the footer."""
    body = html(
        '<p itemscope itemtype="http://schema.org/Event" itemref="when where"><b itemprop="name">Workshop</b></p>',
        '<time id="when" itemprop="startDate" datetime="2007-11-27"></time>',
        '<footer id="where"><span itemprop="location">Gaborone, Botswana</span></footer>',
    )
    (listing,) = read_page(body, UNREC).listings

    assert (listing.city, listing.span) == ("Gaborone", Span.exact(date(2007, 11, 27)))


EVENT = '<div itemscope itemtype="https://schema.org/Event"'
SCRIPT = '<script type="application/ld+json">'
NODE = '{"@type":"Event","name":"x","startDate":'
HOSTILE = {
    "items within items": f'{EVENT}><b itemprop="name">x' * 100_000,
    "RDFa within RDFa": '<div typeof="Event" property="subEvent"><b property="name">x' * 100_000,
    "a huge attribute": f'<p title="{"a" * 11_000_000}">x</p>',
    "a huge name": f'{EVENT}><b itemprop="name">{"a" * 5_000_000}</b></div>',
    "references in circles": f'{EVENT} id=a itemref="a b c"><b itemprop=name>x</b></div>'
    f'{EVENT} id=b itemprop=subEvent itemref="a c b"></div>{EVENT} id=c itemprop=subEvent itemref="b a c"></div>',
    "many references to much": f'{EVENT} itemref="a"></div>' * 300 + "<p id=a>" + "<i itemprop=name>x</i>" * 5_000,
    "entities": "<!DOCTYPE html [" + "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};">' for n in range(99)) + "]>&e98;",
    "brackets": f"{SCRIPT}{'[' * 100_000}</script>",
    "objects within objects": SCRIPT + '{"@type":"Event","name":"x","a":' * 5_000 + "</script>",
    "a huge date": f'{SCRIPT}{NODE}"{"1" * 5_000_000}"}}</script>',
    "a huge number": f"{SCRIPT}{NODE}{'9' * 10_000}}}</script>",
    "tags in a name": SCRIPT + '{"@type":"Event","url":"u","name":"' + "<style" * 50_000 + '"}</script>',
    "comments and quotes": f"{SCRIPT}{'/*' * 500_000}{chr(34) * 999}</script>",
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_pages_are_bounded(hostile):
    """Deep nesting, huge attributes, entities, references in circles: a page is written by strangers."""
    reading = read_page(html(MICRODATA, HOSTILE[hostile]), UNREC)

    # The event before it is kept, and what is lost is told.
    assert "Workshop for African States" in {listing.title for listing in reading.listings}
    assert len(reading.listings) <= 1_000
    assert sum(len(listing.title) for listing in reading.listings) < 10_000_000


def test_a_page_that_is_cut_withdraws_nothing():
    """What lies behind the limit is there, and nobody read it."""
    reading = read_page(html(MICRODATA, "<div>" * 1_000, MICRODATA.replace("African", "Asian")), UNREC)

    assert [(problem.code, problem.lost) for problem in reading.problems] == [("page-cut", True)]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_mutation_of_a_good_page_breaks_it(data):
    """Templates, proxies and truncations write what nobody thought of."""
    whole = page(event(subEvent=event(name="Side"), eventSchedule={"byDay": "Monday", "startDate": "2007-11-01"}))
    body = bytearray(whole.replace(b"<p>Hello</p>", (MICRODATA + RDFA).encode()))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=20))
    reading = kinds.read(Payload(bytes(body)), UNREC, (date(2007, 1, 1), date(2009, 1, 1)))

    assert len({listing.key for listing in reading.listings}) == len(reading.listings)
