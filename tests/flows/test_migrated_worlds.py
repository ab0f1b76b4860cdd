"""What was hidden in a database of any earlier version stays hidden the night after it was migrated.

Each database has the schema of its version and rows of a whole night, written with SQL and not by the store: what the
calendars said, what was told, decided, delivered and agreed, as far as that version kept it.
"""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from postgres_server import PostgresServer, find_binaries, running
from sqlalchemy import Engine, MetaData, create_engine, text

import store as package
from dedupe.decisions import Verdict
from flows import leasing, steps
from flows.loading import opened
from reports import disclosure
from reports.rendering import FORMATS
from store import approvals
from store.approvals import Approval
from store.connecting import REVISIONS
from store.tables import metadata

FIRST, SECOND = date(2007, 11, 5), date(2007, 11, 6)
NOON = datetime(2007, 11, 5, 12, tzinfo=UTC)
ROSTER = """\
[committee]
id = "UN1540"
name = "1540 Committee"
time_zone = "America/New_York"
contact = "desk@committee.example"
[state]
folder = "state"
{database}
[delivery]
sender = "desk@committee.example"
server = "mail.committee.example"
[[organisations]]
id = "UN1540"
name = "1540 Committee"
reads_reports = true
[[organisations]]
id = "AU"
name = "African Union"
members = ["BW", "GH", "KE", "NG", "ZA"]
reads_reports = true
deliver_to = ["liaison@au.example"]
[[organisations]]
id = "US"
name = "United States"
[[calendars]]
id = "programme"
organisation = "UN1540"
source = "programme.csv"
programme = true
[[calendars]]
id = "au"
organisation = "AU"
source = "au.csv"
[[calendars]]
id = "us"
organisation = "US"
source = "us.ics"
[[calendars]]
id = "us-hidden"
organisation = "US"
source = "us-hidden.csv"
visibility = "hidden"
[[calendars]]
id = "us-busy"
organisation = "US"
source = "us-busy.csv"
visibility = "busy"
shared_with = ["AU"]
"""
HEAD = "id,title,start,end,city,country,audience,published,class\n"
AFRICANS = "BW; GH; KE; NG; ZA"
GABORONE = f"w1,Workshop on resolution 1540 for African States,2007-11-27,2007-11-28,Gaborone,BW,{AFRICANS},2007-10-01,"
ACCRA = f"a1,Seminar on export control and resolution 1540,{{}},2007-12-12,Accra,GH,{AFRICANS},2007-10-02,"
BUSY = f"b1,Visit to a laboratory CANARYBUSY,2008-01-20,2008-01-22,Accra,GH,{AFRICANS},2007-10-03,"
LAGOS = (
    "s2,Round table on licensing and resolution 1540 CANARYCALENDAR,2007-12-03,2007-12-04,Lagos,NG,"
    f"{AFRICANS},2007-10-03,"
)
EVENT = """\
BEGIN:VEVENT
UID:{}
DTSTAMP:20071001T000000Z
SUMMARY:{}
DTSTART;VALUE=DATE:{}
DTEND;VALUE=DATE:{}
LOCATION:{}
{}END:VEVENT
"""
NAIROBI = EVENT.format(
    "n1",
    "Course on border security and resolution 1540 for African States",
    "20080115",
    "20080118",
    "Nairobi, Kenya",
    "",
)
PRIVATE = EVENT.format(
    "s1", "Seminar on export control and resolution 1540 for African States CANARYCLASS", "20071210", "20071213",
    "Accra, Ghana", "CLASS:PRIVATE\n",
)  # fmt: skip
"""Another wording of what everybody may read; LAGOS stands in a calendar that is hidden."""


def publish(folder: Path, night: date, *, secret: bool) -> None:
    """Write the calendars of a night; on the second the seminar in Accra begins a day earlier."""
    first = "2007-12-10" if night == FIRST else "2007-12-09"
    tables = {
        "programme": [GABORONE], "au": [ACCRA.format(first)], "us-hidden": [LAGOS] if secret else [], "us-busy": [BUSY],
    }  # fmt: skip
    for calendar, rows in tables.items():
        (folder / f"{calendar}.csv").write_text("\n".join((HEAD.strip(), *rows, "")))
    events = f"BEGIN:VCALENDAR\nVERSION:2.0\n{NAIROBI}{PRIVATE if secret else ''}END:VCALENDAR\n"
    (folder / "us.ics").write_text(events.replace("\n", "\r\n"), newline="")


def run(folder: Path, night: date, *, secret: bool) -> dict[str, bytes]:
    """Run a night, and return what the African Union gets of it."""
    config = folder / "outreach.toml"
    publish(folder, night, secret=secret)
    with leasing.begin(config, night) as lease:
        for calendar in steps.calendars(config):
            steps.sync_calendar(config, calendar, night, token=lease.token)
        steps.match_and_find(config, night)
        steps.write_reports(config, night, tuple(FORMATS), token=lease.token)
        lease.finish(complete=True)
    return {path.name: path.read_bytes() for path in sorted((folder / f"state/reports/{night}").glob("AU.*"))}


def history(folder: Path, *, secret: bool) -> Path:
    """Make a committee whose first night is done, and on which something was decided and approved."""
    folder.mkdir()
    (folder / "outreach.toml").write_text(ROSTER.format(database=""))
    run(folder, FIRST, secret=secret)
    # What is decided is open to all: that the course in Nairobi repeats the workshop in Gaborone is no problem.
    (entry,) = (
        entry
        for entry in steps.queue(folder / "outreach.toml", FIRST)
        if [event["city"] for event in entry.told["events"]] == ["Gaborone", "Nairobi"]
    )
    steps.settle(folder / "outreach.toml", entry.number, Verdict.DISMISSED, FIRST, by="ines", at=NOON)
    with opened(folder / "outreach.toml") as (_, store), store.begin() as db:
        approvals.save(db, Approval("AU", "liaison@au.example", "version", "ines", NOON))
    return folder


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> Mapping[bool, Path]:
    """The same first night, without the secrets and with them."""
    made = tmp_path_factory.mktemp("histories")
    return {secret: history(made / str(secret), secret=secret) for secret in (False, True)}


# -- databases of earlier versions ----------------------------------------------------------------------------------


def made_by(version: str, engine: Engine, rows_of: Path) -> None:
    """Make the schema of a version, and write into it what it kept of the history in *rows_of*."""
    config = Config()
    config.set_main_option("script_location", str(Path(package.__file__).parent / "migrations"))
    with engine.begin() as db:
        config.attributes["connection"] = db
        command.upgrade(config, version)
    source = create_engine(f"sqlite:///{rows_of / 'state/outreach.db'}")
    there, here = MetaData(), MetaData()
    there.reflect(source)
    here.reflect(engine)
    with source.connect() as old, engine.begin() as db:
        said = {row.digest: row.body for row in old.execute(there.tables["finding_bodies"].select())}
        for name in [table.name for table in metadata.sorted_tables if table.name in here.tables]:
            columns = [column.name for column in here.tables[name].columns]
            told = [dict(row) for row in old.execute(there.tables[name].select()).mappings()]
            if name == "findings" and "body" in columns:
                # What findings said stood in each row until it had a table of its own.
                told = [{**row, "body": said[row["digest"]]} for row in told]
            # Until deliveries had states, nothing was sent but to the folder of reports.
            kept = [row for row in told if name != "outbox" or "state" in columns or row["channel"] == "folder"]
            if kept:
                places = ", ".join(f":{column}" for column in columns)
                quoted = ", ".join(f'"{column}"' for column in columns)
                db.execute(
                    text(f"INSERT INTO {name} ({quoted}) VALUES ({places})"),
                    [{column: row[column] for column in columns} for row in kept],
                )
    source.dispose()


def upgraded(folder: Path, version: str, before: Path, url: str = "") -> Path:
    """Take a committee over into *folder*, with a database of *version* (at *url*, else SQLite) that is migrated."""
    shutil.copytree(before, folder)
    (folder / "state/outreach.db").unlink()
    named = f'database_url = "{url}"' if url else ""
    (folder / "outreach.toml").write_text(ROSTER.format(database=named))
    where = url.replace("postgresql://", "postgresql+psycopg://") or f"sqlite:///{folder / 'state/outreach.db'}"
    engine = create_engine(where)
    made_by(version, engine, before)
    assert _version(engine) == version
    with opened(folder / "outreach.toml"):
        pass
    assert _version(engine) == REVISIONS[-1]
    engine.dispose()
    return folder


def _version(engine: Engine) -> str:
    with engine.connect() as db:
        return str(db.execute(text("SELECT version_num FROM alembic_version")).scalar())


@pytest.fixture(scope="module")
def fresh(histories: Mapping[bool, Path], tmp_path_factory: pytest.TempPathFactory) -> Mapping[bool, dict[str, bytes]]:
    """What the second night gives on databases that never were of another version."""
    made = tmp_path_factory.mktemp("fresh")
    read = {}
    for secret, before in histories.items():
        shutil.copytree(before, made / str(secret))
        read[secret] = run(made / str(secret), SECOND, secret=secret)
    return read


def test_the_history_holds_what_could_leak(histories: Mapping[bool, Path], fresh: Mapping[bool, dict[str, bytes]]):
    """A history without findings, decisions and secrets would prove nothing of those."""
    with opened(histories[True] / "outreach.toml") as (_, store), store.read() as db:
        rows = {table.name: len(db.execute(table.select()).all()) for table in metadata.sorted_tables}
    # Nothing was taught, no host asked to be left alone, nobody subscribed, left, came to the desk or was told anything
    # between nights.
    unused = {
        "teachings", "courtesies", "subscriptions", "departures", "alerts", "alert_rounds", "accounts", "sessions",
        "api_tokens", "remarks", "calendar_doubts", "proposals", "doubt_answers",
    }  # fmt: skip
    assert {name for name, number in rows.items() if not number} == unused
    committee = (histories[True] / f"state/reports/{FIRST}/UN1540.html").read_bytes()
    assert b"CANARYCLASS" in committee
    assert b"CANARYCALENDAR" in committee
    told = fresh[False]["AU.txt"]
    assert b"Accra" in told
    assert b"Busy" in told
    assert b"changed" in told


@pytest.mark.fault("T48")
@pytest.mark.parametrize("version", REVISIONS)
def test_what_is_hidden_stays_hidden_after_a_migration(
    version: str,
    histories: Mapping[bool, Path],
    fresh: Mapping[bool, dict[str, bytes]],
    tmp_path: Path,
    record_property,
):
    """A service that was confidential until it was upgraded was not."""
    record_property("cases", len(FORMATS))
    record_property("measured", f"{version} on SQLite")
    read = {
        secret: run(upgraded(tmp_path / str(secret), version, before), SECOND, secret=secret)
        for secret, before in histories.items()
    }
    assert len(read[False]) == len(FORMATS)
    assert read[True] == read[False]
    assert read[False] == fresh[False]
    assert fresh[True] == fresh[False]


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    """One server for this module."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (no initdb on PATH or in /usr/lib/postgresql)")
    with running(binaries) as server:
        yield server


@pytest.mark.fault("T48")
@pytest.mark.parametrize("version", [REVISIONS[0], REVISIONS[-2], REVISIONS[-1]])
def test_what_is_hidden_stays_hidden_after_a_migration_on_postgresql(
    version: str,
    postgres: PostgresServer,
    histories: Mapping[bool, Path],
    fresh: Mapping[bool, dict[str, bytes]],
    tmp_path: Path,
    record_property,
):
    """The other database upgrades by other statements, and reports the same."""
    record_property("cases", len(FORMATS))
    record_property("measured", f"{version} on PostgreSQL")
    read = {
        secret: run(
            upgraded(tmp_path / str(secret), version, before, postgres.url(postgres.new_database())),
            SECOND,
            secret=secret,
        )
        for secret, before in histories.items()
    }
    assert read[True] == read[False]
    assert read[False] == fresh[False]


def test_a_migration_that_opened_everything_would_be_seen(
    histories: Mapping[bool, Path],
    fresh: Mapping[bool, dict[str, bytes]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    """Else these tests hold nothing."""
    folder = upgraded(tmp_path / "open", REVISIONS[0], histories[True])
    monkeypatch.setattr(disclosure, "world", lambda listings, reader, roster: list(listings))
    read = run(folder, SECOND, secret=True)
    assert read != fresh[False]
    assert b"CANARYCLASS" in read["AU.html"]


# -- databases that earlier versions wrote themselves ---------------------------------------------------------------

RELEASED = Path(__file__).parent / "released"
"""The same first night as the last code of each version wrote it, without the secrets and with them, as SQL."""
TOGETHER = ("0009", "0010", "0011", "0012", "0014", "0015", "0016")
"""Versions that went out with the one after them, so that no code of theirs ever wrote a database."""
WRITTEN = tuple(version for version in REVISIONS[:-1] if version not in TOGETHER)


@pytest.mark.fault("T48")
@pytest.mark.parametrize("version", WRITTEN)
def test_what_an_earlier_version_hid_stays_hidden(version: str, tmp_path: Path, record_property):
    """Bodies, digests and ids are as that version made them, not as this one would."""
    record_property("cases", len(FORMATS))
    record_property("measured", f"{version} as it was written")
    read = {}
    for secret, name in ((False, "without"), (True, "with")):
        folder = tmp_path / name
        (folder / "state").mkdir(parents=True)
        (folder / "outreach.toml").write_text(ROSTER.format(database=""))
        raw = sqlite3.connect(folder / "state/outreach.db")
        raw.executescript(gzip.decompress((RELEASED / f"{version}-{name}.sql.gz").read_bytes()).decode("utf-8"))
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == (version,)
        hidden = raw.execute("SELECT count(*) FROM listing_versions WHERE body LIKE '%CANARYC%'").fetchone()
        assert hidden == (2 if secret else 0,)
        raw.close()
        read[secret] = run(folder, SECOND, secret=secret)
    assert len(read[False]) == len(FORMATS)
    assert read[True] == read[False]
    assert b"Accra" in read[False]["AU.txt"]


def test_every_version_left_a_database():
    """Whoever adds a migration keeps what the version before it wrote."""
    kept = {path.name for path in RELEASED.iterdir()}
    assert kept == {f"{version}-{name}.sql.gz" for version in WRITTEN for name in ("without", "with")}
