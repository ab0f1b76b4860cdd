"""outreach match, outreach check: what a coordinator asks before anything is sent."""

from __future__ import annotations

import csv
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from desk.commands import options
from desk.talking import FOUND, emit, say, talk

if TYPE_CHECKING:
    from calendar_sync.listings import Listing
    from calendar_sync.spans import Span
    from dedupe.evidence import Recognition
    from dedupe.proposals import Check

_COLUMNS = ("id_a", "id_b", "kind", "probability", "bits", "reasons")


def match(
    tables: Annotated[list[Path], typer.Argument(help="One or two CSV tables of listings.", metavar="A.csv [B.csv]")],
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the pairs; stdout by default.")] = None,
    threshold: Annotated[float | None, typer.Option(help="Least match weight of a pair, in bits.")] = None,
) -> None:
    """Find the listings that are one event, within a table or across two.

    The tables need the columns id and title; source, start, end, city, country, language, place_raw, venue, online,
    organisers, sponsors, audience, themes, date_text, published, url and description help.

    \b
    Example:
      outreach match ours.csv theirs.csv --out pairs.csv
    """
    from dedupe.matching import recognise

    if len(tables) > 2:
        raise typer.BadParameter("give one or two tables", param_hint="A.csv [B.csv]")
    listings = _listings(tables)
    talk(f"Comparing {len(listings)} listings ...")
    recognition = recognise(listings, threshold=threshold)
    names = {listing.id: listing.key.uid for listing in listings}
    rows = sorted(_same_events(recognition, names))
    rows += sorted(_relations(listings, recognition, names))
    if out is None:
        _write(rows, sys.stdout)
    else:
        with out.open("w", encoding="utf-8", newline="") as file:
            _write(rows, file)
    kinds = Counter(row[2] for row in rows)
    told = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())) or "no pairs"
    talk(f"{len(recognition.clusters)} events among {len(listings)} listings: {told}." + (f" In {out}." if out else ""))


def _listings(tables: Sequence[Path]) -> list[Listing]:
    """Read the tables; ids that stand in both are told apart by the file's name."""
    from calendar_sync.reading.listing_tables import listing_table

    read = [listing_table(path) for path in tables]
    if len(read) == 1:
        return read[0]
    twice = {listing.key.uid for listing in read[0]} & {listing.key.uid for listing in read[1]}
    stems = [path.stem for path in tables]
    names = stems if stems[0] != stems[1] else [f"{stems[0]}-1", f"{stems[1]}-2"]
    return [
        replace(listing, key=replace(listing.key, uid=f"{name}:{listing.key.uid}")) if listing.key.uid in twice
        else listing
        for name, side in zip(names, read, strict=True)
        for listing in side
    ]  # fmt: skip


def _same_events(recognition: Recognition, names: dict[str, str]) -> Iterator[tuple[str, ...]]:
    compared = {(match.left_id, match.right_id): match for match in recognition.matches}
    for cluster in recognition.clusters:
        for position, one in enumerate(sorted(cluster)):
            for other in sorted(cluster)[position + 1 :]:
                found = compared.get((one, other)) or compared.get((other, one))
                pair = sorted((names[one], names[other]))
                if found is None:
                    yield (*pair, "same_event", "", "", "joined by the listings both agree with")
                else:
                    reasons = "; ".join(f"{e.comparison}: {e.level} {e.bits:+.1f}" for e in found.evidence)
                    yield (*pair, "same_event", f"{found.probability:.6f}", f"{found.bits:.2f}", reasons)


def _relations(
    listings: Sequence[Listing], recognition: Recognition, names: dict[str, str]
) -> Iterator[tuple[str, ...]]:
    """Name one kind for each pair of listings of two related events."""
    from dedupe.assembling import events
    from dedupe.finding import relations
    from dedupe.policy import Policy

    for relation in relations(events(listings, recognition, ()), Policy()):
        for one in relation.first.listings:
            for other in relation.second.listings:
                pair = sorted((names[one.id], names[other.id]))
                yield (*pair, relation.kind, "", "", relation.why)


def _write(rows: Sequence[Sequence[str]], file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(rows)


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
