"""The API held against its own document: whatever a program may send, the answer is one that stands there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from desk_programs import token_for
from desk_server import RunningDesk
from page_checkers import schemathesis

SEED, EXAMPLES = 1540, 15
SETTINGS = """\
# Else almost every address with an id leads nowhere.
[dictionaries.organisations]
values = ["AU", "UA", "CIS", "UN1540"]
[dictionaries.numbers]
values = [1, 2, 3]
[dictionaries.states]
values = ["BW", "GH", "KE"]
[dictionaries.calendars]
values = ["programme", "au-events"]
[dictionaries.months]
values = ["2007-12", "2008-02"]
[parameters]
organisation = { dictionary = "organisations", probability = 0.7 }
number = { dictionary = "numbers", probability = 0.7 }
state = { dictionary = "states", probability = 0.7 }
calendar = { dictionary = "calendars", probability = 0.7 }
month = { dictionary = "months", probability = 0.7 }
[checks.positive_data_acceptance]
# 400: what no schema can say, as that a period ends after it begins.
expected-statuses = ["2xx", "400", "401", "403", "404", "409"]
"""


@pytest.mark.fault("T40")
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("account", "only"), [("ines", ""), ("rita", "/(report|me|readiness)$")])
def test_every_answer_is_one_that_the_document_names(
    peopled: RunningDesk, tmp_path: Path, account: str, only: str, record_property
):
    """Status, type, headers and schema, for what fits the document and for what does not; and nothing breaks."""
    (tmp_path / "settings.toml").write_text(SETTINGS)
    token = token_for(peopled.config, account)
    ended = subprocess.run(
        [
            schemathesis(), "--config-file", "settings.toml", "run",
            f"{peopled.url}/api/v1/openapi.json", "--header", f"Authorization: Bearer {token}",
            "--checks", "all", "--seed", str(SEED), "--generation-deterministic", "--max-examples", str(EXAMPLES),
            "--workers", "1", "--warnings", "off", "--continue-on-failure",
            *(("--include-path-regex", only) if only else ()),
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=850,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    cases = re.search(r"(\d+) generated, (\d+) passed", ended.stdout)
    assert cases, ended.stdout
    record_property("cases", int(cases[1]))
    record_property("measured", f"{cases[1]} requests made up from the API's document: every answer is one it names")
