"""The ledger: what came of each finding, and each month in numbers, worked out by hand."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import replace
from datetime import UTC, date, datetime

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.spans import Span
from dedupe.decisions import Decision, Verdict
from dedupe.events import Event
from dedupe.findings import FindingKey, Kind, Severity
from reports import ledger_wording
from reports.held import holding
from reports.ledger import Ledger, Line, compile_ledger
from reports.rendering.ledger_table import COLUMNS, ledger_csv
from reports.standing import Change, Why

NIGHT = date(2010, 2, 1)
CAIRO, NAIROBI, ACCRA, LAGOS = (f"{n}-0-0-0-0" for n in range(4))
"""Ids as events have them."""


def a_line(*ids: str, kind: Kind = Kind.DUPLICATIVE, **more: object) -> Line:
    known: dict[str, object] = {
        "severity": Severity.HIGH, "title": "Cairo and Nairobi reach the same states", "first_night": date(2009, 12, 4),
        "night": NIGHT, "state": Change.OPEN, "begins": (date(2009, 12, 7), date(2010, 2, 2)),
    }  # fmt: skip
    return Line(FindingKey(kind, tuple(sorted(ids or (CAIRO, NAIROBI)))), **(known | more))  # type: ignore[arg-type]


def an_event(id_: str, first: date, title: str = "Workshop", **facts: object) -> Event:
    listing = Listing(ListingKey("c", id_), "UN", title, span=Span.exact(first, first), **facts)  # type: ignore[arg-type]
    return Event(id_, (listing,))


def said(line: Line, verdict: Verdict, day: date, note: str = "") -> Decision:
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return Decision(line.key, verdict, "", "ines", at, note)


def compiled(
    *lines: Line, decisions: tuple[Decision, ...] = (), events: tuple[Event, ...] = (), **names: str
) -> Ledger:
    return compile_ledger(lines, decisions, holding(events), names.get("names", {}), NIGHT)  # type: ignore[arg-type]


def test_a_finding_is_followed_from_first_told_to_its_end():
    """The lead is what the night's work is worth: days before the first of its events began."""
    line = a_line(state=Change.RESOLVED, night=date(2009, 12, 6), why=Why.UNSUPPORTED)
    told = compiled(line, a_line("x-0-0-0-0"), decisions=(said(line, Verdict.CONFIRMED, date(2009, 12, 5), "moved"),))
    entry = next(entry for entry in told.entries if entry.line is line)
    assert (entry.lead_days, entry.begins, entry.ended) == (3, date(2009, 12, 7), date(2009, 12, 6))
    assert ledger_wording.course(entry) == (
        "first told on 4 December 2009, 3 days ahead; confirmed by ines on 5 December 2009 (“moved”); "
        "resolved on 6 December 2009: what the calendars say no longer supports it"
    )


def test_the_lead_counts_to_an_event_that_had_not_begun():
    """A finding about a past and a coming event warns of the coming one; one about what has no date warns of no day."""
    late = a_line(first_night=date(2009, 12, 20))
    assert [entry.lead_days for entry in compiled(late).entries] == [44]
    undated = a_line(begins=())
    assert [(entry.lead_days, entry.begins) for entry in compiled(undated).entries] == [(None, None)]
    assert ledger_wording.course(compiled(undated).entries[0]) == "first told on 4 December 2009; still open"


def test_months_are_counted_and_a_month_with_nothing_says_so():
    """A gap in a table looks like a month that was forgotten."""
    solved = a_line(CAIRO, ACCRA, state=Change.RESOLVED, night=date(2009, 12, 6), why=Why.UNSUPPORTED)
    # Of these four none counts as resolved in time: decided only, too late, over, of unknown end.
    decided = a_line(CAIRO, LAGOS, state=Change.RESOLVED, night=date(2009, 12, 5), why=Why.DECIDED)
    late = a_line(NAIROBI, ACCRA, state=Change.RESOLVED, night=date(2009, 12, 7), why=Why.CANCELLED)
    over = a_line(NAIROBI, LAGOS, state=Change.RESOLVED, night=date(2009, 12, 6), why=Why.OVER)
    before_it_was_noted = a_line(ACCRA, LAGOS, kind=Kind.CLASH, state=Change.RESOLVED, night=date(2009, 12, 6))
    series = a_line(kind=Kind.SERIES)
    events = (
        an_event(CAIRO, date(2009, 12, 7), organisers=("UNODA",), sponsors=("Norway",)),
        an_event(ACCRA, date(2009, 12, 9), "Seminar to raise awareness", organisers=("UNODA",)),
        an_event(LAGOS, date(2009, 12, 9), organisers=("UNODA", "US"), status=Status.CANCELLED),
        an_event(NAIROBI, date(2010, 2, 2), "Review conference", organisers=("UNODA",)),
    )
    told = compiled(
        solved, decided, late, over, before_it_was_noted, series,
        decisions=(said(decided, Verdict.DISMISSED, date(2009, 12, 4)),), events=events,
    )  # fmt: skip
    december, january, february = told.months
    assert (december.found, december.decided, december.resolved) == (5, 1, 1)
    assert (december.events, december.joint) == (2, 1)
    assert dict(december.phases)["awareness"] == 1
    assert january.nothing
    assert (february.events, february.joint, dict(february.phases)["review"]) == (1, 0, 1)
    assert [month.as_json()["month"] for month in told.months] == ["2009-12", "2010-01", "2010-02"]


def test_two_that_became_one_after_a_confirmed_conflict_count_as_joint():
    """Two organisations that hold one workshop instead of two have coordinated, whoever is named as its organiser."""
    line = a_line(state=Change.RESOLVED, night=date(2009, 12, 6), why=Why.DECIDED)
    joined = an_event(CAIRO, date(2010, 2, 2), organisers=("UNODA",))
    for verdict, joint in ((Verdict.CONFIRMED, 1), (Verdict.DISMISSED, 0)):
        told = compile_ledger(
            [line], (said(line, verdict, date(2009, 12, 5)),), holding((joined,)), {NAIROBI: CAIRO}, NIGHT
        )  # fmt: skip
        assert [month.joint for month in told.months] == [0, 0, joint]


def test_a_finding_that_goes_by_another_name_is_counted_once():
    """Events merge and are renamed; what was told under the old name lives on under the new one."""
    old = a_line(CAIRO, ACCRA, night=date(2009, 12, 5))
    assert [entry.line.key.ids for entry in compiled(old, a_line()).entries] == [a_line().key.ids]


def test_the_same_in_any_order():
    """The database may answer in any."""
    lines = [a_line(CAIRO, f"{n}-1-0-0-0", first_night=date(2009, 11, 1 + n % 3)) for n in range(9)]
    decisions = [said(line, Verdict.CONFIRMED, date(2009, 12, 1 + n)) for n, line in enumerate(lines)]
    first = compile_ledger(lines, decisions, holding(()), {}, NIGHT)
    drawn = random.Random(1)
    for _ in range(5):
        drawn.shuffle(lines)
        drawn.shuffle(decisions)
        assert compile_ledger(lines, decisions, holding(()), {}, NIGHT) == first


def test_no_cell_of_the_table_is_a_formula():
    """A note of a coordinator and a title from a calendar end in somebody's spreadsheet."""
    line = a_line(title="=HYPERLINK(1)")
    table = ledger_csv(compiled(line, decisions=(said(line, Verdict.DISMISSED, NIGHT, "@SUM(A1)"),)))
    heads, row = csv.reader(io.StringIO(table))
    assert tuple(heads) == COLUMNS
    assert (row[COLUMNS.index("finding")], row[COLUMNS.index("note")]) == ("'=HYPERLINK(1)", "'@SUM(A1)")


def test_a_report_tells_of_twelve_months_and_their_conflicts():
    """The whole is the command's to tell; a nightly mail is not the place for years."""
    old = a_line(CAIRO, ACCRA, first_night=date(2007, 3, 1), night=date(2007, 4, 1), state=Change.RESOLVED)
    told = compiled(old, a_line(), a_line(kind=Kind.SERIES)).recent()
    assert [month.first for month in (told.months[0], told.months[-1])] == [date(2009, 3, 1), date(2010, 2, 1)]
    assert [entry.line.key for entry in told.entries] == [a_line().key]
    assert replace(told, entries=()).recent().entries == ()
