"""iCalendar feeds as producers really write them: rules that must not run away, and what a listing takes from them."""

from __future__ import annotations

from datetime import date

import pytest

from calendar_sync.listings import Listing, Status
from calendar_sync.reading import Reading
from calendar_sync.reading.guarded import read_guarded
from calendar_sync.reading.ics import read_ics
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility

CALENDAR = Calendar("feed", "someone", "feed.ics")
YEAR = (date(2026, 1, 1), date(2027, 1, 1))

BOMBS = {
    "SECONDLY since 1970": "DTSTART:19700101T000000Z\r\nRRULE:FREQ=SECONDLY",
    "MINUTELY since 1970": "DTSTART:19700101T000000Z\r\nRRULE:FREQ=MINUTELY",
    "INTERVAL=0": "DTSTART:20260101T000000Z\r\nRRULE:FREQ=DAILY;INTERVAL=0",
    "negative INTERVAL": "DTSTART:20260101T000000Z\r\nRRULE:FREQ=DAILY;INTERVAL=-1",
    "COUNT of a billion": "DTSTART:20260101T000000Z\r\nRRULE:FREQ=SECONDLY;COUNT=1000000000",
    "cross product": "DTSTART:20260101T000000Z\r\nRRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24)))
    + ";BYMINUTE=" + ",".join(map(str, range(60))) + ";BYSECOND=" + ",".join(map(str, range(60))),
    "EXRULE equal to RRULE": "DTSTART:20260101T000000Z\r\nRRULE:FREQ=SECONDLY\r\nEXRULE:FREQ=SECONDLY",
    "never true": "DTSTART:20260101T000000Z\r\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    "hourly since the year 1": "DTSTART:00010101T000000Z\r\nRRULE:FREQ=HOURLY",
    "interval beyond all": "DTSTART:20260101T000000Z\r\nRRULE:FREQ=YEARLY;INTERVAL=99999999999",
}  # fmt: skip


def feed(*events: str) -> str:
    inside = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{inside}END:VCALENDAR\r\n"


def good(uid: str) -> str:
    return f"UID:{uid}\r\nSUMMARY:{uid}\r\nDTSTART:20260301T100000Z\r\nDTEND:20260301T110000Z"


def around(body: str) -> str:
    return feed(good("first"), f"UID:odd\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:odd\r\n{body}", good("last"))


def read(text: str, window: tuple[date, date] | None = YEAR, calendar: Calendar = CALENDAR) -> Reading:
    return read_ics(text.encode("latin-1") if "\xe9" in text else text.encode(), calendar, window)


def one(text: str) -> Listing:
    (listing,) = read(text).listings
    return listing


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_a_rule_bomb_is_refused_and_its_first_occurrence_kept(body: str):
    """Somebody's typing error, or malice, must not hang the night of everybody else."""
    payload = Payload(around(body).encode(), "text/calendar", name="feed.ics")
    found = read_guarded(payload, CALENDAR, (date(1, 1, 1), date(2027, 1, 1)))
    assert found.is_calendar
    assert {"first", "last"} <= {listing.key.uid for listing in found.listings}
    assert sum(listing.key.uid == "odd" for listing in found.listings) <= 1
    assert any(problem.uid == "odd" for problem in found.problems)


def test_a_sub_hourly_rule_that_stays_small_is_expanded():
    """A clinic with three slots of ten minutes is no attack."""
    found = read(around("DTSTART:20260302T100000Z\r\nRRULE:FREQ=MINUTELY;INTERVAL=10;COUNT=3"))
    assert sum(listing.key.uid == "odd" for listing in found.listings) == 3


@pytest.mark.parametrize(
    "text",
    ["<html><body>Please sign in</body></html>", "---\nlayout: none\n---\nBEGIN:VCALENDAR", "", "{% for e in x %}"],
)
def test_what_is_no_calendar_says_so(text: str):
    """A login page in place of a feed must not look like an empty calendar."""
    found = read(text)
    assert not found.is_calendar
    assert found.problems[0].code == "not-a-calendar"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks_change_nothing(end: str, mark: bytes):
    """Producers write all of them."""
    body = mark + feed(good("first"), good("last")).replace("\r\n", end).encode()
    assert [listing.key.uid for listing in read_ics(body, CALENDAR, YEAR).listings] == ["first", "last"]


def test_a_time_zone_on_a_date_is_an_all_day_event():
    """ConnectDaily writes it; read as midnight the event would move to the day before."""
    listing = one(
        feed("UID:u\r\nSUMMARY:s\r\nDTSTART;TZID=America/New_York:20260302\r\nDTEND;TZID=America/New_York:20260304")
    )
    assert listing.all_day
    assert listing.span == Span.exact(date(2026, 3, 2), date(2026, 3, 3))


def test_an_unknown_zone_is_said_and_the_time_kept_as_stated():
    """A guess would move the event by hours without anybody knowing."""
    found = read(feed("UID:u\r\nSUMMARY:s\r\nDTSTART;TZID=Mars/Olympus:20260302T100000"))
    assert found.listings[0].start_utc is None
    assert [problem.code for problem in found.problems] == ["unknown-zone"]


def test_an_end_at_midnight_does_not_touch_its_day():
    """DTEND is exclusive; a two-day workshop must not clash with the day after."""
    listing = one(
        feed("UID:u\r\nSUMMARY:s\r\nDTSTART;VALUE=DATE:20071127\r\nDTEND;VALUE=DATE:20071129").replace("2007", "2026")
    )
    assert listing.span == Span.exact(date(2026, 11, 27), date(2026, 11, 28))


@pytest.mark.parametrize(("klass", "level"), [("PUBLIC", "PUBLIC"), ("PRIVATE", "HIDDEN"), ("X-WHATEVER", "HIDDEN")])
def test_class_decides_visibility_and_the_unknown_is_private(klass: str, level: str):
    """RFC 5545 says so, and a leak cannot be taken back."""
    assert one(feed(good("u") + f"\r\nCLASS:{klass}")).visibility is Visibility[level]


def test_the_strictest_of_class_and_calendar_wins():
    """A public event in a hidden calendar stays hidden."""
    hidden = Calendar("feed", "someone", "feed.ics", visibility=Visibility.HIDDEN)
    (listing,) = read(feed(good("u") + "\r\nCLASS:PUBLIC"), calendar=hidden).listings
    assert listing.visibility is Visibility.HIDDEN


def test_outreach_facts_travel_in_an_event():
    """What tables say in columns, a feed says in these properties."""
    listing = one(
        feed(
            "UID:u\r\nSUMMARY;LANGUAGE=fr:Un atelier\r\nCREATED:20260101T120000Z\r\nSTATUS:TENTATIVE\r\n"
            "DTSTART;VALUE=DATE:20260122\r\nDTEND;VALUE=DATE:20260201\r\n"
            "X-OUTREACH-DATE-TEXT:during the last 10 days of January 2026\r\n"
            "LOCATION:Nairobi\\, Kenya\r\nX-OUTREACH-AUDIENCE:KE\\; UG\\; French-speaking States\r\n"
            'ORGANIZER;CN="Kenya":mailto:a@example.org\r\nCONTACT:UNODA\r\n'
            "BEGIN:PARTICIPANT\r\nUID:p\r\nPARTICIPANT-TYPE:SPONSOR\r\nNAME:Norway\r\nEND:PARTICIPANT"
        )
    )
    assert listing.language == "fr"
    assert listing.published == date(2026, 1, 1)
    assert listing.status is Status.TENTATIVE
    assert listing.span == Span.vague(date(2026, 1, 22), date(2026, 1, 31))
    assert (listing.city, listing.country) == ("Nairobi", "KE")
    assert listing.audience == ("KE", "UG", "French-speaking States")
    assert listing.organisers == ("Kenya", "UNODA")
    assert listing.sponsors == ("Norway",)
