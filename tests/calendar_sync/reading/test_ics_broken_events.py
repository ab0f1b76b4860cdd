"""One bad event must not lose its neighbours: 28 ways in which producers break one."""

from __future__ import annotations

from datetime import date

import pytest

from calendar_sync.reading import Reading
from calendar_sync.reading.ics import read_ics
from calendar_sync.roster import Calendar

CALENDAR = Calendar(id="feed", organisation="ORG", source="feed.ics")
WINDOW = (date(2026, 1, 1), date(2027, 1, 1))
GOOD = (
    "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:{uid}\r\nDTSTART:20260301T100000Z\r\n"
    "DTEND:20260301T110000Z\r\nEND:VEVENT\r\n"
)
START = "DTSTART:20260302T100000Z"

KINDS = {
    "DTSTART not a date": ["DTSTART:tomorrow"],
    "DTSTART 20261345T990000": ["DTSTART:20261345T990000Z"],
    "VALUE=DATE with a time": ["DTSTART;VALUE=DATE:20260301T100000"],
    "date without VALUE=DATE": ["DTSTART:20260301"],
    "no DTSTART": ["LOCATION:x"],
    "no UID": [START],
    "line without colon": [START, "this is a broken fold"],
    "unescaped quote in param": [START, 'ATTENDEE;CN="A "B" C:mailto:a@example.org'],
    "unknown TZID": ["DTSTART;TZID=Customized Time Zone:20260302T100000"],
    "Windows TZID": ["DTSTART;TZID=W. Europe Standard Time:20260302T100000"],
    "RRULE FREQ=SOMETIMES": [START, "RRULE:FREQ=SOMETIMES"],
    "RRULE empty": [START, "RRULE:"],
    "RRULE UNTIL date vs datetime": [
        "DTSTART;TZID=Europe/Berlin:20260302T100000", "RRULE:FREQ=DAILY;UNTIL=20260310",
    ],
    "RRULE UNTIL floating vs tz": [
        "DTSTART;TZID=Europe/Berlin:20260302T100000", "RRULE:FREQ=DAILY;UNTIL=20260310T000000",
    ],
    "EXDATE garbage": [START, "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:none"],
    "DTEND before DTSTART": [START, "DTEND:20260301T100000Z"],
    "DTEND date, DTSTART datetime": [START, "DTEND;VALUE=DATE:20260303"],
    "DURATION garbage": [START, "DURATION:2 hours"],
    "year 0001": ["DTSTART:00010101T000000Z", "RRULE:FREQ=YEARLY"],
    "year 9999": ["DTSTART:99991231T235959Z", "DTEND:99991231T235959Z"],
    "FREQ=SECONDLY forever": ["DTSTART:20200302T100000Z", "RRULE:FREQ=SECONDLY"],
    "override only": [START, "RECURRENCE-ID:20260302T090000Z"],
    "RDATE PERIOD": [START, "RDATE;VALUE=PERIOD:20260303T100000Z/PT2H"],
    "missing END:VEVENT": [START],
    "END:VEVENT twice": [START],
    "NUL byte in SUMMARY": [START],
    "latin-1 byte": [START],
    "truncated feed (no END)": [START],
}  # fmt: skip


def feed(kind: str) -> bytes:
    uid = "" if kind == "no UID" else "UID:bad\r\n"
    broken = f"BEGIN:VEVENT\r\n{uid}DTSTAMP:20260101T000000Z\r\nSUMMARY:bad\r\n" + "\r\n".join(KINDS[kind]) + "\r\n"
    first, last = GOOD.format(uid="good1"), GOOD.format(uid="good2")
    head, tail = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n", "END:VCALENDAR\r\n"
    if kind == "truncated feed (no END)":
        return (head + first + last + broken).encode()
    if kind == "END:VEVENT twice":
        broken += "END:VEVENT\r\n"
    if kind != "missing END:VEVENT":
        broken += "END:VEVENT\r\n"
    body = (head + first + broken + last + tail).encode()
    if kind == "NUL byte in SUMMARY":
        body = body.replace(b"SUMMARY:bad", b"SUMMARY:b\0ad")
    if kind == "latin-1 byte":
        body = body.replace(b"SUMMARY:bad", b"SUMMARY:b\xe9d").replace(b"SUMMARY:good2", "SUMMARY:Réunion".encode())
    return body


def read(kind: str, window: tuple[date, date] | None = WINDOW) -> Reading:
    return read_ics(feed(kind), CALENDAR, window)


@pytest.mark.parametrize("window", [WINDOW, None], ids=["window", "no window"])
@pytest.mark.parametrize("kind", KINDS)
def test_both_good_neighbours_are_kept(kind, window):
    """An organisation's other events must not vanish because of one that it typed wrong."""
    reading = read(kind, window)
    assert reading.is_calendar
    for uid in ("good1", "good2"):
        (listing,) = [listing for listing in reading.listings if listing.key.uid == uid]
        assert listing.start_utc is not None
        assert (listing.start_utc.isoformat(), listing.span.latest) == ("2026-03-01T10:00:00+00:00", date(2026, 3, 1))


@pytest.mark.parametrize("kind", KINDS)
def test_the_broken_event_is_kept_or_named(kind):
    """What cannot be read is not absent: nobody may conclude that it was withdrawn."""
    reading = read(kind, None)
    kept = [listing for listing in reading.listings if not listing.key.uid.startswith("good")]
    named = [problem for problem in reading.problems if not problem.uid.startswith("good")]
    assert kept or named
    if not kept:
        assert any(problem.lost for problem in named)


@pytest.mark.parametrize(
    ("kind", "starts"),
    [
        ("VALUE=DATE with a time", ["2026-03-01T10:00:00"]),
        ("date without VALUE=DATE", ["2026-03-01"]),
        ("unknown TZID", ["2026-03-02T10:00:00"]),
        ("Windows TZID", ["2026-03-02T10:00:00+01:00"]),
        ("RRULE FREQ=SOMETIMES", ["2026-03-02T10:00:00+00:00"]),
        ("EXDATE garbage", [f"2026-03-0{day}T10:00:00+00:00" for day in (2, 3, 4)]),
        ("FREQ=SECONDLY forever", []),
        ("RDATE PERIOD", ["2026-03-02T10:00:00+00:00", "2026-03-03T10:00:00+00:00"]),
        ("missing END:VEVENT", ["2026-03-02T10:00:00+00:00"]),
    ],
)
def test_what_is_left_of_the_broken_event(kind, starts):
    """As much is kept as can be placed in time."""
    found = [listing.start.isoformat() for listing in read(kind).listings if not listing.key.uid.startswith("good")]
    assert found == starts


def test_one_foreign_line_does_not_spoil_the_letters_of_its_neighbours():
    """Read as Latin-1 as a whole, a UTF-8 feed would lose every accent because of one byte."""
    reading = read("latin-1 byte")
    assert {listing.title for listing in reading.listings} == {"good1", "béd", "Réunion"}
    assert [problem.code for problem in reading.problems] == ["encoding-assumed"]


def test_a_period_of_an_rdate_has_its_own_length():
    """A second sitting may be longer than the first."""
    starts = {listing.start.day: listing.end for listing in read("RDATE PERIOD").listings if listing.key.uid == "bad"}
    assert starts[3].isoformat() == "2026-03-03T12:00:00+00:00"
    assert starts[2].isoformat() == "2026-03-02T10:00:00+00:00"


def test_an_end_before_the_start_does_not_move_the_start():
    """Swapping the two, as some engines do, makes a week's event of a typing error."""
    (listing,) = [listing for listing in read("DTEND before DTSTART").listings if listing.key.uid == "bad"]
    assert listing.start.isoformat() == "2026-03-02T10:00:00+00:00"
    assert (listing.span.earliest, listing.span.latest) == (date(2026, 3, 2), date(2026, 3, 2))
    assert "end-before-start" in {problem.code for problem in read("DTEND before DTSTART").problems}
