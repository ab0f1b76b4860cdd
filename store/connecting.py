"""The database: SQLite beside the roster, or PostgreSQL by URL; always at the newest schema once connected."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, Table, create_engine, event, text
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError, ProgrammingError

from calendar_sync.errors import OutreachError

REVISIONS = (
    "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013",
    "0014", "0015", "0016", "0017",
)  # fmt: skip
"""Every released schema, oldest first: known here so that Alembic is imported only when there is work for it."""
WAIT_SECONDS = 30
"""How long a writer waits for the one before it."""
_FOREIGN_KEYS = "PRAGMA foreign_keys = ON"
_READING = "outreach_reading"
_ALEMBIC = threading.Lock()
"""Alembic keeps what it is doing in globals."""


class DatabaseUnusable(OutreachError):
    """The database cannot be used now. *worth_another_try* says whether the next try may succeed."""

    def __init__(self, url: URL | str, what: str, next_step: str, *, worth_another_try: bool = False) -> None:
        shown = url if isinstance(url, str) else url.render_as_string(hide_password=True)
        super().__init__(shown, what, next_step)
        self.url, self.what, self.next_step, self.worth_another_try = shown, what, next_step, worth_another_try

    def __str__(self) -> str:
        return f"The database {self.url}: {self.what}. Nothing was written. Next: {self.next_step}."


@dataclass(frozen=True, slots=True)
class Store:
    """An open database. Safe to share between threads; another process opens its own."""

    engine: Engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Write: everything in the block is kept, or nothing. On SQLite one writer at a time, the others wait.

        Raises:
            DatabaseUnusable: Locked for 30 s, full, read-only, damaged or gone; nothing was written.
        """
        with _as_sentences(self.engine.url), self.engine.begin() as db:
            yield db

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read one consistent state, without waiting for any writer.

        Raises:
            DatabaseUnusable: Damaged or gone.
        """
        options = (
            {_READING: True}
            if self.engine.dialect.name == "sqlite"
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        with _as_sentences(self.engine.url), self.engine.execution_options(**options).begin() as db:
            yield db

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def connect(database_url: str) -> Store:
    """Open the database at *database_url* and bring its schema up to date; create it where there is none.

    Raises:
        DatabaseUnusable: It cannot be opened, or was written by a newer version.
    """
    url = _url(database_url)
    engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
    try:
        with _as_sentences(url):
            if not _is_current(engine):
                _migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


def is_ready(database_url: str) -> bool:
    """True when the database is there, answers and is at the newest schema. Nothing is made or changed.

    Raises:
        DatabaseUnusable: It cannot be opened, or was written by a newer version.
    """
    url = _url(database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return False
    engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
    try:
        with _as_sentences(url):
            return _is_current(engine)
    finally:
        engine.dispose()


def exclusively(db: Connection, name: str) -> None:
    """Wait until no other transaction holds *name*, then hold it until this one ends.

    SQLite has one writer at a time anyway.
    """
    if db.dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def insert_unless_there(db: Connection, table: Table, values: Mapping[str, object], column: str) -> int | None:
    """Insert a row and return its integer *column*; None when a row of that key is there already."""
    if db.dialect.name == "postgresql":
        # Only here: the dialect brings in every PostgreSQL driver it knows, which SQLite's users should not wait for.
        from sqlalchemy.dialects.postgresql import insert as insert_postgresql

        statement = insert_postgresql(table).values(values).on_conflict_do_nothing().returning(table.c[column])
    else:
        statement = insert_sqlite(table).values(values).on_conflict_do_nothing().returning(table.c[column])
    return db.execute(statement).scalar()


def _url(database_url: str) -> URL:
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise DatabaseUnusable(
            "named in outreach.toml", "its URL is not one", "write sqlite:///path or postgresql://user@host/name"
        ) from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseUnusable(url, f"{url.get_backend_name()} is not supported", "use sqlite or postgresql")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise DatabaseUnusable(url, "it names no file, so every night would be forgotten", "write sqlite:///path")
    return url


# -- SQLite ---------------------------------------------------------------------------------------------------------


def _sqlite(url: URL) -> Engine:
    file = Path(url.database or "")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnusable(
            url, f"its folder cannot be made ({error.strerror})", "check state.folder in outreach.toml"
        ) from error
    # Opening a file costs less than a millisecond; a pool would only add threads that wait and files that linger.
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False})

    # The driver would begin a transaction only before the first change, and never before a SELECT: two writers that
    # both read first then fail at once instead of waiting. So it is told to begin nothing, and we say BEGIN.
    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        connection.execute(_FOREIGN_KEYS)

    @event.listens_for(engine, "begin")
    def begin(db: Connection) -> None:
        db.exec_driver_sql("BEGIN" if db.get_execution_options().get(_READING) else "BEGIN IMMEDIATE")

    with _as_sentences(url):
        _write_ahead(url.database or "")
    return engine


def _write_ahead(file: str) -> None:
    """Switch to write-ahead logging, which the file remembers. While another process does so, SQLite does not wait."""
    deadline = time.monotonic() + WAIT_SECONDS
    connection = sqlite3.connect(file, timeout=WAIT_SECONDS)
    try:
        while True:
            try:
                if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                    connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return
    finally:
        connection.close()


# -- PostgreSQL -----------------------------------------------------------------------------------------------------


def _postgresql(url: URL) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise DatabaseUnusable(
            url, f"the driver {error.name} is not installed", 'run: pip install "outreach-calendar[postgres]"'
        ) from error


# -- schema ---------------------------------------------------------------------------------------------------------


def _is_current(engine: Engine) -> bool:
    with engine.connect().execution_options(**{_READING: True}) as db:
        try:
            revision = db.execute(text("SELECT version_num FROM alembic_version")).scalar()
        except OperationalError as error:
            if "no such table" not in str(error.orig):
                raise
            return False
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", "") != "42P01":  # undefined_table
                raise
            return False
    if revision is not None and revision not in REVISIONS:
        raise DatabaseUnusable(
            engine.url, f"a newer version of outreach wrote it (schema {revision})", "update outreach, then try again"
        )
    return bool(revision == REVISIONS[-1])


def _migrate(engine: Engine) -> None:
    """Upgrade in one transaction; whoever comes second waits and finds the work done."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with _ALEMBIC, engine.begin() as db:
        exclusively(db, "schema")
        config.attributes["connection"] = db
        command.upgrade(config, "head")


# -- what goes wrong ------------------------------------------------------------------------------------------------

_SQLITE_FAULTS = (
    ("locked", f"another process has been writing for {WAIT_SECONDS} s", "try again when it has ended", True),
    ("full", "the disk is full", "make room, then run the night again", False),
    ("disk I/O", "the disk does not take or give what it should", "make room and look at the disk", False),
    ("readonly", "it is read-only", "give this account the right to write the file and its folder", False),
    ("unable to open", "it cannot be opened", "check the folder and its permissions", False),
    ("malformed", "the file is damaged", "restore it from a backup, or move it away and run the nights again", False),
    ("not a database", "the file is no SQLite database", "check state.database_url in outreach.toml", False),
)


@contextmanager
def _as_sentences(url: URL) -> Iterator[None]:
    """Say what the database's driver complains about in words a person can act on."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        told = str(getattr(error, "orig", error))
        for sign, what, next_step, again in _SQLITE_FAULTS:
            if url.get_backend_name() == "sqlite" and sign in told:
                raise DatabaseUnusable(url, what, next_step, worth_another_try=again) from error
        if isinstance(error, OperationalError) and url.get_backend_name() == "postgresql":
            first_line = " ".join(told.split("\n")[0].split())
            raise DatabaseUnusable(
                url, f"no answer ({first_line})", "check that the server runs and takes this account",
                worth_another_try=True,
            ) from error  # fmt: skip
        raise
