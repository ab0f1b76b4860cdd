"""outreach check: what a coordinator asks before anything is sent."""

from __future__ import annotations

import textwrap
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from desk.commands import options
from desk.talking import FOUND, emit, say

if TYPE_CHECKING:
    from calendar_sync.spans import Span
    from dedupe.proposals import Check


def check(
    title: Annotated[str, typer.Option(help="The workshop's title.")] = "",
    start: Annotated[str, typer.Option(help='First day, as 2010-02-02, or words: "last 10 days of January".')] = "",
    end: Annotated[str, typer.Option(help="Last day, inclusive.")] = "",
    city: Annotated[str, typer.Option(help="Host city.")] = "",
    country: Annotated[str, typer.Option(help="Host country: ISO code or name.")] = "",
    audience: Annotated[list[str] | None, typer.Option(help="A state or group; may repeat.")] = None,
    theme: Annotated[list[str] | None, typer.Option(help="A theme; may repeat.")] = None,
    weeks: Annotated[int, typer.Option(min=0, max=52, help="How far to look for other dates.")] = 8,
    as_of: options.AsOf = None,
    config: options.Config = None,
    json: options.Json = False,
    fail_on: options.FailOn = "",
) -> None:
    """Would this workshop duplicate or clash with anything known, and when would it not?

    \b
    Example:
      outreach check --title "Workshop on resolution 1540" --start 2010-02-02 --end 2010-02-04 \\
        --city Nairobi --country KE --audience "African Union" --theme biosecurity
    """
    from dedupe.proposals import Proposal
    from desk import configuration
    from flows import steps

    if not any((title, start, end, city, country, audience, theme)):
        raise typer.BadParameter("say at least one thing about the workshop, such as --start or --audience")
    loaded = configuration.load(config)
    night = configuration.tonight(loaded, as_of)
    proposal = Proposal(
        title=title,
        span=_span(start, end, night),
        city=city,
        country=country,
        audience=tuple(audience or ()),
        themes=tuple(theme or ()),
    )
    answer = steps.check_proposal(loaded.path, proposal, night, weeks=weeks)
    if json:
        emit(answer.as_json())
    else:
        _show(answer)
    if options.asked_to_fail(fail_on, {finding.kind for finding in answer.findings}):
        raise typer.Exit(FOUND)


def _span(start: str, end: str, night: date) -> Span | None:
    """Read --start and --end: ISO days, or words."""
    from calendar_sync.spans import Span
    from calendar_sync.vague_dates import resolve

    def days(text: str, name: str) -> Span:
        try:
            return Span.exact(datetime.strptime(text, "%Y-%m-%d").date())  # noqa: DTZ007  a civil day has no zone
        except ValueError:
            resolved = resolve(text, published=night, prose=False)
            if resolved is None:
                raise typer.BadParameter(
                    f"{text!r} is no date: write 2010-02-02, or words such as 'first week of March 2010'",
                    param_hint=name,
                ) from None
            return resolved.span

    if not start and not end:
        return None
    first = days(start or end, "--start" if start else "--end")
    last = days(end, "--end") if end else first
    if last.latest < first.earliest:
        raise typer.BadParameter(f"--end ({last.latest}) lies before --start ({first.earliest})", param_hint="--end")
    if first.is_exact and last.is_exact:
        return Span.exact(first.earliest, last.latest)
    return Span.vague(first.earliest, last.latest) if last is not first else first


def _show(answer: Check) -> None:
    """Lay the answer out for a terminal."""
    say(answer.lead)
    for number, finding in enumerate(answer.findings, 1):
        say(f"\n{number}. {finding.title}  [{finding.severity}, {finding.kind}]")
        for reason in finding.reasons:
            say(f"   {'against' if reason.against else 'for':7}  {reason.text}")
        for proposal in finding.proposals:
            say(f"   could    {proposal}")
    if answer.history:
        say("\nWhat the invited states already received, or are invited to")
        alike: dict[tuple[str, ...], list[str]] = {}
        for line in answer.history:
            alike.setdefault(line.events, []).append(line.state_name)
        for received, names in sorted(alike.items(), key=lambda entry: (-len(entry[0]), entry[1])):
            say(f"   {'; '.join(received) if received else 'nothing known'}")
            say(textwrap.fill(", ".join(names), 78, initial_indent=" " * 6, subsequent_indent=" " * 6))
    if answer.alternatives:
        say("\nOther dates, best first")
        for number, alternative in enumerate(answer.alternatives, 1):
            say(f"   {number}. {alternative.words}: {alternative.reason}")
