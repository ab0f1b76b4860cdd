"""One finding: both sides, why, what was said of it, and a coordinator's word."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from dedupe.decisions import Verdict
from desk import wording
from desk.people import WITHIN, Asked, Refused, admitted, keep, show
from flows import steps
from flows.reviewing import AlreadyDecided, FindingChanged, NoSuchFinding, Seen
from store.accounts import Role

router = APIRouter()
Insider = Annotated[Asked, Depends(admitted(*WITHIN))]
Coordinator = Annotated[Asked, Depends(admitted(Role.COORDINATOR))]
_LONGEST_NOTE = 2000


@router.api_route("/findings/{number}", methods=["GET", "HEAD"])
def finding(asked: Insider, number: str) -> Response:
    """Show a finding whole."""
    return _page(asked, _number(number))


@router.post("/findings/{number}")
def decide(asked: Coordinator, number: str) -> Response:
    """Record a decision on what the page showed; where that is no longer so, show what is, and record nothing."""
    wanted, form = _number(number), asked.form
    if form.get("verdict") not in set(Verdict) or not form.get("newest", "").isdecimal():
        raise Refused(400, wording.FROM_ELSEWHERE)
    note = " ".join(form.get("note", "").split())[:_LONGEST_NOTE]
    seen = Seen(form.get("fingerprint", ""), int(form["newest"][:9]))
    try:
        steps.decide(
            asked.desk.roster_path, wanted, Verdict(form["verdict"]), seen, by=asked.name, at=asked.now, note=note
        )
    except NoSuchFinding:
        raise Refused(404, wording.NOT_FOUND) from None
    except (AlreadyDecided, FindingChanged) as error:
        return _page(asked, wanted, status=409, problem=wording.overtaken(error), note=note)
    return keep(asked, RedirectResponse(f"/findings/{wanted}", 303))


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise Refused(404, wording.NOT_FOUND)
    return int(text)


def _page(asked: Asked, number: int, *, status: int = 200, problem: str = "", note: str = "") -> Response:
    try:
        seen = steps.finding_seen(asked.desk.roster_path, number)
    except NoSuchFinding:
        raise Refused(404, wording.NOT_FOUND) from None
    return show(
        asked, "finding.html.jinja", status=status, title=wording.finding(number), seen=seen, report=seen.report,
        problem=problem, note=note,
    )  # fmt: skip
