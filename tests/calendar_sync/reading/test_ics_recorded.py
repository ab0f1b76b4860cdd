"""Calendars as producers write them, with their readings recorded beside them, and the words of decision 10."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from calendar_sync.reading import kinds
from calendar_sync.reading.inspecting import inspect_json
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload

FOLDER = Path(__file__).resolve().parents[2] / "calendars" / "ics"
RECORDED = sorted(FOLDER.glob("*.json"))
TOLD = re.compile(r"[Pp]roblem\(\s*\"([a-z0-9-]+)\"")
MENDED = re.compile(r"^    \([a-z_]+, \"([a-z-]+)\"", re.MULTILINE)


@pytest.mark.parametrize("recorded", RECORDED, ids=[path.stem for path in RECORDED])
def test_a_calendar_reads_as_it_did(recorded):
    """A change of reading is seen here first; `outreach inspect FILE --json` records it anew when it is right."""
    file = recorded.with_suffix("")
    reading = kinds.read(Payload(file.read_bytes(), name=file.name), Calendar("inspected", "", file.name))
    expected, found = json.loads(recorded.read_text(encoding="utf-8")), inspect_json(reading)
    assert found["listings"] == expected["listings"]
    assert [problem["code"] for problem in found["problems"]] == [problem["code"] for problem in expected["problems"]]


def test_every_code_an_event_may_get_is_explained(repository):
    """A code in the output of `outreach inspect` that no page explains helps nobody."""
    page = (repository / "docs" / "decisions" / "0010-reading-policy.md").read_text(encoding="utf-8")
    reading = repository / "calendar_sync" / "reading"
    sources = [
        (reading / f"{name}.py").read_text(encoding="utf-8") for name in ("ics", "splitting", "entries", "zones")
    ]
    quirks = (repository / "calendar_sync" / "quirks.py").read_text(encoding="utf-8")
    codes = {code for text in sources for code in TOLD.findall(text)} | set(MENDED.findall(quirks))
    assert len(codes) > 40
    assert {code for code in codes if f"`{code}`" not in page} == set()
