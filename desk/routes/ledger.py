"""The ledger: what came of each finding, and each month in numbers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from desk import coverage_wording, wording
from desk.people import Asked, Refused, admitted, keep, show
from flows import looking_around
from flows.decision_log import MOST_ROWS
from reports.ledger import Ledger
from reports.rendering.ledger_table import ledger_csv
from store.accounts import Role

router = APIRouter()
Coordinator = Annotated[Asked, Depends(admitted(Role.COORDINATOR))]


@router.api_route("/ledger", methods=["GET", "HEAD"])
def ledger(asked: Coordinator) -> Response:
    """Show months in numbers and findings, the latest first, a hundred a page."""
    found, page = looking_around.results(asked.desk.roster_path), asked.page()
    entries = found.ledger.entries if found is not None else ()
    last = max(1, -(-len(entries) // MOST_ROWS))
    if page > last:
        raise Refused(404, wording.NOT_FOUND)
    return show(
        asked, "ledger.html.jinja", styles=("coverage.css",),
        title=wording.NAV["ledger"], here="ledger", found=found, own=coverage_wording,
        entries=looking_around.titled(asked.desk.roster_path, entries[(page - 1) * MOST_ROWS : page * MOST_ROWS]),
        page=page, last=last,
        kept=f"page={page}&" if page > 1 else "",
    )  # fmt: skip


@router.api_route("/ledger.csv", methods=["GET", "HEAD"])
def as_csv(asked: Coordinator) -> Response:
    """Give the ledger to a spreadsheet."""
    found = looking_around.results_written(asked.desk.roster_path, _csv)
    if found is None:
        raise Refused(404, wording.NOT_FOUND)
    night, body = found
    headers = {"Content-Disposition": f'attachment; filename="ledger-{night}.csv"'}
    return keep(asked, Response(body, 200, headers, "text/csv; charset=utf-8"))


def _csv(ledger: Ledger) -> bytes:
    return ledger_csv(ledger).encode("utf-8", "replace")
