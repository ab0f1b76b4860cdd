"""A calendar published at an http, https or webcal address."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path, PurePosixPath

import httpcore
import httpx

from calendar_sync.errors import CalendarError, SourceGone, SourceOversize, SourceRefused, SourceUnreachable
from calendar_sync.references import ReferenceMissing, resolve
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload, Validators
from calendar_sync.sources.guard import AddressRefused, Deadline, GuardedBackend, GuardedTransport, Resolve, addresses

LARGEST = 20 * 1024 * 1024
SECONDS = 60.0
REDIRECTS = 5
_SILENCE = 20.0
"""Seconds a server may say nothing at all."""
_STEP = 64 * 1024
_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_TRY_AGAIN = frozenset({408, 425, 429})
_LONGEST_WAIT = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of one address: a payload, nothing new, or another address to go to."""

    payload: Payload | None = None
    location: str = ""


@dataclass(frozen=True, slots=True)
class HttpFeed:
    """A calendar fetched over HTTP: only from addresses the guard allows, no larger and no slower than the limits.

    `${NAME}` in its address is replaced when it is fetched, and never shown; neither is any path or query. *largest*
    is bytes once unpacked, *seconds* is for everything together. *folder* is where `${file:...}` starts.
    """

    _calendar: Calendar
    folder: Path
    contact: str = ""
    """Told to the servers, so that they know whom to write to."""
    largest: int = LARGEST
    seconds: float = SECONDS
    resolve: Resolve = addresses
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    @property
    def calendar(self) -> str:
        """Id of the calendar in the roster."""
        return self._calendar.id

    def fetch(self, night: date, stored: Payload | None) -> Payload | None:
        """Fetch the feed as it is now (*night* changes nothing), or None when the server says nothing changed.

        Raises:
            SourceUnreachable: No answer, or "later"; the next try may succeed.
            SourceRefused: The answer was no, or the address may not be reached.
            SourceOversize: More came than *largest*.
            SourceGone: The server says it is gone for good.
        """
        del night
        validators = stored.validators if stored is not None else None
        deadline = Deadline(self.seconds)
        first, *others = self._addresses()
        try:
            return self._follow(first, validators, deadline)
        except SourceUnreachable as error:
            if not others or not isinstance(error.__cause__, httpcore.ConnectError):
                raise
        return self._follow(others[0], validators, deadline)

    # -- addresses -----------------------------------------------------------------------------------------------

    def _addresses(self) -> list[httpx.URL]:
        """Return the address to fetch and, for webcal, the one to try next.

        webcal says neither http nor https: the safe one is asked first. Where a secret is part of it, only that.
        """
        stated = self._calendar.source
        try:
            text = resolve(stated, self.folder).strip()
        except ReferenceMissing as error:
            raise SourceRefused(self.calendar, str(error)) from None
        scheme, _, rest = text.partition("://")
        schemes = {"http": ("http",), "https": ("https",), "webcal": ("https", "http"), "webcals": ("https",)}
        if scheme.lower() not in schemes:
            raise SourceRefused(self.calendar, "its address is neither http, https nor webcal")
        chosen = schemes[scheme.lower()]
        if len(chosen) > 1 and (text != stated.strip() or "@" in rest.split("/")[0]):
            chosen = chosen[:1]
        return [self._url(f"{each}://{rest}") for each in chosen]

    def _url(self, text: str) -> httpx.URL:
        try:
            url = httpx.URL(text)
        except (httpx.InvalidURL, ValueError, TypeError):
            raise SourceRefused(self.calendar, "its address cannot be understood") from None
        if not url.host:
            raise SourceRefused(self.calendar, "its address names no host")
        return url

    # -- one fetch -----------------------------------------------------------------------------------------------

    def _follow(self, url: httpx.URL, validators: Validators | None, deadline: Deadline) -> Payload | None:
        """Fetch *url*, and wherever it redirects to; each step is checked like the first."""
        credentials, origin = url.userinfo, _origin(url)
        backend = GuardedBackend(deadline, private_network=self._calendar.private_network, resolve=self.resolve)
        with httpx.Client(transport=GuardedTransport(backend), follow_redirects=False, trust_env=False) as client:
            for _ in range(REDIRECTS + 1):
                # Names and passwords belong to the origin they were given for.
                auth = _basic(credentials) if credentials and _origin(url) == origin else None
                answer = self._ask(client, url.copy_with(userinfo=b""), validators, auth, deadline)
                if not answer.location:
                    return answer.payload
                url = self._next(url, answer.location)
                client.cookies.clear()
        raise SourceRefused(self.calendar, f"{shown(url)} redirects more than {REDIRECTS} times")

    def _next(self, url: httpx.URL, location: str) -> httpx.URL:
        try:
            target = url.copy_with(userinfo=b"").join(location)
        except (httpx.InvalidURL, ValueError):
            raise SourceRefused(self.calendar, f"{shown(url)} redirects to no address") from None
        if target.scheme not in ("http", "https") or not target.host:
            raise SourceRefused(self.calendar, f"{shown(url)} redirects to what is neither http nor https")
        if url.scheme == "https" and target.scheme == "http":
            raise SourceRefused(self.calendar, f"{shown(url)} redirects from https to http")
        return target

    def _ask(
        self,
        client: httpx.Client,
        url: httpx.URL,
        validators: Validators | None,
        auth: httpx.BasicAuth | None,
        deadline: Deadline,
    ) -> _Answer:
        try:
            timeout = httpx.Timeout(deadline.left(_SILENCE))
            with client.stream("GET", url, headers=self._headers(validators), auth=auth, timeout=timeout) as response:
                return self._understand(response, url, validators)
        except AddressRefused as error:
            raise SourceRefused(self.calendar, str(error)) from error
        except (httpcore.TimeoutException, httpx.TimeoutException) as error:
            raise self._unreachable(url, f"no complete answer within {self.seconds:g} seconds", error) from error
        except (httpcore.ConnectError, httpx.ConnectError) as error:
            raise self._unreachable(url, "no connection", error) from error
        except httpx.RemoteProtocolError as error:
            # httpx's own, not the connection's: it looks at the address of a redirect before we do.
            raise SourceRefused(self.calendar, f"{shown(url)} redirects to no address") from error
        except httpcore.ProtocolError as error:
            raise self._unreachable(url, "the answer broke off, or is no HTTP", error) from error
        except (httpcore.NetworkError, httpx.TransportError, OSError) as error:
            raise self._unreachable(url, "the connection was lost", error) from error
        except zlib.error as error:
            raise self._unreachable(url, "the answer is packed wrongly", error) from error

    def _headers(self, validators: Validators | None) -> dict[str, str]:
        contact = f"; {self.contact}" if _sendable(self.contact) else ""
        headers = {
            "User-Agent": f"outreach-calendar/{version('outreach-calendar')} (reads published calendars{contact})",
            "Accept": "text/calendar, text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, "
            "text/html;q=0.8, */*;q=0.5",
            "Accept-Encoding": "gzip",
        }
        if validators is not None and _sendable(validators.etag):
            headers["If-None-Match"] = validators.etag
        if validators is not None and _sendable(validators.last_modified):
            headers["If-Modified-Since"] = validators.last_modified
        return headers

    def _understand(self, response: httpx.Response, url: httpx.URL, validators: Validators | None) -> _Answer:
        """Turn a response into what came of it; only a good one has its body read."""
        status = response.status_code
        asked = validators is not None and (_sendable(validators.etag) or _sendable(validators.last_modified))
        if status == HTTPStatus.NOT_MODIFIED and asked:
            return _Answer()
        if status in _REDIRECTING:
            location = response.headers.get("location", "")
            if not location:
                raise SourceRefused(self.calendar, f"{shown(url)} redirects to nowhere")
            return _Answer(location=location)
        if status == HTTPStatus.GONE:
            raise SourceGone(self.calendar, f"{shown(url)} is gone for good (410)")
        if status in _TRY_AGAIN or status >= 500 or status == HTTPStatus.NOT_MODIFIED:
            raise SourceUnreachable(self.calendar, f"{shown(url)} answered {_named(status)}", self._wait(response))
        if not 200 <= status < 300:
            raise SourceRefused(self.calendar, f"{shown(url)} answered {_named(status)}")
        media_type, _, parameters = response.headers.get("content-type", "").partition(";")
        name = PurePosixPath(url.path)
        return _Answer(
            Payload(
                body=b"".join(self._body(response, url)),
                media_type=media_type.strip().lower(),
                charset=_charset(parameters),
                # The ending only: elsewhere in an address there may be a key.
                name=f"calendar{name.suffix}" if len(name.suffix) <= 6 else "",
                address=shown(url),
                validators=Validators(response.headers.get("etag", ""), response.headers.get("last-modified", "")),
            )
        )

    def _body(self, response: httpx.Response, url: httpx.URL) -> Iterator[bytes]:
        """Yield the unpacked body, a step at a time, up to the limit."""
        coding = response.headers.get("content-encoding", "").strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip"):
            raise SourceRefused(self.calendar, f"{shown(url)} answered packed in a way that was not asked for")
        stated = response.headers.get("content-length", "")
        if stated.isdigit() and int(stated[:20]) > self.largest:
            raise self._oversize(url)
        raw = response.iter_raw(_STEP)
        count = 0
        for piece in raw if coding in ("", "identity") else _unpacked(raw):
            count += len(piece)
            if count > self.largest:
                raise self._oversize(url)
            yield piece

    # -- errors --------------------------------------------------------------------------------------------------

    def _unreachable(self, url: httpx.URL, what: str, cause: Exception) -> CalendarError:
        error = SourceUnreachable(self.calendar, f"{shown(url)}: {what}")
        # Set here as well as by `raise ... from`, so that the caller may look at it.
        error.__cause__ = cause
        return error

    def _oversize(self, url: httpx.URL) -> SourceOversize:
        return SourceOversize(self.calendar, f"{shown(url)} sends more than {self.largest} bytes")

    def _wait(self, response: httpx.Response) -> float | None:
        """Return the seconds of Retry-After, given as a number or a date."""
        stated = response.headers.get("retry-after", "").strip()
        if stated.isdigit():
            return min(float(stated[:12]), _LONGEST_WAIT)
        try:
            moment = parsedate_to_datetime(stated)
        except (ValueError, TypeError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return min(max(0.0, (moment - self.now()).total_seconds()), _LONGEST_WAIT)


def shown(url: httpx.URL) -> str:
    """Show an address without what may be secret in it.

    >>> shown(httpx.URL("https://ana:pw@example.org:8443/private-k1/basic.ics?key=k2"))
    'https://example.org:8443/...'
    """
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.host}{port}/..."


def _unpacked(raw: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip in steps of bounded size: one piece from the wire may hold a thousand times as much."""
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    begun = False
    for waiting in raw:
        while waiting or begun:
            if inflater.eof:
                if not waiting.strip(b"\0"):
                    # Padding after the last member.
                    break
                inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
            begun = True
            piece = inflater.decompress(waiting, _STEP)
            yield piece
            waiting = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            if not waiting and len(piece) < _STEP:
                break
    if begun and not inflater.eof:
        raise zlib.error("it breaks off")


def _sendable(value: str) -> bool:
    """True for what fits into a header; some servers send what does not."""
    return bool(value) and value.isascii() and value.isprintable()


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _basic(userinfo: bytes) -> httpx.BasicAuth:
    username, _, password = userinfo.partition(b":")
    return httpx.BasicAuth(_unquoted(username), _unquoted(password))


def _unquoted(part: bytes) -> str:
    from urllib.parse import unquote

    return unquote(part.decode("ascii", errors="replace"))


def _charset(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'")[:40]
    return ""


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
