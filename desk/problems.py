"""What a program is told when something is not done: problem details (RFC 9457), the same members everywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

MEDIA = "application/problem+json"
ALREADY_DECIDED = "urn:outreach:problem:already-decided"
FINDING_CHANGED = "urn:outreach:problem:finding-changed"
_PLAIN = "about:blank"

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "What was not done, and why (RFC 9457).",
    "properties": {
        "type": {"enum": [_PLAIN, ALREADY_DECIDED, FINDING_CHANGED]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "A sentence for whoever reads the log of the program."},
        "errors": {
            "type": "array",
            "description": "With 422: each part of the request that is not as this document says.",
            "items": {
                "type": "object",
                "properties": {
                    "in": {"enum": ["body", "path", "query"]},
                    "pointer": {"type": "string", "description": "Where in it (RFC 6901)."},
                    "detail": {"type": "string"},
                },
                "required": ["detail", "in", "pointer"],
                "additionalProperties": False,
            },
        },
        "decision": {
            "description": "With already-decided: what somebody else said meanwhile.",
            "type": "object",
            "properties": {
                "verdict": {"enum": ["confirmed", "dismissed", "series"]},
                "by": {"type": "string"},
                "at": {"type": "string", "format": "date-time"},
                "note": {"type": "string"},
            },
            "required": ["at", "by", "note", "verdict"],
            "additionalProperties": False,
        },
        "changed": {
            "description": "With finding-changed: its material facts that changed; none: it is no longer so.",
            "type": "array",
            "items": {"type": "string"},
        },
    },
    "required": ["status", "title", "type"],
    "additionalProperties": False,
}
"""How a problem looks, for the document."""


class Problem(Exception):
    """Something is not done."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        kind: str = _PLAIN,
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(status, detail)
        self.status, self.detail, self.kind = status, detail, kind
        self.headers, self.members = headers or {}, members

    def answer(self) -> Response:
        """Tell it."""
        said = {"type": self.kind, "title": HTTPStatus(self.status).phrase, "status": self.status, **self.members}
        if self.detail:
            said["detail"] = self.detail
        return Response(written(said), self.status, self.headers, MEDIA)


def no_night() -> Problem:
    """Say that there is nothing to look at yet."""
    return Problem(404, "No night has run yet.")


def unfit(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """Tell what of a request does not fit; what was sent is not repeated.

    >>> unfit([{"type": "missing", "loc": ("body", "note"), "msg": "Field required", "input": "x"}]).members["errors"]
    [{'in': 'body', 'pointer': '/note', 'detail': 'Field required'}]
    """
    if any(error["type"] == "json_invalid" for error in errors):
        return Problem(400, "The body is no JSON.")
    parts = [
        {
            "in": str(error["loc"][0]),
            "pointer": "".join(f"/{_escaped(str(step))}" for step in error["loc"][1:]),
            "detail": str(error["msg"]),
        }
        for error in errors
    ]
    return Problem(422, "The request is not as the document says.", errors=parts)


def written(value: object) -> bytes:
    """Write JSON; half a surrogate pair, which no UTF-8 holds, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")


def as_json(value: object) -> Response:
    """Answer with JSON values."""
    return Response(written(value), media_type="application/json")


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
