"""Rules that would run away (T08) and dates at the ends of the calendar (T09): nobody's night may hang on them."""

from __future__ import annotations

import time
from datetime import date

import pytest

from calendar_sync.reading import Reading
from calendar_sync.reading.ics import read_ics
from calendar_sync.roster import Calendar, Limits

CALENDAR = Calendar("feed", "someone", "feed.ics")
YEAR = (date(2026, 1, 1), date(2027, 1, 1))
ALWAYS = (date(1, 1, 1), date(2027, 1, 1))
START = "DTSTART:20260101T000000Z"

BOMBS = {
    "SECONDLY since 1970": "DTSTART:19700101T000000Z\r\nRRULE:FREQ=SECONDLY",
    "MINUTELY since 1970": "DTSTART:19700101T000000Z\r\nRRULE:FREQ=MINUTELY",
    "MINUTELY within the window": f"{START}\r\nRRULE:FREQ=MINUTELY",
    "hourly since the year 1": "DTSTART:00010101T000000Z\r\nRRULE:FREQ=HOURLY",
    "INTERVAL=0": f"{START}\r\nRRULE:FREQ=DAILY;INTERVAL=0",
    "INTERVAL=00": f"{START}\r\nRRULE:FREQ=SECONDLY;INTERVAL=00",
    "negative INTERVAL": f"{START}\r\nRRULE:FREQ=DAILY;INTERVAL=-1",
    "interval beyond all": f"{START}\r\nRRULE:FREQ=YEARLY;INTERVAL=99999999999",
    "COUNT of a billion": f"{START}\r\nRRULE:FREQ=SECONDLY;COUNT=1000000000",
    "COUNT with 40 digits": f"{START}\r\nRRULE:FREQ=SECONDLY;COUNT={'9' * 40}",
    "cross product of a day": f"{START}\r\nRRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24)))
    + ";BYMINUTE=" + ",".join(map(str, range(60))) + ";BYSECOND=" + ",".join(map(str, range(60))),
    "cross product of a year": f"{START}\r\nRRULE:FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYMONTHDAY="
    + ",".join(map(str, range(1, 32))) + ";BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=0,15,30,45",
    "EXRULE equal to RRULE": f"{START}\r\nRRULE:FREQ=SECONDLY\r\nEXRULE:FREQ=SECONDLY",
    "never true, by the second": f"{START}\r\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    "never true, by the day": f"{START}\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "never true, by the year": f"{START}\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31;BYHOUR=3",
    "BYSETPOS beyond all": f"{START}\r\nRRULE:FREQ=MINUTELY;BYSECOND=0,1;BYSETPOS=366",
    "UNTIL in the year 9999": "DTSTART:19000101T000000Z\r\nRRULE:FREQ=MINUTELY;UNTIL=99991231T235959Z",
    "a hundred bombs in one event": START + "\r\nRRULE:FREQ=SECONDLY" * 100,
    "all days of a year, all minutes": f"{START}\r\nRRULE:FREQ=YEARLY;BYYEARDAY=" + ",".join(map(str, range(1, 367)))
    + ";BYHOUR=0,6,12,18;BYMINUTE=" + ",".join(map(str, range(60))),
    "a rule of 100,000 letters": f"{START}\r\nRRULE:FREQ=DAILY;BYSECOND=" + "0," * 50_000 + "0",
    "lunar months": f"{START}\r\nRRULE:RSCALE=CHINESE;FREQ=MONTHLY;SKIP=BACKWARD",
}  # fmt: skip
SMALL = {
    "three slots of ten minutes": (f"{START}\r\nRRULE:FREQ=MINUTELY;INTERVAL=10;COUNT=3", 3),
    "a bell by the second": (f"{START}\r\nRRULE:FREQ=SECONDLY;INTERVAL=30;UNTIL=20260101T000200Z", 5),
}


def feed(*events: str, before: str = "") -> bytes:
    inside = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{before}{inside}END:VCALENDAR\r\n".encode()


def good(uid: str) -> str:
    return f"UID:{uid}\r\nSUMMARY:{uid}\r\nDTSTART:20260301T100000Z\r\nDTEND:20260301T110000Z"


def around(body: str, *, before: str = "") -> bytes:
    return feed(good("first"), f"UID:odd\r\nSUMMARY:odd\r\n{body}", good("last"), before=before)


def neighbours(found: Reading) -> set[str]:
    return {listing.key.uid for listing in found.listings} - {"odd"}


@pytest.mark.fault("T08")
@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_a_rule_bomb_is_refused_and_its_first_occurrence_kept(body, record_property):
    """Somebody's typing error, or malice, must not hang the night of everybody else."""
    begun = time.process_time()
    found = read_ics(around(body), CALENDAR, ALWAYS)
    record_property("seconds", time.process_time() - begun)
    assert neighbours(found) == {"first", "last"}
    assert sum(listing.key.uid == "odd" for listing in found.listings) == 1
    refused = [problem for problem in found.problems if problem.uid == "odd" and problem.lost]
    assert {problem.code for problem in refused} <= {"rule-refused", "rule-unreadable", "unreadable-property"}
    assert refused


@pytest.mark.fault("T08")
@pytest.mark.parametrize(("body", "times"), SMALL.values(), ids=SMALL)
def test_a_sub_hourly_rule_that_stays_small_is_expanded(body, times):
    """A clinic with three slots of ten minutes is no attack."""
    found = read_ics(around(body), CALENDAR, YEAR)
    assert sum(listing.key.uid == "odd" for listing in found.listings) == times
    assert not found.problems


def test_a_feed_full_of_bombs_is_still_read():
    """Each alone may be just below the limit; a thousand together must not take the night."""
    heavy = "DTSTART:19900101T000000Z\r\nRRULE:FREQ=HOURLY;BYHOUR=3;BYMINUTE=7;BYSECOND=9;BYMONTH=2;BYMONTHDAY=29"
    body = feed(good("first"), *(f"UID:odd{number}\r\nSUMMARY:x\r\n{heavy}" for number in range(300)), good("last"))
    found = read_ics(body, CALENDAR, YEAR)
    assert {"first", "last"} <= {listing.key.uid for listing in found.listings}
    assert any("together" in problem.message for problem in found.problems if problem.code == "rule-refused")


@pytest.mark.parametrize(("most", "kept"), [(365, 365), (364, 1)])
def test_the_roster_says_how_often_a_series_may_occur(most, kept):
    """A calendar of daily prayer is no attack, and its owner can say so."""
    body = around(f"{START}\r\nRRULE:FREQ=DAILY")
    found = read_ics(body, Calendar("feed", "someone", "feed.ics", limits=Limits(occurrences=most)), YEAR)
    assert sum(listing.key.uid == "odd" for listing in found.listings) == kept
    assert [problem.code for problem in found.problems] == ([] if kept > 1 else ["rule-refused"])


OBSERVANCE = (
    "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0000\r\n"
    "TZOFFSETTO:+0300\r\n{rule}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=YEARLY;BYMINUTE=" + ",".join(map(str, range(60))) + ";BYSECOND=" + ",".join(map(str, range(60))),
        "RRULE:FREQ=YEARLY;INTERVAL=0",
        "RRULE:FREQ=MINUTELY;COUNT=900000000",
    ],
)
def test_a_bomb_inside_a_time_zone_is_none(rule):
    """A VTIMEZONE holds rules too, and they are laid out before any event is."""
    body = around("DTSTART;TZID=Ours:20260302T100000", before=OBSERVANCE.format(rule=rule))
    found = read_ics(body, CALENDAR, YEAR)
    assert {listing.key.uid for listing in found.listings} == {"first", "odd", "last"}
    assert found.problems


# What stands in the event, and the start and end it is kept with; none: it is named, and nothing is withdrawn.
EXTREMES: dict[str, tuple[str, tuple[str, str] | None]] = {
    "DTEND in the year 9999": (
        "DTSTART:20260302T100000Z\r\nDTEND:99991231T235959Z", ("2026-03-02T10:00:00+00:00", "9999-12-31T23:59:59+00:00")
    ),
    "the last second": (
        "DTSTART:99991231T235959Z\r\nDTEND:99991231T235959Z", ("9999-12-31T23:59:59+00:00", "9999-12-31T23:59:59+00:00")
    ),
    "the last day": ("DTSTART;VALUE=DATE:99991231", ("9999-12-31", "9999-12-31")),
    "the first day": ("DTSTART;VALUE=DATE:00010101", ("0001-01-01", "0001-01-02")),
    "the first second, east of Greenwich": (
        "DTSTART;TZID=Asia/Tokyo:00010101T000000", ("0001-01-01T00:00:00+09:18:59", "0001-01-01T00:00:00+09:18:59")
    ),
    "the last second, west of Greenwich": (
        "DTSTART;TZID=America/New_York:99991231T235959",
        ("9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59-05:00"),
    ),
    "an end that leaves the calendar": (
        "DTSTART;TZID=Pacific/Auckland:99991231T100000\r\nDTEND:99991231T235959Z",
        ("9999-12-31T10:00:00+13:00", "9999-12-31T10:00:00+13:00"),
    ),
    "a series at the end of time": (
        "DTSTART:99991230T100000Z\r\nRRULE:FREQ=DAILY", ("9999-12-30T10:00:00+00:00", "9999-12-30T10:00:00+00:00")
    ),
    "a series from the beginning": (
        "DTSTART:00010101T000000Z\r\nRRULE:FREQ=YEARLY", ("0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00+00:00")
    ),
    "two and a half million years long": (
        "DTSTART:20260302T100000Z\r\nDURATION:P999999999D",
        ("2026-03-02T10:00:00+00:00", "2026-03-02T10:00:00+00:00"),
    ),
    "longer than a number": (
        f"DTSTART:20260302T100000Z\r\nDURATION:P{'9' * 60}D",
        ("2026-03-02T10:00:00+00:00", "2026-03-02T10:00:00+00:00"),
    ),
    "a negative duration": (
        "DTSTART:20260302T100000Z\r\nDURATION:-PT1H", ("2026-03-02T10:00:00+00:00", "2026-03-02T09:00:00+00:00")
    ),
    "no duration": (
        "DTSTART:20260302T100000Z\r\nDURATION:PT0S", ("2026-03-02T10:00:00+00:00", "2026-03-02T10:00:00+00:00")
    ),
    "an end before the start": (
        "DTSTART:20260302T100000Z\r\nDTEND:20260301T100000Z",
        ("2026-03-02T10:00:00+00:00", "2026-03-01T10:00:00+00:00"),
    ),
    "a day that ends before it begins": (
        "DTSTART;VALUE=DATE:20260302\r\nDTEND;VALUE=DATE:20260228", ("2026-03-02", "2026-02-28")
    ),
    "a leap second": ("DTSTART:20161231T235960Z", ("2016-12-31T23:59:59+00:00", "2016-12-31T23:59:59+00:00")),
    "the hour after the last": ("DTSTART:20260302T240000Z", ("2026-03-03T00:00:00+00:00", "2026-03-03T00:00:00+00:00")),
    "the year 0": ("DTSTART:00000302T100000Z", None),
    "a year of five digits": ("DTSTART:120260302T100000Z", None),
    "the 30th of February": ("DTSTART;VALUE=DATE:20260230", None),
}  # fmt: skip


@pytest.mark.fault("T09")
@pytest.mark.parametrize(("body", "kept"), EXTREMES.values(), ids=EXTREMES)
def test_extreme_dates_are_kept_or_named(body, kept):
    """An overflow in one event is how whole feeds get lost; what can be placed in time is placed."""
    found = read_ics(around(body), CALENDAR)
    assert neighbours(found) == {"first", "last"}
    odd = [listing for listing in found.listings if listing.key.uid == "odd"]
    if kept is None:
        assert not odd
        assert [problem.uid for problem in found.problems if problem.lost] == ["odd"]
    else:
        assert (odd[0].start.isoformat(), odd[0].end.isoformat()) == kept
        assert odd[0].span.latest >= odd[0].span.earliest
