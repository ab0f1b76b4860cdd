"""What a night leaves on Prefect's pages: counts and the health of calendars, nothing that a listing says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.outcomes import NightOutcome, SyncOutcome, count
from reports.rendering.harmless import words


def publish(outcome: NightOutcome) -> None:
    """Write the Markdown and the table artifact of one night."""
    create_markdown_artifact(markdown(outcome), key="night", description=f"The night of {outcome.night}")
    create_table_artifact(table(outcome.calendars), key="calendars", description=f"Calendars, {outcome.night}")


def markdown(outcome: NightOutcome) -> str:
    """Describe a night in Markdown."""
    seen = len(outcome.calendars) - len(outcome.gaps)
    lines = [
        f"# Night of {outcome.night}",
        "",
        f"- calendars seen: {seen} of {len(outcome.calendars)}",
        f"- listings that stand: {sum(calendar.listings for calendar in outcome.calendars)}",
        f"- reports: {count(len({path.stem for path in outcome.reports}), 'organisation')}",
        "",
        "| reader | open findings | by kind |",
        "|---|---:|---|",
    ]
    for reader in outcome.readers:
        kinds = ", ".join(f"{number} {escaped(kind)}" for kind, number in reader.kinds)
        lines.append(f"| {escaped(reader.organisation)} | {reader.findings} | {kinds} |")
    if gaps := outcome.gaps:
        lines += ["", "## What could not be seen", ""]
        lines += [f"- {escaped(gap.calendar)}: {escaped(_code(gap))}, {escaped(gap.what_stands)}" for gap in gaps]
    return "\n".join(lines) + "\n"


def table(calendars: Sequence[SyncOutcome]) -> list[dict[str, Any]]:
    """Return one row per calendar; Prefect's pages read Markdown in cells, too."""
    return [
        {
            "calendar": escaped(calendar.calendar),
            "outcome": escaped(calendar.outcome),
            "reason": escaped(_code(calendar)),
            "listings": calendar.listings,
            "new": calendar.added,
            "changed": calendar.updated,
            "withdrawn": calendar.withdrawn,
            "problems": calendar.problems,
        }
        for calendar in calendars
    ]


def escaped(text: str) -> str:
    r"""Make text inert in Markdown.

    >>> print(escaped("AU_feed ![x](http://beacon) <b>"))
    AU\_feed \!\[x\]\(http\:\/\/beacon\) \<b\>
    """
    # Of other signs than these a backslash would be shown.
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(words(text).split()))


def _code(calendar: SyncOutcome) -> str:
    return calendar.error.code if calendar.error is not None else ""
