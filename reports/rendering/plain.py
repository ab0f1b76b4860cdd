"""The report as plain text, 78 columns, for a mail or a terminal."""

from __future__ import annotations

import textwrap

from dedupe import phrases
from reports import wording
from reports.nightly import ComingEvent, NightlyReport, ToldFinding
from reports.rendering.page import words

WIDTH = 78


def render(report: NightlyReport) -> bytes:
    """Write the text, UTF-8, one line feed a line."""
    lines = [f"{report.reader.name}, night of {wording.night(report.night)}", ""]
    lines += _wrapped(f"{report.lead[0]} {report.lead[1]}")
    counts = report.counts
    lines += [
        "",
        f"{counts.new} new · {counts.changed} changed · {counts.resolved} resolved · {counts.open} still open",
        f"{counts.calendars_read} of {counts.calendars} calendars read",
    ]
    if report.findings:
        lines += _heading("What needs a word")
        for told in report.findings:
            lines += _finding(told, report)
    if report.resolved:
        lines += _heading("Resolved since the last night")
        for gone in report.resolved:
            lines += _wrapped(f"{gone.before.title}: {gone.why}.", "- ")
    lines += _heading("Coming events")
    for entry in report.coming:
        lines += _event(entry, report)
    lines += [] if report.coming else ["Nothing is listed for the coming months."]
    if report.blind_spots:
        lines += _heading("What we could not see tonight")
        for spot in report.blind_spots:
            owner = report.names.get(spot.organisation, spot.organisation)
            lines += _wrapped(f"{owner} ({spot.calendar}): {spot.detail} {spot.kept}", "- ")
    lines += ["", "-" * WIDTH, *_wrapped(report.disclaimer)]
    lines += [", ".join(part for part in (report.committee, report.contact) if part)]
    return ("\n".join(words(line) for line in lines) + "\n").encode("utf-8")


def _heading(text: str) -> list[str]:
    return ["", text, "=" * len(text)]


def _wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    return textwrap.wrap(
        words(text), WIDTH, initial_indent=first, subsequent_indent=" " * len(first) if rest is None else rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _finding(told: ToldFinding, report: NightlyReport) -> list[str]:
    finding = told.finding
    changed = f": {', '.join(told.changed)}" if told.changed else ""
    lines = ["", *_wrapped(finding.title, f"{told.number}. ")]
    lines.append(
        f"   [{wording.SEVERITY[finding.severity]} · {wording.KIND[finding.kind]}] "
        f"{wording.CHANGE[told.change]}{changed}"
    )
    for reason in finding.reasons:
        lines += _wrapped(reason.text, "   - against: " if reason.against else "   + ")
    for fact in finding.facts:
        differ = "" if fact.agrees else " (they differ)"
        lines.append(f"   {wording.FIELD.get(fact.field, fact.field)}{differ}")
        for head, value in zip(wording.sides(finding, report.names), fact.values, strict=False):
            owner = report.names.get(value.organisation, value.organisation)
            told_by = [owner] if len(finding.events) == 2 and value.text else []
            told_by += [f"since {value.since}"] if value.since and value.text else []
            source = f" ({', '.join(told_by)})" if told_by else ""
            lines += _wrapped(f"{head}: {value.text or 'silent'}{source}", "     ", "       ")
    for entry in finding.evidence:
        lines += _wrapped(f"{entry.bits:+6.1f} bits  {entry.comparison}: {entry.level}", "   ", "                 ")
    for proposal in finding.proposals:
        lines += _wrapped(proposal, "   > ")
    return lines


def _event(entry: ComingEvent, report: NightlyReport) -> list[str]:
    lines = ["", *_wrapped(entry.title)]
    status = "" if entry.status == "confirmed" else entry.status
    lines += _wrapped(" · ".join(part for part in (entry.dates, entry.place, status) if part), "  ")
    if entry.states:
        lines += _wrapped(f"{len(entry.states)} states invited: {phrases.listed(list(entry.states))}", "  ")
    for source in entry.sources:
        owner = report.names.get(source.organisation, source.organisation)
        told = ", ".join(part for part in (source.since, source.note) if part)
        lines += _wrapped(f"{owner}" + (f" ({told})" if told else "") + f": {source.title}", "  - ")
    return lines
