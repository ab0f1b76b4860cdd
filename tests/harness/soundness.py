"""What holds of every reading, whatever the bytes were."""

from __future__ import annotations

import json
import re

from calendar_sync.reading import Reading
from calendar_sync.reading.inspecting import inspect_json

_CODE = re.compile(r"[a-z]+(-[a-z]+)*")


def is_sound(reading: Reading) -> None:
    """Assert that keys are unique, ends of spans in order, codes are codes, and all of it can be printed and stored."""
    keys = [listing.key for listing in reading.listings]
    assert len(set(keys)) == len(keys)
    assert all(listing.span is None or listing.span.earliest <= listing.span.latest for listing in reading.listings)
    assert all(_CODE.fullmatch(problem.code) and problem.message for problem in reading.problems)
    assert reading.is_calendar or (reading.problems and not reading.listings)
    json.dumps(inspect_json(reading), ensure_ascii=False).encode("utf-8")
