"""Where a deployment finds its code and its configuration; `prefect.yaml` runs this once per `prefect deploy`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from calendar_sync import roster
from flows import settings

EXAMPLE = Path("examples") / "1540" / "outreach.toml"
"""What is deployed when nobody said otherwise: the bundled calendars, to try the schedule with."""


def place(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> dict[str, str]:
    """Return *directory* and *config*, both absolute, for the worker.

    OUTREACH_HOME and OUTREACH_CONFIG name them; else they are this folder, and the `outreach.toml` in it, else the
    bundled example.

    Raises:
        RosterError: The configuration cannot be used; better now than at five in the morning.
    """
    environment = os.environ if environment is None else environment
    folder = Path.cwd() if folder is None else folder
    home = Path(environment.get("OUTREACH_HOME") or folder).expanduser().resolve()
    named = environment.get("OUTREACH_CONFIG")
    own = home / "outreach.toml"
    config = home / Path(named).expanduser() if named else own if own.exists() else home / EXAMPLE
    if warning := settings.exposed(environment):
        sys.stderr.write(f"Warning: {warning}\n")
    return {"directory": str(home), "config": str(roster.load(config).path)}
