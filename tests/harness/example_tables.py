"""The bundled listings as a table for `outreach match`."""

from __future__ import annotations

import csv
from pathlib import Path

_KEPT = ("title", "language", "start", "end", "date_text", "city", "country", "venue", "organisers", "sponsors",
         "audience", "published", "url")  # fmt: skip


def example_table(path: Path) -> Path:
    """Write every example listing once, and return the path."""
    with (
        (Path(__file__).parents[2] / "examples/1540/facts.csv").open(newline="", encoding="utf-8") as file,
        path.open("w", newline="", encoding="utf-8") as out,
    ):
        writer = csv.DictWriter(out, ("id", "source", *_KEPT))
        writer.writeheader()
        seen = set()
        for row in csv.DictReader(file):
            key = f"{row['calendar']}/{row['uid']}"
            if key not in seen:
                seen.add(key)
                writer.writerow({"id": key, "source": row["calendar"], **{name: row[name] for name in _KEPT}})
    return path
