"""Clashes and duplicates of a programme of workshops among growing numbers of events: `python -m bench.programme`.

Events are made from real listings as for `bench.checking`, understood once, and spread over forty years again and again
under new ids. They are laid out as columns, and a process of its own reads these and holds 500 workshops of one
year against them. Printed for each size: seconds and peak memory of either step, and what was found.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from bench.checking import NIGHT, QUESTIONS, ROOT, generated
from calendar_sync.spans import Span
from dedupe.checks import Proposal
from dedupe.event_columns import EventColumns, columns_of
from dedupe.events import Event
from dedupe.findings import Kind
from dedupe.known import Known
from dedupe.policy import Policy
from dedupe.profiles import Profile, profile
from dedupe.proposals import check_against

YEARS = 40
WORKSHOPS = 500
UNDERSTOOD = 10_000
"""Events that are understood from their words; the others are these at other times."""
GROWTH = 1.3
"""Times what grows as the events do that a step may cost."""


def profiles(shared: Path, number: int, seed: int) -> Iterator[Profile]:
    """Make events of different days and ids."""
    draw = random.Random(seed)

    def new() -> str:
        return str(uuid.UUID(int=draw.getrandbits(128)))

    known = [profile(Event(new(), (listing,)), ()) for listing in generated(shared, UNDERSTOOD, seed)]
    begin = date(NIGHT.year - YEARS // 2, 1, 1)
    for at in range(number):
        entry = known[at % len(known)]
        first = begin + timedelta(days=draw.randrange(YEARS * 365))
        vague = entry.span is not None and not entry.span.is_exact
        last = first + timedelta(days=entry.span.days - 1 if entry.span is not None else 0)
        span = Span.vague(first, last) if vague else Span.exact(first, last)
        yield replace(entry, span=span, event=replace(entry.event, id=new()))


def programme() -> list[Proposal]:
    """Plan the workshops of one year."""
    days = [date(NIGHT.year, 1, 11) + timedelta(days=at * 340 // WORKSHOPS) for at in range(WORKSHOPS)]
    return [
        Proposal(title, Span.exact(day, day + timedelta(days=2)), city, country, audience, themes)
        for day, (title, city, country, audience, themes) in zip(
            days, QUESTIONS * (WORKSHOPS // len(QUESTIONS)), strict=True
        )
    ]


def lay_out(shared: Path, number: int, seed: int, path: Path) -> None:
    """Make events and keep their columns; what one night does."""
    made = list(profiles(shared, number, seed))
    began = time.perf_counter()
    path.write_bytes(columns_of(made).to_bytes())
    print(f"{time.perf_counter() - began:.3f} {_peak()}")


def hold(path: Path) -> None:
    """Hold the programme against the events of some columns."""
    began = time.perf_counter()
    columns = EventColumns.from_bytes(path.read_bytes())
    world, policy = Known(columns, lambda rows: [entry.event for entry in columns.profiles(rows)]), Policy()
    counts: Counter[Kind] = Counter()
    for proposal in programme():
        counts.update(check_against(proposal, [world], policy, (), NIGHT, weeks=0).counts)
    print(f"{time.perf_counter() - began:.3f} {_peak()} {counts[Kind.CLASH]} {counts[Kind.DUPLICATIVE]}")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def asked(step: str, given: argparse.Namespace, number: int, path: Path) -> Sequence[float]:
    """Do a step in a process of its own, and return what it printed."""
    words = [sys.executable, "-m", "bench.programme", "--step", step, "--path", str(path), "--events", str(number)]
    words += ["--shared", str(given.shared), "--seed", str(given.seed)]
    told = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    return [float(word) for word in told.stdout.split()]


def main() -> None:
    """Print the growth table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--seed", type=int, default=1540)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("OUTREACH_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--step", choices=("lay-out", "hold"), help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step == "lay-out":
        lay_out(given.shared, given.events[0], given.seed, given.path)
        return
    if given.step == "hold":
        hold(given.path)
        return
    print("| events | laid out s | peak MiB | 500 workshops held s | peak MiB | clashes | duplicates |")
    print("|---|---|---|---|---|---|---|")
    held: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for number in given.events:
            path = Path(scratch) / "columns"
            laid, peak = asked("lay-out", given, number, path)
            seconds, most, clashes, duplicates = asked("hold", given, number, path)
            held.append((number, seconds))
            print(f"| {number:,} | {laid:.1f} | {peak:.0f} | {seconds:.1f} | {most:.0f} | {clashes:,.0f} "
                  f"| {duplicates:,.0f} |", flush=True)  # fmt: skip
    for (few, before), (many, after) in pairwise(held):
        print(f"{few:,} to {many:,}: {after / before:.1f} times the time; {GROWTH * many / few:.0f} allowed")


if __name__ == "__main__":
    main()
