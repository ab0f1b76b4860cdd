"""Leaving: the link in a mail by which its reader says that no more are wanted (RFC 8058). Only POST does anything."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from calendar_sync import roster
from desk.answering import desk_of, page, refused, wants_json
from desk.leaving_words import LeavingWords, words_in
from flows import steps
from flows.leaving import Leaving, contact_of
from reports.leave_links import LinkAltered, LinkExpired

router = APIRouter()


@router.api_route("/leave/{signed}", methods=["GET", "HEAD", "POST"])
def leave(request: Request, signed: str) -> Response:
    """Show what the link is for, and leave by it when it is posted to."""
    return _leave(request, signed) if request.method == "POST" else _ask(request, signed)


def _ask(request: Request, signed: str) -> Response:
    """Show what the link is for, and a button. Programs that follow links to look at them change nothing."""
    desk = desk_of(request)
    try:
        about = steps.leaving(desk.roster_path, signed, desk.clock())
    except (LinkAltered, LinkExpired) as error:
        return _invalid(request, error)
    told = words_in(about.language)
    if about.left:
        return _told(told, about, told.already)
    return _told(told, about, told.ask, button=told.button)


def _leave(request: Request, signed: str) -> Response:
    """Let nothing more go to the channel. The address says all: neither body, cookie nor Origin is asked for."""
    desk = desk_of(request)
    if _from_elsewhere(request):
        told = words_in(roster.load(desk.roster_path).committee.language)
        return refused(request, 403, told.elsewhere, language=told.language, title=told.unknown)
    try:
        about = steps.leave(desk.roster_path, signed, desk.clock())
    except (LinkAltered, LinkExpired) as error:
        return _invalid(request, error)
    told = words_in(about.language)
    return _told(told, about, told.already if about.left else told.done)


def _told(told: LeavingWords, about: Leaving, sentence: str, button: str = "") -> Response:
    return page(
        "leaving.html.jinja", form=bool(button), language=told.language, title=told.title.format(name=about.name),
        sentence=sentence.format(channel=about.shown, committee=about.committee), button=button,
        contact=told.contact.format(contact=about.contact) if about.contact else "",
    )  # fmt: skip


def _invalid(request: Request, error: LinkAltered | LinkExpired) -> Response:
    """Refuse a link. Whose it was meant to be is not known, or not to be believed: the committee's language it is."""
    loaded = roster.load(desk_of(request).roster_path)
    told, contact = words_in(loaded.committee.language), contact_of(loaded)
    status, sentence = (410, told.expired) if isinstance(error, LinkExpired) else (403, told.altered)
    if wants_json(request.headers.get("accept", "")):
        return refused(request, status, sentence)
    return page(
        "leaving.html.jinja", status=status, language=told.language, title=told.unknown, sentence=sentence, button="",
        contact=told.contact.format(contact=contact) if contact else "",
    )  # fmt: skip


def _from_elsewhere(request: Request) -> bool:
    """True when a page of another site sends the form: its reader did not ask to leave.

    A mail program that does it for its reader sends no Origin; our own page sends `null`, as it names no referrer.
    """
    origin = request.headers.get("origin", "null")
    if origin == "null":
        return False
    ours = {urlsplit(address).netloc for address in (str(request.url), _address(request))}
    return urlsplit(origin).netloc not in ours - {""}


def _address(request: Request) -> str:
    return roster.load(desk_of(request).roster_path).entrance.address
