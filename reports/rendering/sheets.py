"""The report as CSV (RFC 4180, UTF-8 with a byte-order mark), one row for each side of a finding or coming event."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from dedupe.events import Event
from dedupe.sayings import told
from reports import ledger_wording, wording
from reports.coming import worded
from reports.nightly import NightlyReport
from reports.rendering.harmless import words

COLUMNS = (
    "section", "number", "kind", "severity", "change", "finding", "states_in_common", "days_apart", "event", "earliest",
    "latest", "exact", "city", "country", "sources",
)  # fmt: skip
# Spreadsheets skip what is not seen before they look for a formula. Apostrophes of its own before it count as well, or
# it could not be told from one of ours.
_FORMULA = "'*(?:(?![\t\n])[\\s\u00ad\u200b-\u200f\u2060\ufeff])*[=+\\-@\uff1d\uff0b\uff0d\uff20]"
_BEGINS = re.compile(f"{_FORMULA}|'*[\t\n]")
# Where the comma is no separator, as in most of Europe, a spreadsheet cuts cells at these whatever the quotes.
_WITHIN = re.compile(f"([;\t\n])(?={_FORMULA})")
_ADDED = re.compile(f"([;\t\n])'(?={_FORMULA})")


def render(report: NightlyReport) -> bytes:
    """Write the table; what a spreadsheet would take for a formula is made text with a leading apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows(report):
        writer.writerow([harmless(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def rows(report: NightlyReport) -> Iterator[tuple[str, ...]]:
    """Yield the rows below COLUMNS, cells as text."""
    for entry in report.findings:
        finding = entry.finding
        apart = "-".join(str(days) for days in dict.fromkeys(finding.days_apart)) if finding.days_apart else ""
        for event in finding.events:
            yield (
                "finding", str(entry.number), str(finding.kind), str(finding.severity), str(entry.change),
                told(finding.title, report.spoken), " ".join(finding.states), apart, *_event(event, report),
            )  # fmt: skip
    for gone in report.resolved:
        before = gone.before
        yield (
            "resolved", "", str(before.key.kind), str(before.severity), "resolved",
            told(wording.resolved(gone), report.spoken), *[""] * (len(COLUMNS) - 6),
        )  # fmt: skip
    for gone in report.unseen:
        before, said = gone.before, ledger_wording.unseen(wording.resolved_title(gone), gone)
        yield (
            "unseen", "", str(before.key.kind), str(before.severity), "unseen", told(said, report.spoken),
            *[""] * (len(COLUMNS) - 6),
        )  # fmt: skip
    for coming in report.coming:
        news = told(wording.news(coming), report.spoken)
        yield ("coming", "", "", "", news, "", "", "", *_event(coming.event, report))
    for lost in report.no_longer_listed:
        yield (
            "no longer listed", "", "", "", "",
            "" if lost.title else told(wording.lost(lost, report.names), report.spoken), "", "",
            lost.title, "", "", "", told(lost.place, report.spoken), "", lost.organisation,
        )  # fmt: skip


def _event(event: Event, report: NightlyReport) -> tuple[str, ...]:
    span = event.span
    return (
        worded(event, report.reader.languages).title,
        span.earliest.isoformat() if span else "", span.latest.isoformat() if span else "",
        ("yes" if span.is_exact else "no") if span else "", event.city, event.country,
        " ".join(sorted({listing.organisation for listing in event.listings})),
    )  # fmt: skip


def harmless(cell: str) -> str:
    """Keep a cell, and what some spreadsheets make a cell of, from being read as a formula.

    >>> harmless("=1+1"), harmless("Cairo"), harmless(" @SUM(A1)"), harmless("Cairo;=1+1")
    ("'=1+1", 'Cairo', "' @SUM(A1)", "Cairo;'=1+1")
    """
    text = _WITHIN.sub(r"\1'", words(cell))
    return f"'{text}" if _BEGINS.match(text) else text


def original(cell: str) -> str:
    """Take the apostrophes away that `harmless` added.

    >>> original(harmless("'=1;-2")), original(harmless("'Cairo'"))
    ("'=1;-2", "'Cairo'")
    """
    text = cell[1:] if cell.startswith("'") and _BEGINS.match(cell[1:]) else cell
    return _ADDED.sub(r"\1", text)
