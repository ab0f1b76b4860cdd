"""Real CalDAV servers on loopback, a fresh folder each; every request is noted."""

from __future__ import annotations

import base64
import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from xml.sax.saxutils import escape

SERVERS = ("radicale", "xandikos")
USER, PASSWORD = "ana", "pula-2007"
_CALENDAR = "<C:calendar/>"
_MAKE = (
    '<?xml version="1.0"?><D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" '
    'xmlns:A="urn:ietf:params:xml:ns:carddav"><D:set><D:prop><D:resourcetype><D:collection/>{kind}</D:resourcetype>'
    "<D:displayname>{name}</D:displayname>{more}</D:prop></D:set></D:mkcol>"
)
_TASKS = '<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>'


@dataclass
class DavServer:
    """A running server, the folder it keeps things in, and what it was asked: (method, path, status)."""

    port: int
    folder: Path
    home: str
    """Path of the folder that holds the calendars of the only user."""
    asked: list[tuple[str, str, int]] = field(default_factory=list)
    authorization: str = ""

    def address(self, path: str = "", scheme: str = "caldav") -> str:
        """Return the address of a path below the home, or of a path from the root when it begins with a slash."""
        return f"{scheme}://127.0.0.1:{self.port}{path if path.startswith('/') else self.home + path}"

    def request(self, method: str, path: str, body: bytes | str = b"", **headers: str) -> int:
        """Send a request of an editor of the calendar, and return the status."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.authorization:
            named["Authorization"] = self.authorization
        target = path if path.startswith("/") else self.home + path
        connection.request(method, target, body.encode() if isinstance(body, str) else body, named)
        status = connection.getresponse().status
        connection.close()
        return status

    def make(self, name: str, kind: str = _CALENDAR, *, called: str = "", tasks: bool = False) -> None:
        """Make a collection in the home."""
        body = _MAKE.format(kind=kind, name=called or name, more=_TASKS if tasks else "")
        status = self.request("MKCOL", f"{name}/", body, Content_Type="application/xml; charset=utf-8")
        assert status in (201, 207), f"the server answered {status} to MKCOL"

    def put(self, path: str, text: bytes | str) -> None:
        """Save a calendar object."""
        status = self.request("PUT", path, text, Content_Type="text/calendar; charset=utf-8")
        assert status in (200, 201, 204), f"the server answered {status} to PUT"

    def delete(self, path: str) -> None:
        """Delete an object or a collection."""
        assert self.request("DELETE", path) in (200, 204)

    @contextmanager
    def noted(self) -> Iterator[list[tuple[str, str, int]]]:
        """Collect the requests made meanwhile."""
        before, seen = len(self.asked), list[tuple[str, str, int]]()
        yield seen
        seen += self.asked[before:]


class _Threading(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Tests talk enough."""


@contextmanager
def running(kind: str, folder: Path, *, password: bool = False) -> Iterator[DavServer]:
    """Run one of SERVERS in threads of this process, its calendars kept in *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    app, home = _radicale(folder, password=password) if kind == "radicale" else _xandikos(folder)
    server = DavServer(0, folder, home)
    if password:
        server.authorization = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    guarded = _behind_password(app, server.authorization) if password and kind != "radicale" else app

    def noting(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            server.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], int(status[:3])))
            return start_response(status, headers, *rest)

        # wsgiref's input has no end, and xandikos reads up to it.
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        return guarded(environ, start)

    httpd = make_server("127.0.0.1", 0, noting, server_class=_Threading, handler_class=_Quiet)
    server.port = httpd.server_port
    threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        if kind == "radicale":
            # Radicale makes a user's folder at the first request of that user.
            server.request("PROPFIND", home, Depth="0")
        server.asked.clear()
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()


def _radicale(folder: Path, *, password: bool) -> tuple[Callable[..., Any], str]:
    from radicale import Application, config

    settings = config.load()
    auth: dict[str, Any] = {"type": "none"}
    if password:
        users = folder / "users"
        users.write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
        auth = {"type": "htpasswd", "htpasswd_filename": str(users), "htpasswd_encryption": "plain", "delay": 0}
    settings.update(
        {
            "storage": {"filesystem_folder": str(folder / "storage"), "_filesystem_fsync": False},
            "auth": auth,
            "rights": {"type": "authenticated" if not password else "owner_only"},
            "logging": {"level": "critical"},
            "web": {"type": "none"},
        },
        "tests",
        privileged=True,
    )
    (folder / "storage" / "collection-root" / USER).mkdir(parents=True, exist_ok=True)
    return Application(settings), f"/{USER}/"


def _xandikos(folder: Path) -> tuple[Callable[..., Any], str]:
    from xandikos.web import SingleUserFilesystemBackend, XandikosApp

    backend = SingleUserFilesystemBackend(str(folder))
    backend.create_principal(f"/{USER}/", create_defaults=False)
    (folder / USER / "calendars").mkdir(parents=True, exist_ok=True)
    return XandikosApp(backend, f"/{USER}/").handle_wsgi_request, f"/{USER}/calendars/"


def _behind_password(app: Callable[..., Any], expected: str) -> Callable[..., Any]:
    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ.get("HTTP_AUTHORIZATION") != expected:
            start_response("401 Unauthorized", [("WWW-Authenticate", 'Basic realm="calendars"')])
            return [b""]
        return app(environ, start_response)

    return guarded


@contextmanager
def radicale_process(folder: Path) -> Iterator[DavServer]:
    """Run Radicale in a process of its own, so that its work and that of the client are not one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = {
        "server-hosts": f"127.0.0.1:{port}",
        "auth-type": "none",
        "storage-filesystem-folder": str(folder),
        "logging-level": "critical",
    }
    command = [
        sys.executable,
        "-m",
        "radicale",
        "--config",
        "",
        *(f"--{key}={value}" for key, value in arguments.items()),
    ]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONWARNINGS": "ignore"}, stderr=subprocess.DEVNULL)
    server = DavServer(port, folder, f"/{USER}/")
    try:
        for _ in range(200):
            try:
                server.request("PROPFIND", server.home, Depth="0")
                break
            except OSError:
                time.sleep(0.05)
        (folder / "collection-root" / USER).mkdir(parents=True, exist_ok=True)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


# -- a server that says what a test wants ------------------------------------------------------------------------

Reply = tuple[int, str | bytes]
_REPORTS = {"<d:sync-collection": "sync", "<c:calendar-multiget": "multiget", "<c:calendar-query": "query"}


@dataclass
class ScriptedDav:
    """A CalDAV server with one collection, well behaved but for what a test puts into *instead*.

    Its keys are what can be asked: list (PROPFIND, Depth 1), look (Depth 0), sync, multiget, query; its values are
    functions of the request's body.
    """

    port: int = 0
    members: dict[str, tuple[str, str]] = field(default_factory=dict)
    """ETag and text by name."""
    token: str = "t1"
    instead: dict[str, Callable[[str], Reply]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    """Sent with every answer."""
    heard: list[dict[str, str]] = field(default_factory=list)
    path: str = "/ana/meetings/"

    def address(self, path: str = "", scheme: str = "caldav") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path or self.path}"

    def reply(self, kind: str, body: str) -> Reply:
        return self.instead[kind](body) if kind in self.instead else getattr(self, f"_{kind}")(body)

    def own(self, token: str = "", kinds: str = "<d:collection/><c:calendar/>") -> str:
        said = f"<d:sync-token>{token}</d:sync-token>" if token else ""
        return response(self.path, f"<d:resourcetype>{kinds}</d:resourcetype>{said}")

    def etags(self, names: Iterable[str]) -> str:
        return "".join(response(self.path + n, f"<d:getetag>{self.members[n][0]}</d:getetag>") for n in names)

    def _list(self, body: str) -> Reply:
        return 207, multistatus(self.own(self.token) + self.etags(self.members))

    def _look(self, body: str) -> Reply:
        return 207, multistatus(self.own(self.token))

    def _query(self, body: str) -> Reply:
        return 207, multistatus(self.etags(self.members))

    def _sync(self, body: str) -> Reply:
        if f">{self.token}<" in body:
            return 207, multistatus("", self.token)
        if "<d:sync-token></d:sync-token>" in body:
            return 207, multistatus(self.etags(self.members), self.token)
        return 403, '<d:error xmlns:d="DAV:"><d:valid-sync-token/></d:error>'

    def _multiget(self, body: str) -> Reply:
        told = []
        for href in re.findall(r"<d:href>([^<]*)</d:href>", body):
            name = href.removeprefix(self.path)
            if name in self.members:
                etag, text = self.members[name]
                told.append(
                    response(href, f"<d:getetag>{etag}</d:getetag><c:calendar-data>{escape(text)}</c:calendar-data>")
                )
            else:
                told.append(response(href, status=404))
        return 207, multistatus("".join(told))


def response(href: str, props: str = "", *, status: int = 0) -> str:
    """Say something of one address."""
    if status:
        return f"<d:response><d:href>{href}</d:href><d:status>HTTP/1.1 {status} X</d:status></d:response>"
    return (
        f"<d:response><d:href>{href}</d:href><d:propstat><d:prop>{props}</d:prop>"
        "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )


def multistatus(responses: str, token: str = "") -> str:
    """Put together what is said of several."""
    said = f"<d:sync-token>{token}</d:sync-token>" if token else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?><d:multistatus xmlns:d="DAV:" '
        f'xmlns:c="urn:ietf:params:xml:ns:caldav">{responses}{said}</d:multistatus>'
    )


@contextmanager
def scripted() -> Iterator[ScriptedDav]:
    """Run a server that a test writes the answers of."""
    server = ScriptedDav()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PROPFIND(self) -> None:
            self.answer("list" if self.headers.get("Depth") == "1" else "look")

        def do_REPORT(self) -> None:
            self.answer("")

        def answer(self, kind: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            kind = kind or next(each for name, each in _REPORTS.items() if name in body)
            server.asked.append(kind)
            server.heard.append({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}})
            status, text = server.reply(kind, body)
            sent = text.encode() if isinstance(text, str) else text
            self.send_response(status)
            for name, value in {"Content-Length": str(len(sent)), **server.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *args: object) -> None:
            """Tests talk enough."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    server.port = httpd.server_address[1]
    threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
