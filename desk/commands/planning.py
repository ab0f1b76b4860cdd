"""outreach check: what a coordinator asks before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.commands import options
from desk.talking import FOUND, PARTIAL, emit, say, talk

if TYPE_CHECKING:
    from calendar_sync.spans import Span
    from dedupe.checks import Check
    from flows.planning import Plan


def check(
    title: Annotated[str, typer.Option(help="The workshop's title.")] = "",
    start: Annotated[str, typer.Option(help='First day, as 2010-02-02, or words: "last 10 days of January".')] = "",
    end: Annotated[str, typer.Option(help="Last day, inclusive.")] = "",
    city: Annotated[str, typer.Option(help="Host city.")] = "",
    country: Annotated[str, typer.Option(help="Host country: ISO code or name.")] = "",
    audience: Annotated[list[str] | None, typer.Option(help="A state or group; may repeat.")] = None,
    theme: Annotated[list[str] | None, typer.Option(help="A theme; may repeat.")] = None,
    organiser: Annotated[list[str] | None, typer.Option(help="Who organises it; may repeat.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="A whole plan instead: a table (xlsx, csv, ods, docx) or a calendar.")
    ] = None,
    weeks: Annotated[int, typer.Option(min=0, max=52, help="How far to look for other dates.")] = 8,
    html: Annotated[Path | None, typer.Option("--html", help="Write the answer as a page to this file.")] = None,
    ics: Annotated[Path | None, typer.Option("--ics", help="Write the proposal as an iCalendar file.")] = None,
    as_of: options.AsOf = None,
    config: options.Config = None,
    json: options.Json = False,
    fail_on: options.FailOn = "",
) -> None:
    """Would this workshop duplicate or clash with anything known, and when would it not?

    With --file, each workshop of a plan is held against the others and against everything known; rows that cannot be
    read are told, and the exit code is 3.

    \b
    Examples:
      outreach check --title "Workshop on resolution 1540" --start 2010-02-02 --end 2010-02-04 \\
        --city Nairobi --country KE --audience "African Union" --theme biosecurity
      outreach check --file plan.xlsx --html plan.html
    """
    from dedupe.checks import Proposal
    from desk import configuration
    from flows import steps

    described = any((title, start, end, city, country, audience, theme, organiser))
    if file is not None and (described or ics is not None):
        raise typer.BadParameter("a plan says all this itself: leave the other options out", param_hint="--file")
    if file is None and not described:
        raise typer.BadParameter("say at least one thing about the workshop, such as --start or --audience")
    loaded = configuration.load(config)
    night = configuration.tonight(loaded, as_of)
    if file is not None:
        _check_plan(file, loaded.path, night, weeks, html, json=json, fail_on=fail_on)
        return
    proposal = Proposal(
        title=title,
        span=_span(start, end, night),
        city=city,
        country=country,
        audience=tuple(audience or ()),
        themes=tuple(theme or ()),
        organisers=tuple(organiser or ()),
    )
    if ics is not None and proposal.span is None:
        raise typer.BadParameter("a calendar file needs a date: give --start", param_hint="--ics")
    answer = steps.check_proposal(loaded.path, proposal, night, weeks=weeks)
    if html is not None:
        from reports.rendering import check_page

        _write(html, check_page.render(answer, night), "--html")
    if ics is not None:
        from reports.rendering import proposal_feed

        _write(ics, proposal_feed.render(answer, night), "--ics")
    if json:
        emit(answer.as_json())
    else:
        from desk import answers

        for line in answers.lines(answer):
            say(line)
    if options.asked_to_fail(fail_on, {finding.kind for finding in answer.findings}):
        raise typer.Exit(FOUND)


def _check_plan(
    file: Path, roster_path: Path, night: date, weeks: int, html: Path | None, *, json: bool, fail_on: str
) -> None:
    """Check every workshop of a plan; the rows that cannot be read are told, and the rest goes on."""
    from flows import planning, steps

    plan = planning.read_plan(file)
    checks = steps.check_proposals(roster_path, plan.proposals, night, weeks=weeks) if plan.proposals else []
    if html is not None:
        from reports.rendering import check_page

        _write(html, check_page.render_plan(plan.name, checks, plan.problems, night), "--html")
    if json:
        emit(_plan_json(plan, checks))
    else:
        from desk import answers

        for line in answers.plan_lines(checks):
            say(line)
    for problem in plan.problems:
        talk(problem)
    if options.asked_to_fail(fail_on, {finding.kind for answer in checks for finding in answer.findings}):
        raise typer.Exit(FOUND)
    if plan.problems:
        talk(f"{len(checks)} workshops of {plan.name} were checked; what is named above was not read.")
        raise typer.Exit(PARTIAL)


def _plan_json(plan: Plan, checks: Sequence[Check]) -> dict[str, object]:
    return {
        "plan": plan.name,
        "problems": list(plan.problems),
        "rows": [
            {
                "uid": answer.event.listings[0].key.uid, "title": answer.event.title,
                "start": answer.event.span.earliest.isoformat() if answer.event.span else None,
                "end": answer.event.span.latest.isoformat() if answer.event.span else None, "check": answer.as_json(),
            }
            for answer in checks
        ],
    }  # fmt: skip


def _write(path: Path, body: bytes, option: str) -> None:
    try:
        path.expanduser().write_bytes(body)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}", param_hint=option) from error
    talk(f"Wrote {path.expanduser().absolute()}")


def _span(start: str, end: str, night: date) -> Span | None:
    """Read --start and --end: ISO days, or words."""
    from flows.planning import DateUnclear, span_of

    try:
        return span_of(start, end, night)
    except DateUnclear as error:
        raise typer.BadParameter(error.what, param_hint=f"--{error.which}") from error
