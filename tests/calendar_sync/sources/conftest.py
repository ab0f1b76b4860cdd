"""Real servers on loopback, whose answers each test writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """An HTTP server; *answers* maps paths to functions that write a response, *asked* holds the requests' headers."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def address(self, path: str = "/events.ics", scheme: str = "http", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def says(self, path: str, status: int, body: bytes = b"", **headers: str) -> None:
        """Answer a path with a status, a body and headers (`_` stands for `-`)."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            for name, value in {"Content-Length": str(len(body)), **named}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        self.answers[path] = answer


def start(context=None) -> tuple[ThreadingHTTPServer, Server]:
    """Start a server on a free port, over TLS when given a context."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            answer = server.answers.get(self.path)
            try:
                if answer is None:
                    self.send_error(404)
                else:
                    answer(self)
            except OSError:
                # The client had enough of it, which is what some tests want.
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            """Tests talk enough."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    if context is not None:
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
    server = Server(httpd.server_address[1])
    threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return httpd, server


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts servers, which end with the test."""
    started: list[ThreadingHTTPServer] = []

    def serve_one(context=None) -> Server:
        httpd, server = start(context)
        started.append(httpd)
        return server

    yield serve_one
    for httpd in started:
        httpd.shutdown()
        httpd.server_close()


@pytest.fixture
def server(serve) -> Server:
    """A plain HTTP server."""
    return serve()
