"""Every page of the desk with example addresses: what `bench.desk` asks for.

A new page is a row in PAGES: its route, who asks, and how an address is made from what the state holds.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount

from bench.checking import QUESTIONS
from bench.desk_state import COORDINATOR, READER, READS
from calendar_sync import roster
from dedupe.meaning import themes
from desk.web import application
from flows import api_tokens, proposing, steps
from flows.lanes import ZOOMS, Sort
from flows.latest import latest
from flows.leaving import leave_link
from reports.languages import LANGUAGES
from store import decisions, findings

BAR, PLAN_BAR = 0.150, 0.300
"""Seconds."""
PROGRAM, PROGRAM_OF_READER = "a program", "a program of a reader"
"""Comes with a token, for the API."""


@dataclass(frozen=True)
class Facts:
    """What addresses are made from."""

    night: date
    findings: Sequence[int]
    pages: int
    """So many pages of findings there surely are."""
    events: Sequence[str]
    states: Sequence[str]
    organisations: Sequence[str]
    publishers: Sequence[str]
    readers: Sequence[str]
    calendars: Sequence[str]
    themes: Sequence[str]
    words: Sequence[str]
    """Of titles."""
    decisions: int
    feed: str
    """The token of a feed."""
    token: str = field(repr=False)
    """Of a program."""
    proposals: Sequence[int]
    leave: str
    """What is signed in a link to leave by."""
    reader_token: str = field(repr=False)
    """Of a program that comes as a reader."""
    job: str = ""
    """One that ended; the bench begins it when the desk runs."""


_API = "/api/v1"
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


def _month(facts: Facts, draw: Draw) -> str:
    """Name a month within two years of the night."""
    months = facts.night.year * 12 + facts.night.month - 1 + draw.randrange(-24, 25)
    return f"{months // 12}-{months % 12 + 1:02}"


def _choice(facts: Facts, draw: Draw) -> dict[str, str]:
    """Choose an organisation, a theme, a state or, mostly, nothing."""
    some = (("organisation", facts.publishers), ("theme", facts.themes), ("state", facts.states))
    name, known = draw.choice(some)
    return {name: draw.choice(known)} if draw.random() < 0.4 else {}


def _root(facts: Facts, draw: Draw) -> str:
    page = draw.randrange(1, facts.pages + 1)
    return draw.choice(("/", "/", f"/?page={page}", "/?show=information"))


def _calendar(facts: Facts, draw: Draw) -> str:
    month = _month(facts, draw)
    what = draw.choice(({}, {"month": month}, {"month": month}, {"year": month[:4]}, {"day": f"{month}-09"},
                        {"whole": month}, {"undated": "1"}))  # fmt: skip
    return f"/calendar?{urlencode(what | _choice(facts, draw))}"


def _timeline(facts: Facts, draw: Draw) -> str:
    what = {"from": _month(facts, draw), "months": draw.choice(ZOOMS), "lanes": draw.choice(list(Sort))}
    return f"/timeline?{urlencode((what if draw.random() < 0.8 else {}) | _choice(facts, draw))}"


def _lanes_told(facts: Facts, draw: Draw) -> str:
    what = {"since": f"{_month(facts, draw)}-01", "months": draw.choice(ZOOMS), "lanes": draw.choice(list(Sort))}
    return f"{_API}/timeline?{urlencode(what | _choice(facts, draw))}"


def _events(facts: Facts, draw: Draw) -> str:
    words = " ".join(draw.choice(facts.words) for _ in range(draw.randrange(1, 4)))
    days = {"from": f"{_month(facts, draw)}-01", "to": f"{facts.night.year + 3}-01-01"}
    chosen = {name: value for name, value in _choice(facts, draw).items() if name != "state"}
    return f"/events?{urlencode(draw.choice(({}, {'words': words}, {'words': 'workshop'}, days, chosen)))}"


def _covered(facts: Facts, draw: Draw) -> str:
    """Ask for a group and some years."""
    year = facts.night.year + draw.randrange(-4, 3)
    days = {"since": f"{year}-01-01", "until": f"{year + draw.randrange(3)}-12-31"}
    groups = {"group": draw.choice(("African Union", "OAS; CARICOM", "ASEAN Regional Forum", "SADC"))}
    return urlencode(draw.choice(({}, days, groups, days | groups)))


def _map(facts: Facts, draw: Draw) -> str:
    return f"/map?{_covered(facts, draw)}{draw.choice(('', '&show=hosts'))}"


def _proposal(facts: Facts, draw: Draw) -> str:
    """Ask for a workshop in the months after the night."""
    title, city, country, audience, subjects = draw.choice(QUESTIONS)
    first = facts.night + timedelta(days=draw.randrange(20, 400))
    written = {
        "title": title, "start": first.isoformat(), "end": (first + timedelta(days=2)).isoformat(), "city": city,
        "country": country, "audience": "; ".join(audience), "theme": "; ".join(subjects),
    }  # fmt: skip
    return urlencode({name: value for name, value in written.items() if value})


def _report(facts: Facts, draw: Draw) -> str:
    return f"{_API}/organisations/{quote(draw.choice(facts.readers))}/report"


def _dated(template: str) -> Make:
    """Ask for days of a month, among events chosen in one way or another."""

    def address(facts: Facts, draw: Draw) -> str:
        month = _month(facts, draw)
        path = template.format(month=month, year=month[:4])
        return f"{_API}{path}?{urlencode(_choice(facts, draw))}"

    return address


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
    Page("/assets/desk.js", _plain("/assets/desk.js"), "nobody"),
    Page("/metrics", _plain("/metrics"), "nobody"),
    Page("/", _root),
    Page("/log", lambda facts, draw: f"/log?before={draw.randrange(1, facts.decisions + 2)}"),
    Page("/findings/{number}", lambda facts, draw: f"/findings/{draw.choice(facts.findings)}"),
    Page("/events", _events),
    Page("/events/{event}", lambda facts, draw: f"/events/{draw.choice(facts.events)}"),
    Page("/calendar", _calendar),
    Page("/timeline", _timeline),
    Page("/plan", lambda facts, draw: f"/plan?{_proposal(facts, draw)}", bar=PLAN_BAR),
    Page("/plan.ics", lambda facts, draw: f"/plan.ics?{_proposal(facts, draw)}", bar=PLAN_BAR),
    Page("/plan/list", _plain("/plan/list")),
    Page("/coverage", lambda facts, draw: f"/coverage?{_covered(facts, draw)}"),
    Page("/map", _map),
    Page("/states", _plain("/states")),
    Page("/states/{state}", lambda facts, draw: f"/states/{draw.choice(facts.states)}"),
    Page("/ledger", lambda facts, draw: f"/ledger?page={draw.randrange(1, facts.pages + 1)}"),
    Page("/ledger.csv", _plain("/ledger.csv")),
    Page("/calendars", _plain("/calendars")),
    Page("/calendars/add", _plain("/calendars/add")),
    Page("/calendars/{calendar}", lambda facts, draw: f"/calendars/{draw.choice(facts.calendars)}"),
    Page("/jobs/{job}", lambda facts, draw: f"/jobs/{facts.job}"),
    Page("/jobs/{job}/events", lambda facts, draw: f"/jobs/{facts.job}/events"),
    Page("/organisations", _plain("/organisations")),
    Page(
        "/organisations/{organisation}",
        lambda facts, draw: f"/organisations/{quote(draw.choice(facts.organisations))}",
    ),
    Page(
        "/organisations/{organisation}/report",
        lambda facts, draw: f"/organisations/{quote(draw.choice(facts.readers))}/report",
        spoken=False,
    ),
    Page("/yours", _plain("/yours"), READER),
    Page("/report", _plain("/report"), READER, spoken=False),
    Page("/proposals", _plain("/proposals")),
    Page("/proposals/{number}", lambda facts, draw: f"/proposals/{draw.choice(facts.proposals)}"),
    Page("/proposals/{number}.ics", lambda facts, draw: f"/proposals/{draw.choice(facts.proposals)}.ics", bar=PLAN_BAR),
    Page(f"{_API}/readiness", _plain(f"{_API}/readiness"), "nobody"),
    Page(f"{_API}/me", _plain(f"{_API}/me"), PROGRAM),
    Page(f"{_API}/tonight", lambda facts, draw: f"{_API}/tonight?page={draw.randrange(1, facts.pages + 1)}", PROGRAM),
    Page(f"{_API}/findings/{{number}}", lambda facts, draw: f"{_API}/findings/{draw.choice(facts.findings)}", PROGRAM),
    Page(
        f"{_API}/findings/{{number}}/instead",
        lambda facts, draw: f"{_API}/findings/{draw.choice(facts.findings)}/instead", PROGRAM,
    ),
    Page(f"{_API}/experts", _plain(f"{_API}/experts"), PROGRAM),
    Page(f"{_API}/log", lambda facts, draw: f"{_API}/log?before={draw.randrange(1, facts.decisions + 2)}", PROGRAM),
    Page(f"{_API}/events", lambda facts, draw: f"{_API}/events?words={quote(draw.choice(facts.words))}", PROGRAM),
    Page(f"{_API}/events/{{event}}", lambda facts, draw: f"{_API}/events/{draw.choice(facts.events)}", PROGRAM),
    Page(f"{_API}/themes", _plain(f"{_API}/themes"), PROGRAM),
    Page(f"{_API}/calendar/months/{{month}}", _dated("/calendar/months/{month}"), PROGRAM),
    Page(f"{_API}/calendar/months/{{month}}/whole", _dated("/calendar/months/{month}/whole"), PROGRAM),
    Page(f"{_API}/calendar/years/{{year}}", _dated("/calendar/years/{year}"), PROGRAM),
    Page(f"{_API}/calendar/days/{{day}}", _dated("/calendar/days/{month}-09"), PROGRAM),
    Page(f"{_API}/calendar/undated", _dated("/calendar/undated"), PROGRAM),
    Page(f"{_API}/timeline", _lanes_told, PROGRAM),
    Page(f"{_API}/calendars", _plain(f"{_API}/calendars"), PROGRAM),
    Page(
        f"{_API}/calendars/{{calendar}}", lambda facts, draw: f"{_API}/calendars/{draw.choice(facts.calendars)}",
        PROGRAM,
    ),
    Page(f"{_API}/jobs", _plain(f"{_API}/jobs"), PROGRAM),
    Page(f"{_API}/jobs/{{job}}", lambda facts, draw: f"{_API}/jobs/{facts.job}", PROGRAM),
    Page(f"{_API}/organisations", _plain(f"{_API}/organisations"), PROGRAM),
    Page(
        f"{_API}/organisations/{{organisation}}",
        lambda facts, draw: f"{_API}/organisations/{quote(draw.choice(facts.organisations))}", PROGRAM,
    ),
    Page(f"{_API}/organisations/{{organisation}}/report", _report, PROGRAM, spoken=False),
    Page(f"{_API}/feeds", _plain(f"{_API}/feeds"), PROGRAM),
    Page(f"{_API}/coverage", lambda facts, draw: f"{_API}/coverage?since={_month(facts, draw)}-01", PROGRAM),
    Page(f"{_API}/hosts", lambda facts, draw: f"{_API}/hosts?since={_month(facts, draw)}-01", PROGRAM),
    Page(f"{_API}/states", _plain(f"{_API}/states"), PROGRAM),
    Page(
        f"{_API}/states/{{state}}/findings", lambda facts, draw: f"{_API}/states/{draw.choice(facts.states)}/findings",
        PROGRAM,
    ),
    Page(f"{_API}/states/{{state}}", lambda facts, draw: f"{_API}/states/{draw.choice(facts.states)}", PROGRAM),
    Page(f"{_API}/ledger", _plain(f"{_API}/ledger"), PROGRAM),
    Page(f"{_API}/proposals", _plain(f"{_API}/proposals"), PROGRAM),
    Page(
        f"{_API}/proposals/{{number}}", lambda facts, draw: f"{_API}/proposals/{draw.choice(facts.proposals)}", PROGRAM
    ),
    Page(
        f"{_API}/proposals/{{number}}/check",
        lambda facts, draw: f"{_API}/proposals/{draw.choice(facts.proposals)}/check", PROGRAM, bar=PLAN_BAR,
    ),
    Page(f"{_API}/report", _plain(f"{_API}/report"), PROGRAM_OF_READER, spoken=False),
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
    now = datetime.now(UTC)
    proposed = {
        "title": "Workshop on resolution 1540 (2004)",
        "start": "2010-03-09",
        "city": "Nairobi",
        "country": "KE",
    }
    proposals = [
        proposing.save_proposal(config, COORDINATOR, proposed | {"title": f"Workshop {at}"}, "public", "", now)
        for at in range(3)
    ]
    issued, of_reader = (
        api_tokens.issue(config, name, "the bench", COORDINATOR, now) for name in (COORDINATOR, READER)
    )  # fmt: skip
    fed = steps.subscribe(config, READS, "the bench", COORDINATOR, datetime.now(UTC))
    reader = loaded.organisation(READS)
    link = leave_link(loaded, reader, reader.deliver_to[0], datetime.now(UTC))
    columns = known.columns
    return Facts(
        known.night, numbers, max(1, len(numbers) // 500),
        [columns.event_id(row) for row in range(0, len(columns), max(1, len(columns) // 5000))],
        columns.names["states"], [one.id for one in loaded.organisations],
        sorted({one.organisation for one in loaded.calendars}), [one.id for one in loaded.readers()],
        [one.id for one in loaded.calendars], sorted(themes.codes()), columns.sets["vocabulary"].names[:2000], made,
        fed.addresses["ics"].split("/")[-2], issued.text, proposals, link.split("/")[-1],
        of_reader.text,
    )  # fmt: skip
