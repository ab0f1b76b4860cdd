"""Serving the desk: on this machine only, until it asks people who they are."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from calendar_sync.entrance import is_loopback
from calendar_sync.errors import OutreachError
from desk.answering import Clock
from desk.web import application
from flows import steps

_LONGEST_HEAD = 16 * 1024
"""Bytes of a request before its body."""
_AT_ONCE = 200


class OpenToOthers(OutreachError):
    """The desk was asked to listen where other machines reach it."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host

    def __str__(self) -> str:
        return (
            f"The desk does not ask people who they are yet, and other machines would reach it at {self.host}, without "
            "encryption. Nothing was started. Next: leave --host at 127.0.0.1 and put a web server with TLS in front "
            "(docs/desk.md)."
        )


class PlaceTaken(OutreachError):
    """The desk cannot listen where it was asked to."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(host, port, why)
        self.host, self.port, self.why = host, port, why

    def __str__(self) -> str:
        return f"The desk cannot listen at {self.host}, port {self.port}: {self.why}. Next: name another with --port."


@contextmanager
def listening(host: str, port: int) -> Iterator[tuple[socket.socket, str]]:
    """Open a socket on this machine; port 0 takes any. Its address comes with it.

    Raises:
        OpenToOthers: Other machines would reach it.
        PlaceTaken: Something listens there, or nobody may.
    """
    if not is_loopback(host):
        raise OpenToOthers(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind((host, port))
            opened.listen(128)
        except OSError as error:
            raise PlaceTaken(host, port, error.strerror or str(error)) from error
        shown = f"[{host}]" if ":" in host else host
        yield opened, f"http://{shown}:{opened.getsockname()[1]}"


def server(roster_path: Path, clock: Clock) -> uvicorn.Server:
    """Return the desk's server. It writes down no request: their addresses are secret.

    What a web server in front says of its client (X-Forwarded-For, X-Forwarded-Proto) is believed of this machine.
    """
    return uvicorn.Server(
        uvicorn.Config(
            application(roster_path, clock),
            http="h11", ws="none", lifespan="off", access_log=False, log_config=None, server_header=False,
            proxy_headers=True, forwarded_allow_ips=["127.0.0.1", "::1"], limit_concurrency=_AT_ONCE,
            h11_max_incomplete_event_size=_LONGEST_HEAD, timeout_graceful_shutdown=10,
        )
    )  # fmt: skip


def serve(roster_path: Path, opened: socket.socket) -> None:
    """Answer until somebody ends it with Ctrl-C.

    Raises:
        DatabaseUnusable: There is nothing to answer from.
    """
    steps.feeds(roster_path)  # The schema is brought up to date before anybody asks.
    try:
        server(roster_path, lambda: datetime.now(UTC)).run(sockets=[opened])
    except KeyboardInterrupt:
        # The server has answered what was asked, and then passes the signal on.
        return
