"""The page in a real browser: it fits, it fetches nothing, and titles in it are text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from chromium_browser import chromium
from playwright.sync_api import Browser, sync_playwright

from calendar_sync.spans import Span
from reports.rendering import render

TITLE = '<img src=x onerror="document.title=1540"><script>document.title=1540</script> workshop on resolution 1540'
LONG = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 4


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from importlib import util

    spec = util.spec_from_file_location("reports_composed", Path(__file__).with_name("test_reports_composed.py"))
    assert spec is not None
    assert spec.loader is not None
    composed = util.module_from_spec(spec)
    spec.loader.exec_module(composed)
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
