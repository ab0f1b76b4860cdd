"""`outreach accounts`, as whoever runs the desk types it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from desk_server import CONFIG, ORGANISATION
from desk_visitors import PASSWORD, Visitor

OUTREACH = Path(sys.executable).with_name("outreach")


@pytest.fixture
def outreach(tmp_path: Path):
    (tmp_path / "outreach.toml").write_text(CONFIG + ORGANISATION.format(id="AU", language="en", domain="au"))
    (tmp_path / "secret").write_text(f"{PASSWORD}\n")

    def run(*words: str, ends: int = 0, typed: str = "") -> tuple[str, str]:
        ended = subprocess.run(
            [OUTREACH, "accounts", *words], cwd=tmp_path, env=clean(), capture_output=True, text=True, timeout=120,
            input=typed,
        )  # fmt: skip
        assert ended.returncode == ends, ended.stderr
        return ended.stdout, ended.stderr

    return run


def clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")}


def test_people_are_let_in_listed_and_sent_away(outreach, tmp_path: Path):
    """A password never stands on the command line, where every user of the machine could read it."""
    _, told = outreach("add", "ines", "--role", "coordinator", "--password-file", "secret")
    assert told == "ines may come to the desk as coordinator. Next: outreach desk\n"
    outreach("add", "rita", "--role", "reader", "--organisation", "AU", "--password-file", "-", typed=f"{PASSWORD}\r\n")
    outreach("add", "eva", "--role", "expert", "--without-password")
    listed, _ = outreach("list", "--json")
    assert [(one["name"], one["role"], one["organisation"], one["password"]) for one in json.loads(listed)] == [
        ("eva", "expert", None, False), ("ines", "coordinator", None, True), ("rita", "reader", "AU", True)
    ]  # fmt: skip
    assert PASSWORD not in listed
    table, _ = outreach("list")
    assert re.search(r"rita +reader +AU +by password", table)
    assert "signed out everywhere" in outreach("password", "rita", "--password-file", "secret")[1]
    assert "no account any more" in outreach("remove", "eva")[1]
    for words, why in (
        (("add", "ines", "--role", "expert", "--password-file", "secret"), "There is an account ines already"),
        (
            ("add", "x", "--role", "reader", "--password-file", "secret"),
            "A reader reads the report of one organisation",
        ),
        (("add", "x", "--role", "reader", "--organisation", "XX", "--password-file", "secret"), "XX"),
        (("add", "x", "--role", "king", "--password-file", "secret"), "coordinator, expert, reader"),
        (("remove", "eva"), "There is no account eva"),
        (("password", "eva", "--password-file", "secret"), "There is no account eva"),
    ):
        assert why in outreach(*words, ends=2)[1]
    (tmp_path / "secret").write_text("short\n")
    assert "has 5 characters" in outreach("password", "ines", "--password-file", "secret", ends=2)[1]


def test_programs_get_tokens_that_are_listed_and_revoked(outreach, tmp_path: Path):
    """The token is data, to be piped where it is kept; everything else is talk, and never has it."""
    outreach("add", "ines", "--role", "coordinator", "--password-file", "secret")
    assert outreach("token", "list")[1] == "No program has a token. Next: outreach accounts token add NAME\n"
    assert outreach("token", "list", "--json")[0] == "[]\n"
    token, told = outreach("token", "add", "ines", "--note", "nightly export")
    assert re.fullmatch(r"outreach_[A-Za-z0-9_-]{43}\n", token)
    assert told.startswith("Token 1 of ines; it is not shown again.")
    assert outreach("token", "add", "ines")[0] != token
    listed, _ = outreach("token", "list", "--json")
    schema = json.loads((Path(__file__).parents[2] / "desk" / "schemas" / "tokens.schema.json").read_text())
    jsonschema.validate(json.loads(listed), schema)
    assert [(one["number"], one["account"], one["note"], one["revoked"]) for one in json.loads(listed)] == [
        (1, "ines", "nightly export", None), (2, "ines", "", None)
    ]  # fmt: skip
    assert outreach("token", "revoke", "1")[1].startswith("Token 1 of ines is revoked.")
    assert outreach("token", "revoke", "1")[1].startswith("Token 1 of ines was revoked before.")
    table, _ = outreach("token", "list")
    assert re.search(r"1 +ines +\S+ +never +revoked \S+ +\S+ +nightly export", table)
    assert re.search(r"2 +ines +\S+ +never +in use", table)
    assert token.strip() not in listed + table + told
    assert token.strip().encode() not in (tmp_path / "state" / "outreach.db").read_bytes()
    assert "There is no token 7" in outreach("token", "revoke", "7", ends=2)[1]
    assert "There is no account eva" in outreach("token", "add", "eva", ends=2)[1]
    outreach("remove", "ines")
    assert outreach("token", "list", "--json")[0] == "[]\n"


def test_the_desk_prints_a_link_until_somebody_has_a_password(outreach, tmp_path: Path):
    """Whoever installed it sees the first page without reading a manual."""

    def first_lines() -> tuple[subprocess.Popen[str], str]:
        running = subprocess.Popen(
            [OUTREACH, "desk", "--port", "0"], cwd=tmp_path, env=clean(), stderr=subprocess.PIPE, text=True
        )
        lines = [running.stderr.readline()]
        if not [one for one in json.loads(outreach("list", "--json")[0]) if one["password"]]:
            lines += [running.stderr.readline(), running.stderr.readline()]
        return running, "".join(lines)

    running, told = first_lines()
    try:
        link = re.search(r"Sign in once, within ten minutes: (http://127\.0\.0\.1:\d+)(/sign-in/\S+)\n", told)
        visitor = Visitor(link[1])
        assert visitor.post(link[2], visitor.form_on(link[2])).status_code == 303
        assert "No night has run yet" in visitor.get("/").text
        assert visitor.get(link[2]).status_code == 410
    finally:
        running.send_signal(signal.SIGINT)
        _, rest = running.communicate(timeout=60)
    assert rest == "The desk is closed.\n"
    outreach("add", "ines", "--role", "coordinator", "--password-file", "secret")
    running, told = first_lines()
    running.send_signal(signal.SIGINT)
    _, rest = running.communicate(timeout=60)
    assert "sign-in" not in told + rest
