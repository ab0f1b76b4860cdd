"""The page of a check in a real browser: it fits, it fetches nothing, and what strangers wrote is text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from chromium_browser import chromium
from playwright.sync_api import Browser, sync_playwright

from calendar_sync.listings import Listing, ListingKey
from calendar_sync.spans import Span
from dedupe.assembling import events
from dedupe.checks import Proposal
from dedupe.evidence import Recognition
from dedupe.findings import Kind
from dedupe.policy import Policy
from dedupe.proposals import check
from reports.rendering import check_page
from reports.rendering.week_strip import WIDTH, strip

NIGHT = date(2010, 1, 4)
PAYLOADS = (
    "<script>document.title=1540</script>", "<img src=x onerror=document.title=1540>", "</title><svg onload=alert(1)>",
    "</desc></svg><img src=x onerror=document.title=1540>", '" onmouseover="document.title=1540" x="',
    "javascript:document.title=1540", "<style>*{display:none}</style>", "{{ 7*191 }}", "<!--",
    "Pneumonoultramicroscopicsilicovolcanoconiosis" * 4,
)  # fmt: skip
STATES = ("KE", "UG", "EG", "ZA", "BW", "GH")


def a_listing(number: int, payload: str, **facts: object) -> Listing:
    first = date(2010, 2, 2) + timedelta(days=9 * number)
    values: dict[str, object] = {
        "span": Span.exact(first, first + timedelta(days=2)), "city": payload if number % 2 else "Nairobi",
        "country": "KE", "audience": STATES, "organisers": (payload, "UNODA"), "url": payload, "language": payload,
        "date_text": payload, "themes": ("biosecurity",), **facts,
    }  # fmt: skip
    return Listing(ListingKey(f"c {payload}", f"{number}{payload}"), payload, f"Workshop {payload} on 1540", **values)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    listings = [a_listing(number, payload) for number, payload in enumerate(PAYLOADS)]
    # A meeting of the same states about something else, two days before.
    listings.append(a_listing(-2, "Summit", themes=(), organisers=("AU",), city="Addis Ababa", country="ET",
                              span=Span.exact(date(2010, 1, 28), date(2010, 1, 31))))  # fmt: skip
    known = events(listings, Recognition((), tuple((listing.id,) for listing in listings)))
    proposals = [
        Proposal(f"Workshop {payload} on resolution 1540", Span.exact(date(2010, 2, 2), date(2010, 2, 4)), city,
                 country, (*STATES, payload), ("biosecurity",))
        for payload, (city, country) in zip(
            PAYLOADS[:3], (("Kampala", "UG"), (PAYLOADS[4], ""), ("Cairo", "EG")), strict=True
        )
    ]  # fmt: skip
    checks = [check(proposal, known, Policy(), (), NIGHT, weeks=40) for proposal in proposals]
    assert all(answer.counts.get(Kind.DUPLICATIVE) or answer.counts.get(Kind.CLASH) for answer in checks)
    assert checks[0].journeys
    folder = tmp_path_factory.mktemp("pages")
    written = {"one": folder / "one.html", "plan": folder / "plan.html"}
    written["one"].write_bytes(check_page.render(checks[0], NIGHT))
    written["plan"].write_bytes(check_page.render_plan(PAYLOADS[0], checks, PAYLOADS, NIGHT))
    assert written["plan"].read_bytes() == check_page.render_plan(PAYLOADS[0], checks, PAYLOADS, NIGHT)
    return written


@pytest.mark.parametrize("name", ["one", "plan"])
@pytest.mark.parametrize("width", [320, 390, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_fetches_nothing_and_runs_nothing(browser, pages, name, width, scheme):
    """Titles come from strangers, and the page is mailed to whoever asked."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(pages[name].as_uri())
    for summary in page.query_selector_all("summary"):
        summary.click()

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [pages[name].as_uri()]
    assert said == []
    assert page.title() != "1540"
    inside = "img, script, iframe, form, base, object, embed, video, link, main style, [onload], [onerror]"
    assert page.evaluate(f"document.querySelectorAll('{inside}').length") == 0
    assert page.evaluate("[...document.querySelectorAll('a')].filter(a => !a.hash).length") == 0
    assert "{{ 7*191 }}" in page.inner_text("main")
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    assert page.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].every(a => document.querySelector(a.hash))")
    context.close()


CONTRAST = """() => {
  const rgb = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = ([r, g, b]) => { const f = c => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
    return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
  return [...document.querySelectorAll('.strip g')].flatMap(cell => {
    const back = rgb(getComputedStyle(cell.querySelector('rect')).fill);
    return [...cell.querySelectorAll('text')].map(text => ratio(rgb(getComputedStyle(text).fill), back));
  });
}"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_strip_of_weeks_is_named_readable_and_needs_no_colour(browser, pages, width, scheme):
    """Each cell says what it is in words that fit it; whoever does not see it has the table."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(pages["one"].as_uri())
    told = page.evaluate(
        """() => { const s = document.querySelector('.strip svg'); const scale = s.getBoundingClientRect().width
            / s.viewBox.baseVal.width; return {
            role: s.getAttribute('role'), letters: 12 * scale,
            named: s.getAttribute('aria-labelledby').split(' ').every(id => document.getElementById(id).textContent),
            out: [...s.querySelectorAll('g')].filter(g => { const box = g.querySelector('rect').getBBox();
                return [...g.querySelectorAll('text')].some(t => t.getBBox().x + t.getBBox().width > box.x + box.width)
            }).map(g => g.textContent),
            cells: [...s.querySelectorAll('g')].map(g => [g.classList[0], g.lastChild.textContent]),
        }}"""
    )
    assert told["role"] == "img"
    assert told["named"]
    assert told["letters"] >= 11
    assert told["out"] == []
    assert {sort for sort, _ in told["cells"]} >= {"free", "duplicate", "clash"}
    # One look, one word: colour tells nothing that the word does not.
    by_word: dict[str, set[str]] = {}
    for sort, word in told["cells"]:
        by_word.setdefault(word, set()).add(sort)
    assert all(len(sorts) == 1 for sorts in by_word.values())
    assert min(page.evaluate(CONTRAST)) >= 4.5
    rows = page.evaluate("document.querySelectorAll('.weeks tbody tr').length")
    assert len(told["cells"]) - 1 <= rows <= len(told["cells"])
    context.close()


def test_weeks_stand_in_their_months_in_the_order_of_time():
    """The picture is worth nothing where a cell stands in the wrong row."""
    listing = a_listing(0, "x")
    known = events([listing], Recognition((), ((listing.id,),)))
    proposal = Proposal("Workshop on 1540", Span.exact(date(2010, 6, 1), date(2010, 6, 3)), "Kampala", "UG", STATES)
    answer = check(proposal, known, Policy(), (), NIGHT, weeks=52)
    drawn = strip(answer)
    assert drawn is not None
    assert len(drawn.cells) == len(answer.weeks) + 1
    places = [(cell.y, cell.x) for cell in drawn.cells]
    assert places == sorted(places)
    assert len(set(places)) == len(places)
    assert max(cell.x for cell in drawn.cells) < WIDTH
    assert sum(cell.asked for cell in drawn.cells) == 1
    assert strip(check(proposal, known, Policy(), (), NIGHT, weeks=0)) is None
