"""Documents and workbooks of every office program, friendly and hostile: DOCX, ODS, XLS, and what claims to be one."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import zipfile
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import docx
import openpyxl
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from odf import style as odf_style
from odf import table as odf_table
from odf.office import Annotation
from odf.opendocument import OpenDocumentSpreadsheet
from odf.text import P
from soundness import is_sound

from calendar_sync.listings import Status
from calendar_sync.reading import tables
from calendar_sync.reading.tables import read_csv, read_docx, read_ods, read_xlsx
from calendar_sync.roster import Calendar, Limits
from calendar_sync.spans import Span

COMMITTEE = Calendar("provisional", "1540C", "list")
GABORONE = Span.exact(date(2007, 11, 27), date(2007, 11, 28))
HEADER = ("Dates", "Activity", "Place", "Organizer")


def saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def add_table(document, *rows):
    table = document.add_table(rows=0, cols=max(map(len, rows)))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=False):
            cell.text = text
    return table


def document(*rows, before=()):
    made = docx.Document()
    made.core_properties.modified = datetime(2007, 10, 1, tzinfo=UTC)
    for text in before:
        made.add_paragraph(text)
    if rows:
        add_table(made, *rows)
    return made


def titles(reading):
    return [listing.title for listing in reading.listings]


def codes(reading):
    return [problem.code for problem in reading.problems]


def members(body):
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(contents, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file.getvalue()


def changed(body, **replaced):
    """Write an office file again with other members; a name's dots and slashes are spelled with underscores."""
    contents = members(body)
    for name, content in replaced.items():
        contents[next(known for known in contents if known.replace("/", "_").replace(".", "_") == name)] = content
    return zipped(contents)


# -- DOCX ----------------------------------------------------------------------------------------------------------


def test_a_table_in_a_document_is_read():
    """Most provisional lists are Word documents."""
    made = document(
        HEADER, ("27-28 November 2007", "Workshop for Africa", "Gaborone, Botswana", "UNODA"),
        before=("1540 Committee", "Provisional list of outreach activities"),
    )  # fmt: skip

    reading = read_docx(saved(made), COMMITTEE)

    assert reading.problems == ()
    (listing,) = reading.listings
    assert (listing.title, listing.span, listing.city, listing.country) == (
        "Workshop for Africa", GABORONE, "Gaborone", "BW",
    )  # fmt: skip
    assert listing.organisers == ("UNODA",)
    assert listing.status is Status.PROVISIONAL


def test_a_table_goes_on_over_the_page():
    """Word repeats the header, people split tables, and months stand between the pieces."""
    made = document(HEADER, ("27-28", "Workshop for Africa", "Gaborone, Botswana", "UNODA"), before=("NOVEMBER 2007",))
    made.add_paragraph("")
    add_table(made, ("29-30", "Seminar", "Accra, Ghana", "AU"))
    made.add_heading("December")
    add_table(made, HEADER, ("4 to 6", "Training for customs", "Nairobi, Kenya", "WCO"))

    reading = read_docx(saved(made), COMMITTEE)

    assert reading.problems == ()
    assert [(listing.title, listing.span) for listing in reading.listings] == [
        ("Workshop for Africa", GABORONE),
        ("Seminar", Span.exact(date(2007, 11, 29), date(2007, 11, 30))),
        ("Training for customs", Span.exact(date(2007, 12, 4), date(2007, 12, 6))),
    ]


def test_merged_cells_count_for_every_row_they_cover():
    """A date that stands once for two sessions is the date of both."""
    made = document(HEADER, ("27-28 November 2007", "First session", "Gaborone, Botswana", "UNODA"),
                    ("", "Second session", "", "AU"))  # fmt: skip
    table = made.tables[0]
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(1, 2).merge(table.cell(2, 2))
    across = table.add_row().cells
    across[0].text = "All dates are subject to the availability of rooms"
    across[0].merge(across[3])

    reading = read_docx(saved(made), COMMITTEE)

    assert {(listing.title, listing.span, listing.country) for listing in reading.listings} == {
        ("First session", GABORONE, "BW"),
        ("Second session", GABORONE, "BW"),
    }
    assert reading.problems == ()


def test_tracked_changes_read_as_accepted():
    """The draft on everybody's desk is the one with the changes in it."""
    made = document(HEADER, ("27-28 November 2007", "Workshop for Asia", "Gaborone", "UNODA"),
                    ("1 May 2008", "Dropped", "Paris", "EU"))  # fmt: skip
    paragraph = made.tables[0].cell(1, 1).paragraphs[0]
    run = paragraph.runs[0]._r
    deleted, inserted = OxmlElement("w:del"), OxmlElement("w:ins")
    paragraph._p.append(deleted)
    deleted.append(run)
    run.find(qn("w:t")).tag = qn("w:delText")
    paragraph._p.append(inserted)
    inserted.append(parse_xml(f'<w:r xmlns:w="{run.nsmap["w"]}"><w:t>Workshop for Africa</w:t></w:r>'))
    properties = made.tables[0].rows[2]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:del"))

    assert titles(read_docx(saved(made), COMMITTEE)) == ["Workshop for Africa"]


def test_a_table_in_a_cell_and_a_row_in_a_form_are_found():
    """Layout tables hold the real one; forms wrap rows in content controls."""
    made = document()
    outer = made.add_table(rows=1, cols=1)
    inner = outer.cell(0, 0).add_table(rows=2, cols=4)
    for column, text in enumerate(HEADER):
        inner.cell(0, column).text = text
    for column, text in enumerate(("27-28 November 2007", "Workshop for Africa", "Gaborone", "UNODA")):
        inner.cell(1, column).text = text
    row = inner.rows[1]._tr
    control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    row.addprevious(control)
    control.append(content)
    content.append(row)

    assert titles(read_docx(saved(made), COMMITTEE)) == ["Workshop for Africa"]


def test_hidden_text_is_not_read_and_a_hidden_row_is_named():
    """What was hidden was not meant for us; yet it is there, so nothing is withdrawn for it."""
    made = document(HEADER, ("27-28 November 2007", "Workshop", "Gaborone", ""), ("1 May 2008", "Secret", "Paris", ""))
    made.tables[0].cell(1, 1).paragraphs[0].add_run(" with a secret").font.hidden = True
    made.tables[0].rows[2]._tr.get_or_add_trPr().append(OxmlElement("w:hidden"))

    reading = read_docx(saved(made), COMMITTEE)

    assert titles(reading) == ["Workshop"]
    (problem,) = reading.problems
    assert (problem.code, problem.lost) == ("hidden-row", True)
    assert problem.uid
    assert "Secret" not in problem.message


@pytest.mark.parametrize(
    ("text", "title", "place"),
    [
        ("27-28 November 2007, Gaborone: Workshop on resolution 1540 in Africa",
         "Workshop on resolution 1540 in Africa", "Gaborone"),
        ("27 – 28 November 2007: Workshop on resolution 1540 in Africa (Gaborone, Botswana)",
         "Workshop on resolution 1540 in Africa", "Gaborone, Botswana"),
        ("Nov 27 & 28, 2007 - Gaborone, Botswana - Workshop on resolution 1540 in Africa",
         "Workshop on resolution 1540 in Africa", "Gaborone, Botswana"),
        ("1. Workshop on resolution 1540 in Africa, Gaborone, Botswana, 27-28 November 2007",
         "Workshop on resolution 1540 in Africa", "Gaborone, Botswana"),
        ("27-28 November 2007\tGaborone\tWorkshop on resolution 1540 in Africa",
         "Workshop on resolution 1540 in Africa", "Gaborone"),
        ("27 et 28 novembre 2007, Gaborone : Atelier sur la résolution 1540",
         "Atelier sur la résolution 1540", "Gaborone"),
    ],
)  # fmt: skip
def test_a_list_of_paragraphs_is_read_where_there_is_no_table(text, title, place):
    """A list in the body of a letter is a list all the same."""
    reading = read_docx(saved(document(before=("Dear colleagues,", text, "With best regards"))), COMMITTEE)

    (listing,) = reading.listings
    assert (listing.title, listing.span, listing.place_text) == (title, GABORONE, place)


@pytest.mark.parametrize(
    "text",
    [
        "New York, 15 October 2007",
        "The Committee met on 12 November 2007 and discussed its programme of work.",
        "Reference: letter of the Chair, 12 October 2007",
        "Provisional list as of 15 October 2007",
        "27-28 November 2007",
        "",
    ],
)
def test_a_letter_is_no_list(text):
    """Its date is not an event."""
    reading = read_docx(saved(document(before=("Dear colleagues,", text, "With best regards"))), COMMITTEE)

    assert not reading.is_calendar
    assert codes(reading) == ["no-header"]


def test_days_take_their_month_from_the_heading_above_a_list():
    """ "NOVEMBER", then "27-28": nobody writes the month twice."""
    made = document(before=("Activities as of 15 October 2007", "November", "27-28, Gaborone: Workshop for Africa",
                            "December", "4, Geneva: Meeting of experts"))  # fmt: skip

    reading = read_docx(saved(made), COMMITTEE)

    assert [listing.span for listing in reading.listings] == [GABORONE, Span.exact(date(2007, 12, 4))]
    assert "2007-10-15" in reading.listings[0].date_note


def test_a_problem_in_a_document_names_table_and_row():
    """A person must find the cell."""
    made = document(HEADER, ("27-28 November 2007", "Workshop", "", ""), ("2 May 2008", "", "Paris", ""))

    (problem,) = read_docx(saved(made), COMMITTEE).problems

    assert (problem.code, problem.lost) == ("unreadable-row", True)
    assert "table 1, row 3" in problem.message


# -- ODS -----------------------------------------------------------------------------------------------------------


def ods(*rows, hidden_sheet=False, name="Activities"):
    """Write rows of cells; a cell is text, a date, a number, or a tuple of text, rows and columns it spans."""
    made = OpenDocumentSpreadsheet()
    shown = odf_style.Style(name="ta1", family="table")
    shown.addElement(odf_style.TableProperties(display="false" if hidden_sheet else "true"))
    made.automaticstyles.addElement(shown)
    sheet = odf_table.Table(name=name, stylename=shown)
    for cells in rows:
        if isinstance(cells, odf_table.Element):
            sheet.addElement(cells)
            continue
        row = odf_table.TableRow()
        for cell in cells:
            row.addElement(ods_cell(cell))
        sheet.addElement(row)
    made.spreadsheet.addElement(sheet)
    file = io.BytesIO()
    made.write(file)
    return file.getvalue()


def ods_cell(value, **more):
    if value is None:
        return odf_table.CoveredTableCell()
    if isinstance(value, tuple):
        value, down, right = value
        more |= {"numberrowsspanned": down, "numbercolumnsspanned": right}
    if isinstance(value, date):
        cell = odf_table.TableCell(valuetype="date", datevalue=value.isoformat(), **more)
        value = f"{value:%d.%m.%y}"
    elif isinstance(value, int):
        cell = odf_table.TableCell(valuetype="float", value=str(value), **more)
    else:
        cell = odf_table.TableCell(valuetype="string", **more)
    for line in str(value).split("\n"):
        cell.addElement(P(text=line))
    return cell


def test_a_sheet_of_libreoffice_is_read():
    """Dates as dates, a month across the sheet, a cell for two rows, a remark pinned to a cell."""
    remark = odf_table.TableCell(valuetype="string")
    pinned = Annotation()
    pinned.addElement(P(text="1 May 2010, says Bob"))
    remark.addElement(pinned)
    remark.addElement(P(text="Workshop for Africa"))
    row = odf_table.TableRow()
    for cell in (ods_cell(date(2007, 11, 27)), ods_cell(date(2007, 11, 28)), remark, ods_cell(("Gaborone", 2, 1))):
        row.addElement(cell)
    body = ods(
        ("Provisional list of activities",),
        ("Start", "End", "Activity", "City"),
        row,
        (5, 6, "Expert meeting", None),
        (("December 2007", 1, 4), None, None, None),
        (5, 6, "Training\ncourse", "Nairobi"),
    )

    reading = read_ods(body, COMMITTEE)

    assert {(listing.title, listing.span, listing.city) for listing in reading.listings} == {
        ("Workshop for Africa", GABORONE, "Gaborone"),
        ("Expert meeting", None, "Gaborone"),
        ("Training course", Span.exact(date(2007, 12, 5), date(2007, 12, 6)), "Nairobi"),
    }
    assert codes(reading) == ["unclear-date"]
    assert {listing.status for listing in reading.listings} == {Status.PROVISIONAL}


def test_hidden_rows_and_sheets_of_libreoffice_are_not_published():
    """A filter hides rows; nothing is withdrawn while it is set."""
    filtered = odf_table.TableRow(visibility="filter")
    for value in ("Filtered", "2 May 2008"):
        filtered.addElement(ods_cell(value))

    reading = read_ods(ods(("Activity", "Dates"), ("Shown", "1 May 2008"), filtered), COMMITTEE)
    hidden = read_ods(ods(("Activity", "Dates"), ("Secret", "1 May 2008"), hidden_sheet=True), COMMITTEE)

    assert titles(reading) == ["Shown"]
    assert [(problem.code, problem.lost, bool(problem.uid)) for problem in reading.problems] == [
        ("hidden-row", True, True)
    ]
    assert titles(hidden) == []


def test_empty_rows_repeated_to_the_end_of_the_sheet_cost_nothing():
    """LibreOffice writes a million of them behind every table."""
    rest = odf_table.TableRow(numberrowsrepeated=1048570)
    rest.addElement(odf_table.TableCell(numbercolumnsrepeated=16384))

    reading = read_ods(ods(("Activity", "Dates"), ("Workshop", "1 May 2008"), rest), COMMITTEE)

    assert (titles(reading), reading.problems) == (["Workshop"], ())


# -- the wrong name ------------------------------------------------------------------------------------------------


def workbook(*rows):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    return saved(made)


ROWS = (("Activity", "Dates"), ("Workshop", "27-28 November 2007"))
PAGE = b"""<html><head><meta charset="utf-8"></head><body><table><tr><th>Activity<th>Dates</tr>
<tr><td rowspan=2>Workshop<td>27-28 November 2007</tr><tr style="display: none"><td>1 May 2008</table></body></html>"""


@pytest.mark.parametrize("read", [read_xlsx, read_ods, read_docx, read_csv])
@pytest.mark.parametrize(
    "body",
    [workbook(*ROWS), ods(*ROWS), saved(document(*ROWS))],
    ids=["xlsx", "ods", "docx"],
)
def test_a_file_is_read_by_what_it_is(read, body):
    """Attachments are renamed on their way; what matters is inside."""
    reading = read(body, COMMITTEE)

    assert [(listing.title, listing.span) for listing in reading.listings] == [("Workshop", GABORONE)]


def test_a_web_page_that_goes_by_the_name_of_a_workbook_is_read():
    """Web applications export HTML and call it .xls."""
    reading = read_xlsx(PAGE, COMMITTEE)

    assert titles(reading) == ["Workshop"]
    assert codes(reading) == ["hidden-row"]


def test_a_login_page_in_place_of_a_workbook_is_no_calendar():
    """A page with a form must not withdraw a list."""
    reading = read_xlsx(b"<!doctype html><title>Log in</title><form><table><tr><td>Name<td><input></table>", COMMITTEE)

    assert not reading.is_calendar


def test_separated_values_that_go_by_the_name_of_a_workbook_are_read():
    """Some save CSV and type .xlsx."""
    assert titles(read_xlsx(b"Activity;Dates\nWorkshop;27-28 November 2007\n", COMMITTEE)) == ["Workshop"]


def compound(stream, *others):
    """Write an OLE compound file by hand: one stream named *others[0]*, and the names of more."""
    names = [name.encode("utf-16-le") for name in ("Root Entry", *others)]
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    chain = [0xFFFFFFFE if n == sectors - 1 else n + 1 for n in range(sectors)] + [0xFFFFFFFE, 0xFFFFFFFD]
    fat = b"".join(n.to_bytes(4, "little") for n in chain).ljust(512, b"\xff")
    entries = []
    for number, name in enumerate(names):
        kind, start, size = (5, 0xFFFFFFFE, 0) if number == 0 else (2, 0, len(stream))
        child = 1 if number == 0 else 0xFFFFFFFF
        after = number + 1 if 0 < number < len(names) - 1 else 0xFFFFFFFF
        entries.append(
            name.ljust(64, b"\0") + (len(name) + 2).to_bytes(2, "little") + bytes([kind, 1])
            + (0xFFFFFFFF).to_bytes(4, "little") + after.to_bytes(4, "little") + child.to_bytes(4, "little")
            + bytes(36) + start.to_bytes(4, "little") + size.to_bytes(8, "little")
        )  # fmt: skip
    while len(entries) % 4:
        entries.append(bytes(68) + b"\xff" * 12 + bytes(48))
    directory = b"".join(entries)
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + (0x3E).to_bytes(2, "little") + (3).to_bytes(2, "little")
        + b"\xfe\xff" + (9).to_bytes(2, "little") + (6).to_bytes(2, "little") + bytes(10)
        + (1).to_bytes(4, "little") + sectors.to_bytes(4, "little") + bytes(4) + (4096).to_bytes(4, "little")
        + (0xFFFFFFFE).to_bytes(4, "little") + bytes(4) + (0xFFFFFFFE).to_bytes(4, "little") + bytes(4)
        + (sectors + 1).to_bytes(4, "little")
    ).ljust(512, b"\xff")  # fmt: skip
    return head + stream + directory + fat


def xls(*rows, claims=b""):
    """Write a BIFF8 workbook by hand: one sheet of text cells."""

    def record(number, content):
        return number.to_bytes(2, "little") + len(content).to_bytes(2, "little") + content

    begin = (0x0600).to_bytes(2, "little")
    cells = b"".join(
        record(
            0x0204,
            y.to_bytes(2, "little") + x.to_bytes(2, "little") + bytes(2) + len(text).to_bytes(2, "little") + b"\1"
            + text.encode("utf-16-le"),
        )
        for y, row in enumerate(rows)
        for x, text in enumerate(row)
    )  # fmt: skip
    sheet = record(0x0809, begin + b"\x10\0" + bytes(12)) + claims + cells + record(0x000A, b"")
    opening = record(0x0809, begin + b"\x05\0" + bytes(12))
    name = b"\x06\0Sheet1"
    offset = len(opening) + 4 + 6 + len(name) + 4
    return compound(opening + record(0x0085, offset.to_bytes(4, "little") + b"\0\0" + name) + record(0x000A, b"")
                    + sheet, "Workbook")  # fmt: skip


def test_a_workbook_of_the_old_kind_is_read():
    """Ministries still send .xls."""
    reading = read_xlsx(xls(*ROWS), COMMITTEE)

    assert [(listing.title, listing.span) for listing in reading.listings] == [("Workshop", GABORONE)]


def test_a_workbook_of_the_old_kind_is_not_believed_about_its_size():
    """A sheet that claims 65,536 rows of 65,536 columns made its reader ask for gigabytes and end the process."""
    claims = b"\0\2\x0e\0" + bytes(4) + b"\0\0\1\0" + b"\0\0\xff\xff" + b"\0\0"
    strings = b"\xfc\0\x08\0" + b"\xff\xff\xff\x7f" * 2
    far = b"\4\2\x0b\0" + b"\xff\xff\xff\0" + b"\0\0\1\0\1x\0"

    assert titles(read_xlsx(xls(*ROWS, claims=claims), COMMITTEE)) == ["Workshop"]
    assert codes(read_xlsx(xls(*ROWS, claims=strings), COMMITTEE)) == ["damaged-file"]
    assert codes(read_xlsx(xls(*ROWS, claims=far), COMMITTEE)) == ["too-large"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (compound(b"", "EncryptedPackage"), "encrypted-file"),
        (compound(b"", "WordDocument"), "old-document"),
        (b"%PDF-1.7\n", "not-a-workbook"),
        (b"{\\rtf1 hello}", "not-a-workbook"),
        (b"<?xml version='1.0'?><Workbook/>", "not-a-workbook"),
        (zipped({"a.txt": b"hello"}), "not-a-workbook"),
        (b"PK\x03\x04 and no more", "damaged-file"),
        (b"", "not-a-workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not-a-workbook"),
    ],
)
def test_what_cannot_be_read_says_what_it_is(body, code):
    """A coordinator must know what to ask for."""
    reading = read_xlsx(body, COMMITTEE)

    assert not reading.is_calendar
    assert codes(reading) == [code]


def test_an_encrypted_sheet_of_libreoffice_says_so():
    """Its ZIP opens, its content does not."""
    contents = members(ods(*ROWS))
    contents["META-INF/manifest.xml"] = b"<manifest><file-entry><encryption-data/></file-entry></manifest>"

    assert codes(read_ods(zipped(contents), COMMITTEE)) == ["encrypted-file"]


def test_an_encrypted_member_says_so():
    """Some archives are locked member by member."""
    body = bytearray(workbook(*ROWS))
    at = body.index(b"PK\x01\x02")
    while at >= 0:
        body[at + 8] |= 1
        at = body.find(b"PK\x01\x02", at + 4)

    assert codes(read_xlsx(bytes(body), COMMITTEE)) == ["encrypted-file"]


# -- hostile files -------------------------------------------------------------------------------------------------

BOMB = 300 * 1024 * 1024
XMLNS = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def lying(body):
    """Make a ZIP state a size of one byte for everything it holds."""
    body = bytearray(body)
    at = body.find(b"PK\x01\x02")
    while at >= 0:
        body[at + 24 : at + 28] = (1).to_bytes(4, "little")
        at = body.find(b"PK\x01\x02", at + 4)
    return bytes(body)


def overlapping(times):
    """Make a ZIP whose table of contents names one member many times: each unpacks to 1 MiB."""
    body = zipped({"xl/worksheets/sheet1.xml": bytes(1 << 20)})
    begin, end = body.index(b"PK\x01\x02"), body.index(b"PK\x05\x06")
    entry, tail = body[begin:end], body[end:]
    tail = tail[:8] + times.to_bytes(2, "little") * 2 + (len(entry) * times).to_bytes(4, "little") + tail[16:]
    return body[:begin] + entry * times + tail


def sheet_of(data):
    return changed(workbook(*ROWS), xl_worksheets_sheet1_xml=b"<worksheet %s>%s</worksheet>" % (XMLNS, data))


def repeated_ods(rows, columns):
    row = odf_table.TableRow(numberrowsrepeated=rows)
    cell = odf_table.TableCell(valuetype="string", numbercolumnsrepeated=columns)
    cell.addElement(P(text="x"))
    row.addElement(cell)
    return ods(("Activity", "Dates"), row)


def bombs():
    """Yield small files that want to be large."""
    zeros = bytes(BOMB)
    yield "sheet", zipped({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": zeros})
    yield "lying sheet", lying(zipped({"xl/worksheets/sheet1.xml": zeros}))
    yield "shared strings", lying(zipped({"xl/sharedStrings.xml": zeros}))
    yield "document", lying(zipped({"word/document.xml": zeros}))
    yield "ods content", lying(zipped({"content.xml": zeros}))
    yield "one member named 400 times", overlapping(400)
    yield "far cell", sheet_of(b'<sheetData><row r="1"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    yield "rows repeated", repeated_ods(1_048_576, 1000)
    yield "columns repeated", repeated_ods(40_000, 16_384)
    yield (
        "entities",
        changed(
            workbook(*ROWS),
            xl_workbook_xml=b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><workbook>&b;</workbook>',
        ),
    )
    yield "deep", changed(saved(document(*ROWS)), word_document_xml=b"<a>" * 1_000_000)
    yield (
        "cells that are just allowed",
        sheet_of(b"<sheetData>%s</sheetData>" % (b"<row>%s</row>" % (b"<c><v>1</v></c>" * 10) * 15_000)),
    )
    yield "rows that are just allowed", sheet_of(b"<sheetData>%s</sheetData>" % (b"<row/>" * 400_000))
    yield "paragraphs that are just allowed", changed(
        saved(document(*ROWS)),
        word_document_xml=b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        + b"<w:p/>" * 200_000 + b"</w:body></w:document>",
    )  # fmt: skip
    yield "elements that are just allowed", zipped({"content.xml": b"<a>%s</a>" % (b"<p/>" * 200_000)})
    yield "members", zipped({f"xl/worksheets/sheet{number}.xml": b"" for number in range(6_000)}, zipfile.ZIP_STORED)


MEASURE = """
import json, os, sys, time
from calendar_sync.reading.tables import read_xlsx
from calendar_sync.roster import Calendar
def highest():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
calendar = Calendar("a", "b", "c")
bodies = [open(name, "rb").read() for name in sys.argv[1:]]
for good in range(3):
    read_xlsx(bodies.pop(0), calendar)
for body in bodies:
    # Each in a process of its own: what one took, the next could have for nothing.
    if child := os.fork():
        os.waitpid(child, 0)
        continue
    before, begun = highest(), time.perf_counter()
    reading = read_xlsx(body, calendar)
    taken = highest() - before
    print(json.dumps([taken, time.perf_counter() - begun, [p.code for p in reading.problems]]), flush=True)
    os._exit(0)
"""


@pytest.mark.fault("T05")
@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="peak memory is read from /proc")  # noqa: PTH110
def test_no_office_file_unpacks_into_memory(tmp_path, record_property):
    """Three hundred megabytes in three hundred kilobytes, whatever its table of contents says."""
    files, names = [tmp_path / name for name in ("xlsx", "ods", "docx")], []
    for file in files:
        file.write_bytes(SEEDS[file.name])
    for name, body in bombs():
        names.append(name)
        files.append(tmp_path / str(len(files)))
        files[-1].write_bytes(body)

    ran = subprocess.run([sys.executable, "-c", MEASURE, *map(str, files)], capture_output=True, check=True)
    measured = dict(zip(names, map(json.loads, ran.stdout.splitlines()), strict=True))

    rise, slowest = max(each[0] for each in measured.values()), max(each[1] for each in measured.values())
    record_property("cases", len(measured))
    record_property("measured", f"office files: RSS +{rise / 1024:.0f} MiB at most, {slowest:.2f} s at most")
    assert {name: rise for name, (rise, _, _) in measured.items() if rise > 32 * 1024} == {}
    assert {name: codes for name, (_, _, codes) in measured.items() if not codes} == {}


class _Counting(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def listening():
    """A server that nobody should ask anything."""
    server = HTTPServer(("127.0.0.1", 0), _Counting)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def relation(kind, target, id_="rId99"):
    return (
        f'<Relationship Id="{id_}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    ).encode()


def with_relation(body, part, kind, target):
    contents = members(body)
    contents[part] = contents[part].replace(b"</Relationships>", relation(kind, target))
    return zipped(contents)


def with_members(body, **more):
    return zipped({**members(body), **{name.replace("__", "/"): content for name, content in more.items()}})


def attacks(address, canary):
    """Yield files that point elsewhere, all of them with one good row."""
    xlsx, word, sheet = workbook(*ROWS), saved(document(*ROWS)), ods(*ROWS)
    book, text = "xl/_rels/workbook.xml.rels", "word/_rels/document.xml.rels"
    entity = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{canary.as_uri()}">]>'.encode()
    outer = f'<!DOCTYPE a SYSTEM "{address}/a.dtd">'.encode()
    for name in ("../../../tmp/escaped.xml", "/etc/cron.d/escaped.xml", "..\\..\\escaped.xml", "C:\\escaped.xml"):
        yield f"member {name}", zipped({**members(xlsx), name: b"<a/>"})
    for kind in ("externalLink", "worksheet", "image", "oleObject"):
        yield f"xlsx {kind}", with_relation(xlsx, book, kind, f"{address}/{kind}")
    for kind in ("attachedTemplate", "image", "aFChunk", "hyperlink", "frame"):
        yield f"docx {kind}", with_relation(word, text, kind, f"{address}/{kind}")
    yield "xlsx worksheet of a file", with_relation(xlsx, book, "worksheet", canary.as_uri())
    yield "docx attachment", with_members(word, word__embeddings__oleObject1=b"attached", word__media__a=b"picture")
    yield (
        "xlsx web query",
        with_members(
            xlsx, **{"xl__connections.xml": f'<connections><webPr url="{address}/query"/></connections>'.encode()}
        ),
    )
    linked = members(sheet)
    linked["content.xml"] = linked["content.xml"].replace(
        b"<table:table ",
        f'<table:table xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{address}/sheet" '.encode(),
        1,
    )
    yield "ods linked sheet", zipped(linked)
    for kind, body, part in (("xlsx", xlsx, "xl/workbook.xml"), ("docx", word, "word/document.xml"),
                             ("ods", sheet, "content.xml")):  # fmt: skip
        contents = members(body)
        head, _, rest = contents[part].partition(b"?>")
        yield f"{kind} entity of a file", zipped({**contents, part: head + b"?>" + entity + rest})
        yield f"{kind} outer DTD", zipped({**contents, part: head + b"?>" + outer + rest})


@pytest.mark.fault("T44")
def test_nothing_in_an_office_file_is_followed(tmp_path, listening, record_property):
    """A list must not make us ask an address, open a file or write one."""
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY")
    before = sorted(tmp_path.rglob("*"))
    address = f"http://127.0.0.1:{listening.server_port}"
    read = {}
    for name, body in attacks(address, canary):
        reading = read[name] = read_xlsx(body, COMMITTEE)
        assert "CANARY" not in repr(reading), name
        assert titles(reading) in ([], ["Workshop"]), name
        assert titles(reading) or not reading.is_calendar, name

    record_property("cases", len(read))
    assert listening.asked == []
    assert sorted(tmp_path.rglob("*")) == before
    refused = {name for name, reading in read.items() if not reading.is_calendar}
    assert {name for name in read if "entity" in name or "DTD" in name} <= refused
    assert all(codes(read[name]) == ["doctype-refused"] for name in read if "entity" in name or "DTD" in name)
    # What only points elsewhere is read without what it points at.
    assert {name for name in read if name.startswith(("member", "docx image", "ods linked"))} & refused == set()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-7"])
def test_a_doctype_is_refused_in_every_encoding(encoding):
    """A parser reads more encodings than a search for letters does."""
    declared = f'<?xml version="1.0" encoding="{encoding[:6].upper()}"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    text = declared.replace("<!", "+ADwAIQ-") if encoding == "utf-7" else declared
    content = mark + text.encode("ascii" if encoding == "utf-7" else encoding)

    reading = read_docx(changed(saved(document(*ROWS)), word_document_xml=content), COMMITTEE)

    assert not reading.is_calendar
    assert codes(reading)[0] in ("doctype-refused", "damaged-file")


def test_formulas_are_not_evaluated():
    """A formula is what it last came to, and nothing when it never came to anything."""
    made = openpyxl.Workbook()
    made.active.append(["Activity", "Dates", "Remarks"])
    made.active.append(["Workshop", "1 May 2008", '=WEBSERVICE("http://127.0.0.1/")'])
    body = saved(made)
    cached = changed(
        body,
        xl_worksheets_sheet1_xml=members(body)["xl/worksheets/sheet1.xml"]
        .replace(b"<v/>", b"<v>7</v>")
        .replace(b"<v></v>", b"<v>7</v>"),
    )

    assert [listing.description for listing in read_xlsx(body, COMMITTEE).listings] == [""]
    assert [listing.description for listing in read_xlsx(cached, COMMITTEE).listings] == ["7"]


def test_limits_are_those_of_the_calendar():
    """A list that is larger than agreed is cut, and says so; nothing is withdrawn for what was cut."""
    few = Calendar("provisional", "1540C", "list", limits=Limits(events=3))
    small = Calendar("provisional", "1540C", "list", limits=Limits(bytes=2_000))
    rows = (ROWS[0], *(("Workshop", f"{day} May 2008") for day in range(1, 30)))

    for body in (workbook(*rows), ods(*rows), saved(document(*rows))):
        reading = read_xlsx(body, few)
        assert len(reading.listings) == 3
        assert [(problem.code, problem.lost) for problem in reading.problems] == [("too-many-rows", True)]
        assert codes(read_xlsx(body, small)) == ["too-large"]


# -- fuzz ----------------------------------------------------------------------------------------------------------

SEEDS = {"xlsx": workbook(*ROWS), "ods": ods(*ROWS), "docx": saved(document(*ROWS)), "xls": xls(*ROWS)}
FUZZ = int(os.environ.get("OUTREACH_FUZZ", "60"))


@settings(max_examples=FUZZ, deadline=None)
@given(st.sampled_from(sorted(SEEDS)), st.integers(0, 40_000), st.binary(min_size=1, max_size=8))
def test_no_bytes_break_an_office_file(kind, at, patch):
    """Anything may lie behind an address that ended in .docx yesterday."""
    body = SEEDS[kind]
    at %= len(body)

    is_sound(tables.read_xlsx(body[:at] + patch + body[at + len(patch) :], COMMITTEE))
    is_sound(tables.read_xlsx(body[:at], COMMITTEE))


@settings(max_examples=FUZZ, deadline=None)
@given(st.data())
def test_no_member_breaks_an_office_file(data):
    """The ZIP is whole, and what it holds is not."""
    contents = members(SEEDS[data.draw(st.sampled_from(["xlsx", "ods", "docx"]))])
    name = data.draw(st.sampled_from(sorted(contents)))
    content = contents[name]
    at = data.draw(st.integers(0, max(0, len(content) - 1)))
    patch = data.draw(st.binary(max_size=6) | st.sampled_from([
        b"-1", b"999999999", b"<", b"/>", b'"', b"A1:XFD1048576", b"", b"\xff", b"&#0;", b"1e400", b"NaN", b"t=\"s\"",
    ]))  # fmt: skip
    width = data.draw(st.integers(0, 12))

    is_sound(tables.read_xlsx(zipped({**contents, name: content[:at] + patch + content[at + width :]}), COMMITTEE))


CELLS = st.sampled_from([
    "", "Activity", "Dates", "Start", "End", "Place", "27-28 November 2007", "NOVEMBER 2007", "27", "28", "TBC",
    "Total",
    "* note", "CANCELLED: x", "2007-11-27", "9999-12-31", "0001-01-01", "31/02/2008", "39413", "Workshop", "Online",
    "as of 1 October 2007", "Gaborone (Botswana)", "((((", "1,2,3", "=1+1", "Month", "Year", "2008", "December",
    "Date and place", "30 Feb", "32", "Confidential", "x" * 500, "\u0661\u0662 نوفمبر", "27-Nov-07",
]) | st.text(max_size=12)  # fmt: skip


@settings(max_examples=FUZZ, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=6), max_size=12))
def test_no_cells_break_a_table(rows):
    """People type anything into a cell."""
    text = "\n".join(";".join(f'"{cell.replace(chr(34), "")}"' for cell in row) for row in rows)

    for body in (text.encode(), b"Activity;Dates;Place\n" + text.encode()):
        is_sound(read_csv(body, COMMITTEE))


@settings(max_examples=FUZZ, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=4).map(", ".join), max_size=8))
def test_no_paragraphs_break_a_document(texts):
    """People type anything into a letter."""
    made = docx.Document()
    for text in texts:
        made.add_paragraph("".join(letter for letter in text if letter.isprintable()))

    is_sound(read_docx(saved(made), COMMITTEE))


def test_a_list_of_a_thousand_rows_is_read_whole():
    """No limit of ours is anywhere near a list that somebody wrote."""
    made = openpyxl.Workbook()
    made.active.append(["Activity", "Start", "End", "City", "Country", "Organizer"])
    for number in range(1_000):
        made.active.append(
            [f"Workshop {number}", date(2008, 1, 1 + number % 28), date(2008, 2, 1), "Lima", "Peru", "A"]
        )

    reading = read_xlsx(saved(made), COMMITTEE)

    assert (len(reading.listings), reading.problems) == (1_000, ())
