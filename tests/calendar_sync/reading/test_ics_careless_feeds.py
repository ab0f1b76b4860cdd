"""More ways in which hostile and careless producers break an event, and what a malformed feed may not do (T10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from calendar_sync.reading.ics import read_ics
from calendar_sync.refresh import refresh
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload, Validators

CALENDAR = Calendar(id="feed", organisation="ORG", source="feed.ics")
WINDOW = (date(2026, 1, 1), date(2027, 1, 1))
NIGHT = date(2026, 1, 15)
START = "DTSTART:20260302T100000Z"
HEAD, TAIL = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n", "END:VCALENDAR\r\n"
AT_TEN = "2026-03-02T10:00:00+00:00"
NAMED = None
"""The event cannot be placed; it is named as lost."""

# What stands in the event besides UID and SUMMARY, and the start of each occurrence that is kept.
KINDS: dict[str, tuple[list[str], list[str] | None]] = {
    "DTSTART twice": ([START, "DTSTART:20260303T100000Z"], [AT_TEN]),
    "DTSTART twice, the first unreadable": (["DTSTART:soon", START], [AT_TEN]),
    "UID twice": ([START, "UID:other"], [AT_TEN]),
    "RRULE twice": ([START, "RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2"], [
        AT_TEN, "2026-03-03T10:00:00+00:00", "2026-03-09T10:00:00+00:00",
    ]),
    "COUNT=0": ([START, "RRULE:FREQ=DAILY;COUNT=0"], [AT_TEN]),
    "COUNT negative": ([START, "RRULE:FREQ=DAILY;COUNT=-3"], [AT_TEN]),
    "COUNT and UNTIL": ([START, "RRULE:FREQ=DAILY;COUNT=2;UNTIL=20261231T000000Z"], [
        AT_TEN, "2026-03-03T10:00:00+00:00",
    ]),
    "INTERVAL negative": ([START, "RRULE:FREQ=DAILY;INTERVAL=-2"], [AT_TEN]),
    "UNTIL before DTSTART": ([START, "RRULE:FREQ=DAILY;UNTIL=20250101T000000Z"], []),
    "BYMONTH=13": ([START, "RRULE:FREQ=YEARLY;BYMONTH=13"], [AT_TEN]),
    "BYDAY=99MO": ([START, "RRULE:FREQ=MONTHLY;BYDAY=99MO"], [AT_TEN]),
    "BYDAY in German": ([START, "RRULE:FREQ=WEEKLY;BYDAY=MI"], [AT_TEN]),
    "BYMONTHDAY=32": ([START, "RRULE:FREQ=MONTHLY;BYMONTHDAY=32"], [AT_TEN]),
    "BYSETPOS=0": ([START, "RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0"], [AT_TEN]),
    "RRULE in words": ([START, "RRULE:every other Monday"], [AT_TEN]),
    "RRULE with a colon too many": ([START, "RRULE:RRULE:FREQ=DAILY;COUNT=2"], [AT_TEN]),
    "DTSTART outside its rule": (["DTSTART:20260303T100000Z", "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2"], [
        "2026-03-09T10:00:00+00:00", "2026-03-16T10:00:00+00:00",
    ]),
    "RECURRENCE-ID of another type": ([START, "RECURRENCE-ID;VALUE=DATE:20260302"], [AT_TEN]),
    "RECURRENCE-ID garbage": ([START, "RECURRENCE-ID:first"], [AT_TEN]),
    "EXDATE a period": ([START, "RRULE:FREQ=DAILY;COUNT=2", "EXDATE;VALUE=PERIOD:20260303T100000Z/PT2H"], [AT_TEN]),
    "EXDATE a day": ([START, "RRULE:FREQ=DAILY;COUNT=2", "EXDATE;VALUE=DATE:20260303"], [AT_TEN]),
    "EXDATE empty": ([START, "RRULE:FREQ=DAILY;COUNT=1", "EXDATE:"], [AT_TEN]),
    "20,000 EXDATEs": ([START, "RRULE:FREQ=DAILY;COUNT=2", "EXDATE:" + ",".join(["20260303T100000Z"] * 20_000)], [
        AT_TEN,
    ]),
    "RDATE garbage among dates": ([START, "RDATE:20260303T100000Z,then,20260304T100000Z"], [
        AT_TEN, "2026-03-03T10:00:00+00:00", "2026-03-04T10:00:00+00:00",
    ]),
    "an event inside the event": ([START, "BEGIN:VEVENT", "UID:inner", "DTSTART:20260303T100000Z", "END:VEVENT"], [
        AT_TEN, "2026-03-03T10:00:00+00:00",
    ]),
    "END of another component": ([START, "END:VTODO"], [AT_TEN]),
    "a parameter without a value": (["DTSTART;VALUE;X-A:20260302T100000Z"], [AT_TEN]),
    "a parameter without an end": (['DTSTART;X-A="b:20260302T100000Z'], [AT_TEN]),
    "a line of a megabyte": ([START, "X-BIG:" + "x" * 1_000_000], [AT_TEN]),
    "a title of a megabyte": ([START, "SUMMARY:" + "x" * 1_000_000], [AT_TEN]),
    "20,000 attendees": ([START, *["ATTENDEE:mailto:a@example.org"] * 20_000], [AT_TEN]),
    "tabs between name and value": (["DTSTART\t:\t20260302T100000Z"], [AT_TEN]),
    "names in lower case": (["dtstart:20260302t100000z"], [AT_TEN]),
    "TRIGGER garbage in an alarm": ([START, "BEGIN:VALARM", "TRIGGER:soon", "DTSTART:x", "END:VALARM"], [AT_TEN]),
    "an alarm without an end": ([START, "BEGIN:VALARM", "TRIGGER:-PT15M"], [AT_TEN]),
    "TZID empty": (["DTSTART;TZID=:20260302T100000"], ["2026-03-02T10:00:00"]),
    "TZID twice": (["DTSTART;TZID=UTC;TZID=Mars/Olympus:20260302T100000"], [AT_TEN]),
    "DTEND on the day it starts": (["DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260302"], ["2026-03-02"]),
    "DURATION and DTEND": ([START, "DTEND:20260302T110000Z", "DURATION:P3D"], [AT_TEN]),
    "a date with dashes": (["DTSTART:2026-03-02T10:00:00Z"], [AT_TEN]),
    "a date with an offset": (["DTSTART:2026-03-02T11:00:00+01:00"], [AT_TEN]),
    "a time without seconds": (["DTSTART:20260302T1000Z"], [AT_TEN]),
    "a time with fractions": (["DTSTART:2026-03-02T10:00:00.000Z"], [AT_TEN]),
    "the year 0000": (["DTSTART:00000302T100000Z"], NAMED),
    "a year of five digits": (["DTSTART:120260302T100000Z"], NAMED),
    "24:00:00": (["DTSTART:20260301T240000Z"], ["2026-03-02T00:00:00+00:00"]),
    "a leap second": (["DTSTART:20260302T095960Z"], ["2026-03-02T09:59:59+00:00"]),
    "the 30th of February": (["DTSTART:20260230T100000Z"], NAMED),
    "month 00": (["DTSTART:20260002T100000Z"], NAMED),
    "25 o'clock": (["DTSTART:20260302T250000Z"], NAMED),
    "HTML in DTSTART": (["DTSTART:<b>20260302T100000Z</b>"], NAMED),
    "DTSTART in Arabic digits": (["DTSTART:\u0662\u0660\u0662\u0666\u0660\u0663\u0660\u0662T100000Z"], NAMED),
    "DTSTART empty": (["DTSTART:"], NAMED),
    "DTSTART null": (["DTSTART:null"], NAMED),
    "a template's variable": (["DTSTART:{{ event.start }}"], NAMED),
    "SEQUENCE beyond all numbers": ([START, "SEQUENCE:" + "9" * 400], [AT_TEN]),
    "STATUS, CLASS and URL nobody knows": ([START, "STATUS:?", "CLASS:?", "URL:javascript:alert(1)"], [AT_TEN]),
    "GEO and PRIORITY garbage": ([START, "GEO:north", "PRIORITY:high"], [AT_TEN]),
    "a rule of vCalendar 1.0": ([START, "RRULE:W1 MO #2"], [AT_TEN, "2026-03-09T10:00:00+00:00"]),
}  # fmt: skip


def event(uid: str, *lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{uid}", *lines, "END:VEVENT", ""])


GOOD1, GOOD2 = (event(uid, "DTSTART:20260301T100000Z", "DTEND:20260301T110000Z") for uid in ("good1", "good2"))


def around(*lines: str) -> bytes:
    return f"{HEAD}{GOOD1}{event('odd', *lines)}{GOOD2}{TAIL}".encode()


@pytest.mark.parametrize(("lines", "kept"), KINDS.values(), ids=KINDS)
def test_the_neighbours_stay_and_the_broken_event_is_kept_or_named(lines, kept):
    """An organisation's other events must not vanish because of one that it typed wrong."""
    found = read_ics(around(*lines), CALENDAR, WINDOW)
    starts = {listing.key.uid: listing.start.isoformat() for listing in found.listings}
    assert starts["good1"] == starts["good2"] == "2026-03-01T10:00:00+00:00"
    odd = sorted(listing.start.isoformat() for listing in found.listings if not listing.key.uid.startswith("good"))
    assert odd == (kept or [])
    if kept is NAMED:
        assert [problem.uid for problem in found.problems if problem.lost] == ["odd"]
    elif not kept:
        assert found.problems


KNOWN = around(START, "RRULE:FREQ=DAILY;COUNT=3")
"""The calendar as it was a night ago: five listings."""


def text(change: Callable[[str], str]) -> bytes:
    return change(KNOWN.decode()).encode()


MALFORMED: dict[str, bytes] = {
    "byte-order mark": b"\xef\xbb\xbf" + KNOWN,
    "LF": KNOWN.replace(b"\r\n", b"\n"),
    "CR": KNOWN.replace(b"\r\n", b"\r"),
    "CR CR LF": KNOWN.replace(b"\r\n", b"\r\r\n"),
    "mixed ends of line": KNOWN.replace(b"\r\n", b"\n", 7),
    "blank lines everywhere": KNOWN.replace(b"\r\n", b"\r\n\r\n"),
    "blank lines before": b"\r\n\r\n  \r\n" + KNOWN,
    "a continuation before anything": b" continued\r\n".replace(b"continued", b"") + KNOWN,
    "text after the end": KNOWN + b"<!-- generated in 0.3 s -->\r\n",
    "UTF-16": KNOWN.decode().encode("utf-16"),
    "UTF-16 without a mark": KNOWN.decode().encode("utf-16-le"),
    "a NUL": KNOWN.replace(b"SUMMARY:odd", b"SUMMARY:o\0dd"),
    "a byte that is no UTF-8": KNOWN.replace(b"SUMMARY:odd", b"SUMMARY:o\xff\xfedd"),
    "a letter folded in its middle": text(lambda it: it.replace("SUMMARY:odd", "SUMMARY:\u00e9")).replace(
        b"\xc3\xa9", b"\xc3\r\n \xa9"
    ),
    "indented by hand": KNOWN.replace(b"\r\n", b"\r\n    ").rstrip() + b"\r\n",
    "lower case throughout": text(lambda it: it.lower().replace("good", "good")),
    "a web page": b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "a template": b"---\nlayout: none\n---\n" + KNOWN,
    "XML": b"<?xml version='1.0'?><error/>",
    "nothing": b"",
    "only blanks": b" \r\n \r\n",
    "an error in one line": b"Error establishing a database connection",
    "two calendars": KNOWN.replace(GOOD1.encode(), GOOD1.encode() + TAIL.encode() + HEAD.encode()),
    "a calendar in a calendar": HEAD.encode() + KNOWN + TAIL.encode(),
    "no calendar around": KNOWN.removeprefix(HEAD.encode()).removesuffix(TAIL.encode()),
    "no END:VCALENDAR": KNOWN.removesuffix(TAIL.encode()),
    "cut after the first event": (HEAD + GOOD1).encode(),
    "cut inside a word": KNOWN[:200],
    "cut inside a rule": KNOWN[: KNOWN.index(b"COUNT=3")],
    "cut inside a fold": KNOWN[: KNOWN.index(b"RRULE")] + b"DESCRIPTION:x\r\n ",
    "END:VEVENT missing": KNOWN.replace(b"END:VEVENT\r\n", b"", 1),
    "END:VEVENT twice": KNOWN.replace(b"END:VEVENT\r\n", b"END:VEVENT\r\nEND:VEVENT\r\n", 1),
    "an END that ends nothing": KNOWN.replace(b"END:VCALENDAR", b"END:VTIMEZONE\r\nEND:VCALENDAR"),
    "a rule nobody can read": around(START, "RRULE:FREQ=SOMETIMES"),
    "a rule that is a bomb": around(START, "RRULE:FREQ=SECONDLY"),
    "no DTSTART": around("RRULE:FREQ=DAILY;COUNT=3"),
    "DTSTART not a date": around("DTSTART:tomorrow", "RRULE:FREQ=DAILY;COUNT=3"),
    "an unquoted colon": around("DTSTART;TZID=(UTC) Coordinated Universal Time:20260302T100000", "RRULE:FREQ=DAILY"),
    "the UID gone, DTSTART too": KNOWN.replace(b"UID:odd\r\n", b"").replace(START.encode(), b"DTSTART:soon"),
    "a login page that calls itself a calendar": b"BEGIN:VCALENDAR\r\n<html>Please sign in</html>\r\n",
}


class Answering:
    """A source that answers with bytes."""

    calendar = "feed"

    def __init__(self, body: bytes) -> None:
        self.body = body

    def fetch(self, night: date, stored: Payload | None) -> Payload | None:
        return Payload(self.body, "text/calendar", validators=Validators('"1"'))


def read(payload, calendar, window, memory=None):
    return read_ics(payload.body, calendar, window)


@pytest.mark.fault("T10")
@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_feed_withdraws_nothing(body):
    """Unparseable is not absent: what stood the night before stands, whatever comes instead of it."""
    known = refresh(Answering(KNOWN), CALENDAR, (), NIGHT, WINDOW, read=read).listings
    assert len(known) == 5
    after = refresh(Answering(body), CALENDAR, known, NIGHT, WINDOW, read=read)
    assert not after.changes.withdrawn
    assert {listing.key for listing in known} <= {listing.key for listing in after.listings}
