"""The pages of a coverage and of one state's history: self-contained, no script, pictures with their tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from calendar_sync.roster import Committee
from dedupe.coverage import Coverage
from dedupe.invitations import History
from reports import languages
from reports.rendering import pictures
from reports.rendering.pages import page
from reports.rendering.sheets import harmless


def coverage_page(covered: Coverage, committee: Committee) -> bytes:
    """Write the page of a coverage, UTF-8; the same coverage gives the same bytes."""
    invited = pictures.invited(covered)
    return _page(
        "coverage.html.jinja", committee, covered=covered, matrices=pictures.matrices(covered, languages.tongue("en")),
        world=pictures.world(invited), size=pictures.map_size(), years=pictures.years(covered),
        steps=pictures.steps(invited),
    )  # fmt: skip


def history_page(known: History, committee: Committee) -> bytes:
    """Write the page of a state's history, UTF-8."""
    return _page("history.html.jinja", committee, known=known)


def coverage_csv(covered: Coverage) -> str:
    """Write states by themes and phases, one line for each that occurs; a state that nothing invites has one of 0."""
    rows = [
        (row.state, row.name, theme, phase, str(number))
        for row in covered.rows
        for (theme, phase), number in (row.cells.items() or [(("", ""), 0)])
    ]
    return _table(("state", "name", "theme", "phase", "events"), rows)


def history_csv(known: History) -> str:
    """Write one line for each event a state was invited to."""
    rows = [
        (
            known.state, entry.event.span.earliest.isoformat() if entry.event.span else "",
            entry.event.span.latest.isoformat() if entry.event.span else "",
            ("yes" if entry.event.span.is_exact else "no") if entry.event.span else "",
            entry.listing.title, entry.event.city, entry.event.country, " ".join(entry.themes), entry.phase,
            str(entry.states), "yes" if entry.by_name else "no",
            " ".join(sorted({listing.organisation for listing in entry.event.listings})),
        )
        for entry in known.invitations
    ]  # fmt: skip
    return _table(
        ("state", "earliest", "latest", "exact", "title", "city", "country", "themes", "phase", "states_invited",
         "by_name", "sources"), rows,
    )  # fmt: skip


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def _page(template: str, committee: Committee, **known: Any) -> bytes:  # noqa: ANN401  whatever the page shows
    return page(template, "coverage.css", committee=committee, **known)
