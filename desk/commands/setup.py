"""outreach init, outreach config check."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from calendar_sync.errors import OutreachError
from desk.commands import options
from desk.talking import emit, say, table, talk


class AlreadyThere(OutreachError):
    """A file that init would write exists."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return f"{self.path} is already there and was left as it is. Next: edit it, or name another folder."


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write; the current folder by default.")] = Path(),
) -> None:
    """Write a commented outreach.toml and an empty state folder.

    \b
    Example:
      outreach init && outreach config check
    """
    path = folder / "outreach.toml"
    if path.exists():
        raise AlreadyThere(path)
    (folder / "state").mkdir(parents=True, exist_ok=True)
    path.write_text(files("desk").joinpath("templates/outreach.toml").read_text(encoding="utf-8"), encoding="utf-8")
    talk(f"Wrote {path} and an empty state folder. Next: name your organisations in it, then: outreach config check")


def config_check(config: options.Config = None, json: options.Json = False) -> None:
    """Print the effective values and where each comes from, secrets masked.

    \b
    Example:
      outreach config check --config examples/1540/outreach.toml
    """
    import tomllib

    from desk import configuration

    loaded = configuration.load(config)
    values = list(configuration.effective(loaded, tomllib.loads(loaded.path.read_text(encoding="utf-8-sig"))))
    if json:
        emit([{"name": name, "value": value, "origin": origin} for name, value, origin in values])
    else:
        say(table(["Setting", "From", "Value"], [[name, origin, value] for name, value, origin in values]))
    talk(f"{loaded.path} is in order: {len(loaded.organisations)} organisations, {len(loaded.calendars)} calendars.")
