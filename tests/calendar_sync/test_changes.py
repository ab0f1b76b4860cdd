"""What changed in a calendar, and what may be concluded from silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.changes import cancellations, changed_fields, changes
from calendar_sync.errors import CalendarEmptied, CalendarShrunken
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.spans import Span

NIGHT = date(2007, 10, 15)
COMING = date(2007, 11, 27)


def listing(uid, *, day=COMING, title=None, city="Gaborone", recurrence_id="", **facts):
    return Listing(
        key=ListingKey("unoda", uid, recurrence_id),
        organisation="UNODA",
        title=title or f"Workshop {uid}",
        span=Span.exact(day) if day else None,
        start=day,
        city=city,
        **facts,
    )


def several(number, **facts):
    return [listing(f"u{count}", **facts) for count in range(number)]


def uids(listings):
    return {listing.key.uid for listing in listings}


def test_new_listings_are_first_seen_tonight():
    """Since when something is said decides which of two statements is newer."""
    found = changes([], [listing("a")], NIGHT)

    assert [entry.first_seen for entry in found.added] == [NIGHT]


def test_a_known_listing_keeps_the_night_it_was_first_seen():
    """An event is no news because its place changed."""
    before = listing("a", first_seen=date(2007, 9, 1))

    found = changes([before], [listing("a", city="Kasane")], NIGHT)

    assert found.updated[0].first_seen == date(2007, 9, 1)
    assert found.replaced == (before,)
    assert changed_fields(found.replaced[0], found.updated[0]) == ("city",)


def test_stamps_alone_are_no_change():
    """Some producers renew every stamp on every export; nobody wants to read of it."""
    before = listing("a", first_seen=date(2007, 9, 1))
    now = replace(before, first_seen=None, sequence=7, published=NIGHT, extra=(("DTSTAMP", "now"),))

    found = changes([before], [now], NIGHT)

    assert found.nothing
    assert uids(found.unchanged) == {"a"}


def test_a_coming_listing_that_is_gone_is_withdrawn():
    """A calendar that could be read, and no longer holds it, has taken it back."""
    found = changes([listing("a"), listing("b")], [listing("a")], NIGHT)

    assert uids(found.withdrawn) == {"b"}
    assert uids(found.listings) == {"a"}


def test_a_past_listing_that_is_gone_is_history():
    """Most calendars drop what is over; the ledger of a state must not lose it."""
    past = listing("b", day=date(2006, 11, 9))

    found = changes([listing("a"), past], [listing("a")], NIGHT)

    assert not found.withdrawn
    assert found.kept == (past,)


def test_an_event_of_tonight_is_not_over():
    """It may still be called off in the morning."""
    found = changes([listing("a"), listing("b", day=NIGHT)], [listing("a")], NIGHT)

    assert uids(found.withdrawn) == {"b"}


def test_what_cannot_be_parsed_is_not_absent():
    """A broken line in one event says nothing about whether it takes place."""
    found = changes([listing("a"), listing("b")], [listing("a")], NIGHT, unparsed={"b"})

    assert not found.withdrawn
    assert uids(found.kept) == {"b"}


def test_lost_entries_without_a_name_keep_everything():
    """Any of the missing ones may be the one nobody could read."""
    found = changes([listing("a"), listing("b")], [listing("a")], NIGHT, some_lost=True)

    assert uids(found.kept) == {"b"}


def test_an_empty_calendar_withdraws_nothing():
    """An outage looks just like it."""
    with pytest.raises(CalendarEmptied, match="2 listings were known"):
        changes(several(2), [], NIGHT)


def test_an_accepted_empty_calendar_is_empty():
    """A person looked, and it really is."""
    assert uids(changes(several(2), [], NIGHT, accept=True).withdrawn) == {"u0", "u1"}


@pytest.mark.parametrize(("known", "missing"), [(5, 5 - 1), (16, 4), (17, 5), (16, 5), (100, 30), (100, 31)])
def test_a_calendar_shrinks_by_more_than_30_percent_and_at_least_five(known, missing):
    """Fewer are ordinary life; more are an outage until somebody says otherwise."""
    before = several(known)
    seen = before[missing:]
    doubtful = missing >= 5 and missing / known > 0.3

    if doubtful:
        with pytest.raises(CalendarShrunken):
            changes(before, seen, NIGHT)
    else:
        assert len(changes(before, seen, NIGHT).withdrawn) == missing
    assert len(changes(before, seen, NIGHT, accept=True).withdrawn) == missing


def test_a_series_that_ends_is_one_entry():
    """A weekly meeting called off is not fifty events lost."""
    weekly = [listing("weekly", day=COMING + timedelta(weeks=week), recurrence_id=str(week)) for week in range(50)]
    others = several(3)

    found = changes([*weekly, *others], others, NIGHT)

    assert len(found.withdrawn) == 50


def test_days_of_a_series_outside_the_window_were_not_looked_for():
    """The window moves every night; a day it left out is not called off."""
    weekly = [listing("weekly", day=NIGHT + timedelta(weeks=week), recurrence_id=str(week)) for week in range(1, 5)]
    window = (NIGHT, NIGHT + timedelta(weeks=3))

    found = changes(weekly, weekly[:1], NIGHT, window=window)

    assert [entry.key.recurrence_id for entry in found.withdrawn] == ["2"]
    assert [entry.key.recurrence_id for entry in found.kept] == ["3", "4"]


def test_cancelled_listings_are_updates():
    """CANCELLED is said; absence is not."""
    before = several(10)
    seen = [replace(entry, status=Status.CANCELLED) for entry in before]

    found = changes(before, seen, NIGHT)

    assert len(found.updated) == 10
    assert not found.withdrawn


def test_cancellations_of_a_shrunken_calendar_are_honoured():
    """What is said in so many words is believed even of a calendar that is not."""
    before = several(10)
    seen = [replace(before[0], status=Status.CANCELLED, first_seen=None), listing("new")]

    found = cancellations(before, seen, NIGHT)

    assert uids(found.updated) == {"u0"}
    assert uids(found.kept) == uids(before[1:])
    assert not found.added


def test_new_uids_on_every_export_are_no_news():
    """Some producers make new ones each time; decisions hang on the old."""
    before = [listing(f"old{count}", title=f"Workshop {count}", first_seen=date(2007, 9, 1)) for count in range(8)]
    seen = [listing(f"new{count}", title=f"Workshop  {count}".upper()) for count in range(8)]

    found = changes(before, seen, NIGHT)

    assert not found.added
    assert not found.withdrawn
    assert {entry.key for entry in found.listings} == {entry.key for entry in before}
    assert {entry.first_seen for entry in found.listings} == {date(2007, 9, 1)}


def test_listings_that_look_the_same_keep_their_own_uids():
    """Nobody could say which of two alike is which."""
    before = [listing(f"old{count}", title="Meeting") for count in range(2)]
    seen = [listing(f"new{count}", title="Meeting") for count in range(2)]

    found = changes(before, seen, NIGHT)

    assert uids(found.added) == {"new0", "new1"}
    assert uids(found.withdrawn) == {"old0", "old1"}


def test_a_row_without_an_id_that_moved_is_still_the_same_row():
    """A later draft of a list names other days; that is a change, not a second event."""
    before = listing("row-1", title="Workshop", day=COMING, first_seen=date(2007, 9, 1))
    moved = listing("row-2", title="Workshop", day=COMING + timedelta(days=7))

    found = changes([before], [moved], NIGHT)

    assert [entry.key.uid for entry in found.updated] == ["row-1"]
    assert found.updated[0].start == COMING + timedelta(days=7)


def test_next_years_edition_is_not_last_years_row():
    """They often share title and town."""
    past = listing("row-1", title="Workshop", day=date(2006, 11, 9))

    found = changes([past], [listing("row-2", title="Workshop")], NIGHT)

    assert uids(found.added) == {"row-2"}
    assert found.kept == (past,)


def test_one_uid_twice_in_an_export_is_one_listing():
    """The later draft counts."""
    found = changes([], [listing("a", sequence=1), listing("a", city="Kasane", sequence=2)], NIGHT)

    assert [entry.city for entry in found.added] == ["Kasane"]


days = st.dates(date(2006, 1, 1), date(2009, 12, 31))
entries = st.builds(
    lambda uid, day, title, cancelled: listing(
        uid, day=day, title=title, status=Status.CANCELLED if cancelled else Status.CONFIRMED
    ),
    st.sampled_from([f"u{count}" for count in range(6)] + ["row-1", "row-2"]),
    st.none() | days,
    st.sampled_from(["Workshop", "Seminar", "Course"]),
    st.booleans(),
)
calendars = st.lists(entries, max_size=9, unique_by=lambda entry: entry.key)


@given(calendars, calendars, days)
def test_every_known_listing_stands_or_is_withdrawn_and_never_both(known, seen, night):
    """Nothing may vanish without a word."""
    found = changes(known, seen, night, accept=True)

    standing = [entry.key for entry in found.listings]
    assert len(standing) == len(set(standing))
    assert {entry.key for entry in known} <= set(standing) | {entry.key for entry in found.withdrawn}
    assert not set(standing) & {entry.key for entry in found.withdrawn}


@given(calendars, calendars, days)
def test_only_coming_listings_are_withdrawn(known, seen, night):
    """History stays."""
    for entry in changes(known, seen, night, accept=True).withdrawn:
        assert entry.span is None or entry.span.latest >= night


@given(calendars, days)
def test_the_same_calendar_changes_nothing(known, night):
    """A second reading on one night must not tell anything new."""
    assert changes(known, known, night, accept=True).nothing


@given(calendars, calendars, days)
def test_order_does_not_matter(known, seen, night):
    """Producers shuffle; reports must not."""
    one = changes(known, seen, night, accept=True)

    assert changes(known[::-1], seen[::-1], night, accept=True) == one
