"""Events: the list to search, one with all that is said of it, and a coordinator's word on which listings it is."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from desk import event_wording, wording
from desk.people import Asked, Refused, admitted, keep, show
from flows import events_found, events_seen, joining
from flows.events_found import Wanted
from flows.events_seen import NoSuchEvent
from flows.joining import EventChanged, EventDecided, NoOther, NothingApart, Saying
from flows.reviewing import Seen
from store.accounts import Role

router = APIRouter()
Coordinator = Annotated[Asked, Depends(admitted(Role.COORDINATOR))]
MOST_OFFERED = 40
"""Listings that a form offers: one more field each."""
_LONGEST_NOTE = 2000
_LONGEST_WORDS = 200
_APART = "apart."


@router.api_route("/events", methods=["GET", "HEAD"])
def events(asked: Coordinator) -> Response:
    """Show the events that are looked for: what is coming, where nobody says."""
    given = {name: asked.request.query_params.get(name, "").strip() for name in ("words", "from", "to")}
    given |= {name: asked.request.query_params.get(name, "") for name in ("organisation", "theme")}
    organisations, codes = {one.id for one in asked.loaded.organisations}, events_found.theme_codes()
    problem = ""
    try:
        first, last = _day(given["from"]), _day(given["to"])
    except ValueError:
        first = last = None
        problem = event_wording.NO_SUCH_DAY
    page = asked.request.query_params.get("page", "")
    searched = any(name in asked.request.query_params for name in ("words", "from", "to", "organisation", "theme"))
    wanted = Wanted(
        given["words"][:_LONGEST_WORDS],
        first,
        last,
        given["organisation"] if given["organisation"] in organisations else "",
        given["theme"] if given["theme"] in codes else "",
        int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1,
    )
    found = events_found.events_found(asked.desk.roster_path, wanted, coming=not searched)
    asking = found.wanted if found is not None else wanted
    query = {
        "words": asking.words, "from": asking.first or "", "to": asking.last or "",
        "organisation": asking.organisation, "theme": asking.theme,
    }  # fmt: skip
    return show(
        asked, "events.html.jinja", status=400 if problem else 200, title=event_wording.EVENTS, own=event_wording,
        found=found, wanted=asking, problem=problem, codes=codes, query=urlencode(query),
        kept=f"{urlencode({**query, 'page': asking.page})}&" if searched or asking.page > 1 else "",
    )  # fmt: skip


@router.api_route("/events/{event}", methods=["GET", "HEAD"])
def event(asked: Coordinator, event: str) -> Response:
    """Show an event; another name of it leads to the one that it has now."""
    seen = _seen(asked, event)
    if seen.event.id != event:
        query = f"?{asked.request.url.query}" if asked.request.url.query else ""
        return keep(asked, RedirectResponse(f"/events/{seen.event.id}{query}", 303))
    return _page(asked, seen)


@router.post("/events/{event}")
def decide(asked: Coordinator, event: str) -> Response:
    """Record which of its listings are another event, or which event is the same as it.

    Where that is no longer what the page showed, show what is, and record nothing.
    """
    step, saying = asked.form.get("do", ""), _saying(asked)
    if step not in ("split", "merge"):
        raise Refused(400, wording.FROM_ELSEWHERE)
    try:
        stays = _split(asked, event, saying) if step == "split" else _merge(asked, event, saying)
    except NoSuchEvent:
        raise Refused(404, wording.NOT_FOUND) from None
    except (NoOther, NothingApart) as error:
        return _page(asked, _seen(asked, event), status=400, problem=event_wording.problem(error))
    except (EventChanged, EventDecided) as error:
        return _page(asked, _seen(asked, event), status=409, problem=event_wording.problem(error))
    return keep(asked, RedirectResponse(f"/events/{stays}#joined", 303))


def _split(asked: Asked, event: str, saying: Saying) -> str:
    return joining.split(asked.desk.roster_path, event, _apart(asked), saying)


def _merge(asked: Asked, event: str, saying: Saying) -> str:
    typed = asked.form.get("address", "").strip()
    other, _, shown = (typed, "", "") if typed else asked.form.get("other", "").partition(" ")
    return joining.merge(asked.desk.roster_path, event, other, shown, saying)


def _apart(asked: Asked) -> list[str]:
    return [name.removeprefix(_APART) for name in asked.form if name.startswith(_APART)]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _saying(asked: Asked) -> Saying:
    newest = asked.form.get("newest", "")
    if not newest.isascii() or not newest.isdecimal():
        raise Refused(400, wording.FROM_ELSEWHERE)
    note = " ".join(asked.form.get("note", "").split())[:_LONGEST_NOTE]
    return Saying(Seen(asked.form.get("shown", ""), int(newest[:9])), asked.name, asked.now, note)


def _seen(asked: Asked, event: str) -> events_seen.EventSeen:
    try:
        return events_seen.event_seen(asked.desk.roster_path, event)
    except NoSuchEvent:
        raise Refused(404, wording.NOT_FOUND) from None


def _page(asked: Asked, seen: events_seen.EventSeen, *, status: int = 200, problem: str = "") -> Response:
    return show(
        asked, "event.html.jinja", status=status, title=wording.best_worded(seen.event, asked.spoken).title,
        own=event_wording, seen=seen, problem=problem, most=MOST_OFFERED, apart=_apart(asked),
        typed=asked.form.get("address", ""), note=asked.form.get("note", ""),
    )  # fmt: skip
