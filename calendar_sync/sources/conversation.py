"""Questions to a CalDAV server: over the guarded connection of every feed, within one deadline, keys to one origin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus

import httpx

from calendar_sync.errors import CalendarError, SourceGone, SourceOversize, SourceRefused, SourceUnreachable
from calendar_sync.sources.dav_xml import Multistatus, NoMultistatus, multistatus
from calendar_sync.sources.guard import Deadline, GuardedBackend, GuardedTransport, shown
from calendar_sync.sources.http_feed import REDIRECTS, HttpFeed

_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_LATER = frozenset({408, 425, 429, 502, 503, 504})
_AROUND = 64 * 1024
_TIMES = 4
"""Bytes an answer may have beyond the calendar itself: XML says everything twice, and escapes what is left."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, where it was said in the end, and whether the way there is for good."""

    status: int
    url: httpx.URL
    body: bytes = field(default=b"", repr=False)
    location: str = ""
    moved: bool = False

    @property
    def is_multistatus(self) -> bool:
        """True for the only success CalDAV knows."""
        return self.status == HTTPStatus.MULTI_STATUS


@dataclass(frozen=True, slots=True, repr=False)
class Conversation(HttpFeed):
    """One visit to a CalDAV server."""

    deadline: Deadline = field(default_factory=lambda: Deadline(60.0))
    transport: GuardedTransport | None = None

    @contextmanager
    def open(self) -> Iterator[Conversation]:
        """Begin a visit: one connection, one deadline."""
        deadline = Deadline(self._calendar.limits.seconds)
        backend = GuardedBackend(deadline, private_network=self._calendar.private_network, resolve=self.resolve)
        with GuardedTransport(backend) as transport:
            yield replace(self, deadline=deadline, transport=transport)

    def address(self) -> httpx.URL:
        """Return where the roster says the calendar is: caldav is http, caldavs https; `#name` chooses a calendar."""
        scheme, _, rest = self._resolved(self._calendar.source).strip().partition("://")
        known = {"http": "http", "https": "https", "caldav": "http", "caldavs": "https"}
        if scheme.lower() not in known:
            raise SourceRefused(self.calendar, "its address is neither caldav, caldavs, http nor https")
        url = self._url(f"{known[scheme.lower()]}://{rest}")
        return url if url.path else url.copy_with(path="/")

    def ask(self, method: str, url: httpx.URL, body: bytes, depth: int) -> Answer:
        """Ask, and follow where the server points; each step is checked like the first.

        Raises:
            SourceUnreachable: No answer, or "later".
            SourceRefused: The address may not be reached.
            SourceOversize: More came than a calendar of this size needs.
        """
        moved = False
        for step in range(REDIRECTS + 1):
            answer = self._ask(url, self.deadline, partial(self._told, method, url, body, depth))
            if not answer.location:
                return replace(answer, moved=moved)
            moved = answer.status in _FOR_GOOD and (moved or step == 0)
            url = self._next(url, answer.location)
        raise SourceRefused(self.calendar, f"{shown(url)} redirects more than {REDIRECTS} times")

    def read(self, answer: Answer) -> Multistatus:
        """Read a multistatus; anything else is an error of the calendar."""
        if not answer.is_multistatus:
            raise self.refusal(answer)
        try:
            return multistatus(answer.body)
        except NoMultistatus as error:
            raise SourceRefused(self.calendar, f"{shown(answer.url)}: {error}") from None

    def refusal(self, answer: Answer) -> CalendarError:
        """Say what an answer that is no multistatus means."""
        where, status = shown(answer.url), _named(answer.status)
        if answer.status == HTTPStatus.GONE:
            return SourceGone(self.calendar, f"{where} is gone for good (410)")
        if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED):
            return SourceRefused(
                self.calendar, f"{where} answered {status}: username and password are missing or not right"
            )
        if answer.status >= 500 and answer.status != HTTPStatus.NOT_IMPLEMENTED:
            return SourceUnreachable(self.calendar, f"{where} answered {status}")
        if answer.status in (200, 204, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED):
            return SourceRefused(self.calendar, f"{where} answered {status}: no CalDAV is spoken there")
        return SourceRefused(self.calendar, f"{where} answered {status}")

    def _told(self, method: str, url: httpx.URL, body: bytes, depth: int) -> Answer:
        assert self.transport is not None, "a conversation is opened before anything is asked"  # noqa: S101
        headers = {
            **self._headers(None),
            "accept": "application/xml, text/xml",
            "connection": "keep-alive",
            "content-type": "application/xml; charset=utf-8",
            "depth": str(depth),
            **self._keys(self.address()).to(url),
        }
        plain = url.copy_with(userinfo=b"", fragment=None)
        with self._in_our_words(url):
            # Silence is no sign here: some servers look through a whole collection before they answer.
            timeout = httpx.Timeout(self.deadline.left()).as_dict()
            request = httpx.Request(method, plain, headers=headers, content=body, extensions={"timeout": timeout})
            response = self.transport.handle_request(request)
            try:
                return self._answered(response, plain)
            finally:
                response.close()

    def _answered(self, response: httpx.Response, url: httpx.URL) -> Answer:
        status = response.status_code
        if status in _REDIRECTING:
            location = response.headers.get("location", "")
            if not location:
                raise SourceRefused(self.calendar, f"{shown(url)} redirects to nowhere")
            return Answer(status, url, location=location)
        if status in _LATER:
            raise SourceUnreachable(self.calendar, f"{shown(url)} answered {_named(status)}", self._wait(response))
        if status != HTTPStatus.MULTI_STATUS:
            return Answer(status, url)
        return Answer(status, url, b"".join(self._wider._body(response, url)))

    @property
    def _wider(self) -> Conversation:
        limits = self._calendar.limits
        return replace(
            self,
            _calendar=replace(self._calendar, limits=replace(limits, bytes=limits.bytes * _TIMES + _AROUND)),
        )

    def oversize(self) -> SourceOversize:
        """Say that the calendar itself is larger than it may be."""
        largest = self._calendar.limits.bytes
        return SourceOversize(self.calendar, f"its members together have more than {largest} bytes, its limits.bytes")


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
