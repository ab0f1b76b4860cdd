"""What strangers write into calendars reaches the reports as harmless text, and breaks no night."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest
from icalendar import Calendar

from calendar_sync.listings import Status
from calendar_sync.spans import Span
from reports.rendering import FORMATS, render


@pytest.fixture(scope="module")
def composed() -> ModuleType:
    """The small roster and the way of a night that the other tests of reports use."""
    spec = util.spec_from_file_location("reports_composed_again", Path(__file__).with_name("test_reports_composed.py"))
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def events(composed: ModuleType) -> Callable[..., dict[str, str]]:
    """Render the feed of a report and return the status of every event by its summary."""

    def read(*listings: object) -> dict[str, str]:
        feed = Calendar.from_ical(render(composed.report(*listings), "ics"))
        return {str(event["summary"]): str(event["status"]) for event in feed.walk("VEVENT")}

    return read


@pytest.mark.parametrize("steering", ["\x1b[31m", "\x9b31m", "\x07", "\u202e", "\u2066", "\ufffe", "\x00"])
@pytest.mark.parametrize("format_", sorted(FORMATS))
def test_no_format_passes_on_what_steers_a_display_or_cannot_be_written(
    composed: ModuleType, steering: str, format_: str
):
    """A title must not colour a terminal, turn a line round, or stop everybody's night."""
    title = f"Workshop{steering} on resolution 1540"
    body = render(composed.report(composed.a_listing("cairo", title=title), composed.nairobi()), format_)
    if format_ in ("text", "html", "csv", "ics"):
        assert steering[0] not in body.decode("utf-8")


@pytest.mark.parametrize("format_", sorted(FORMATS))
def test_an_event_that_ends_on_the_last_day_there_is_breaks_no_report(composed: ModuleType, format_: str):
    """Calendars write 9999-12-31 for "no end"."""
    for span in (Span.exact(date(2009, 12, 7), date.max), Span.vague(date(2009, 12, 7), date.max)):
        assert render(composed.report(composed.a_listing("cairo", span=span), composed.nairobi()), format_)


def test_the_feed_says_how_firm_an_event_is(composed: ModuleType, events: Callable[..., dict[str, str]]):
    """A subscriber must not travel to a cancelled workshop, nor book for a provisional one."""
    told = events(
        composed.a_listing("firm", title="Firm workshop in Cairo"),
        composed.nairobi(title="Provisional seminar in Nairobi", status=Status.PROVISIONAL),
        composed.a_listing(
            "off", "us", title="Cancelled meeting in Kampala", city="Kampala", country="UG",
            status=Status.CANCELLED, span=Span.exact(date(2010, 5, 3)),
        ),
    )  # fmt: skip
    assert told["Firm workshop in Cairo"] == "CONFIRMED"
    assert told["Provisional seminar in Nairobi"] == "TENTATIVE"
    assert told["Cancelled meeting in Kampala"] == "CANCELLED"


def test_the_policy_of_the_page_names_its_one_style_sheet_and_allows_nothing_else(composed: ModuleType):
    """Style that somebody smuggles in could fetch, or show what is not so."""
    page = render(composed.report(composed.a_listing("cairo"), composed.nairobi()), "html").decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert " style=" not in page
    assert "url(" not in style.replace("url(#", "")


@pytest.mark.parametrize("gap", ["\u00a0", "\u2003", "\u200b", " "])
def test_a_formula_behind_a_gap_is_text_too(composed: ModuleType, gap: str):
    """Spreadsheets trim more than spaces."""
    told = composed.report(composed.a_listing("cairo", title=f"{gap}=1+1 workshop on resolution 1540"))
    cells = [cell for row in csv.reader(io.StringIO(render(told, "csv").decode("utf-8-sig"))) for cell in row]
    (title,) = [cell for cell in cells if "=1+1" in cell]
    assert title.startswith("'")


def test_busy_days_shared_with_a_reader_are_in_its_coming_events_and_say_nothing_else(composed: ModuleType):
    """Days are shared as busy so that somebody plans around them."""
    secret = composed.a_listing("busy", "busy", title="Confidential talks", city="Nairobi", country="KE")
    for format_ in FORMATS:
        body = render(composed.report(secret), format_)
        assert b"Confidential" not in body
        assert b"Nairobi" not in body
    (entry,) = composed.report(secret).coming
    assert (entry.title, entry.place, entry.states) == ("Busy", "", ())
    assert composed.report(secret, reader=composed.OAS).coming == ()


def test_a_calendar_hidden_from_the_reader_is_no_blind_spot_and_not_counted(composed: ModuleType):
    """That a hidden calendar exists is hidden too."""
    broken = [replace(view, good=view.calendar != "secret") for view in composed.GOOD]
    whole = composed.report(composed.a_listing("cairo"))
    partial = composed.report(composed.a_listing("cairo"), health=broken)
    for format_ in FORMATS:
        assert render(partial, format_) == render(whole, format_)
    without = [view for view in composed.GOOD if view.calendar != "secret"]
    assert composed.report(composed.a_listing("cairo"), health=without) == whole
