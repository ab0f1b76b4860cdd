"""What goes to and fro is told once for each way it stands, however often a calendar or a score wavers."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.roster import Calendar, Committee, Member, Organisation, Roster
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility
from dedupe.decisions import Decision, Verdict
from dedupe.findings import Kind
from flows import leasing, steps
from flows.composing import composed, told_of
from flows.loading import Loaded
from reports.nightly import Change, NightlyReport
from reports.rendering import FORMATS, render
from store import findings
from store.calendars import CalendarHealth
from store.connecting import Store, connect

NIGHTS = 24
FIRST = date(2009, 10, 5)
AFRICANS = tuple(Member(code) for code in ("EG", "ET", "GH", "KE", "NG", "UG", "ZA"))
COMMITTEE = Organisation("UN1540", "1540 Committee", reads_reports=True)
AU = Organisation("AU", "African Union", members=AFRICANS, reads_reports=True)
STATE = Organisation("US", "United States")
ROSTER = Roster(
    Path("outreach.toml"),
    Committee("UN1540", "1540 Committee", ZoneInfo("America/New_York")),
    (COMMITTEE, AU, STATE),
    (
        Calendar("programme", "UN1540", "programme.csv", programme=True),
        Calendar("us", "US", "us.ics"),
        Calendar("press", "US", "press.ics"),
    ),
    Path("state"),
    "sqlite://",
)
CAIRO = Listing(
    ListingKey("programme", "cairo"), "UN1540", "Workshop on implementing resolution 1540 (2004)",
    span=Span.exact(date(2009, 12, 7), date(2009, 12, 10)), city="Cairo", country="EG",
    audience=("EG", "ET", "GH", "KE"), organisers=("UNODA",), published=date(2009, 9, 3), first_seen=date(2009, 9, 3),
    language="en",
)  # fmt: skip
NAIROBI = replace(
    CAIRO, key=ListingKey("us", "nairobi"), organisation="US",
    title="Africa Regional Workshop on Biosafety and resolution 1540",
    span=Span.exact(date(2010, 2, 2), date(2010, 2, 4)), city="Nairobi", country="KE", organisers=("US", "Kenya"),
)  # fmt: skip
PRESS = replace(NAIROBI, key=ListingKey("press", "nairobi"), title="Regional workshop on biosafety opens in Nairobi")
Script = Callable[[int], Sequence[Listing]]


def moved(listing: Listing, days: int) -> Listing:
    span = listing.span
    assert span is not None
    return replace(
        listing, span=Span.exact(span.earliest + timedelta(days=days), span.latest + timedelta(days=days))
    )  # fmt: skip


def away(there: int, gone: int) -> Script:
    """NAIROBI is listed on so many nights, then not on so many."""
    return lambda night: (CAIRO, NAIROBI) if night % (there + gone) < there else (CAIRO,)


def in_turn(*ways: Listing, each: int = 1) -> Script:
    """Nairobi is worded one way after the other."""
    return lambda night: (CAIRO, ways[night // each % len(ways)])


def joining(*others: Listing) -> Script:
    """Another listing of the event in Nairobi joins and leaves every night."""
    return lambda night: (CAIRO, NAIROBI, *(others if night % 2 else ()))


def at_random(seed: int) -> Script:
    """Each night one of everything that may happen."""
    drawn = random.Random(seed)
    ways = [
        (CAIRO,), (NAIROBI,), (), (CAIRO, NAIROBI), (CAIRO, NAIROBI, PRESS), (CAIRO, moved(NAIROBI, 7)),
        (CAIRO, moved(NAIROBI, -57)), (moved(CAIRO, 1), NAIROBI), (CAIRO, replace(NAIROBI, status=Status.CANCELLED)),
    ]  # fmt: skip
    nights = [drawn.choice(ways) for _ in range(NIGHTS)]
    return lambda night: nights[night]


def fewer(*states: str) -> Listing:
    return replace(NAIROBI, audience=states)


PRIVATE = "private and not"
SCRIPTS: dict[str, Script] = {
    "a share of the audience at the threshold": in_turn(fewer("EG", "ET", "NG", "UG"), fewer("EG", "NG", "UG", "ZA")),
    "the same, two nights each": in_turn(fewer("EG", "ET", "NG", "UG"), fewer("EG", "NG", "UG", "ZA"), each=2),
    "the same, five nights each": in_turn(fewer("EG", "ET", "NG", "UG"), fewer("EG", "NG", "UG", "ZA"), each=5),
    "listed every other night": away(1, 1),
    "two nights there, two away": away(2, 2),
    "three nights there, three away": away(3, 3),
    "one night in four": away(1, 3),
    "one night in eleven missing": away(10, 1),
    "ten nights away": away(2, 10),
    "a date to and fro": in_turn(NAIROBI, moved(NAIROBI, 7)),
    "three dates in turn": in_turn(NAIROBI, moved(NAIROBI, 7), moved(NAIROBI, 14)),
    "dates that clash, and do not": in_turn(NAIROBI, moved(NAIROBI, -57)),
    "dates that clash, three nights each": in_turn(NAIROBI, moved(NAIROBI, -57), each=3),
    "a place to and fro": in_turn(NAIROBI, replace(NAIROBI, city="Mombasa")),
    "a title to and fro": in_turn(NAIROBI, replace(NAIROBI, title="Workshop on biosecurity and resolution 1540")),
    "a date that is vague again": in_turn(
        NAIROBI, replace(NAIROBI, span=Span.vague(date(2010, 1, 22), date(2010, 2, 4)))
    ),
    "cancelled and not": in_turn(NAIROBI, replace(NAIROBI, status=Status.CANCELLED)),
    "cancelled and not, three nights each": in_turn(NAIROBI, replace(NAIROBI, status=Status.CANCELLED), each=3),
    PRIVATE: in_turn(NAIROBI, replace(NAIROBI, visibility=Visibility.HIDDEN, klass="PRIVATE")),
    "a second listing that agrees": joining(PRESS),
    "a second listing that says another date": joining(moved(PRESS, 1)),
    "one of two events, in turn": lambda night: ((CAIRO, PRESS), (NAIROBI,))[night % 2],
    "anything": at_random(1),
    "anything else": at_random(2),
}


@dataclass
class Reader:
    """One organisation, night after night, with what the store remembers for it."""

    store: Store
    reader: Organisation
    name: str
    memory: dict[str, Any] = field(default_factory=dict)
    before: tuple[Listing, ...] = ()
    news: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each way a finding stands was told as news, by the finding and the way."""
    first: Counter[str] = field(default_factory=Counter)
    """How often each finding was told as new."""
    ways: list[frozenset[tuple[str, str]]] = field(default_factory=list)
    """What was there to be told each night."""

    def reads(self, night: date, listings: Sequence[Listing], decisions: Sequence[Decision] = ()) -> NightlyReport:
        known = Loaded(
            ROSTER, night, tuple(listings), tuple(decisions), _health(night), self.before, memories=self.memory
        )  # fmt: skip
        with self.store.begin() as db:
            report = composed(known, self.reader, findings.told_before(db, self.name, night))
            findings.save_night(db, self.name, night, told_of(report))
        world = known.world(self.reader)
        self.memory, self.before = {self.reader.id: world.memory}, tuple(listings)
        for told in report.findings:
            if told.change in (Change.NEW, Change.CHANGED):
                self.news[told.finding.key.id, told.fingerprint] += 1
                self.first[told.finding.key.id] += told.change is Change.NEW
            elif told.change is Change.BACK:
                self.news[told.finding.key.id, "back"] += 1
        self.news.update((gone.before.key.id, "resolved") for gone in report.resolved)
        self.ways.append(frozenset((told.finding.key.id, told.fingerprint) for told in report.findings))
        return report

    @property
    def turns(self) -> int:
        """How often what was there to be told differed from the night before."""
        return sum(one != other for one, other in zip(self.ways, self.ways[1:], strict=False))


def _health(night: date) -> tuple[CalendarHealth, ...]:
    return tuple(CalendarHealth(calendar.id, "read", "", "", night, 1, 0) for calendar in ROSTER.calendars)


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    opened = connect(f"sqlite:///{tmp_path / 'outreach.db'}")
    yield opened
    opened.close()


@pytest.mark.fault("T37")
@pytest.mark.parametrize("reader", [COMMITTEE, AU], ids=lambda reader: reader.id)
def test_nothing_that_goes_to_and_fro_is_told_twice_as_news(store, reader, record_property):
    """A coordinator who is told every other night that a clash is new and resolved stops reading."""
    told, turns = 0, 0
    for name, script in SCRIPTS.items():
        one = Reader(store, reader, f"{reader.id}, {name}")
        for night in range(NIGHTS):
            one.reads(FIRST + timedelta(days=night), script(night))
        again = {way: times for way, times in one.news.items() if times > 1}
        assert again == {}, name
        assert set(one.first.values()) == {1}, name
        assert one.turns >= 2 or (reader, name) == (COMMITTEE, PRIVATE), f"nothing goes to and fro in: {name}"
        told, turns = told + one.news.total(), turns + one.turns
    record_property("cases", len(SCRIPTS))
    record_property("measured", f"{reader.id}: {told} pieces of news of {turns} turns in {NIGHTS} nights each")


def read(store: Store, script: Script, nights: int, reader: Organisation = COMMITTEE) -> list[NightlyReport]:
    one = Reader(store, reader, reader.id)
    return [one.reads(FIRST + timedelta(days=night), script(night)) for night in range(nights)]


def about(report: NightlyReport) -> dict[str, Change]:
    """Say how the duplicate between Cairo and Nairobi stands."""
    found = {}
    for entry in report.findings:
        if entry.finding.kind is Kind.DUPLICATIVE:
            found["here"] = entry.change
    for gone in report.ceased:
        if gone.before.key.kind is Kind.DUPLICATIVE:
            found["gone"] = gone.change
    return found


def test_what_is_missing_for_one_night_is_not_told_as_resolved(store):
    """A page that was rebuilt while we looked at it has resolved nothing."""
    reports = read(store, lambda night: (CAIRO,) if night == 1 else (CAIRO, NAIROBI), 3)
    assert [about(report) for report in reports] == [
        {"here": Change.NEW}, {"gone": Change.UNSEEN}, {"here": Change.OPEN},
    ]  # fmt: skip
    assert reports[2].findings[0].first_night == FIRST


def test_what_comes_back_is_the_same_finding(store):
    """It has its first night and its number still; "new" would send the coordinator to look for another."""
    reports = read(store, away(1, 2), 7)
    assert [about(report) for report in reports] == [
        {"here": Change.NEW}, {"gone": Change.UNSEEN}, {"gone": Change.RESOLVED},
        {"here": Change.BACK}, {"gone": Change.UNSEEN}, {"gone": Change.UNSEEN}, {"here": Change.OPEN},
    ]  # fmt: skip
    text = render(reports[3], "text").decode()
    assert "is back, told first on 5 October 2009" in text
    assert "reach largely the same states" in text.split("Findings:")[0], "the lead tells of it"
    assert "it comes and goes" in render(reports[6], "text").decode()
    with store.read() as db:
        (number,) = {findings.number_of(db, COMMITTEE.id, entry.finding.key) for entry in reports[6].findings[:1]}
        assert findings.by_number(db, COMMITTEE.id, number).told.first_night == FIRST


def test_what_wavered_and_stays_away_is_told_as_resolved_in_the_end(store):
    """Else a list would fill with what nobody has seen for months."""
    reports = read(store, lambda night: (CAIRO, NAIROBI) if night in (0, 3) else (CAIRO,), 20)
    changes = [about(report).get("gone") for report in reports]
    assert changes[4:18] == [Change.UNSEEN] * 14
    assert changes[18:] == [Change.RESOLVED, None]


def test_what_was_so_long_ago_is_news_again(store):
    """A finding that was resolved for three weeks was resolved; whoever forgot it must be told."""
    reports = read(store, away(20, 20), 62)
    told = [(night, *about(report).values()) for night, report in enumerate(reports)]
    news = [entry for entry in told if entry[1:] and entry[1] not in (Change.OPEN, Change.UNSEEN)]
    assert news == [
        (0, Change.NEW), (21, Change.RESOLVED), (40, Change.BACK), (61, Change.RESOLVED),
    ]  # fmt: skip


def test_a_decision_settles_at_once_and_what_it_settled_is_not_told_twice(store):
    """The coordinator said so; there is nothing to wait for, and nothing to say when its facts waver."""
    one = Reader(store, COMMITTEE, COMMITTEE.id)
    (told,) = (
        entry for entry in one.reads(FIRST, (CAIRO, NAIROBI)).findings if entry.finding.kind is Kind.DUPLICATIVE
    )  # fmt: skip
    said = Decision(told.finding.key, Verdict.DISMISSED, told.fingerprint, "ines", datetime(2009, 10, 5, 9, tzinfo=UTC))
    changes = []
    for night in range(1, 6):
        nairobi = NAIROBI if night % 2 else moved(NAIROBI, 7)
        report = one.reads(FIRST + timedelta(days=night), (CAIRO, nairobi), (said,))
        changes.append((about(report), len(report.resolved)))
    assert changes == [
        ({"gone": Change.RESOLVED}, 1), ({"here": Change.BACK}, 0), ({"gone": Change.RESOLVED}, 0),
        ({"here": Change.OPEN}, 0), ({"gone": Change.RESOLVED}, 0),
    ]  # fmt: skip


def test_what_may_not_be_read_any_more_waits_for_no_second_night(store):
    """Consent withdrawn is withdrawn: no damping may keep the words for another night, or bring them back."""
    secret = replace(NAIROBI, title=f"{NAIROBI.title} CANARYTITLE", city="Nairobi")
    hidden = replace(secret, visibility=Visibility.HIDDEN, klass="PRIVATE")
    reports = read(store, lambda night: (CAIRO, hidden if night % 2 else secret), 8, AU)
    assert {gone.change for gone in reports[1].ceased} == {Change.RESOLVED}
    for report in reports[1::2]:
        assert report.ceased
        assert all(gone.retracted for gone in report.ceased)
        for format_ in FORMATS:
            if format_ != "xlsx":
                assert b"CANARY" not in render(report, format_)
                assert b"Nairobi" not in render(report, format_)
    again = render(reports[3], "text").decode()
    assert "Not seen tonight" in again
    assert "no longer shared with you. It comes and goes" in " ".join(again.split())
    assert all(gone.before.key.id in again for gone in reports[3].ceased)


def test_the_same_night_again_gives_the_same_bytes(store):
    """A night may be run again, also one on which something was not seen or came back."""
    script = away(1, 2)
    one = Reader(store, COMMITTEE, COMMITTEE.id)
    for night in range(8):
        day, memory, before = FIRST + timedelta(days=night), dict(one.memory), one.before
        first = one.reads(day, script(night))
        with store.read() as db:
            kept = findings.told(db, COMMITTEE.id, day)
        one.memory, one.before = memory, before
        second = one.reads(day, script(night))
        assert [render(second, format_) for format_ in FORMATS] == [render(first, format_) for format_ in FORMATS]
        with store.read() as db:
            assert findings.told(db, COMMITTEE.id, day) == kept


def test_whole_nights_from_calendar_to_report(committee):
    """A feed that leaves an entry out every other night, as the steps and the store have it."""
    whole = (committee.folder / "au.ics").read_bytes()
    without = committee.calendar(
        committee.event("au-2", "African Union Summit", "20080131", "20080203", "Addis Ababa, Ethiopia")
    )
    counts = []
    for night in range(7):
        day = date(2007, 11, 1 + night)
        committee.publish("au.ics", without if night % 2 else whole)
        with leasing.begin(committee.config, day) as lease:
            for calendar in steps.calendars(committee.config):
                assert steps.sync_calendar(committee.config, calendar, day, True, token=lease.token).complete
            _, readers = steps.match_and_find(committee.config, day)
            steps.write_reports(committee.config, day, tuple(FORMATS), token=lease.token)
            lease.finish(complete=True)
        assert steps.recall(committee.config, day).readers == readers
        assert "unseen" not in {entry.state for entry in steps.queue(committee.config, day)}
        counts.append(json.loads(committee.reports(day.isoformat())["UN1540.json"])["counts"])
    told = [(each["new"], each["changed"], each["resolved"], each["back"]) for each in counts]
    assert told == [(counts[0]["new"], 0, 0, 0), *[(0, 0, 0, 0)] * 6]
    assert [each["unseen"] > 0 for each in counts] == [night % 2 == 1 for night in range(7)]
    assert {each["open"] for each in counts[1:]} == {counts[0]["new"]}
