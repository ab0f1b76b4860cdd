"""The calendar's pages: a month, a year, a day, what stands on no day, and what is left out when somebody chooses."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from chromium_browser import chromium
from desk_server import RunningDesk, running_desk
from desk_visitors import Visitor, add_people, visitors
from playwright.sync_api import sync_playwright

from flows import months
from reports import languages

DECEMBER = "/calendar?month=2007-12"


@pytest.fixture
def ines(full_desk: RunningDesk) -> Iterator[Visitor]:
    """A coordinator."""
    with visitors(full_desk.url, "ines") as (visitor,):
        yield visitor


def cell(page: str, day: str) -> str:
    """Return what the table of a month has on a day."""
    (found,) = (one for one in re.findall(r"<td[^>]*>(.*?)</td>", page, flags=re.DOTALL) if f"day={day}" in one)
    return found


def words(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def test_a_month_shows_each_event_on_its_days(ines: Visitor):
    """Where the reader looks for the fourth of December, there is what is held on the fourth."""
    page = ines.get(DECEMBER).text
    assert "<h1>December 2007</h1>" in page
    first, second, third, after = (cell(page, f"2007-12-0{day}") for day in (4, 5, 6, 7))
    assert re.search(r'href="/events/[0-9a-f-]{36}"', first)
    assert "Gaborone Workshop on border controls" in words(first)
    assert "■ workshop" in words(first)
    assert "Gaborone" in words(second)
    assert "goes on" in words(second)
    assert "Gaborone" in words(third)
    assert "Gaborone" not in words(after)


def test_the_latest_night_is_marked_and_is_where_the_calendar_opens(ines: Visitor):
    """The desk speaks as of the night it was told of last."""
    page = ines.get("/calendar").text
    assert "<h1>November 2007</h1>" in page
    (today,) = re.findall(r'<td[^>]* aria-current="date">(.*?)</td>', page, flags=re.DOTALL)
    assert "day=2007-11-26" in today


def test_a_vague_date_is_told_from_a_certain_one_in_shape_and_word(ines: Visitor):
    """Who reads "possible" asks before booking a room; who cannot tell colours reads it too."""
    page = ines.get(DECEMBER).text
    day = cell(page, "2007-12-28")
    assert "Dakar" in words(day)
    assert "possible" in words(day)
    assert re.search(r'<li class="possible', day)
    assert "possible" not in words(cell(page, "2007-12-04"))
    assert "Dakar" not in words(cell(page, "2007-12-20"))
    apart = page[page.index('id="whole"') :]
    assert "Meeting of officials" in apart
    assert "Meeting of officials" not in page[: page.index('id="whole"')]


def test_a_cancelled_event_says_so(ines: Visitor):
    """It is still on somebody's calendar."""
    day = cell(ines.get(DECEMBER).text, "2007-12-12")
    assert "Tunis Symposium on laboratories cancelled" in words(day)


def test_findings_that_need_a_word_stand_beside_their_events(full_desk: RunningDesk, ines: Visitor):
    """One click from the clash on the wall to the two sides of it."""
    page = ines.get(DECEMBER).text
    for day in ("2007-12-04", "2007-12-05"):
        (number,) = set(re.findall(r'class="number \w+" href="/findings/(\d+)"', cell(page, day)))
        assert "border controls" in ines.get(f"/findings/{number}").text


def test_what_was_decided_needs_no_word_any_more(after_a_full_december: Path, tmp_path: Path):
    """A number that stays after the answer sends people there again."""
    shutil.copytree(after_a_full_december, tmp_path / "committee")
    config = tmp_path / "committee" / "outreach.toml"
    with running_desk(config, datetime.now(UTC)) as desk, visitors(desk.url, "ines") as (ines,):
        before = cell(ines.get(DECEMBER).text, "2007-12-04")
        (number,) = set(re.findall(r'href="/findings/(\d+)"', before))
        form = ines.form_on(f"/findings/{number}") | {"verdict": "dismissed"}
        assert ines.post(f"/findings/{number}", form).status_code == 303
        assert f"/findings/{number}" not in cell(ines.get(DECEMBER).text, "2007-12-04")


def test_a_full_day_names_a_few_and_leads_to_all(ines: Visitor):
    """A page of a hundred lines a day is no calendar."""
    day = cell(ines.get(DECEMBER).text, "2007-12-05")
    assert len(re.findall(r'<a href="/events/', day)) == months.MOST_ON_A_DAY
    more = 9 - months.MOST_ON_A_DAY
    assert f"{more} more (5 December 2007)" in words(day)
    listed = ines.get("/calendar?day=2007-12-05").text
    # With the one that may be on any day of the month.
    assert "10 events are, or may be, held on this day." in words(listed)
    assert len(re.findall(r'<li class="event">', listed)) == 10
    assert "Wednesday 5 December 2007" in listed
    assert "Workshop on border controls" in listed


def test_a_long_list_comes_in_pages(ines: Visitor):
    """Every event can be reached, and none stands on two pages."""
    page = ines.get("/calendar?undated=1&page=7").text
    assert "Course for customs officers" in page
    assert "1 event" in words(page)
    ids: list[str] = []
    number = 1
    while True:
        page = ines.get(f"/calendar?whole=2007-12&page={number}").text
        ids += re.findall(r'<h2><a href="/events/([0-9a-f-]+)"', page)
        if 'rel="next"' not in page:
            break
        number += 1
    assert len(ids) == len(set(ids)) == 1


def test_a_year_counts_every_day_and_month(ines: Visitor):
    """Where is there room? A look at the shades, or at the numbers below them."""
    page = ines.get("/calendar?year=2007").text
    assert '<td class="shade-3" title="9 events">5</td>' in page
    assert '<td class="shade-1" title="1 event">12</td>' in page
    (row,) = re.findall(r'month=2007-12">December</a></th>(.*?)</tr>', page, flags=re.DOTALL)
    numbers = [int(number) for number in re.findall(r">(\d+)</td>", row)]
    assert numbers[:4] == [13, 1, 2, 1]
    assert numbers[4] >= 1
    assert page.count("<table>") == 12


def test_what_is_chosen_stays_chosen(ines: Visitor):
    """Only the League's, this month and the next: nobody chooses twice."""
    page = ines.get(f"{DECEMBER}&organisation=LAS").text
    assert "1 event is, or may be, held in this month." in page
    assert "ندوة إقليمية" in page
    assert "Gaborone" not in page
    assert 'href="/calendar?month=2008-01&amp;organisation=LAS"' in page
    assert 'href="?month=2007-12&amp;organisation=LAS&amp;language=fr"' in page
    assert '<option value="LAS" selected>' in page
    assert "Gaborone" in words(ines.get(f"{DECEMBER}&theme=export-control").text)
    assert "Cairo" not in words(ines.get(f"{DECEMBER}&theme=export-control").text.partition("<table")[2])
    by_state = words(ines.get(f"{DECEMBER}&state=SA").text.partition("<table")[2])
    assert "Cairo" in by_state
    assert "Gaborone" not in by_state
    nothing = ines.get(f"{DECEMBER}&state=SA&theme=export-control").text
    assert "No event is listed for this month. Choose “all” to see every event." in words(nothing)


@pytest.mark.parametrize(
    "asked",
    [
        "month=13", "month=2007-13", "month=2007-00", "month=0000-01", "month=10000-01", "month=٢٠٠٧-١٢", "year=0",
        "year=x", "year=20070", "day=2007-02-30", "day=20071204", "day=2007-W01-1", "whole=now", "organisation=NOBODY",
        "theme=%3Cscript%3E", "state=ZZ", "month=%00", f"month={'9' * 5000}",
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_said_in_a_sentence(ines: Visitor, asked: str):
    """Addresses are typed, cut off in mails, and made up."""
    answer = ines.get(f"/calendar?{asked}")
    assert answer.status_code == 400
    assert re.search(r'<p class="problem" role="alert">“.*?” (?:is no|cannot)', answer.text)
    assert "<h1>November 2007</h1>" in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    "asked",
    [
        "month=0001-01", "month=9999-12", "year=0001", "year=9999", "day=0001-01-01", "day=9999-12-31",
        "whole=9999-12", "day=2007-12-05&page=999999", "day=2007-12-05&page=0", "day=2007-12-05&page=x", "month=",
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_the_first_and_the_last_year_have_their_pages(ines: Visitor, asked: str, language: str):
    """A calendar may say 9999 for "nobody knows"; nobody's page breaks for it."""
    assert ines.get(f"/calendar?{asked}&language={language}").status_code == 200


def test_weeks_begin_as_the_reader_is_used_to(ines: Visitor):
    """On Saturday in Arabic, on Monday in French; the table runs right to left by itself."""

    def week(language: str) -> list[str]:
        page = ines.get(f"{DECEMBER}&language={language}").text
        return re.findall(r'<th scope="col"><span class="unseen">(.*?)</span>', page)

    assert week("fr") == ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
    assert week("ar")[0] == "السبت"
    assert week("en")[0] == "Sunday"
    arabic = ines.get(f"{DECEMBER}&language=ar").text
    assert '<html lang="ar" dir="rtl">' in arabic
    assert "كانون الأول/ديسمبر 2007" in arabic
    assert "Décembre 2007" in ines.get(f"{DECEMBER}&language=fr").text


def test_before_the_first_night_there_is_a_sentence(tmp_path: Path, after_a_night: Path):
    """A new desk is not a broken one."""
    (tmp_path / "outreach.toml").write_text((after_a_night / "outreach.toml").read_text())
    config = tmp_path / "outreach.toml"
    add_people(config)
    with running_desk(config, datetime.now(UTC)) as desk, visitors(desk.url, "ines") as (ines,):
        for path in ("/calendar", "/timeline"):
            assert "No night has run yet." in ines.get(path).text


@pytest.mark.parametrize("language", ["en", "ar"])
def test_on_a_phone_a_month_is_a_list_of_days_that_have_something(full_desk: RunningDesk, language: str):
    """Seven columns of five letters each can be read by nobody."""
    path = chromium()
    with sync_playwright() as playwright, visitors(full_desk.url, "ines") as (ines,):
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=True)
        context.add_cookies([{"name": "outreach", "value": ines.http.cookies["outreach"], "url": full_desk.url}])
        page = context.new_page()
        page.goto(f"{full_desk.url}{DECEMBER}&language={language}")
        shown = page.locator(".month td:visible")
        assert shown.count() == 13
        assert page.locator(".month td").count() > 30
        widths = {round(box["width"]) for cell in shown.all() if (box := cell.bounding_box())}
        assert min(widths) > 300
        assert "4" in page.locator(".month .long").nth(3).inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        browser.close()
