"""The timeline: lanes, bars that lead on, and the same facts as a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from chromium_browser import chromium
from desk_server import RunningDesk
from desk_visitors import Visitor, visitors
from playwright.sync_api import sync_playwright

from flows import lanes
from reports import languages

WINTER = "/timeline?from=2007-12&months=3"


@pytest.fixture
def ines(full_desk: RunningDesk) -> Iterator[Visitor]:
    """A coordinator."""
    with visitors(full_desk.url, "ines") as (visitor,):
        yield visitor


def words(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def lanes_of(page: str) -> list[str]:
    """Return the names of the lanes."""
    (names,) = re.findall(r'<svg class="names".*?</svg>', page, flags=re.DOTALL)
    return [words(name) for name in re.findall(r"<text.*?</text>", names, flags=re.DOTALL)]


def picture(page: str) -> str:
    (drawn,) = re.findall(r'<svg [^>]*role="group".*?</svg>', page, flags=re.DOTALL)
    return drawn


def bars(page: str) -> list[str]:
    """Return the event of every bar."""
    return re.findall(r'<a href="/events/([0-9a-f-]{36})"', picture(page))


def rows(page: str) -> list[str]:
    """Return the events of the table."""
    return re.findall(r'data-side="[^"]*"><a href="/events/([0-9a-f-]{36})"', page)


def test_lanes_are_organisations_states_or_themes(ines: Visitor):
    """Who is doing what when; for whom; about what."""
    assert lanes_of(ines.get(WINTER).text) == ["1540 Committee", "Organisation AU", "Organisation LAS"]
    by_state = lanes_of(ines.get(f"{WINTER}&lanes=state").text)
    assert {"Botswana", "Ghana", "Egypt", "Saudi Arabia"} < set(by_state)
    assert by_state == sorted(by_state)
    assert lanes_of(ines.get(f"{WINTER}&lanes=theme").text) == ["biosecurity", "export control", "No theme stated"]
    assert lanes_of(ines.get(f"{WINTER}&lanes=state&state=GH").text) == ["Ghana"]
    assert lanes_of(ines.get(f"{WINTER}&lanes=theme&theme=biosecurity").text) == ["biosecurity"]


def test_every_bar_stands_in_the_table_and_leads_to_its_event(ines: Visitor):
    """Whoever does not see the picture reads the same."""
    page = ines.get(WINTER).text
    assert set(bars(page)) == set(rows(page))
    assert len(rows(page)) == len(set(rows(page))) == 13
    name = "Gaborone 4–6 December, Workshop on border controls, Gaborone, Botswana, 4–6 December 2007"
    assert f'aria-label="{name}"' in page
    assert "possible" in words(page[page.index('id="as-table"') :])


def test_bars_differ_in_shape_by_what_is_known_of_them(ines: Visitor):
    """Certain, possible, cancelled, the committee's own: never by colour alone."""
    drawn = picture(ines.get(WINTER).text)
    assert len(re.findall(r'<rect class="certain own"', drawn)) == 1
    assert len(re.findall(r'<rect class="possible"', drawn)) == 2
    assert len(re.findall(r'<rect class="certain off"', drawn)) == 1
    assert 'fill="' not in drawn


def test_findings_stand_beside_their_bars(ines: Visitor):
    """The number leads to both sides."""
    drawn = picture(ines.get(WINTER).text)
    numbers = re.findall(r'<a href="/findings/(\d+)" aria-label="Finding \1">', drawn)
    assert len(numbers) >= 2
    assert set(numbers) == set(re.findall(r'href="/findings/(\d+)"', ines.get(WINTER).text))


def test_a_picture_holds_so_many_bars_and_says_how_many_it_leaves_out(ines: Visitor):
    """A hundred thousand bars are no picture; a bar that is silently missing is worse."""
    page = ines.get("/timeline?from=2008-03&months=6").text
    assert len(bars(page)) == lanes.MOST_BARS
    assert f"{240 - lanes.MOST_BARS} of them are not drawn" in words(page)
    assert "Show fewer months, or choose an organisation" in words(page)
    fewer = ines.get("/timeline?from=2008-03&months=3").text
    assert f"{180 - lanes.MOST_BARS} of them are not drawn" in words(fewer)
    assert len(bars(fewer)) == lanes.MOST_BARS
    assert "not drawn" not in words(ines.get(WINTER).text)
    first = ines.get("/timeline?from=2007-12&months=24").text
    assert "Gaborone, Botswana, 4–6 December 2007" in picture(first)


def test_lanes_are_so_many_too(ines: Visitor, monkeypatch: pytest.MonkeyPatch):
    """Those with the most events stay, and how many are left out is said."""
    monkeypatch.setattr(lanes, "MOST_LANES", 2)
    page = ines.get(f"{WINTER}&lanes=state").text
    assert len(lanes_of(page)) == 2
    assert re.search(r"\d+ lanes are left out\.", words(page))


def test_whoever_moves_on_keeps_what_was_chosen(ines: Visitor):
    """Zoom, lanes and choice stay while the months go by."""
    page = ines.get("/timeline?from=2007-12&months=12&lanes=theme&organisation=AU").text
    asked = "organisation=AU&amp;lanes=theme&amp;months=12"
    assert f'href="/timeline?from=2008-12&amp;{asked}" rel="next"' in page
    assert f'href="/timeline?from=2006-12&amp;{asked}" rel="prev"' in page
    assert f'href="?from=2007-12&amp;{asked}&amp;language=ar"' in page
    assert "December 2007 – November 2008." in words(page)


def test_months_without_events_say_so(ines: Visitor):
    """An empty frame leaves one wondering."""
    page = ines.get("/timeline?from=1999-01").text
    assert "No event is listed for these months." in page
    assert "<svg" not in page
    chosen = ines.get("/timeline?from=1999-01&state=GH").text
    assert "Choose “all” to see every event." in words(chosen)


@pytest.mark.parametrize(
    "asked",
    [
        "from=x", "from=2007", "from=2007-13", "from=0000-12", "months=999", "months=-3", "months=٣", "lanes=colour",
        "organisation=x", "state=%22%3E", "theme=x", "from=9999-12", "from=9998-06&months=24",
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_said_in_a_sentence(ines: Visitor, asked: str):
    """The usual months are shown instead."""
    answer = ines.get(f"/timeline?{asked}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "November 2007 – " in words(answer.text)


@pytest.mark.parametrize("language", languages.LANGUAGES)
@pytest.mark.parametrize("asked", ["from=0001-01", "from=9999-06&months=6", "from=2007-12&lanes=state", "months=24"])
def test_any_month_can_be_the_first(ines: Visitor, asked: str, language: str):
    """In every language of the desk."""
    assert ines.get(f"/timeline?{asked}&language={language}").status_code == 200


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_phone_shows_the_table_and_a_screen_the_picture_in_its_own_box(full_desk: RunningDesk, language: str):
    """Nothing is drawn smaller than it can be read, and the page does not move sideways."""
    path = chromium()
    with sync_playwright() as playwright, visitors(full_desk.url, "ines") as (ines,):
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 390, "height": 800})
        context.add_cookies([{"name": "outreach", "value": ines.http.cookies["outreach"], "url": full_desk.url}])
        page = context.new_page()
        page.goto(f"{full_desk.url}/timeline?from=2007-12&months=24&language={language}")
        assert page.locator("svg:visible").count() == 0
        assert page.locator(".drawn tbody tr").first.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.set_viewport_size({"width": 1280, "height": 800})
        box = page.locator(".lanes")
        assert box.evaluate("e => e.scrollWidth > e.clientWidth")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        size = page.locator(".lanes text").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
        scale = (
            page.locator(".lanes svg").nth(1).evaluate("e => e.getBoundingClientRect().width / e.viewBox.baseVal.width")
        )
        assert size * scale >= 11
        # Who scrolls still sees whose lane it is.
        box.evaluate("e => { e.scrollLeft = 600; }")
        names, frame = page.locator(".lanes .names").bounding_box(), box.bounding_box()
        assert names is not None
        assert frame is not None
        assert abs(names["x"] - frame["x"]) < 16
        page.locator(".lanes a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/events/*")
        browser.close()
