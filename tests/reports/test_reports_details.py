"""What stands in a report beside its findings: sides, picture, coming events, blind spots, and who may read them."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from importlib import util
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar as Parsed
from python_calamine import CalamineWorkbook

from calendar_sync.listings import Status
from calendar_sync.roster import Calendar
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility
from reports import disclosure, wording
from reports.leads import lead
from reports.nightly import CalendarHealthView
from reports.rendering import FORMATS, render
from reports.rendering.plain import columns
from reports.rendering.sheets import original
from reports.sides import sides
from reports.timeline import LABELS, WIDTH


def _loaded() -> ModuleType:
    spec = util.spec_from_file_location(
        "reports_composed_details", Path(__file__).with_name("test_reports_composed.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


composed = _loaded()
VAGUE = Span.vague(date(2010, 1, 22), date(2010, 1, 31))
STYLE = (Path(disclosure.__file__).parent / "rendering" / "templates" / "report.css").read_text(encoding="utf-8")


# -- coming events ---------------------------------------------------------------------------------------------------


def coming(*listings, before=(), **facts):
    return {entry.title: entry for entry in composed.report(*listings, known_before=before, **facts).coming}


def test_an_event_is_new_once_and_says_what_changed_after():
    """A reader must find tonight's news without comparing two reports by eye."""
    cairo = composed.a_listing("cairo")
    moved = replace(cairo, span=Span.exact(date(2009, 12, 14), date(2009, 12, 16)), city="Giza")

    assert coming(cairo)[cairo.title].new
    assert not coming(cairo, before=[cairo])[cairo.title].new
    assert coming(cairo, before=[cairo])[cairo.title].changed == ()
    assert coming(moved, before=[cairo])[cairo.title].changed == ("dates", "place")


def test_what_an_organisation_takes_away_is_said_once():
    """A workshop that silently disappears is news to whoever planned around it."""
    cairo, nairobi = composed.a_listing("cairo"), composed.nairobi()
    told = composed.report(cairo, known_before=[cairo, nairobi])

    assert [lost.event for lost in told.no_longer_listed] == [nairobi.id]
    assert lead(told)[0] == "One coming event is no longer listed for your states."
    whole = composed.report(cairo, reader=composed.COMMITTEE, known_before=[cairo, nairobi])
    assert [lost.title for lost in whole.no_longer_listed] == [nairobi.title]
    assert composed.report(cairo, known_before=[cairo]).no_longer_listed == ()
    assert composed.report(cairo, reader=composed.OAS, known_before=[cairo, nairobi]).no_longer_listed == ()


def test_a_listing_under_a_new_name_was_not_taken_away():
    """Some producers give every event a new UID at every fetch."""
    cairo = composed.a_listing("cairo")
    again = composed.a_listing("another-uid")
    assert composed.report(again, known_before=[cairo]).no_longer_listed == ()


def test_past_events_taken_away_are_no_news():
    """Calendars drop what is over."""
    past = composed.a_listing("past", span=Span.exact(date(2009, 11, 2)))
    assert composed.report(known_before=[past]).no_longer_listed == ()


def test_where_somebody_names_the_states_a_group_says_no_more():
    """One paper's "African States" does not invite all of Africa to a workshop of four."""
    press = composed.a_listing("press", "us", audience=("African Union",))
    told = composed.report(composed.a_listing("cairo"), press)
    assert [wording.invited(entry) for entry in told.coming] == ["For 4 of your 7 states"]


# -- sides -----------------------------------------------------------------------------------------------------------


def test_audiences_are_counted_and_tell_whom_only_one_side_invites():
    """Nobody compares two lists of twenty states by eye."""
    (told,) = composed.report(composed.a_listing("cairo"), composed.nairobi(audience=("EG", "GH", "KE", "UG"))).findings
    laid = sides(told, {"UN": "United Nations", "US": "United States"})
    (row,) = [row for row in laid.rows if row.field == "audience"]
    assert [len(cell.states) for cell in row.cells] == [4, 4]
    assert [cell.alone for cell in row.cells] == [("Ethiopia",), ("Uganda",)]
    assert [head.label for head in laid.heads] == ["Cairo", "Nairobi"]
    assert [head.origin.organisation for head in laid.heads if head.origin] == ["United Nations", "United States"]


def test_a_cell_says_what_it_said_when_it_was_told_before():
    """ "Changed" alone makes the reader look for the old report."""
    first = composed.report(composed.a_listing("cairo"), composed.nairobi(span=VAGUE))
    (told,) = composed.report(composed.a_listing("cairo"), composed.nairobi(), before=first).findings
    cells = {row.field: row.cells for row in sides(told, {}).rows}
    assert cells["dates"][0].was == ""
    assert cells["dates"][1].was == "some time within 22–31 January 2010"
    assert cells["place"][1].was == ""


def test_every_cell_names_a_source_or_stands_under_one():
    """Every fact says who says so."""
    told = composed.report(
        composed.a_listing("cairo", sponsors=()), composed.a_listing("also", "us", sponsors=("NO",), url="https://x.org/"),
        composed.nairobi(),
    )  # fmt: skip
    for finding in told.findings:
        laid = sides(finding, told.names)
        for row in laid.rows:
            for head, cell in zip(laid.heads, row.cells, strict=True):
                assert not cell.text or cell.origin or head.origin


# -- the picture -----------------------------------------------------------------------------------------------------


def test_the_picture_marks_what_is_certain_possible_and_given_up():
    """A vague date must not look like a firm one, nor an old one like a new one."""
    vague = composed.report(composed.a_listing("cairo"), composed.nairobi(span=VAGUE)).timeline
    assert sorted(bar.sort for bar in vague.bars) == ["certain", "possible"]
    assert [(arc.severity, badge.number) for arc, badge in zip(vague.arcs, vague.badges, strict=True)]

    older = composed.nairobi(span=VAGUE, published=date(2009, 9, 30))
    newer = replace(composed.nairobi(), key=replace(older.key, calendar="un"), organisation="UN")
    moved = composed.report(older, newer).timeline
    assert sorted(bar.sort for bar in moved.bars) == ["certain", "former"]


def test_the_same_facts_stand_beside_the_picture_in_words():
    """Not everybody sees the picture, and a phone is too narrow for it."""
    told = composed.report(composed.a_listing("cairo"), composed.nairobi())
    assert [(entry.where, entry.dates, entry.findings) for entry in told.timeline.entries] == [
        ("Cairo", "7–10 December 2009", (1,)),
        ("Nairobi", "2–4 February 2010", (1,)),
    ]


spans = st.builds(
    lambda ahead, days, exact: (Span.exact if exact else Span.vague)(
        date(2009, 11, 1) + timedelta(days=ahead), date(2009, 11, 1) + timedelta(days=ahead + days)
    ),
    st.integers(0, 500), st.integers(0, 120), st.booleans(),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(spans, st.sampled_from(["Cairo", "Nairobi", "", "X" * 90])), max_size=9))
def test_nothing_is_drawn_outside_the_picture_and_no_words_over_others(drawn):
    """It must be readable whatever calendars say."""
    listings = [
        composed.a_listing(
            f"e{number}", ("un", "us")[number % 2], span=span, city=city, title=f"Meeting {number} {city}"
        )
        for number, (span, city) in enumerate(drawn)
    ]
    picture = composed.report(*listings).timeline
    for bar in picture.bars:
        assert bar.x >= LABELS
        assert bar.x + bar.width <= WIDTH + 10
        assert bar.y + 18 <= picture.height
    for lane in picture.lanes:
        inside = sorted((bar for bar in picture.bars if lane.y <= bar.y < lane.y + lane.height), key=lambda bar: bar.x)
        for row in {bar.y for bar in inside}:
            beside = [bar for bar in inside if bar.y == row]
            ends = [(bar.x, bar.x + bar.width) for bar in beside]
            assert all(end <= start + 0.2 for (_, end), (start, _) in pairwise(ends))


# -- blind spots and disclosure ----------------------------------------------------------------------------------------


def test_the_account_of_what_broke_is_for_the_owner_and_the_committee():
    """It counts listings, and some of them may be hidden from others."""
    health = [
        CalendarHealthView(
            "un", good=False, detail="un: 7 of 40 coming listings are missing.", code="shrunken",
            last_good=date(2009, 12, 3),
        )
    ]  # fmt: skip
    for reader, whole in ((composed.COMMITTEE, True), (composed.UN, True), (composed.AU, False)):
        told = composed.report(composed.a_listing("cairo"), reader=reader, health=health)
        assert ("7 of 40" in render(told, "text").decode().split("What we could not see tonight")[1]) is whole
    emptied = [replace(health[0], detail="un: came back empty.", code="emptied")]
    for format_ in FORMATS:
        assert render(composed.report(health=health), format_) == render(composed.report(health=emptied), format_)


def test_cancelled_days_are_not_busy():
    """Nobody should plan around what is off."""
    off = composed.a_listing("off", "busy", status=Status.CANCELLED)
    assert disclosure.world([off], composed.AU, composed.ROSTER) == []


def test_two_who_share_the_same_days_as_busy_are_two(monkeypatch: pytest.MonkeyPatch):
    """All that two such entries have in common is that they say nothing."""
    other = Calendar("busy-too", "UN", "b.ics", visibility=Visibility.BUSY, shared_with=("AU",))
    monkeypatch.setattr(composed, "ROSTER", replace(composed.ROSTER, calendars=(*composed.ROSTER.calendars, other)))
    told = composed.report(composed.a_listing("one", "busy"), composed.a_listing("two", "busy-too"))
    assert told.findings == ()
    assert len(told.coming) == 2


def test_a_report_is_not_composed_from_another_readers_world():
    """A mistake in wiring must stop the night, not leak."""
    secret = composed.a_listing("x", "secret")
    event = composed.events([secret], composed.recognise([secret]), ())
    found = composed.find(event, [], composed.Policy(), (), composed.NIGHT)
    with pytest.raises(ValueError, match="not in the reader's world"):
        composed.compose(composed.AU, composed.NIGHT, composed.ROSTER, [], event, found, [], [])


# -- the page and the other formats ------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


SCHEMES = [
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", block)) for block in re.findall(r":root \{(.*?)\}", STYLE, re.S)
]
READ = [
    *((ink, "paper") for ink in ("ink", "soft", "accent", "high", "medium", "low")),
    *((ink, "mark") for ink in ("ink", "accent", "soft")),
    ("soft", "panel"), ("high", "high-back"), ("medium", "medium-back"), ("low", "low-back"),
    *(("paper", back) for back in ("high", "medium", "low", "soft")),
]  # fmt: skip


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "back"), READ)
def test_words_stand_out_from_what_is_behind_them(scheme: int, ink: str, back: str):
    """WCAG 2.2 AA: 4.5 to 1, by day and by night."""
    colours = SCHEMES[scheme]
    assert contrast(colours[ink], colours[back]) >= 4.5


def test_a_title_stands_in_its_own_language_and_direction():
    """A screen reader must not read Arabic as English."""
    told = composed.report(composed.a_listing("cairo", title="ورشة عمل القاهرة 1540", language="ar"))
    page = render(told, "html").decode()
    assert '<bdi lang="ar" dir="rtl">ورشة عمل القاهرة 1540</bdi> <span class="soft">(Arabic)</span>' in page


def test_text_keeps_to_its_columns_in_every_script():
    """A terminal and a mail break longer lines where they like."""
    told = composed.report(
        composed.a_listing(
            "cairo", title="关于执行第1540号决议的讲习班在开罗举行并讨论出口管制的国家立法和执法措施以及区域合作"
        ),
        composed.nairobi(title="W" * 200),
    )
    assert all(columns(line) <= 78 for line in render(told, "text").decode().splitlines())


def test_every_link_of_the_page_leads_to_a_page_or_to_the_committee():
    """Titles and addresses come from strangers."""
    hostile = [
        "javascript:alert(1)", "data:text/html,x", "https://user:pass@example.org/", "https://e.org/\u202egnp.exe",
        "//e.org",
    ]  # fmt: skip
    told = composed.report(
        *(composed.a_listing(f"e{number}", url=url, city=f"Town{number}") for number, url in enumerate(hostile)),
        composed.a_listing("good", url="https://example.org/a?b=1&c=2"),
    )
    hrefs = set(re.findall(r'href="([^"]*)"', render(told, "html").decode()))
    assert {href for href in hrefs if not href.startswith(("#", "mailto:"))} == {"https://example.org/a?b=1&amp;c=2"}


FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A", " =1", '=cmd|"/c calc"!A1',
    "=HYPERLINK()",
)  # fmt: skip


@pytest.mark.parametrize("start", FORMULAS)
def test_cells_are_text_and_keep_their_words(start: str):
    """No title runs in a spreadsheet, and none is lost for that."""
    title = f"{start} workshop on resolution 1540"
    told = composed.report(composed.a_listing("cairo", title=title))
    shown = title.strip().replace("\r", "")
    (row,) = [row for row in csv.reader(io.StringIO(render(told, "csv").decode("utf-8-sig"))) if row[0] == "coming"]
    assert row[8].startswith("'")
    assert original(row[8]).strip() == shown
    book = CalamineWorkbook.from_filelike(io.BytesIO(render(told, "xlsx")))
    assert shown in [str(cell).strip() for cell in book.get_sheet_by_index(0).to_python()[1]]


@settings(max_examples=60, deadline=None)
@given(title=st.text(max_size=60), place=st.text(max_size=20))
def test_any_title_gives_a_feed_that_reads_back(title: str, place: str):
    """A line feed in a title must not begin a property of its own."""
    told = composed.report(composed.a_listing("cairo", title=f"1540 {title}", city=f"K{place}"))
    feed = Parsed.from_ical(render(told, "ics"))
    (event,) = feed.walk("VEVENT")
    known = "UID DTSTAMP DTSTART DTEND SUMMARY STATUS LOCATION DESCRIPTION CATEGORIES CONCEPT TRANSP"
    assert set(event) <= set(known.split())
    assert str(feed["NAME"]) == "Outreach: African Union"
    for format_ in FORMATS:
        assert render(told, format_)


def test_empty_nights_say_so_in_every_format():
    """An empty file looks like a failure."""
    empty = composed.report()
    assert "no news tonight" in render(empty, "html").decode().lower()
    assert json.loads(render(empty, "json"))["coming"] == []
    assert render(empty, "csv").decode("utf-8-sig").startswith("section,")
    assert b"BEGIN:VCALENDAR" in render(empty, "ics")


# -- non-interference --------------------------------------------------------------------------------------------------


@st.composite
def hidden(draw):
    """Make a listing that AU must not know of, hidden in one of the ways there are."""
    secret = draw(composed.listings("secret"))
    way = draw(st.sampled_from(["calendar", "class", "shared with others"]))
    if way == "class":
        return replace(secret, key=replace(secret.key, calendar="us"), klass="PRIVATE", visibility=Visibility.HIDDEN)
    if way == "shared with others":
        return replace(secret, key=replace(secret.key, calendar="for-oas"))
    return secret


@settings(max_examples=500, deadline=None)
@given(
    public=st.lists(composed.listings(), max_size=4),
    secrets=st.lists(hidden(), min_size=1, max_size=3),
    known=st.booleans(),
)
def test_what_is_hidden_changes_nothing_over_two_nights(public, secrets, known):
    """Not the second night's news either: what was told before, what is new, what is gone."""
    reports = []
    for extra in ([], secrets):
        first = composed.report(*public[:2], *extra)
        before = disclosure.world([*public[:2], *extra], composed.AU, composed.ROSTER) if known else ()
        second = composed.report(
            *public, *(extra[1:]), before=first, known_before=before, night=composed.NIGHT + timedelta(days=1)
        )
        reports.append(second)
    without, with_secret = reports
    assert without == with_secret
    for format_ in ("html", "text", "json", "csv", "ics"):
        assert render(without, format_) == render(with_secret, format_)
