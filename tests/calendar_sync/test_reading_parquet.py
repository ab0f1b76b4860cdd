"""Parquet tables: the same listings as the same table as CSV."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from calendar_sync.errors import TableRefused
from calendar_sync.reading.listing_tables import listing_table
from calendar_sync.reading.packages import FileRefused
from calendar_sync.reading.parquet import rows_of_parquet

DAYS = [date(2010, 2, 2), None, date(2009, 12, 7)]


def parquet(frame: pl.DataFrame, path: Path) -> Path:
    frame.write_parquet(path)
    return path


def a_frame() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "ID": [1, 2, 3],
            "Titre": ["Workshop on biosafety", " Atelier 1540 ", "ورشة عمل"],
            "Start date": DAYS,
            "end": DAYS,
            "City": ["Nairobi", None, "Cairo"],
            "country": pl.Series(["KE", None, "EG"], dtype=pl.Categorical),
            "online": [False, True, None],
            "organisers": [["UNODA", "Kenya"], [], None],
        }
    )


def test_a_parquet_table_says_what_it_says_as_csv(tmp_path: Path):
    """A person who saves a table in another format has not changed a word of it."""
    frame = a_frame()
    lists = pl.col("organisers").list.join("; ")
    frame.with_columns(lists).write_csv(tmp_path / "ours.csv")
    found = listing_table(parquet(frame, tmp_path / "ours.parquet"))

    assert found == listing_table(tmp_path / "ours.csv")
    assert [listing.key.uid for listing in found] == ["1", "2", "3"]
    assert found[0].organisers == ("UNODA", "Kenya")
    assert [listing.online for listing in found] == [False, True, False]
    assert found[0].span is not None
    assert found[1].span is None


@pytest.mark.parametrize(
    ("series", "cells"),
    [
        (pl.Series([datetime(2010, 2, 2), None]), ["2010-02-02", ""]),  # noqa: DTZ001
        (pl.Series([datetime(2010, 2, 2), datetime(2010, 2, 2, 9, 30)]), ["2010-02-02T00:00:00", "2010-02-02T09:30:00"]),  # noqa: DTZ001, E501
        (pl.Series([datetime(2010, 2, 2, tzinfo=UTC)]), ["2010-02-02T00:00:00+00:00"]),
        (pl.Series([1.0, 2.5, None, float("nan")]), ["1", "2.5", "", ""]),
        (pl.Series([Decimal("1.50")]), ["1.50"]),
        (pl.Series([b"Cairo \xff"]), ["Cairo \ufffd"]),
        (pl.Series([{"code": "KE", "n": 1}]), ['{"code": "KE", "n": "1"}']),
        (pl.Series([[["a"], ["b", None]]]), ["a; b"]),
        (pl.Series([None, None]), ["", ""]),
    ],
)  # fmt: skip
def test_each_type_becomes_the_text_a_person_would_write(tmp_path: Path, series: pl.Series, cells: list[str]):
    """Frames hold days as timestamps and ids as floating point, because a column has a gap."""
    body = parquet(pl.DataFrame({"x": series}), tmp_path / "x.parquet").read_bytes()

    assert [row[0] for row in rows_of_parquet(body)] == ["x", *cells]


def test_damaged_parquet_is_refused_with_a_sentence(tmp_path: Path):
    """A download that broke off must not end in a traceback; polars panics on some of them."""
    path = parquet(a_frame(), tmp_path / "ours.parquet")
    whole = path.read_bytes()
    draw = random.Random(1540)
    refused: list[str] = []
    for _ in range(60):
        body = bytearray(whole[: draw.randrange(4, len(whole))] if draw.random() < 0.3 else whole)
        for _ in range(draw.randrange(1, 6)):
            body[draw.randrange(4, len(body))] = draw.randrange(256) if len(body) > 4 else 0
        try:
            rows = rows_of_parquet(bytes(body))
        except FileRefused as error:
            refused.append(str(error))
        else:
            assert all(isinstance(cell, str) for row in rows for cell in row)
    assert len(refused) > 10
    assert all("Parquet" in said for said in refused)

    path.write_bytes(whole[:-10])
    with pytest.raises(TableRefused, match="Next: write it again"):
        listing_table(path)
