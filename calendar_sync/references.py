"""References: how `outreach.toml` names a secret without holding it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

_REFERENCE = re.compile(r"\$\{(?:(file):)?([^}]+)\}")

_OF_THE_WEB = frozenset({"http", "https", "webcal", "webcals", "caldav", "caldavs"})


class ReferenceMissing(LookupError):
    """A reference names an environment variable that is not set, or a file that cannot be read."""


def resolve(text: str, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Replace `${NAME}` by an environment variable and `${file:PATH}` by a file's text (relative to *folder*).

    >>> resolve("https://example.org/feed?key=${KEY}", Path("."), {"KEY": "k1"})
    'https://example.org/feed?key=k1'

    Raises:
        ReferenceMissing: What is referred to is not there.
    """
    known = os.environ if environment is None else environment

    def value(match: re.Match[str]) -> str:
        kind, name = match[1], match[2].strip()
        if kind == "file":
            try:
                return (folder / name).expanduser().read_text(encoding="utf-8").strip()
            except (OSError, ValueError):
                raise ReferenceMissing(f"the file {name} cannot be read") from None
        if name not in known:
            raise ReferenceMissing(f"the environment variable {name} is not set")
        return known[name]

    return _REFERENCE.sub(value, text)


def holds_reference(text: str) -> bool:
    """True when *text* refers to a secret."""
    return _REFERENCE.search(text) is not None


def masked(address: str) -> str:
    """Show an address without what may be secret in it; of the web's, where keys hide in paths too, the host alone.

    >>> masked("postgresql://outreach:hunter2@db.example.org/outreach")
    'postgresql://outreach:***@db.example.org/outreach'
    >>> masked("https://ana:hunter2@example.org/private-k1/feed.ics?key=k2")
    'https://example.org/...'
    >>> masked("calendars/{night}/events.ics")
    'calendars/{night}/events.ics'
    """
    scheme, mark, rest = address.strip().partition("://")
    if mark and scheme.lower() in _OF_THE_WEB:
        authority, _, beyond = _authority(rest)
        return f"{scheme}://{authority}/..." if beyond else f"{scheme}://{authority}"
    address = re.sub(r"(://[^/@:\s]*):[^/\s]*@", r"\1:***@", address)
    return re.sub(r"\?.*$", "?***", address)


def _authority(rest: str) -> tuple[str, str, str]:
    """Return the host and port of what follows `://`, and what lies beyond them."""
    named, slash, beyond = rest.partition("/")
    for mark in "?#":
        named, found, query = named.partition(mark)
        beyond = beyond or found + query
    # Whatever stands before the last @ is a name or a password.
    return named.rpartition("@")[2], slash, beyond
