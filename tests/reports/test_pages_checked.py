"""Every page the product writes, held against checkers that others wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
from page_checkers import axe_source, html_messages, violations
from playwright.sync_api import Browser

from calendar_sync.listing_columns import listing_columns
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.roster import Committee
from calendar_sync.spans import Span
from dedupe.assembling import events
from dedupe.checks import Proposal
from dedupe.coverage_columns import coverage
from dedupe.evidence import Recognition
from dedupe.explaining import Explainer
from dedupe.findings import Kind
from dedupe.invitations import history
from dedupe.known import known as known_events
from dedupe.labels import Figures, Labels
from dedupe.matching import recognise_table
from dedupe.policy import Policy
from dedupe.proposals import check
from reports.alerts import alert_about
from reports.held import holding
from reports.languages import LANGUAGES
from reports.ledger import Ledger, Line, compile_ledger
from reports.letters import letter
from reports.matching import MatchReport, Scored, hardest
from reports.nightly import NightlyReport
from reports.rendering import alerted, check_page, mailed, render
from reports.rendering import matching as matching_page
from reports.rendering.coverage import coverage_page, history_page

WIDTHS = (320, 390, 768, 1280, 1920)
CASES = ("much", "nothing", "unseen", "taken away", "many scripts")
LOOKED_AT = [("en", case) for case in CASES] + [(language, "much") for language in LANGUAGES[1:]]
"""Every case in English, and in every other language the one that has nearly all a report can say."""
NIGHT = date(2009, 12, 4)
FILLING = {
    "organisation": "African Union", "committee": "1540 Committee", "night": "4 December 2009",
    "contact": "outreach@committee.example", "disclaimer": "",
}  # fmt: skip
IN_OTHER_SCRIPTS = (
    ("ar", "ورشة العمل الإقليمية بشأن تنفيذ القرار 1540 (2004)"),
    ("fr", "Atelier régional sur la mise en œuvre de la résolution 1540 (2004)"),
    ("ru", "Региональный семинар по осуществлению резолюции 1540 (2004)"),
    ("he", "סדנה אזורית בנושא החלטה 1540"),
    ("fa", "کارگاه منطقه‌ای درباره قطعنامه ۱۵۴۰"),
    ("zh", "关于执行第1540(2004)号决议的区域讲习班"),
    ("th", "การประชุมเชิงปฏิบัติการระดับภูมิภาคว่าด้วยข้อมติ 1540"),
    ("", "اجتماع بلا لغة معلنة 1540"),
    ("en", "Wоrkshop in letters that look like others"),
)  # fmt: skip


def report(composed: ModuleType, case: str, language: str) -> NightlyReport:
    """Compose the report of a case as a reader of *language* gets it."""
    reader = replace(composed.COMMITTEE if case in ("much", "many scripts") else composed.AU, languages=(language,))
    a_listing, nairobi, told = composed.a_listing, composed.nairobi, composed.report
    states = tuple(member.state for member in composed.AFRICANS)
    many = [
        a_listing("cairo", url="https://example.org/cairo", published=date(2009, 12, 1)),
        a_listing("cairo", "us", title="Cairo workshop on implementing resolution 1540 (2004)", audience=states[:6],
                  url="https://example.org/c", span=Span.exact(date(2009, 12, 8), date(2009, 12, 11))),
        nairobi(span=Span.vague(date(2010, 1, 22), date(2010, 1, 31)), date_text="last 10 days of January 2010"),
        a_listing("kampala", "us", city="Kampala", country="UG", span=Span.exact(date(2009, 12, 9), date(2009, 12, 11)),
                  title="Seminar on national reports under resolution 1540", audience=states[:6], organisers=("US",)),
        a_listing("abuja", city="Abuja", country="NG", span=Span.exact(date(2010, 3, 1)), status=Status.PROVISIONAL,
                  title="Table-top exercise", date_note="the year was inferred",
                  audience=(*states, "JM", "BS", "BB", "TT", "GY", "SR", "BZ")),
        a_listing("lagos", city="Lagos", country="NG", title="Course on resolution 1540", audience=states[:6],
                  span=Span.vague(date(2010, 4, 1), date(2010, 4, 30)), date_text="April 2010"),
    ]  # fmt: skip
    if case == "much":
        before = told(*many[1:], reader=reader, night=NIGHT - timedelta(days=1))
        moved = replace(many[2], span=Span.exact(date(2010, 2, 2), date(2010, 2, 4)), date_text="")
        whole = told(*many[:2], moved, *many[3:], reader=reader, before=before, known_before=many[1:])
        return replace(whole, ledger=_results(whole))
    if case == "nothing":
        return told(reader=reader)
    if case == "unseen":
        gaps = [
            replace(composed.GOOD[0], good=False, code="unreachable", last_good=date(2009, 12, 3)),
            replace(composed.GOOD[1], good=False, code="unusable", last_good=None, detail="us: what came is a page."),
        ]
        return told(*many[:2], reader=reader, health=[*gaps, *composed.GOOD[2:]])
    if case == "taken away":
        reader = composed.COMMITTEE
        before = told(*many, reader=reader, night=NIGHT - timedelta(days=1))
        return told(many[2], reader=reader, before=before, known_before=many)
    titled = [
        a_listing(f"s{number}", ("un", "us")[number % 2], title=title, language=code, url=f"https://example.org/{number}",
                  span=Span.exact(date(2010, 1, 5) + timedelta(days=9 * (number // 2))))
        for number, (code, title) in enumerate(IN_OTHER_SCRIPTS)
    ]  # fmt: skip
    return told(*titled, reader=reader)


def _results(told: NightlyReport) -> Ledger:
    """Return what came of a report's findings."""
    lines = [
        Line(entry.finding.key, entry.finding.severity, entry.finding.title, entry.first_night, NIGHT, entry.change,
             begins=tuple(event.span.earliest for event in entry.finding.events if event.span))
        for entry in told.findings
    ]  # fmt: skip
    known = {event.id: event for entry in told.findings for event in entry.finding.events}
    return compile_ledger(lines, (), holding(tuple(known.values())), {}, NIGHT)


def mails(composed: ModuleType, case: str, language: str) -> Iterator[tuple[str, bytes]]:
    """Yield the HTML of a mail by name: without a letter, and before the first report with one in each language."""
    told = report(composed, case, language)
    yield f"mail-{case}-{language}", mailed.render(told)
    for code in dict.fromkeys((language, "ar")) if case == "much" else ():
        _, paragraphs = letter(code).filled(FILLING)
        yield f"mail-{case}-{language}-letter-{code}", mailed.render(told, paragraphs, code)


def alerts(composed: ModuleType) -> Iterator[tuple[str, bytes]]:
    """Yield the pages of an alert, in a language of either direction, by name."""
    for language in ("en", "ar"):
        told = report(composed, "much", language)
        clashes = [entry.finding for entry in told.findings if entry.finding.kind is Kind.CLASH]
        alert = alert_about(clashes, told.reader, composed.ROSTER, NIGHT)
        yield f"alert-{language}", alerted.html(alert)
        yield f"alert-mail-{language}", alerted.mailed(alert)


def other_pages() -> dict[str, bytes]:
    """Return the pages that are asked for: a check, a plan, a coverage, a history, a matching run."""
    states = ("KE", "UG", "EG", "ZA", "BW", "GH")
    listings = [
        Listing(
            ListingKey("unoda", f"{number}"), "UNODA", title, "en", span=Span.exact(first, first + timedelta(days=2)),
            city=city, country=country, audience=states, organisers=("UNODA",), themes=("biosecurity",),
            url=f"https://example.org/{number}", first_seen=date(2009, 11, 1),
        )
        for number, (title, first, city, country) in enumerate((
            ("Awarеness seminar on resolution 1540", date(2009, 6, 2), "Nairobi", "KE"),
            ("Wоrkshop on national reports under resolution 1540", date(2010, 2, 2), "Kampala", "UG"),
            ("Workshop on export cоntrol & <border> security", date(2010, 2, 11), "Cairo", "EG"),
            ("Summit", date(2010, 1, 28), "Addis Ababa", "ET"),
            ("Assistance to Kenya on law under resolution 1540", date(2010, 3, 2), "Nairobi", "KE"),
        ))
    ]  # fmt: skip
    known = events(listings, Recognition((), tuple((listing.id,) for listing in listings)))
    proposals = [
        Proposal(f"Workshop in {city}", Span.exact(date(2010, 2, 2), date(2010, 2, 4)), city, country, states,
                 ("biosecurity",))
        for city, country in (("Kampala", "UG"), ("Gaborone", "BW"))
    ]  # fmt: skip
    checks = [check(proposal, known, Policy(), (), NIGHT, weeks=30) for proposal in proposals]
    assert checks[0].counts.get(Kind.DUPLICATIVE) or checks[0].counts.get(Kind.CLASH)
    laid_out = known_events(known, (), NIGHT)
    committee = Committee("1540", "1540 Committee", ZoneInfo("UTC"), disclaimer="Positions are quoted.")
    policy = replace(Policy(), load_most=3)
    covered = coverage(
        laid_out.columns, (*states, "TZ", "BI"), date(2008, 1, 1), date(2010, 12, 31), policy, "East Africa"
    )
    assert covered.gaps
    assert covered.overloaded
    told = history(laid_out, "KE", NIGHT)
    assert told.invitations
    return {
        "check": check_page.render(checks[0], NIGHT),
        "check-free": check_page.render(check(proposals[1], [], Policy(), (), NIGHT, weeks=0), NIGHT),
        "plan": check_page.render_plan("2010", checks, ("row 4: no date",), NIGHT),
        "coverage": coverage_page(covered, committee),
        "history": history_page(told, committee),
        "matching": matching_page.render(_matched(listings)),
    }


def _matched(listings: list[Listing]) -> MatchReport:
    twice = [*listings, *(replace(one, key=ListingKey("us", one.key.uid), city="") for one in listings)]
    found = recognise_table(listing_columns(twice))
    ids = found.known.ids
    first = found.judged.pairs[0].tolist()
    labels = Labels.of([(ids[0], ids[5])], [(ids[first[0]], ids[first[1]])] if first != [0, 5] else [(ids[1], ids[2])])
    explainer = Explainer(found)
    cases, wrong, missed = hardest(found, explainer, labels)
    return MatchReport(
        tables=["a.csv", "b.csv"], listings=len(twice), events=5, pairs=4, threshold=found.threshold,
        weights="The weights were learned.", scored=[Scored("your labels", Figures(3, 1, 1), flattering=True)],
        wrong=wrong, missed=missed, cases=cases, explained=explainer.explain(ids[0], ids[6]),
    )  # fmt: skip


def test_the_cases_hold_what_a_report_can_hold(composed: ModuleType):
    """A checker finds nothing wrong with what is not there."""
    much, taken = report(composed, "much", "en"), report(composed, "taken away", "en")
    assert {Kind.CLASH, Kind.DUPLICATIVE} <= {told.finding.kind for told in much.findings}
    assert any(told.finding.evidence for told in much.findings)
    assert any(told.informs for told in much.findings)
    assert {str(told.change) for told in much.findings} == {"new", "changed", "open"}
    assert {bar.sort for bar in much.timeline.bars} >= {"certain", "possible"}
    assert much.timeline.arcs
    assert taken.unseen
    assert much.ledger is not None
    assert taken.no_longer_listed
    assert len(report(composed, "unseen", "en").blind_spots) == 2
    assert not report(composed, "nothing", "en").coming
    assert len(report(composed, "many scripts", "en").coming) >= 4


def test_the_nu_checker_finds_no_error_and_no_warning(composed: ModuleType, tmp_path: Path, record_property):
    """Browsers and mail programs repair what is wrong, each in its own way."""
    pages = other_pages()
    for language, case in LOOKED_AT:
        pages[f"page-{case}-{language}"] = render(report(composed, case, language), "html")
        pages |= dict(mails(composed, case, language))
    pages |= dict(alerts(composed))
    assert html_messages(pages, tmp_path) == []
    record_property("measured", f"0 messages about {len(pages)} pages")


def test_the_nu_checker_would_find_what_is_wrong(tmp_path: Path):
    """A checker that finds nothing anywhere finds nothing here."""
    found = html_messages({"wrong": b"<!DOCTYPE html><title>x</title><p id=a><b id=a><i></b>"}, tmp_path)
    assert any("Duplicate ID" in message for message in found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("language", "case"), LOOKED_AT)
def test_axe_finds_nothing_on_a_report_however_wide(
    browser: Browser, composed: ModuleType, tmp_path: Path, language: str, case: str, scheme: str
):
    """Read by whoever hears it, enlarges it, or has no mouse; and nothing sticks out at the side."""
    path = tmp_path / "report.html"
    path.write_bytes(render(report(composed, case, language), "html"))
    assert _found(browser, path, scheme, WIDTHS) == {}


@pytest.mark.parametrize(("language", "case"), LOOKED_AT)
def test_axe_finds_nothing_in_a_mail(browser: Browser, composed: ModuleType, tmp_path: Path, language: str, case: str):
    """A mail is read in a narrow pane, on light: clients turn colours round themselves."""
    for name, body in mails(composed, case, language):
        path = tmp_path / f"{name}.html"
        path.write_bytes(body)
        assert _found(browser, path, "light", (380,)) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_that_are_asked_for(
    browser: Browser, composed: ModuleType, tmp_path: Path, scheme: str
):
    """A check is mailed to a ministry; who reads it there nobody knows."""
    for name, body in (other_pages() | dict(alerts(composed))).items():
        path = tmp_path / f"{name}.html"
        path.write_bytes(body)
        assert _found(browser, path, scheme, (390, 1280)) == {}, name


def test_axe_would_find_what_is_wrong(browser: Browser, tmp_path: Path):
    """A checker that finds nothing anywhere finds nothing here."""
    path = tmp_path / "wrong.html"
    path.write_text("<!DOCTYPE html><title>x</title><img src=''><p style='color: #bbb'>pale</p>", encoding="utf-8")
    (found,) = _found(browser, path, "light", (1280,)).values()
    told = {message.partition(":")[0] for message in found}
    assert {"image-alt", "color-contrast", "html-has-lang", "region"} <= told


def _found(browser: Browser, path: Path, scheme: str, widths: tuple[int, ...]) -> dict[int, list[str]]:
    """Return what axe says at each width, and how far the page sticks out; folded details are opened."""
    source = axe_source()
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(path.as_uri())
    said = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found = []
        for open_ in ("false", "true"):
            page.evaluate(f"document.querySelectorAll('details').forEach(d => d.open = {open_})")
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{wide} wide where {width} are"] if wide > width else []
        found += violations(page, source)
        if found:
            said[width] = found
    context.close()
    return said
