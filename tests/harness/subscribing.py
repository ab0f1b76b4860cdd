"""A subscriber's own programs: vdirsyncer fetches a feed into a folder, khal lists what is in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

_FORMAT = "¶{title}\t{start-date}\t{end-date}\t{status}\t{location}"


class Entry(NamedTuple):
    """One line of a subscriber's agenda; days as ISO dates, *last* inclusive."""

    title: str
    first: str
    last: str
    status: str
    place: str


class Subscriber:
    """Somebody with a folder, a copy of vdirsyncer and a copy of khal; skip where they are not installed."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        for name in ("vdirsyncer", "khal"):
            if shutil.which(name) is None:
                if os.environ.get("OUTREACH_NOTHING_SKIPPED"):
                    pytest.fail(f"no {name}, where nothing may be skipped")
                pytest.skip(f"no {name} on this machine; nobody subscribes")
        (folder / "calendar").mkdir(parents=True)
        (folder / "vdirsyncer").write_text(
            f'[general]\nstatus_path = "{folder}/status"\n'
            '[pair feed]\na = "remote"\nb = "here"\ncollections = null\nconflict_resolution = "a wins"\n'
            f'[storage remote]\ntype = "http"\nurl = "{address}"\n'
            f'[storage here]\ntype = "filesystem"\npath = "{folder}/calendar"\nfileext = ".ics"\n'
        )
        (folder / "khal").write_text(
            f"[calendars]\n[[feed]]\npath = {folder}/calendar\nreadonly = True\n[sqlite]\npath = {folder}/khal.db\n"
            "[locale]\nlocal_timezone = Africa/Addis_Ababa\ntimeformat = %H:%M\n"
            "dateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
            "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        )

    def sync(self) -> set[str]:
        """Fetch the feed, and return the names under which vdirsyncer keeps its entries: they follow from contents."""
        if not (self.folder / "status").exists():
            self._run("vdirsyncer", "-c", "vdirsyncer", "discover", answers="y\n" * 9)
        self._run("vdirsyncer", "-c", "vdirsyncer", "sync")
        return {path.name for path in (self.folder / "calendar").iterdir()}

    def agenda(self, first: str, days: int) -> list[Entry]:
        """List the events of *days* from *first* on, each once."""
        listed = self._run("khal", "-c", "khal", "list", "--once", "--day-format", "", "--format", _FORMAT,
                           first, f"{days}d")  # fmt: skip
        # A title may hold a line feed, which khal prints.
        return sorted({Entry(*map(str.strip, entry.split("\t"))) for entry in listed.split("¶")[1:]})

    def _run(self, *words: str, answers: str = "") -> str:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        ran = subprocess.run(
            words, cwd=self.folder, input=answers, capture_output=True, text=True, timeout=120,
            env=clean | {"HOME": str(self.folder), "LC_ALL": "C.UTF-8", "NO_PROXY": "127.0.0.1"},
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
        return ran.stdout + ran.stderr


class Shelf(ThreadingHTTPServer):
    """An HTTP server with one file."""

    daemon_threads = True
    body = b""


class _Handler(BaseHTTPRequestHandler):
    server: Shelf

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/calendar; charset=utf-8")
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name in the base class
        """Stay quiet."""


@contextmanager
def served() -> Generator[tuple[Shelf, str]]:
    """Serve one file on loopback, and say under which address."""
    with Shelf(("127.0.0.1", 0), _Handler) as shelf:
        thread = threading.Thread(target=shelf.serve_forever)
        thread.start()
        try:
            yield shelf, f"http://127.0.0.1:{shelf.server_address[1]}/feed.ics"
        finally:
            shelf.shutdown()
            thread.join()
