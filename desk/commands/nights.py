"""outreach demo, nightly, report, programme: a whole night, or one reader's part of it."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from calendar_sync.errors import OutreachError
from desk.commands import options
from desk.talking import FOUND, PARTIAL, emit, say, talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.outcomes import NightOutcome

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "1540"
DEMO_NIGHTS = (date(2007, 10, 15), date(2007, 11, 26), date(2009, 12, 4), date(2010, 2, 1))
_MADE_BY_DEMO = ".made-by-outreach-demo"
_FORMATS = ("html", "text", "csv", "xlsx", "ics", "json")


class NotOurs(OutreachError):
    """The folder the demo would write to holds something else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return (
            f"{self.folder} is there and was not made by the demo; nothing was written. "
            "Next: outreach demo --into another-folder"
        )


class ExamplesMissing(OutreachError):
    """The bundled calendars are not beside the code."""

    def __str__(self) -> str:
        return f"The bundled calendars are not in {EXAMPLES}. Next: install from a checkout with: make install"


class Terminalless(OutreachError):
    """Binary output would go to a terminal."""

    def __init__(self, format_: str) -> None:
        super().__init__(format_)
        self.format = format_

    def __str__(self) -> str:
        return f"{self.format} is no text for a terminal. Next: add --out report.{self.format}"


def demo(
    into: Annotated[Path, typer.Option("--into", help="The folder to make.")] = Path("outreach-demo"),
    verbose: Annotated[bool, typer.Option("--verbose", help="Show Prefect's own log.")] = False,
) -> None:
    """Run four nights of 2007 to 2010 on the bundled calendars of the 1540 case, and say where the reports are.

    \b
    Example:
      outreach demo && cd outreach-demo && outreach findings --as-of 2010-02-01
    """
    config = _fresh_demo(into)
    outcomes = _run(config, DEMO_NIGHTS, verbose=verbose)
    talk("")
    for outcome in outcomes:
        talk(outcome.words)
        for path in outcome.reports:
            if path.name == "AU.html":
                say(str(path))
    folder = outcomes[-1].reports[0].parents[1]
    talk(
        f"\nFour nights, {sum(len(outcome.reports) for outcome in outcomes)} files in {folder}: "
        "one report for each\norganisation and night, as a page, as text and as JSON. "
        "Above are the African Union's, to be read in\na browser in this order. "
        f"Next: cd {into} && {_as_typed()} findings --as-of {DEMO_NIGHTS[-1]}\n"
        f"Or look at them as coordinators do, in a browser: cd {into} && {_as_typed()} desk"
    )
    if _at_a_terminal() and typer.confirm("Open the desk on it now?", err=True):
        from desk.commands import web

        web.desk(config=config)
    if not all(outcome.complete for outcome in outcomes):
        raise typer.Exit(PARTIAL)


def _at_a_terminal() -> bool:
    """True when somebody can answer; a script that runs the demo is not kept waiting."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def nightly(
    as_of: options.AsOf = None,
    config: options.Config = None,
    json: options.Json = False,
    fail_on: options.FailOn = "",
    verbose: Annotated[bool, typer.Option("--verbose", help="Show Prefect's own log.")] = False,
) -> None:
    """Run one night: read every calendar, recognise events, find, and write each organisation's report.

    The same night may be run again: the reports come out byte for byte the same, and nothing is delivered twice.

    \b
    Example:
      outreach nightly --as-of 2007-11-26 --config examples/1540/outreach.toml
    """
    from desk import configuration

    options.asked_to_fail(fail_on, set())
    loaded = configuration.load(config)
    (outcome,) = _run(loaded.path, (configuration.tonight(loaded, as_of),), verbose=verbose)
    if json:
        emit(
            {
                "night": outcome.night.isoformat(),
                "complete": outcome.complete,
                "calendars": [
                    {"calendar": c.calendar, "outcome": c.outcome, "error": str(c.error) if c.error else None}
                    for c in outcome.calendars
                ],
                "reports": [str(path) for path in outcome.reports],
                "findings": {reader.organisation: dict(reader.kinds) for reader in outcome.readers},
            }
        )
    else:
        for path in outcome.reports:
            say(str(path))
    for gap in outcome.gaps:
        talk(str(gap.error))
    talk(outcome.words)
    if not outcome.complete:
        raise typer.Exit(PARTIAL)
    kinds = {kind for kind, _ in outcome.readers[0].kinds} if outcome.readers else set()
    if options.asked_to_fail(fail_on, kinds):
        raise typer.Exit(FOUND)


def report(
    organisation: Annotated[str, typer.Option("--organisation", help="Its id in the roster.")],
    format_: Annotated[str, typer.Option("--format", help="html, text, csv, xlsx, ics or json.")] = "text",
    language: Annotated[
        str,
        typer.Option("--language", help="en, fr, es, pt, ar or ru; else the organisation's own.", show_default=False),
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Where to write it; stdout by default.")] = None,
    as_of: options.AsOf = None,
    config: options.Config = None,
) -> None:
    """Show what one organisation would read, from what the calendars said when they were last read.

    \b
    Examples:
      outreach report --organisation AU --as-of 2010-02-01 --format text
      outreach report --organisation AU --as-of 2010-02-01 --format html --language ar --out AU.html
    """
    from desk import configuration
    from flows import steps
    from reports.languages import LANGUAGES

    if language and language not in LANGUAGES:
        raise typer.BadParameter(f"{language!r}: use one of {', '.join(LANGUAGES)}", param_hint="--language")
    if format_ not in _FORMATS:
        raise typer.BadParameter(f"{format_!r}: use one of {', '.join(_FORMATS)}", param_hint="--format")
    if format_ == "xlsx" and out is None and sys.stdout.isatty():
        raise Terminalless(format_)
    loaded = configuration.load(config)
    reader = loaded.organisation(organisation)
    body = steps.report_of(loaded.path, reader.id, configuration.tonight(loaded, as_of), format_, language)
    _give(body, out, reader.name)


def programme(
    organisation: Annotated[
        str, typer.Option("--organisation", help="Who will read it; else everybody.", show_default=False)
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Where to write it; stdout by default.")] = None,
    as_of: options.AsOf = None,
    config: options.Config = None,
) -> None:
    """Write the committee's own workshops as an iCalendar feed that everybody may read, or one organisation.

    \b
    Example:
      outreach programme --as-of 2010-02-01 --out programme.ics
    """
    from desk import configuration
    from flows import steps

    loaded = configuration.load(config)
    body = steps.programme_of(loaded.path, organisation, configuration.tonight(loaded, as_of))
    _give(body, out, "The programme")


def _give(body: bytes, out: Path | None, whose: str) -> None:
    """Write bytes to a file, or to stdout for a pipe."""
    if out is None:
        sys.stdout.buffer.write(body)
        sys.stdout.flush()
    else:
        out.write_bytes(body)
        talk(f"{whose}: {len(body)} bytes in {out}")


def _run(config: Path, nights: Sequence[date], *, verbose: bool) -> list[NightOutcome]:
    """Run nights one after the other; they share one temporary Prefect server, unless PREFECT_API_URL names one."""
    from flows import running, settings

    if warning := settings.exposed(os.environ):
        talk(f"Warning: {warning}")
    return running.run_nights(config, nights, verbose=verbose)


def _as_typed() -> str:
    """Return how this command can be called from a shell: by name when it is on the path, else in full."""
    return "outreach" if shutil.which("outreach") else str(Path(sys.argv[0]).resolve())


def _fresh_demo(into: Path) -> Path:
    """Lay the bundled calendars and an empty state into *into*; only what an earlier demo made is replaced."""
    if not EXAMPLES.is_dir():
        raise ExamplesMissing
    if into.exists() and any(into.iterdir()):
        if not (into / _MADE_BY_DEMO).exists():
            raise NotOurs(into)
        shutil.rmtree(into)
    into.mkdir(parents=True, exist_ok=True)
    (into / _MADE_BY_DEMO).touch()
    for name in ("outreach.toml", "positions.toml"):
        shutil.copy(EXAMPLES / name, into)
    shutil.copytree(EXAMPLES / "nights", into / "nights")
    return (into / "outreach.toml").resolve()
