"""439 real calendars of 43 repositories: what two of three engines agree on, except where a written policy differs."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from calendar_sync.reading import Reading, kinds
from calendar_sync.reading.inspecting import inspect_json
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload

CALENDAR = Calendar("corpus", "ORG", "corpus")
_ROW = re.compile(r"^\| `(?P<file>[^`]+\.ics)` \|.*`(?P<code>[a-z-]+)` \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def policies(repository: Path) -> dict[str, str]:
    """Files that a line of decision 10 covers, and the problem code by which it tells."""
    page = (repository / "docs" / "decisions" / "0010-reading-policy.md").read_text(encoding="utf-8")
    return {row["file"]: row["code"] for row in _ROW.finditer(page)}


@pytest.fixture(scope="module")
def corpus(shared: Path) -> list[tuple[str, dict, Reading]]:
    """Each file's name, what was expected of it, and our reading of it in the same window."""
    folder = shared / "data" / "ics"
    found = []
    for path in sorted((folder / "expected").glob("*.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        body = (folder / expected["file"]).read_bytes()
        first, last = (date.fromisoformat(day[:10]) for day in expected["window"])
        found.append(
            (expected["file"], expected, kinds.read(Payload(body, name="corpus.ics"), CALENDAR, (first, last)))
        )
    return found


def starts(occurrences: list[dict], all_day: str) -> Counter:
    """Count starts; a UID that is not stated may be made up by each engine in its own way."""
    return Counter(
        (bool(one[all_day]), (one["start_utc"] or "").replace("+00:00", "Z") or (one["start"] or "")[:19])
        for one in occurrences
    )


def test_occurrences_are_those_the_engines_agree_on(corpus, policies):
    """Whoever disagrees with two engines should have written down why."""
    differing = {
        file
        for file, expected, reading in corpus
        if "agree" in expected["status"]
        and starts(expected["occurrences"], "allday") != starts(inspect_json(reading)["listings"], "all_day")
    }

    assert differing == policies.keys()


def test_a_policy_that_differs_says_so_as_a_problem(corpus, policies):
    """`outreach inspect` must tell a reader what was chosen for them."""
    told = {file: {problem.code for problem in reading.problems} for file, _, reading in corpus if file in policies}

    assert {file for file, code in policies.items() if code not in told[file]} == set()


def test_a_file_on_which_no_two_engines_agree_has_a_problem_code_each(corpus):
    """No crash, no hang, and never a silence about it."""
    silent = [file for file, expected, reading in corpus if "agree" not in expected["status"] and not reading.problems]

    assert silent == []
