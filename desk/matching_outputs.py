"""What `outreach match` writes: pairs as CSV or JSON, and the page."""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from calendar_sync.errors import OutreachError

if TYPE_CHECKING:
    from dedupe.explaining import Explanation
    from dedupe.labels import Labels
    from dedupe.matching import Progress, Recognised
    from dedupe.pair_rows import Row
    from reports.matching import Scored


class Unwritable(OutreachError):
    """A file that was asked for cannot be written."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path, why)
        self.path, self.why = path, why

    def __str__(self) -> str:
        return (
            f"{self.path} cannot be written: {self.why}. Nothing was matched. Next: name a file in a folder of yours."
        )


def check_writable(paths: Iterable[Path | None]) -> None:
    """Refuse what could not be written before the work is done, not after.

    Raises:
        Unwritable: A folder is missing, is not ours, or the path is a folder itself.
    """
    for path in filter(None, paths):
        folder = path.absolute().parent
        if path.is_dir():
            raise Unwritable(path, "it is a folder")
        if not folder.is_dir():
            raise Unwritable(path, f"there is no folder {folder}")
        if not os.access(path if path.exists() else folder, os.W_OK):
            raise Unwritable(path, "it may not be changed")


def rows(found: Recognised, progress: Progress, counts: Counter[str], *, relations: bool) -> Iterator[Row]:
    """Yield a row for each pair of one event and, where asked, of related ones; *counts* counts their kinds."""
    from dedupe.pair_rows import same_event_rows

    for row in same_event_rows(found):
        counts[row[2]] += 1
        yield row
    if relations:
        progress("relating", 0, 0)
        for row in sorted(_relations(found)):
            counts[row[2]] += 1
            yield row


def _relations(found: Recognised) -> Iterator[Row]:
    """Name one kind for each pair of listings of two related events."""
    from dedupe.policy import Policy
    from dedupe.relating import relations_of_table

    for relation in relations_of_table(found.known, found.group, Policy()):
        for one in relation.first.listings:
            for other in relation.second.listings:
                low, high = sorted((one.key.uid, other.key.uid))
                yield low, high, relation.kind, "", "", relation.why


def write(lines: Iterable[Row], out: Path | None) -> None:
    """Write rows as CSV, to stdout where no file is named."""
    if out is None:
        _write(lines, sys.stdout)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        _write(lines, file)


def _write(lines: Iterable[Row], file: TextIO) -> None:
    from dedupe.pair_rows import COLUMNS

    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(lines)


def as_json(found: Recognised, lines: Iterable[Row], scored: Sequence[Scored]) -> dict[str, Any]:
    """Return what `--json` prints (desk/schemas/match.schema.json)."""
    return {
        "listings": len(found.known),
        "events": len(found.clusters()),
        "threshold": found.threshold,
        "scored": [
            {
                "what": one.what, "flattering": one.flattering, "precision": round(one.figures.precision, 6),
                "recall": round(one.figures.recall, 6), "f1": round(one.figures.f1, 6), "right": one.figures.right,
                "wrong": one.figures.wrong, "missed": one.figures.missed,
            }
            for one in scored
        ],
        "pairs": [
            {
                "id_a": one, "id_b": other, "kind": kind,
                "probability": float(probability) if probability else None,
                "bits": float(bits) if bits else None,
                "evidence": [_piece(told) for told in reasons.split("; ")] if bits else [],
                "why": "" if bits else reasons,
            }
            for one, other, kind, probability, bits, reasons in lines
        ],
    }  # fmt: skip


def _piece(told: str) -> dict[str, Any]:
    """Take a reason apart.

    >>> _piece("place: same town +4.04")
    {'comparison': 'place', 'level': 'same town', 'bits': 4.04}
    """
    comparison, _, rest = told.partition(": ")
    level, _, bits = rest.rpartition(" ")
    return {"comparison": comparison, "level": level, "bits": float(bits)}


def write_report(
    path: Path, tables: Sequence[Path], found: Recognised, judged: Labels | None, scored: Sequence[Scored],
    explanation: Explanation | None,
) -> None:  # fmt: skip
    """Write the page of a run."""
    from dedupe.explaining import Explainer
    from reports.matching import MatchReport, hardest
    from reports.rendering.matching import render

    cases, wrong, missed = hardest(found, Explainer(found), judged)
    said = str(found.model.provenance.get("learned", "nobody says how"))
    page = MatchReport(
        tables=[table.name for table in tables],
        listings=len(found.known),
        events=len(found.clusters()),
        pairs=len(found.within().pairs),
        threshold=found.threshold,
        weights=f"The weights were learned {said.removeprefix('learned ')}.",
        scored=scored,
        wrong=wrong,
        missed=missed,
        cases=cases,
        explained=explanation,
    )
    path.write_bytes(render(page))
