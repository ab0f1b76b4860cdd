"""EDTF as libraries and calendars write it, to spans and back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync import edtf
from calendar_sync.spans import Overlap, Span

DAYS = st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31))


def bounds(span):
    return span.earliest.isoformat(), span.latest.isoformat()


@pytest.mark.parametrize(
    ("text", "first", "last", "exact"),
    [
        ("2010-01-22", "2010-01-22", "2010-01-22", True),
        ("2010-01-22T09:00:00Z", "2010-01-22", "2010-01-22", True),
        ("2010-01-22/2010-01-31", "2010-01-22", "2010-01-31", True),
        ("{2019-05-06,2019-05-08,2019-05-13}", "2019-05-06", "2019-05-13", True),
        ("2010-01", "2010-01-01", "2010-01-31", False),
        ("2010", "2010-01-01", "2010-12-31", False),
        ("2010-XX", "2010-01-01", "2010-12-31", False),
        ("2010-02-XX", "2010-02-01", "2010-02-28", False),
        ("2010-XX-XX", "2010-01-01", "2010-12-31", False),
        ("2010-01-2X", "2010-01-20", "2010-01-29", False),
        ("201X", "2010-01-01", "2019-12-31", False),
        ("20XX", "2000-01-01", "2099-12-31", False),
        ("2018-33", "2018-01-01", "2018-03-31", False),
        ("2018-41", "2018-07-01", "2018-12-31", False),
        ("2018-21", "2018-03-01", "2018-05-31", False),
        ("2018-24", "2018-01-01", "2019-02-28", False),
        ("2010-01-22?", "2010-01-22", "2010-01-22", False),
        ("2010-01-22~", "2010-01-21", "2010-01-23", False),
        ("2010-01~", "2009-12-01", "2010-02-28", False),
        ("2010%", "2009-01-01", "2011-12-31", False),
        ("[2007-10-29..2007-11-04]", "2007-10-29", "2007-11-04", False),
        ("[2018-06-05, 2018-06-12]", "2018-06-05", "2018-06-12", False),
        ("[..2010-01-22]", "0001-01-01", "2010-01-22", False),
        ("2010-01-22/..", "2010-01-22", "9999-12-31", False),
        ("2010-01-22/", "2010-01-22", "9999-12-31", False),
        ("../2010-01-22", "0001-01-01", "2010-01-22", False),
        ("2010-01-22/2010-01-28?", "2010-01-22", "2010-01-28", False),
        ("9999-24", "9999-01-01", "9999-12-31", False),
    ],
)
def test_expressions_are_read_as_bounds(text, first, last, exact):
    """What is not stated may be anything, what is stated is certain."""
    span = edtf.read(text)

    assert bounds(span) == (first, last)
    assert span.is_exact == exact


def test_an_event_from_some_month_to_another_needs_the_days_between():
    """It begins by the end of January and ends from the first of February on: both days are taken."""
    span = edtf.read("2010-01/2010-02")

    assert span.certain == (date(2010, 1, 31), date(2010, 2, 1))
    assert span.overlap(Span.exact(date(2010, 2, 1))) is Overlap.CERTAIN
    assert span.overlap(Span.exact(date(2010, 2, 2))) is Overlap.POSSIBLE


@pytest.mark.parametrize(
    ("text", "at", "what"),
    [
        ("", 0, "missing"),
        ("next week", 0, "no date"),
        ("2010-13", 5, "no month 13"),
        ("2010-02-30", 8, "no day 30"),
        ("2010-02-3X", 8, "no day 3X"),
        ("Y170000002", 0, "beyond 1 to 9999"),
        ("-0005", 0, "beyond 1 to 9999"),
        ("0000-05", 0, "before 1"),
        ("1950S2", 0, "significant digits"),
        ("2010-?01-05", 0, "qualifies a part"),
        ("2X10", 0, "not its last ones"),
        ("201X-05", 0, "leaves the year open"),
        ("2010/2009", 5, "ends before"),
        ("2010/2011/2012", 9, "two ends"),
        ("../..", 0, "says nothing"),
        ("[2010-01-01", 10, "not closed"),
        ("[..]", 1, "says nothing"),
        ("[2010-01-01,later]", 12, "no date"),
        ("[" + "2010," * 1000 + "2011]", 2000, "longer"),
    ],
)
def test_what_is_not_read_is_named_with_its_place(text, at, what):
    """Whoever wrote it should find the character."""
    with pytest.raises(edtf.EdtfUnread) as raised:
        edtf.read(text)

    assert raised.value.at == at
    assert what in str(raised.value)
    assert edtf.understood(text) is None


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Span.exact(date(2010, 1, 22), date(2010, 1, 31)), "2010-01-22/2010-01-31"),
        (Span.vague(date(2010, 1, 22), date(2010, 1, 31)), "[2010-01-22..2010-01-31]"),
        (Span.vague(date(2018, 1, 1), date(2018, 3, 31)), "2018-33"),
        (Span.vague(date(2018, 1, 1), date(2018, 12, 31)), "2018"),
        (Span(date(2010, 1, 22), date(2010, 1, 28), (date(2010, 1, 22), date(2010, 1, 22))), "2010-01-22/2010-01-28?"),
        (Span(date(2010, 1, 1), date(2010, 2, 28), (date(2010, 1, 31), date(2010, 2, 1))), "2010-01/2010-02"),
    ],
)
def test_spans_are_written_as_people_would(span, text):
    """The shortest name of a period, else its ends."""
    assert edtf.write(span) == text
    assert edtf.read(text) == span


def test_an_organisations_own_expression_is_kept():
    """Of two ways to say it the one that was published stays, a wrong one does not."""
    span = edtf.read("2010-XX")

    assert edtf.write(span, "2010-XX") == "2010-XX"
    assert edtf.write(span, "2011-XX") == "2010"
    assert edtf.write(span, "some day") == "2010"


def test_a_span_no_expression_says_is_refused_or_written_loosely():
    """ "September 15; two days" is certain in the middle of its bounds."""
    span = Span(date(2015, 9, 14), date(2015, 9, 16), (date(2015, 9, 15), date(2015, 9, 15)))

    with pytest.raises(edtf.EdtfUnwritable, match="cannot say"):
        edtf.write(span)
    assert edtf.write(span, loosely=True) == "[2015-09-14..2015-09-16]"


@st.composite
def sayable(draw: st.DrawFn) -> Span:
    first, last = sorted((draw(DAYS), draw(DAYS)))
    kind = draw(st.sampled_from(["exact", "vague", "end open", "start open"]))
    if kind == "exact":
        return Span.exact(first, last)
    certain = {"vague": None, "end open": (first, first), "start open": (last, last)}[kind]
    return Span(first, last, certain)


@given(sayable())
def test_a_span_returns_from_edtf_as_it_was(span):
    """What is published is what a reader gets."""
    assert edtf.read(edtf.write(span)) == span


@given(DAYS, st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_loosely_written_bounds_are_kept(first, lead, sure, tail):
    """Nothing possible is lost, whatever was certain."""
    room = (date.max - first).days
    days = [first + timedelta(days=min(room, away)) for away in (0, lead, lead + sure, lead + sure + tail)]
    span = Span(days[0], days[3], (days[1], days[2]))
    back = edtf.read(edtf.write(span, loosely=True))

    assert (back.earliest, back.latest) == (span.earliest, span.latest)
    assert back == span or back.certain is None


@given(st.text(alphabet="0123456789X-/.,[]{}~?%TZYES+ ", max_size=40) | st.text(max_size=40))
def test_nothing_but_its_own_error_escapes(text):
    """Feeds hold anything."""
    span = edtf.understood(text)

    assert span is None or span.earliest <= span.latest
