"""XLSX workbooks to rows of text cells, opened only after their size is known."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

LARGEST_GRID = 4_000_000
"""Cells of one sheet, empty ones included: they are laid out as a full rectangle."""
LARGEST_MEMBER = 64 * 1024 * 1024
LARGEST_TOGETHER = 128 * 1024 * 1024
_CELL = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


class NotAWorkbook(ValueError):
    """The bytes are no workbook, or one that would not fit into memory; its text says which."""


def sheets(body: bytes) -> list[tuple[str, list[list[str]]]]:
    """Return the name and rows of each visible sheet; cells are stripped text, dates in ISO form.

    Raises:
        NotAWorkbook: The bytes are no XLSX workbook, or unpack to too much.
    """
    _weigh(body)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(body))
        visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        return [(name, [[_cell(value) for value in row] for row in _rows(workbook, name)]) for name in visible]
    except CalamineError as error:
        raise NotAWorkbook(f"it is no XLSX workbook ({error})") from error


def _rows(workbook: CalamineWorkbook, name: str) -> Sequence[Sequence[object]]:
    # With the empty rows above it, so that a problem names the row a person sees.
    return workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)


def _weigh(body: bytes) -> None:
    """Unpack every member and count: what a ZIP states about its own sizes may be a lie."""
    together = 0
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for member in archive.infolist():
                if member.file_size > LARGEST_MEMBER or member.compress_size > len(body):
                    raise NotAWorkbook(f"{member.filename} would unpack to {member.file_size} bytes")
                content = _unpacked(body, member)
                together += len(content)
                if together > LARGEST_TOGETHER:
                    raise NotAWorkbook(f"it would unpack to more than {LARGEST_TOGETHER} bytes")
                if member.filename.startswith("xl/worksheets/") and _grid(content) > LARGEST_GRID:
                    raise NotAWorkbook(f"{member.filename} spans more than {LARGEST_GRID} cells")
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, EOFError) as error:
        raise NotAWorkbook(f"it is no XLSX workbook ({error})") from error


def _unpacked(body: bytes, member: zipfile.ZipInfo) -> bytes:
    """Return what a member really holds, as far as the limit."""
    header = body[member.header_offset : member.header_offset + 30]
    begin = (
        member.header_offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    )
    packed = body[begin : begin + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        return packed
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise NotAWorkbook(f"{member.filename} is packed in a way no spreadsheet uses")
    content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, LARGEST_MEMBER + 1)
    if len(content) > LARGEST_MEMBER:
        raise NotAWorkbook(f"{member.filename} unpacks to more than {LARGEST_MEMBER} bytes")
    return content


def _grid(sheet: bytes) -> int:
    """Return the cells of the rectangle from A1 to the furthest cell a sheet names."""
    rows = columns = 0
    for letters, digits in _CELL.findall(sheet):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        rows, columns = max(rows, int(digits)), max(columns, column)
    return rows * columns


def _cell(value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()
