"""What pages are made of: always the newest that is laid out, and never waited for while something older answers."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select, update

from calendar_sync import roster
from dedupe.decisions import Verdict, decide
from dedupe.events import Event
from dedupe.findings import Finding, Kind, Severity
from flows import checking, errands, laying_out, loading, steps
from flows import latest as latest_module
from flows.errands import Errand
from flows.latest import Latest, latest
from flows.loading import load, opened
from store import calendars, decisions, recognitions
from store.connecting import connect
from store.tables import event_columns, listing_versions

NIGHT = date(2007, 11, 26)
NOON = datetime(2007, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def told(committee, monkeypatch):
    """A committee that was told of a night."""
    for name in steps.calendars(committee.config):
        steps.sync_calendar(committee.config, name, NIGHT)
    steps.match(committee.config, NIGHT)
    steps.write_reports(committee.config, NIGHT)
    monkeypatch.setattr(errands, "_LAST", {})
    return committee


@pytest.fixture
def large(told, monkeypatch):
    """The same, taken to be too large to be laid out while somebody waits."""
    monkeypatch.setattr(loading, "LARGE", 0)
    return told


def merge(committee) -> None:
    """Say that two listings of the African Union are one event."""
    store = connect(roster.load(committee.config).database_url)
    with store.begin() as db:
        one, other, *_ = calendars.known(db, "au-events", NIGHT)
        ids = (min(one.id, other.id), max(one.id, other.id))
        pair = Finding(Kind.SAME_EVENT, Severity.INFORMATION, "", (Event(ids[0], (one, other)),), listing_ids=ids)
        decisions.save(db, decide(pair, Verdict.CONFIRMED, by="ines", at=NOON))
    store.close()


def up_to_date(committee) -> Latest:
    """Wait until the newest events are laid out."""
    deadline = time.monotonic() + 60
    while (found := latest(committee.config)) is None or found.behind:
        assert time.monotonic() < deadline, "nothing was laid out"
        time.sleep(0.05)
    return found


def last_errand(committee) -> Errand:
    return errands._LAST["flows.laying_out", roster.load(committee.config).path]


def change(committee, *statements) -> None:
    store = connect(roster.load(committee.config).database_url)
    with store.begin() as db:
        for statement in statements:
            db.execute(statement)
    store.close()


def titles(found: Latest) -> list[set[str]]:
    """Return what the listings of each event are called."""
    return [{listing.title for listing in event.listings} for event in found.events(range(len(found.columns)))]


def test_before_the_first_night_there_is_nothing(committee):
    """Whoever opens the desk on the first day sees what to do, not an error."""
    assert latest(committee.config) is None


def test_a_decision_shows_on_the_next_page_of_a_small_committee(told):
    """Who says that two listings are one event expects to see one."""
    before = latest(told.config)
    merge(told)
    after = latest(told.config)

    assert len(after.columns) == len(before.columns) - 1
    assert not after.behind
    assert max(map(len, titles(after))) == 2


def test_a_large_committee_is_answered_at_once_from_what_stood_before(large):
    """At a hundred thousand events, laying them out takes a minute: nobody waits for it, and the page says so."""
    before = latest(large.config)
    merge(large)
    began = time.monotonic()
    meanwhile = latest(large.config)
    took = time.monotonic() - began
    after = up_to_date(large)

    assert not before.behind
    assert meanwhile.behind
    assert took < 1
    assert titles(meanwhile) == titles(before)
    assert len(after.columns) == len(before.columns) - 1


def test_a_sync_shows_when_it_is_laid_out(large):
    """Another process writes the database; the desk must notice by itself."""
    before = latest(large.config)
    large.publish(
        "oas.ics", large.calendar(large.event("oas-2", "Course for customs", "20080610", "20080612", "Lima, Peru"))
    )
    steps.sync_calendar(large.config, "oas-events", NIGHT)

    meanwhile = latest(large.config)
    assert meanwhile.behind
    assert titles(meanwhile) == titles(before), "listings that stand no more are told as they last read"
    assert {"Course for customs"} in titles(up_to_date(large))


def test_listings_of_a_night_that_was_run_again_have_a_name_until_then(large):
    """A page that lists a hundred events must not break for one that nothing is kept of any more."""
    latest(large.config)
    change(large, listing_versions.delete().where(listing_versions.c.calendar == "oas-events"))
    change(large, update(event_columns).values(stamp="of before"))

    meanwhile = latest(large.config)
    assert meanwhile.behind
    forgotten = [event for event in meanwhile.events(range(len(meanwhile.columns))) if event.listings[0].key.uid == ""]
    assert [(event.title, event.listings[0].organisation) for event in forgotten] == [("Washington", "OAS")]


def test_after_an_update_what_the_last_version_kept_answers_first(large):
    """The stamp names the matching installed: after an update nothing is kept under it, and a page must come."""
    before = latest(large.config)
    change(large, update(event_columns).values(stamp="of another version"))

    meanwhile = latest(large.config)
    assert meanwhile.behind
    assert titles(meanwhile) == titles(before)
    assert titles(up_to_date(large)) == titles(before)


def test_columns_that_another_version_wrote_otherwise_are_none(large):
    """Half of what a page needs would break it later, and worse."""
    latest(large.config)
    change(large, update(event_columns).values(stamp="of another version", body=b"outreach columns 0\n"))

    found = latest(large.config)
    assert not found.behind, "there was nothing older to answer from"
    assert len(found.columns) == 4


def test_who_lays_out_in_vain_is_told_of_and_the_older_events_still_answer(large, caplog):
    """A damaged row must not take the desk away."""
    before = latest(large.config)
    merge(large)
    change(large, listing_versions.update().where(listing_versions.c.calendar == "un1540-programme").values(body="?"))

    with caplog.at_level(logging.ERROR):
        assert latest(large.config).behind
        last_errand(large).ended.wait(60)
    assert "brought nothing" in caplog.text
    again = latest(large.config)
    assert again.behind
    assert len(again.columns) == len(before.columns)
    assert caplog.text.count("brought nothing") == 1, "it is not tried again at every request"


def test_without_any_columns_the_first_page_waits_for_them(large):
    """There is nothing older to show."""
    change(large, event_columns.delete())

    found = latest(large.config)
    assert not found.behind
    assert len(found.columns) == 4


def test_where_none_can_be_laid_out_the_desk_says_that_it_cannot_answer(large, monkeypatch):
    """A sentence in the log, and 503: not a page that loads for ever."""
    monkeypatch.setattr(latest_module, "PATIENCE", 0.01)
    change(large, event_columns.delete())

    with pytest.raises(laying_out.NotLaidOut, match="not laid out yet"):
        latest(large.config)
    up_to_date_later = last_errand(large)
    assert up_to_date_later.ended.wait(60)
    assert not latest(large.config).behind


def test_two_processes_at_once_keep_the_same_columns(large):
    """A desk and a command, or two desks, do not know of each other."""
    merge(large)
    commands = [
        subprocess.Popen(
            [sys.executable, "-m", "flows.laying_out", str(large.config)], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    said = [command.stderr.read() for command in commands]
    for command in commands:
        command.stdin.close()

    assert [command.wait(60) for command in commands] == [0, 0], said
    assert not latest(large.config).behind
    store = connect(roster.load(large.config).database_url)
    with store.read() as db:
        assert db.execute(select(func.count()).select_from(event_columns)).scalar() == 1
    store.close()


def test_many_at_once_share_one_copy_and_one_process(large, monkeypatch):
    """Columns are tens of megabytes: thirty copies, or thirty processes, would be the end of a small machine."""
    monkeypatch.setattr(checking, "_AT_HAND", checking._AT_HAND.__class__())
    begun = []
    begin = Errand.begin
    monkeypatch.setattr(Errand, "begin", lambda self: (begun.append(self), begin(self)))
    with ThreadPoolExecutor(30) as many:
        before = list(many.map(lambda _: latest(large.config).columns, range(30)))
        merge(large)
        meanwhile = list(many.map(lambda _: latest(large.config).columns, range(30)))

    assert len({id(columns) for columns in before}) == 1
    assert {id(columns) for columns in before} >= {id(columns) for columns in meanwhile}
    assert len(begun) == 1


def test_the_process_ends_with_the_desk(large):
    """Whoever ends the desk ends what it started, and the database is left as it was."""
    merge(large)
    store = connect(roster.load(large.config).database_url)
    with store.begin():
        # Nothing can be kept while this goes on: without a desk it would wait for half a minute.
        command = subprocess.Popen([sys.executable, "-m", "flows.laying_out", str(large.config)], stdin=subprocess.PIPE)
        time.sleep(3)
        assert command.poll() is None
        command.stdin.close()
        assert command.wait(10) == 1
    store.close()
    assert latest(large.config).behind


def test_a_night_that_is_run_again_leaves_the_columns_where_they_are(told):
    """Between its steps somebody opens a page."""
    with opened(told.config) as (loaded, store):
        with store.read() as db:
            known, stamped = load(db, loaded, NIGHT), checking.stamp(db, loaded, NIGHT)
        with store.begin() as db:
            recognitions.save(db, known.fingerprint(loaded.organisation("UN1540")), NIGHT, ((),))
        with store.read() as db:
            assert checking.columns_kept(db, stamped) is not None
