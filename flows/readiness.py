"""Whether the desk can answer."""

from __future__ import annotations

from pathlib import Path

from calendar_sync import roster
from store.connecting import is_ready


def ready(roster_path: Path) -> bool:
    """True when the database answers and is at the newest schema. Nothing is made or changed.

    Raises:
        RosterError, DatabaseUnusable: One of them cannot be used.
    """
    return is_ready(roster.load(roster_path).database_url)
