"""Every test of the store runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from postgres_server import PostgresServer
from sqlalchemy import select

from calendar_sync.listings import Listing, ListingKey
from calendar_sync.spans import Span
from store.connecting import Store, connect
from store.tables import metadata

NOON = datetime(2007, 11, 26, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """The database the test runs on."""
    return request.param


@pytest.fixture
def empty_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a database nobody has connected to."""
    if backend == "sqlite":
        return f"sqlite:///{tmp_path / 'state' / 'outreach.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.url(server.new_database())


@pytest.fixture
def url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a database with the schema and nothing in it."""
    if backend == "sqlite":
        address = f"sqlite:///{tmp_path / 'state' / 'outreach.db'}"
        connect(address).close()
        return address
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.url(server.new_database(request.getfixturevalue("postgres_template")))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An open database with nothing in it."""
    opened = connect(url)
    yield opened
    opened.close()


@pytest.fixture
def everything(store: Store) -> Callable[[], dict[str, list[tuple[Any, ...]]]]:
    """Return every row of every table, to compare before and after."""

    def rows() -> dict[str, list[tuple[Any, ...]]]:
        with store.read() as db:
            return {
                table.name: sorted((tuple(row) for row in db.execute(select(table))), key=repr)
                for table in metadata.sorted_tables
            }

    return rows


@pytest.fixture
def a_listing() -> Callable[..., Listing]:
    """Make a listing of the calendar `unlirec-feed`."""

    def make(uid: str, title: str = "Workshop on resolution 1540", **more: Any) -> Listing:
        calendar = more.pop("calendar", "unlirec-feed")
        first = date(2007, 11, 27)
        return Listing(
            ListingKey(calendar, uid), "UNLIREC", title, **{"span": Span.exact(first), "start": first, **more}
        )

    return make
