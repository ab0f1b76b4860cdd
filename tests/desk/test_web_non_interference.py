"""Non-interference through the web: a reader's browser gets the same bytes whether or not a hidden record exists."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from desk_server import RunningDesk, running_desk
from hidden_worlds import NEXT, NIGHT, ROSTER, Nights, nights
from hypothesis import HealthCheck, given, settings

from calendar_sync.changes import Changes
from calendar_sync.listings import Listing
from calendar_sync.refresh import Outcome, Refreshed
from flows import loading, steps
from reports.rendering import FORMATS
from store import calendars, decisions
from store.accounts import Role
from store.connecting import connect

WORLDS = int(os.environ.get("OUTREACH_WEB_WORLDS", "60"))
"""Two nights and fourteen answers take a second and a half each; 500 are for whoever has half an hour."""
CONFIG = """\
[committee]
id = "UN1540"
name = "1540 Committee"
time_zone = "America/New_York"
disclaimer = "Positions are quoted."
[state]
folder = "{state}"
[desk]
address = "https://outreach.example.org"
trusted_header = "X-Forwarded-User"
"""
ASKED = ("/yours", "/", "/findings/1", "/organisations/AU", "/log", "/events", "/calendar", "/ledger",
         *(f"/report?format={format_}" for format_ in FORMATS))  # fmt: skip
"""What a reader opens, or tries to."""


def roster_text(state: str) -> str:
    """Write the roster of the worlds down, with its state in a folder of its own; the African Union alone reads."""
    lines = [CONFIG.format(state=state)]
    for one in ROSTER.organisations:
        members = [member.state for member in one.members]
        lines.append(
            f'[[organisations]]\nid = "{one.id}"\nname = "{one.name}"\nmembers = {members}\n'
            f"reads_reports = {str(one.id == 'AU').lower()}\n"
        )
    lines += [
        f'[[calendars]]\nid = "{one.id}"\norganisation = "{one.organisation}"\nsource = "{one.source}"\n'
        f'programme = {str(one.programme).lower()}\nvisibility = "{one.visibility.name.lower()}"\n'
        f"shared_with = {list(one.shared_with)}\n"
        for one in ROSTER.calendars
    ]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """Serve a committee of which a reader of the African Union has an account."""
    folder = tmp_path_factory.mktemp("worlds")
    config = folder / "outreach.toml"
    config.write_text(roster_text("empty"))
    steps.add_account(config, "rita", Role.READER, "AU", "", "the test", datetime(2009, 1, 1, tzinfo=UTC))
    with running_desk(config, datetime(2009, 12, 5, 12, tzinfo=UTC)) as running:
        yield running


def tell(config: Path, told: Nights, state: str) -> None:
    """Let two nights pass as if the calendars had said so; the desk then answers from their state."""
    folder = config.parent / state
    shutil.copytree(config.parent / "empty", folder)
    config.with_suffix(".new").write_text(roster_text(state))
    config.with_suffix(".new").replace(config)
    store = connect(f"sqlite:///{folder / 'outreach.db'}")
    with store.begin() as db:
        for decision in told.decisions:
            decisions.save(db, decision)
    for night, standing in ((NIGHT, told.first), (NEXT, told.second)):
        with store.begin() as db:
            for calendar in sorted(ROSTER.calendars, key=lambda one: one.id):
                mine = tuple(entry for entry in standing if entry.key.calendar == calendar.id)
                calendars.save(db, night, seen(calendar.id, mine))
        steps.write_reports(config, night, ("text",))
    store.close()


def seen(calendar: str, listings: tuple[Listing, ...]) -> Refreshed:
    return Refreshed(calendar, Outcome.READ, listings, Changes((), (), ()))


def read(desk: RunningDesk) -> dict[str, tuple[int, bytes]]:
    """Return all that the reader's browser is given."""
    headers = {"X-Forwarded-User": "rita", "Cookie": "outreach-form=the+same"}
    with httpx.Client(base_url=desk.url, headers=headers, timeout=60, trust_env=False) as client:
        return {path: (answer.status_code, answer.content) for path in ASKED for answer in [client.get(path)]}


@pytest.mark.fault("T27")
@pytest.mark.timeout(3600)
def test_a_hidden_record_changes_not_one_byte_of_what_the_web_shows_a_reader(desk: RunningDesk, record_property):
    """Pages, files and refusals alike: whoever compares two days would see it in any of them."""
    number = 0

    @settings(
        max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
    )
    @given(nights())
    def worlds(drawn: tuple[Nights, Nights]) -> None:
        nonlocal number
        told = []
        for world in drawn:
            number += 1
            tell(desk.config, world, f"world{number}")
            told.append(read(desk))
            for store in loading._OPEN.values():
                store.close()
            loading._OPEN.clear()
            shutil.rmtree(desk.config.parent / f"world{number}")
        without, with_it = told
        assert with_it == without
        assert {path: status for path, (status, _) in with_it.items() if path.startswith(("/report", "/yours"))} == {
            path: 200 for path in ASKED if path.startswith(("/report", "/yours"))
        }

    worlds()
    record_property("cases", WORLDS)
    record_property("measured", f"{len(ASKED)} addresses of the desk, as a reader's browser is answered")
