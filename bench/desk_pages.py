"""Every page of the desk with example addresses: what `bench.desk` asks for.

A new page is a row in PAGES: its route, who asks, and how an address is made from what the state holds.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount

from bench.desk_state import COORDINATOR, READER, READS
from calendar_sync import roster
from desk.web import application
from flows import steps
from flows.latest import latest
from flows.leaving import leave_link
from reports.languages import LANGUAGES
from store import decisions, findings

BAR, PLAN_BAR = 0.150, 0.300
"""Seconds."""


@dataclass(frozen=True)
class Facts:
    """What addresses are made from."""

    night: date
    findings: Sequence[int]
    events: Sequence[str]
    states: Sequence[str]
    organisations: Sequence[str]
    readers: Sequence[str]
    calendars: Sequence[str]
    decisions: int
    feed: str
    """The token of a feed."""
    leave: str
    """What is signed in a link to leave by."""


Draw = random.Random
Make = Callable[[Facts, Draw], str]


@dataclass(frozen=True)
class Page:
    """One page: its route, how an address of it is made, who asks, and what it may answer how fast (seconds)."""

    path: str
    make: Make
    who: str = COORDINATOR
    statuses: frozenset[int] = frozenset({200})
    bar: float = BAR
    spoken: bool = True
    """False where another language is another answer, which has to be made first."""

    def address(self, facts: Facts, draw: Draw) -> str:
        """Return an address, in one of the languages."""
        made = self.make(facts, draw)
        if not self.spoken:
            return made
        return f"{made}{'&' if '?' in made else '?'}{urlencode({'language': draw.choice(list(LANGUAGES))})}"


def _plain(path: str) -> Make:
    return lambda facts, draw: path


PAGES = (
    Page("/healthz", _plain("/healthz"), "nobody"),
    Page("/readyz", _plain("/readyz"), "nobody"),
    Page("/sign-in", _plain("/sign-in"), "nobody"),
    Page("/sign-in/{token}", _plain("/sign-in/of-another-start"), "nobody", frozenset({410})),
    Page("/leave/{signed}", lambda facts, draw: f"/leave/{facts.leave}", "nobody"),
    Page(
        "/feeds/{token}/{name}",
        lambda facts, draw: f"/feeds/{facts.feed}/report.{draw.choice(('ics', 'html', 'csv', 'json'))}", "nobody",
    ),
    Page("/", _plain("/")),
    Page("/log", lambda facts, draw: f"/log?before={draw.randrange(1, facts.decisions + 2)}"),
    Page("/findings/{number}", lambda facts, draw: f"/findings/{draw.choice(facts.findings)}"),
    Page("/organisations", _plain("/organisations")),
    Page(
        "/organisations/{organisation}",
        lambda facts, draw: f"/organisations/{quote(draw.choice(facts.organisations))}",
    ),
    Page(
        "/organisations/{organisation}/report",
        lambda facts, draw: f"/organisations/{quote(draw.choice(facts.readers))}/report",
    ),
    Page("/yours", _plain("/yours"), READER),
    Page("/report", _plain("/report"), READER, spoken=False),
)  # fmt: skip


def without_example() -> list[str]:
    """Return the pages of the desk that PAGES lacks, and those in PAGES that the desk lacks."""
    there = set(_paths(application(Path("outreach.toml"), lambda: datetime.now(UTC)).routes, ""))
    return sorted(there ^ {page.path for page in PAGES})


def _paths(routes: Sequence[BaseRoute], before: str) -> Iterator[str]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            # FastAPI keeps what it includes as it is, and tells with which prefix.
            yield from _paths(included.routes, before + vars(route)["include_context"].prefix)
        elif isinstance(route, Mount):
            yield from _paths(route.routes, before + route.path)
        elif isinstance(route, APIRoute) and "GET" in (route.methods or ()):
            yield before + route.path


def facts_of(config: Path) -> Facts:
    """Look up what addresses are made from, and give one reader a feed."""
    loaded = roster.load(config)
    known = latest(config)
    if known is None:
        raise RuntimeError(f"{config} was told of no night")
    with known.store.read() as db:
        numbers = sorted(findings.numbers(db, loaded.committee.id).values())
        made = len(decisions.made(db))
    fed = steps.subscribe(config, READS, "the bench", COORDINATOR, datetime.now(UTC))
    reader = loaded.organisation(READS)
    link = leave_link(loaded, reader, reader.deliver_to[0], datetime.now(UTC))
    columns = known.columns
    return Facts(
        known.night, numbers, [columns.event_id(row) for row in range(0, len(columns), max(1, len(columns) // 5000))],
        columns.names["states"], [one.id for one in loaded.organisations], [one.id for one in loaded.readers()],
        [one.id for one in loaded.calendars], made, fed.addresses["ics"].split("/")[-2], link.split("/")[-1],
    )  # fmt: skip
