"""The report as XLSX: the rows of the CSV, for the committee its results on a second sheet; every cell text."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from dedupe import phrases
from dedupe.sayings import Tongue, told
from reports import languages, wording
from reports.ledger import Ledger
from reports.nightly import NightlyReport
from reports.rendering import ledger_table
from reports.rendering.harmless import words
from reports.rendering.sheets import COLUMNS, rows

LONGEST_CELL = 32_000
"""Letters of a cell; Excel takes 32,767."""


def render(report: NightlyReport) -> bytes:
    """Write the workbook; its date is the night's, so that the same report gives the same bytes."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    night = report.night
    book.set_properties(
        {
            "title": told(phrases.organisation(report.reader), report.spoken),
            "created": datetime(night.year, night.month, night.day, tzinfo=UTC),
        }
    )
    sheet = book.add_worksheet("Report")
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    if languages.right_to_left(report.spoken.code):
        sheet.right_to_left()
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, _in_words(wording.COLUMN, name, report.spoken), bold)
    last = 0
    for number, row in enumerate(rows(report), 1):
        for column, (name, cell) in enumerate(zip(COLUMNS, row, strict=True)):
            said = _in_words(wording.CODE.get(name, {}), cell, report.spoken)
            sheet.write_string(number, column, words(said)[:LONGEST_CELL], wrapped)
        last = number
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    if report.ledger is not None:
        _results(book, report.ledger, bold, wrapped)
    sheet.set_column(0, 1, 11)
    sheet.set_column(2, 4, 16)
    sheet.set_column(5, 5, 60)
    sheet.set_column(6, 7, 18)
    sheet.set_column(8, 8, 60)
    sheet.set_column(9, 14, 13)
    book.close()
    return out.getvalue()


def _in_words(known: Mapping[str, str], code: str, tongue: Tongue) -> str:
    """Say a code in the reader's language; as English it is a word already."""
    return code if tongue.code == "en" else told(known.get(code, code), tongue)


def _results(book: Any, ledger: Ledger, bold: Any, wrapped: Any) -> None:  # noqa: ANN401  xlsxwriter has no types
    sheet = book.add_worksheet("Results")
    for column, name in enumerate(ledger_table.COLUMNS):
        sheet.write_string(0, column, name, bold)
    for number, row in enumerate(ledger_table.rows(ledger), 1):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, words(cell)[:LONGEST_CELL], wrapped)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(ledger_table.COLUMNS) - 1, 14)
    sheet.set_column(3, 3, 60)
