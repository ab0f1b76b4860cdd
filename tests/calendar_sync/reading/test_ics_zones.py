"""Time zones as producers spell them (T11): known, guessed and said, or flagged; never silently floating."""

from __future__ import annotations

from datetime import date

import pytest

from calendar_sync.reading import Reading
from calendar_sync.reading.ics import read_ics
from calendar_sync.roster import Calendar

CALENDAR = Calendar("feed", "someone", "feed.ics")
YEAR = (date(2026, 1, 1), date(2027, 1, 1))

# As stated, the instant of ten o'clock on 1 July, and the code of what had to be done for it.
SPELLINGS = [
    ("Europe/Berlin", "08", "zone-undefined"),
    ("europe/berlin", "08", "zone-alias"),
    (" Europe/Berlin ", "08", "zone-undefined"),
    ('"Europe/Berlin"', "08", "zone-undefined"),
    ("Africa_Gaborone", "08", "zone-alias"),
    ("US-Eastern", "14", "zone-alias"),
    ("/mozilla.org/20050126_1/Europe/Berlin", "08", "zone-alias"),
    ("/freeassociation.sourceforge.net/Tzfile/Africa/Gaborone", "08", "zone-alias"),
    ("/citadel.org/20190914_1/Asia/Kolkata", "04:30", "zone-alias"),
    ("W. Europe Standard Time", "08", "zone-alias"),
    ("Eastern Standard Time 1", "14", "zone-alias"),
    ("E. Africa Standard Time", "07", "zone-alias"),
    ("tzone://Microsoft/Utc", "10", "zone-alias"),
    ("Z", "10", "zone-alias"),
    ("(UTC) Coordinated Universal Time", "10", "zone-alias"),
    ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "08", "tz-assumed"),
    ("(GMT+01.00) Sarajevo/Warsaw/Zagreb", "08", "tz-assumed"),
    ("(GMT-05:00) Eastern Time (US & Canada)", "14", "tz-assumed"),
    ("(UTC+03:00) Nairobi", "07", "tz-assumed"),
    ('"Amsterdam, Belgrade, Berlin, Brussels, Budapest, Madrid, Paris"', "08", "tz-assumed"),
    ("Customized Time Zone (Europe/Paris)", "08", "tz-assumed"),
    ("GMT+0300", "07", "tz-assumed"),
    ("UTC+05:30", "04:30", "tz-assumed"),
    ("Addis Ababa", "07", "tz-assumed"),
    ("PDT", "17", "tz-assumed"),
    ("CET/CEST", "08", "tz-assumed"),
    ("Heure d'Europe centrale", "08", "tz-assumed"),
    ("Mitteleurop\u00e4ische Sommerzeit", "08", "tz-assumed"),
    ("Customized Time Zone", None, "unknown-zone"),
    ("Mars/Olympus", None, "unknown-zone"),
]


def calendar(*inside: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *inside, "END:VCALENDAR", ""])


def event(start: str, *lines: str, uid: str = "u") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", "SUMMARY:s", start, *lines, "END:VEVENT"])


def zone(name: str, offset: str) -> str:
    observance = ["BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0000", f"TZOFFSETTO:{offset}"]
    return "\r\n".join(["BEGIN:VTIMEZONE", f"TZID:{name}", *observance, "END:STANDARD", "END:VTIMEZONE"])


def read(text: str, of: Calendar = CALENDAR) -> Reading:
    return read_ics(text.encode(), of, YEAR)


@pytest.mark.fault("T11")
@pytest.mark.parametrize(("stated", "hour", "code"), SPELLINGS)
def test_a_zone_is_resolved_or_flagged(stated, hour, code):
    """Read as floating, as parsers do in silence, a meeting moves by hours."""
    found = read(calendar(event(f"DTSTART;TZID={stated}:20260701T100000")))
    (listing,) = found.listings
    if hour is None:
        assert listing.start_utc is None
        assert listing.start.isoformat() == "2026-07-01T10:00:00"
    else:
        assert listing.start_utc.isoformat() == f"2026-07-01T{hour if ':' in hour else hour + ':00'}:00+00:00"
    assert [problem.code for problem in found.problems] == [code]


def test_each_calendar_of_a_feed_has_its_own_zones():
    """Outlook calls every zone it was told "Customized Time Zone"; joined feeds hold several of that name."""
    east = calendar(zone("Customized Time Zone", "+0300"), event("DTSTART;TZID=Customized Time Zone:20260701T100000"))
    west = calendar(
        zone("Customized Time Zone", "-0500"), event("DTSTART;TZID=Customized Time Zone:20260701T100000", uid="w")
    )
    assert {listing.key.uid: listing.start_utc.hour for listing in read(east + west).listings} == {"u": 7, "w": 15}
    assert {listing.key.uid: listing.start_utc.hour for listing in read(west + east).listings} == {"u": 7, "w": 15}


def test_each_calendar_of_a_feed_has_its_own_default_zone():
    """X-WR-TIMEZONE of Nairobi must not move the floating times of Kingston's calendar behind it."""
    nairobi = calendar("X-WR-TIMEZONE:Africa/Nairobi", event("DTSTART:20260701T100000"))
    kingston = calendar("X-WR-TIMEZONE:America/Jamaica", event("DTSTART:20260701T100000", uid="k"))
    silent = calendar(event("DTSTART:20260701T100000", uid="s"))
    hours = {
        listing.key.uid: listing.start_utc and listing.start_utc.hour
        for listing in read(nairobi + kingston + silent).listings
    }
    assert hours == {"u": 7, "k": 15, "s": None}


def test_a_zone_defined_in_another_calendar_of_the_feed_is_found():
    """Some programs join feeds and keep all VTIMEZONEs in the first VCALENDAR."""
    found = read(calendar(zone("Ours", "+0300")) + calendar(event("DTSTART;TZID=Ours:20260701T100000")))
    assert found.listings[0].start_utc.hour == 7


def test_a_series_in_a_zone_of_the_feed_keeps_its_hour():
    """Rules are laid out on the wall clock of the zone, also where only the feed knows it."""
    summer = "\r\n".join(
        [
            "BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD", "DTSTART:19701025T030000",
            "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "END:STANDARD",
            "BEGIN:DAYLIGHT", "DTSTART:19700329T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
            "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:DAYLIGHT", "END:VTIMEZONE",
        ]
    )  # fmt: skip
    found = read(calendar(summer, event("DTSTART;TZID=Ours:20260327T100000", "RRULE:FREQ=DAILY;COUNT=4")))
    assert [listing.start_utc.hour for listing in found.listings] == [9, 9, 8, 8]
    assert {listing.start.hour for listing in found.listings} == {10}


def test_the_zone_of_an_iana_name_is_ianas_and_the_difference_is_said():
    """Old programs write the rules of their year of birth; a meeting in Moscow would move by an hour."""
    found = read(calendar(zone("Africa/Nairobi", "+0100"), event("DTSTART;TZID=Africa/Nairobi:20260701T100000")))
    assert found.listings[0].start_utc.hour == 7
    assert [problem.code for problem in found.problems] == ["zone-disagrees"]


def test_floating_times_are_read_in_the_zone_the_roster_gives():
    """An organisation whose feed says nothing of its zone is asked once, by us, and not at every event."""
    found = read(calendar(event("DTSTART:20260701T100000")), Calendar("f", "o", "f.ics", time_zone="Africa/Gaborone"))
    assert (found.listings[0].start_utc.hour, found.listings[0].tz) == (8, "Africa/Gaborone")


def test_a_series_in_utc_is_laid_out_in_the_zone_of_the_feed():
    """Google writes the start of some series in UTC, and means the weekdays and the hour of X-WR-TIMEZONE."""
    found = read(
        calendar("X-WR-TIMEZONE:Europe/Berlin", event("DTSTART:20260327T230000Z", "RRULE:FREQ=WEEKLY;BYDAY=SA;COUNT=2"))
    )
    assert [listing.start_utc.isoformat() for listing in found.listings] == [
        "2026-03-27T23:00:00+00:00",
        "2026-04-03T22:00:00+00:00",
    ]
    assert [problem.code for problem in found.problems] == ["series-in-feed-zone"]
