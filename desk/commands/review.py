"""outreach findings, show, confirm, dismiss: the review queue."""

from __future__ import annotations

from datetime import UTC, datetime
from getpass import getuser
from typing import TYPE_CHECKING, Annotated

import typer

from desk.commands import options
from desk.talking import FOUND, emit, say, table, talk

if TYPE_CHECKING:
    from dedupe.decisions import Verdict

Number = Annotated[int, typer.Argument(help="The finding's number in the queue.", min=1)]
Note = Annotated[str, typer.Option("--note", help="Why; kept with the decision.")]


def findings(
    as_of: options.AsOf = None,
    config: options.Config = None,
    json: options.Json = False,
    fail_on: options.FailOn = "",
) -> None:
    """List what needs a word, most pressing first.

    \b
    Example:
      outreach findings --as-of 2010-02-01
    """
    from desk import configuration
    from flows import steps

    loaded = configuration.load(config)
    queue = steps.queue(loaded.path, configuration.tonight(loaded, as_of))
    if json:
        emit([entry.as_json() for entry in queue])
    elif queue:
        rows = [[str(entry.number), entry.severity, entry.kind, entry.state, entry.title] for entry in queue]
        say(table(["No", "Severity", "Kind", "State", "Finding"], rows))
        talk(f"{len(queue)} findings. Next: outreach show {queue[0].number}")
    else:
        talk("Nothing needs a word. Next: outreach nightly, or: outreach check --help")
    if options.asked_to_fail(fail_on, {entry.kind for entry in queue}):
        raise typer.Exit(FOUND)


def show(number: Number, as_of: options.AsOf = None, config: options.Config = None, json: options.Json = False) -> None:
    """Show one finding whole: both sides, the reasons, and the evidence in bits.

    \b
    Example:
      outreach show 12 --as-of 2010-02-01
    """
    from desk import configuration
    from flows import steps

    loaded = configuration.load(config)
    entry = steps.finding(loaded.path, number, configuration.tonight(loaded, as_of))
    if json:
        emit(entry.as_json())
    else:
        say(entry.words())
        talk(f"Next: outreach confirm {number}, or: outreach dismiss {number} --note 'why'")


def confirm(number: Number, note: Note = "", as_of: options.AsOf = None, config: options.Config = None) -> None:
    """Say that a finding is so, as the facts stand.

    \b
    Example:
      outreach confirm 1 --note "spoke with Nairobi"
    """
    from dedupe.decisions import Verdict

    _settle(number, Verdict.CONFIRMED, note, as_of, config)
    talk(f"Finding {number} is confirmed. It is asked again only if its dates, place, audience or title change.")


def dismiss(number: Number, note: Note = "", as_of: options.AsOf = None, config: options.Config = None) -> None:
    """Settle a finding as no problem, so that the report stops asking.

    \b
    Example:
      outreach dismiss 2 --note "agreed with both hosts"
    """
    from dedupe.decisions import Verdict

    _settle(number, Verdict.DISMISSED, note, as_of, config)
    talk(f"Finding {number} is dismissed. It returns only if its dates, place, audience or title change.")


def _settle(number: int, verdict: Verdict, note: str, as_of: datetime | None, config: options.Config) -> None:
    from desk import configuration
    from flows import steps

    loaded = configuration.load(config)
    night = configuration.tonight(loaded, as_of)
    steps.settle(loaded.path, number, verdict, night, by=getuser(), at=datetime.now(UTC), note=note)
