"""outreach teach: what coordinators' decisions change in the matching, and the way back."""

from __future__ import annotations

from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.commands import options
from desk.talking import FOUND, emit, one_line, say, table, talk

if TYPE_CHECKING:
    from flows.teaching import Proposed

MOST = 12
"""Changes shown; of more, how many there are."""


def teach(
    apply: Annotated[bool, typer.Option("--apply", help="Put it in force, when the gate lets it.")] = False,
    back: Annotated[bool, typer.Option("--back", help="Put in force what was before; one step.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Show what was taught and taken back.")] = False,
    as_of: options.AsOf = None,
    config: options.Config = None,
    json: options.Json = False,
) -> None:
    """Learn from the decisions about same_event findings: shows what would change, and puts it in force when asked.

    Only decisions about listings that everybody may see count, no person counts for more than all others together,
    and labelled pairs that nobody decided must be told apart as well as before. Exit code 1: --apply was refused.

    \b
    Example:
      outreach teach
      outreach teach --apply
      outreach teach --back
    """
    from desk import configuration
    from flows import steps

    if apply + back + listed > 1:
        raise typer.BadParameter("use one of --apply, --back and --list", param_hint="--apply")
    loaded = configuration.load(config)
    if listed:
        _list(loaded.path, json=json)
        return
    if back:
        number = steps.go_back(loaded.path, by=getuser(), at=datetime.now(UTC))
        if json:
            emit({"in_force": number})
        now = f"Teaching {number} is in force again" if number else "The shipped weights are in force again"
        talk(f"{now}; the next night and the next check match by it. Next: outreach teach --list")
        return
    night = configuration.tonight(loaded, as_of)
    proposed = steps.teach(loaded.path, night, by=getuser(), at=datetime.now(UTC), apply=apply)
    if json:
        emit(proposed.as_json())
    else:
        say(_words(proposed))
    _what_next(proposed, apply=apply)
    if apply and not proposed.in_force:
        raise typer.Exit(FOUND)


def _list(path: Path, *, json: bool) -> None:
    from flows import steps

    entries = steps.history(path)
    if json:
        emit([entry.as_json() for entry in entries])
    elif entries:
        rows = [
            [str(entry.number), entry.act, str(entry.decisions or ""), f"{entry.at:%Y-%m-%d %H:%M}", entry.by,
             entry.standing or (f"to {entry.in_force_then}" if entry.in_force_then else "to the shipped weights")]
            for entry in entries
        ]  # fmt: skip
        say(table(["No", "Act", "Decisions", "At (UTC)", "By", "Standing"], rows))
    else:
        talk("Nothing was taught; the shipped weights are in force. Next: outreach teach")


def _words(proposed: Proposed) -> str:
    from flows.outcomes import count

    same = sum(bool(lesson["same"]) for lesson in proposed.lessons)
    people = ", ".join(f"{one_line(name)} {number}" for name, number in proposed.reviewers.items())
    lines = [
        f"{count(len(proposed.lessons), 'decision')} on what everybody may see: {same} the same, "
        f"{len(proposed.lessons) - same} not the same" + (f" ({people})" if people else "")
    ]
    if proposed.levels:
        rows = [
            [f"{level.shipped:+.2f}", f"{level.taught:+.2f}", level.comparison, level.level]
            for level in proposed.levels[:MOST]
        ]
        lines += ["", table(["Shipped", "Taught", "Comparison", "Level"], rows)]
        rest = len(proposed.levels) - MOST
        lines += [f"and {count(rest, 'smaller change')}"] if rest > 0 else []
    lines += ["", table(
        ["Labelled pairs", "Precision", "Recall", "Surprise"],
        [
            [score["collection"], *(f"{score[name]['shipped']:.3f} to {score[name]['taught']:.3f}"
                                    for name in ("precision", "recall", "surprise"))]
            for score in proposed.scores
        ],
    )]  # fmt: skip
    for what, pairs in (
        ("One event then, and not now", proposed.joined),
        ("One event now, and not then", proposed.parted),
    ):
        if pairs:
            lines += ["", f"{what}: {count(len(pairs), 'pair')}"]
            lines += [f"   {one_line(one)} | {one_line(other)}" for one, other in pairs[:MOST]]
    return "\n".join(lines)


def _what_next(proposed: Proposed, *, apply: bool) -> None:
    if not proposed.lessons:
        talk("There is nothing to learn from yet. Next: outreach findings, then confirm or dismiss what is same_event.")
    elif proposed.refusals:
        talk("The gate refuses it:")
        for sentence in proposed.refusals:
            talk(f"  {sentence}")
        talk("Nothing was changed. Next: look at the decisions again with: outreach teach --json")
    elif proposed.in_force:
        talk(f"Teaching {proposed.in_force} is in force. Next: outreach nightly, or: outreach teach --back")
    elif not apply:
        talk(f"{_share(proposed)}The gate lets it pass. Nothing was changed. Next: outreach teach --apply")


def _share(proposed: Proposed) -> str:
    """Say how far the decisions may go, blank when all the way."""
    return "" if proposed.share == 1 else f"Shown is {proposed.share:.0%} of what the decisions ask for. "
