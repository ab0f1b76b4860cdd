"""What the routes share: the desk they answer for, pages, and what is said when there is nothing to show."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from dedupe.sayings import Tongue
from desk import wording
from desk.measures import Measures
from desk.one_time_link import OneTimeLink
from desk.patience import AT_A_NAME, Patience
from desk.security import policy_for
from flows.jobs import Jobs
from reports.rendering.harmless import mail, words
from reports.rendering.page import bars
from reports.rendering.pages import environment, style_sheet, tongue
from reports.sides import sides

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a route needs to answer."""

    roster_path: Path
    clock: Clock
    patience: Patience = field(default_factory=Patience)
    signing_in: Patience = field(default_factory=Patience)
    """With clients that name a wrong password ..."""
    by_name: Patience = field(default_factory=lambda: Patience(AT_A_NAME, 60.0, key=str.casefold))
    """... and with everybody who tries the same name."""
    link: OneTimeLink = field(default_factory=OneTimeLink)
    jobs: Jobs = field(default_factory=Jobs)
    measures: Measures = field(default_factory=Measures)


def desk_of(request: Request) -> Desk:
    """Return the desk that was asked."""
    desk = request.app.state.desk
    if not isinstance(desk, Desk):
        raise TypeError(f"{desk!r} is no desk")
    return desk


def page(name: str, *, status: int = 200, form: bool = False, **known: Any) -> Response:  # noqa: ANN401  what it shows
    """Answer with the page of the template *name*; *form* says that it may send one to us."""
    body = _environment().get_template(name).render(style=Markup(_style()), **known).encode("utf-8", "replace")  # noqa: S704 -- our own file
    return html(body, status=status, form=form)


def people_page(
    template: str,
    /,
    *,
    status: int = 200,
    frames: bool = False,
    live: bool = False,
    styles: tuple[str, ...] = (),
    spoken: Tongue,
    **known: Any,  # noqa: ANN401  what it shows
) -> Response:
    """Answer with a page for people who signed in, or may: with forms, in the language *spoken*."""
    body = environment("desk").get_template(template).render(
        style=Markup(_people_style(*styles)),  # noqa: S704 -- our own file
        spoken=spoken, our=wording, sides=sides, bars=bars, mail=mail, in_mail=False,
        live=live, **known,
    ).encode("utf-8", "replace")  # fmt: skip
    headers = {
        "Content-Security-Policy": policy_for(body, form=True, frames=frames, live=live),
        # Else the browser would not say that a form comes from us.
        "Referrer-Policy": "same-origin",
    }
    return Response(body, status, headers, "text/html; charset=utf-8")


def framed(body: bytes) -> Response:
    """Answer with a page that is written already, which a page of ours may show inside it."""
    headers = {"Content-Security-Policy": policy_for(body, framed=True), "X-Frame-Options": "SAMEORIGIN"}
    return Response(body, 200, headers, "text/html; charset=utf-8")


def html(body: bytes, *, status: int = 200, form: bool = False) -> Response:
    """Answer with a page that is written already."""
    policy = policy_for(body, form=form)
    return Response(body, status, {"Content-Security-Policy": policy}, "text/html; charset=utf-8")


def refused(
    request: Request, status: int, sentence: str = "", *, language: str = "en", title: str = "", home: str = ""
) -> Response:
    """Say that there is nothing to show, as a page, or as problem+json (RFC 9457) to who would rather have JSON.

    *home* names a link to the first page; blank: there is none.
    """
    phrase = HTTPStatus(status).phrase
    if wants_json(request.headers.get("accept", "")):
        problem = {"type": "about:blank", "title": phrase, "status": status}
        if sentence:
            problem["detail"] = sentence
        body = json.dumps(problem, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
        return Response(body, status, media_type="application/problem+json")
    return page(
        "message.html.jinja", status=status, title=title or phrase, sentence=sentence or _SENTENCES.get(status, ""),
        language=language, home=home,
    )  # fmt: skip


def wants_json(accept: str) -> bool:
    """True for whoever names JSON and does not name HTML.

    >>> wants_json("application/json"), wants_json("text/html, application/json;q=0.5"), wants_json("*/*")
    (True, False, False)
    """
    accept = accept.lower()
    return "json" in accept and "html" not in accept


_SENTENCES = {
    404: "There is nothing at this address. If it was given to you, ask whoever gave it for a new one.",
    405: "Nothing can be done here in this way.",
    429: "Too much was asked for that is not there. Try again in a few minutes.",
    500: "Something broke at the desk, and was noted there. Try again later.",
    503: "The desk cannot answer now. Try again later.",
}


@cache
def _people_style(*styles: str) -> str:
    return style_sheet("report.css", *styles) + PackageLoader("desk").get_source(_environment(), "people.css")[0]


@cache
def _style() -> str:
    return PackageLoader("desk").get_source(_environment(), "desk.css")[0]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("desk"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(words=words, tongue=tongue)
    return environment
