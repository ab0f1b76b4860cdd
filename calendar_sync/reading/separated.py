"""Files of separated values to rows of text cells, in whatever encoding and with whatever delimiter they came."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from calendar_sync.reading.grids import Grid, Row
from calendar_sync.reading.headers import columns

_DELIMITERS = (",", ";", "\t", "|")
_SEP_LINE = re.compile(r"\s*\"?sep=(.)\"?[^\n]*\r?\n", re.IGNORECASE)
"""The first line by which Excel tells itself the delimiter."""
_SAMPLE = 65_536
_HEADER_WITHIN = 40
_TOO_LONG = "one of its cells is too long to be one; a quotation mark may be missing"
_SWALLOWED = "one of its cells holds whole rows; a quotation mark may be missing, and what follows it was not read"


def decoded(body: bytes, charset: str) -> tuple[str, bool]:
    """Turn bytes into text; the flag says that no encoding fitted and Windows-1252 was assumed."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", errors="replace"), False
    head = body[:400]
    if len(head) > 8 and head.count(0) * 3 > len(head):
        # "Unicode text" without its mark: every other byte of Latin letters is zero.
        return body.decode("utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be", "replace"), False
    for encoding in ("utf-8-sig", charset):
        try:
            text = body.decode(encoding or "utf-8")
            text.encode("utf-8")  # UTF-7 can spell half a letter
        except (UnicodeError, LookupError):
            continue
        return text, False
    return body.decode("cp1252", errors="replace"), True


def rows_of(text: str) -> Iterator[list[str]]:
    """Split text into rows of cells as they stand, with the delimiter under which its header is best understood.

    A row that cannot be split is empty.
    """
    delimiter, text = _delimited(text)
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    while True:
        try:
            yield from reader
        except csv.Error:
            yield []
        else:
            return


def grid_of(text: str, most_rows: int) -> Grid:
    """Lay text out as one grid, at most *most_rows* rows of it; rows that lost their shape say so."""
    delimiter, text = _delimited(text)
    rows: list[Row] = []
    widest = cut = 0
    for number, cells in enumerate(_split(text, delimiter), start=1):
        if number > most_rows:
            cut = number
            continue
        if cells is None:
            rows.append(Row((), number, torn=_TOO_LONG))
            continue
        if number <= _HEADER_WITHIN:
            widest = max(widest, len(cells))
        torn = _SWALLOWED if any(_holds_rows(cell, delimiter, widest) for cell in cells) else ""
        rows.append(Row(cells, number, torn=torn))
    return Grid(rows, cut=cut)


def _holds_rows(cell: str, delimiter: str, width: int) -> bool:
    """True for a cell of several lines that each look like a row: an open quotation mark swallowed them."""
    if width < 3 or "\n" not in cell or cell.count(delimiter) < 2 * (width - 1):
        return False
    return sum(line.count(delimiter) >= width - 1 for line in cell.splitlines()) >= 2


def _delimited(text: str) -> tuple[str, str]:
    stated = _SEP_LINE.match(text)
    if stated and not stated[1].isalnum() and stated[1] not in "\"'\r\n\\":
        return stated[1], text[stated.end() :]
    sample = text[:_SAMPLE]
    return max(_DELIMITERS, key=lambda delimiter: (_understood(sample, delimiter), sample.count(delimiter))), text


def _understood(sample: str, delimiter: str) -> int:
    head = [row or [] for row, _ in zip(_split(sample, delimiter), range(_HEADER_WITHIN), strict=False)]
    return max((len(columns(row)) for row in head), default=0)


def _split(text: str, delimiter: str) -> Iterator[list[str] | None]:
    """Yield rows of cells; None for one that could not be split."""
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # One cell too long to be one (an open quote, say): that row is lost, the next begins after it.
            yield None
            continue
        yield [cell.strip() for cell in row]
