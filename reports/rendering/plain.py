"""The report as plain text, 78 columns, for a mail or a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from unicodedata import combining, east_asian_width

from dedupe import phrases
from reports import wording
from reports.coming import ComingEvent
from reports.nightly import NightlyReport
from reports.rendering.harmless import link, words
from reports.sides import Cell, Row, sides
from reports.standing import ToldFinding

WIDTH = 78
FIELD = 13
"""Columns of what stands left: a field, the bits."""


def render(report: NightlyReport) -> bytes:
    """Write the text, UTF-8, one line feed a line."""
    lines = [*wrapped(wording.title(report)), ""]
    lines += wrapped(" ".join(wording.lead(report)))
    *standing, read = (" ".join(part) for part in wording.counts(report))
    lines += ["", f"{wording.COUNTED} {' · '.join(standing)}", f"{read[:1].upper()}{read[1:]}"]
    for heading, findings in (
        ("findings", [told for told in report.findings if not told.informs]),
        ("information", [told for told in report.findings if told.informs]),
    ):
        if findings:
            lines += _heading(wording.HEADING[heading])
            for told in findings:
                lines += ["", *_finding(told, report)]
    if report.findings and report.contact:
        lines += ["", *wrapped(wording.answer(report))]
    if report.resolved:
        lines += _heading(wording.HEADING["resolved"])
        for gone in report.resolved:
            lines += wrapped(wording.resolved(gone), "- ")
    lines += _heading(wording.coming(report))
    for entry in report.coming:
        lines += ["", *_event(entry, report)]
    lines += [] if report.coming else wrapped(wording.no_coming(report))
    if report.no_longer_listed:
        lines += _heading(wording.HEADING["lost"])
        for lost in report.no_longer_listed:
            facts = ", ".join(part for part in (lost.title, lost.dates, lost.place) if part)
            said = wording.lost(lost, report.names)
            lines += wrapped(f"{facts}: {said}." if facts else f"{said}.", "- ")
    if report.blind_spots:
        lines += _heading(wording.HEADING["blind"])
        for spot in report.blind_spots:
            lines += wrapped(" ".join((*wording.blind(spot, report.names), spot.detail)).strip(), "- ")
    lines += ["", "-" * WIDTH, *wrapped(report.disclaimer)]
    lines += wrapped(", ".join(part for part in (report.committee, report.contact) if part))
    return ("\n".join(line.rstrip() for line in lines) + "\n").encode("utf-8")


def _heading(text: str) -> list[str]:
    return ["", "", text, "=" * len(text)]


def wrapped(text: str, first: str = "", width: int = WIDTH) -> list[str]:
    """Break a text into lines of *width* columns; what follows the first stands under its words.

    >>> wrapped("one two three", "- ", 9)
    ['- one two', '  three']
    """
    lines = textwrap.wrap(
        words(text), width, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False
    )
    # Chinese and Thai count twice, or not at all, on a terminal.
    if all(columns(line) <= width for line in lines):
        return lines
    narrow = max(len(first) + 2, width // 2)
    return textwrap.wrap(words(text), narrow, initial_indent=first, subsequent_indent=" " * len(first))


def columns(text: str) -> int:
    """Count the columns a text takes on a terminal.

    >>> columns("Cairo"), columns("开罗")
    (5, 4)
    """
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _finding(told: ToldFinding, report: NightlyReport) -> list[str]:
    finding = told.finding
    lines = wrapped(finding.title, f"{told.number}. ")
    shape, severity = wording.SHAPE[finding.severity], wording.SEVERITY[finding.severity]
    lines += wrapped(f"{shape} {severity} · {wording.KIND[finding.kind]} · {wording.change(told)}", "   ")
    for reason in finding.reasons:
        lines += wrapped(reason.text, "   - against: " if reason.against else "   + ")
    lines += _table(told, report)
    if finding.evidence:
        lines += ["", *wrapped(wording.score(finding), "   ")]
        for entry in finding.evidence:
            named = f"{wording.comparison(entry.comparison)}: {entry.level}"
            lines += wrapped(named, f"   {wording.bits(entry.bits):>6}  ")
    lines += [""] if finding.proposals else []
    for proposal in finding.proposals:
        lines += wrapped(proposal, "   > ")
    return [*lines, f"   {wording.REFERENCE} {finding.key.id}"]


def _table(told: ToldFinding, report: NightlyReport) -> list[str]:
    """Lay the sides out: two beside each other, versions of one fact and more sides one below another."""
    laid = sides(told, report.names)
    lines = [""] if laid.rows else []
    if laid.versions or len(laid.heads) != 2:
        for row in laid.rows:
            lines.append(f"   {wording.FIELD.get(row.field, row.field)}")
            for head, cell in zip(laid.heads, row.cells, strict=True):
                source = wording.since(cell.origin or head.origin)
                newest = f" ({wording.NEWEST})" if cell.newest and laid.versions else ""
                said = "; ".join(_said(replace(cell, origin=None)))
                lines += wrapped(f"{said}{newest}", "     - " if not cell.differs else "     ≠ ")
                lines += wrapped(source, "       ")
        return lines
    lines += _beside("", [[head.label, wording.since(head.origin, head.label)] for head in laid.heads])
    lines.append("   " + "-" * (WIDTH - 3))
    for row in laid.rows:
        lines += _beside(_field(row), [_said(cell) for cell in row.cells])
    return lines


def _field(row: Row) -> str:
    return ("≠ " if any(cell.differs for cell in row.cells) else "  ") + wording.FIELD.get(row.field, row.field)


def _said(cell: Cell) -> list[str]:
    """Return what a cell says, each part for a line of its own."""
    if not cell.text:
        return [wording.SILENT]
    parts = [cell.text]
    if cell.states:
        alone = f"; {wording.ALONE}: {phrases.listed(cell.alone)}" if cell.alone else ""
        parts = [f"{len(cell.states)} states{alone}"]
    if cell.was:
        parts.append(wording.WAS_LIST if cell.states else f"was: {cell.was}")
    if cell.origin:
        parts.append(f"({wording.since(cell.origin)})")
    return parts


def _beside(field: str, cells: Sequence[Sequence[str]]) -> list[str]:
    """Set a field and two cells in columns."""
    wide = (WIDTH - 3 - FIELD) // 2 - 1
    blocks = [[line for part in cell if part for line in wrapped(part, width=wide)] for cell in cells]
    lines = []
    for number, (left, right) in enumerate(zip_longest(*blocks, fillvalue="")):
        gap = " " * (wide + 2 - columns(left))
        lines.append(f"   {(field if number == 0 else ''):<{FIELD}}{left}{gap}{right}")
    return lines


def _event(entry: ComingEvent, report: NightlyReport) -> list[str]:
    lines = wrapped(entry.title)
    lines += wrapped(
        " · ".join(
            part
            for part in (entry.dates, entry.place or wording.NO_PLACE, wording.firm(entry), wording.news(entry))
            if part
        ),
        "  ",
    )
    if entry.states:
        lines += wrapped(f"For {wording.invited(entry)}: {phrases.listed(entry.states)}", "  ")
    for source in entry.sources:
        owner = report.name(source.organisation)
        since = f"since {phrases.day(source.since)}" if source.since else ""
        told = ", ".join(part for part in (since, source.note) if part)
        lines += wrapped(f"{owner}{f' ({told})' if told else ''}: {source.title}; {source.dates}", "  - ")
        lines += [f"    {link(source.url)}"] if link(source.url) else []
    return lines
