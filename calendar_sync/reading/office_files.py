"""Which office program wrote a file, told from its bytes, and its grids. Names and media types are often wrong."""

from __future__ import annotations

from collections.abc import Sequence

from calendar_sync.reading import old_workbooks, opendocument, web_tables, word_documents, workbooks
from calendar_sync.reading.grids import Grid
from calendar_sync.reading.packages import FileRefused, members
from calendar_sync.reading.separated import decoded, grid_of

ELEMENTS_A_ROW = 4
"""Elements of one member for each row that is allowed; a row of a document has fifty, and no document so many rows."""
FEW_ELEMENTS = 50_000
"""Elements that are read however few rows are allowed."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = (b"<!DOCTYPE HTML", b"<HTML", b"<TABLE", b"<HEAD", b"<META", b"<BODY", b"<STYLE", b"<DIV")


def grids_of(body: bytes, most_bytes: int, most_rows: int) -> Sequence[Grid]:
    """Return the grids of a workbook or document: *most_bytes* once unpacked, *most_rows* of each grid.

    Raises:
        FileRefused: It cannot be read, or costs too much.
    """
    if body.startswith(_ZIP):
        return _packaged(body, most_bytes, most_rows)
    if body.startswith(_OLD_OFFICE):
        return old_workbooks.sheets(body, most_rows)
    start = body[:2_000].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").upper()
    if start.startswith(_MARKUP):
        # Many a web application calls its table .xls because Excel opens it.
        return web_tables.grids(body, most_rows)
    if start.startswith(b"%PDF"):
        raise FileRefused("not-a-workbook", "it is a PDF; ask for the table as a spreadsheet or as .docx")
    if start.startswith(b"{\\RTF"):
        raise FileRefused("not-a-workbook", "it is an RTF document; ask for it as .docx")
    if start.startswith(b"<?XML"):
        raise FileRefused("not-a-workbook", "it is a single XML file; ask for it as .xlsx or .ods")
    if not start or (b"\0" in body[:2_000] and not body.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise FileRefused("not-a-workbook", "it is no workbook and no document")
    return [grid_of(decoded(body, "")[0], most_rows)]


def _packaged(body: bytes, most_bytes: int, most_rows: int) -> Sequence[Grid]:
    contents = members(body, most_bytes, max(FEW_ELEMENTS, ELEMENTS_A_ROW * most_rows))
    if word_documents.MAIN in contents:
        return word_documents.grids(contents, most_rows)
    if "content.xml" in contents or contents.get("mimetype", b"").startswith(b"application/vnd.oasis"):
        return opendocument.sheets(contents, most_rows)
    if not any(name.lower().startswith("xl/") for name in contents):
        raise FileRefused("not-a-workbook", "it is a ZIP file that holds neither a workbook nor a document")
    return workbooks.sheets(contents, most_rows)
