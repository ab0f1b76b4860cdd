"""Tables of a web page that goes by the name of a workbook, to grids."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree
from lxml import html as pages

from calendar_sync.reading.grids import Grid, Row
from calendar_sync.reading.packages import FileRefused
from calendar_sync.reading.workbooks import merge

MOST_COLUMNS = 200
_HIDDEN = "display:none"


def grids(body: bytes, most_rows: int) -> Sequence[Grid]:
    """Return the tables of a page that hold no other table.

    Raises:
        FileRefused: It is no page.
    """
    try:
        document = pages.document_fromstring(body, parser=pages.HTMLParser(encoding=_encoding(body), no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise FileRefused("not-a-workbook", f"it is a web page that cannot be read ({error})") from error
    tables = [table for table in document.iter("table") if table.find(".//table") is None]
    return [_grid(table, f"table {number}, row", most_rows) for number, table in enumerate(tables, start=1)]


def _encoding(body: bytes) -> str | None:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _grid(table: etree._Element, place: str, most_rows: int) -> Grid:
    rows: list[list[str]] = []
    hidden: set[int] = set()
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = []
    covered: set[tuple[int, int]] = set()
    found = list(table.iter("tr"))
    for number, line in enumerate(found[:most_rows]):
        cells: list[str] = []
        for cell in line.iterchildren("td", "th"):
            while (number, len(cells)) in covered:
                cells.append("")
            down, right = _span(cell, "rowspan", most_rows), _span(cell, "colspan", MOST_COLUMNS)
            at = len(cells)
            if down > 1 or right > 1:
                merged.append(((number, at), (number + down - 1, at + right - 1)))
                covered.update((number + below, at + beside) for below in range(1, down) for beside in range(right))
            cells += ["".join(map(str, cell.itertext())).strip(), *[""] * (right - 1)]
            if len(cells) > MOST_COLUMNS or len(covered) > most_rows * 4:
                raise FileRefused("too-large", f"a table of the page has more than {MOST_COLUMNS} columns")
        rows.append([" ".join(text.split()) for text in cells])
        if _HIDDEN in (line.get("style") or "").replace(" ", "").lower():
            hidden.add(number)
    width = max(map(len, rows), default=0)
    for cells in rows:
        cells += [""] * (width - len(cells))
    across, filled = merge(rows, merged)
    return Grid(
        [
            Row(cells, number + 1, place, number in hidden, across.get(number, 1), filled.get(number, frozenset()))
            for number, cells in enumerate(rows)
        ],
        cut=len(found) if len(found) > most_rows else 0,
    )


def _span(cell: etree._Element, name: str, most: int) -> int:
    stated = (cell.get(name) or "").strip()
    return max(1, min(int(stated), most)) if stated.isascii() and stated.isdigit() and len(stated) < 7 else 1
