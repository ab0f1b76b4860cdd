"""Calendars and work begun at the desk in a real browser, with script and without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from chromium_browser import chromium
from desk_jobs import press
from desk_server import NIGHT, RunningDesk, wait_until
from desk_visitors import visitors
from page_checkers import axe_source, html_messages, violations
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from published_feed import PublishedFeed, workshops

from flows.syncing import sync_calendar

NEXT = NIGHT + timedelta(days=1)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def cookie(watched: RunningDesk) -> str:
    """Ines is signed in."""
    with visitors(watched.url, "ines") as (ines,):
        return ines.http.cookies["outreach"]


def window(context: BrowserContext, url: str, cookie: str) -> tuple[Page, list[str]]:
    """Open a window of hers; the list holds whatever its console says, and who else was asked."""
    context.add_cookies([{"name": "outreach", "value": cookie, "url": url}])
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    host = urlsplit(url).netloc
    page.on("request", lambda asked: said.append(asked.url) if urlsplit(asked.url).netloc != host else None)
    return page, said


@pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
def test_a_quarantine_is_accepted(
    browser: Browser, watched: RunningDesk, feed: PublishedFeed, cookie: str, script: bool
):
    """From the list to the calendar, what it would lose, the button, and how it went: three presses."""
    feed.body = workshops(4)
    sync_calendar(watched.config, "feed", NEXT)
    context = browser.new_context(java_script_enabled=script)
    page, said = window(context, watched.url, cookie)
    page.goto(f"{watched.url}/calendars")
    assert page.locator(".calendars li").first.inner_text().startswith("feed")
    page.click(".calendars li:first-child a")
    page.wait_for_url("**/calendars/feed")
    assert page.locator("#quarantine ~ table tbody tr").count() == 6
    page.fill("#note", "spoke with Addis")
    feed.gate.clear()
    page.click("button >> text=Accept")
    page.wait_for_url("**/jobs/*")
    assert page.locator("#lines").count() == 1
    feed.gate.set()
    page.wait_for_selector("#after a[href='/calendars/feed']", timeout=30_000)
    page.wait_for_selector("#summary >> text=It was taken as it came.")
    assert "read, 4 listings, 6 withdrawn" in page.inner_text("#lines")
    page.click("#after a[href='/calendars/feed']")
    page.wait_for_url("**/calendars/feed")
    assert page.locator("#quarantine").count() == 0
    assert "ines accepted it" in page.inner_text("#answers ~ ul")
    assert said == []
    context.close()


def test_lines_come_while_the_page_is_open_and_are_not_all_read_out(
    browser: Browser, watched: RunningDesk, feed: PublishedFeed, cookie: str
):
    """Nothing is loaded anew meanwhile: whoever hears the page would hear it from its beginning."""
    feed.gate.clear()
    context = browser.new_context()
    page, said = window(context, watched.url, cookie)
    page.goto(f"{watched.url}/calendars")
    page.click("form[action='/calendars/sync'] button")
    page.wait_for_url("**/jobs/*")
    page.evaluate(
        """() => {
            const summary = document.getElementById("summary");
            window.heard = [];
            const noted = () => window.heard.push(summary.textContent);
            new MutationObserver(noted).observe(summary, {childList: true, characterData: true, subtree: true});
        }"""
    )
    page.evaluate("window.stays = true")
    page.wait_for_selector("#lines li.done[data-subject=programme]", timeout=30_000)
    page.wait_for_selector("#lines li.working[data-subject=feed]")
    page.focus("#after button")
    feed.gate.set()
    page.wait_for_selector("#after form[action='/night']", timeout=30_000)
    assert page.evaluate("window.stays") is True
    assert page.locator("#lines li.done").count() == 3
    assert len(page.evaluate("window.heard")) <= 3
    assert page.evaluate("document.querySelector('[aria-live=assertive]')") is None
    assert page.inner_text("#summary") == "Done; all 3 calendars were read."
    assert said == []
    context.close()


def test_whoever_is_signed_out_meanwhile_is_told(
    browser: Browser, watched: RunningDesk, feed: PublishedFeed, cookie: str
):
    """Else the page would say for ever that it is at work."""
    feed.gate.clear()
    context = browser.new_context()
    page, _ = window(context, watched.url, cookie)
    page.goto(f"{watched.url}/calendars/feed")
    page.route("**/events*", lambda route: route.fulfill(status=404, body=""))
    page.click("form[action='/calendars/feed/sync'] button")
    page.wait_for_url("**/jobs/*")
    page.wait_for_selector("#summary >> text=The connection was lost. Open this page again to see how it goes.")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing_at_work_or_in_quarantine(
    browser: Browser, watched: RunningDesk, feed: PublishedFeed, cookie: str, language: str, scheme: str
):
    """Read by whoever hears it, enlarges it, or has no mouse; and nothing sticks out at the side."""
    feed.body = workshops(4)
    sync_calendar(watched.config, "feed", NEXT)
    source, found = axe_source(), {}
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page, _ = window(context, watched.url, cookie)
    with visitors(watched.url, "omar") as (omar,):
        feed.gate.clear()
        job = press(omar, "/calendars/sync").headers["location"]
        trial = press(omar, "/calendars/add/try", organisation="AU", source="http://127.0.0.1:1/", visibility="public")
        assert trial.status_code == 200

        def look(name: str) -> None:
            for width in (320, 768, 1280, 1920):
                page.set_viewport_size({"width": width, "height": 900})
                page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
                wide = page.evaluate("document.documentElement.scrollWidth")
                said = [f"{wide} wide where {width} are"] if wide > width else []
                said += violations(page, source) if width in (320, 1280) else []
                if said:
                    found[f"{name} at {width}"] = said

        for name, path in {"in quarantine": "/calendars/feed", "list": "/calendars", "at work": job}.items():
            page.goto(f"{watched.url}{path}?language={language}")
            look(name)
        feed.gate.set()
        page.wait_for_selector("#after form[action='/night']", timeout=30_000)
        look("done")
        page.goto(f"{watched.url}/calendars/add?language={language}")
        page.select_option("#organisation", "AU")
        page.fill("#source", "http://127.0.0.1:1/")
        page.click("form.add button[type=submit]")
        page.wait_for_selector("#yields")
        look("tried")
    assert found == {}
    context.close()


def test_the_nu_checker_finds_no_error_and_no_warning_at_work(
    watched: RunningDesk, feed: PublishedFeed, tmp_path: Path
):
    """Browsers repair what is wrong, each in its own way."""
    feed.body = workshops(4)
    sync_calendar(watched.config, "feed", NEXT)
    pages = {}
    with visitors(watched.url, "ines", "omar") as (ines, omar):
        feed.gate.clear()
        job = press(ines, "/calendars/sync").headers["location"]
        for language in ("en", "ar"):
            for name, path in {"quarantine": "/calendars/feed", "list": "/calendars", "work": job}.items():
                pages[f"{name}-{language}"] = ines.get(f"{path}?language={language}").content
        pages["second"] = press(omar, "/night").content
        form = {"organisation": "AU", "source": "http://127.0.0.1:1/", "visibility": "public"}
        pages["tried"] = press(ines, "/calendars/add/try", **form).content
        pages["unfit"] = press(ines, "/calendars/add", **form | {"source": "x"}).content
        feed.gate.set()
        wait_until(lambda: 'action="/night"' in ines.get(job).text)
        pages["done"] = ines.get(job).content
        pages["gone"] = ines.get("/jobs/x").content
    assert html_messages(pages, tmp_path) == []
