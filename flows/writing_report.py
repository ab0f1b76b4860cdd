"""The errand that writes one organisation's report of its latest night anew, in every format, for the desk.

`python -m flows.writing_report OUTREACH.TOML ORGANISATION [LANGUAGE]`
"""

from __future__ import annotations

import sys
from pathlib import Path

from flows import errands, reports_kept
from flows.errands import Errand
from flows.reports_kept import Stamp


def writing_report(roster_path: Path, organisation: str, language: str, stamp: Stamp) -> Errand:
    """Have a report written that *stamp* names, unless one is being written."""
    words = (organisation, language) if language else (organisation,)
    return errands.errand("flows.writing_report", roster_path, *words, stamp=f"{words} {stamp}")


def write_report(roster_path: Path, organisation: str, language: str = "") -> None:
    """Write the report of the latest night that was written for an organisation, and keep it for the desk.

    Raises:
        RosterError, DatabaseUnusable, ReportNotWritten: One of them cannot be used.
    """
    from dataclasses import replace

    from flows.loading import load, opened
    from flows.reporting import report_for
    from reports.rendering import FORMATS, render
    from store import outbox

    with opened(roster_path) as (loaded, store):
        reader = loaded.organisation(organisation)
        with store.read() as db:
            night = outbox.last_written(db, reader.id)
            if night is None:
                return
            stamp = reports_kept.stamp_of(db, loaded, reader.id, night)
            speaking = replace(reader, languages=(language, *reader.languages)) if language else reader
            report = report_for(db, load(db, loaded, night), speaking)
        bodies = {format_: render(report, format_) for format_ in FORMATS}
        reports_kept.keep(loaded, reader.id, language, stamp, bodies)


if __name__ == "__main__":
    sys.exit(errands.run(write_report, sys.argv[1:]))
