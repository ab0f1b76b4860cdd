"""DOCX documents to grids: their tables and paragraphs in the order they stand in.

The XML is read itself and not through python-docx, which leaves out what drafts are full of: insertions that are still
tracked, rows in content controls, the text of rows that a form repeats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from calendar_sync.reading.grids import Grid, Row
from calendar_sync.reading.headers import header_of
from calendar_sync.reading.packages import FileRefused, changed_on, parsed
from calendar_sync.reading.paragraphs import BULLET

MAIN = "word/document.xml"
MOST_COLUMNS = 200
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_ACROSS = 99
"""Columns a paragraph counts as merged over: it stands beside the columns of every table."""
_NOT_SAID = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "delInstrText", "pPr", "rPr", "tbl"})
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


@dataclass(slots=True)
class _Document:
    """The rows of a document as they are gathered."""

    most_rows: int
    rows: list[Row] = field(default_factory=list)
    nested: list[list[Row]] = field(default_factory=list)
    tables: int = 0
    paragraphs: int = 0
    cut: int = 0


def grids(contents: Mapping[str, bytes], most_rows: int) -> list[Grid]:
    """Return one grid of a whole document, so that a table goes on over the page; tables within cells come behind.

    Raises:
        FileRefused: Its XML cannot be read.
    """
    root = parsed(contents[MAIN], MAIN)
    changed = changed_on(contents)
    document = _Document(most_rows)
    letterhead = [
        Row((_words(paragraph),), number, "line of the page head", across=_ACROSS)
        for name in sorted(contents)
        if name.startswith("word/header")
        for number, paragraph in enumerate(_paragraphs_of(contents[name], name), start=1)
    ]
    body = next((child for child in root if _name(child) == "body"), None)
    if body is None:
        raise FileRefused("damaged-file", f"{MAIN} has no body")
    _gather(document, body, tabbed=next(body.iter(f"{_W}tbl", f"{_STRICT}tbl"), None) is None)
    found = [Grid([*letterhead[:20], *document.rows], changed=changed, cut=document.cut)]
    return found + [Grid(rows, changed=changed) for rows in document.nested]


def _paragraphs_of(content: bytes, name: str) -> list[etree._Element]:
    try:
        return [element for element in parsed(content, name).iter() if _name(element) == "p"]
    except FileRefused:
        return []


def _gather(document: _Document, element: etree._Element, *, tabbed: bool) -> None:
    for child in _blocks(element):
        if len(document.rows) >= document.most_rows:
            document.cut += 1
        elif _name(child) == "tbl":
            document.tables += 1
            _table(document, child, f"table {document.tables}, row", document.rows)
        else:
            document.paragraphs += 1
            text = _words(child).strip()
            if text:
                bullet = BULLET if _is_item(child) else ""
                cells = [cell.strip() for cell in f"{bullet}{text}".split("\t")] if tabbed else [f"{bullet}{text}"]
                across = 1 if len(cells) > 1 else _ACROSS
                document.rows.append(Row(cells, document.paragraphs, "paragraph", across=across))


def _blocks(element: etree._Element) -> Iterator[etree._Element]:
    """Yield tables and paragraphs, also those in content controls and custom XML."""
    for child in element:
        name = _name(child)
        if name in ("p", "tbl"):
            yield child
        elif name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"):
            yield from _blocks(child)


def _table(document: _Document, table: etree._Element, place: str, into: list[Row]) -> None:
    above: list[str] = []
    for number, line in enumerate(_within(table, "tr"), start=1):
        if len(into) >= document.most_rows:
            document.cut += 1
            continue
        properties = _child(line, "trPr")
        if properties is not None and _child(properties, "del") is not None:
            continue
        cells, filled, across = _cells(document, line, properties, above)
        hidden = properties is not None and _is_on(_child(properties, "hidden"))
        into.append(Row(cells, number, place, hidden, across, filled))
        above = cells


def _cells(
    document: _Document, line: etree._Element, properties: etree._Element | None, above: list[str]
) -> tuple[list[str], frozenset[int], int]:
    """Return the cells of a row, the columns that repeat the row above, and how far the first filled one reaches."""
    cells: list[str] = [""] * (_value(_child(properties, "gridBefore"), 0) if properties is not None else 0)
    filled: set[int] = set()
    across = 1
    for cell in _within(line, "tc"):
        about = _child(cell, "tcPr")
        width = _value(_child(about, "gridSpan"), 1) if about is not None else 1
        merged = _child(about, "vMerge") if about is not None else None
        text = _cell_text(document, cell)
        if text and not any(cells):
            across = width
        if merged is not None and merged.get(f"{{{etree.QName(merged).namespace}}}val", "continue") == "continue":
            text = above[len(cells)] if len(cells) < len(above) else ""
            filled.add(len(cells))
        cells += [text, *[""] * (width - 1)]
        if len(cells) > MOST_COLUMNS:
            break
    return cells[:MOST_COLUMNS], frozenset(filled), across


def _cell_text(document: _Document, cell: etree._Element) -> str:
    """Return what a cell says; a table within it that has a header of its own is gathered apart."""
    parts: list[str] = []
    for block in _blocks(cell):
        if _name(block) == "p":
            parts.append(_words(block))
            continue
        inner: list[Row] = []
        document.tables += 1
        _table(document, block, f"table {document.tables}, row", inner)
        if any(header_of(row.cells) for row in inner[:40]):
            document.nested.append(inner)
        else:
            parts += [" ".join(cell for cell in row.cells if cell) for row in inner]
    return "\n".join(part.strip() for part in parts if part.strip())


def _within(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield children of a name, also those in content controls."""
    for child in element:
        if _name(child) == name:
            yield child
        elif _name(child) in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _within(child, name)


def _words(element: etree._Element) -> str:
    """Return the text of a paragraph as it would read were all tracked changes accepted."""
    return "".join(_pieces(element))


def _pieces(element: etree._Element) -> Iterator[str]:
    for child in element:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name in _BREAKS:
            yield _BREAKS[name]
        elif name == "r" and _is_vanished(child):
            continue
        elif name not in _NOT_SAID:
            yield from _pieces(child)


def _is_vanished(run: etree._Element) -> bool:
    properties = _child(run, "rPr")
    return properties is not None and _is_on(_child(properties, "vanish"))


def _is_item(paragraph: etree._Element) -> bool:
    properties = _child(paragraph, "pPr")
    if properties is None:
        return False
    style = _child(properties, "pStyle")
    named = next(iter(style.attrib.values()), "") if style is not None else ""
    return _child(properties, "numPr") is not None or str(named).lower().startswith("list")


def _is_on(flag: etree._Element | None) -> bool:
    return flag is not None and next(iter(flag.attrib.values()), "1") not in ("0", "false", "off")


def _value(element: etree._Element | None, otherwise: int) -> int:
    stated = str(next(iter(element.attrib.values()), "")) if element is not None else ""
    return min(int(stated), MOST_COLUMNS) if stated.isascii() and stated.isdigit() and len(stated) < 5 else otherwise


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in element if _name(child) == name), None)


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
