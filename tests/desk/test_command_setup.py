"""The command before anything is set up: what a newcomer meets first."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

GOOD = '[committee]\nid = "c"\nname = "C"\ntime_zone = "UTC"\n[[organisations]]\nid = "c"\nname = "C"\n'
OUTREACH = Path(sys.executable).with_name("outreach")


def outreach(*words: str, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a folder, without the caller's own configuration."""
    import os

    clean = {name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")}
    return subprocess.run(
        [OUTREACH, *words], cwd=cwd, env=clean | (env or {}), capture_output=True, text=True, timeout=60
    )


def test_init_writes_a_configuration_that_checks_out(tmp_path: Path):
    """The first two commands of a newcomer must fit together."""
    assert outreach("init", cwd=tmp_path).returncode == 0
    checked = outreach("config", "check", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert "committee.time_zone" in checked.stdout
    assert (tmp_path / "state").is_dir()


def test_the_configuration_that_init_writes_names_every_window_and_threshold(tmp_path: Path):
    """A coordinator changes a rule by taking a # away; what stands behind it is what is in force."""
    from dedupe.policy import Policy

    outreach("init", cwd=tmp_path)
    policy = (tmp_path / "outreach.toml").read_text().partition("[policy]")[2]
    written = tomllib.loads("\n".join(re.findall(r"^# ([a-z_]+ = .*)$", policy, re.MULTILINE)))
    assert set(written) == set(Policy.__dataclass_fields__)
    assert Policy.from_table(written) == Policy()


def test_config_check_tells_the_register_and_where_each_setting_comes_from(tmp_path: Path):
    """The values in force must be seen without reading any code."""
    entry = (
        'id = "a"\ntheme = "biosecurity"\nabout = "biosafety"\nactor = "a delegation"\nstates = ["KE"]\n'
        'stance = "it is out of scope"\nday = 2007-10-10\nreported_by = "a mission"\nsource = "a telegram"\n'
    )
    (tmp_path / "positions.toml").write_text(f"[[positions]]\n{entry}")
    (tmp_path / "outreach.toml").write_text(f'positions = "positions.toml"\n{GOOD}[policy]\nload_most = 9\n')
    settings = json.loads(outreach("config", "check", "--json", cwd=tmp_path).stdout)
    told = {entry["name"]: (entry["value"], entry["origin"]) for entry in settings}
    assert told["policy.load_most"] == ("9", "outreach.toml")
    assert told["policy.invited_at_most"] == ("medium", "default")
    assert told["positions"] == ("1 on record, 0 meetings of forums", "positions.toml")


def test_init_never_overwrites(tmp_path: Path):
    """A second init must not lose what somebody wrote."""
    (tmp_path / "outreach.toml").write_text("# mine")
    ran = outreach("init", cwd=tmp_path)
    assert ran.returncode == 2
    assert "left as it is" in ran.stderr
    assert (tmp_path / "outreach.toml").read_text() == "# mine"


def test_no_configuration_is_a_sentence_with_a_next_step(tmp_path: Path):
    """Nobody should meet a traceback for running a command in the wrong folder."""
    ran = outreach("findings", cwd=tmp_path)
    assert ran.returncode == 2
    assert "Next:" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[committee", "not valid TOML"),
        ('[committee]\nid = "c"\nname = "C"\ntime_zone = "Mars/Olympus"\n', "no time zone"),
        ('[committee]\nid = "c"\nname = "C"\ntime_zone = "UTC"\ncolour = "red"\n', "not a setting"),
        ('[committee]\nid = "c"\nname = "C"\ntime_zone = "UTC"\n', "not among the organisations"),
        (
            GOOD + 'members = ["Botswana"]\n',
            "ISO 3166-1",
        ),
        (
            GOOD + '[state]\ndatabase_url = "${NOT_SET_ANYWHERE}"\n',
            "NOT_SET_ANYWHERE",
        ),
    ],
)
def test_a_wrong_configuration_says_where_and_what_next(tmp_path: Path, text: str, says: str):
    """A coordinator mends the file from the message alone."""
    (tmp_path / "outreach.toml").write_text(text)
    ran = outreach("config", "check", cwd=tmp_path)
    assert ran.returncode == 2
    assert says in ran.stderr
    assert "Next:" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_config_check_masks_secrets_and_names_origins(tmp_path: Path, repository: Path):
    """What is printed may be pasted into a mail."""
    outreach("init", cwd=tmp_path)
    ran = outreach(
        "config", "check", "--json", cwd=tmp_path,
        env={"OUTREACH_DATABASE_URL": "postgresql://outreach:hunter2@db.example.org/outreach"},
    )  # fmt: skip
    assert "hunter2" not in ran.stdout + ran.stderr
    settings = json.loads(ran.stdout)
    jsonschema.validate(settings, json.loads((repository / "desk/schemas/config.schema.json").read_text()))
    database = next(entry for entry in settings if entry["name"] == "state.database_url")
    assert database["origin"] == "environment OUTREACH_DATABASE_URL"


@pytest.mark.parametrize(
    "command", ["init", "config", "demo", "nightly", "sync", "inspect", "match", "check", "history", "coverage",
                "findings", "show", "confirm", "dismiss", "report"],
)  # fmt: skip
def test_every_command_explains_itself_with_an_example(tmp_path: Path, command: str):
    """Help without an example is half a help."""
    words = ("config", "check", "--help") if command == "config" else (command, "--help")
    ran = outreach(*words, cwd=tmp_path)
    assert ran.returncode == 0
    assert "Example" in ran.stdout
    assert f"outreach {command}" in ran.stdout
