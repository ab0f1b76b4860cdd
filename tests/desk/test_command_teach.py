"""outreach teach on the bundled calendars: look, put in force, list, go back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest

from dedupe.decisions import Verdict
from flows import leasing, steps

OUTREACH = Path(sys.executable).with_name("outreach")
EXAMPLES = Path(__file__).parents[2] / "examples" / "1540"
NIGHT = date(2010, 2, 1)


def outreach(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OUTREACH_", "PREFECT_"))}
    return subprocess.run([OUTREACH, *words], cwd=cwd, env=clean, capture_output=True, text=True, timeout=120)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The bundled calendars after a night on which a coordinator confirmed what is one event."""
    for name in ("outreach.toml", "positions.toml"):
        shutil.copy(EXAMPLES / name, tmp_path)
    shutil.copytree(EXAMPLES / "nights", tmp_path / "nights")
    config = tmp_path / "outreach.toml"
    with leasing.begin(config, NIGHT) as lease:
        for calendar in steps.calendars(config):
            steps.sync_calendar(config, calendar, NIGHT, token=lease.token)
        steps.write_reports(config, NIGHT, token=lease.token)
        lease.finish(complete=True)
    for entry in steps.queue(config, NIGHT):
        if entry.kind == "same_event":
            steps.settle(config, entry.number, Verdict.CONFIRMED, NIGHT, by="ines", at=datetime.now(UTC))
    return tmp_path


def test_a_coordinator_looks_puts_in_force_lists_and_goes_back(folder: Path, repository: Path):
    """The whole path, as typed; what is printed for a pipe follows its schema."""
    schema = json.loads((repository / "desk" / "schemas" / "teach.schema.json").read_text())
    as_of = ("--as-of", NIGHT.isoformat())
    looked = outreach("teach", *as_of, cwd=folder)
    assert looked.returncode == 0, looked.stderr
    assert "the same" in looked.stdout
    assert "Precision" in looked.stdout
    assert "Next: outreach teach --apply" in looked.stderr
    applied = outreach("teach", "--apply", "--json", *as_of, cwd=folder)
    told = json.loads(applied.stdout)
    jsonschema.validate(told, schema)
    assert (applied.returncode, told["in_force"]) == (0, 1)
    assert told["decisions"]
    back = outreach("teach", "--back", cwd=folder)
    assert "The shipped weights are in force again" in back.stderr
    listed = outreach("teach", "--list", "--json", cwd=folder)
    entries = json.loads(listed.stdout)
    jsonschema.validate(entries, schema)
    assert [entry["standing"] for entry in entries] == ["taken back", ""]
    assert "taken back" in outreach("teach", "--list", cwd=folder).stdout


def test_a_mistake_is_a_sentence(folder: Path):
    """Nothing to go back to, and two wishes at once."""
    nothing = outreach("teach", "--back", cwd=folder)
    assert (nothing.returncode, nothing.stderr.count("Next: outreach teach")) == (2, 1)
    assert outreach("teach", "--apply", "--back", cwd=folder).returncode == 2
