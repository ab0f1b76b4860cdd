"""Programs that come to the desk with a token each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from desk_visitors import MADE

from flows import api_tokens


def token_for(config: Path, account: str, note: str = "") -> str:
    """Make a token of an account, and return its text."""
    return api_tokens.issue(config, account, note, "the test", MADE).text


@contextmanager
def program(url: str, token: str = "", **headers: str) -> Iterator[httpx.Client]:
    """Let a program come; it keeps no cookie of the desk's, because there is none."""
    said = {"Authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(base_url=f"{url}/api/v1", timeout=60, trust_env=False, headers=said | headers) as client:
        yield client
        assert not client.cookies, "the API sets no cookie"


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Return the problem details of an answer that says that something was not done."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    return told
