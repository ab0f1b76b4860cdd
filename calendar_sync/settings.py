"""Reading `outreach.toml`, value by value: each of the right sort, or an error that names its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from calendar_sync.errors import RosterError
from calendar_sync.references import holds_reference


class Settings:
    """Takes values out of the tables of one file. *where* is the place as a person would look for it.

    Raises:
        RosterError: From every method: the value is missing, of another sort, or says what cannot be.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def wrong(self, where: str, what: str, next_step: str) -> RosterError:
        """Return the error about *where*."""
        return RosterError(self.path, where, what, next_step)

    def known(self, table: Mapping[str, Any], where: str, names: set[str]) -> None:
        """Refuse what is no setting."""
        for name in table:
            if name not in names:
                raise self.wrong(where, f"{name!r} is not a setting", f"use one of: {', '.join(sorted(names))}")

    def table(self, table: Mapping[str, Any], name: str, *, required: bool = False) -> Mapping[str, Any]:
        """Return the table *name*; an empty one where it is left out."""
        value = table.get(name, {})
        if not isinstance(value, Mapping) or (required and not value):
            raise self.wrong(name, "it is missing or no table", f"write a [{name}] section")
        return value

    def tables(self, table: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        """Return the tables written as `[[name]]`."""
        value = table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
            raise self.wrong(name, "it is no list of tables", f"write each as [[{name}]]")
        return value

    def entries(self, entry: Mapping[str, Any], where: str, name: str) -> list[Any]:
        """Return a list of anything."""
        value = entry.get(name, [])
        if not isinstance(value, list):
            raise self.wrong(f"{where}.{name}", "it is no list", "write it in square brackets")
        return value

    def texts(self, entry: Mapping[str, Any], where: str, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self.entries(entry, where, name)
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(f"{where}.{name}", "it holds something else than text", "put each entry in quotes")
        return tuple(values)

    def text(
        self, entry: Mapping[str, Any], where: str, name: str, default: str = "", *, required: bool = False
    ) -> str:
        """Return a text."""
        value = entry.get(name, default)
        if not isinstance(value, str):
            raise self.wrong(f"{where}.{name}", f"{value!r} is no text", "put it in quotes")
        if required and not value.strip():
            raise self.wrong(f"{where}.{name}", "it is missing", f'add a line: {name} = "..."')
        return value

    def slug(self, entry: Mapping[str, Any], where: str) -> str:
        """Return an id that can name a file."""
        value = self.text(entry, where, "id", required=True)
        if not all(letter.isalnum() or letter in "-_" for letter in value):
            raise self.wrong(f"{where}.id", f"{value!r} cannot name a file", "use letters, digits, - and _")
        return value

    def flag(self, entry: Mapping[str, Any], where: str, name: str) -> bool:
        """Return true or false; false where it is left out."""
        value = entry.get(name, False)
        if not isinstance(value, bool):
            raise self.wrong(f"{where}.{name}", f"{value!r} is neither true nor false", "write true or false")
        return value

    def count(self, entry: Mapping[str, Any], where: str, name: str, default: int, *, most: int) -> int:
        """Return a whole number from 1 to *most*."""
        value = entry.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= most:
            raise self.wrong(f"{where}.{name}", f"{value!r} is no whole number up to {most}", "write one, unquoted")
        return value

    def zone(self, name: str, where: str) -> ZoneInfo:
        """Return the time zone of an IANA name."""
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise self.wrong(where, f"{name!r} is no time zone", "use an IANA name such as Africa/Gaborone") from None

    def unique(self, ids: Sequence[str], where: str) -> None:
        """Refuse ids that differ in nothing but case."""
        seen: set[str] = set()
        for id_ in ids:
            # Reports are files named after organisations, and some disks fold case.
            if id_.casefold() in seen:
                raise self.wrong(where, f"{id_!r} stands there twice", "give each its own id")
            seen.add(id_.casefold())

    def secret(self, entry: Mapping[str, Any], where: str, name: str) -> str:
        """Return a value that must be a reference: `outreach.toml` is read by many and kept in many places."""
        value = self.text(entry, where, name)
        if value and not holds_reference(value):
            raise self.wrong(
                f"{where}.{name}",
                "a secret may not stand here itself",
                f'refer to it: {name} = "${{NAME}}" for an environment variable, or "${{file:PATH}}"',
            )
        return value
