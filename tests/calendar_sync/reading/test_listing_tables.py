"""Tables as committees mail them, and as `outreach match` reads them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from soundness import is_sound

from calendar_sync.errors import TableRefused
from calendar_sync.listings import Status
from calendar_sync.reading.listing_tables import listing_table
from calendar_sync.reading.tables import read_csv, read_xlsx
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
    is_sound(read_csv(body, COMMITTEE))
    is_sound(read_csv(b"Title,Dates\n" + body, COMMITTEE))


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

    is_sound(read_xlsx(body, COMMITTEE))


WORKBOOK = workbook(["Activity", "Dates"], ["A", "1 May 2008"])


def mailed(**sheets):
    """Write a workbook as people do: each sheet is changed by a function; the first one is made visible."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, write in sheets.items():
        write(book.create_sheet(name))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def activities(sheet):
    """A list as a coordinator keeps it."""
    sheet["A1"] = "Outreach activities"
    sheet.merge_cells("A1:H1")
    sheet.append([])
    sheet.append(["No.", "Activity /\nActivité", "Date", None, "Place", "Sponsor(s)", "Confidential", "Budget (USD)"])
    sheet.append([None, None, "From", "To"])
    for column in "ABEFGH":
        sheet.merge_cells(f"{column}3:{column}4")
    sheet.merge_cells("C3:D3")
    sheet.append(["NOVEMBER 2007"])
    sheet.merge_cells("A5:H5")
    sheet.append([1, "Workshop for African States*", 27, 28, "Gaborone, Botswana", "Norway", "no", 1000])
    sheet.append([None, None, None, None, None, "Andorra"])
    sheet.append([2, "Seminar", date(2007, 11, 5), datetime(2007, 11, 6), "Accra, Ghana", None, "yes"])  # noqa: DTZ001
    sheet.append(["DECEMBER"])
    sheet.merge_cells("A9:H9")
    sheet.append([3, "CANCELLED: Training for customs", "4-6 Dec", None, "Nairobi, Kenya"])
    sheet.append([4, "Peer review", date(2008, 3, 1), None, "Lima, Peru"])
    sheet["C11"].number_format = "mmm-yy"
    sheet.append([5, "Meeting nobody may see yet", "7 Dec", None, "Paris"])
    sheet.row_dimensions[12].hidden = True
    sheet.append(["Total: 5 activities"])
    sheet.append([])
    sheet.append(["* dates to be confirmed by the host"])
    sheet.append([None, "Funding", None, None, None, None, None, 5000])
    sheet.append([])
    sheet.append(["Past activities"])
    sheet.append(["Event", "Dates", "City", "Country"])
    sheet.append(["Caribbean workshop", "29-30 May 2007", "Kingston", "Jamaica"])


def cover(sheet):
    sheet["B2"] = "1540 Committee"
    sheet["B3"] = "Provisional list, as of 1 October 2007"


def test_a_list_as_it_is_mailed():
    """Title rows, headers on two rows, months between the rows, remarks below, and another table on the same sheet."""
    reading = read_xlsx(mailed(Cover=cover, Activities=activities), COMMITTEE)

    by_title = {listing.title: listing for listing in reading.listings}
    assert list(by_title) == [
        "Caribbean workshop", "Seminar", "Workshop for African States", "Training for customs", "Peer review",
    ]  # fmt: skip
    workshop, training = by_title["Workshop for African States"], by_title["Training for customs"]
    assert (workshop.span, workshop.city, workshop.country) == (GABORONE, "Gaborone", "BW")
    assert workshop.sponsors == ("Norway", "Andorra")
    assert workshop.date_note == "completed from the heading 'NOVEMBER 2007'"
    assert workshop.extra == (("No.", "1"), ("Budget (USD)", "1000"))
    assert (workshop.status, workshop.visibility) == (Status.PROVISIONAL, Visibility.PUBLIC)
    assert by_title["Seminar"].visibility is Visibility.HIDDEN
    assert by_title["Seminar"].span == Span.exact(date(2007, 11, 5), date(2007, 11, 6))
    assert (training.status, training.span) == (Status.CANCELLED, Span.exact(date(2007, 12, 4), date(2007, 12, 6)))
    assert by_title["Caribbean workshop"].country == "JM"
    assert [(problem.code, problem.lost) for problem in reading.problems] == [
        ("hidden-row", True), ("below-the-table", False),
    ]  # fmt: skip
    assert "sheet 'Activities', row 12" in reading.problems[0].message


def test_a_day_that_shows_only_its_month_stands_for_the_month():
    """Excel makes "Mar-08" the first of March; nobody meant the first."""
    reading = read_xlsx(mailed(Activities=activities), COMMITTEE)

    (review,) = [listing for listing in reading.listings if listing.title == "Peer review"]
    assert review.span == Span.vague(date(2008, 3, 1), date(2008, 3, 31))
    assert review.start is None


def test_tables_side_by_side_are_both_read():
    """Planned on the left, held on the right."""

    def write(sheet):
        sheet.append(["Planned", None, None, "Held"])
        sheet.append(["Activity", "Dates", None, "Activity", "Dates"])
        sheet.append(["Workshop", "27-28 November 2007", None, "Seminar", "1 May 2007"])
        sheet.append([None, None, None, "Course", "2 May 2007"])

    reading = read_xlsx(mailed(List=write), COMMITTEE)

    assert [listing.title for listing in reading.listings] == ["Seminar", "Course", "Workshop"]
    assert reading.problems == ()


def test_the_month_may_stand_in_a_column_of_its_own():
    """Filled in once, for all rows below it."""
    reading = read("Month;Dates;Activity\nNovember 2007;27-28;Workshop\n;29;Seminar\nDecember;3;Course\n")

    assert [(listing.title, listing.span) for listing in reading.listings] == [
        ("Workshop", GABORONE),
        ("Seminar", Span.exact(date(2007, 11, 29))),
        ("Course", Span.exact(date(2007, 12, 3))),
    ]


def test_dates_and_place_may_share_a_column():
    """ "27-28 November 2007, Gaborone" is two facts."""
    reading = read('Activity;Date and place\nWorkshop;"27-28 November 2007,\nGaborone (Botswana)"\n')

    (listing,) = reading.listings
    assert (listing.span, listing.city, listing.country) == (GABORONE, "Gaborone", "BW")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("النشاط;التاريخ;المدينة;البلد", "ورشة عمل;27-28 نوفمبر 2007;غابورون;بوتسوانا"),
        ("Мероприятие;Дата начала;Дата окончания;Город;Страна", "Семинар;27.11.2007;28.11.2007;Габороне;Ботсвана"),
        ("ACTIVITÉ;DATES PRÉVUES;LIEU (ville/pays)", "Atelier;27-28 nov. 2007;Gaborone, Botswana"),
        ("Event\u00a0Title;Date(s);Host country", "Workshop;Nov. 27 & 28, 2007;Botswana"),
    ],
)
def test_headers_are_understood_in_more_writing_systems(header, row):
    """Regional organisations keep their lists in their own languages."""
    (listing,) = read(f"{header}\n{row}\n").listings

    assert (listing.span, listing.country) == (GABORONE, "BW")


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b"sep=|\r\nActivity|Dates\r\nA, b; c|1 May 2008\r\n", "A, b; c"),
        ("Activité\tDates\nÉté\t1 May 2008\n".encode("utf-16"), "Été"),
        ("Activity\tDates\nÉté\t1 May 2008\n".encode("utf-16-le"), "Été"),
        ("Activity,Dates\nÉté,1 May 2008\n".encode("latin-1"), "Été"),
        (b'Activity,Dates\n"Two\nlines",1 May 2008\n', "Two lines"),
    ],
)
def test_separated_values_come_in_many_forms(body, title):
    """Excel writes its delimiter into the first line, and "Unicode text" with or without a mark."""
    (listing,) = read_csv(body, COMMITTEE).listings

    assert (listing.title, listing.span) == (title, Span.exact(date(2008, 5, 1)))


def test_an_open_quotation_mark_loses_rows_and_says_so():
    """Unparseable is not absent: what it swallowed must not be withdrawn."""
    rows = "".join(f"Workshop {number},1 May 2008,Accra\n" for number in range(5))
    reading = read(f'Activity,Dates,City\nFirst,1 May 2008,Lima\n"Second,2 May 2008,Lima\n{rows}')

    assert [listing.title for listing in reading.listings] == ["First"]
    assert [(problem.code, problem.lost) for problem in reading.problems] == [("unreadable-row", True)]


def test_other_rows_tell_which_number_is_the_month():
    """11/27/2007 has no other reading, and so neither has 11/05/2007 above it."""
    reading = read("Title,Start,End\nSeminar,11/05/2007,11/06/2007\nWorkshop,11/27/2007,11/28/2007\n")

    assert [listing.span for listing in reading.listings] == [
        Span.exact(date(2007, 11, 5), date(2007, 11, 6)),
        GABORONE,
    ]
    assert reading.listings[0].date_note == "month read before day, as other rows of the list show"


@pytest.mark.parametrize(
    ("cells", "span"),
    [
        ("27-Nov-07;28-Nov-07", GABORONE),
        ("39413;39414", GABORONE),
        ("2007-11-27;28", GABORONE),
        ("2007-11-27;28 November", GABORONE),
        ("2007-11-27 00:00:00;2007-11-28 00:00:00", GABORONE),
        ("Nov 27;Nov 28, 2007", GABORONE),
        ("2007-11-27;TBC", Span.exact(date(2007, 11, 27))),
    ],
)
def test_dates_are_typed_in_many_ways(cells, span):
    """A spreadsheet takes anything."""
    (listing,) = read(f"Title;Start;End\nWorkshop;{cells}\n").listings

    assert listing.span == span


def test_words_of_a_status_are_understood_within_more_words():
    """ "Cancelled (lack of funds)" is cancelled, and "not confirmed" is not confirmed."""
    reading = read(
        "Activity;Dates;Status\nA b;1 May 2008;Cancelled (lack of funds)\nC d;2 May 2008;not confirmed\n"
        "E f (POSTPONED);3 May 2008;\nG h;4 May 2008;see annex\n"
    )

    assert [(listing.title, listing.status) for listing in reading.listings] == [
        ("A b", Status.CANCELLED), ("C d", Status.TENTATIVE), ("E f", Status.TENTATIVE), ("G h", Status.CONFIRMED),
    ]  # fmt: skip
    assert reading.listings[3].extra == (("status", "see annex"),)


@pytest.mark.parametrize(
    ("stated", "visibility"),
    [
        ("", Visibility.PUBLIC), ("no", Visibility.PUBLIC), ("Unclassified", Visibility.PUBLIC),
        ("yes", Visibility.HIDDEN), ("Restricted", Visibility.HIDDEN), ("TLP:AMBER", Visibility.HIDDEN),
        ("ask Ines first", Visibility.HIDDEN),
    ],
)  # fmt: skip
def test_a_column_about_confidentiality_can_only_close(stated, visibility):
    """A word we do not know hides the row, as an unknown CLASS does."""
    text = f"Activity;Dates;Classification\nWorkshop;1 May 2008;{stated}\n"
    shared = Calendar("provisional", "1540C", "", visibility=Visibility.SHARED)

    assert read(text).listings[0].visibility is visibility
    assert read(text, shared).listings[0].visibility is max(visibility, Visibility.SHARED)


def test_a_list_without_a_date_of_issue_is_dated_by_its_file():
    """The year must come from somewhere, and the note says from where."""
    book = openpyxl.Workbook()
    book.active.append(["Activity", "Dates"])
    book.active.append(["Workshop", "27 and 28 November"])
    book.properties.created = book.properties.modified = datetime(2007, 10, 2)  # noqa: DTZ001
    file = io.BytesIO()
    book.save(file)
    with zipfile.ZipFile(file) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents["docProps/core.xml"] = re.sub(
        rb">20\d\d-[^<]*Z<", b">2007-10-02T00:00:00Z<", contents["docProps/core.xml"]
    )
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)

    (listing,) = read_xlsx(again.getvalue(), COMMITTEE).listings

    assert listing.span == GABORONE
    assert listing.date_note == "year inferred from the file's last change on 2007-10-02"


@pytest.mark.parametrize(
    ("title", "stated", "span"),
    [
        ("Provisional programme 2008", "3-5 March", Span.exact(date(2008, 3, 3), date(2008, 3, 5))),
        ("Activities, October 2007 - March 2008", "27-28 November", GABORONE),
        ("Activities, October 2007 - March 2008", "3 March", Span.exact(date(2008, 3, 3))),
        ("Outreach under resolution 1540 (2004)", "27-28 November", None),
    ],
)
def test_the_title_of_a_list_gives_its_year(title, stated, span):
    """ "Programme 2008" is said once; the year of a resolution is not the year of a workshop."""
    (listing,) = read(f"{title}\n\nActivity;Dates\nWorkshop;{stated}\n").listings

    assert listing.span == span


def test_rows_without_a_date_are_named_and_stay():
    """A workshop that has no date yet is a workshop."""
    reading = read("Activity;Dates;Place\nWorkshop;TBC;Lima\nSeminar;;Lima\nCourse;after the rains;Lima\n")

    assert {listing.title for listing in reading.listings} == {"Workshop", "Seminar", "Course"}
    assert [problem.code for problem in reading.problems] == ["no-date", "no-date", "unclear-date"]
    assert not any(problem.lost for problem in reading.problems)


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
