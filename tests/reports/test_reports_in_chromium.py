"""The page in a real browser: it fits, it fetches nothing, and titles in it are text."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser

from calendar_sync.spans import Span
from reports.rendering import render

TITLE = '<img src=x onerror="document.title=1540"><script>document.title=1540</script> workshop on resolution 1540'
LONG = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 4


@pytest.fixture(scope="module")
def page_file(composed: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    told = composed.report(
        composed.a_listing("cairo", title=TITLE, url="https://example.org/x", venue=LONG),
        composed.a_listing("long", title=LONG, span=Span.exact(date(2010, 1, 5))),
        composed.nairobi(
            span=Span.vague(date(2010, 1, 22), date(2010, 1, 31)), date_text="last 10 days of January 2010"
        ),
    )
    path: Path = tmp_path_factory.mktemp("page") / "AU.html"
    path.write_bytes(render(told, "html"))
    return path


@pytest.mark.parametrize("width", [320, 390, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_fetches_nothing_and_runs_nothing(browser: Browser, page_file: Path, width: int, scheme: str):
    """It is read on phones, in mail programs, and by people who must not be tracked."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [page_file.as_uri()]
    assert said == []
    assert "1540" not in page.title().replace("1540 Committee", "")
    assert page.evaluate("document.querySelectorAll('img, script, iframe, form').length") == 0
    assert "<script>" in page.inner_text("main")
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    context.close()


def test_paper_shows_what_the_screen_folds_away(browser: Browser, page_file: Path):
    """Nobody can press a triangle on paper."""
    page = browser.new_page()
    page.goto(page_file.as_uri())
    folded = """[...document.querySelectorAll('details')]
        .filter(d => d.offsetHeight < d.scrollHeight - 4 || d.offsetHeight < 30).length"""
    assert page.evaluate(folded) > 0
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(folded) == 0
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    page.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_everything_that_can_be_pressed_is_large_enough_and_named(browser: Browser, page_file: Path, width: int):
    """WCAG 2.2 AA: 24 pixels, for whoever has no steady hand; links in a sentence may be as small as it."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(page_file.as_uri())
    small = """[...document.querySelectorAll('summary, .press a, .refer a')].map(e => e.getBoundingClientRect())
        .filter(r => r.width > 0 && (r.height < 24 || r.width < 24)).length"""
    assert page.evaluate(small) == 0
    assert page.evaluate(
        "[...document.querySelectorAll('a, summary')].every(e => e.innerText.trim() || !e.offsetHeight)"
    )
    assert page.evaluate("[...document.querySelectorAll('table th')].every(e => e.scope)")
    page.close()
