"""Tables as committees mail them, and as `outreach match` reads them."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.errors import TableRefused
from calendar_sync.listings import Status
from calendar_sync.reading.tables import listing_table, read_csv, read_xlsx
from calendar_sync.roster import Calendar
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility

COMMITTEE = Calendar("provisional", "1540C", "list.csv")
GABORONE = Span.exact(date(2007, 11, 27), date(2007, 11, 28))


def read(text, calendar=COMMITTEE):
    return read_csv(text.encode(), calendar)


def workbook(*rows, name="Activities", hidden=False):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    if hidden:
        book.add_worksheet("Front")
    sheet = book.add_worksheet(name)
    if hidden:
        sheet.hide()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return file.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "Activity,Dates,Place\nWorkshop for Africa,27-28 November 2007,Gaborone (Botswana)\n",
        "Title;Start date;End date;City;Country\nWorkshop for Africa;2007-11-27;2007-11-28;Gaborone;Botswana\n",
        "Titre\tDates\tLieu\nWorkshop for Africa\t27 et 28 novembre 2007\tGaborone, Botswana\n",
        "Título;Fecha;Ciudad;País\nWorkshop for Africa;27 y 28 de noviembre de 2007;Gaborone;Botsuana\n",
        "Atividade;Data de início;Data de fim;Cidade;País\nWorkshop for Africa;27/11/2007;28/11/2007;Gaborone;BW\n",
        'Title / Titre,Date / Date,Lieu / Place\nWorkshop for Africa,27–28 Nov 2007,"Gaborone, Botswana"\n',
        "Event|From|To|Where\nWorkshop for Africa|27.11.2007|28.11.2007|Gaborone - Botswana\n",
        "No.,ACTIVITY (title),Proposed dates,Venue,Country\n7,Workshop for Africa,27 and 28 November 2007,GICC,BW\n",
    ],
)
def test_headers_are_understood_in_four_languages(text):
    """Nobody is asked to rename the columns of their list."""
    reading = read(text)

    assert reading.problems == ()
    (listing,) = reading.listings
    assert listing.title == "Workshop for Africa"
    assert listing.span == GABORONE
    assert listing.country == "BW"
    assert (listing.start, listing.end) == (date(2007, 11, 27), date(2007, 11, 29))


def test_every_column_has_its_place():
    """A report tells who organises, who pays, and for whom."""
    reading = read(
        "Activity;Dates;City;Country;Organizer(s);Sponsor;For;Theme;Status;Issued;Remarks;Link;Language\n"
        "Workshop;27 and 28 November;Gaborone;Botswana;UNODA;Norway\n"
        ";;\n"
        "Seminar;27 and 28 November;Gaborone;Botswana;UNODA;EU;BW;export control;tentative;15 October 2007;tbc;https://x.example;EN\n"
        '"Course";27 and 28 November 2007;Gaborone;Botswana;"UNODA; AU";"EU;NO";"BW; GH";;annulé;2007-10-15\n'
    )

    workshop, course, seminar = sorted(reading.listings, key=lambda listing: (listing.span is not None, listing.title))
    assert workshop.span is None
    assert workshop.date_text == "27 and 28 November"
    assert (seminar.organisers, seminar.sponsors, seminar.audience) == (("UNODA",), ("EU",), ("BW",))
    assert (seminar.themes, seminar.status, seminar.language) == (("export control",), Status.TENTATIVE, "en")
    assert (seminar.published, seminar.url) == (date(2007, 10, 15), "https://x.example")
    assert (seminar.span, seminar.description) == (GABORONE, "tbc")
    assert "2007-10-15" in seminar.date_note
    assert (course.organisers, course.sponsors, course.audience) == (("UNODA", "AU"), ("EU", "NO"), ("BW", "GH"))
    assert course.status is Status.CANCELLED
    assert [problem.code for problem in reading.problems] == ["unclear-date"]


def test_a_letterhead_stands_above_the_header_and_dates_the_list():
    """The list of October 2007 means the November that followed."""
    reading = read(
        "1540 Committee;;\nProvisional list of activities as of 15 October 2007;;\n;;\nActivity;Dates;Place\n"
        "Workshop for African States;27 and 28 November;Botswana\n"
    )

    (listing,) = reading.listings
    assert (listing.span, listing.country, listing.city) == (GABORONE, "BW", "")
    assert listing.date_note == "year inferred from publication on 2007-10-15"
    assert listing.published is None


def test_vague_dates_keep_their_words_and_bounds():
    """What the source said stays readable beside what it means."""
    reading = read("Activity,Dates\nNairobi workshop,during the last 10 days of January 2010\n")

    (listing,) = reading.listings
    assert listing.span == Span.vague(date(2010, 1, 22), date(2010, 1, 31))
    assert listing.date_text == "during the last 10 days of January 2010"
    assert listing.start is None


def test_a_row_that_cannot_be_read_is_named_and_its_neighbours_stay():
    """One empty cell must not lose a list."""
    reading = read("Activity,Dates\nFirst,1 May 2008\n,2 May 2008\nThird,3 May 2008\n")

    assert [listing.title for listing in reading.listings] == ["First", "Third"]
    (problem,) = reading.problems
    assert (problem.code, problem.lost) == ("unreadable-row", True)
    assert "row 3" in problem.message


def test_a_date_that_could_be_read_either_way_says_how_it_was():
    """Whoever writes the month first will see it in the note."""
    (listing,) = read("Title,Start,End\nWorkshop,05/06/2008,06/06/2008\n").listings

    assert listing.span == Span.exact(date(2008, 6, 5), date(2008, 6, 6))
    assert listing.date_note == "day read before month"


def test_an_end_before_the_start_is_a_problem_not_a_loss():
    """What can be placed in time is kept."""
    reading = read("Title,Start,End\nWorkshop,2007-11-28,2007-11-27\n")

    assert reading.listings[0].span == Span.exact(date(2007, 11, 28))
    assert "before it starts" in reading.problems[0].message


def test_the_calendar_gives_what_the_table_does_not_say():
    """A provisional list is provisional in every row."""
    calendar = Calendar("provisional", "1540C", "", status="provisional", language="en", visibility=Visibility.SHARED)

    (listing,) = read("Activity,Dates\nWorkshop,1 May 2008\n", calendar).listings

    assert (listing.status, listing.language, listing.visibility) == (Status.PROVISIONAL, "en", Visibility.SHARED)
    assert listing.organisation == "1540C"


def test_rows_without_ids_get_names_that_stay():
    """Tomorrow's copy of the same list must not look like other events."""
    one = read("Activity,Dates,Place\nWorkshop,1 May 2008,Accra\nSeminar,1 May 2008,Accra\n").listings
    two = read("Place;Dates;Activity\nAccra;1 May 2008;SEMINAR\nAccra;1 May  2008;Workshop\n").listings

    assert {listing.key for listing in one} == {listing.key for listing in two}
    assert len({listing.key for listing in one}) == 2


def test_row_numbers_are_no_ids():
    """A list is numbered anew with every row that is added."""
    before = read("No.;Activity;Dates\n1;Workshop;1 May 2008\n").listings
    after = read("No.;Activity;Dates\n1;Seminar;2 April 2008\n2;Workshop;1 May 2008\n").listings

    assert before[0].key in {listing.key for listing in after if listing.title == "Workshop"}


def test_the_same_row_twice_is_two_listings():
    """Two sessions may look the same; neither is lost."""
    reading = read("Activity,Dates\nWorkshop,1 May 2008\nWorkshop,1 May 2008\n")

    assert len({listing.key for listing in reading.listings}) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_told_apart(encoding):
    """Spreadsheets save in whatever the machine speaks."""
    reading = read_csv("Titre;Lieu\nSéminaire régional;Lomé\n".encode(encoding), COMMITTEE)

    assert reading.listings[0].title == "Séminaire régional"
    assert bool(reading.problems) == (encoding == "cp1252")


@pytest.mark.parametrize("text", ["", "\n\n", "<html>Please log in</html>", "a,b,c\n1,2,3\n", "Title\nWorkshop\n"])
def test_what_has_no_header_is_no_calendar(text):
    """A login page must not withdraw a list."""
    reading = read(text)

    assert not reading.is_calendar
    assert reading.problems[0].code == "no-header"


def test_a_poisoned_table_is_cut_and_withdraws_nothing():
    """A million rows must not cost the night its memory, nor the calendar its listings."""
    reading = read("Title,Start\n" + "x,2008-05-01\n" * 50_100)

    assert len(reading.listings) < 50_001
    assert [(problem.code, problem.lost) for problem in reading.problems] == [("too-many-rows", True)]


def test_a_header_without_rows_is_an_empty_calendar():
    """That is a statement, which `refresh` will doubt."""
    reading = read("Activity,Dates\n")

    assert reading.is_calendar
    assert reading.listings == ()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet='Title,;"\n\t0Dates 27 Nov\0é', max_size=200).map(str.encode))
def test_no_bytes_break_a_table(body):
    """Anything may lie behind an address that ended in .csv yesterday."""
    read_csv(body, COMMITTEE)
    read_csv(b"Title,Dates\n" + body, COMMITTEE)


# -- workbooks -----------------------------------------------------------------------------------------------------


def test_a_workbook_is_read_with_dates_and_numbers():
    """Cells hold days as days, whatever they look like."""
    body = workbook(
        ["Provisional list"],
        [],
        ["No", "Activity", "Start", "End", "Place", "Online"],
        [7, "Workshop", date(2007, 11, 27), datetime.combine(date(2007, 11, 28), time()), "Gaborone, Botswana", 0],
        [8, "Webinar", "27 November 2007", "28 November 2007", "", True],
    )

    reading = read_xlsx(body, COMMITTEE)

    assert reading.problems == ()
    webinar, workshop = sorted(reading.listings, key=lambda listing: listing.title)
    assert (workshop.span, workshop.city) == (GABORONE, "Gaborone")
    assert (webinar.span, webinar.online) == (GABORONE, True)


def test_a_problem_in_a_workbook_names_its_sheet_and_row():
    """A person must find the cell."""
    reading = read_xlsx(workbook([], ["Activity", "Dates"], ["A", "1 May 2008"], ["", "2 May 2008"]), COMMITTEE)

    assert "sheet 'Activities', row 4" in reading.problems[0].message


def test_hidden_sheets_are_not_published():
    """What was hidden was not meant for us."""
    reading = read_xlsx(workbook(["Activity", "Dates"], ["Secret", "1 May 2008"], hidden=True), COMMITTEE)

    assert reading.listings == ()


def bomb(size):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(size))
    return file.getvalue()


def lying(body):
    """Make a ZIP state a size of one byte for everything it holds."""
    at = body.rindex(b"PK\x01\x02")
    return body[: at + 24] + (1).to_bytes(4, "little") + body[at + 28 :]


@pytest.mark.parametrize("body", [bomb(80 * 1024 * 1024), lying(bomb(80 * 1024 * 1024))])
def test_a_bomb_is_not_unpacked(body):
    """80 MB in 80 kB, whatever its table of contents says."""
    reading = read_xlsx(body, COMMITTEE)

    assert not reading.is_calendar
    assert "unpack" in reading.problems[0].message


def test_a_far_cell_does_not_make_a_huge_sheet():
    """One cell in the last corner would be laid out as seventeen thousand million."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.add_worksheet().write(1048575, 16383, "x")
    book.close()

    assert "cells" in read_xlsx(file.getvalue(), COMMITTEE).problems[0].message


@pytest.mark.parametrize("cut", [0, 1, 4, 100, 1000, -1, -30])
def test_half_a_workbook_is_no_calendar(cut):
    """A broken transfer must not withdraw a list."""
    reading = read_xlsx(workbook(["Activity", "Dates"], ["A", "1 May 2008"])[:cut], COMMITTEE)

    assert not reading.is_calendar


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=8))
def test_no_bytes_break_a_workbook(at, patch):
    """Anything may lie behind an address that ended in .xlsx yesterday."""
    body = WORKBOOK[:at] + patch + WORKBOOK[at + len(patch) :]

    read_xlsx(body, COMMITTEE)


WORKBOOK = workbook(["Activity", "Dates"], ["A", "1 May 2008"])


# -- outreach match ------------------------------------------------------------------------------------------------


def test_a_listing_table_is_read_by_its_own_ids(tmp_path):
    """What comes out of `outreach match` must name what went in."""
    table = tmp_path / "a.csv"
    table.write_text(
        "id,source,title,start,end,city,country,online,place_raw,audience,published\n"
        'x1,unoda,Workshop,2007-11-27,2007-11-28,Gaborone,BW,0,"Gaborone, BW",BW; GH,2007-10-15\n'
        "x2,,Seminar,,,,,1,,,\n"
    )

    first, second = listing_table(table)

    assert (first.key.calendar, first.key.uid, first.organisation) == ("unoda", "x1", "unoda")
    assert (first.span, first.audience) == (GABORONE, ("BW", "GH"))
    assert (second.key.calendar, second.online, second.span) == ("a", True, None)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("title,start\nWorkshop,2007-11-27\n", "no column 'id'"),
        ("id,start\nx1,2007-11-27\n", "no column 'title'"),
        ("", "no column 'id'"),
        ("id,title\nx1,A\nx2,B\nx1,C\n", "rows 2 and 4 have the same id 'x1'"),
        ("id,title\n,A\n", "row 2 has no id"),
    ],
)
def test_a_table_that_cannot_be_matched_says_why_and_what_next(tmp_path, text, what):
    """A sentence with a next step, never a traceback."""
    table = tmp_path / "a.csv"
    table.write_text(text)

    with pytest.raises(TableRefused, match=what) as refused:
        listing_table(table)

    assert "Next: " in str(refused.value)


def test_a_missing_table_is_said_to_be_missing(tmp_path):
    """Most mistakes are mistyped paths."""
    with pytest.raises(TableRefused, match="No such file"):
        listing_table(tmp_path / "no.csv")


def test_the_measuring_table_is_read_whole(shared):
    """14,000 rows, each with its id."""
    listings = listing_table(shared / "data" / "matching" / "dev_listings.csv")

    assert len(listings) == len({listing.key.uid for listing in listings}) == 13969
    assert all(listing.title for listing in listings)
