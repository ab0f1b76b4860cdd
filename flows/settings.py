"""The Prefect environment: quiet, without telemetry, and away from the user's own profile."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from calendar_sync.entrance import is_loopback

STARTUP_SECONDS = 180
"""How long a temporary server may take to start: 17 s with a fresh home on two idle cores, 60 s on two busy ones."""

QUIET: Mapping[str, str] = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
"""Without both, Prefect looks up an outside host at start."""


def temporary_server(home: Path) -> dict[str, str]:
    """Return the environment of a server that lives as long as this process and keeps its own *home*."""
    return {
        **QUIET,
        "PREFECT_HOME": str(home),
        # The names of the user's profiles mean nothing in our home.
        "PREFECT_PROFILE": "ephemeral",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(STARTUP_SECONDS),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        "PREFECT_SERVER_UI_ENABLED": "false",
    }


def environment(state_folder: Path, given: Mapping[str, str], *, verbose: bool = False) -> dict[str, str]:
    """Return what to add to the environment *given* before Prefect is imported.

    With `PREFECT_API_URL` the flow reports to that server and the user's profile counts; without it a temporary
    server starts that keeps its home in *state_folder*.
    """
    chosen = dict(QUIET) if given.get("PREFECT_API_URL") else temporary_server(state_folder / "prefect")
    if not verbose:
        # Only the handler that writes to the terminal: the server still receives the flow's log.
        chosen["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "CRITICAL"
        chosen["PREFECT_SERVER_LOGGING_LEVEL"] = "CRITICAL"
    chosen["NO_PROXY"] = _with_loopback(given.get("NO_PROXY") or given.get("no_proxy") or "")
    return chosen


def exposed(given: Mapping[str, str]) -> str:
    """Say what is wrong with the server that `PREFECT_API_URL` names, blank where nothing is.

    Its pages hold no word of a calendar, but whoever reaches them can start nights and stop them.

    >>> exposed({"PREFECT_API_URL": "http://127.0.0.1:4200/api"})
    ''
    >>> exposed({"PREFECT_API_URL": "https://prefect.example.org/api", "PREFECT_API_AUTH_STRING": "ops:secret"})
    ''
    >>> exposed({"PREFECT_API_URL": "http://prefect.example.org/api", "PREFECT_API_KEY": "k"}).partition(" Next")[0]
    'Prefect at prefect.example.org is reached without TLS, its key and all.'
    """
    parts = urlsplit(given.get("PREFECT_API_URL", ""))
    host = parts.hostname or ""
    if not host or is_loopback(host):
        return ""
    if not (given.get("PREFECT_API_AUTH_STRING") or given.get("PREFECT_API_KEY")):
        return (
            f"Prefect at {host} is asked without a password, so anybody who reaches it can start nights and stop them. "
            "Next: set PREFECT_SERVER_API_AUTH_STRING there and PREFECT_API_AUTH_STRING here."
        )
    if parts.scheme != "https":
        return f"Prefect at {host} is reached without TLS, its key and all. Next: put https in front of it."
    return ""


def prepare(state_folder: Path, *, verbose: bool = False) -> None:
    """Set the environment in which Prefect is imported afterwards.

    Where Prefect is loaded already (a second night in one process, a test), its settings stay as they are.
    """
    if "prefect" in sys.modules:
        return
    (state_folder / "prefect").mkdir(parents=True, exist_ok=True)
    os.environ.update(environment(state_folder, os.environ, verbose=verbose))


def _with_loopback(no_proxy: str) -> str:
    """Add the addresses of a server on this machine, which no proxy can reach."""
    named = [name for name in no_proxy.split(",") if name.strip()]
    return ",".join([*named, *(name for name in ("127.0.0.1", "localhost") if name not in named)])
