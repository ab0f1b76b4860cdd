"""What a calendar said is kept by night."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from calendar_sync.changes import Changes
from calendar_sync.errors import CalendarEmptied, SourceUnreachable
from calendar_sync.listings import Listing, Status
from calendar_sync.reading import Problem
from calendar_sync.refresh import Outcome, Refreshed
from calendar_sync.sources import Payload, Validators
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility
from store import calendars
from store.tables import listing_versions, payloads

FIRST, SECOND, THIRD = date(2007, 10, 15), date(2007, 11, 26), date(2009, 12, 4)
CALENDAR = "unlirec-feed"
FRESH = itertools.count()


def read(*listings: Listing, body: bytes | None = None, calendar: str = CALENDAR, **more) -> Refreshed:
    payload = None if body is None else Payload(body, "text/calendar", "utf-8", "feed.ics", "https://example.org/feed")
    return Refreshed(calendar, Outcome.READ, listings, Changes(), payload=payload, **more)


def unreachable(*listings: Listing, calendar: str = CALENDAR) -> Refreshed:
    error = SourceUnreachable(calendar, "timed out after 20 s")
    return Refreshed(calendar, Outcome.UNREACHABLE, listings, Changes(), error=error)


def test_listing_comes_back_as_it_was_read(store, a_listing):
    """Everything later rests on it: what is said of an event must not change by being remembered."""
    cairo = ZoneInfo("Africa/Cairo")
    whole = a_listing(
        "1@example.org",
        "Atelier régional 核不扩散 ورشة",
        language="fr", status=Status.PROVISIONAL, visibility=Visibility.BUSY,
        span=Span.vague(date(2010, 1, 22), date(2010, 1, 31)),
        start=datetime(2009, 12, 7, 9, tzinfo=cairo), end=datetime(2009, 12, 10, 17, tzinfo=UTC), tz="Africa/Cairo",
        date_text="the last 10 days of January", date_note="year inferred", city="Cairo", country="EG",
        place_text="Cairo, Egypt", venue="Hotel", online=True, organisers=("UNODA", "AU"), sponsors=("EU",),
        audience=("BW", "African Union"), themes=("1540",), description="Line\nline", url="https://example.org",
        published=date(2009, 12, 3), first_seen=FIRST, sequence=3, klass="PRIVATE", extra=(("X-A", "b"),),
    )  # fmt: skip
    floating = a_listing("2", start=datetime(2007, 11, 27, 9), end=datetime(2007, 11, 27, 17))  # noqa: DTZ001
    broken_text = a_listing("3", title="NUL \x00 and half a pair \ud800")
    with store.begin() as db:
        calendars.save(db, FIRST, read(whole, floating, broken_text))
    with store.read() as db:
        known = calendars.known(db, CALENDAR, FIRST)

    assert known == [whole, floating, broken_text]
    assert known[0].extra == whole.extra
    assert known[0].start.tzinfo == cairo
    assert known[0].start.isoformat() == whole.start.isoformat()


def test_each_night_remembers_what_it_knew(store, a_listing):
    """History is what a report of a past night is made from."""
    one, two = a_listing("1"), a_listing("2")
    moved = replace(one, city="Gaborone")
    for night, listings in ((FIRST, (one,)), (SECOND, (moved, two)), (THIRD, (two,))):
        with store.begin() as db:
            calendars.save(db, night, read(*listings))

    with store.read() as db:
        assert calendars.known_before(db, CALENDAR, FIRST) == []
        assert calendars.known(db, CALENDAR, FIRST) == calendars.known_before(db, CALENDAR, SECOND) == [one]
        assert calendars.known(db, CALENDAR, SECOND) == calendars.known_before(db, CALENDAR, THIRD) == [moved, two]
        assert calendars.known(db, CALENDAR, THIRD) == [two]
        assert calendars.known(db, CALENDAR, FIRST - timedelta(days=1)) == []
        assert calendars.known(db, "another", THIRD) == []


def test_only_changes_are_written(store, a_listing):
    """Three hundred nights of a quiet calendar of a thousand listings are a thousand rows."""
    listing = a_listing("1", extra=(("DTSTAMP", "20071001T000000Z"),))
    stamped_again = replace(listing, extra=(("DTSTAMP", "20071002T000000Z"),))
    with store.begin() as db:
        calendars.save(db, FIRST, read(listing))
        calendars.save(db, SECOND, read(stamped_again))
        assert db.execute(select(func.count()).select_from(listing_versions)).scalar() == 1


def test_second_run_of_a_night_writes_the_same(store, a_listing, everything):
    """`outreach nightly --as-of D` twice must change nothing."""
    nights = {FIRST: read(a_listing("1"), body=b"a"), SECOND: read(a_listing("2"), body=b"b"), THIRD: unreachable()}
    for night, refreshed in nights.items():
        with store.begin() as db:
            calendars.save(db, night, refreshed)
    before = everything()
    for night in (SECOND, THIRD, FIRST, SECOND):
        with store.begin() as db:
            calendars.save(db, night, nights[night])

    assert everything() == before


def test_second_run_that_reads_something_else_leaves_the_later_night_alone(store, a_listing):
    """What was told on a later night must still be explainable."""
    one, two, three = a_listing("1"), a_listing("2"), a_listing("3")
    with store.begin() as db:
        calendars.save(db, FIRST, read(one))
        calendars.save(db, THIRD, read(one, two))
        calendars.save(db, FIRST, read(three))

    with store.read() as db:
        assert calendars.known(db, CALENDAR, FIRST) == calendars.known(db, CALENDAR, SECOND) == [three]
        assert calendars.known(db, CALENDAR, THIRD) == [one, two]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"), max_size=4)),
        max_size=10,
    )
)
def test_nights_in_any_order_are_as_if_each_were_kept_whole(store, a_listing, runs):
    """Keeping changes only is a way of storing, not a meaning."""
    kept: dict[date, list[Listing]] = {}
    with store.begin() as db:
        calendar = f"c{next(FRESH)}"
        for days, said in runs:
            listings = [a_listing(uid, title, calendar=calendar) for uid, title in sorted(said.items())]
            kept[FIRST + timedelta(days=days)] = listings
            calendars.save(db, FIRST + timedelta(days=days), read(*listings, calendar=calendar))
        for days in range(7):
            night = FIRST + timedelta(days=days)
            written = [written for written in kept if written <= night]
            assert calendars.known(db, calendar, night) == (kept[max(written)] if written else [])


def test_calendar_that_was_not_seen_withdraws_nothing(store, a_listing):
    """Silence is not withdrawal, whatever a caller hands over."""
    one, two = a_listing("1"), a_listing("2")
    with store.begin() as db:
        calendars.save(db, FIRST, read(one, two))
        calendars.save(db, SECOND, unreachable())
        assert calendars.known(db, CALENDAR, SECOND) == [one, two]
        assert calendars.health(db, SECOND)[0].listings == 2


def test_what_an_unbelieved_calendar_cancels_outright_is_kept(store, a_listing):
    """A shrunken calendar is not believed, but its STATUS:CANCELLED is."""
    one, two = a_listing("1"), a_listing("2")
    cancelled = replace(one, status=Status.CANCELLED)
    shrunken = Refreshed(CALENDAR, Outcome.KEPT, (cancelled, two), Changes(), error=CalendarEmptied(CALENDAR, 2))
    with store.begin() as db:
        calendars.save(db, FIRST, read(one, two))
        calendars.save(db, SECOND, shrunken)
        assert calendars.known(db, CALENDAR, SECOND) == [cancelled, two]


def test_last_good_copy_stands_over_bad_nights(store, a_listing):
    """It is what a conditional request asks with, and what a series is laid out from when nothing changed."""
    good = Payload(b"\x00BEGIN:VCALENDAR\xff", "text/calendar", "utf-8", "feed.ics", "https://example.org",
                   Validators('"v1"', "Mon, 15 Oct 2007 00:00:00 GMT"))  # fmt: skip
    with store.begin() as db:
        calendars.save(db, FIRST, replace(read(a_listing("1")), payload=good))
        calendars.save(db, SECOND, unreachable())
        calendars.save(db, THIRD, replace(read(a_listing("1")), outcome=Outcome.UNCHANGED))

    with store.read() as db:
        assert calendars.stored_payload(db, CALENDAR, THIRD) == good
        assert calendars.stored_payload(db, CALENDAR, FIRST - timedelta(days=1)) is None
        assert calendars.stored_before(db, CALENDAR, FIRST) is None
        assert calendars.stored_before(db, CALENDAR, SECOND) == good


def test_good_copy_survives_a_later_run_of_the_same_night_that_fails(store, a_listing):
    """The hourly sync read it at noon; at night the server is down, or says that nothing changed since."""
    listing = a_listing("1")
    with store.begin() as db:
        calendars.save(db, FIRST, read(listing, body=b"noon"))
        calendars.save(db, FIRST, unreachable())
        assert calendars.stored_payload(db, CALENDAR, FIRST).body == b"noon"
        calendars.save(db, FIRST, replace(read(listing), outcome=Outcome.UNCHANGED))
        assert calendars.stored_payload(db, CALENDAR, FIRST).body == b"noon"


def test_equal_bytes_are_kept_once_and_replaced_ones_are_dropped(store, a_listing):
    """A calendar that is read every hour must not fill the disk."""
    listing = a_listing("1")

    def bodies(db):
        return sorted(bytes(body) for body in db.execute(select(payloads.c.body)).scalars())

    with store.begin() as db:
        calendars.save(db, FIRST, read(listing, body=b"same"))
        calendars.save(db, SECOND, read(listing, body=b"same"))
        assert bodies(db) == [b"same"]
        calendars.save(db, SECOND, read(listing, body=b"at noon"))
        calendars.save(db, SECOND, read(listing, body=b"at one"))
        assert bodies(db) == [b"at one", b"same"]
        calendars.save(db, FIRST, read(listing, body=b"at one"))
        assert bodies(db) == [b"at one"]


def test_health_names_the_blind_spots(store, a_listing):
    """The report says what could not be seen, and since when."""
    problems = (Problem("no-start", "an event has no start"), Problem("no-title", "an event has no title"))
    with store.begin() as db:
        calendars.save(db, FIRST, read(a_listing("1")))
        calendars.save(db, SECOND, unreachable(a_listing("1")))
        calendars.save(db, SECOND, read(a_listing("9", calendar="au-page"), calendar="au-page", problems=problems))
        calendars.save(db, SECOND, unreachable(calendar="never-seen"))
        calendars.save(db, THIRD, read(a_listing("1")))

    with store.read() as db:
        au, never, unlirec = calendars.health(db, SECOND)
        assert calendars.health(db, SECOND + timedelta(days=1)) == []

    assert (au.calendar, au.outcome, au.good, au.last_good, au.problems) == ("au-page", "read", True, SECOND, 2)
    assert (never.calendar, never.last_good, never.listings) == ("never-seen", None, 0)
    assert (unlirec.outcome, unlirec.code, unlirec.last_good) == (Outcome.UNREACHABLE, "unreachable", FIRST)
    assert "timed out after 20 s" in unlirec.detail
    assert unlirec.listings == 1


def test_failed_save_leaves_the_night_as_it_was(store, a_listing, everything):
    """A night is written whole or not at all."""
    with store.begin() as db:
        calendars.save(db, FIRST, read(a_listing("1"), body=b"a"))
    before = everything()
    with pytest.raises(ZeroDivisionError), store.begin() as db:  # noqa: PT012
        calendars.save(db, FIRST, read(a_listing("2"), body=b"b"))
        1 / 0  # noqa: B018

    assert everything() == before
