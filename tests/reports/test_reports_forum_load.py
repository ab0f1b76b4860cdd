"""Positions, mandates and loads in every format, to those who may read them."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from python_calamine import CalamineWorkbook

from calendar_sync.listings import Listing, ListingKey
from calendar_sync.roster import Calendar, Committee, Member, Organisation, Roster
from calendar_sync.spans import Span
from dedupe.assembling import events
from dedupe.finding import find
from dedupe.findings import Kind
from dedupe.matching import Recognition
from dedupe.policy import Policy
from dedupe.positions import Register
from flows.telling import finding_json, finding_words
from reports import disclosure
from reports.nightly import Change, NightlyReport, ToldBefore, compose
from reports.rendering import FORMATS, render
from reports.standing import Why
from reports.wording import change

HERE = Path(__file__).parents[2]
REGISTER = Register.from_tables(tomllib.loads((HERE / "examples/1540/positions.toml").read_text(encoding="utf-8")))
NIGHT = date(2009, 12, 4)
COMMITTEE = Organisation("1540", "1540 Committee", reads_reports=True)
EAC = Organisation(
    "EAC", "East African Community", members=tuple(Member(code) for code in ("KE", "UG", "TZ", "RW", "BI")),
    reads_reports=True,
)  # fmt: skip
OAS = Organisation("OAS", "Organization of American States", members=(Member("JM"),), reads_reports=True)
ROSTER = Roster(
    Path("outreach.toml"),
    Committee("1540", "1540 Committee", ZoneInfo("America/New_York")),
    (COMMITTEE, EAC, OAS),
    (Calendar("ours", "1540", "ours.ics", programme=True), Calendar("oas", "OAS", "oas.ics")),
    Path("state"),
    "sqlite://",
)
POLICY = Policy(load_most=4)


def a_listing(days: int, title: str, states: tuple[str, ...], calendar: str = "ours") -> Listing:
    first = NIGHT + timedelta(days=days)
    return Listing(
        ListingKey(calendar, f"{days} {title}"), ROSTER.calendar(calendar).organisation, title,
        span=Span.exact(first, first + timedelta(days=1)), city="Nairobi", country="KE", audience=states, language="en",
    )  # fmt: skip


LISTINGS = (
    a_listing(-300, "Seminar on legislation", ("KE", "UG", "ZA"), "oas"),
    a_listing(-200, "Course on customs", ("KE", "TZ", "JM"), "oas"),
    a_listing(-100, "Round table on reporting", ("KE", "RW", "GH"), "oas"),
    a_listing(60, "Workshop on biosafety and resolution 1540", ("KE", "UG", "ZA")),
)


def report(reader: Organisation, listings: tuple[Listing, ...] = LISTINGS, before: NightlyReport | None = None,
           night: date = NIGHT) -> NightlyReport:  # fmt: skip
    visible = disclosure.world(listings, reader, ROSTER)
    known = events(visible, Recognition((), tuple((listing.id,) for listing in visible)), {"ours"})
    register = disclosure.register(REGISTER, reader, ROSTER)
    found = find(known, [], POLICY, ROSTER.organisations, night, register)
    told = [
        ToldBefore(entry.finding.key, entry.finding.severity, entry.finding.title, entry.fingerprint, entry.first_night)
        for entry in (before.findings if before else ())
    ]
    return compose(reader, night, ROSTER, visible, known, found, told, ())


def kinds(told: NightlyReport) -> list[tuple[Kind, str]]:
    return [
        (entry.finding.kind, entry.finding.subject)
        for entry in told.findings
        if entry.finding.kind in (Kind.FORUM, Kind.LOAD)
    ]


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_tells_of_positions_and_loads(format_):
    """A kind that one format drops is a finding somebody never reads."""
    body = render(report(COMMITTEE), format_)
    match format_:
        case "xlsx":
            book = CalamineWorkbook.from_filelike(io.BytesIO(body))
            sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
            text = "\n".join(str(cell) for sheet in sheets for row in sheet for cell in row)
        case "json":
            told = json.loads(body)
            jsonschema.validate(told, json.loads((HERE / "reports/schemas/report.schema.json").read_text()))
            text = body.decode()
        case "csv":
            rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
            assert sum(row["kind"] == "load" and "Kenya" in row["finding"] for row in rows) == 4
            text = body.decode()
        case _:
            text = body.decode()
    text = " ".join(text.replace("\r\n ", "").split())
    assert "positions are on record about biosafety" in text.replace("\\,", ",")
    assert "Kenya is invited to 4 events within twelve months" in text
    if format_ in ("html", "text", "json"):
        assert "Position of the delegation of South Africa, as reported by the United States Mission" in text


def test_a_terminal_shows_them_whole():
    """`outreach show` lays out what was told."""
    for entry in report(COMMITTEE).findings:
        words = finding_words(finding_json(entry.finding))
        assert entry.finding.title in words
        assert all(reason.text in words for reason in entry.finding.reasons)


def test_an_organisation_reads_of_its_states_and_of_no_position():
    """The community reads that Kenya is invited often, and that a theme is another body's; the OAS of neither."""
    told = report(EAC)
    assert kinds(told) == [(Kind.LOAD, "BI never"), (Kind.LOAD, "KE often"), (Kind.FORUM, "biosecurity")]
    for format_ in FORMATS:
        assert b"as reported by" not in render(told, format_)
    assert kinds(report(OAS)) == []


def test_what_others_read_is_the_same_with_and_without_hidden_positions():
    """Non-interference: a register that is not theirs to read leaves no trace."""
    bare = replace(REGISTER, positions=())
    assert disclosure.register(REGISTER, EAC, ROSTER) == disclosure.register(bare, EAC, ROSTER)


def test_another_invitation_is_said_to_be_what_changed():
    """A load that goes on is no news; a further event is."""
    first = report(COMMITTEE)
    same = report(COMMITTEE, before=first, night=NIGHT + timedelta(days=1))
    assert {entry.change for entry in same.findings} == {Change.OPEN}
    more = report(COMMITTEE, (*LISTINGS, a_listing(30, "Briefing", ("KE", "UG"))), before=first)
    (load,) = [entry for entry in more.findings if entry.finding.subject == "KE often"]
    assert change(load) == "changed: events"
    assert load.finding.key.id == next(e.finding.key.id for e in first.findings if e.finding.subject == "KE often")


def test_a_load_that_is_no_more_is_resolved_for_what_it_was():
    """Nothing was taken from a calendar; Kenya is simply invited to less."""
    first = report(COMMITTEE)
    later = report(COMMITTEE, LISTINGS[1:], before=first)
    (gone,) = [entry for entry in later.unseen if entry.before.key.ids == ("KE often",)]
    assert gone.why is Why.UNSUPPORTED


def test_a_position_that_was_closed_is_not_repeated_as_what_is_resolved():
    """Whose position it was may be told no longer, and the title of what it made known says so."""
    (told,) = [entry for entry in report(COMMITTEE).findings if "held by" in entry.finding.title]
    tables = tomllib.loads((HERE / "examples/1540/positions.toml").read_text(encoding="utf-8"))
    for visibility, readable in (("public", True), ("hidden", False)):
        kept = {**tables, "positions": [{**entry, "visibility": visibility} for entry in tables["positions"]]}
        kept["positions"] = [{k: v for k, v in entry.items() if k != "shared_with"} for entry in kept["positions"]]
        roster = replace(ROSTER, register=kept)
        assert disclosure.positions_readable(told.fingerprint, EAC, roster) is readable
        assert disclosure.positions_readable(told.fingerprint, COMMITTEE, roster)
