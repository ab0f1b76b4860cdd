"""Engines that read iCalendar: what each makes of a feed, in one shape. Two share no code with what wrote it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject

ROOT = Path(__file__).resolve().parents[2]
CHECKERS = Path(os.environ.get("OUTREACH_CHECKERS", ROOT / "build" / "checkers")) / "node_modules"


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """One event as an engine reads it; *end* is exclusive, both are ISO dates; what is not there is blank."""

    uid: str
    summary: str
    start: str
    end: str
    status: str
    location: str
    description: str
    related: tuple[tuple[str, str], ...]
    """RELTYPE and UID, sorted."""


def by_icalendar(feed: bytes) -> list[Told]:
    """Read with the library that our feeds are written with."""
    return sorted(_of_icalendar(event) for event in icalendar.Calendar.from_ical(feed).walk("VEVENT"))


def by_vobject(feed: bytes) -> list[Told]:
    """Read with vobject, which is older than icalendar and shares nothing with it."""
    calendar = vobject.readOne(feed.decode("utf-8"))
    return sorted(_of_vobject(event) for event in calendar.contents.get("vevent", []))


def by_ical_js(feeds: Sequence[bytes]) -> list[list[Told]]:
    """Read with ical.js, which Thunderbird and Nextcloud read with; skip where it is not installed."""
    node, module = shutil.which("node"), CHECKERS / "ical.js" / "dist" / "ical.js"
    if node is None or not module.is_file():
        if os.environ.get("OUTREACH_NOTHING_SKIPPED"):
            pytest.fail("no Node.js or no ical.js, where nothing may be skipped; scripts/ical_engines.sh installs it")
        pytest.skip("no Node.js or no ical.js; scripts/ical_engines.sh installs it")
    asked = json.dumps({"module": module.resolve().as_uri(), "feeds": [feed.decode("utf-8") for feed in feeds]})
    script = Path(__file__).with_name("ical_js.mjs")
    ran = subprocess.run([node, script], input=asked.encode(), capture_output=True, timeout=240, check=False)
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    return [
        sorted(Told(**{**event, "related": tuple(sorted(map(tuple, event["related"])))}) for event in events)
        for events in json.loads(ran.stdout)
    ]


def _of_icalendar(event: Any) -> Told:
    related = event.get("related-to", [])
    related = related if isinstance(related, list) else [related]
    return Told(
        str(event["uid"]), str(event["summary"]), event["dtstart"].dt.isoformat(),
        event["dtend"].dt.isoformat() if "dtend" in event else "",
        str(event.get("status", "")), str(event.get("location", "")), str(event.get("description", "")),
        tuple(sorted((one.params["RELTYPE"], str(one)) for one in related)),
    )  # fmt: skip


def _of_vobject(event: Any) -> Told:
    def said(name: str) -> Any:
        return event.contents[name][0].value if name in event.contents else ""

    end = said("dtend")
    return Told(
        said("uid"), said("summary"), said("dtstart").isoformat(), end.isoformat() if end else "",
        said("status"), said("location"), said("description"),
        tuple(sorted((one.reltype_param, one.value) for one in event.contents.get("related-to", []))),
    )  # fmt: skip
