"""How well dates in words are understood: date_text of two labelled tables against the dates their sources settle.

    python bench/vague_dates.py [--misses]

A text is resolved against the publication date where there is one, else against 1 April of the true year: rows
without a year then count by day and month only. Truth is start_date and end_date of the same row.
"""

from __future__ import annotations

import csv
import os
import statistics
import sys
from datetime import date
from pathlib import Path

from calendar_sync.vague_dates import resolve

SHARED = Path(os.environ.get("OUTREACH_SHARED", Path(__file__).resolve().parents[2] / "shared"))
TABLES = ("data/outreach1540/listings.csv", "data/outreach_neighbours/listings.csv")


def main() -> None:
    """Print agreement for each table and, with --misses, every row that is not exact."""
    show = "--misses" in sys.argv
    for table in TABLES:
        rows = list(csv.DictReader((SHARED / table).open(encoding="utf-8-sig", newline="")))
        dated = [row for row in rows if row["date_text"] and row["start_date"] and row["end_date"]]
        exact = bounds = silent = 0
        widths: list[int] = []
        for row in dated:
            start, end = date.fromisoformat(row["start_date"]), date.fromisoformat(row["end_date"])
            stated = row.get("pub_date", "")
            published = date.fromisoformat(stated) if stated else date(start.year, 4, 1)
            found = resolve(row["date_text"], published=published, language=row["language"])
            if found is None:
                silent += 1
            else:
                widths.append(found.span.days)
                exact += found.span.is_exact and (found.span.earliest, found.span.latest) == (start, end)
                bounds += found.span.earliest <= start and end <= found.span.latest
            right = found is not None and (found.span.earliest, found.span.latest) == (start, end)
            if show and not right:
                print(f"{row['listing_id']} {start} {end} pub {stated or '-'} | {row['date_text']} | {found}")
        others = [row for row in rows if row["date_text"] and not (row["start_date"] and row["end_date"])]
        told = sum(
            resolve(row["date_text"], published=date.fromisoformat(row.get("pub_date") or "2015-01-01")) is not None
            for row in others
        )
        print(
            f"{table}: {len(dated)} rows with true dates: exact {exact / len(dated):.3f}, bounds hold the truth "
            f"{bounds / len(dated):.3f}, silent {silent}; median width {statistics.median(widths)} days. "
            f"{len(others)} rows without: something told of {told}"
        )


if __name__ == "__main__":
    main()
