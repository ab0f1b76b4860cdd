"""Serving the desk: on this machine only, unless it can ask people who they are."""

from __future__ import annotations

import gc
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import uvicorn
from anyio import to_thread
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from calendar_sync import roster
from calendar_sync.entrance import LOOPBACK, is_loopback
from calendar_sync.errors import OutreachError
from desk import thrift
from desk.answering import Clock
from desk.one_time_link import OneTimeLink
from desk.web import application
from flows import steps
from flows.jobs import Jobs

_LONGEST_HEAD = 16 * 1024
"""Bytes of a request before its body."""
_AT_ONCE = 200
_THREADS = 16
"""Of these a few may wait: for a report that is being written, or for a night that writes."""


class OpenToOthers(OutreachError):
    """The desk was asked to listen where other machines reach it."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host

    def __str__(self) -> str:
        return (
            f"Other machines would reach the desk at {self.host}, and it could not ask people who they are, or does "
            "not know its address. Nothing was started. Next: leave --host at 127.0.0.1 and put a web server with TLS "
            "in front; or, where that is another machine, outreach accounts add NAME --role coordinator, and in "
            "outreach.toml [desk] address (docs/desk.md)."
        )


class PlaceTaken(OutreachError):
    """The desk cannot listen where it was asked to."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(host, port, why)
        self.host, self.port, self.why = host, port, why

    def __str__(self) -> str:
        return f"The desk cannot listen at {self.host}, port {self.port}: {self.why}. Next: name another with --port."


@contextmanager
def listening(host: str, port: int, *, guarded: bool = False) -> Iterator[tuple[socket.socket, str]]:
    """Open a socket on this machine; port 0 takes any. Its address comes with it.

    Only a *guarded* desk, which asks people who they are, listens where other machines reach it.

    Raises:
        OpenToOthers: Other machines would reach it.
        PlaceTaken: Something listens there, or nobody may.
    """
    if not guarded and not is_loopback(host):
        raise OpenToOthers(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named: only then does asyncio turn off Nagle's algorithm, which holds every answer back by 40 ms.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind((host, port))
            opened.listen(128)
        except OSError as error:
            raise PlaceTaken(host, port, error.strerror or str(error)) from error
        shown = f"[{host}]" if ":" in host else host
        yield opened, f"http://{shown}:{opened.getsockname()[1]}"


class PeerKept:
    """Keeps who is really at the other end, before what a web server in front says of its client takes its place."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if scope["type"] == "http":
            scope["peer"] = scope["client"][0] if scope.get("client") else ""
        await self._app(scope, receive, send)


class _Server(uvicorn.Server):
    """A server that ends the desk's jobs before it waits for who listens to them, and answers so many at a time."""

    def __init__(self, config: uvicorn.Config, jobs: Jobs) -> None:
        super().__init__(config)
        self._jobs = jobs

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer. With two processors more at a time are no sooner done, and each takes its memory."""
        to_thread.current_default_thread_limiter().total_tokens = _THREADS
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nothing outlive the desk."""
        await to_thread.run_sync(self._jobs.close)
        await super().shutdown(sockets)


def server(roster_path: Path, clock: Clock, link: OneTimeLink | None = None) -> uvicorn.Server:
    """Return the desk's server. It writes down no request: their addresses are secret.

    What a web server in front says of its client (X-Forwarded-For, X-Forwarded-Proto) is believed of this machine, and
    of the proxies that outreach.toml trusts.
    """
    trusted = [*LOOPBACK, *roster.load(roster_path).entrance.trusted_proxies]
    answers = application(roster_path, clock, link)
    # The two describe one interface in types of their own.
    desk: Any = ProxyHeadersMiddleware(cast("Any", answers), trusted_hosts=trusted)
    return _Server(
        uvicorn.Config(
            PeerKept(desk),
            http="h11", ws="none", lifespan="off", access_log=False, log_config=None, server_header=False,
            proxy_headers=False, limit_concurrency=_AT_ONCE,
            h11_max_incomplete_event_size=_LONGEST_HEAD, timeout_graceful_shutdown=10,
        ),
        answers.state.desk.jobs,
    )  # fmt: skip


def guarded(roster_path: Path) -> bool:
    """True when the desk knows its own address and can ask people who they are, so that it may be reached by others."""
    entrance = roster.load(roster_path).entrance
    return bool(entrance.address) and (bool(entrance.trusted_header) or not needs_link(roster_path))


def needs_link(roster_path: Path) -> bool:
    """True while no coordinator can sign in with a password, and no web server in front says who comes.

    Raises:
        DatabaseUnusable: There is nothing to answer from.
    """
    if roster.load(roster_path).entrance.trusted_header:
        return False
    # This brings the schema up to date, too, before anybody asks.
    return not any(one.password and one.role == "coordinator" for one in steps.accounts_of(roster_path))


def serve(roster_path: Path, opened: socket.socket, link: OneTimeLink | None = None) -> None:
    """Answer until somebody ends it with Ctrl-C.

    Raises:
        DatabaseUnusable: There is nothing to answer from.
    """
    steps.feeds(roster_path)  # The schema is brought up to date before anybody asks.
    thrift.give_back()
    made = server(roster_path, lambda: datetime.now(UTC), link)
    # What is loaded now stays: nobody need look through it for garbage while somebody waits.
    gc.collect()
    gc.freeze()
    try:
        made.run(sockets=[opened])
    except KeyboardInterrupt:
        # The server has answered what was asked, and then passes the signal on.
        return
