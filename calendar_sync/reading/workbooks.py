"""XLSX workbooks to grids, opened only after their size is known."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from calendar_sync.reading.grids import Grid, Row
from calendar_sync.reading.packages import FileRefused, changed_on, parsed, related, repacked, walk

SMALL_GRID = 200_000
"""Cells of a sheet that are laid out however few of them are filled: a sheet is laid out as a full rectangle."""
SPARSEST = 50
"""Cells laid out for each one that is filled, beyond that."""
FEW_CELLS = 20_000
"""Filled cells of a sheet that are read however few rows are allowed."""
CELLS_A_ROW = 3
"""Filled cells of a sheet for each row that is allowed."""
_BOOK = "xl/workbook.xml"
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MONTH_FORMAT = "17"
"""The built-in format "mmm-yy"."""
_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA"})

Merged = Sequence[tuple[tuple[int, int], tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the XML of a sheet tells that the values do not: what is hidden, and days that stand for a month."""

    hidden: frozenset[int] = frozenset()
    """Rows, from 0."""
    months: Collection[tuple[int, int]] = field(default_factory=frozenset)
    """Row and column, from 0, of cells with a date of which only month and year are shown."""


def sheets(contents: Mapping[str, bytes], most_rows: int) -> list[Grid]:
    """Return the sheets of an XLSX package, at most *most_rows* rows of each; formulas by their last value.

    Raises:
        FileRefused: It is no workbook, or one of its sheets spans too much.
    """
    names, styles = _sheet_names(contents), _month_styles(contents)
    told = {
        names.get(name, name): _look_into(content, name, styles, most_rows)
        for name, content in contents.items()
        if name in names or "/worksheets/sheet" in name.lower()
        if name.endswith(".xml")
    }
    changed = changed_on(contents)
    return [replace(grid, changed=changed) for grid in grids_in(repacked(contents), told, most_rows)]


def grids_in(body: bytes, told: Mapping[str, _Sheet], most_rows: int) -> list[Grid]:
    """Read the sheets of a workbook that was checked.

    Raises:
        FileRefused: calamine cannot read it.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(body))
        return [
            replace(
                _grid(workbook.get_sheet_by_name(sheet.name), told.get(sheet.name, _Sheet()), most_rows),
                hidden=sheet.visible != SheetVisibleEnum.Visible,
            )
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        ]
    except CalamineError as error:
        if "assword" in str(error):
            raise FileRefused("encrypted-file", "it is protected by a password; ask for a copy without one") from error
        raise FileRefused("not-a-workbook", f"it is no workbook ({error})") from error
    except BaseException as error:
        # calamine is Rust, which panics over some damaged files; that reaches us as an exception beyond Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise FileRefused("damaged-file", "it is damaged in a way that no reader foresaw") from error


def _grid(sheet: CalamineSheet, told: _Sheet, most_rows: int) -> Grid:
    # With the empty rows above it, so that a problem names the row a person sees.
    before = [""] * (sheet.start[1] if sheet.start else 0)
    rows = [[*before, *map(_text, row)] for row in islice(sheet.iter_rows(), most_rows)]
    for number, column in told.months:
        if number < len(rows) and column < len(rows[number]):
            rows[number][column] = _month(rows[number][column])
    across, filled = merge(rows, sheet.merged_cell_ranges or ())
    place = f"sheet {sheet.name!r}, row"
    return Grid(
        [
            Row(cells, number + 1, place, number in told.hidden, across.get(number, 1), filled.get(number, frozenset()))
            for number, cells in enumerate(rows)
        ],
        sheet.name,
        cut=sheet.total_height if sheet.total_height > len(rows) else 0,
    )


def merge(rows: list[list[str]], ranges: Merged) -> tuple[dict[int, int], dict[int, frozenset[int]]]:
    """Repeat merged cells downwards; return, by row, the width of the first filled one and the repeated columns."""
    across: dict[int, int] = {}
    filled: dict[int, set[int]] = {}
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]) or not (text := rows[top][left]):
            continue
        for number in range(top, min(bottom, len(rows) - 1) + 1):
            if not any(rows[number][:left]):
                across[number] = right - left + 1
            rows[number] += [""] * (left + 1 - len(rows[number]))
            if number > top and not rows[number][left]:
                rows[number][left] = text
                filled.setdefault(number, set()).add(left)
    return across, {number: frozenset(columns) for number, columns in filled.items()}


def _text(value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip()
    return "" if text in _ERRORS else text


def _month(day: str) -> str:
    try:
        return f"{date.fromisoformat(day[:10]):%B %Y}"
    except ValueError:
        return day


# -- what the XML tells besides ------------------------------------------------------------------------------------


def _sheet_names(contents: Mapping[str, bytes]) -> dict[str, str]:
    """Return the name a person sees by the member that holds the sheet."""
    if _BOOK not in contents:
        return {}
    targets = related(contents, _BOOK)
    return {
        targets.get(str(id_), ""): sheet.get("name", "")
        for sheet in parsed(contents[_BOOK], _BOOK).iterfind("{*}sheets/{*}sheet")
        for attribute, id_ in sheet.attrib.items()
        if str(attribute).endswith("}id")
    }


def _look_into(content: bytes, name: str, month_styles: frozenset[str], most_rows: int) -> _Sheet:
    """Walk through a sheet without keeping it.

    Raises:
        FileRefused: It is no XML, holds too many cells, or spans a huge and nearly empty rectangle.
    """
    hidden: set[int] = set()
    months: set[tuple[int, int]] = set()
    furthest_row = furthest_column = count = row = 0
    cell: dict[str, str] = {}
    most = max(FEW_CELLS, CELLS_A_ROW * most_rows)

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, cell, count, furthest_row, furthest_column
        tag = tag.rpartition("}")[2]
        if tag == "c":
            cell = attributes
        elif tag == "row":
            row = _number(attributes.get("r"), row + 1)
            if attributes.get("hidden") in ("1", "true"):
                hidden.add(row - 1)
        elif cell and tag in ("v", "is", "f"):
            # A format without a value reaches to the last row in many a sheet, and is not laid out.
            place, style = _PLACE.fullmatch(cell.get("r", "")), cell.get("s", "")
            cell = {}
            count += 1
            if count > most:
                raise FileRefused("too-large", f"{name} holds more than {most} cells")
            if place is not None:
                number, column = int(place[2]), _column(place[1])
                furthest_row, furthest_column = max(furthest_row, number), max(furthest_column, column + 1)
                if style in month_styles:
                    months.add((number - 1, column))

    def end(tag: str) -> None:
        nonlocal cell
        if tag.endswith("}c"):
            cell = {}

    walk(content, name, start, end)
    if furthest_row * furthest_column > SMALL_GRID + SPARSEST * count:
        raise FileRefused("too-large", f"{name} spans {furthest_row * furthest_column} cells and fills {count}")
    return _Sheet(frozenset(hidden), frozenset(months))


def _month_styles(contents: Mapping[str, bytes]) -> frozenset[str]:
    """Find the styles that show month and year of a date: its day was never meant, Excel only needs one."""
    if "xl/styles.xml" not in contents:
        return frozenset()
    styles = parsed(contents["xl/styles.xml"], "xl/styles.xml")
    own = {
        code.get("numFmtId", ""): re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code.get("formatCode", "")).lower()
        for code in styles.iterfind("{*}numFmts/{*}numFmt")
    }
    months = {_MONTH_FORMAT} | {id_ for id_, code in own.items() if "mmm" in code and not set("dhs") & set(code)}
    return frozenset(
        str(number)
        for number, style in enumerate(styles.iterfind("{*}cellXfs/{*}xf"))
        if style.get("numFmtId", "") in months
    )


def _number(stated: str | None, otherwise: int) -> int:
    return int(stated) if stated and stated.isascii() and stated.isdigit() and len(stated) <= 7 else otherwise


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1
