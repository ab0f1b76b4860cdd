"""One call opens the database, whatever state it is in, or says in a sentence why it cannot."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text

import store as package
from store import calendars, decisions, findings, nights, outbox
from store.connecting import REVISIONS, DatabaseUnusable, connect
from store.tables import calendar_nights, listing_versions, metadata
from store.tables import outbox as outbox_table

NIGHT = date(2007, 11, 26)
NOON = datetime(2007, 11, 26, 12, tzinfo=UTC)
WRITER = """
import sys
from datetime import date
from store import outbox
from store.connecting import connect
store = connect(sys.argv[1])
{body}
"""


def python(body: str, *arguments: str, folder: Path | None = None, **more) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER.format(body=body), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, **more,
    )  # fmt: skip


# -- schema ---------------------------------------------------------------------------------------------------------


def test_schema_made_by_migrations_is_the_one_the_code_expects(empty_url):
    """Else a fresh install works and an upgraded one does not."""
    store = connect(empty_url)
    with store.read() as db:
        differences = compare_metadata(
            MigrationContext.configure(db, opts={"compare_type": True, "compare_server_default": True}), metadata
        )
    store.close()

    assert differences == []


def test_list_of_released_schemas_is_the_one_alembic_has():
    """`connect` asks that list whether there is anything to do, without importing Alembic."""
    config = Config()
    config.set_main_option("script_location", str(Path(package.__file__).parent / "migrations"))
    revisions = [revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()]

    assert tuple(reversed(revisions)) == REVISIONS


def test_connecting_again_needs_neither_alembic_nor_a_calendar_parser(url):
    """`outreach check` answers within a second; a third of it would go into imports."""
    heavy = "{'alembic', 'icalendar', 'httpx', 'prefect', 'numpy', 'lxml'}"
    body = f"""
from store import calendars, decisions, findings, nights
with store.read() as db:
    calendars.known(db, "unlirec-feed", date(2007, 11, 26)), decisions.load_all(db)
print(sorted({heavy} & sys.modules.keys()))
"""
    process = python(body, url)
    out, err = process.communicate()

    assert (out.strip(), err) == ("[]", "")


def test_first_starts_at_the_same_moment_all_succeed(empty_url, tmp_path):
    """Prefect starts one task per calendar at once, each in its own process, from any folder."""
    processes = [python("print(outbox.__name__); store.close()", empty_url, folder=tmp_path) for _ in range(6)]
    ends = [process.communicate() for process in processes]

    assert [(out.strip(), err) for out, err in ends] == [("store.outbox", "")] * 6


def test_first_starts_of_many_threads_all_succeed(empty_url):
    """Alembic keeps its state in globals."""
    together = threading.Barrier(8)

    def start(_: int) -> int:
        together.wait()
        store = connect(empty_url)
        with store.read() as db:
            count = db.execute(select(func.count()).select_from(calendar_nights)).scalar()
        store.close()
        return count

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(start, range(8))) == [0] * 8


def test_upgrade_that_fails_leaves_nothing_behind(empty_url, monkeypatch, backend):
    """Half a schema could be neither used nor upgraded."""
    from alembic import command

    upgrade = command.upgrade

    def broken_off(*arguments) -> None:
        upgrade(*arguments)
        raise InterruptedError

    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", broken_off)
        with pytest.raises(InterruptedError):
            connect(empty_url)
    if backend == "sqlite":
        raw = sqlite3.connect(empty_url.removeprefix("sqlite:///"))
        assert raw.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
        raw.close()
    connect(empty_url).close()


def test_database_of_a_newer_version_is_left_alone(store, url):
    """An old command must not write into tables it does not understand."""
    with store.begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnusable, match=r"newer version of outreach.*9999.*update outreach"):
        connect(url)


# -- writers --------------------------------------------------------------------------------------------------------


@pytest.mark.fault("T35")
def test_twenty_writers_lose_nothing(url, backend, record_property):
    """Every calendar's task writes into one database: four processes of five threads, two hundred writes each."""
    body = """
from concurrent.futures import ThreadPoolExecutor
def write(thread):
    for n in range(200):
        with store.begin() as db:
            outbox.pending(db, "none")
            assert outbox.put(db, f"{sys.argv[2]}-{thread}", date(2007, 11, 26), "folder", str(n), "p")
with ThreadPoolExecutor(5) as pool:
    list(pool.map(write, range(5)))
print("done")
"""
    processes = [python(body, url, str(number)) for number in range(4)]
    ends = [process.communicate() for process in processes]
    store = connect(url)
    with store.read() as db:
        count = db.execute(select(func.count()).select_from(outbox_table)).scalar()
    store.close()

    assert [(out.strip(), err) for out, err in ends] == [("done", "")] * 4
    assert count == 4000
    record_property("cases", 4000)
    record_property("measured", f"{backend}: 20 writers x 200 writes, 0 errors")


def test_reader_sees_one_state_and_does_not_wait_for_a_writer(store, url):
    """A report must not be made half from before a save and half from after it."""
    other = connect(url)
    with store.read() as reader:
        before = outbox.pending(reader)
        with other.begin() as writer:
            outbox.put(writer, "au", NIGHT, "folder", "h", "p")
            during = outbox.pending(reader)
        after = outbox.pending(reader)
    other.close()

    assert before == during == after == []
    with store.read() as db:
        assert len(outbox.pending(db)) == 1


def test_writer_killed_in_the_middle_leaves_what_was_there(url, backend):
    """Power fails in the middle of a night."""
    body = """
with store.begin() as db:
    for n in range(2000):
        outbox.put(db, "killed", date(2007, 11, 26), "folder", str(n), "p" * 200)
    print("inside", flush=True)
    sys.stdin.read()
"""
    store = connect(url)
    with store.begin() as db:
        outbox.put(db, "au", NIGHT, "folder", "before", "p")
    process = python(body, url, stdin=subprocess.PIPE)
    assert process.stdout.readline() == "inside\n"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with store.begin() as db:
        outbox.put(db, "au", NIGHT, "folder", "after", "p")
        assert [delivery.content_hash for delivery in outbox.pending(db)] == ["before", "after"]
        if backend == "sqlite":
            assert db.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    store.close()


def test_table_rules_hold_on_every_connection(store, a_listing):
    """SQLite forgets foreign keys unless each connection asks for them."""
    with pytest.raises(Exception, match=r"(?i)foreign key"), store.begin() as db:
        db.execute(
            listing_versions.insert().values(
                calendar="nobody", listing="x", night=NIGHT, present=True, digest="", body=""
            )
        )


# -- what goes wrong ------------------------------------------------------------------------------------------------


def test_writer_that_waits_too_long_says_so(tmp_path, monkeypatch):
    """ "database is locked" helps nobody; and the next try may succeed."""
    monkeypatch.setattr("store.connecting.WAIT_SECONDS", 0.2)
    file = tmp_path / "outreach.db"
    store, other = connect(f"sqlite:///{file}"), connect(f"sqlite:///{file}")
    waiting = pytest.raises(DatabaseUnusable, match="another process has been writing")
    with store.begin(), waiting as caught, other.begin():
        pass
    store.close()
    other.close()

    assert caught.value.worth_another_try


def test_full_disk_leaves_the_database_as_it_was(tmp_path):
    """T34: the night is incomplete, the database is whole."""
    store = connect(f"sqlite:///{tmp_path / 'outreach.db'}")
    with pytest.raises(DatabaseUnusable, match=r"the disk is full.*make room"), store.begin() as db:  # noqa: PT012
        pages = db.execute(text("PRAGMA page_count")).scalar()
        db.execute(text(f"PRAGMA max_page_count = {pages + 5}"))
        for number in range(1000):
            outbox.put(db, "au", NIGHT, "folder", str(number), "p" * 1000)
    with store.begin() as db:
        assert outbox.pending(db) == []
        assert db.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert outbox.put(db, "au", NIGHT, "folder", "h", "p")
    store.close()


def test_damaged_or_foreign_file_is_named(tmp_path):
    """A person must learn which file it is, and that nothing was written."""
    file = tmp_path / "notes.txt"
    file.write_text("this is no database, but it is long enough to be looked at as one " * 20)
    with pytest.raises(DatabaseUnusable, match=r"notes.txt: the file is no SQLite database.*Next: check"):
        connect(f"sqlite:///{file}")
    assert file.read_text().startswith("this is no database")


def test_folder_that_cannot_be_made_is_named(tmp_path):
    """The state folder lies under a file."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseUnusable, match="its folder cannot be made"):
        connect(f"sqlite:///{tmp_path / 'file' / 'state' / 'outreach.db'}")


def test_state_folder_is_made(tmp_path):
    """`outreach init` names it, the first night makes it."""
    connect(f"sqlite:///{tmp_path / 'a' / 'b' / 'outreach.db'}").close()
    assert (tmp_path / "a" / "b" / "outreach.db").exists()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "its URL is not one"),
        ("mysql://root:secret@host/x", "mysql is not supported"),
        ("sqlite://", "every night would be forgotten"),
        ("sqlite:///:memory:", "every night would be forgotten"),
        ("postgresql://ines:secret@127.0.0.1:1/x", "no answer"),
        ("postgres://ines:secret@127.0.0.1:1/x", "no answer"),
    ],
)
def test_unusable_address_is_explained_without_its_password(url, told):
    """Log files and screens are seen by others."""
    with pytest.raises(DatabaseUnusable, match=told) as caught:
        connect(url)
    assert "secret" not in str(caught.value)
    assert "Next: " in str(caught.value)


def test_lost_postgresql_connection_is_replaced(postgres, postgres_template):
    """The server was restarted between two calendars."""
    name = postgres.new_database(postgres_template)
    store = connect(postgres.url(name))
    with store.begin() as db:
        outbox.put(db, "au", NIGHT, "folder", "h", "p")
    postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    with store.begin() as db:
        assert len(outbox.pending(db)) == 1
    store.close()


def test_postgresql_connection_lost_in_the_middle_is_a_sentence(postgres, postgres_template):
    """The task that wrote is tried again; nothing of it was kept."""
    name = postgres.new_database(postgres_template)
    store = connect(postgres.url(name))
    with pytest.raises(DatabaseUnusable, match="no answer") as caught, store.begin() as db:  # noqa: PT012
        outbox.put(db, "au", NIGHT, "folder", "h", "p")
        postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        outbox.pending(db)
    assert caught.value.worth_another_try
    with store.read() as db:
        assert outbox.pending(db) == []
    store.close()


def test_every_module_of_the_store_uses_tables_that_exist(store):
    """An empty database answers every question."""
    with store.read() as db:
        assert calendars.health(db, NIGHT) == []
        assert decisions.load_all(db) == []
        assert findings.load_queue(db, "un1540") == []
        assert nights.last_before(db, NIGHT) is None
        assert outbox.of_night(db, NIGHT) == []
