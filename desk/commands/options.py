"""Options that several commands share."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option("--config", help="The configuration; else OUTREACH_CONFIG, else ./outreach.toml.", show_default=False),
]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="The night, as 2007-11-26; else tonight.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a pipe.")]
FailOn = Annotated[
    str,
    typer.Option(
        "--fail-on",
        help="Exit with 1 when findings of these kinds are there: any, or kinds such as duplicative,clash.",
        show_default=False,
    ),
]


def asked_to_fail(fail_on: str, kinds: set[str]) -> bool:
    """Say whether findings of *kinds* should end the command with exit code 1.

    >>> asked_to_fail("duplicative,clash", {"clash"}), asked_to_fail("", {"clash"}), asked_to_fail("any", set())
    (True, False, False)

    Raises:
        typer.BadParameter: A kind is unknown.
    """
    from dedupe.findings import Kind

    asked = {name.strip() for name in fail_on.split(",") if name.strip()}
    unknown = asked - {"any", *Kind}
    if unknown:
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: use any, or {', '.join(Kind)}", param_hint="--fail-on")
    return bool(kinds if "any" in asked else asked & kinds)
