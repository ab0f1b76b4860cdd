"""Listings to JSON and back."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility
from store import serialising

ZONES = ["Africa/Cairo", "Africa/Gaborone", "America/New_York", "Asia/Kathmandu", "UTC"]
days = st.dates(date(1900, 1, 1), date(2200, 1, 1))
zones = st.none() | st.sampled_from(ZONES).map(ZoneInfo) | st.just(UTC) | st.just(timezone(timedelta(hours=5.5)))
moments = days | st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1), timezones=zones)  # noqa: DTZ001
words = st.text(st.characters(), max_size=8)
spans = st.builds(lambda one, other, exact: (Span.exact if exact else Span.vague)(*sorted((one, other))), days, days,
                  st.booleans())  # fmt: skip
listings = st.builds(
    Listing, key=st.builds(ListingKey, words, words, words), organisation=words, title=words, language=words,
    status=st.sampled_from(Status), visibility=st.sampled_from(Visibility), span=st.none() | spans,
    start=st.none() | moments, end=st.none() | moments, city=words, online=st.booleans(),
    audience=st.lists(words, max_size=3).map(tuple), published=st.none() | days, first_seen=st.none() | days,
    sequence=st.integers(0, 2**31), extra=st.lists(st.tuples(words, words), max_size=2).map(tuple),
)  # fmt: skip
BARE = Listing(ListingKey("c", "u"), "AU", "Workshop")


@given(listings)
def test_any_listing_survives(listing):
    """What a calendar can hold, the store can hold: every script, NULs, halves of characters, any zone."""
    text = serialising.to_json(listing)
    back = serialising.from_json(text)

    assert (back, back.extra) == (listing, listing.extra)
    assert serialising.to_json(back) == text
    for one, other in ((back.start, listing.start), (back.end, listing.end)):
        assert (type(one), str(one)) == (type(other), str(other))
    assert text.isascii()
    assert "\x00" not in text


@pytest.mark.parametrize("fold", [0, 1])
def test_hour_that_comes_twice_stays_the_right_one(fold):
    """On the night clocks go back, half past one is two instants."""
    start = datetime(2009, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"), fold=fold)
    back = serialising.from_json(serialising.to_json(replace(BARE, start=start)))

    assert back.start_utc == start.astimezone(UTC)
    assert back.start.fold == fold


def test_digest_does_not_change_when_a_field_is_added():
    """Else the first night after an upgrade would call every listing changed. These are the first release's."""
    whole = replace(BARE, span=Span.exact(date(2007, 11, 27)), city="Gaborone", audience=("BW",), extra=(("X", "y"),))

    assert serialising.to_json(BARE) == '{"key":["c","u"],"organisation":"AU","title":"Workshop"}'
    assert serialising.digest(whole) == serialising.digest(replace(whole, extra=()))
    assert serialising.digest(whole)[:16] == "a87874f0eac26890"


@pytest.mark.parametrize("field", [field.name for field in fields(Listing) if field.name != "extra"])
def test_digest_covers_every_field(field):
    """A change that is not noticed is a change that is not told."""
    other = {
        "key": ListingKey("c", "u", "r"), "status": Status.CANCELLED, "visibility": Visibility.HIDDEN,
        "span": Span.exact(date(2007, 11, 27)), "start": date(2007, 11, 27), "end": date(2007, 11, 28),
        "online": True, "published": date(2007, 11, 1), "first_seen": date(2007, 11, 1), "sequence": 1,
    }  # fmt: skip
    lists = ("organisers", "sponsors", "audience", "themes")
    changed = replace(BARE, **{field: ("x",) if field in lists else other.get(field, "x")})

    assert serialising.digest(changed) != serialising.digest(BARE)


def test_all_day_and_midnight_are_told_apart():
    """A day has no zone; midnight does."""
    day = replace(BARE, start=date(2007, 11, 27))
    midnight = replace(BARE, start=datetime(2007, 11, 27))  # noqa: DTZ001

    assert serialising.from_json(serialising.to_json(day)).all_day
    assert not serialising.from_json(serialising.to_json(midnight)).all_day
    assert serialising.digest(day) != serialising.digest(midnight)


def test_something_else_is_refused():
    """A row written by a newer version must not be read half."""
    with pytest.raises(TypeError):
        serialising.from_json(json.dumps({"key": ["c", "u"], "organisation": "AU", "title": "T", "colour": "red"}))
