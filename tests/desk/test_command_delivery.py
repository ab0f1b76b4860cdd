"""`outreach delivery`, as a coordinator types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from mail_server import Letterbox, mail_server

OUTREACH = Path(sys.executable).with_name("outreach")
CONFIG = """
[committee]
id = "UN1540"
name = "1540 Committee"
time_zone = "UTC"
contact = "desk@committee.example"
[state]
folder = "state"
[delivery]
server = "127.0.0.1"
port = {port}
encryption = "none"
sender = "Outreach desk <desk@committee.example>"
[[organisations]]
id = "UN1540"
name = "1540 Committee"
[[organisations]]
id = "UA"
name = "Union africaine"
languages = ["fr"]
members = ["BW", "GH"]
reads_reports = true
deliver_to = ["liaison@ua.example"]
[[calendars]]
id = "programme"
organisation = "UN1540"
source = "programme.csv"
programme = true
"""


@pytest.fixture
def outreach(tmp_path: Path):
    def run(*words: str, ends: int = 0) -> tuple[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")}
        ended = subprocess.run([OUTREACH, *words], cwd=tmp_path, env=clean, capture_output=True, text=True, timeout=120)
        assert ended.returncode == ends, ended.stderr
        return ended.stdout, ended.stderr

    with mail_server(Letterbox()) as box:
        (tmp_path / "outreach.toml").write_text(CONFIG.format(port=box.port))
        (tmp_path / "programme.csv").write_text(
            "id,title,start,end,city,country,audience\nw1,Workshop,2007-11-27,2007-11-28,Gaborone,BW,BW; GH\n"
        )
        run.box = box
        yield run


def test_from_the_night_to_the_mail(outreach, tmp_path: Path):
    """What a coordinator types in the first week: look, read, edit the letter, approve, send, stop."""
    assert "No report was ever to be sent" in outreach("delivery")[1]
    said = outreach("nightly", "--as-of", "2007-11-05")[1]
    assert "1 waits for approval" in said
    table, next_steps = outreach("delivery")
    assert "liaison@ua.example" in table
    assert "outreach delivery approve UA" in next_steps
    (listed,) = json.loads(outreach("delivery", "--json")[0])
    assert listed["state"] == "approval"
    shown = outreach("delivery", "show", str(listed["number"]))[0]
    assert "Au point de contact de Union africaine," in shown
    assert "la nuit du 5 novembre 2007" in " ".join(shown.split())
    assert "Gaborone" in shown
    assert "\\x0d" not in shown
    assert outreach("delivery", "send")[1] == "1 waits for approval.\n"

    outreach("delivery", "letters", "letters")
    french = tmp_path / "letters" / "fr.txt"
    french.write_text("Subject: Bonjour $nobody\n\nTexte.\n")
    config = tmp_path / "outreach.toml"
    config.write_text(config.read_text().replace("[delivery]", '[delivery]\nletters = "letters"'))
    assert "fr.txt: there is no $nobody" in outreach("delivery", "letter", "UA", ends=2)[1]
    french.write_text("Subject: Bonjour $organisation\n\nNuit du $night.\n\n$disclaimer\n")
    assert outreach("delivery", "letter", "UA")[0].startswith("Bonjour Union africaine")

    assert "1 of its reports can go out" in outreach("delivery", "approve", "UA", "--note", "agreed by telephone")[1]
    assert outreach("delivery", "send")[1] == "1 report sent.\n"
    assert [address for address, _ in outreach.box.arrived] == ["liaison@ua.example"]
    assert "until it is approved again" in outreach("delivery", "hold", "UA")[1]
    assert "There is no delivery 99" in outreach("delivery", "resend", "99", ends=2)[1]
    outreach("delivery", "resend", str(listed["number"]))
    assert outreach("delivery", "send")[1] == "1 waits for approval.\n"
