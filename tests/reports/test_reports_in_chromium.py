"""The page in a real browser: it fits, it fetches nothing, and titles in it are text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib import util
from itertools import pairwise
from pathlib import Path
from types import ModuleType

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
def composed() -> ModuleType:
    """The small roster and the way of a night that the other tests of reports use."""
    spec = util.spec_from_file_location("reports_composed", Path(__file__).with_name("test_reports_composed.py"))
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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


PAYLOADS = (
    "<script>document.title=1540</script>", "<img src=x onerror=document.title=1540>",
    "<svg/onload=document.title=1540>",
    "</style><script>document.title=1540</script>", "</title><script>document.title=1540</script>",
    "</svg><script>document.title=1540</script>", "</desc></svg><img src=x onerror=document.title=1540>",
    '" onmouseover="document.title=1540" x="', "' autofocus onfocus='document.title=1540' x='",
    "javascript:document.title=1540", "<a href=javascript:document.title=1540>x</a>",
    "<iframe srcdoc='<script>parent.document.title=1540</script>'>", "<base href=https://example.org/>",
    "<meta http-equiv=refresh content='0;url=https://example.org/'>", "<link rel=stylesheet href=https://example.org/x>",
    "<style>*{display:none}</style>", "<form action=https://example.org/><button>x", "{{ 7*191 }}", "{% raw %}",
    "<!--", "]]><script>document.title=1540</script>", "&lt;script&gt;document.title=1540&lt;/script&gt;",
    "<details open ontoggle=document.title=1540>", "<video src=x onerror=document.title=1540>",
)  # fmt: skip


def test_what_strangers_write_into_any_field_is_text(browser: Browser, composed: ModuleType, tmp_path: Path):
    """A calendar must not run in a coordinator's browser, nor look anything up from there."""
    listings = [
        composed.a_listing(
            f"e{number}", ("un", "us")[number % 2], title=f"{payload} workshop on resolution 1540", city=payload,
            place_text=payload, organisers=(payload, "UNODA"), sponsors=(payload,), url=payload, language=payload,
            audience=("EG", "GH", payload), date_text=payload, date_note=payload, description=payload,
            span=(Span.vague if number % 3 else Span.exact)(date(2009, 12, 7), date(2009, 12, 8 + number % 5)),
        )
        for number, payload in enumerate(PAYLOADS)
    ]  # fmt: skip
    before = composed.report(*listings[::2])
    told = composed.report(*listings[1:], before=before, known_before=listings[:3])
    path = tmp_path / "AU.html"
    path.write_bytes(render(told, "html"))
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(path.as_uri())
    for summary in page.query_selector_all("summary"):
        if summary.is_visible():
            summary.click()
    page.wait_for_timeout(100)
    assert asked == [path.as_uri()]
    assert said == []
    assert page.title() == "African Union, night of Friday 4 December 2009"
    inside = "img, script, iframe, form, base, object, embed, video, link, main style, [onload], [onerror], [onfocus]"
    assert page.evaluate(f"document.querySelectorAll('{inside}').length") == 0
    links = page.evaluate("[...document.querySelectorAll('a')].map(a => a.protocol)")
    assert set(links) <= {"file:", "mailto:"}
    assert "{{ 7*191 }}" in page.inner_text("body")
    page.close()


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
