"""Spans against counting days one by one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.spans import Overlap, Span

START = date(2010, 1, 1)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first = START + timedelta(days=draw(st.integers(0, 20)))
    last = first + timedelta(days=draw(st.integers(0, 8)))
    return draw(st.sampled_from([Span.exact(first, last), Span.vague(first, last)]))


def placements(span: Span) -> list[tuple[int, int]]:
    """Every run of days the event may take: one for an exact span, all inside the bounds for a vague one."""
    first, last = (span.earliest - START).days, (span.latest - START).days
    if span.is_exact:
        return [(first, last)]
    return [(start, end) for start in range(first, last + 1) for end in range(start, last + 1)]


@given(spans(), spans(), st.integers(0, 3))
def test_overlap_is_what_counting_every_possibility_gives(one, other, buffer):
    """A certain clash must be one wherever the vague date falls, an impossible one nowhere."""
    meet = {
        max(a[0] - b[1], b[0] - a[1]) <= buffer for a in placements(one) for b in placements(other)
    }  # fmt: skip
    told = one.overlap(other, buffer_days=buffer)
    assert (told is Overlap.IMPOSSIBLE) == (meet == {False})
    if told is Overlap.CERTAIN:
        assert meet == {True}
    elif one.is_exact and other.is_exact:
        assert meet == {False}


@given(spans(), spans(), st.integers(0, 3))
def test_overlap_is_mutual(one, other, buffer):
    """Who is asked has no say."""
    assert one.overlap(other, buffer) == other.overlap(one, buffer)
    assert one.days_apart(other) == other.days_apart(one)


@given(spans(), spans())
def test_days_apart_are_least_and_most_of_what_is_possible(one, other):
    """54 days when both are known, 43 to 52 when one is not."""
    if one.overlaps(other):
        return
    counted = [max(a[0] - b[1], b[0] - a[1]) for a in placements(one) for b in placements(other)]
    assert one.days_apart(other) == (min(counted), max(counted))


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_are_days_like_others(day):
    """A feed that dates an event to 9999-12-31 must not stop the night."""
    assert Span.exact(day).overlap(Span.exact(START), buffer_days=2) is Overlap.IMPOSSIBLE
    assert Span.exact(day).overlap(Span.vague(day, day), buffer_days=2) is Overlap.CERTAIN


def test_spans_can_be_sorted_whatever_is_certain():
    """One listing says 2 February, another says some time on it: both stand in one list."""
    vague, exact = Span.vague(START, START), Span.exact(START)
    assert sorted([exact, vague]) == sorted([vague, exact]) == [vague, exact]


def test_a_span_does_not_end_before_it_starts():
    """A swapped pair of dates is a fault of the reader, to be seen there."""
    with pytest.raises(ValueError, match="before it starts"):
        Span.exact(date(2010, 2, 4), date(2010, 2, 2))
