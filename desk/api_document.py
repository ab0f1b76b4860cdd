"""The document of the API: what each operation answers, to whom, and the schemas that the command publishes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from desk import problems
from desk.api_models.findings import Said
from store.accounts import Role

ROLES = "x-roles"
"""Where an operation says who may come; none: whoever asks, without a token."""
_REF = "#/components/schemas/"
_PUBLISHED = {
    "Check": ("desk.schemas", "check"), "Coverage": ("desk.schemas", "coverage"),
    "History": ("desk.schemas", "history"), "Ledger": ("desk.schemas", "ledger"), "Show": ("desk.schemas", "show"),
    "Report": ("reports.schemas", "report"),
}  # fmt: skip
"""What `--json` and reports say already, by its name in the document."""
_FINDING = {
    "allOf": [
        {"$ref": f"{_REF}Show"},
        {
            "type": "object",
            "properties": {
                "fingerprint": {"type": "string", "description": "The facts; a decision repeats it."},
                "newest": {"type": "integer", "description": "The newest decision, 0: none; a decision repeats it."},
                "settled": {"type": "boolean", "description": "The newest decision holds."},
                "decisions": {"type": "array", "items": {"$ref": f"{_REF}Made"}, "description": "The newest first."},
                "remarks": {"type": "array", "items": {"$ref": f"{_REF}Said"}, "description": "The oldest first."},
                "experts": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "Who is asked for a word on it.",
                },
                "put_off": {
                    "type": ["string", "null"],
                    "format": "date",
                    "description": "Until when; null: it is not.",
                },
                "teaches": {"type": "boolean", "description": "False: nobody is to learn from what is decided on it."},
            },
            "required": [
                "decisions",
                "experts",
                "fingerprint",
                "newest",
                "put_off",
                "remarks",
                "settled",
                "teaches",
            ],
        },
    ]
}
"""A finding as `outreach show --json` has it, what a decision on it needs, and what was said of it."""
_CHECK = {
    "allOf": [
        {"$ref": f"{_REF}Check.check"},
        {
            "type": "object",
            "properties": {
                "unclear": {
                    "type": "object",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                    "description": "By field the words that nobody knows here; they were left out.",
                }
            },
            "required": ["unclear"],
        },
    ]
}
"""A check as `outreach check --json` has it, and what the page for planning says beside."""
_CHECKS = {
    "type": "object",
    "properties": {"checks": {"type": "array", "items": {"$ref": f"{_REF}Check"}}},
    "required": ["checks"],
    "additionalProperties": False,
}
_SCHEME = "token"
_ABOUT = (
    "What the pages of the desk show and do, for programs. Each request carries a token of an account (`outreach "
    "accounts token add`) and may what its account may: `x-roles` says who. Errors are problem details (RFC 9457), "
    "whatever the path; another method than those named here is answered with 405. No cookie is set or read."
)
_TOLD = {
    400: "The request is well-formed, and what it says together cannot be.",
    401: "No token came with it, or one that does not stand.",
    403: "Not for the role of the token's account.",
    404: "There is nothing of that name, or nothing yet.",
    409: "It is not, or no longer, as the request takes it to be; nothing was changed.",
    413: "The body is too long.",
    415: "The body is no JSON.",
    422: "The request is not as this document says.",
    429: "Too many tokens were tried from there, or calendars by others at this time.",
    503: "The desk cannot answer now.",
}
_OF_BODIES = (400, 413, 415, 422)
_HEADERS = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
Answers = dict[int | str, dict[str, Any]]


def told(schema: str, what: str, *, status: int = 200) -> Answers:
    """Document an answer of JSON as one of the schemas that the command publishes."""
    return {status: {"description": what, "content": {"application/json": {"schema": {"$ref": _REF + schema}}}}}


def operation(*roles: Role, problems: Iterable[int] = (), body: bool = False, answers: Answers | None = None) -> Any:  # noqa: ANN401  arguments of FastAPI
    """Return what a route says of itself beside its path and models: who may come, and all it may answer.

    *problems* are its own; those of tokens, and of whatever reads a *body*, are added.
    """
    statuses = {*problems, 503, *(_OF_BODIES if body else ()), *((401, 429) if roles else ())}
    statuses |= {403} if roles and set(roles) < set(Role) else set()
    refused: Answers = {status: _problem(status) for status in sorted(statuses)}
    extra = {ROLES: [str(role) for role in roles], "security": [{_SCHEME: []}] if roles else []}
    return {"responses": {**(answers or {}), **refused}, "openapi_extra": extra}


def completed(document: dict[str, Any], mounted: str) -> dict[str, Any]:
    """Add what FastAPI does not know: the schemas published elsewhere, tokens, where the paths begin."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = dict(problems.SCHEMA)
    for name, (package, file) in _PUBLISHED.items():
        schemas.update(_published(name, json.loads(files(package).joinpath(f"{file}.schema.json").read_text("utf-8"))))
    # What the command prints for a plan is no answer of ours.
    schemas |= {
        "Check": _CHECK, "Checks": _CHECKS, "Finding": _FINDING, "Instead": _instead(schemas["Check.check"]),
        "Said": Said.model_json_schema(),
    }  # fmt: skip
    components["securitySchemes"] = {
        _SCHEME: {"type": "http", "scheme": "bearer", "description": "outreach accounts token add NAME"}
    }
    document["info"]["description"] = _ABOUT
    document["paths"] = {mounted + path: operations for path, operations in document["paths"].items()}
    return document


def _instead(check: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of other dates, in the words of a check."""
    told = {name: check["properties"][name] for name in ("alternatives", "history")}
    event = {"type": ["string", "null"], "description": "The event that could be moved; null: none can be."}
    return {
        "type": "object", "properties": {"event": event, **told}, "required": ["alternatives", "event", "history"],
        "additionalProperties": False,
    }  # fmt: skip


def _problem(status: int) -> dict[str, Any]:
    said: dict[str, Any] = {
        "description": _TOLD[status], "content": {problems.MEDIA: {"schema": {"$ref": f"{_REF}Problem"}}}
    }  # fmt: skip
    if status in _HEADERS:
        said["headers"] = {_HEADERS[status]: {"required": True, "schema": {"type": "string"}}}
    return said


def _published(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a published schema and its parts as components: `#/$defs/day` of Check is Check.day."""

    def moved(value: Any) -> Any:  # noqa: ANN401  whatever JSON holds
        if isinstance(value, dict):
            return {
                key: f"{_REF}{name}.{part.rpartition('/')[2]}" if key == "$ref" else moved(part)
                for key, part in value.items()
            }
        return [moved(part) for part in value] if isinstance(value, list) else value

    whole = {key: value for key, value in moved(dict(schema)).items() if key not in ("$schema", "$id")}
    parts = {f"{name}.{part}": value for part, value in whole.pop("$defs", {}).items()}
    return {name: whole, **parts}
