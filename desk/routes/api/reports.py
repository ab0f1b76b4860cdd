"""Reports: the very bytes that `outreach report` writes about the latest night of an organisation."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from calendar_sync import roster
from desk.api_document import operation
from desk.bearers import Asking, Caller, Guarded
from desk.problems import Problem
from desk.routes.api.organisations import Id, known
from flows import steps
from store.accounts import Role

router = APIRouter(route_class=Guarded, tags=["reports"])
TYPES = {
    "html": "text/html", "text": "text/plain", "csv": "text/csv", "ics": "text/calendar", "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_SCHEMAS: dict[str, Any] = {
    "json": {"$ref": "#/components/schemas/Report"}, "xlsx": {"type": "string", "format": "binary"},
}  # fmt: skip
_CONTENT = {type_: {"schema": _SCHEMAS.get(name, {"type": "string"})} for name, type_ in TYPES.items()}
_ANSWERS: Any = {200: {"description": "The report, in the format that was asked for.", "content": _CONTENT}}
Format = Annotated[Literal["html", "text", "csv", "xlsx", "ics", "json"], Query(alias="format")]
Language = Annotated[
    Literal["en", "fr", "es", "pt", "ar", "ru"] | None, Query(description="In place of the organisation's own.")
]


@router.get(
    "/organisations/{organisation}/report", **operation(Role.COORDINATOR, problems=(404, 422), answers=_ANSWERS)
)
def report(asking: Caller, organisation: Id, format_: Format = "json", language: Language = None) -> Response:
    """Return the report that was written for one last, as it reads it."""
    return _report(asking, known(asking, organisation), format_, language or "")


@router.get("/report", **operation(Role.READER, problems=(404, 422), answers=_ANSWERS))
def own_report(asking: Caller, format_: Format = "json", language: Language = None) -> Response:
    """Return a reader the report of their organisation."""
    return _report(asking, known(asking, asking.account.organisation), format_, language or "")


def _report(asking: Asking, organisation: str, format_: str, language: str) -> Response:
    reads = roster.load(asking.path).organisation(organisation).reads_reports
    found = steps.last_report(asking.path, organisation, language, format_) if reads else None
    if found is None:
        raise Problem(404, "No report was written for it yet, or it reads none.")
    charset = "" if format_ == "xlsx" else "; charset=utf-8"
    return Response(found[1], headers={"Content-Type": TYPES[format_] + charset})
