"""A calendar in parts: what becomes of one is not seen in another, and nothing of any is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from calendar_sync.errors import CalendarEmptied, CalendarShrunken
from calendar_sync.listings import Listing, ListingKey
from calendar_sync.parts import Compared, Part, compare
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility

NIGHT = date(2007, 11, 5)
OPEN: Part = ("AU", "EAC")
CLOSED: Part = ()


def part_of(listing: Listing) -> Part:
    return OPEN if listing.visibility is Visibility.PUBLIC else CLOSED


def several(number: int, word: str = "open", visibility: Visibility = Visibility.PUBLIC) -> list[Listing]:
    return [
        Listing(
            ListingKey("us", f"{word}{each}"), "US", f"{word} {each}", visibility=visibility,
            span=Span.exact(NIGHT + timedelta(days=10 + each)), first_seen=NIGHT - timedelta(days=1),
        )
        for each in range(number)
    ]  # fmt: skip


def secrets(number: int) -> list[Listing]:
    return several(number, "closed", Visibility.HIDDEN)


def compared(known: list[Listing], seen: list[Listing], believed: tuple[Part, ...] = ()) -> Compared:
    return compare(
        known, seen, NIGHT, part_of, calendar="us", window=None, unparsed=(), some_lost=False,
        believed=lambda part: part in believed, was_empty=lambda part: False, unread=(),
    )  # fmt: skip


def test_what_vanishes_from_one_part_is_kept_while_the_other_moves_on():
    """The committee waits for its hidden listings to come back; nobody else waits for anything."""
    known, new = [*several(4), *secrets(9)], several(5)
    found = compared(known, new)

    assert set(found.doubts) == {CLOSED}
    assert isinstance(found.doubts[CLOSED], CalendarShrunken)
    assert {listing.id for listing in found.changes.listings} == {listing.id for listing in (*new, *secrets(9))}
    assert [listing.title for listing in found.changes.added] == ["open 4"]
    assert not found.changes.withdrawn


def test_a_part_that_is_believed_is_taken_while_the_other_is_doubted():
    """Each has nights of its own."""
    found = compared([*several(6), *secrets(9)], several(1), believed=(CLOSED,))

    assert set(found.doubts) == {OPEN}
    assert len(found.changes.withdrawn) == 9
    assert len(found.changes.listings) == 6


def test_one_hidden_listing_may_go_while_open_ones_are_there():
    """Its readers see that the calendar was read: nothing is emptied by the last of a part."""
    found = compared([*several(6), *secrets(1)], several(6))

    assert not found.doubts
    assert [listing.title for listing in found.changes.withdrawn] == ["closed 0"]


def test_the_last_open_listing_is_doubted_whatever_is_hidden():
    """Whoever sees the open ones alone must not learn from its going that others are there."""
    found = compared([*several(1), *secrets(9)], secrets(9))

    assert isinstance(found.doubts[OPEN], CalendarEmptied)
    assert len(found.changes.listings) == 10


def test_a_listing_that_is_closed_keeps_its_id_and_one_that_is_opened_is_new():
    """Its readers to be were told nothing before, not even since when it is there."""
    (listing,) = several(1)
    closed = replace(listing, visibility=Visibility.HIDDEN)
    others = several(3, "other")
    closing = compared([listing, *others], [closed, *others])
    opening = compared([closed, *others], [listing, *others])

    assert [(each.id, each.first_seen) for each in closing.changes.updated] == [(listing.id, listing.first_seen)]
    assert [(each.id, each.first_seen) for each in opening.changes.added] == [(listing.id, NIGHT)]
    for found in (closing, opening):
        assert not found.changes.withdrawn
        assert len(found.changes.listings) == 4


def test_of_two_with_one_uid_the_open_one_has_it():
    """Else its id would tell that another is there."""
    (listing,) = several(1)
    twin = replace(secrets(1)[0], key=listing.key)
    found = compared([], [twin, listing])

    by_title = {each.title: each.key for each in found.changes.listings}
    assert by_title["open 0"] == listing.key
    assert by_title["closed 0"] != listing.key
    again = compared(list(found.changes.listings), [twin, listing])
    assert {each.title: each.key for each in again.changes.listings} == by_title
    assert again.changes.nothing
