"""A committee with one night behind it, and its desk on the web."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.policy import default
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from desk_programs import program, token_for
from desk_server import CONFIG, LANGUAGES, NIGHT, ORGANISATION, RunningDesk, run_night, running_desk
from desk_visitors import add_people
from published_feed import PublishedFeed, let_publish, published

from flows.latest import latest
from flows.syncing import sync_calendar

TOWNS = (
    ("Harare", "ZW"), ("Lima", "PE"), ("Hanoi", "VN"), ("Riga", "LV"), ("Suva", "FJ"), ("Quito", "EC"), ("Oslo", "NO"),
)  # fmt: skip
"""Far apart, each in a state of its own."""


@pytest.fixture(scope="session")
def after_a_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run one night, once for all tests."""
    folder = tmp_path_factory.mktemp("committee")
    organisations = "".join(
        ORGANISATION.format(id=id_, language=language, domain=id_.lower()) for id_, language in LANGUAGES.items()
    )
    (folder / "outreach.toml").write_text(CONFIG + organisations)
    head = "id,title,start,end,city,country,audience\n"
    (folder / "programme.csv").write_text(
        f"{head}w1,Workshop CANARYPROGRAMME,2007-12-04,2007-12-05,Gaborone,BW,BW; GH\n"
    )
    (folder / "au.csv").write_text(f"{head}a1,Seminar CANARYAFRICA,2007-12-04,2007-12-05,Accra,GH,BW; GH\n")
    run_night(folder / "outreach.toml", NIGHT)
    return folder


@pytest.fixture(scope="session")
def after_a_busy_night(after_a_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run one night with much to decide on, once for all tests: clashes, duplicates, one event in two wordings."""
    folder = tmp_path_factory.mktemp("busy") / "committee"
    folder.mkdir()
    shutil.copy(after_a_night / "outreach.toml", folder)
    head = "id,title,start,end,city,country,audience,language\n"
    (folder / "programme.csv").write_text(
        f"{head}w1,Workshop on implementing resolution 1540 (2004),2007-12-04,2007-12-05,Gaborone,BW,BW; GH,en\n"
        "w2,Workshop on national reports under resolution 1540,2008-02-12,2008-02-14,Accra,GH,BW; GH; KE,en\n"
        "w3,Workshop on export control,2008-05-06,2008-05-07,Nairobi,KE,KE; GH,en\n"
    )
    (folder / "au.csv").write_text(
        f"{head}a1,Seminar on resolution 1540 <script>alert(1)</script>,2007-12-04,2007-12-05,Accra,GH,BW; GH,en\n"
        "a2,ندوة بشأن القرار 1540,2008-02-13,2008-02-14,Nairobi,KE,BW; GH; KE,ar\n"
        "a3,Atelier sur la résolution 1540,2008-03-11,2008-03-12,Accra,GH,BW; GH; KE,fr\n"
        "a4,Export control workshop,2008-05-06,2008-05-07,Nairobi,KE,KE; GH,en\n"
    )
    run_night(folder / "outreach.toml", NIGHT)
    return folder


@pytest.fixture(scope="session")
def after_a_full_december(after_a_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run one night with months to look at, once for all tests: a full day, vague dates, 240 events in 2008."""
    folder = tmp_path_factory.mktemp("full") / "committee"
    folder.mkdir()
    config = (after_a_night / "outreach.toml").read_text()
    (folder / "outreach.toml").write_text(
        f'{config}[[calendars]]\nid = "las"\norganisation = "LAS"\nsource = "las.csv"\n'
    )
    head = "id,title,start,end,date_text,city,country,audience,language,themes,status\n"
    (folder / "programme.csv").write_text(
        f"{head}w1,Workshop on border controls,2007-12-04,2007-12-06,,Gaborone,BW,BW; GH,en,export-control,\n"
    )
    days = "".join(
        f"d{number},Round table of {city},2007-12-05,2007-12-05,,{city},{country},{country},en,,\n"
        for number, (city, country) in enumerate(TOWNS)
    )
    months = "".join(
        f"m{number},Conference {number} of {city},2008-{3 + number // 60:02}-{1 + number % 27:02},,,{city},{country},"
        f"{country},en,,\n"
        for number, (city, country) in enumerate(islice(cycle(TOWNS), 240))
    )
    (folder / "au.csv").write_text(
        f"{head}a1,Seminar on border controls,2007-12-05,2007-12-06,,Accra,GH,BW; GH,en,export-control,\n"
        "v1,Réunion d'experts,,,last week of December 2007,Dakar,SN,SN,fr,,\n"
        "v2,Meeting of officials,,,December 2007,Nairobi,KE,KE,en,,\n"
        "u1,Course for customs officers,,,,Lomé,TG,TG,en,,\n"
        f"c1,Symposium on laboratories,2007-12-12,2007-12-12,,Tunis,TN,TN,en,biosecurity,cancelled\n{days}{months}"
    )
    (folder / "las.csv").write_text(f"{head}l1,ندوة إقليمية,2007-12-18,2007-12-19,,Cairo,EG,EG; SA,ar,biosecurity,\n")
    run_night(folder / "outreach.toml", NIGHT)
    return folder


@pytest.fixture(scope="session")
def full_desk(after_a_full_december: Path) -> Iterator[RunningDesk]:
    """Its desk, for tests that only look."""
    config = after_a_full_december / "outreach.toml"
    add_people(config)
    with running_desk(config, datetime.now(UTC)) as running:
        yield running


@pytest.fixture
def busy(after_a_busy_night: Path, tmp_path: Path) -> Path:
    """The roster of a committee that has much to decide on, and people who may come to its desk."""
    shutil.copytree(after_a_busy_night, tmp_path / "busy")
    config = tmp_path / "busy" / "outreach.toml"
    add_people(config)
    # As the night leaves it: what is laid out is kept under the database's address, and this is another one.
    latest(config)
    return config


@pytest.fixture
def peopled(busy: Path) -> Iterator[RunningDesk]:
    """Its desk."""
    with running_desk(busy, datetime.now(UTC)) as running:
        yield running


@pytest.fixture
def ines(peopled: RunningDesk) -> Iterator[httpx.Client]:
    """A coordinator's program."""
    with program(peopled.url, token_for(peopled.config, "ines")) as client:
        yield client


@pytest.fixture
def config(after_a_night: Path, tmp_path: Path) -> Path:
    """The roster of a committee of this test's own."""
    shutil.copytree(after_a_night, tmp_path / "committee")
    return tmp_path / "committee" / "outreach.toml"


@pytest.fixture
def desk(config: Path) -> Iterator[RunningDesk]:
    """Its desk, a little later: the mails of that night bear the date of today."""
    with running_desk(config, datetime.now(UTC)) as running:
        yield running


@pytest.fixture
def link(config: Path):
    """Return the path of the link to leave by that stands in the mail to an organisation."""

    def path(organisation: str) -> str:
        (mail,) = (config.parent / "state" / "outbox" / NIGHT.isoformat()).glob(f"{organisation}-*.eml")
        header = message_from_bytes(mail.read_bytes(), policy=default)["List-Unsubscribe"]
        return urlsplit(str(header).partition(",")[0].strip("<>")).path

    return path


@pytest.fixture
def feed(busy: Path) -> Iterator[PublishedFeed]:
    """A calendar of ten workshops at an address, in the roster of the busy committee and read on its night."""
    with published() as feed:
        let_publish(busy, feed)
        assert sync_calendar(busy, "feed", NIGHT).listings == 10
        yield feed


@pytest.fixture
def watched(busy: Path, feed: PublishedFeed) -> Iterator[RunningDesk]:
    """The desk of that committee on the day after."""
    with running_desk(busy, datetime.combine(NIGHT + timedelta(days=1), time(12), UTC)) as running:
        yield running
