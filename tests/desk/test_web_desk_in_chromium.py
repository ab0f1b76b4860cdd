"""The coordinators' pages in a real browser: three clicks to a decision, for every reader, whatever calendars say."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from chromium_browser import chromium
from desk_server import NIGHT, RunningDesk, run_night, running_desk
from desk_visitors import PASSWORD, add_people, visitors
from hostile_payloads import PAYLOADS
from page_checkers import axe_source, html_messages, violations
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from calendar_sync.listings import ListingKey
from desk.one_time_link import OneTimeLink
from flows import steps, tonight
from flows.planned import FIELDS
from reports import languages
from store import decisions
from store.connecting import connect

PAGES = {
    "tonight": "/", "finding": "/findings/1", "organisations": "/organisations", "organisation": "/organisations/AU",
    "silent": "/organisations/UN1540", "log": "/log", "events": "/events",
    "searched": "/events?words=seminar&from=&to=", "event": f"/events/{ListingKey('programme', 'w3').id}",
    "lone": f"/events/{ListingKey('au-events', 'a2').id}",
    "calendars": "/calendars", "one_calendar": "/calendars/au-events", "add": "/calendars/add",
    "month": "/calendar?month=2007-12", "year": "/calendar?year=2008", "day": "/calendar?day=2007-12-04",
    "timeline": "/timeline", "lanes": "/timeline?lanes=state&months=24",
    "coverage": "/coverage", "map": "/map", "hosts": "/map?show=hosts", "states": "/states", "state": "/states/GH",
    "ledger": "/ledger", "plan": "/plan", "list": "/plan/list", "proposals": "/proposals",
    "planned": "/plan?title=Workshop+on+resolution+1540&start=2008-02-13&end=2008-02-14&city=Nairobi&country=KE"
    "&audience=Botswana%3B+Ghana",
}  # fmt: skip


STATES = ("AO", "BI", "BJ", "BW", "CM", "DJ", "EG", "ER", "ET", "GA", "GH", "KE", "KM", "LS", "LY", "MA", "MG", "ML")
WHAT_RAN = """() => [
    ...(window.__ran || []),
    ...[...document.querySelectorAll('script, iframe[srcdoc], object, embed, base')].map(e => e.outerHTML),
    ...[...document.querySelectorAll('main *')].flatMap(e => [...e.attributes])
        .filter(a => !(a.name === 'value' && a.ownerElement.localName === 'input'))
        .filter(a => a.name.startsWith('on') || /^\\s*(javascript|data|vbscript):/i.test(a.value))
        .map(a => a.name + '=' + a.value),
]"""
"""What a page has that it should not; what was written into a field stands in it again, as text nothing follows."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


class Watched:
    """A window of which everything is noted that should not happen."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.told: list[str] = []
        self.elsewhere: list[str] = []
        host = urlsplit(url).netloc
        self.page.on("console", lambda message: self.told.append(f"{message.text} {message.location.get('url', '')}"))
        self.page.on("pageerror", lambda error: self.told.append(str(error)))
        self.page.on(
            "request",
            lambda request: self.elsewhere.append(request.url) if urlsplit(request.url).netloc != host else None,
        )


def sign_in(page: Page, name: str = "ines") -> None:
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_load_state()


def decided(config: Path) -> int:
    store = connect(f"sqlite:///{config.parent / 'state' / 'outreach.db'}")
    with store.read() as db:
        found = len(decisions.made(db))
    store.close()
    return found


@pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
def test_from_a_link_in_a_mail_to_a_decision_in_three_clicks(browser: Browser, peopled: RunningDesk, script: bool):
    """The link, where they are not signed in the button there, and the answer."""
    context = browser.new_context(java_script_enabled=script)
    watched = Watched(context, peopled.url)
    page, mail = watched.page, context.new_page()
    for round_, number in enumerate((1, 2)):
        # A mail on the web is another site: of ours the browser then sends no cookie, not even to who is signed in.
        mail.set_content(f'<a href="{peopled.url}/findings/{number}" target="_self">Finding {number}</a>')
        clicks = 0
        page = mail
        page.click("a")
        clicks += 1
        page.wait_for_url(re.compile(r"/findings/\d+$" if round_ else r"/sign-in\?next="))
        if not round_:
            sign_in(page)
            clicks += 1
        assert urlsplit(page.url).path == f"/findings/{number}"
        page.click("form button[name=verdict] >> nth=0")
        clicks += 1
        page.wait_for_load_state()
        assert clicks <= 3
        assert decided(peopled.config) == round_ + 1
        assert page.locator("#history ~ table tbody tr").count() == 1
        mail.close()
        mail = context.new_page()
    assert watched.told == []
    context.close()


@pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
def test_an_event_is_split_and_merged_again(browser: Browser, peopled: RunningDesk, script: bool):
    """From the list to the event, a listing chosen and pressed; and taken back as the page says."""
    context = browser.new_context(java_script_enabled=script)
    watched = Watched(context, peopled.url)
    page = watched.page
    page.goto(f"{peopled.url}/events")
    sign_in(page)
    page.fill("#words", "export")
    page.click("form.search button")
    assert page.locator(".events li").count() == 1
    page.click(".events h3 a")
    assert page.locator(".listings thead th[scope=col]").count() == 2
    page.check("#apart-1")
    page.fill("#split-note", "two rooms")
    page.click("button[value=split]")
    page.wait_for_load_state()
    assert page.locator(".listings thead th[scope=col]").count() == 1
    assert "two rooms" in page.inner_text(".word")
    page.check("#other-1")
    page.click("button[value=merge]")
    page.wait_for_load_state()
    assert page.locator(".listings thead th[scope=col]").count() == 2
    assert page.locator(".word").count() == 2
    assert decided(peopled.config) == 2
    assert (watched.told, watched.elsewhere) == ([], [])
    context.close()


def test_the_first_start_link_opens_the_desk(browser: Browser, busy: Path):
    """One press, and there is the morning's page."""
    link = OneTimeLink()
    with running_desk(busy, datetime.now(UTC), link) as desk:
        context = browser.new_context(java_script_enabled=False)
        watched = Watched(context, desk.url)
        watched.page.goto(f"{desk.url}/sign-in/{link.make('root', desk.now)}")
        watched.page.click("main button")
        watched.page.wait_for_load_state()
        assert urlsplit(watched.page.url).path == "/"
        assert watched.page.locator(".queue li").count() >= 4
        assert (watched.told, watched.elsewhere) == ([], [])
        context.close()


def test_a_whole_morning_by_keyboard(browser: Browser, peopled: RunningDesk):
    """No mouse: tab to the first finding, open it, answer."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{peopled.url}/sign-in")
    page.focus("#name")
    page.keyboard.type("ines")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{peopled.url}/")

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", "where the keyboard is can be seen"
                return
        raise AssertionError(f"{selector} is not reached")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to(".queue a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings/*")
    tab_to("button[value=dismissed]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#history ~ table")
    assert decided(peopled.config) == 1
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing_on_any_page(browser: Browser, peopled: RunningDesk, language: str, scheme: str):
    """Read by whoever hears it, enlarges it, or has no mouse; and nothing sticks out at the side."""
    source, found = axe_source(), {}
    with visitors(peopled.url, "omar") as (omar,):
        omar.post("/findings/1", omar.form_on("/findings/1") | {"verdict": "confirmed", "note": "spoke with Accra"})
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    watched = Watched(context, peopled.url)
    page = watched.page
    signed_out = {"sign-in": "/sign-in", "used": "/sign-in/x"}
    for name, path in [*signed_out.items(), *PAGES.items(), ("two", "/findings/2"), ("reader", "/yours")]:
        if name in ("tonight", "reader"):
            context.clear_cookies()
            page.goto(f"{peopled.url}/sign-in")
            sign_in(page, "rita" if name == "reader" else "ines")
        page.goto(f"{peopled.url}{path}{'&' if '?' in path else '?'}language={language}")
        for width in (320, 768, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            wide = page.evaluate("document.documentElement.scrollWidth")
            said = [f"{wide} wide where {width} are"] if wide > width else []
            said += violations(page, source) if width in (320, 1280) else []
            if said:
                found[f"{name} at {width}"] = said
    assert found == {}
    # The used link says so; and with its policy set aside, for axe to run, a page asks for an icon that is not there.
    expected = ("/sign-in/x", "/favicon.ico")
    assert [text for text in watched.told if not urlsplit(text.rpartition(" ")[2]).path.startswith(expected)] == []
    assert watched.elsewhere == []
    context.close()


def test_the_nu_checker_finds_no_error_and_no_warning(peopled: RunningDesk, tmp_path: Path):
    """Browsers repair what is wrong, each in its own way."""
    pages = {}
    with visitors(peopled.url, "ines", "eva", "rita", "") as (ines, eva, rita, nobody):
        ines.post("/findings/1", ines.form_on("/findings/1") | {"verdict": "confirmed", "note": "spoke with Accra"})
        for language in ("en", "ar"):
            for name, path in [*PAGES.items(), ("two", "/findings/2")]:
                asked = f"{path}{'&' if '?' in path else '?'}language={language}"
                pages[f"{name}-{language}"] = ines.http.get(asked, follow_redirects=True).content
                pages[f"expert-{name}-{language}"] = eva.get(asked).content
            pages[f"reader-{language}"] = rita.get(f"/yours?language={language}").content
            pages[f"sign-in-{language}"] = nobody.get(f"/sign-in?language={language}").content
        pages["overtaken"] = ines.post(
            "/findings/1", ines.form_on("/findings/1") | {"verdict": "confirmed", "newest": "0"}
        ).content
        pages["moment"] = nobody.get("/log", headers={"Sec-Fetch-Site": "cross-site"}).content
        pages["signed-out"] = nobody.post("/findings/1", nobody.form_on("/sign-in")).content
        pages["refused"] = rita.get("/log").content
        pages["wrong"] = nobody.post("/sign-in", nobody.form_on("/sign-in") | {"name": "x", "password": "y"}).content
    assert html_messages(pages, tmp_path) == []


@pytest.fixture(scope="module")
def hostile(after_a_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A committee whose calendars hold every payload in what they say."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copy(after_a_night / "outreach.toml", folder)
    head = ["id", "title", "start", "end", "city", "country", "audience", "organisers", "url"]
    for name in ("programme", "au"):
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8", errors="surrogatepass") as file:
            rows = csv.writer(file)
            rows.writerow(head)
            for number, (payload, invited) in enumerate(zip(PAYLOADS, combinations(STATES, 2), strict=False)):
                # The same day in both calendars, elsewhere, for two states that no other event invites together.
                first = date(2007, 12, 1) + timedelta(days=3 * number)
                where = ("Accra", "GH") if name == "au" else ("Gaborone", "BW")
                rows.writerow([f"{name}{number}", f"{payload} workshop on resolution 1540", first, first, *where,
                               "; ".join(invited), payload, payload])  # fmt: skip
    run_night(folder / "outreach.toml", NIGHT)
    return folder


@pytest.mark.fault("T20")
@pytest.mark.timeout(900)
def test_what_strangers_and_colleagues_write_runs_nothing_at_the_desk(
    browser: Browser, hostile: Path, tmp_path: Path, record_property
):
    """Titles, notes, proposals, what is asked for: text on every page, with the page's own policy set aside."""
    shutil.copytree(hostile, tmp_path / "committee")
    config = tmp_path / "committee" / "outreach.toml"
    add_people(config)
    ines_account = next(one for one in steps.accounts_of(config) if one.name == "ines")
    told = tonight.morning(config, languages.tongue("en"), ines_account, NIGHT)
    assert told is not None
    numbers = [row.number for row in (*told.queue.waiting, *told.queue.informing)]
    assert len(numbers) >= len(PAYLOADS) // 2
    with running_desk(config, datetime.now(UTC)) as desk, visitors(desk.url, "ines", "omar") as (ines, omar):
        for number, payload in zip(numbers * 2, PAYLOADS, strict=False):
            form = ines.form_on(f"/findings/{number}") | {"verdict": "dismissed", "note": payload}
            assert ines.post(f"/findings/{number}", form).status_code == 303
        proposals, form = [], {"form": omar.token("/log"), "visibility": "shared"}
        for payload in PAYLOADS:
            # The day is that of an event, so that the plans of others meet it.
            planned = dict.fromkeys(FIELDS, payload) | {"start": "2007-12-01", "end": "", "audience": "Botswana"}
            saved = omar.post("/proposals", form | planned | {"note": payload})
            assert saved.status_code == 303
            proposals.append(saved.headers["location"])
        context = browser.new_context(bypass_csp=True)
        context.add_init_script("window.ran = number => (window.__ran ||= []).push(number)")
        context.add_cookies([{"name": "outreach", "value": ines.http.cookies["outreach"], "url": desk.url}])
        watched = Watched(context, desk.url)
        ran: list[object] = []
        events = [ListingKey("programme", f"programme{number}").id for number in range(len(PAYLOADS))]
        paths = ["/", "/log", "/organisations/AU", "/calendar?month=2007-12", "/calendar?day=2007-12-01", "/timeline"]
        paths += [
            "/coverage",
            "/map",
            "/map?show=hosts",
            "/states",
            "/states/BW",
            "/ledger",
        ]
        paths += ["/plan?title=Workshop&start=2007-12-01&audience=Botswana", "/plan/list", "/proposals", *proposals]
        # What is asked for stands on the page again.
        paths += [f"/plan?{urlencode(dict.fromkeys(FIELDS, payload))}" for payload in PAYLOADS]
        paths += [f"/{page}?{urlencode({'group': payload})}" for page in ("coverage", "map") for payload in PAYLOADS]
        paths += [f"/findings/{number}" for number in numbers]
        paths += ["/events?from=&to=", "/events?from=&to=&page=2", *(f"/events/{event}" for event in events)]
        for path in paths:
            answer = watched.page.goto(f"{desk.url}{path}")
            assert answer is not None
            # What names no group is told with 400, on the page itself.
            assert answer.status in ((200, 400) if "group=" in path else (200,)), path
            watched.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            ran += watched.page.evaluate(WHAT_RAN)
        context.close()
    assert (ran, watched.elsewhere) == ([], [])
    record_property("cases", len(PAYLOADS))
    record_property(
        "measured",
        f"{len(PAYLOADS)} payloads as titles, notes, proposals and questions on {len(paths)} pages of the desk",
    )


@pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
def test_a_letter_is_approved_and_the_desk_read_in_arabic(browser: Browser, peopled: RunningDesk, script: bool):
    """From what waits to what is allowed; and whoever reads Arabic reads from the right, from then on."""
    context = browser.new_context(java_script_enabled=script)
    watched = Watched(context, peopled.url)
    page = watched.page
    page.goto(f"{peopled.url}/organisations")
    sign_in(page)
    page.click("a[href='/organisations/AU']")
    assert page.frame_locator("iframe").locator("h1").count() == 1
    page.fill("#note", "read and agreed")
    page.click("form[action$='/approve'] button >> nth=0")
    page.wait_for_load_state()
    assert "read and agreed" in page.inner_text("#deliveries ~ p")
    assert page.get_attribute("html", "dir") == "ltr"
    page.click("footer a[lang=ar]")
    assert (page.get_attribute("html", "lang"), page.get_attribute("html", "dir")) == ("ar", "rtl")
    page.click("nav a[href='/']")
    assert page.get_attribute("html", "dir") == "rtl"
    assert page.evaluate("document.querySelector('h1').getBoundingClientRect().right > innerWidth / 2")
    assert watched.told == []
    assert watched.elsewhere == []
    context.close()
