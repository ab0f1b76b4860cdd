"""ODS workbooks to grids. Repeated and hidden rows stand only in their XML, so it is read itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from calendar_sync.reading.grids import Grid, Row
from calendar_sync.reading.packages import FileRefused, changed_on, parsed
from calendar_sync.reading.workbooks import merge

MOST_COLUMNS = 1_000
MOST_CELLS = 2_000_000
"""Cells of one sheet once its repetitions are written out."""
_CONTENT = "content.xml"
_NOTES = frozenset({"annotation", "note", "tracked-changes"})


@dataclass(slots=True)
class _Sheet:
    """A sheet while it is laid out."""

    rows: list[list[str]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    blank: int = 0
    """Empty rows that stand before the next one that says anything, if one does."""
    cells: int = 0


def sheets(contents: Mapping[str, bytes], most_rows: int) -> list[Grid]:
    """Return the sheets of an ODS package, at most *most_rows* rows of each; formulas by their last value.

    Raises:
        FileRefused: It is no such package, is encrypted, or one of its sheets repeats too much.
    """
    if b"encryption-data" in contents.get("META-INF/manifest.xml", b""):
        raise FileRefused("encrypted-file", "it is protected by a password; ask for a copy without one")
    if _CONTENT not in contents:
        raise FileRefused("damaged-file", f"it holds no {_CONTENT}")
    root = parsed(contents[_CONTENT], _CONTENT)
    unseen = {
        _get(style, "name")
        for style in root.iterfind("{*}automatic-styles/{*}style")
        if any(_get(properties, "display") == "false" for properties in style.iterfind("{*}table-properties"))
    }
    changed = changed_on(contents)
    found: list[Grid] = []
    for table in root.iterfind("{*}body/{*}spreadsheet/{*}table"):
        name = _get(table, "name")
        laid, cut = _laid_out(table, most_rows)
        across, filled = merge(laid.rows, laid.merged)
        place = f"sheet {name!r}, row"
        rows = [
            Row(cells, number + 1, place, number in laid.hidden, across.get(number, 1), filled.get(number, frozenset()))
            for number, cells in enumerate(laid.rows)
        ]
        found.append(Grid(rows, name, changed, _get(table, "style-name") in unseen, cut))
    return found


def _laid_out(table: etree._Element, most_rows: int) -> tuple[_Sheet, int]:
    sheet = _Sheet()
    for row in _rows(table):
        times = _times(row, "number-rows-repeated")
        cells, spans = _cells(row)
        if not any(cells):
            sheet.blank += times
            continue
        begin = len(sheet.rows) + sheet.blank
        if begin + times > most_rows:
            return sheet, begin + times
        sheet.cells += times * len(cells)
        if sheet.cells > MOST_CELLS:
            raise FileRefused("too-large", f"sheet {_get(table, 'name')!r} repeats more than {MOST_CELLS} cells")
        sheet.rows += [[] for _ in range(sheet.blank)]
        sheet.rows += [list(cells) for _ in range(times)]
        sheet.blank = 0
        if _get(row, "visibility") in ("collapse", "filter"):
            sheet.hidden.update(range(begin, begin + times))
        sheet.merged += [((begin, left), (begin + down, left + right)) for left, down, right in spans]
    return sheet, 0


def _rows(element: etree._Element) -> Iterator[etree._Element]:
    """Yield rows, also those in groups and header groups; what was deleted and is still tracked is not among them."""
    for child in element:
        name = etree.QName(child).localname
        if name == "table-row":
            yield child
        elif name in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(child)


def _cells(row: etree._Element) -> tuple[list[str], list[tuple[int, int, int]]]:
    """Return the texts of a row without the empty end, and its merged cells as column, rows down and columns right."""
    cells: list[str] = []
    spans: list[tuple[int, int, int]] = []
    blank = 0
    for cell in row:
        if etree.QName(cell).localname not in ("table-cell", "covered-table-cell"):
            continue
        times = _times(cell, "number-columns-repeated")
        text = _value(cell)
        if not text:
            blank = min(blank + times, MOST_COLUMNS)
            continue
        begin = len(cells) + blank
        down, right = _times(cell, "number-rows-spanned") - 1, _times(cell, "number-columns-spanned") - 1
        if down or right:
            spans.append((begin, down, right))
        cells += [""] * blank + [text] * min(times, MOST_COLUMNS)
        blank = 0
        if len(cells) > MOST_COLUMNS:
            return cells[:MOST_COLUMNS], spans
    return cells, spans


def _value(cell: etree._Element) -> str:
    kind = _get(cell, "value-type")
    if kind == "date":
        return _get(cell, "date-value")
    if kind == "boolean":
        return _get(cell, "boolean-value")
    text = "\n".join(_text(child) for child in cell if etree.QName(child).localname == "p").strip()
    if kind == "float":
        stated = _get(cell, "value")
        return (stated.removesuffix(".0") if stated else text) or text
    return text


def _text(element: etree._Element) -> str:
    """Return the text of a paragraph without the remarks people pinned to it."""
    parts = [element.text or ""]
    for child in element:
        name = etree.QName(child).localname
        if name == "s":
            parts.append(" " * min(_times(child, "c"), 80))
        elif name in ("line-break", "tab"):
            parts.append("\n" if name == "line-break" else "\t")
        elif name not in _NOTES:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _times(element: etree._Element, name: str) -> int:
    stated = _get(element, name)
    return max(1, int(stated)) if stated.isascii() and stated.isdigit() and len(stated) <= 9 else 1


def _get(element: etree._Element, name: str) -> str:
    """Return an attribute whatever its prefix stands for; OpenDocument has several homes for most."""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")
