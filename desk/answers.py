"""The answer to a check, laid out for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from dedupe import phrases
from dedupe.checks import Check
from dedupe.findings import Finding, Kind, Severity
from desk.talking import one_line, table

_WIDTH = 78
_MOST_QUIET = 3
"""Findings that are only information, told in full; the others are in --json and --html."""


def lines(answer: Check) -> Iterator[str]:
    """Yield the answer line by line, the sentence that matters first."""
    yield answer.lead
    yield from answer.notes
    pressing = [finding for finding in answer.findings if finding.severity is not Severity.INFORMATION]
    quiet = [finding for finding in answer.findings if finding.severity is Severity.INFORMATION]
    for number, finding in enumerate([*pressing, *quiet[:_MOST_QUIET]], 1):
        yield from _finding(number, finding)
    left = answer.untold + len(quiet[_MOST_QUIET:])
    if left:
        yield f"\n{left} more are not told here; --html and --json say more."
    yield from _days(answer)
    yield from _history(answer)
    yield from _alternatives(answer)


def _finding(number: int, finding: Finding) -> Iterator[str]:
    yield f"\n{number}. {finding.title}  [{finding.severity}, {finding.kind}]"
    for reason in finding.reasons:
        yield f"   {'against' if reason.against else 'for':7}  {reason.text}"
    for proposal in finding.proposals:
        yield f"   could    {proposal}"


def _days(answer: Check) -> Iterator[str]:
    told = [day.words for day in answer.days]
    if answer.weekend_days:
        told.append(f"{phrases.days((answer.weekend_days, answer.weekend_days))} of the weekend there")
    if told:
        yield "\nOn the dates asked for"
        yield from (f"   {line}" for line in told)
    if answer.journeys:
        yield "\nThe same delegations travel"
        for journey in answer.journeys:
            yield f"   {'too little time: ' if journey.tight else ''}{journey.words}"


def _history(answer: Check) -> Iterator[str]:
    if not answer.history:
        return
    yield "\nWhat the invited states already received, or are invited to"
    alike: dict[tuple[tuple[str, ...], int], list[str]] = {}
    for line in answer.history:
        alike.setdefault((line.events, line.more), []).append(line.state_name)
    for (received, more), names in sorted(alike.items(), key=lambda entry: (-len(entry[0][0]), entry[1])):
        yield f"   {'; '.join(received) if received else 'nothing known'}{f' and {more} more' if more else ''}"
        yield textwrap.fill(", ".join(names), _WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)


def _alternatives(answer: Check) -> Iterator[str]:
    if not answer.alternatives:
        return
    yield "\nOther dates, best first"
    for number, alternative in enumerate(answer.alternatives, 1):
        yield f"   {number}. {alternative.words}: {alternative.reason}"
        if alternative.beside is not None:
            yield f"      {alternative.beside.words}"


def plan_lines(checks: Sequence[Check]) -> Iterator[str]:
    """Yield the answers to a whole plan: a table, then what was found of each workshop."""
    touched = sum(bool(answer.counts.get(Kind.CLASH) or answer.counts.get(Kind.DUPLICATIVE)) for answer in checks)
    yield f"{touched} of {len(checks)} workshops would or might clash or duplicate.\n"
    yield table(["N", "Dates", "Clash", "Dupl.", "Workshop"], [
        [
            str(number), phrases.dates(answer.event.span, answer.event.listings[0].date_text),
            str(answer.counts.get(Kind.CLASH, 0)), str(answer.counts.get(Kind.DUPLICATIVE, 0)), answer.event.title,
        ]
        for number, answer in enumerate(checks, 1)
    ])  # fmt: skip
    for number, answer in enumerate(checks, 1):
        pressing = [finding for finding in answer.findings if finding.kind in (Kind.CLASH, Kind.DUPLICATIVE)]
        if not pressing:
            continue
        yield f"\n{number}. {one_line(answer.event.title)}"
        for finding in pressing:
            yield f"   {finding.title}  [{finding.severity}, {finding.kind}]"
        best = next(iter(answer.alternatives), None)
        if best is not None:
            yield f"   best other date: {best.words}: {best.reason}"
