"""Planning: would this workshop clash, and when would it not? Asking changes nothing, so it can be bookmarked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.responses import Response

from calendar_sync.spans import Span
from dedupe.events import Event
from desk import plan_wording, wording
from desk.people import Asked, Refused, admitted, keep, show
from flows import planned
from flows.planned import FIELDS, Planned, values_of
from flows.planning import PlanUnreadable
from flows.proposing import NoProposal, others_for, proposal, proposal_number
from reports import check_wording
from reports.rendering import check_page, proposal_feed
from store.accounts import Role
from store.proposals import Kept

MOST_DIGITS = 9
"""Of the number of a proposal."""
router = APIRouter()
Coordinator = Annotated[Asked, Depends(admitted(Role.COORDINATOR))]
Uploader = Annotated[Asked, Depends(admitted(Role.COORDINATOR, uploads=True))]


@router.api_route("/plan", methods=["GET", "HEAD"])
def plan(asked: Coordinator) -> Response:
    """Ask for a workshop, and answer what it would duplicate or clash with, and when it would not."""
    values = written(asked.request.query_params)
    found = planned.planned(asked.desk.roster_path, values, lambda seen: others_for(seen, asked.name))
    changed = _changed(asked)
    number = str(changed.number) if changed is not None else ""
    address = query(values, number)
    return show(
        asked, "plan.html.jinja", title=wording.NAV["plan"], here="plan", styles=("check.css",), found=found,
        own=plan_wording, values=values, address=address, kept=f"{address}&" if address else "",
        behind=found is not None and found.behind, changed=changed, **parts(values, number),
    )  # fmt: skip


def _changed(asked: Asked) -> Kept | None:
    """Return the proposal of theirs that somebody is about to write anew."""
    number = asked.request.query_params.get("proposal", "")
    if not (number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS):
        return None
    try:
        kept = proposal(asked.desk.roster_path, int(number), asked.name)
    except NoProposal:
        return None
    return kept if kept.owner == asked.name and kept.withdrawn is None else None


@router.api_route("/plan.ics", methods=["GET", "HEAD"])
def as_ics(asked: Coordinator) -> Response:
    """Give a planned workshop to a calendar program."""
    values = written(asked.request.query_params)
    found = planned.planned(asked.desk.roster_path, values, lambda seen: others_for(seen, asked.name))
    return download(asked, found, "workshop.ics")


def download(asked: Asked, found: Planned | None, name: str) -> Response:
    """Answer with a file for calendar programs; a workshop without a day has no place in one."""
    if found is None or found.check is None or found.check.event.span is None:
        raise Refused(404, plan_wording.NO_DAY)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    body = proposal_feed.render(found.check, found.night, asked.spoken)
    return keep(asked, Response(body, 200, headers, "text/calendar; charset=utf-8"))


@router.api_route("/plan/list", methods=["GET", "HEAD"])
def whole_list(asked: Coordinator) -> Response:
    """Ask for a file."""
    return _list(asked)


@router.post("/plan/list")
def check_list(asked: Uploader) -> Response:
    """Check every workshop of a file against the others and against what is known; nothing of it is kept."""
    if asked.upload is None or not asked.upload.body:
        return _list(asked, status=400, problem=plan_wording.NO_FILE)
    try:
        found = planned.planned_list(
            asked.desk.roster_path, asked.upload.name, asked.upload.body, lambda seen: others_for(seen, asked.name)
        )
    except PlanUnreadable as error:
        return _list(asked, status=400, problem=plan_wording.list_unread(asked.upload.name), what=error.what)
    if found is None:
        return _list(asked, status=409, problem=wording.FIRST_RUN, detail=wording.FIRST_RUN_HINT)
    return _list(asked, found=found, behind=found.behind)


def written(query: Mapping[str, str]) -> dict[str, str]:
    """Return what the form says, field by field."""
    return {name: query.get(name, "") for name in FIELDS}


def query(values: Mapping[str, str], number: str = "") -> str:
    """Write what was written as it stands in an address; *number* names the proposal that it changes."""
    return urlencode({name: value for name, value in {**values, "proposal": number}.items() if value})


def parts(values: Mapping[str, str], number: str = "") -> dict[str, Any]:
    """Return what the parts of a check need on a page of the desk."""

    def choose(span: Span) -> str:
        dates = {"start": span.earliest.isoformat(), "end": span.latest.isoformat(), "days": ""}
        return f"/plan?{query(dict(values) | dates, number)}"

    def event_page(event: Event) -> str:
        number = proposal_number(event)
        return f"/proposals/{number}" if number else f"/events/{event.id}"

    return check_page.parts() | {"choose": choose, "event_page": event_page}


def _list(asked: Asked, *, status: int = 200, **known: Any) -> Response:  # noqa: ANN401  what it shows
    shown = {"found": None, "problem": "", "detail": "", "what": "", "behind": False} | known
    return show(
        asked, "plan_list.html.jinja", status=status, title=plan_wording.WHOLE_LIST, here="plan",
        styles=("check.css",), own=plan_wording, said=check_wording, values_of=values_of, **shown,
    )  # fmt: skip
