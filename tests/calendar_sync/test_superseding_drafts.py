"""Superseding drafts: a list is mailed again, and a person wants to know what is different."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.changes import changes
from calendar_sync.drafts import What, differences, same_rows
from calendar_sync.identity import recognised_again
from calendar_sync.reading.tables import read_csv, read_docx, read_xlsx
from calendar_sync.roster import Calendar

COMMITTEE = Calendar("provisional", "1540C", "list")
NIGHT = date(2007, 10, 16)
HEADER = ("Activity", "Dates", "Place", "Status", "Sponsors")

FIRST = (
    (
        "Workshop on implementing resolution 1540 for African States",
        "27 and 28 November 2007",
        "Botswana",
        "",
        "Norway",
    ),
    ("Regional seminar for Arab States", "4-5 December 2007", "Amman, Jordan", "provisional", ""),
    ("Seminar on export control", "12 December 2007", "Lima, Peru", "provisional", ""),
    ("Workshop on biosafety and biosecurity", "last 10 days of January 2010", "Nairobi, Kenya", "provisional", ""),
    ("Course for customs officers", "3-7 March 2008", "Accra, Ghana", "", ""),
    ("Annual meeting of points of contact 2007", "6 November 2007", "Geneva, Switzerland", "", ""),
)
SECOND = (
    ("Annual meeting of points of contact 2008", "6 November 2008", "Geneva, Switzerland", "", ""),
    ("Training of customs officers", "3-7 March 2008", "Accra, Ghana", "", ""),
    ("United Nations workshop on implementing resolution 1540 in Africa", "27 and 28 November 2007",
     "Gaborone, Botswana", "confirmed", "Norway; Andorra"),
    ("Regional seminar for Arab States", "11-12 December 2007", "Cairo, Egypt", "provisional", ""),
    ("Seminar on export control", "12 December 2007", "Lima, Peru", "cancelled", ""),
    ("Workshop on biosafety and biosecurity", "27-29 January 2010", "Nairobi, Kenya", "provisional", ""),
    ("Peer review visit", "15 April 2008", "Kingston, Jamaica", "", ""),
)  # fmt: skip


def as_csv(*rows):
    text = "\n".join(";".join(f'"{cell}"' for cell in row) for row in (HEADER, *rows))
    return read_csv(text.encode(), COMMITTEE)


def as_xlsx(*rows):
    book = openpyxl.Workbook()
    for row in (("Provisional list of activities",), (), HEADER, *rows):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return read_xlsx(file.getvalue(), COMMITTEE)


def as_docx(*rows):
    made = docx.Document()
    made.add_heading("Provisional list of activities")
    table = made.add_table(rows=0, cols=len(HEADER))
    for row in (HEADER, *rows):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    file = io.BytesIO()
    made.save(file)
    return read_docx(file.getvalue(), COMMITTEE)


@pytest.mark.parametrize("first", [as_csv, as_xlsx, as_docx])
@pytest.mark.parametrize("second", [as_csv, as_xlsx, as_docx])
def test_what_changed_between_two_drafts_is_said_row_by_row(first, second):
    """A coordinator who gets the list again reads seven lines, not forty rows; whatever each draft was typed in."""
    told = differences(_confirmed(first(*FIRST).listings), _confirmed(second(*SECOND).listings))

    assert [difference.words for difference in told] == [
        "dropped: Annual meeting of points of contact 2007 (6 November 2007, Geneva, Switzerland)",
        "now in Gaborone, Botswana (was: Botswana): United Nations workshop on implementing resolution 1540 in Africa",
        f"reworded: {SECOND[2][0]} (was: {FIRST[0][0]})",
        "sponsors: Norway; Andorra (was: Norway): United Nations workshop on implementing resolution 1540 in Africa",
        "moved from 4-5 December 2007 to 11-12 December 2007: Regional seminar for Arab States",
        "moved from Amman, Jordan to Cairo, Egypt: Regional seminar for Arab States",
        "now cancelled (was confirmed): Seminar on export control",
        "reworded: Training of customs officers (was: Course for customs officers)",
        "added: Peer review visit (15 April 2008, Kingston, Jamaica)",
        "added: Annual meeting of points of contact 2008 (6 November 2008, Geneva, Switzerland)",
        "now on 27-29 January 2010 (was: last 10 days of January 2010): Workshop on biosafety and biosecurity",
    ]


def _confirmed(listings):
    """Take how firm a draft calls itself out of the comparison."""
    return [
        listing if listing.status == "cancelled" else replace(listing, status=type(listing.status).CONFIRMED)
        for listing in listings
    ]


def test_the_same_draft_in_another_order_is_no_change():
    """Sorting a list changes nothing that anybody plans."""
    assert differences(as_csv(*FIRST).listings, as_csv(*reversed(FIRST)).listings) == ()


def test_differences_are_data():
    """A report words them in its reader's language."""
    old, new = as_csv(FIRST[1]).listings, as_csv(SECOND[3]).listings

    moved, relocated = differences(old, new)

    assert (moved.what, moved.key, moved.span) == (What.MOVED, new[0].key, new[0].span)
    assert (moved.before, moved.after) == ("4-5 December 2007", "11-12 December 2007")
    assert (relocated.what, relocated.field) == (What.RELOCATED, "place")


def row(title, dates="27-28 November 2007", place="Gaborone, Botswana"):
    (listing,) = as_csv((title, dates, place, "", "")).listings
    return listing


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (row("1540 workshop for African States"), row("Workshop on resolution 1540 in Africa")),
        (row("1540 workshop for African States"), row("1540 workshop for African States", "11 December 2007")),
        (row("1540 workshop for African States"), row("1540 workshop for African States", place="Accra, Ghana")),
        (row("1540 workshop for African States", place=""), row("Regional workshop on 1540 for African States")),
        (row("Seminar on export control", "TBC"), row("Seminar on export control", "3 March 2008")),
        (row("Seminar on export control", place="Botswana"), row("Seminar on export controls")),
        (row("Course for customs officers"), row("Training of customs officers")),
        (row("Atelier pour les États africains sur la résolution 1540"),
         row("Atelier régional pour les États africains : résolution 1540", "28-29 November 2007")),
    ],
)  # fmt: skip
def test_a_row_is_recognised_although_it_was_edited(old, new):
    """Findings and decisions hang on the row; a new wording must not make it a new event."""
    assert same_rows([old], [new]) == {new.key: old.key}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (row("1540 workshop for African States"), row("1540 workshop for Asian States")),
        (row("Second workshop on export control"), row("Third workshop on export control")),
        (row("Annual meeting 2007"), row("Annual meeting 2008", "27-28 November 2008")),
        (row("Phase 1 of the peer review"), row("Phase 2 of the peer review")),
        (row("Seminar for English-speaking States"), row("Seminar for French-speaking States")),
        (row("Seminar on export control"), row("Course for customs officers")),
        (row("Annual meeting"), row("Annual meeting", "27-28 November 2009")),
        (row("Seminar on export control"), row("Seminar on export licences", "3 March 2008", "Lima, Peru")),
        (row("Workshop for West Africa"), row("Workshop for East Africa")),
    ],
)
def test_another_event_is_not_taken_for_an_edited_row(old, new):
    """A decision about one event must never be carried over to another."""
    assert same_rows([old], [new]) == {}


def test_where_two_rows_fit_equally_well_neither_is_taken():
    """Nobody can tell which of two sessions was kept."""
    old = row("Training session on customs")
    twins = [replace(row(f"Training session on customs, group {name}"), key=replace(old.key, uid=f"row-{name}"))
             for name in ("alpha", "omega")]  # fmt: skip

    assert same_rows([old], twins) == {}


def test_the_better_fit_wins():
    """The row that says more of the same is the same."""
    old = row("Workshop on resolution 1540 for African States")
    near, far = row("Workshop on resolution 1540 in Africa"), row("Welcome reception for African States")

    assert same_rows([old], [far, near]) == {near.key: old.key}


def test_a_moved_row_keeps_its_name_over_three_drafts():
    """Its UID is made from its first wording, and stands as long as the next draft is like the one before."""
    drafts = (
        [("Workshop for African States", "27-28 November 2007", "Gaborone, Botswana", "", "")],
        [("Workshop for African States", "4-5 December 2007", "Gaborone, Botswana", "", "")],
        [("Workshop for African States", "4-5 December 2007", "Kasane, Botswana", "", "")],
    )
    known = changes((), as_csv(*drafts[0]).listings, NIGHT).listings
    first = known[0].key

    for number, draft in enumerate(drafts[1:], start=1):
        found = changes(known, as_csv(*draft).listings, NIGHT + timedelta(days=number))
        assert [listing.key for listing in found.updated] == [first]
        assert (found.added, found.withdrawn) == ((), ())
        known = found.listings


def test_a_draft_that_could_not_be_read_whole_drops_nothing():
    """Unparseable is not absent: a row without its title is still a row."""
    known = changes((), as_csv(*FIRST).listings, NIGHT).listings
    damaged = as_csv(*FIRST[:2], ("", *FIRST[2][1:]), *FIRST[3:])

    found = changes(
        known, damaged.listings, NIGHT, some_lost=any(problem.lost and not problem.uid for problem in damaged.problems)
    )

    assert found.withdrawn == ()
    assert len(found.listings) == len(FIRST)


WORDS = ["workshop", "seminar", "on", "for", "export", "control", "customs", "African", "Asian", "1540", "2007"]
TITLES = st.lists(st.sampled_from(WORDS),
                  min_size=1, max_size=6).map(" ".join)  # fmt: skip
ROWS = st.lists(
    st.tuples(
        TITLES,
        st.sampled_from(["27 November 2007", "28 November 2007", "TBC", "", "early 2008"]),
        st.sampled_from(["", "Lima", "Accra, Ghana"]),
        st.sampled_from(["", "cancelled"]),
        st.just(""),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(ROWS, ROWS)
def test_every_row_is_accounted_for_once(first, second):
    """A row is added, dropped, or in both drafts, and the order in which the rows stand says nothing."""
    old, new = as_csv(*first).listings, as_csv(*second).listings

    told = differences(old, new)

    added = {difference.key for difference in told if difference.what is What.ADDED}
    dropped = {difference.key for difference in told if difference.what is What.DROPPED}
    assert len(new) - len(added) == len(old) - len(dropped)
    assert added <= {listing.key for listing in new}
    assert dropped <= {listing.key for listing in old}
    assert told == differences(tuple(reversed(old)), tuple(reversed(new)))
    assert differences(old, old) == ()


@settings(max_examples=100, deadline=None)
@given(ROWS, ROWS)
def test_rows_are_paired_one_to_one(first, second):
    """Two rows cannot both be what one row was."""
    old, new = as_csv(*first).listings, as_csv(*second).listings
    again = recognised_again(old, new, NIGHT)

    pairs = same_rows(old, [listing for _, listing in again.values()])

    assert len(set(pairs.values())) == len(pairs)
