"""Time `outreach check` against many events: `python -m bench.checking [--events 100000] [--shared DIR]`.

The events are made from real listings: half from outreach (other dates over ten years, other hosts, other audiences
of the same lists), half from conferences. They are put into a real database as a night would leave it, each an event
by itself, since how listings cluster is not what is measured here. Printed: what the night does for it once, the
answer in a process that has asked before, twelve months of alternatives to either side, and a process that has not.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from calendar_sync import roster
from calendar_sync.changes import Changes
from calendar_sync.listings import Listing, ListingKey
from calendar_sync.reading.listing_tables import listing_table
from calendar_sync.refresh import Outcome, Refreshed
from calendar_sync.spans import Span
from dedupe.checks import Check, Proposal
from flows import checking
from flows.loading import load
from store import calendars, recognitions
from store.connecting import connect

ROOT = Path(__file__).parents[1]
NIGHT = date(2010, 1, 4)
YEARS = 10
BARS = {"warm": 0.050, "twelve months": 0.500, "cold": 1.5}
"""Seconds."""
ROSTER = """\
[committee]
id = "UN1540"
name = "1540 Committee"
time_zone = "America/New_York"

[state]
folder = "state"

[[organisations]]
id = "UN1540"
name = "1540 Committee"

[[calendars]]
id = "everything"
organisation = "UN1540"
source = "everything.ics"
"""
QUESTIONS = (
    ("Workshop on resolution 1540 (2004)", "Nairobi", "KE", ("African Union",), ("biosecurity",)),
    ("Regional workshop on implementing resolution 1540", "Gaborone", "BW", ("SADC",), ()),
    ("Seminar on export control", "Tbilisi", "GE", ("GE", "AM", "AZ", "MD", "UA"), ("export-control",)),
    ("Workshop for points of contact", "Lima", "PE", ("OAS",), ()),
    ("Course on assistance and protection against chemical weapons", "Kampala", "UG", ("KE", "UG", "TZ", "RW"), ()),
    ("Outreach seminar on biosafety", "Bangkok", "TH", ("ASEAN",), ("biosecurity",)),
    ("National round table on resolution 1540", "Accra", "GH", ("GH",), ()),
    ("Workshop on reporting for French-speaking African States", "Libreville", "GA", (), ()),
    ("Conference on non-proliferation", "", "", ("all States",), ()),
    ("Workshop", "Cairo", "EG", ("League of Arab States",), ("nuclear-security",)),
)


def generated(shared: Path, number: int, seed: int) -> Iterator[Listing]:
    """Make listings from real ones."""
    draw = random.Random(seed)
    outreach = [
        listing
        for name in ("outreach1540", "outreach_neighbours")
        for listing in listing_table(shared / "data" / name / "listings.csv")
    ]
    conferences = listing_table(shared / "data" / "matching" / "dev_listings.csv")
    hosts = [(listing.city, listing.country) for listing in outreach if listing.city]
    for at in range(number):
        listing = draw.choice(outreach if at % 2 else conferences)
        other = draw.choice(outreach)
        first = date(NIGHT.year - YEARS // 2, 1, 1) + timedelta(days=draw.randrange(YEARS * 365))
        days = min(listing.span.days, 12) if listing.span else 2
        city, country = draw.choice(hosts) if draw.random() < 0.6 else (listing.city, listing.country)
        vague = draw.random() < 0.05
        last = first + timedelta(days=30 if vague else days - 1)
        yield replace(
            listing, key=ListingKey("everything", f"g{at:07}"), organisation="UN1540", start=first,
            span=Span.vague(first, last) if vague else Span.exact(first, last),
            end=first + timedelta(days=days), city=city, country=country, first_seen=NIGHT, published=None,
            audience=listing.audience if draw.random() < 0.5 or not at % 2 else other.audience, date_text="",
        )  # fmt: skip


def prepared(folder: Path, shared: Path, number: int, seed: int) -> Path:
    """Fill a database as a night would leave it, and print what that took."""
    path = folder / "outreach.toml"
    path.write_text(ROSTER, encoding="utf-8")
    loaded = roster.load(path)
    loaded.state_folder.mkdir(parents=True, exist_ok=True)
    store = connect(loaded.database_url)
    listings = tuple(generated(shared, number, seed))
    with store.begin() as db:
        calendars.save(db, NIGHT, Refreshed("everything", Outcome("read"), listings, Changes()))
    with store.read() as db:
        known, stamped = load(db, loaded, NIGHT, before=False), checking.stamp(db, loaded, NIGHT)
    committee = loaded.organisation(loaded.committee.id)
    with store.begin() as db:
        clusters = tuple((listing.id,) for listing in known.listings)
        recognitions.save(db, known.fingerprint(committee), NIGHT, clusters)
    began = time.perf_counter()
    columns = checking.lay_out(known, store)
    print(f"once a night: {len(columns):,} events laid out in {time.perf_counter() - began:.1f} s", flush=True)
    began = time.perf_counter()
    checking.keep(known, stamped, columns, store)
    size = len(columns.to_bytes()) / 2**20
    print(f"once a night: {size:.0f} MiB of columns kept in {time.perf_counter() - began:.1f} s", flush=True)
    store.close()
    return path


def proposals() -> list[Proposal]:
    """Return the questions asked: each workshop in six months."""
    return [
        Proposal(title, Span.exact(day, day + timedelta(days=2)), city, country, audience, themes)
        for title, city, country, audience, themes in QUESTIONS
        for month in (2, 3, 5, 6, 9, 11)
        for day in (date(2010, month, 9),)
    ]


def timed(ask: Callable[[Proposal], Check], asked: Sequence[Proposal]) -> tuple[list[float], list[Check]]:
    """Ask each question once."""
    seconds, answers = [], []
    for proposal in asked:
        began = time.perf_counter()
        answers.append(ask(proposal))
        seconds.append(time.perf_counter() - began)
    return seconds, answers


def told(name: str, seconds: Sequence[float], bar: float) -> bool:
    """Print the figures of one bar, and say whether the median meets it."""
    ordered = sorted(seconds)
    ninth = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    met = statistics.median(seconds) <= bar
    print(
        f"{name}: median {statistics.median(seconds) * 1000:.0f} ms, 95 % within {ninth * 1000:.0f} ms, slowest "
        f"{ordered[-1] * 1000:.0f} ms of {len(seconds)}; the bar is {bar * 1000:.0f} ms: {'met' if met else 'missed'}",
        flush=True,
    )
    return met


def cold(path: Path, times: int) -> list[float]:
    """Ask in processes of their own, as a person at a terminal does."""
    command = Path(sys.executable).with_name("outreach")
    words = [
        "check", "--title", "Workshop on resolution 1540 (2004)", "--start", "2010-03-09", "--end", "2010-03-11",
        "--city", "Nairobi", "--country", "KE", "--audience", "African Union", "--as-of", NIGHT.isoformat(), "--json",
    ]  # fmt: skip
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        subprocess.run([command, *words], cwd=path.parent, check=True, capture_output=True)
        seconds.append(time.perf_counter() - began)
    return seconds


def main() -> None:
    """Prepare, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1540)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("OUTREACH_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--keep", type=Path, help="a folder to keep the database in, and to find it again")
    given = parser.parse_args()
    # As the command does, see desk.cli.
    gc.set_threshold(100_000, 20, 20)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        path = folder / "outreach.toml"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            prepared(folder, given.shared, given.events, given.seed)

        def ask(weeks: int) -> Callable[[Proposal], Check]:
            return lambda proposal: checking.check_proposal(path, proposal, NIGHT, weeks=weeks)

        asked = proposals()
        ask(52)(asked[0])
        seconds, answers = timed(ask(0), asked)
        found = sorted(sum(answer.counts.values()) for answer in answers)
        print(f"{answers[0].known_events:,} known events; findings of an answer: median {found[len(found) // 2]}, "
              f"most {found[-1]}")  # fmt: skip
        met = [told("warm answer", seconds, BARS["warm"])]
        seconds, _ = timed(ask(52), asked)
        met.append(told("with the 104 weeks around", seconds, BARS["twelve months"]))
        met.append(told("cold process", cold(path, 7), BARS["cold"]))
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
