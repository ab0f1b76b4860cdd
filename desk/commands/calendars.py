"""outreach sync, outreach inspect."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.commands import options
from desk.talking import PARTIAL, emit, one_line, say, table, talk

if TYPE_CHECKING:
    from flows.outcomes import SyncOutcome

_INSPECTED = "inspected"


def sync(
    calendars: Annotated[list[str] | None, typer.Argument(help="Calendars to read; all by default.")] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Accept an emptied or shrunken calendar as it is.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell what happened last to the calendars named; nobody is asked.")
    ] = False,
    as_of: options.AsOf = None,
    config: options.Config = None,
    json: options.Json = False,
) -> None:
    """Read every calendar; one line each: read, unchanged, refused, or kept the last good copy.

    \b
    Examples:
      outreach sync
      outreach sync oas-events --accept
      outreach sync --explain oas-events
    """
    from desk import configuration
    from flows import steps

    loaded = configuration.load(config)
    night = configuration.tonight(loaded, as_of)
    chosen = [loaded.calendar(name).id for name in calendars] if calendars else [c.id for c in loaded.calendars]
    if explain:
        explained = [steps.explain(loaded.path, name, night) for name in chosen]
        if json:
            emit([told.as_json() for told in explained])
        else:
            say("\n\n".join(told.words() for told in explained))
        return
    with _shown(chosen, live=not json and sys.stdout.isatty()) as tell:
        outcomes = steps.sync_together(loaded.path, chosen, night, accept=accept, tell=tell)
    if json:
        emit(
            [
                {
                    "calendar": outcome.calendar, "outcome": outcome.outcome, "listings": outcome.listings,
                    "added": outcome.added, "updated": outcome.updated, "withdrawn": outcome.withdrawn,
                    "problems": outcome.problems, "seconds": outcome.seconds,
                    "error": str(outcome.error) if outcome.error else None,
                }
                for outcome in outcomes
            ]
        )  # fmt: skip
    elif not sys.stdout.isatty():
        say(table(_HEADINGS, [_row(outcome) for outcome in outcomes]))
    gaps = [outcome for outcome in outcomes if not outcome.complete]
    for outcome in gaps:
        talk(str(outcome.error))
    if gaps:
        talk(
            f"{len(gaps)} of {len(outcomes)} calendars were not read; what was known of them stands. "
            f"Next: outreach sync --explain {gaps[0].calendar}"
        )
        raise typer.Exit(PARTIAL)
    talk(f"{len(outcomes)} of {len(outcomes)} calendars were read. Next: outreach nightly")


_HEADINGS = ("Calendar", "What happened", "Listings", "Changed", "Problems", "Seconds")


def _row(outcome: SyncOutcome) -> list[str]:
    changed = outcome.added + outcome.updated + outcome.withdrawn
    happened = outcome.outcome
    if outcome.error is not None and outcome.error.code != happened:
        happened = f"{happened}: {outcome.error.code}"
    numbers = (outcome.listings, changed, outcome.problems)
    return [outcome.calendar, happened, *(str(number) for number in numbers), f"{outcome.seconds:.1f}"]


@contextmanager
def _shown(calendars: Sequence[str], *, live: bool) -> Iterator[Callable[[str, SyncOutcome | None], None]]:
    """Show a table that fills while calendars are read; yields whom to tell. Not *live*, nothing is shown."""
    rows = {calendar: [one_line(calendar), "waiting", "", "", "", ""] for calendar in calendars}
    if not live:
        yield lambda calendar, outcome: None
        return
    # Here, because rich takes a tenth of a second, and pipes need none of it.
    from rich.console import Console
    from rich.live import Live
    from rich.table import Table
    from rich.text import Text

    def drawn() -> Table:
        drawing = Table(*_HEADINGS, box=None, pad_edge=False)
        for row in list(rows.values()):
            drawing.add_row(*(Text(cell) for cell in row))
        return drawing

    with Live(get_renderable=drawn, console=Console(file=sys.stdout), refresh_per_second=4) as screen:

        def tell(calendar: str, outcome: SyncOutcome | None) -> None:
            rows[calendar] = [one_line(calendar), "reading", "", "", "", ""] if outcome is None else _row(outcome)

        yield tell
        screen.refresh()


def inspect(
    source: Annotated[str, typer.Argument(help="A file, or an http, https or webcal address.")],
    from_: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")] = None,
    to: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Day after the last.")] = None,
    private_network: Annotated[
        bool, typer.Option("--private-network", help="Allow an address inside a private network.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Read one calendar and show what it holds and what is wrong with it. Nothing is stored.

    Without a window: everything that is not recurring, and one year of what is.

    \b
    Examples:
      outreach inspect events.ics
      outreach inspect https://example.org/events.ics --from 2026-01-01 --to 2027-01-01 --json
    """
    from calendar_sync.reading.inspecting import inspect_json

    if (from_ is None) != (to is None):
        raise typer.BadParameter("give both --from and --to, or neither", param_hint="--from/--to")
    window = (from_.date(), to.date()) if from_ is not None and to is not None else None
    if window is not None and window[1] <= window[0]:
        raise typer.BadParameter(f"--to ({window[1]}) must lie after --from ({window[0]})", param_hint="--to")
    reading = _read(source, window, private_network=private_network)
    if json:
        emit(inspect_json(reading))
    else:
        _show(inspect_json(reading))
    if not reading.is_calendar:
        talk(f"{_short(source)}: no calendar was found in it. Next: check the address or the file.")
        raise typer.Exit(PARTIAL)


def _read(source: str, window: tuple[date, date] | None, *, private_network: bool) -> Any:  # noqa: ANN401  Reading, imported late
    """Fetch and read one source; what goes wrong on the way becomes a problem of the reading."""
    from calendar_sync.errors import CalendarError
    from calendar_sync.reading import Problem, Reading, guarded
    from calendar_sync.roster import Calendar
    from calendar_sync.sources.choosing import source_of

    is_address = "://" in source
    calendar = Calendar(
        id=_INSPECTED,
        organisation=_INSPECTED,
        source=source if is_address else str(Path(source).expanduser().resolve()),
        private_network=private_network,
    )
    try:
        payload = source_of(calendar, Path.cwd()).fetch(date.max, None)
    except CalendarError as error:
        return Reading(problems=(Problem(error.code, error.detail),), is_calendar=False)
    if payload is None:
        return Reading(problems=(Problem("unchanged", "the server says that nothing changed"),), is_calendar=False)
    return guarded.read_guarded(payload, calendar, window)


def _show(found: dict[str, Any]) -> None:
    rows = [
        [entry["start"] or entry.get("date_text") or "no date", entry["end"] or "", entry["location"] or "",
         entry["summary"]]
        for entry in found["listings"]
    ]  # fmt: skip
    if rows:
        say(table(["Start", "End", "Place", "Title"], rows))
    for problem in found["problems"]:
        said = f"{problem['code']}: {problem['message']}" + (f" ({problem['uid']})" if problem["uid"] else "")
        talk(one_line(said))
    talk(f"{len(rows)} listings, {len(found['problems'])} problems.")


def _short(source: str) -> str:
    from calendar_sync.references import masked

    return masked(source)
