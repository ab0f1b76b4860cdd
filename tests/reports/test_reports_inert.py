"""What strangers write into calendars is text in every output: it runs nothing, fetches nothing, changes nothing."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest
from hostile_payloads import PAYLOADS
from icalendar import Calendar
from markdown_payloads import PAYLOADS as MARKDOWN
from openpyxl import load_workbook
from playwright.sync_api import Browser

from calendar_sync.spans import Span
from reports.nightly import NightlyReport
from reports.rendering import mailed, render
from reports.rendering.harmless import link, words
from reports.rendering.plain import WIDTH, columns
from reports.rendering.sheets import COLUMNS

AT_ONCE = 10
"""Payloads in one report: what gets through names itself by its number."""
CHUNKS = tuple(range(0, len(PAYLOADS), AT_ONCE))
NIGHT = date(2009, 12, 4)
SCHEMA = Path(__file__).parents[2] / "reports" / "schemas" / "report.schema.json"


def report(composed: ModuleType, chunk: int) -> NightlyReport:
    """Compose the committee's report of listings that hold a payload in every field, in every section there is."""
    stand, before, gone = [], [], []
    for number, payload in enumerate(PAYLOADS[chunk : chunk + AT_ONCE]):
        first = NIGHT + timedelta(days=10 + 25 * number)
        facts = {
            "title": f"{payload} workshop on resolution 1540", "city": payload, "place_text": payload, "venue": payload,
            "organisers": (payload, "UNODA"), "sponsors": (payload,), "audience": ("EG", "GH", payload), "url": payload,
            "language": payload, "date_text": payload, "date_note": payload, "description": payload,
            "themes": (payload,), "extra": (("X-NOTE", payload),), "klass": payload, "tz": payload,
        }  # fmt: skip
        one = composed.a_listing(f"one {payload}", span=Span.exact(first, first + timedelta(days=2)), **facts)
        other = composed.a_listing(
            f"other {payload}", "us",
            **facts | {"title": payload, "city": "", "url": f"https://example.org/?q={payload}",
                       "span": Span.vague(first + timedelta(days=6), first + timedelta(days=9))},
        )  # fmt: skip
        same = replace(
            one, key=composed.a_listing(f"same {payload}", "us").key, organisation="US", audience=("EG", payload)
        )
        stand += [one, other, same]
        before += [
            replace(
                one,
                title=f"was {payload} workshop on resolution 1540",
                span=Span.exact(first),
                audience=(payload, "KE"),
            ),
            replace(other, audience=("EG", "GH")),
        ]
        gone += [composed.a_listing(f"gone {payload}", **facts, span=Span.exact(first + timedelta(days=4)))]
    health = [
        replace(composed.GOOD[0], good=False, detail=f"un: the server said {payload}") for payload in PAYLOADS[:1]
    ]
    earlier = composed.report(*before, *gone, reader=composed.COMMITTEE, night=NIGHT - timedelta(days=1))
    return composed.report(  # type: ignore[no-any-return]
        *stand, reader=composed.COMMITTEE, before=earlier, known_before=[*before, *gone],
        health=[*health, *composed.GOOD[1:]],
    )  # fmt: skip


@pytest.fixture(scope="module")
def reports(composed: ModuleType) -> dict[int, NightlyReport]:
    return {chunk: report(composed, chunk) for chunk in CHUNKS}


def test_every_section_of_these_reports_holds_something(reports: dict[int, NightlyReport]):
    """What is not shown cannot do harm."""
    for told in reports.values():
        assert told.findings
        assert told.unseen
        assert told.coming
        assert len(told.no_longer_listed) == AT_ONCE
        assert told.blind_spots
        assert told.timeline.entries
        assert any(entry.was for entry in told.findings)
        assert any(entry.finding.evidence for entry in told.findings)


LOOK, PROVOKE, AGAIN = (
    (Path(__file__).with_name("inert") / f"{name}.js").read_text("utf-8") for name in ("look", "provoke", "again")
)


@pytest.mark.fault("T20")
@pytest.mark.parametrize("output", ["page", "mail"])
@pytest.mark.parametrize("chunk", CHUNKS)
def test_nothing_runs_or_leaves_in_a_browser(
    browser: Browser, reports: dict[int, NightlyReport], tmp_path: Path, chunk: int, output: str, record_property
):
    """A calendar must not act in a coordinator's browser, nor learn who reads.

    The page's own policy is set aside: what would run without it must not be there. Then the document is read out and
    parsed again, as mail programs do: what only the second parsing would turn into an element must not be there either.
    """
    told = reports[chunk]
    body = render(told, "html") if output == "page" else mailed.render(told, ["Dear all,"], "en")
    path = tmp_path / "report.html"
    path.write_bytes(body)
    context = browser.new_context(bypass_csp=True)
    context.add_init_script("window.ran = number => (window.__ran ||= []).push(number)")
    page = context.new_page()
    happened: list[str] = []
    page.on("request", lambda request: happened.append(f"request {request.url}"))
    page.on("console", lambda message: happened.append(f"console {message.text}"))
    page.on("dialog", lambda dialog: (happened.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: happened.append(f"error {error}"))
    page.on("popup", lambda opened: happened.append(f"popup {opened.url}"))
    page.goto(path.as_uri())
    problems: list[str] = page.evaluate(LOOK, output == "mail")
    shown = "".join(page.evaluate("document.body.textContent").split())
    before = page.evaluate("document.querySelectorAll('*').length")
    page.evaluate(PROVOKE)
    whole, wrapped = page.evaluate(AGAIN)
    problems += page.evaluate(LOOK, output == "mail")
    page.evaluate(PROVOKE)
    title, frames, ran = page.title(), len(page.frames), page.evaluate("window.__ran || []")
    context.close()

    assert problems == []
    assert happened == [f"request {path.as_uri()}"]
    assert ran == []
    assert (title, frames) == ("1540 Committee, night of Friday 4 December 2009", 1)
    assert whole == before
    # In a div there is no html, head and body around them.
    assert wrapped == before - 3
    for payload in PAYLOADS[chunk : chunk + AT_ONCE]:
        assert "".join(words(payload).split()) in shown
    record_property("cases", AT_ONCE)


def test_the_browser_would_notice(browser: Browser, tmp_path: Path):
    """A trap that never closes catches nothing: of the payloads, put into a page as they are, most run or fetch."""
    context = browser.new_context(bypass_csp=True)
    context.add_init_script("window.ran = number => (window.__ran ||= []).push(number)")
    noticed, some = set(), PAYLOADS[::4]
    for number, payload in enumerate(some):
        page = context.new_page()
        page.route("https://beacon.invalid/**", lambda route: route.abort())
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        path = tmp_path / f"{number}.html"
        body = f"""<p title="{payload}"><a href='{payload}'>{payload}</a></p>"""
        head = f"<meta charset=utf-8><title>{number}</title><style></style>"
        path.write_text(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>", "utf-8", "replace")
        page.goto(path.as_uri(), wait_until="domcontentloaded")
        problems = page.evaluate(LOOK, False)
        if problems or page.evaluate("window.__ran || []") or asked != [path.as_uri()]:
            noticed.add(number)
        page.close()
    context.close()
    assert len(noticed) > len(some) * 3 // 4


@pytest.mark.fault("T20")
@pytest.mark.parametrize("output", ["text", "csv", "xlsx", "ics", "json"])
def test_files_hold_payloads_as_text_and_nothing_of_their_making(
    reports: dict[int, NightlyReport], output: str, record_property
):
    """Terminals, spreadsheets, calendars and programs read these; none may be steered by a title."""
    for chunk, told in reports.items():
        body = render(told, output)
        shown = "".join(_CHECKED[output](body, told).split())
        for payload in PAYLOADS[chunk : chunk + AT_ONCE]:
            # JSON passes on what others leave out, escaped.
            assert "".join((payload if output == "json" else words(payload)).split()) in shown, (output, payload)
    record_property("cases", len(PAYLOADS))
    if output == "text":
        record_property("measured", "120 payloads in every field, in 7 outputs: six formats and the mail")


def _text(body: bytes, told: NightlyReport) -> str:
    text = body.decode("utf-8")
    assert not [letter for letter in text if unicodedata.category(letter) == "Cc" and letter != "\n"]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]", text)
    addresses = {link(source.url) for entry in told.coming for source in entry.sources}
    for line in text.splitlines():
        assert columns(line) <= WIDTH or line.strip() in addresses
    return text


def _csv(body: bytes, told: NightlyReport) -> str:
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert not [cell for row in rows for cell in row if re.match(r"\s*[=+\-@＝＋－＠]", cell)]
    sections = {"section", "finding", "resolved", "unseen", "coming", "no longer listed"}
    assert {row[0] for row in rows} <= sections
    return " ".join(cell for row in rows for cell in row)


def _xlsx(body: bytes, told: NightlyReport) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        parts = {name: packed.read(name).decode("utf-8") for name in packed.namelist()}
    assert not [
        name for name, part in parts.items() if re.search(r"<f[ >]|<hyperlink|TargetMode=|<!DOCTYPE|<!ENTITY", part)
    ]
    assert not [name for name in parts if re.search(r"vba|external|embed|macro", name)]
    sheet = load_workbook(io.BytesIO(body)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.data_type == "n" and cell.value is not None]
    return " ".join(cell.value for cell in cells if cell.value)


def _ics(body: bytes, told: NightlyReport) -> str:
    lines = re.sub(r"\r\n[ \t]", "", body.decode("utf-8")).split("\r\n")
    assert not [letter for line in lines for letter in line if unicodedata.category(letter) == "Cc" and letter != "\t"]
    names = {re.split("[;:]", line)[0] for line in lines if line}
    assert names <= {
        "BEGIN", "END", "PRODID", "VERSION", "METHOD", "NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL",
        "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "X-EDTF", "STATUS", "LOCATION", "DESCRIPTION", "URL", "TRANSP",
        "X-WR-CALDESC", "REFID", "RELATED-TO", "LINK", "CONCEPT", "CATEGORIES", "PARTICIPANT-TYPE",
    }  # fmt: skip
    feed = Calendar.from_ical(body)
    assert {component.name for component in feed.walk()} <= {"VCALENDAR", "VEVENT", "PARTICIPANT"}
    assert all(str(entry["url"]).startswith("https://example.org/") for entry in feed.walk("VEVENT") if "url" in entry)
    known = {event.id for entry in told.findings for event in entry.finding.events}
    assert known <= {str(entry["uid"]) for entry in feed.walk("VEVENT")}
    return " ".join(str(entry.get(name, "")) for entry in feed.walk("VEVENT") for name in ("summary", "description"))


def _json(body: bytes, told: NightlyReport) -> str:
    text = body.decode("utf-8")
    assert not [letter for letter in text if letter < " " and letter != "\n"]
    known = json.loads(text)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(known)
    return " ".join(_strings(known))


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _strings(part)]


_CHECKED = {"text": _text, "csv": _csv, "xlsx": _xlsx, "ics": _ics, "json": _json}


@pytest.mark.fault("T21")
def test_no_title_looks_like_an_address_of_ours_in_the_text(composed: ModuleType, record_property):
    """Mail programs make links of addresses: only those of listings are any, each on a line of its own."""
    listings = [
        composed.a_listing(
            f"e{number}", ("un", "us")[number % 2], title=title, city=payload, organisers=(payload,),
            audience=("EG", payload), date_text=payload, date_note=payload, url=f"https://example.org/{number}",
            span=Span.vague(NIGHT + timedelta(days=6 * number), NIGHT + timedelta(days=6 * number + 3)),
        )
        for number, payload in enumerate(MARKDOWN)
        # Long enough for what follows to begin a line.
        for title in (f"{'x' * 70} {payload}" if number % 3 else payload,)
    ]  # fmt: skip
    text = render(composed.report(*listings, reader=composed.COMMITTEE), "text").decode("utf-8")
    ours = {f"    https://example.org/{number}" for number in range(len(MARKDOWN))}
    assert ours <= set(text.splitlines())
    for line in text.splitlines():
        assert line in ours or not re.search(r"://\S|www\.\S", line)
    record_property("cases", len(MARKDOWN))
