"""A PostgreSQL server of our own for the tests: started in a folder, gone afterwards, reachable by socket only."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STARTUP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server. *folder* holds its data and its socket."""

    folder: Path

    def url(self, database: str) -> str:
        """Return the address of a database, in the form people write it."""
        return f"postgresql://outreach@/{database}?host={self.folder}"

    def new_database(self, template: str = "template0") -> str:
        """Make a database, a copy of *template*, and return its name."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def run(self, sql: str, database: str = "postgres") -> None:
        """Run one statement outside any transaction."""
        import psycopg

        with psycopg.connect(host=str(self.folder), user="outreach", dbname=database, autocommit=True) as db:
            db.execute(sql)


def find_binaries() -> Path | None:
    """Return the folder that holds initdb and postgres, None where PostgreSQL is not installed."""
    on_path = shutil.which("initdb")
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: folder.parts[-2].zfill(4))
    folders = ([Path(on_path).resolve().parent] if on_path else []) + packaged[::-1]
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


@contextmanager
def running(binaries: Path) -> Iterator[PostgresServer]:
    """Start a server and stop it afterwards. Root starts it as another account, because PostgreSQL refuses root."""
    # Not pytest's folder: nobody but its owner may enter that, and a socket's path has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="outreach-pg-"))
    account = _account()
    who: dict[str, object] = {}
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
    data = folder / "data"
    try:
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "outreach", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True, capture_output=True, cwd=folder, env=environment, **who,
        )  # fmt: skip
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [
                    binaries / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off",
                    "-c", "max_connections=100",
                ],
                stdout=log, stderr=log, cwd=folder, env=environment, **who,
            )  # fmt: skip
        try:
            answering = PostgresServer(folder)
            _wait(answering, server)
            yield answering
        finally:
            server.send_signal(signal.SIGQUIT)
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _wait(server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    deadline = time.monotonic() + STARTUP_SECONDS
    while True:
        try:
            server.run("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((server.folder / "log").read_text(errors="replace")) from None
            time.sleep(0.1)
        else:
            return
