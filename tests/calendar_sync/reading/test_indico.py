"""What Indico servers export of a category, as JSON and as iCalendar."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.changes import changes
from calendar_sync.listings import Status
from calendar_sync.reading import kinds
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility

UNODA = Calendar("unoda", "UNODA", "https://indico.example.org/export/categ/12.json")
GABORONE = Span.exact(date(2007, 11, 27), date(2007, 11, 28))


def moment(day, time="09:00:00", zone="Africa/Gaborone"):
    return {"date": day, "time": time, "tz": zone}


def event(**facts):
    return {
        "_type": "Conference",
        "_fossil": "conferenceMetadata",
        "id": "137",
        "title": "Workshop for African States",
        "startDate": moment("2007-11-27"),
        "endDate": moment("2007-11-28", "17:00:00"),
        "url": "https://indico.example.org/event/137/",
        "hasAnyProtection": False,
        "visibility": {"id": "", "name": "Everywhere"},
        **facts,
    }


def export(*events, **facts):
    return json.dumps({"count": len(events), "_type": "HTTPAPIResult", "results": list(events), **facts}).encode()


def read(*events, calendar=UNODA):
    return kinds.read(Payload(export(*events)), calendar)


def only(**facts):
    reading = read(event(**facts))
    assert reading.problems == ()
    (listing,) = reading.listings
    return listing


PERSON = {
    "_type": "ConferenceChair",
    "fullName": "Doe, Jane",
    "first_name": "Jane",
    "last_name": "Doe",
    "email": "jane.doe@example.org",
    "emailHash": "0f",
    "affiliation": "UNODA",
}


def test_a_whole_event_is_a_whole_listing():
    """Everything a category says of an event may decide a finding."""
    listing = only(
        location="Conference Centre",
        roomFullname="Hall A",
        address="Private Bag 1, Gaborone, Botswana",
        category="Outreach",
        organizer="UNODA; Government of Botswana",
        keywords=["export control", "borders"],
        description="<p>On resolution&nbsp;1540</p><ul><li>Borders</li></ul>",
        creationDate=moment("2007-09-03", "16:28:54.167656", "Europe/Zurich"),
        chairs=[PERSON],
        type="conference",
    )

    assert (listing.span, listing.tz) == (GABORONE, "Africa/Gaborone")
    assert listing.start_utc is not None
    assert listing.start_utc.hour == 7
    assert (listing.city, listing.country, listing.venue) == ("Gaborone", "BW", "Hall A, Conference Centre")
    assert listing.organisers == ("UNODA", "Government of Botswana")
    assert listing.themes == ("export control", "borders")
    assert listing.description == "On resolution 1540\nBorders"
    assert listing.published == date(2007, 9, 3)
    assert listing.url == "https://indico.example.org/event/137/"
    assert dict(listing.extra) == {"category": "Outreach", "type": "conference", "chair": "Jane Doe, UNODA"}


def test_no_address_of_a_person_is_kept():
    """They were given to the organisers of that event, not to our readers."""
    listing = only(
        chairs=[PERSON, {"fullName": "jane.doe@example.org"}],
        creator=PERSON,
        description='Questions: <a href="mailto:jane.doe@example.org">jane.doe@example.org</a>',
        organizer="Jane <jane.doe@example.org>",
        contactInfo="jane.doe@example.org",
        supportInfo={"email": "jane.doe@example.org"},
        location="Ask jane.doe@example.org",
    )

    assert listing.organisers == ("Jane",)
    assert "@example.org" not in repr(listing)


def test_both_exports_of_a_category_name_an_event_alike():
    """An organisation may change from one to the other, and no decision may be lost over it."""
    feed = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//CERN//INDICO//EN\r\nBEGIN:VEVENT\r\n"
        b"SUMMARY:Workshop for African States\r\nDTSTART:20071127T070000Z\r\nDTEND:20071128T150000Z\r\n"
        b"DTSTAMP:20071001T000000Z\r\nUID:indico-event-137@indico.example.org\r\n"
        b"URL:https://indico.example.org/event/137/\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (before,) = read(event()).listings
    (after,) = kinds.read(Payload(feed), UNODA).listings

    assert before.key == after.key
    assert not changes([before], [after], date(2007, 10, 15)).withdrawn


@pytest.mark.parametrize(
    ("facts", "visibility"),
    [
        ({}, Visibility.PUBLIC),
        ({"hasAnyProtection": True}, Visibility.HIDDEN),
        ({"hasAnyProtection": "yes"}, Visibility.HIDDEN),
        ({"visibility": {"id": 0, "name": "Nowhere"}}, Visibility.HIDDEN),
        ({"visibility": {"id": 12, "name": "Outreach"}}, Visibility.PUBLIC),
    ],
)
def test_a_protected_event_is_hidden(facts, visibility):
    """It reached us by a key that the readers of a report do not have."""
    assert only(**facts).visibility is visibility


@pytest.mark.parametrize(
    ("label", "status"),
    [
        (None, Status.CONFIRMED),
        ({"title": "New", "is_event_not_happening": False}, Status.CONFIRMED),
        ({"title": "Cancelled", "is_event_not_happening": True}, Status.CANCELLED),
        ({"title": "Annulé", "is_event_not_happening": True}, Status.CANCELLED),
        ({"title": "Postponed", "is_event_not_happening": True}, Status.TENTATIVE),
    ],
)
def test_what_became_of_an_event_is_its_status(label, status):
    """A label is how Indico says it."""
    assert only(label=label).status is status


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        (moment("2007-11-27"), None, Span.exact(date(2007, 11, 27))),
        (moment("2007-11-27", "00:00:00"), moment("2007-11-29", "00:00:00"), GABORONE),
        (moment("2007-11-27", "09:00:00", "Nowhere/Land"), moment("2007-11-28", "17:00:00", "Nowhere/Land"), GABORONE),
        ({"date": "2007-11-27"}, {"date": "2007-11-28"}, GABORONE),
        ("2007-11-27T09:00:00+02:00", "2007-11-28T17:00:00+02:00", GABORONE),
    ],
)
def test_dates_are_understood(start, end, span):
    """Versions of Indico differ, and proxies of it more so."""
    assert read(event(startDate=start, endDate=end)).listings[0].span == span


def test_an_event_that_cannot_be_read_loses_no_other():
    """Unparseable is not absent."""
    reading = read(event(), "no event", None, event(id="138", title=""), event(id="139", startDate=None))

    assert [listing.key.uid.partition("@")[0] for listing in reading.listings] == [
        "indico-event-137",
        "indico-event-139",
    ]
    assert sorted((problem.code, problem.lost) for problem in reading.problems) == [
        ("no-title", True),
        ("unclear-date", False),
        ("unreadable-event", True),
        ("unreadable-event", True),
    ]


def test_an_export_that_says_it_is_cut_withdraws_nothing():
    """Large categories are sent in parts."""
    reading = kinds.read(Payload(export(event(), complete=False)), UNODA)

    assert [(problem.code, problem.lost) for problem in reading.problems] == [("incomplete-export", True)]


@pytest.mark.parametrize(
    "body",
    [b"null", b"{}", b'{"results": null}', b'{"results": {"137": {}}}', b'{"message": "x", "_type": "HTTPAPIError"}'],
)
def test_an_error_is_no_calendar(body):
    """A category that became protected answers so."""
    reading = kinds.read(Payload(body), replace(UNODA, kind="indico"))

    assert (reading.is_calendar, reading.problems[0].code) == (False, "not-a-calendar")


def test_an_empty_category_is_a_calendar():
    """Nothing is planned, which is not the same as nothing was read."""
    assert read().is_calendar


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("2007-11-27"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["date", "time", "tz", "name", "title", "fullName", "id"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*event(), "label", "chairs", "keywords", "room", "creationDate"]), values))
def test_nothing_in_an_event_breaks_the_export(facts):
    """Plugins change every field."""
    reading = read(event(**facts), event(id="138"))

    assert any("138" in listing.key.uid for listing in reading.listings)
    assert all(listing.id for listing in reading.listings)
