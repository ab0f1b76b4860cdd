"""outreach history, coverage, ledger: what states were invited to, who is left out, and what came of it."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.commands import options
from desk.talking import emit, one_line, say, table, talk

if TYPE_CHECKING:
    from dedupe.coverage import Coverage, StateCoverage
    from dedupe.invitations import History

Csv = Annotated[bool, typer.Option("--csv", help="Print CSV for a spreadsheet.")]
Html = Annotated[Path | None, typer.Option("--html", help="Write a page with pictures to this file.")]
Day = typer.Option(formats=["%Y-%m-%d"], show_default=False)


def history(
    state: Annotated[str, typer.Argument(help="A state: ISO code or name.")],
    as_of: options.AsOf = None,
    config: options.Config = None,
    csv: Csv = False,
    json: options.Json = False,
    html: Html = None,
) -> None:
    """Show what a state was invited to, by theme and phase, and the assistance it asked for and received.

    \b
    Example:
      outreach history BW --as-of 2010-02-01
    """
    from calendar_sync.countries import country_code
    from desk import configuration
    from flows import looking

    code = country_code(state)
    if not code:
        raise typer.BadParameter(
            f"{state!r} is no state known here: write its ISO code, such as BW", param_hint="STATE"
        )
    loaded = configuration.load(config)
    known, committee = looking.history_of(loaded.path, code, configuration.tonight(loaded, as_of))
    if html is not None:
        from reports.rendering.coverage import history_page

        _write(html, history_page(known, committee))
    if csv:
        from reports.rendering.coverage import history_csv

        sys.stdout.write(history_csv(known))
    elif json:
        emit(known.as_json())
    elif html is None:
        _show_history(known)


def coverage(
    group: Annotated[
        list[str] | None, typer.Option(help="A group or state to count; may repeat. None: whoever is invited.")
    ] = None,
    since: Annotated[datetime | None, Day] = None,
    until: Annotated[datetime | None, Day] = None,
    as_of: options.AsOf = None,
    config: options.Config = None,
    csv: Csv = False,
    json: options.Json = False,
    html: Html = None,
) -> None:
    """Show states by themes and phases over a period: gaps, overload, the shift from awareness to implementation.

    Without --since and --until: this year and the three before it.

    \b
    Example:
      outreach coverage --group SADC --since 2006-01-01 --html coverage.html
    """
    from desk import configuration
    from flows import looking

    loaded = configuration.load(config)
    night = configuration.tonight(loaded, as_of)
    first = since.date() if since else date(night.year - 3, 1, 1)
    last = until.date() if until else date(max(night, first).year, 12, 31)
    if last < first:
        raise typer.BadParameter(f"--until ({last}) lies before --since ({first})", param_hint="--until")
    covered, committee, unknown = looking.coverage_of(loaded.path, night, first, last, tuple(group or ()))
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: no state and no group known here", param_hint="--group")
    if html is not None:
        from reports.rendering.coverage import coverage_page

        _write(html, coverage_page(covered, committee))
    if csv:
        from reports.rendering.coverage import coverage_csv

        sys.stdout.write(coverage_csv(covered))
    elif json:
        emit(covered.as_json())
    elif html is None:
        _show_coverage(covered)


def ledger(
    as_of: options.AsOf = None, config: options.Config = None, csv: Csv = False, json: options.Json = False
) -> None:
    """Show the results: each finding from first told to its end, and each month in numbers.

    \b
    Example:
      outreach ledger --as-of 2010-02-01 --csv
    """
    from desk import configuration
    from flows import results

    loaded = configuration.load(config)
    told = results.ledger_of(loaded.path, configuration.tonight(loaded, as_of))
    if csv:
        from reports.rendering.ledger_table import ledger_csv

        sys.stdout.write(ledger_csv(told))
    elif json:
        emit(told.as_json())
    else:
        from reports.rendering.plain import ledger_lines

        say("\n".join(ledger_lines(told)))


def _write(path: Path, page: bytes) -> None:
    try:
        path.write_bytes(page)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}", param_hint="--html") from error
    talk(f"Wrote {path.absolute()}")


def _show_history(known: History) -> None:
    ahead = sum(not entry.over for entry in known.invitations)
    say(
        f"{known.name}: {len(known.invitations) or 'no'} events known on {known.night}, {ahead or 'none'} still to come"
    )
    for name, counted in (("phase", known.by_phase), ("theme", known.by_theme)):
        if counted:
            told = ", ".join(f"{_said(word)} {number}" for word, number in counted.items())
            say(_wrapped(f"By {name}: {told}"))
    for given in known.assistance:
        by = f" ({', '.join(given.by)})" if given.by else ""
        say(_wrapped(f"Assistance {given.sort}{by}: {one_line(given.listing.title)}"))
    if not known.assistance:
        say("No calendar tells of assistance asked for or received.")
    for entry in known.invitations:
        say("")
        say(_wrapped(", ".join(part for part in (entry.dates, entry.place) if part)))
        say(_wrapped(one_line(entry.listing.title), "   "))
        words = [_said(word) for word in (*([entry.phase] if entry.phase else []), *entry.themes)]
        named = "by name" if entry.by_name else "with its group"
        states = f"{entry.states} state{'' if entry.states == 1 else 's'}"
        say(_wrapped(" · ".join([*words, f"invited {named}, {states}"]), "   "))


def _show_coverage(covered: Coverage) -> None:
    for sentence in covered.lead():
        say(_wrapped(sentence))
    if covered.overloaded:
        say("\nInvited often")
        say(_wrapped(", ".join(f"{row.name} ({row.fullest})" for row in covered.overloaded), "   "))
    if covered.gaps:
        say("\nInvited to nothing that is known here")
        say(_wrapped(", ".join(row.name for row in covered.gaps), "   "))
    if not covered.events:
        return
    heads = [_said(phase) for phase in covered.phases]
    say("\nEvents of each phase")
    say(table(["Year", *heads], [[str(year), *_numbers(of, covered.phases)] for year, of in covered.years]))
    say("\nStates, busiest first")
    rows = sorted((row for row in covered.rows if row.events), key=lambda row: (-row.events, row.name))
    say(table(["State", "Events", *heads, "Themes"], [_row(row, covered) for row in rows]))


def _row(row: StateCoverage, covered: Coverage) -> list[str]:
    themes = sorted(row.themes.items(), key=lambda entry: (-entry[1], entry[0]))
    told = ", ".join(f"{_said(theme)} {number}" for theme, number in themes[:3]) + (", …" if len(themes) > 3 else "")
    return [row.name, str(row.events), *_numbers(row.phases, covered.phases), told]


def _numbers(counted: Mapping[str, int], names: Sequence[str]) -> list[str]:
    return [str(counted.get(name, "")) for name in names]


def _said(name: str) -> str:
    return name.replace("-", " ") if name else "not told"


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, 78, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
