"""Who asks, whether they may, and whether it is really they who press: what every page for people begins with."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import quote, urlsplit

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calendar_sync import roster
from calendar_sync.entrance import Entrance, is_ours
from calendar_sync.roster import Roster
from dedupe.sayings import Tongue, told
from desk import sending, wording
from desk.answering import Desk, desk_of, people_page, refused
from desk.sending import Sent, Unreadable, Upload
from flows import steps
from flows.entering import is_due
from reports import languages
from store.accounts import Account, Role

EVERYBODY = tuple(Role)
WITHIN = (Role.COORDINATOR, Role.EXPERT)
"""Who reads what coordinators read."""
_LANGUAGE = "outreach-language"


class SignInNeeded(Exception):
    """Nobody is signed in."""


class Refused(Exception):
    """Something is not done, and why, in a sentence for whoever asked."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(status, sentence)
        self.status, self.sentence = status, sentence


@dataclass(frozen=True, slots=True)
class Asked:
    """One request by a person: who, in which language they read, and what they sent."""

    desk: Desk
    request: Request
    loaded: Roster
    account: Account | None
    token: str
    """Of their session; blank where the web server in front named them, or nobody is signed in."""
    secret: str
    """What their forms are bound to: the session, or a cookie of this browser's own."""
    spoken: Tongue
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    upload: Upload | None = field(default=None, repr=False)
    due: bool = False
    """True when it is time to note that they were there."""

    @property
    def form_token(self) -> str:
        """What a form of ours holds and one of another site cannot: it follows from a cookie nobody else knows."""
        name = self.account.name if self.account is not None else ""
        return hmac.new(self.secret.encode(), f"form\0{name}".encode(), hashlib.sha256).hexdigest()

    @property
    def name(self) -> str:
        """Who it is, for what is recorded."""
        if self.account is None:
            raise SignInNeeded
        return self.account.name

    @property
    def coordinator(self) -> bool:
        """True for whoever decides."""
        return self.account is not None and self.account.role is Role.COORDINATOR

    @property
    def today(self) -> date:
        """The civil date where the committee is."""
        return self.now.astimezone(self.loaded.committee.time_zone).date()

    def page(self) -> int:
        """Return which page of a list is asked for; the first where that is no number."""
        given = self.request.query_params.get("page", "")
        return max(1, int(given)) if given.isascii() and given.isdecimal() and len(given) < 7 else 1

    @property
    def now(self) -> datetime:
        """The time."""
        return self.desk.clock()


Admission = Callable[[Request], Awaitable[Asked]]


def admitted(*roles: Role, uploads: bool = False) -> Admission:
    """Let in who has one of *roles*; a request that changes something only with a form of ours, with a file or not.

    Raises:
        SignInNeeded: Nobody is signed in.
        Refused: The role is another one, or the form is none of ours.
    """

    async def admission(request: Request) -> Asked:
        sent = await _sent(request, uploads=uploads) if request.method == "POST" else Sent()
        asked = await run_in_threadpool(_asked, request, sent)
        if request.method == "POST":
            _from_here(asked)
        if asked.account is None:
            raise SignInNeeded
        if request.method == "POST":
            _with_our_form(asked)
        if asked.account.role not in roles:
            raise Refused(403, wording.NOT_YOURS)
        return asked

    return admission


async def anybody(request: Request) -> Asked:
    """Let in whoever comes, for the pages by which they sign in; forms are held to the same rules.

    Raises:
        Refused: The form is none of ours.
    """
    sent = await _sent(request, uploads=False) if request.method == "POST" else Sent()
    asked = await run_in_threadpool(_asked, request, sent)
    if request.method == "POST":
        _from_here(asked)
        _with_our_form(asked)
    return asked


def show(
    asked: Asked,
    template: str,
    /,
    *,
    status: int = 200,
    frames: bool = False,
    live: bool = False,
    styles: tuple[str, ...] = (),
    **known: object,
) -> Response:
    """Answer with a page of the desk in the language of whoever asked, and keep the cookies it needs.

    *frames* says that it shows pages of ours inside it, *live* that it runs the desk's script; *styles* names style
    sheets of reports whose parts it shows.
    """
    answer = people_page(
        template, asked=asked, spoken=asked.spoken, status=status, frames=frames, live=live, styles=styles, **known
    )  # fmt: skip
    return keep(asked, answer)


def keep(asked: Asked, answer: Response) -> Response:
    """Note that somebody was there, and give the browser what it has to keep."""
    if not asked.token and asked.request.cookies.get(_cookie(asked.request, asked.loaded.entrance, "-form")) is None:
        _set(asked, answer, "-form", asked.secret)
    chosen = asked.request.query_params.get("language", "")
    if chosen in languages.LANGUAGES:
        answer.set_cookie(_LANGUAGE, chosen, max_age=365 * 86_400, httponly=True, samesite="strict",
                          secure=_secure(asked.request, asked.loaded.entrance))  # fmt: skip
    if asked.due:
        answer.background = BackgroundTask(steps.note_presence, asked.desk.roster_path, asked.token, asked.now)
    return answer


def signed_in(asked: Asked, token: str, target: str) -> Response:
    """Go on to *target* with a session of one's own."""
    answer = RedirectResponse(within(target), 303)
    _set(asked, answer, "", token)
    answer.delete_cookie(_cookie(asked.request, asked.loaded.entrance, "-form"), path="/", secure=_secure(
        asked.request, asked.loaded.entrance), httponly=True, samesite="strict")  # fmt: skip
    return answer


def signed_out(asked: Asked) -> Response:
    """Go back to the first page, without a session."""
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(_cookie(asked.request, asked.loaded.entrance, ""), path="/", secure=_secure(
        asked.request, asked.loaded.entrance), httponly=True, samesite="strict")  # fmt: skip
    return answer


def session_cookie(asked: Asked) -> str:
    """Return the session that came with a request, whether it stands or not."""
    return asked.request.cookies.get(_cookie(asked.request, asked.loaded.entrance, ""), "")


def within(target: str) -> str:
    """Return an address of ours to go on to, the first page where *target* is anything else.

    >>> within("/findings/3?language=fr"), within("//evil.example"), within("/\\\\evil.example"), within("https://x.example")
    ('/findings/3?language=fr', '/', '/', '/')
    >>> within("/sign-in/x"), within(""), within("/a\\nb")
    ('/', '/', '/')
    """
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    plain = target.startswith("/") and target.isascii() and target.isprintable() and "\\" not in target
    if not plain or target.startswith("//") or parts.scheme or parts.netloc or parts.path.startswith("/sign-"):
        return "/"
    return target


def sign_in_address(request: Request) -> str:
    """Return where to sign in, and be led back from."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/sign-in?next={quote(here, safe='/')}"


def refuse(request: Request, why: Refused) -> Response:
    """Say why something is not done; to whoever is refused, nothing else is shown."""
    desk = desk_of(request)
    spoken = _spoken(request, roster.load(desk.roster_path), None)
    return refused(
        request, why.status, told(why.sentence, spoken), language=spoken.code, title=told(wording.CANNOT, spoken),
        home=told(wording.HOME, spoken),
    )  # fmt: skip


def ask_to_sign_in(request: Request) -> Response:
    """Lead to where people sign in; whoever pressed something is told that it was not done."""
    if request.method not in ("GET", "HEAD"):
        asked = _asked(request, Sent())
        return show(
            asked, "told.html.jinja", status=403, title=wording.SIGN_IN, sentence=wording.SIGNED_OUT,
            go_on=f"/sign-in?next={quote(request.url.path, safe='/')}",
        )  # fmt: skip
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        # From a mail on the web the browser sends no strict cookie. From a page of ours it does: so this page opens it.
        return show(_asked(request, Sent()), "moment.html.jinja", title=wording.ONE_MOMENT, here_address=_here(request))
    return RedirectResponse(sign_in_address(request), 303)


def _here(request: Request) -> str:
    return within(request.url.path + (f"?{request.url.query}" if request.url.query else ""))


def _asked(request: Request, sent: Sent) -> Asked:
    desk = desk_of(request)
    loaded = roster.load(desk.roster_path)
    if not is_ours(_host(request), loaded.entrance.address):
        raise Refused(421, wording.OTHER_HOST)
    account, token, due = _who(request, desk, loaded.entrance)
    secret = token or request.cookies.get(_cookie(request, loaded.entrance, "-form"), "") or secrets.token_urlsafe(32)
    spoken = _spoken(request, loaded, account)
    return Asked(desk, request, loaded, account, token, secret, spoken, sent.fields, sent.upload, due)


def _host(request: Request) -> str:
    named = request.headers.getlist("host")
    return named[0] if len(named) == 1 else ""


def _who(request: Request, desk: Desk, entrance: Entrance) -> tuple[Account | None, str, bool]:
    """Return who asks, by which session, and whether that is to be noted.

    Whom the web server in front names comes before who is signed in.
    """
    if entrance.trusted_header and request.scope.get("peer") in entrance.trusted_proxies:
        named = request.headers.getlist(entrance.trusted_header)
        if len(named) == 1 and named[0].strip():
            account = steps.named(desk.roster_path, named[0].strip())
            if account is None:
                raise Refused(403, wording.NOT_NAMED)
            return account, "", False
    token = request.cookies.get(_cookie(request, entrance, ""), "")
    now = desk.clock()
    session = steps.who(desk.roster_path, token, now)
    return (None, "", False) if session is None else (session.account, token, is_due(session, now))


def _spoken(request: Request, loaded: Roster, account: Account | None) -> Tongue:
    """Return the language somebody chose, else that of their organisation, else the committee's."""
    own = [one.languages for one in loaded.organisations if account is not None and one.id == account.organisation]
    wanted = (request.query_params.get("language", ""), request.cookies.get(_LANGUAGE, ""),
              *(own[0] if own else ()), loaded.committee.language)  # fmt: skip
    codes = (code.split("-")[0].lower() for code in wanted)
    return languages.tongue(next((code for code in codes if code in languages.LANGUAGES), "en"))


def _from_here(asked: Asked) -> None:
    """Refuse what a page of another site sends: browsers say which, and one that says nothing is refused too."""
    request = asked.request
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    address = urlsplit(asked.loaded.entrance.address)
    ours = {f"{request.url.scheme}://{_host(request)}", f"{address.scheme}://{address.netloc}"}
    if (site is None and origin is None) or site not in (None, "same-origin") or (origin and origin not in ours):
        raise Refused(403, wording.FROM_ELSEWHERE)


def _with_our_form(asked: Asked) -> None:
    if not hmac.compare_digest(asked.form.get("form", "").encode(), asked.form_token.encode()):
        raise Refused(403, wording.FROM_ELSEWHERE)


async def _sent(request: Request, *, uploads: bool) -> Sent:
    try:
        return await sending.sent(request, uploads=uploads)
    except Unreadable as error:
        raise Refused(error.status, wording.FROM_ELSEWHERE) from None


def _secure(request: Request, entrance: Entrance) -> bool:
    """True where the line to the browser is encrypted, as the web server in front says or the roster does."""
    return request.url.scheme == "https" or (entrance.secure and _host(request) == urlsplit(entrance.address).netloc)


def _cookie(request: Request, entrance: Entrance, sort: str) -> str:
    """Name a cookie; with `__Host-` no other machine of the same domain can set it, which only works encrypted."""
    return f"__Host-outreach{sort}" if _secure(request, entrance) else f"outreach{sort}"


def _set(asked: Asked, answer: Response, sort: str, value: str) -> None:
    answer.set_cookie(
        _cookie(asked.request, asked.loaded.entrance, sort), value, path="/", httponly=True, samesite="strict",
        secure=_secure(asked.request, asked.loaded.entrance),
    )  # fmt: skip
