"""The roster is understood once: the desk asks for it at every request. What is written always counts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from calendar_sync import roster
from calendar_sync.errors import RosterError

CONFIG = """\
positions = "positions.toml"
[committee]
id = "UN1540"
name = "1540 Committee"
time_zone = "UTC"
[state]
folder = "state"
database_url = "sqlite:///${NAME_OF_DATABASE}"
[[organisations]]
id = "UN1540"
name = "1540 Committee"
"""
POSITIONS = '[[positions]]\nstate = "BW"\n'


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NAME_OF_DATABASE", "one.db")
    (tmp_path / "positions.toml").write_text(POSITIONS)
    path = tmp_path / "outreach.toml"
    path.write_text(CONFIG)
    return path


def test_what_nobody_changed_is_the_same_roster(config: Path):
    """Reading a file takes a fiftieth of what understanding it takes."""
    assert roster.load(config) is roster.load(config)


def test_a_change_counts_though_the_file_looks_the_same_from_outside(config: Path):
    """Editors and copies keep sizes and times; consent that was withdrawn must count at once all the same."""
    before, seen = roster.load(config), config.stat()
    config.write_text(CONFIG.replace("1540 Committee", "1541 Committee"))
    os.utime(config, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    after = roster.load(config)

    assert config.stat().st_size == seen.st_size
    assert (before.committee.name, after.committee.name) == ("1540 Committee", "1541 Committee")


def test_a_change_of_what_it_names_counts(config: Path, monkeypatch: pytest.MonkeyPatch):
    """Positions stand in a file of their own, and the database may be named by the environment."""
    before = roster.load(config)
    (config.parent / "positions.toml").write_text(POSITIONS.replace("BW", "GH"))
    positions = roster.load(config)
    monkeypatch.setenv("NAME_OF_DATABASE", "two.db")
    named = roster.load(config)
    monkeypatch.setenv("OUTREACH_DATABASE_URL", "sqlite:///three.db")
    told = roster.load(config)

    assert positions.register["positions"][0]["state"] == "GH"
    assert positions.register != before.register
    assert [one.database_url for one in (before, positions, named, told)] == [
        "sqlite:///one.db", "sqlite:///one.db", "sqlite:///two.db", "sqlite:///three.db",
    ]  # fmt: skip


def test_what_can_no_longer_be_read_is_refused_and_read_again_when_it_can(config: Path):
    """Somebody saves half a file; the desk says so, and goes on when it is whole."""
    assert roster.load(config)
    config.write_text(CONFIG + "[")
    with pytest.raises(RosterError, match="not valid TOML"):
        roster.load(config)
    config.write_text(CONFIG)
    (config.parent / "positions.toml").unlink()
    with pytest.raises(RosterError, match="positions"):
        roster.load(config)
    (config.parent / "positions.toml").write_text(POSITIONS)
    assert roster.load(config)


def test_many_rosters_do_not_stay_for_ever(config: Path, tmp_path: Path):
    """A process that looks at hundreds keeps a few."""
    for number in range(100):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "positions.toml").write_text(POSITIONS)
        (folder / "outreach.toml").write_text(CONFIG)
        roster.load(folder / "outreach.toml")
    assert len(roster._UNDERSTOOD) <= roster._MOST_UNDERSTOOD
