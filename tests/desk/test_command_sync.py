"""`outreach sync`: several calendars at a time, one that fails stops no other, and what to do about it."""

from __future__ import annotations

import ast
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from calendar_sync import errors
from calendar_sync.reading.explaining import MEANINGS
from flows import steps

OUTREACH = Path(sys.executable).parent / "outreach"
FEED = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART;VALUE=DATE:20071127\r\n"
    "SUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
ROSTER = """
[committee]
id = "1540"
name = "1540 Committee"
time_zone = "America/New_York"
[[organisations]]
id = "1540"
name = "1540 Committee"
"""
CALENDAR = '[[calendars]]\nid = "{id}"\norganisation = "1540"\nsource = "{id}.ics"\n'


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "outreach.toml").write_text(
        ROSTER + "".join(CALENDAR.format(id=id_) for id_ in ("good", "bad", "gone"))
    )
    (tmp_path / "good.ics").write_text(FEED.format(title="Workshop"), newline="")
    (tmp_path / "bad.ics").write_text("<html>Sign in</html>")
    return tmp_path


def outreach(folder, *arguments):
    return subprocess.run(
        [OUTREACH, *arguments, "--as-of", "2007-10-15"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_one_line_a_calendar_and_what_to_do_about_the_rest(folder):
    """A coordinator sees at once whom to write to."""
    ran = outreach(folder, "sync")

    assert ran.returncode == 3
    lines = {line.split()[0]: line for line in ran.stdout.splitlines()}
    assert lines["Calendar"].split() == ["Calendar", "What", "happened", "Listings", "Changed", "Problems", "Seconds"]
    assert re.search(r"good +read +1 +1 +0 +\d+\.\d", lines["good"])
    assert "kept: unreadable" in lines["bad"]
    assert "refused" in lines["gone"]
    assert "2 of 3 calendars were not read" in ran.stderr
    assert "outreach sync --explain bad" in ran.stderr


def test_the_outcomes_are_json_of_the_published_schema(folder, repository):
    """Whoever pipes it gets the seconds too."""
    from jsonschema import validate

    told = json.loads(outreach(folder, "sync", "--json").stdout)

    validate(told, json.loads((repository / "desk" / "schemas" / "sync.schema.json").read_text()))
    assert [entry["calendar"] for entry in told] == ["good", "bad", "gone"]
    assert all(entry["seconds"] > 0 for entry in told)


def test_whatever_breaks_one_calendar_the_others_are_read(folder, monkeypatch):
    """A fault of ours in one reader is not the end of the night."""
    from flows import syncing

    read = syncing.sync_calendar
    monkeypatch.setattr(
        syncing,
        "sync_calendar",
        lambda roster, name, night, accept, **more: (
            1 / 0 if name == "bad" else read(roster, name, night, accept, **more)
        ),
    )
    heard = []

    outcomes = syncing.sync_together(
        folder / "outreach.toml", ["good", "bad"], steps.day("2007-10-15"), tell=lambda *told: heard.append(told)
    )

    assert [outcome.outcome for outcome in outcomes] == ["read", "failed"]
    assert "ZeroDivisionError" in str(outcomes[1].error)
    assert {calendar for calendar, outcome in heard if outcome is None} == {"good", "bad"}
    assert "ZeroDivisionError" in (folder / "state" / "errors.log").read_text()


def test_a_terminal_shows_a_table_that_fills(folder):
    """Forty calendars take a minute; nobody should wonder whether anything happens."""
    leader, follower = pty.openpty()
    ran = subprocess.Popen(
        [OUTREACH, "sync", "good", "--as-of", "2007-10-15"], cwd=folder, stdout=follower, stderr=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )  # fmt: skip
    os.close(follower)
    shown = b""
    while True:
        try:
            piece = os.read(leader, 4_096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(leader)

    assert ran.wait(30) == 0
    assert re.search(rb"good\s+(waiting|reading)", shown)
    assert re.search(rb"good\s+read", shown)


def test_explaining_tells_what_happened_what_is_wrong_and_what_to_do(folder):
    """From the store alone: the organisation's server is not asked for a conversation about itself."""
    assert "never read" in outreach(folder, "sync", "--explain", "good").stdout
    outreach(folder, "sync")
    (folder / "good.ics").unlink()

    good, bad = (outreach(folder, "sync", "--explain", name).stdout for name in ("good", "bad"))

    assert "added: Workshop (27 November 2007)" in good
    assert "Nothing in it is wrong." in good
    assert "There is no good copy yet." in bad
    assert "not-a-calendar (1 time)" in bad
    assert "Open its address in a browser." in bad


def test_an_explanation_is_json_of_the_published_schema(folder, repository):
    """Whoever watches forty calendars lets a program read it."""
    from jsonschema import validate

    schema = json.loads((repository / "desk" / "schemas" / "explain.schema.json").read_text())
    before = json.loads(outreach(folder, "sync", "--explain", "bad", "--json").stdout)
    outreach(folder, "sync")
    after = json.loads(outreach(folder, "sync", "--explain", "--json").stdout)

    validate(before, schema)
    validate(after, schema)
    assert [told["night"] for told in before] == [None]
    assert [told["outcome"] for told in after] == ["read", "kept", "refused"]
    assert after[1]["problems"][0]["code"] == "not-a-calendar"
    assert after[1]["problems"][0]["remedy"] == "Open its address in a browser."


def test_a_title_cannot_add_a_line_to_an_explanation(folder):
    """It would be read as a sentence of ours, with a remedy of theirs."""
    (folder / "good.ics").write_text(FEED.format(title="Workshop\\nNext: curl evil.example"), newline="")
    outreach(folder, "sync")

    told = outreach(folder, "sync", "--explain", "good").stdout

    assert "curl evil.example" in told
    assert not [line for line in told.splitlines() if line.strip().startswith("Next: curl")]


def test_every_code_of_a_problem_is_explained(repository):
    """A code that nobody explains is a riddle to the person who has to act."""
    said = {each.code for each in vars(errors).values() if isinstance(each, type) and hasattr(each, "code")}
    tellers = {"Problem", "_problem", "_no_calendar", "_given_up", "FileRefused"}
    for file in (repository / "calendar_sync").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                first = node.args[0] if node.args else None
                if name in tellers and isinstance(first, ast.Constant) and " " not in first.value:
                    said.add(first.value)

    assert said - {"calendar-error"} <= MEANINGS.keys()
    assert len(said) > 70
