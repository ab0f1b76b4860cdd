"""The report as one self-contained page: no script, nothing fetched, good on a phone and on paper."""

from __future__ import annotations

from collections.abc import Sequence

from dedupe.evidence import Evidence
from reports.leads import lead
from reports.nightly import MOST_COMING, NightlyReport
from reports.rendering.harmless import mail
from reports.rendering.pages import page
from reports.sides import sides

_HALF = 60
"""Units of a bar of the evidence on either side of its middle."""


def render(report: NightlyReport) -> bytes:
    """Write the page, UTF-8."""
    return report_page(report)


def report_page(
    report: NightlyReport, *, in_mail: bool = False, letter: Sequence[str] = (), letter_language: str = ""
) -> bytes:
    """Write the page as it stands by itself, or *in_mail*, where nothing is drawn, after the paragraphs of a letter."""
    return page(
        "report.html.jinja",
        spoken=report.spoken,
        report=report,
        lead=lead(report),
        most_coming=MOST_COMING,
        sides=sides,
        bars=bars,
        mail=mail,
        in_mail=in_mail,
        letter=letter,
        letter_language=letter_language,
    )


def bars(evidence: Sequence[Evidence]) -> list[tuple[Evidence, float, float]]:
    """Give each comparison its bar: where it begins and how long it is, in units of a picture 120 wide.

    >>> bars([Evidence("dates", "same", "", "", 6.0), Evidence("letters", "few", "", "", -3.0)])[1][1:]
    (30.0, 30.0)
    """
    most = max((abs(entry.bits) for entry in evidence), default=0) or 1.0
    drawn = []
    for entry in evidence:
        length = round(abs(entry.bits) / most * _HALF, 1)
        drawn.append((entry, _HALF if entry.bits >= 0 else round(_HALF - length, 1), length))
    return drawn
