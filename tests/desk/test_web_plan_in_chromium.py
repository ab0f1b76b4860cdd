"""Planning in a real browser, with script and without: from a first idea to a date in a calendar program."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from chromium_browser import chromium
from desk_server import RunningDesk
from desk_visitors import visitors
from icalendar import Calendar
from page_checkers import axe_source, html_messages, violations
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

LIST = b"Title,Start,End,City,Country,Audience\nWorkshop on resolution 1540,2008-02-13,2008-02-14,Nairobi,Kenya,Ghana\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


def window(context: BrowserContext, url: str) -> tuple[Page, list[str]]:
    """Open a window of hers; the list holds whatever its console says, and who else was asked."""
    with visitors(url, "ines") as (ines,):
        context.add_cookies([{"name": "outreach", "value": ines.http.cookies["outreach"], "url": url}])
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    host = urlsplit(url).netloc
    page.on("request", lambda asked: said.append(asked.url) if urlsplit(asked.url).netloc != host else None)
    return page, said


@pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
def test_a_workshop_is_planned_moved_and_saved(browser: Browser, peopled: RunningDesk, script: bool, tmp_path: Path):
    """Written, seen to clash, moved to a better date, downloaded, kept: by what stands on the pages alone."""
    context = browser.new_context(java_script_enabled=script, accept_downloads=True)
    page, said = window(context, peopled.url)
    page.goto(peopled.url)
    page.click("nav a[href='/plan']")
    written = {
        "title": "Workshop on resolution 1540", "start": "2008-02-13", "end": "2008-02-14", "city": "Nairobi",
        "country": "Kenya", "audience": "Botswana; Ghana",
    }  # fmt: skip
    for name, text in written.items():
        page.fill(f"#{name}", text)
    page.press("#audience", "Enter")
    page.wait_for_url("**/plan?title=*")
    assert "would clash with 1 known event" in page.inner_text(".lead")
    page.click("article.card a >> nth=0")
    page.wait_for_url("**/events/*")
    page.go_back()
    chosen = page.inner_text(".ranked li:first-child b")
    page.click(".ranked li:first-child a")
    page.wait_for_url(lambda url: "start=2008-02-13" not in url)
    assert "clash" not in page.inner_text(".lead").replace("No clash", "")
    assert page.inner_text(".facts dd >> nth=0").startswith(chosen)
    with page.expect_download() as download:
        page.click("a[href^='/plan.ics?']")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    (event,) = Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    assert str(event["summary"]) == written["title"]
    assert event["dtstart"].dt == date.fromisoformat(page.input_value("#start"))
    page.check("#sees-busy")
    page.click("section.decide button")
    page.wait_for_url("**/proposals/1")
    assert chosen.split()[0].partition("–")[0] in page.inner_text(".lead")
    page.click("button >> text=Withdraw it")
    assert page.inner_text("main .problem") == "It was withdrawn."
    assert said == []
    context.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_answers_and_proposals_can_be_read_by_everybody(
    browser: Browser, peopled: RunningDesk, language: str, tmp_path: Path
):
    """The pages that only a form leads to: an answer with what was not understood, a list, a proposal."""
    source = axe_source()
    context = browser.new_context(bypass_csp=True)
    page, said = window(context, peopled.url)
    found: dict[str, list[str]] = {}
    bodies: dict[str, bytes] = {}

    def look(name: str) -> None:
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            wide = page.evaluate("document.documentElement.scrollWidth")
            told = [f"{wide} wide where {width} are"] if wide > width else []
            told += violations(page, source)
            if told:
                found[f"{name} at {width}"] = told

    asked = f"/plan?title=Workshop&start=someday&country=Atlantis&audience=Botswana;Narnia&language={language}"
    page.goto(f"{peopled.url}{asked}")
    look("unclear")
    page.click("section.decide button")
    page.wait_for_url("**/proposals/1")
    look("proposal")
    page.goto(f"{peopled.url}/proposals")
    look("proposals")
    page.goto(f"{peopled.url}/plan/list")
    page.set_input_files("#file", files=[{"name": "plan.csv", "mimeType": "text/csv", "buffer": LIST}])
    page.click("form.decide button")
    assert page.locator("table.rows tbody tr").count() == 1
    look("list")
    with visitors(peopled.url, "ines") as (ines,):
        for path in (asked, f"/proposals/1?language={language}", f"/proposals?language={language}"):
            bodies[urlsplit(path).path.strip("/").replace("/", "-")] = ines.get(path).content
        form = ines.form_on("/plan/list")
        sent = ines.http.post(
            "/plan/list", data=form, files={"file": ("plan.csv", LIST)}, headers={"Origin": peopled.url}
        )
        assert sent.status_code == 200
        bodies["list"] = sent.content
    assert found == {}
    assert html_messages(bodies, tmp_path) == []
    # With its policy set aside a page asks for an icon that is not there.
    assert [text for text in said if "404" not in text] == []
    context.close()
