"""What newer RFCs add to an event: 7986 (calendars), 9073 (people and places), 9253 (relations), and whole series."""

from __future__ import annotations

from datetime import date

from calendar_sync.listings import Listing, Status
from calendar_sync.reading import Reading
from calendar_sync.reading.ics import read_ics
from calendar_sync.roster import Calendar

CALENDAR = Calendar("feed", "someone", "feed.ics")
YEAR = (date(2026, 1, 1), date(2027, 1, 1))


def feed(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *lines, "END:VCALENDAR", ""])


def event(*lines: str, start: str = "DTSTART:20260302T100000Z", uid: str = "u") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", "SUMMARY:s", start, *lines, "END:VEVENT"])


def read(*inside: str, window: tuple[date, date] | None = YEAR) -> Reading:
    return read_ics(feed(*inside).encode(), CALENDAR, window)


def one(*lines: str) -> Listing:
    (listing,) = read(event(*lines)).listings
    return listing


def test_a_calendar_tells_its_name():
    """RFC 7986 says in a property what producers said in X-WR-CALNAME for twenty years."""
    assert read("X-WR-CALNAME:Old", "NAME:Outreach", event()).name == "Outreach"


def test_properties_nobody_interprets_are_kept():
    """A colour or a picture means nothing to us, and much to whoever gets the report as a calendar."""
    listing = one("COLOR:turquoise", "IMAGE;VALUE=URI;DISPLAY=BADGE:https://example.org/a.png", "X-OWN:1")
    assert dict(listing.extra) == {"COLOR": "turquoise", "IMAGE": "https://example.org/a.png", "X-OWN": "1"}


def test_a_conference_makes_an_event_online():
    """Nobody needs to travel to it, so that it clashes with less."""
    assert one("CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://example.org/meet").online
    assert one("X-GOOGLE-CONFERENCE:https://example.org/meet").online
    assert not one("LOCATION:Gaborone\\, Botswana").online


def test_who_takes_part_and_as_what():
    """Sponsors and organisers are evidence that two listings are one event."""
    listing = one(
        *("BEGIN:PARTICIPANT", "UID:a", "PARTICIPANT-TYPE:SPONSOR", "SUMMARY:Norway", "END:PARTICIPANT"),
        *("BEGIN:PARTICIPANT", "UID:b", "PARTICIPANT-TYPE:PLANNER-CONTACT", "NAME:UNODA", "END:PARTICIPANT"),
        *("BEGIN:PARTICIPANT", "UID:c", "PARTICIPANT-TYPE:SPEAKER", "NAME:Somebody", "END:PARTICIPANT"),
    )
    assert (listing.sponsors, listing.organisers) == (("Norway",), ("UNODA",))


def test_a_place_of_its_own_counts_where_location_is_silent():
    """A VLOCATION says more than a line of text; what LOCATION says stays as it is."""
    data = '{"@type":"Place","address":{"addressLocality":"Gaborone","addressCountry":"Botswana"}}'.replace(",", "\\,")
    place = (
        *("BEGIN:VLOCATION", "UID:p", "NAME:Conference Centre", "GEO:-24.65;25.91"),
        *("STRUCTURED-DATA;FMTTYPE=application/ld+json;VALUE=TEXT:" + data, "END:VLOCATION"),
    )
    listing = one(*place)
    assert (listing.venue, listing.city, listing.country) == ("Conference Centre", "Gaborone", "BW")
    assert listing.place_text == "Conference Centre, Gaborone, Botswana"
    assert ("GEO", "-24.65,25.91") in listing.extra
    assert one("LOCATION:Accra\\, Ghana", *place).place_text == "Accra, Ghana"


def test_structured_data_of_the_event_tells_the_place():
    """Ticket shops put schema.org into the event itself."""
    data = '{"@type":"Event","location":{"@type":"Place","name":"Hall 1","address":{"addressLocality":"Lomé"}}}'
    listing = one("STRUCTURED-DATA;FMTTYPE=application/ld+json;VALUE=TEXT:" + data.replace(",", "\\,"))
    assert (listing.venue, listing.city) == ("Hall 1", "Lomé")
    assert one("STRUCTURED-DATA;FMTTYPE=application/ld+json:{not json").place_text == ""


def test_themes_relations_and_links_are_kept_with_their_kind():
    """A parent tells a side meeting from a duplicate; a concept is a theme in every language."""
    listing = one(
        "CONCEPT:https://example.org/themes/biosecurity",
        "RELATED-TO;RELTYPE=PARENT:forum-2026",
        "LINK;LINKREL=SOURCE;VALUE=URI:https://example.org/e/1",
        "REFID:programme-7",
    )
    assert listing.themes == ("https://example.org/themes/biosecurity",)
    assert dict(listing.extra) == {
        "RELATED-TO;RELTYPE=PARENT": "forum-2026",
        "LINK;LINKREL=SOURCE": "https://example.org/e/1",
        "REFID": "programme-7",
    }


def test_this_and_all_future_occurrences_move_together():
    """A weekly meeting that moves to the afternoon for good is one change, not a hundred."""
    series = event("RRULE:FREQ=DAILY;COUNT=4")
    change = event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260304T100000Z", start="DTSTART:20260304T140000Z")
    found = read(series, change).listings
    assert [(listing.start.day, listing.start.hour) for listing in found] == [(2, 10), (3, 10), (4, 14), (5, 14)]
    assert [listing.key.recurrence_id[8:13] for listing in found] == ["02T10", "03T10", "04T10", "05T10"]


def test_of_two_changes_of_one_occurrence_the_higher_sequence_counts():
    """An older draft of the change stands in some feeds beside the newer one, in any order."""
    newer = event("RECURRENCE-ID:20260303T100000Z", "SEQUENCE:3", start="DTSTART:20260303T140000Z")
    older = event("RECURRENCE-ID:20260303T100000Z", "SEQUENCE:1", start="DTSTART:20260303T110000Z")
    for changes in ((newer, older), (older, newer)):
        found = read(event("RRULE:FREQ=DAILY;COUNT=2"), *changes)
        assert [listing.start.hour for listing in found.listings] == [10, 14]
        assert [problem.code for problem in found.problems] == ["override-repeated"]


def test_a_change_without_its_series_is_an_event():
    """Invitations to one occurrence travel alone."""
    found = read(event("RECURRENCE-ID:20260302T090000Z"))
    assert [listing.key.recurrence_id for listing in found.listings] == ["2026-03-02T09:00:00+00:00"]
    assert [problem.code for problem in found.problems] == ["override-alone"]


def test_a_cancelled_occurrence_stays_as_cancelled():
    """That it does not take place is news, and absence is not."""
    found = read(event("RRULE:FREQ=DAILY;COUNT=2"), event("RECURRENCE-ID:20260302T100000Z", "STATUS:CANCELLED"))
    assert [listing.status for listing in found.listings] == [Status.CANCELLED, Status.CONFIRMED]


def test_several_events_of_one_uid_are_all_kept_and_repeated_ones_once():
    """Nextcloud exports one UID twice, other programs number their events by day."""
    found = read(event(), event("DTSTAMP:20260101T000000Z"), event(start="DTSTART:20260402T100000Z"))
    assert [listing.start.month for listing in found.listings] == [3, 4]
    assert [problem.code for problem in found.problems] == ["repeated-uid"]


def test_periods_of_an_rdate_have_lengths_of_their_own():
    """A second sitting may be longer than the first."""
    found = read(
        event("DTEND:20260302T110000Z", "RDATE;VALUE=PERIOD:20260303T100000Z/PT2H,20260304T100000Z/20260304T130000Z")
    )
    assert [(listing.end - listing.start).seconds // 3600 for listing in found.listings] == [1, 2, 3]


def test_remarks_on_what_lies_outside_the_window_are_not_made():
    """A remark on an event that gives no listing would look as if it could not be read, and keep it for ever."""
    found = read(event(start="DTSTART:20250302"), event(uid="v"))
    assert [listing.key.uid for listing in found.listings] == ["v"]
    assert not found.problems


def test_an_until_of_another_type_is_read_in_the_zone_of_the_start():
    """Engines agree on the last occurrence of none but these; a day means its first moment to all of them."""
    counts = {"20260304T100000": 3, "20260304T090000Z": 3, "20260304T085959Z": 2, "20260304": 2}
    for until, count in counts.items():
        found = read(event(f"RRULE:FREQ=DAILY;UNTIL={until}", start="DTSTART;TZID=Europe/Berlin:20260302T100000"))
        assert (until, len(found.listings)) == (until, count)
