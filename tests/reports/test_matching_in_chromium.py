"""The page of a matching run in a real browser: it fits, it fetches nothing, and what strangers wrote is text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from chromium_browser import chromium
from playwright.sync_api import Browser, sync_playwright

from calendar_sync.listing_columns import listing_columns
from calendar_sync.listings import Listing, ListingKey
from calendar_sync.spans import Span
from dedupe.explaining import Explainer
from dedupe.labels import Figures, Labels
from dedupe.matching import recognise_table
from reports.matching import MatchReport, Scored, hardest
from reports.rendering.matching import render

PAYLOADS = (
    "<script>document.title=1540</script>", "<img src=x onerror=document.title=1540>", "</title><svg onload=alert(1)>",
    "</desc></svg><img src=x onerror=document.title=1540>", '" onmouseover="document.title=1540" x="',
    "javascript:document.title=1540", "<style>*{display:none}</style>", "{{ 7*191 }}", "<!--",
    "Pneumonoultramicroscopicsilicovolcanoconiosis" * 4,
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    listings = [
        Listing(
            ListingKey(f"{side} {payload}", f"{number}{side} {payload}"), "o", f"Workshop {payload} on resolution 1540",
            span=Span.exact(date(2010, 2, 2) + timedelta(days=number)), city=payload, country="KE", venue=payload,
            organisers=(payload, "UNODA"), audience=(payload,), url=payload, language=payload, date_text=payload,
        )
        for number, payload in enumerate(PAYLOADS)
        for side in "ab"
    ]  # fmt: skip
    found = recognise_table(listing_columns(listings))
    ids = found.known.ids
    first = found.judged.pairs[0].tolist()
    labels = Labels.of([(ids[0], ids[5])], [(ids[first[0]], ids[first[1]])] if first != [0, 5] else [(ids[1], ids[2])])
    explainer = Explainer(found)
    cases, wrong, missed = hardest(found, explainer, labels)
    report = MatchReport(
        tables=[PAYLOADS[0], PAYLOADS[7]], listings=len(listings), events=3, pairs=4, threshold=found.threshold,
        weights=f"The weights were learned {PAYLOADS[1]}.", scored=[Scored(PAYLOADS[2], Figures(3, 1, 1))], wrong=wrong,
        missed=missed, cases=[*cases, *hardest(found, explainer, None)[0]], explained=explainer.explain(ids[0], ids[9]),
    )  # fmt: skip
    path: Path = tmp_path_factory.mktemp("page") / "matching.html"
    path.write_bytes(render(report))
    return path


@pytest.mark.parametrize("width", [320, 360, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_fetches_nothing_and_runs_nothing(browser: Browser, page_file: Path, width: int, scheme: str):
    """Titles come from strangers, and the page is read wherever the person is."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(page_file.as_uri())
    for summary in page.query_selector_all("summary"):
        summary.click()

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [page_file.as_uri()]
    assert said == []
    assert page.title().startswith("Matching of")
    inside = "img, script, iframe, form, base, object, embed, video, link, main style, [onload], [onerror]"
    assert page.evaluate(f"document.querySelectorAll('{inside}').length") == 0
    assert page.evaluate("[...document.querySelectorAll('a')].length") == 0
    assert "{{ 7*191 }}" in page.inner_text("main")
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_each_picture_is_named_told_and_large_enough_to_read(browser: Browser, page_file: Path, width: int):
    """Whoever does not see it hears it; whoever sees it on a phone can read its numbers."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(page_file.as_uri())
    pictures = page.evaluate(
        """[...document.querySelectorAll('svg')].map(s => ({
            role: s.getAttribute('role'),
            told: s.getAttribute('aria-labelledby').split(' ').every(id => s.querySelector('#' + id)?.textContent),
            letters: 12 * s.getBoundingClientRect().width / s.viewBox.baseVal.width,
            out: [...s.querySelectorAll('text, rect')].filter(e => {
                const box = e.getBBox(); return box.x < -1 || box.x + box.width > s.viewBox.baseVal.width + 1 }).length,
            shapes: new Set([...s.querySelectorAll('rect')].map(r => getComputedStyle(r).fill)).size,
        }))"""
    )
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")

    assert len(pictures) > 5
    assert all(one["role"] == "img" and one["told"] for one in pictures)
    assert min(one["letters"] for one in pictures) >= 11
    assert max(one["out"] for one in pictures) == 0
    assert len(ids) == len(set(ids))
    page.close()


def test_bars_for_and_against_differ_without_colour(browser: Browser, page_file: Path):
    """Filled or hollow, and a sign at the number: red and green are one colour to many."""
    page = browser.new_page(color_scheme="dark")
    page.goto(page_file.as_uri())
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    hollow = "paper => [...document.querySelectorAll('rect.against')].every(r => getComputedStyle(r).fill === paper)"
    filled = "paper => [...document.querySelectorAll('rect.for')].every(r => getComputedStyle(r).fill !== paper)"
    signs = "[...document.querySelectorAll('svg text.end')].every(t => /^[+\\u2212]/.test(t.textContent))"

    assert page.evaluate("document.querySelectorAll('rect.against').length") > 0
    assert page.evaluate("document.querySelectorAll('rect.for').length") > 0
    assert page.evaluate(hollow, paper)
    assert page.evaluate(filled, paper)
    assert page.evaluate(signs)
    page.close()
