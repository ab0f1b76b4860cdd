"""A calendar published at an http, https or webcal address."""

from __future__ import annotations

import base64
import hashlib
import re
import time
import traceback
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import TypeVar
from urllib.parse import unquote

import httpcore
import httpx

from calendar_sync.errors import (
    AskedToWait,
    CalendarError,
    SourceGone,
    SourceOversize,
    SourceRefused,
    SourceUnreachable,
)
from calendar_sync.references import ReferenceMissing, holds_reference, resolve
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload, Validators
from calendar_sync.sources.guard import (
    AddressRefused,
    Deadline,
    GuardedBackend,
    GuardedTransport,
    Resolve,
    addresses,
    shown,
)
from calendar_sync.sources.hosts import HOSTS, Hosts

REDIRECTS = 5
RATIO = 200
"""Times its size a packed body may unpack to, beyond the first MiB; calendars reach 40, bombs a thousand."""
MEMBERS = 1000
"""Pieces a packed body may be made of; millions of empty ones keep a processor busy and unpack to nothing."""
_SILENCE = 20.0
"""Seconds a server may say nothing at all."""
_STEP = 64 * 1024
_RATIO_FROM = 1024 * 1024
_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_TRY_AGAIN = frozenset({408, 425, 429})
_LONGEST_WAIT = 7 * 24 * 3600.0
_TRIES = 3
"""Times one address is asked while it says "in a moment"."""
_ENDINGS = frozenset(
    {
        ".ics", ".ical", ".icalendar", ".ifb", ".vcs", ".csv", ".tsv", ".txt", ".xls", ".xlsx", ".ods", ".docx",
        ".html", ".htm", ".xhtml", ".json", ".xml", ".rss", ".atom",
    }
)  # fmt: skip
"""Endings that tell a kind of calendar. Any other part of an address may be a key, and is not repeated."""
_MEDIA_TYPE, _CHARSET = re.compile(r"[a-z0-9-]{1,20}/[a-z0-9.+_-]{1,80}"), re.compile(r"[A-Za-z0-9._:+-]{1,40}")
_DIGESTS = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade", "expect"})
"""Headers that say how a request is made; a roster cannot set them."""

_Said = TypeVar("_Said")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of one address: a payload, nothing new, or another address to go to, now or for good."""

    payload: Payload | None = None
    location: str = ""
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class _Keys:
    """What one origin is told, and no other."""

    origin: tuple[str, str, int | None]
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def to(self, url: httpx.URL) -> Mapping[str, str]:
        """Return what *url* may be told."""
        return self.headers if _origin(url) == self.origin else {}


class _LookedUp:
    """What names meant when they were first looked up: for a fetch they mean nothing else, however often it asks."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._known: dict[str, Sequence[str]] = {}

    def __call__(self, host: str, port: int) -> Sequence[str]:
        if host not in self._known:
            self._known[host] = self._resolve(host, port)
        return self._known[host]


@dataclass(frozen=True, slots=True)
class _Fetching:
    """One fetch: when it must be over, and what names mean in it."""

    deadline: Deadline
    resolve: _LookedUp


class _NobodyListens(SourceUnreachable):
    """No connection came about."""


@dataclass(frozen=True, slots=True, repr=False)
class HttpFeed:
    """A calendar fetched over HTTP: only from addresses the guard allows, no larger and no slower than its limits.

    References in its address, its password and its headers are resolved when it is fetched, and never shown; neither
    is any path or query. *folder* is where `${file:...}` starts.
    """

    _calendar: Calendar
    folder: Path
    contact: str = ""
    """Told to the servers, so that they know whom to write to."""
    resolve: Resolve = addresses
    hosts: Hosts = HOSTS
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def __repr__(self) -> str:
        return f"HttpFeed({self.calendar!r})"

    @property
    def calendar(self) -> str:
        """Id of the calendar in the roster."""
        return self._calendar.id

    def fetch(self, night: date, stored: Payload | None) -> Payload | None:
        """Fetch the feed as it is now (*night* changes nothing), or None when it is still what *stored* holds.

        Raises:
            SourceUnreachable: No answer, or "later"; the next try may succeed.
            AskedToWait: "Later", and later than this calendar may take.
            SourceRefused: The answer was no, or the address may not be reached.
            SourceOversize: More came than its limit.
            SourceGone: The server says it is gone for good.
        """
        del night
        try:
            return self._fetched(stored)
        except CalendarError:
            raise
        except Exception as error:  # noqa: BLE001  its words may quote an address or a header
            frame = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(frame.filename).name}:{frame.lineno}"
            raise SourceUnreachable(self.calendar, f"fetching broke with {type(error).__name__} at {where}") from None

    def _fetched(self, stored: Payload | None) -> Payload | None:
        fetching = _Fetching(Deadline(self._calendar.limits.seconds), _LookedUp(self.resolve))
        first, *others = self._addresses()
        try:
            return self._follow(first, stored, fetching)
        except _NobodyListens:
            if not others:
                raise
        return self._follow(others[0], stored, fetching)

    # -- addresses and keys --------------------------------------------------------------------------------------

    def _addresses(self) -> list[httpx.URL]:
        """Return the address to fetch and, for webcal, the one to try next.

        webcal says neither http nor https: the safe one is asked first. Where there is a secret, only that.
        """
        text = self._resolved(self._calendar.source).strip()
        scheme, _, rest = text.partition("://")
        schemes = {"http": ("http",), "https": ("https",), "webcal": ("https", "http"), "webcals": ("https",)}
        if scheme.lower() not in schemes:
            raise SourceRefused(self.calendar, "its address is neither http, https nor webcal")
        chosen = schemes[scheme.lower()]
        return [self._url(f"{each}://{rest}") for each in (chosen[:1] if self._has_secrets else chosen)]

    @property
    def _has_secrets(self) -> bool:
        """True when the roster gives this calendar something that not everybody may know."""
        calendar = self._calendar
        return bool(
            holds_reference(calendar.source)
            or "@" in calendar.source.partition("://")[2].partition("/")[0]
            or calendar.username
            or calendar.password
            or calendar.headers
        )

    def _resolved(self, text: str) -> str:
        try:
            return resolve(text, self.folder)
        except ReferenceMissing as error:
            raise SourceRefused(self.calendar, str(error)) from None

    def _url(self, text: str) -> httpx.URL:
        try:
            url = httpx.URL(text)
        except (httpx.InvalidURL, ValueError, TypeError):
            raise SourceRefused(self.calendar, "its address cannot be understood") from None
        if not url.host:
            raise SourceRefused(self.calendar, "its address names no host")
        return url

    def _keys(self, url: httpx.URL) -> _Keys:
        """Return the credentials and headers of the roster, for the origin they were given for."""
        username, _, password = (unquote(part) for part in url.userinfo.decode("ascii", "replace").partition(":"))
        username = self._resolved(self._calendar.username) or username
        password = self._resolved(self._calendar.password) or password
        headers: dict[str, str] = {}
        if username or password:
            pair = base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
            headers["authorization"] = f"Basic {pair}"
        for name, value in self._calendar.headers:
            resolved = self._resolved(value).strip()
            if not _is_token(name) or name.lower() in _OURS:
                raise SourceRefused(self.calendar, f"{name!r} is no header that can be set")
            if not _sendable(resolved):
                raise SourceRefused(self.calendar, f"what is to be sent as {name} fits into no header")
            headers[name.lower()] = resolved
        return _Keys(_origin(url), headers)

    # -- one fetch -----------------------------------------------------------------------------------------------

    def _follow(self, url: httpx.URL, stored: Payload | None, fetching: _Fetching) -> Payload | None:
        """Fetch *url*, and wherever it redirects to; each step is checked like the first."""
        keys, url = self._keys(url), url.copy_with(userinfo=b"")
        moved_to, only_for_good = "", True
        for _ in range(REDIRECTS + 1):
            answer = self._ask(url, fetching.deadline, partial(self._send, url, stored, keys, fetching))
            if not answer.location:
                return _news(answer.payload, stored, moved_to)
            url = self._next(url, answer.location)
            only_for_good = only_for_good and answer.for_good
            if only_for_good:
                # No more of it than of any address: a path may hold a key that moved along.
                moved_to = shown(url)
        raise SourceRefused(self.calendar, f"{shown(url)} redirects more than {REDIRECTS} times")

    def _next(self, url: httpx.URL, location: str) -> httpx.URL:
        try:
            target = url.join(location).copy_with(userinfo=b"")
        except (httpx.InvalidURL, ValueError):
            raise SourceRefused(self.calendar, f"{shown(url)} redirects to no address") from None
        if target.scheme not in ("http", "https") or not target.host:
            raise SourceRefused(self.calendar, f"{shown(url)} redirects to what is neither http nor https")
        if url.scheme == "https" and target.scheme == "http":
            raise SourceRefused(self.calendar, f"{shown(url)} redirects from https to http")
        return target

    def _ask(self, url: httpx.URL, deadline: Deadline, send: Callable[[], _Said]) -> _Said:
        """Ask one address (*send*) when its host lets us: in its turn, and again after a wait that it names."""
        host, tries = _host(url), 0
        while True:
            self._wait_as_asked(url, deadline)
            with self.hosts.turn(host) as waited:
                deadline.forgive(waited)
                if self.hosts.seconds_left(host):
                    # Whoever came before us was asked to wait.
                    continue
                tries += 1
                try:
                    return send()
                except SourceUnreachable as error:
                    if error.retry_after is None:
                        raise
                    # At once would be no wait.
                    self.hosts.asked(host, max(1.0, error.retry_after))
                    if tries >= _TRIES:
                        raise

    def _wait_as_asked(self, url: httpx.URL, deadline: Deadline) -> None:
        until, seconds = self.hosts.not_before(_host(url)), self.hosts.seconds_left(_host(url))
        if until is None or seconds <= 0:
            return
        try:
            remaining = deadline.left()
        except httpcore.TimeoutException:
            remaining = 0.0
        if seconds > remaining:
            moment = f"{until.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
            raise AskedToWait(self.calendar, f"{shown(url)} asked to wait until {moment}", seconds)
        time.sleep(seconds)

    def _send(self, url: httpx.URL, stored: Payload | None, keys: _Keys, fetching: _Fetching) -> _Answer:
        """Ask once, over a connection of its own that ends with the answer."""
        # No httpx.Client: it keeps cookies, looks at redirects before we do, and writes addresses into the log.
        backend = GuardedBackend(
            fetching.deadline, private_network=self._calendar.private_network, resolve=fetching.resolve
        )
        headers = {**self._headers(stored.validators if stored is not None else None), **keys.to(url)}
        with self._in_our_words(url):
            timeout = httpx.Timeout(fetching.deadline.left(_SILENCE)).as_dict()
            request = httpx.Request("GET", url, headers=headers, extensions={"timeout": timeout})
            with GuardedTransport(backend) as transport:
                response = transport.handle_request(request)
                try:
                    return self._understand(response, url, stored)
                finally:
                    response.close()

    @contextmanager
    def _in_our_words(self, url: httpx.URL) -> Iterator[None]:
        """Say what happened to a request as errors of a calendar."""
        try:
            yield
        # `from None` throughout: what the libraries say may repeat an address, or what the server made of it.
        except AddressRefused as error:
            raise SourceRefused(self.calendar, str(error)) from None
        except (httpcore.TimeoutException, httpx.TimeoutException):
            raise self._unreachable(
                url, f"no complete answer within {self._calendar.limits.seconds:g} seconds"
            ) from None
        except (httpcore.ConnectError, httpx.ConnectError):
            raise _NobodyListens(self.calendar, f"{shown(url)}: no connection") from None
        except (httpcore.ProtocolError, httpx.ProtocolError):
            raise self._unreachable(url, "the answer broke off, or is no HTTP") from None
        except (httpcore.NetworkError, httpx.TransportError, OSError):
            raise self._unreachable(url, "the connection was lost") from None
        except zlib.error:
            raise self._unreachable(url, "the answer is packed wrongly") from None

    def _headers(self, validators: Validators | None) -> dict[str, str]:
        contact = f"; {self.contact}" if _sendable(self.contact) else ""
        headers = {
            "user-agent": f"outreach-calendar/{version('outreach-calendar')} (reads published calendars{contact})",
            "accept": "text/calendar, text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, "
            "text/html;q=0.8, */*;q=0.5",
            "accept-encoding": "gzip",
            "connection": "close",
        }
        if validators is not None and _sendable(validators.etag):
            headers["if-none-match"] = validators.etag
        if validators is not None and _sendable(validators.last_modified):
            headers["if-modified-since"] = validators.last_modified
        return headers

    def _understand(self, response: httpx.Response, url: httpx.URL, stored: Payload | None) -> _Answer:
        """Turn a response into what came of it; only a good one has its body read."""
        status = response.status_code
        validators = stored.validators if stored is not None else Validators()
        asked = _sendable(validators.etag) or _sendable(validators.last_modified)
        if status == HTTPStatus.NOT_MODIFIED and asked:
            return _Answer()
        if status in _REDIRECTING:
            location = response.headers.get("location", "")
            if not location:
                raise SourceRefused(self.calendar, f"{shown(url)} redirects to nowhere")
            return _Answer(location=location, for_good=status in _FOR_GOOD)
        if status == HTTPStatus.GONE:
            raise SourceGone(self.calendar, f"{shown(url)} is gone for good (410)")
        if status in _TRY_AGAIN or status >= 500 or status == HTTPStatus.NOT_MODIFIED:
            raise SourceUnreachable(self.calendar, f"{shown(url)} answered {_named(status)}", self._wait(response))
        # 206 is a part of a calendar, 202 a promise of one, 204 and 205 none at all.
        if status not in (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION):
            raise SourceRefused(self.calendar, f"{shown(url)} answered {_named(status)}")
        media_type, _, parameters = response.headers.get("content-type", "").partition(";")
        ending = PurePosixPath(url.path).suffix.lower()
        return _Answer(
            Payload(
                body=b"".join(self._body(response, url)),
                media_type=_word(media_type.strip().lower(), _MEDIA_TYPE),
                charset=_word(_charset(parameters), _CHARSET),
                name=f"calendar{ending}" if ending in _ENDINGS else "",
                address=shown(url),
                validators=Validators(response.headers.get("etag", ""), response.headers.get("last-modified", "")),
            )
        )

    def _body(self, response: httpx.Response, url: httpx.URL) -> Iterator[bytes]:
        """Yield the unpacked body, a step at a time, up to the limit; what came must be what was announced."""
        coding = response.headers.get("content-encoding", "").strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip"):
            raise SourceRefused(self.calendar, f"{shown(url)} answered packed in a way that was not asked for")
        largest = self._calendar.limits.bytes
        stated = response.headers.get("content-length", "")
        if stated.isdigit() and int(stated[:20]) > largest:
            raise self._oversize(url)
        wire = _Wire(response.iter_raw(_STEP), _digests(response.headers))
        count = 0
        for piece in wire if coding in ("", "identity") else _unpacked(wire):
            wire.unpacked(piece)
            count += len(piece)
            if count > largest or wire.count > largest:
                raise self._oversize(url)
            if count > _RATIO_FROM and count > RATIO * wire.count:
                raise SourceOversize(
                    self.calendar, f"{shown(url)} sends what unpacks to more than {RATIO} times its size"
                )
            yield piece
        if not wire.is_as_announced:
            raise self._unreachable(url, "what came is not what its digest says")

    # -- errors --------------------------------------------------------------------------------------------------

    def _unreachable(self, url: httpx.URL, what: str) -> SourceUnreachable:
        return SourceUnreachable(self.calendar, f"{shown(url)}: {what}")

    def _oversize(self, url: httpx.URL) -> SourceOversize:
        largest = self._calendar.limits.bytes
        return SourceOversize(self.calendar, f"{shown(url)} sends more than {largest} bytes, its limits.bytes")

    def _wait(self, response: httpx.Response) -> float | None:
        """Return the seconds of Retry-After, given as a number or a date."""
        stated = response.headers.get("retry-after", "").strip()
        if stated.isascii() and stated.isdigit():
            return min(float(stated[:12]), _LONGEST_WAIT)
        try:
            moment = parsedate_to_datetime(stated)
        except (ValueError, TypeError, IndexError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return min(max(0.0, (moment - self.now()).total_seconds()), _LONGEST_WAIT)


class _Wire:
    """The bytes of an answer as they come, counted, and held against the digests it announced."""

    def __init__(self, pieces: Iterator[bytes], announced: Mapping[str, bytes]) -> None:
        self.count = 0
        self._pieces = pieces
        self._announced = [(_hash(name), _hash(name), digest) for name, digest in announced.items()]

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.count += len(piece)
            for packed, _, _ in self._announced:
                packed.update(piece)
            yield piece

    def unpacked(self, piece: bytes) -> None:
        """Take note of what the bytes unpack to."""
        for _, unpacked, _ in self._announced:
            unpacked.update(piece)

    @property
    def is_as_announced(self) -> bool:
        """True when every digest fits what came: packed, as it should, or unpacked, as some servers have it."""
        return all(digest in (packed.digest(), unpacked.digest()) for packed, unpacked, digest in self._announced)


def _hash(name: str) -> hashlib._Hash:
    return hashlib.md5(usedforsecurity=False) if name == "md5" else _DIGESTS[name]()


def _digests(headers: httpx.Headers) -> dict[str, bytes]:
    """Return what Content-MD5 and Content-Digest (RFC 9530) say of the bytes on the wire; nonsense says nothing."""
    said = {"md5": headers.get("content-md5", "").strip()}
    for each in headers.get("content-digest", "").split(","):
        name, _, value = each.strip().partition("=")
        if name.lower() in _DIGESTS and len(value) > 2 and value[0] == value[-1] == ":":
            said[name.lower()] = value[1:-1]
    found: dict[str, bytes] = {}
    for name, value in said.items():
        try:
            digest = base64.b64decode(value, validate=True)
        except ValueError:
            continue
        if len(digest) == _hash(name).digest_size:
            found[name] = digest
    return found


def _news(came: Payload | None, stored: Payload | None, moved_to: str) -> Payload | None:
    """Return what is to be kept of an answer, None when all of it is known.

    Where a body came that is the stored one, with nothing new about it, the server has no way to say "unchanged".
    """
    known = came if came is not None else stored
    if known is None:
        return None
    now = replace(known, moved_to=moved_to)
    return None if now == stored else now


def _unpacked(wire: _Wire) -> Iterator[bytes]:
    """Unpack gzip in steps of bounded size: one piece from the wire may hold a thousand times as much."""
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    members, begun = 1, False
    for waiting in wire:
        while waiting or begun:
            if inflater.eof:
                if not waiting.strip(b"\0"):
                    # Padding after the last member.
                    break
                members += 1
                if members > MEMBERS:
                    raise zlib.error("it is made of too many pieces")
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


def _is_token(name: str) -> bool:
    return bool(name) and name.isascii() and all(letter.isalnum() or letter in "!#$%&'*+-.^_`|~" for letter in name)


def _word(value: str, pattern: re.Pattern[str]) -> str:
    """Return what a server says of its bytes when it has the form of the standards, blank when it is anything else."""
    return value if pattern.fullmatch(value) else ""


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _host(url: httpx.URL) -> str:
    """Name a host as `Hosts` knows it: http and https of one machine are the same one."""
    return url.host if url.port is None else f"{url.host}:{url.port}"


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
