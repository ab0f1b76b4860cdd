"""JSCalendar: what it says, read by the one reader of recurrence there is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.listings import Status
from calendar_sync.reading import kinds
from calendar_sync.roster import Calendar, Limits
from calendar_sync.sources import Payload
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility

UNODA = Calendar("unoda", "UNODA", "https://example.org/calendar.json")
GABORONE = Span.exact(date(2007, 11, 27), date(2007, 11, 28))
ZONE = ZoneInfo("Africa/Gaborone")
WINDOW = (date(2007, 1, 1), date(2009, 1, 1))


def event(**facts):
    return {
        "@type": "Event",
        "uid": "gaborone-2007",
        "title": "Workshop for African States",
        "start": "2007-11-27T09:00:00",
        "timeZone": "Africa/Gaborone",
        "duration": "P1DT8H",
        **facts,
    }


def weekly(**facts):
    """Four Mondays in November."""
    rule = {"@type": "RecurrenceRule", "frequency": "weekly", "byDay": [{"day": "mo"}], "count": 4}
    return event(**{"start": "2007-11-05T09:00:00", "duration": "PT1H", "recurrenceRules": [rule], **facts})


def read(*events, calendar=UNODA, window=WINDOW):
    body = json.dumps({"@type": "Group", "title": "Outreach", "entries": list(events)}).encode()
    return kinds.read(Payload(body, "application/jscalendar+json"), calendar, window)


def only(**facts):
    (listing,) = read(event(**facts)).listings
    return listing


def days(reading):
    return [listing.span.earliest.day for listing in reading.listings]


def test_a_whole_event_is_a_whole_listing():
    """Everything it states may decide a finding."""
    reading = read(
        event(
            description="<p>On resolution 1540</p>",
            descriptionContentType="text/html",
            locale="en",
            status="tentative",
            created="2007-10-01T00:00:00Z",
            updated="2007-11-01T00:00:00Z",
            sequence=3,
            keywords={"export control": True, "borders; trade": True},
            categories={"https://example.org/themes/finance": True},
            locations={
                "b": {"@type": "Location", "name": "Airport", "relativeTo": "end"},
                "c": {"@type": "Location", "name": "Conference Centre, Gaborone, Botswana"},
            },
            links={"1": {"href": "https://example.org/e/1", "rel": "describedby"}},
            participants={
                "o": {"name": "UNODA", "email": "o@example.org", "roles": {"owner": True, "attendee": True}},
                "s": {"name": "Norway", "sendTo": {"imip": "mailto:s@example.org"}, "roles": {"sponsor": True}},
                "c": {"name": 'Botswana "host"; government', "roles": {"contact": True}},
                "g": {"name": "African States", "kind": "group", "roles": {"attendee": True}},
                "p": {"name": "Inés", "kind": "individual", "roles": {"attendee": True}},
            },
            unknownProperty={"tolerated": [1, 2]},
        )
    )
    (listing,) = reading.listings

    assert (reading.name, reading.problems) == ("Outreach", ())
    assert (listing.key.uid, listing.title, listing.language) == ("gaborone-2007", "Workshop for African States", "en")
    assert (listing.span, listing.start) == (GABORONE, datetime(2007, 11, 27, 9, tzinfo=ZONE))
    assert listing.end == datetime(2007, 11, 28, 17, tzinfo=ZONE)
    assert (listing.city, listing.country, listing.venue) == ("Gaborone", "BW", "Conference Centre")
    assert listing.organisers == ("UNODA", 'Botswana "host"; government')
    assert (listing.sponsors, listing.audience) == (("Norway",), ("African States",))
    assert listing.themes == ("export control", "borders; trade", "https://example.org/themes/finance")
    assert (listing.status, listing.sequence, listing.published) == (Status.TENTATIVE, 3, date(2007, 10, 1))
    assert (listing.description, listing.url) == ("On resolution 1540", "https://example.org/e/1")
    assert "@example.org" not in repr(listing)
    assert "Inés" not in repr(listing)


@pytest.mark.parametrize(
    ("facts", "span", "all_day"),
    [
        ({"start": "2007-11-27T00:00:00", "showWithoutTime": True, "duration": "P2D"}, GABORONE, True),
        ({"showWithoutTime": True, "duration": None}, Span.exact(date(2007, 11, 27)), True),
        ({"timeZone": None}, GABORONE, False),
        ({"timeZone": "Etc/UTC"}, GABORONE, False),
        ({"timeZone": "/own/zone"}, GABORONE, False),
        ({"start": "2007-11-27T09:00:00.000"}, GABORONE, False),
        ({"duration": "nonsense"}, Span.exact(date(2007, 11, 27)), False),
    ],
)  # fmt: skip
def test_dates_and_times(facts, span, all_day):
    """With and without a time, a zone, a length."""
    listing = only(**facts)

    assert (listing.span, listing.all_day) == (span, all_day)


@pytest.mark.parametrize(
    ("privacy", "visibility"),
    [
        ("public", Visibility.PUBLIC),
        ("private", Visibility.HIDDEN),
        ("secret", Visibility.HIDDEN),
        ("example.com:friends", Visibility.HIDDEN),
        ("", Visibility.HIDDEN),
        (None, Visibility.HIDDEN),
        (["public"], Visibility.HIDDEN),
    ],
)
def test_what_is_not_plainly_public_is_hidden(privacy, visibility):
    """RFC 8984, 4.4.3: a value nobody knows is private."""
    assert only(privacy=privacy).visibility is visibility
    assert only().visibility is Visibility.PUBLIC


def test_an_override_cannot_open_what_is_private():
    """RFC 8984, 4.3.5 forbids it, and a mistake must not publish anything."""
    reading = read(weekly(privacy="private", recurrenceOverrides={"2007-11-12T09:00:00": {"privacy": "public"}}))

    assert {listing.visibility for listing in reading.listings} == {Visibility.HIDDEN}


@pytest.mark.parametrize(
    ("stated", "status"),
    [("confirmed", Status.CONFIRMED), ("cancelled", Status.CANCELLED), ("tentative", Status.TENTATIVE)],
)
def test_status(stated, status):
    """A cancelled workshop clashes with nothing."""
    assert only(status=stated).status is status


def test_online_only_where_there_is_no_place():
    """A link to listen in makes nobody stay at home."""
    virtual = {"v": {"@type": "VirtualLocation", "uri": "https://meet.example"}}

    assert only(virtualLocations=virtual).online
    assert not only(virtualLocations=virtual, locations={"a": {"name": "Gaborone"}}).online


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, [5, 12, 19, 26]),
        ({"recurrenceRules": None, "recurrenceRule": {"frequency": "weekly", "count": 2}}, [5, 12]),
        ({"recurrenceRules": [{"frequency": "weekly", "interval": 2, "until": "2007-11-19T09:00:00"}]}, [5, 19]),
        ({"recurrenceRules": [{"frequency": "monthly", "byDay": [{"day": "tu", "nthOfPeriod": -1}], "count": 2}]},
         [5, 27, 25]),
        ({"recurrenceRules": [{"frequency": "daily", "byMonth": ["11"], "byMonthDay": [5, -1], "count": 2}]}, [5, 30]),
        ({"recurrenceOverrides": {"2007-11-12T09:00:00": {"excluded": True}}}, [5, 19, 26]),
        ({"recurrenceOverrides": {"2007-11-12T09:00:00": {"start": "2007-11-13T09:00:00"}}}, [5, 13, 19, 26]),
        ({"recurrenceOverrides": {"2007-11-30T09:00:00": {}}}, [5, 12, 19, 26, 30]),
        ({"recurrenceOverrides": {"2007-11-30T09:00:00": {"title": "Extra"}}}, [5, 12, 19, 26, 30]),
    ],
)  # fmt: skip
def test_series_are_laid_out(facts, expected):
    """Rules, days left out, days moved and days added, in both versions of the format."""
    reading = read(weekly(**facts))

    assert days(reading) == expected
    assert not [problem for problem in reading.problems if problem.lost]


def test_a_patch_changes_its_occurrence_only():
    """The others share what it does not say."""
    patch = {
        "title": "Final session", "locations/a/name": "Accra, Ghana", "description": None, "status": "cancelled",
        "keywords/borders": True, "keywords/a~1b": None,
    }  # fmt: skip
    series = weekly(
        description="As always",
        locations={"a": {"name": "Gaborone, Botswana"}},
        keywords={"a/b": True},
        recurrenceOverrides={"2007-11-26T09:00:00": patch},
    )
    *others, last = read(series).listings

    assert (last.title, last.city, last.description, last.status, last.themes) == (
        "Final session", "Accra", "", Status.CANCELLED, ("borders",),
    )  # fmt: skip
    assert {(one.title, one.city, one.description, one.themes) for one in others} == {
        ("Workshop for African States", "Gaborone", "As always", ("a/b",))
    }


def test_only_the_window_is_laid_out():
    """A series has no end, a night has."""
    endless = weekly(recurrenceRules=[{"frequency": "weekly"}])

    assert days(read(endless, window=(date(2007, 11, 12), date(2007, 11, 20)))) == [12, 19]


@pytest.mark.parametrize(
    "rule",
    [
        {"frequency": "secondly"},
        {"frequency": "minutely", "interval": 0},
        {"frequency": "daily", "interval": -1},
        {"frequency": "yearly", "byMonth": ["2"], "byMonthDay": [30]},
        {"frequency": "weekly;COUNT=2"},
        {"frequency": "weekly", "rscale": "chinese"},
        {"frequency": "weekly", "count": "2;BYDAY=MO"},
        {"frequency": "weekly", "byHour": list(range(24)), "byMinute": list(range(60)), "bySecond": list(range(60))},
    ],
)
def test_rules_that_cost_too_much_or_mean_nothing_are_refused(rule):
    """The event is kept with its first occurrence, and the reader is told."""
    reading = read(weekly(recurrenceRules=[rule]), event(uid="neighbour"))

    assert {listing.key.uid for listing in reading.listings} == {"gaborone-2007", "neighbour"}
    assert len(reading.listings) == 2
    assert any(problem.uid == "gaborone-2007" for problem in reading.problems)


@pytest.mark.parametrize("name", ["uid", "title", "start", "timeZone", "description", "status", "locale", "created"])
def test_no_text_writes_a_line_of_its_own(name):
    """What an organisation writes is handed on as iCalendar, and must stay what it was."""
    injected = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:injected\r\nDTSTART:20071127\r\nCLASS:PUBLIC\r\nSUMMARY:injected"
    reading = read(event(**{"privacy": "private", name: injected}), event(uid="neighbour", privacy="private"))

    assert "injected" not in {listing.key.uid for listing in reading.listings}
    assert {listing.visibility for listing in reading.listings} == {Visibility.HIDDEN}
    assert "neighbour" in {listing.key.uid for listing in reading.listings}


@pytest.mark.parametrize(
    "participant",
    [
        {"name": 'a":urn:x\r\nCLASS:PUBLIC\r\nX:"'},
        {"name": "a^n\nCLASS:PUBLIC"},
        {"name": "x@example.org"},
        {"name": 7},
    ],
)
def test_names_stay_in_their_quotes(participant):
    """So must names, which stand in parameters."""
    listing = only(privacy="secret", participants={"1": {**participant, "roles": {"owner": True, "sponsor": True}}})

    assert listing.visibility is Visibility.HIDDEN
    assert "@example.org" not in repr(listing)


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        (event(), 1),
        ([event(), event(uid="2")], 2),
        ({"@type": "Group", "entries": [{"@type": "Group", "entries": [event()]}, {"@type": "Task", "uid": "t"}]}, 1),
        ({"@type": "jsgroup", "entries": {"a": event(**{"@type": "jsevent"})}}, 1),
        ({"@type": "Group", "entries": []}, 0),
    ],
)
def test_events_are_found_wherever_they_stand(body, titles):
    """Alone, in lists, in groups, in drafts of the format."""
    reading = kinds.read(Payload(json.dumps(body).encode()), replace(UNODA, kind="jscalendar"))

    assert reading.is_calendar
    assert len(reading.listings) == titles
    assert [problem.code for problem in reading.problems] == ([] if titles else ["no-events"])


def test_an_entry_that_cannot_be_read_loses_no_other():
    """Unparseable is not absent."""
    reading = read(event(), 7, {"@type": "Meeting"}, event(uid="undated", start=None))

    assert [listing.key.uid for listing in reading.listings] == ["gaborone-2007"]
    assert sorted((problem.code, problem.uid, problem.lost) for problem in reading.problems) == [
        ("no-start", "undated", True),
        ("unreadable-event", "", True),
    ]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"7", b"{}", b'{"error": "x"}', b'[{"@type": "Person"}]', b"[" * 100_000]
)
def test_what_is_no_jscalendar_is_no_calendar(body):
    """An error of a server withdraws nothing."""
    reading = kinds.read(Payload(body), replace(UNODA, kind="jscalendar"))

    assert (reading.is_calendar, reading.problems[0].code) == (False, "not-a-calendar")


def test_what_costs_too_much_is_left_out_aloud():
    """A thousand overrides of a long event each say it again."""
    dates = [f"{year}-{month:02d}-{day:02d}T09:00:00" for year in range(2007, 2012) for month in range(1, 13)
             for day in range(1, 29)]  # fmt: skip
    long = weekly(description="x" * 100_000, recurrenceOverrides={day: {"title": "y"} for day in dates})
    calendar = replace(UNODA, limits=Limits(events=50))

    reading = read({**long, "uid": "1"}, {**long, "uid": "2"}, calendar=calendar)

    assert len(reading.listings) <= 50
    assert {"too-many-dates"} <= {problem.code for problem in reading.problems if problem.lost}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["2007-11-27T09:00:00", "P1D", "weekly", "mo", "Event", "excluded"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["@type", "name", "roles", "frequency", "byDay", "day", "count", "2007-11-12T09:00:00", "a/b"])
        | st.text(max_size=5), inner, max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip
NAMES = [
    *weekly(), "recurrenceRule", "recurrenceOverrides", "excludedRecurrenceRules", "locations", "participants", "links",
    "keywords", "categories", "privacy", "status", "localizations", "showWithoutTime", "recurrenceId", "sequence",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), values, max_size=6))
def test_nothing_in_an_event_loses_its_neighbour(facts):
    """Additional properties are tolerated, and so is nonsense in the known ones."""
    reading = read(weekly(**facts), event(uid="neighbour"))

    assert "neighbour" in {listing.key.uid for listing in reading.listings}
    assert all(listing.id for listing in reading.listings)
