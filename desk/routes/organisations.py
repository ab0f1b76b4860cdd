"""Organisations: what each reads, where its report stands on its way, and a coordinator's word about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from calendar_sync.errors import RosterError
from dedupe import phrases
from desk import wording
from desk.answering import framed
from desk.people import Asked, Refused, admitted, keep, show
from flows import steps
from flows.approving import NoDelivery
from flows.feeding import ReportBeingWritten
from reports.languages import LANGUAGES
from reports.rendering import FORMATS
from store.accounts import Role

router = APIRouter()
Coordinator = Annotated[Asked, Depends(admitted(Role.COORDINATOR))]
Reader = Annotated[Asked, Depends(admitted(Role.READER))]


@router.api_route("/organisations", methods=["GET", "HEAD"])
def organisations(asked: Coordinator) -> Response:
    """List them."""
    found = steps.correspondence(asked.desk.roster_path)
    return show(asked, "organisations.html.jinja", title=wording.ORGANISATIONS, here="organisations", found=found)


@router.api_route("/organisations/{organisation}", methods=["GET", "HEAD"])
def organisation(asked: Coordinator, organisation: str) -> Response:
    """Show what one reads, the letter before its first report, and its deliveries."""
    return _page(asked, organisation)


@router.api_route("/organisations/{organisation}/report", methods=["GET", "HEAD"])
def report(asked: Coordinator, organisation: str) -> Response:
    """Show the report that was written for one last, as it reads it."""
    return _report(asked, organisation)


@router.post("/organisations/{organisation}/approve")
def approve(asked: Coordinator, organisation: str) -> Response:
    """Allow its reports to go out, with the letter that was on the page."""
    note, letter = asked.form.get("note", "").strip()[:2000], asked.form.get("letter")

    def say_so() -> None:
        steps.approve(asked.desk.roster_path, organisation, asked.name, note, shown=letter)

    return _done(asked, organisation, say_so)


@router.post("/organisations/{organisation}/hold")
def hold(asked: Coordinator, organisation: str) -> Response:
    """Let nothing go to it until it is approved again."""
    return _done(asked, organisation, lambda: steps.hold_organisation(asked.desk.roster_path, organisation))


@router.post("/organisations/{organisation}/deliveries/{number}/hold")
def hold_one(asked: Coordinator, organisation: str, number: str) -> Response:
    """Stop one delivery."""
    wanted = _of(asked, organisation, number)
    return _done(asked, organisation, lambda: steps.hold_delivery(asked.desk.roster_path, wanted))


@router.post("/organisations/{organisation}/deliveries/{number}/resend")
def resend(asked: Coordinator, organisation: str, number: str) -> Response:
    """Let one delivery go out once more."""
    wanted = _of(asked, organisation, number)
    return _done(asked, organisation, lambda: steps.resend(asked.desk.roster_path, wanted))


@router.api_route("/yours", methods=["GET", "HEAD"])
def yours(asked: Reader) -> Response:
    """Show a reader the report of their organisation, with the way out and the languages."""
    one = _known(asked, _own(asked))
    night = steps.last_written(asked.desk.roster_path, one)
    name = phrases.organisation(asked.loaded.organisation(one))
    chosen = asked.request.query_params.get("language", "")
    return show(
        asked, "own_report.html.jinja", frames=True, title=name, night=night,
        spoken_frame=wording.frame(name), choice=f"?language={chosen}" if chosen in LANGUAGES else "",
        formats=wording.formats("/report", chosen if chosen in LANGUAGES else ""),
    )  # fmt: skip


@router.api_route("/report", methods=["GET", "HEAD"])
def own_report(asked: Reader) -> Response:
    """Show a reader the very bytes that `outreach report` writes for their organisation."""
    return _report(asked, _own(asked))


def _own(asked: Asked) -> str:
    return asked.account.organisation if asked.account is not None else ""


def _known(asked: Asked, organisation: str) -> str:
    try:
        return asked.loaded.organisation(organisation).id
    except RosterError:
        raise Refused(404, wording.NOT_FOUND) from None


def _report(asked: Asked, organisation: str) -> Response:
    """Answer with a report in the format and the language asked for."""
    asking = asked.request.query_params
    chosen, format_ = asking.get("language", ""), asking.get("format", "html")
    if format_ not in FORMATS or not asked.loaded.organisation(_known(asked, organisation)).reads_reports:
        raise Refused(404, wording.NO_REPORT)
    try:
        found = steps.last_report(asked.desk.roster_path, organisation, chosen if chosen in LANGUAGES else "", format_)
    except ReportBeingWritten:
        raise Refused(503, wording.BEING_WRITTEN) from None
    if found is None:
        raise Refused(404, wording.NO_REPORT)
    if format_ == "html":
        return keep(asked, framed(found[1]))
    name = f"{organisation}-{found[0]}.{FORMATS[format_].extension}"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return keep(asked, Response(found[1], 200, headers, FORMATS[format_].media_type))


def _of(asked: Asked, organisation: str, number: str) -> int:
    """Return a delivery of this organisation; that of another was on no page of it."""
    found = (each.delivery for each in steps.standing(asked.desk.roster_path))
    if number not in {str(each.number) for each in found if each.organisation == organisation}:
        raise Refused(404, wording.NOT_FOUND)
    return int(number)


def _done(asked: Asked, organisation: str, act: Callable[[], object]) -> Response:
    """Do it and go back to the page; where it cannot be done, show the page with the reason."""
    _known(asked, organisation)
    try:
        act()
    except NoDelivery as error:
        return _page(asked, organisation, status=409, problem=str(error))
    return keep(asked, RedirectResponse(f"/organisations/{quote(organisation, safe='')}", 303))


def _page(asked: Asked, organisation: str, *, status: int = 200, problem: str = "") -> Response:
    today = asked.now.astimezone(asked.loaded.committee.time_zone).date()
    one = steps.correspondence_with(asked.desk.roster_path, _known(asked, organisation), today)
    name = phrases.organisation(one.organisation)
    return show(
        asked, "organisation.html.jinja", status=status, frames=True, title=name, one=one, problem=problem,
        spoken_frame=wording.frame(name),
        formats=wording.formats(f"/organisations/{quote(organisation, safe='')}/report", ""),
    )  # fmt: skip
