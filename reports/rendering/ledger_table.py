"""The ledger as a table, one row for each finding, and as CSV (RFC 4180, UTF-8) for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from reports.ledger import Ledger
from reports.rendering.sheets import harmless

COLUMNS = (
    "reference", "kind", "severity", "finding", "first_told", "event_begins", "lead_days", "verdict", "decided_by",
    "decided_at", "note", "decisions", "state", "last_told", "ended", "why",
)  # fmt: skip


def rows(ledger: Ledger) -> Iterator[tuple[str, ...]]:
    """Yield the rows below COLUMNS, the latest finding first, cells as text; of several decisions the last."""
    for entry in ledger.entries:
        line = entry.line
        made = entry.decisions[-1] if entry.decisions else None
        yield (
            line.key.id, str(line.key.kind), str(line.severity), line.title, line.first_night.isoformat(),
            entry.begins.isoformat() if entry.begins else "", "" if entry.lead_days is None else str(entry.lead_days),
            str(made.verdict) if made else "", made.by if made else "", made.at.isoformat() if made else "",
            made.note if made else "", str(len(entry.decisions)), str(line.state), line.night.isoformat(),
            entry.ended.isoformat() if entry.ended else "", str(line.why) if entry.ended and line.why else "",
        )  # fmt: skip


def ledger_csv(ledger: Ledger) -> str:
    """Write the table; what a spreadsheet would take for a formula is made text with a leading apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows(ledger):
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue()
