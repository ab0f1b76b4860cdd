"""Work begun at the desk, and listening to how it goes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
from desk_visitors import Visitor


def press(visitor: Visitor, path: str, **fields: str) -> httpx.Response:
    """Press a button."""
    return visitor.post(path, {"form": visitor.token(), **fields})


def begun(visitor: Visitor, path: str) -> str:
    """Press a button that begins a job, and return the address of its page."""
    answer = press(visitor, path)
    assert answer.status_code == 303
    assert re.fullmatch(r"/jobs/[0-9a-f]{12}", answer.headers["location"])
    return answer.headers["location"]


def told(lines: Iterator[str]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Read events: number, sort, data."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield int(fields["id"]), fields["event"], json.loads(fields["data"])
            fields = {}


def heard(visitor: Visitor, address: str, **headers: str | bytes) -> list[tuple[int, str, dict[str, Any]]]:
    """Listen until the end."""
    with visitor.http.stream("GET", f"{address}/events", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["cache-control"] == "private, no-store"
        return list(told(answer.iter_lines()))
