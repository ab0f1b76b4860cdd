"""One finding: both sides, why, what was said of it, and a coordinator's word."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from dedupe.decisions import Verdict
from desk import finding_wording, wording
from desk.people import WITHIN, Asked, Refused, admitted, keep, show
from flows import steps
from flows.remarking import LONGEST_NOTE, RemarkUnusable
from flows.reviewing import AlreadyDecided, FindingChanged, NoSuchFinding, Seen, VerdictUnfit
from store.accounts import Role
from store.remarks import Sort

router = APIRouter()
Insider = Annotated[Asked, Depends(admitted(*WITHIN))]
Coordinator = Annotated[Asked, Depends(admitted(Role.COORDINATOR))]


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
    note = " ".join(form.get("note", "").split())[:LONGEST_NOTE]
    seen = Seen(form.get("fingerprint", ""), int(form["newest"][:9]))
    try:
        steps.decide(
            asked.desk.roster_path, wanted, Verdict(form["verdict"]), seen, by=asked.name, at=asked.now, note=note,
            teaches=not form.get("not_taught"),
        )  # fmt: skip
    except NoSuchFinding:
        raise Refused(404, wording.NOT_FOUND) from None
    except VerdictUnfit:
        raise Refused(400, wording.FROM_ELSEWHERE) from None
    except (AlreadyDecided, FindingChanged) as error:
        return _page(asked, wanted, status=409, problem=wording.overtaken(error), note=note)
    return keep(asked, RedirectResponse(f"/findings/{wanted}", 303))


@router.post("/findings/{number}/notes")
def note(asked: Insider, number: str) -> Response:
    """Keep a note; experts write them too."""
    return _remark(asked, _number(number), Sort.NOTE)


@router.post("/findings/{number}/remarks")
def remark(asked: Coordinator, number: str) -> Response:
    """Put it off, ask an expert, leave it out of what is learnt; or take that back."""
    sort = asked.form.get("sort", "")
    if sort not in set(Sort):
        raise Refused(400, wording.FROM_ELSEWHERE)
    return _remark(asked, _number(number), Sort(sort))


def _remark(asked: Asked, number: int, sort: Sort) -> Response:
    if asked.account is None:
        raise Refused(403, wording.NOT_YOURS)
    form = asked.form
    try:
        steps.remark(
            asked.desk.roster_path, number, sort, asked.account, asked.now, note=form.get("note", ""),
            until=_day(form.get("until", "")), subject=form.get("expert", ""),
        )  # fmt: skip
    except NoSuchFinding:
        raise Refused(404, wording.NOT_FOUND) from None
    except RemarkUnusable:
        return _page(asked, number, status=400, problem=finding_wording.UNUSABLE[sort])
    return keep(asked, RedirectResponse(f"/findings/{number}#said", 303))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise Refused(404, wording.NOT_FOUND)
    return int(text)


def _page(asked: Asked, number: int, *, status: int = 200, problem: str = "", note: str = "") -> Response:
    if asked.account is None:
        raise Refused(403, wording.NOT_YOURS)
    path = asked.desk.roster_path
    try:
        seen = steps.finding_seen(path, number, asked.account, asked.today)
    except NoSuchFinding:
        raise Refused(404, wording.NOT_FOUND) from None
    return show(
        asked, "finding.html.jinja", status=status, title=wording.finding(number), seen=seen, own=finding_wording,
        report={"names": seen.names, "contact": "", "desk": ""}, problem=problem, note=note,
        known_experts=steps.experts(path) if asked.coordinator else (),
    )  # fmt: skip
