"""Parquet files to rows of text cells: what the same table would say as CSV."""

from __future__ import annotations

import io
import json
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from calendar_sync.reading.packages import FileRefused

if TYPE_CHECKING:
    import polars as pl

MAGIC = b"PAR1"
"""The bytes a Parquet file begins with."""


def rows_of_parquet(body: bytes) -> list[tuple[str, ...]]:
    """Return the column names and, below them, the rows, each cell as text.

    Days are ISO 8601, and so are times; a column of times that are all midnight holds days. Whole numbers are written
    without a point (a column with gaps is often kept as floating point), lists with semicolons, nothing as blank.

    Raises:
        FileRefused: It is no Parquet file, or a broken one.
    """
    # Here, because it takes a fifth of a second to load, and only Parquet needs it.
    import polars as pl

    try:
        frame = pl.read_parquet(io.BytesIO(body))
        columns = [_cells(frame[name]) for name in frame.columns]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, OverflowError) as error:
        said = str(error).strip().partition("\n")[0][:200]
        raise FileRefused("damaged-file", f"it is no Parquet file that can be read ({said})") from error
    return [tuple(frame.columns), *zip(*columns, strict=True)]


def _cells(column: pl.Series) -> list[str]:
    values = column.to_list()
    if all(isinstance(value, datetime) and value.time() == time() and value.tzinfo is None
           for value in values if value is not None):  # fmt: skip
        values = [value if value is None else value.date() for value in values]
    return [_text(value) for value in values]


def _text(value: Any) -> str:  # noqa: ANN401  whatever Parquet can hold
    """Write one value as CSV would have it.

    >>> _text(7.0), _text(7.25), _text(True), _text(["ODA", None, "OSCE "]), _text(None)
    ('7', '7.25', 'true', 'ODA; OSCE', '')
    """
    if value is None or value != value:  # NaN
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, list):
        return "; ".join(text for entry in value if (text := _text(entry)))
    if isinstance(value, dict):
        return json.dumps({name: _text(entry) for name, entry in value.items()}, ensure_ascii=False)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace").strip()
    return str(value) if isinstance(value, timedelta) else _iso(value)


def _iso(value: Any) -> str:  # noqa: ANN401  date, time, datetime, or what can only be written
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)
