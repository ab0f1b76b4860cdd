"""Whole nights in plain Python: the steps one after the other, without Prefect."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from calendar_sync import roster
from dedupe.decisions import Verdict
from flows import leasing, reporting, steps
from flows.outcomes import NightOutcome
from flows.reviewing import NoSuchFinding
from flows.writing import ReportNotWritten, write_whole
from store import outbox
from store.connecting import connect

FIRST, SECOND, THIRD, FOURTH = (date(2007, 11, day) for day in (1, 2, 3, 4))
NOON = datetime(2007, 11, 1, 12, tzinfo=UTC)


def night(committee, day: date) -> NightOutcome:
    """Do what the flow does, in its order."""
    with leasing.begin(committee.config, day) as lease:
        outcomes = tuple(
            steps.sync_calendar(committee.config, calendar, day, token=lease.token)
            for calendar in steps.calendars(committee.config)
        )
        _, readers = steps.match_and_find(committee.config, day)
        reports = steps.write_reports(committee.config, day, token=lease.token)
        outcome = NightOutcome(day, outcomes, reports, readers)
        lease.finish(complete=outcome.complete)
    return outcome


def deliveries(committee, day: date):
    store = connect(roster.load(committee.config).database_url)
    try:
        with store.read() as db:
            return outbox.of_night(db, day)
    finally:
        store.close()


def test_the_same_night_twice_gives_the_same_bytes_and_delivers_once(committee):
    """Whoever is unsure whether the night ran must be able to run it."""
    night(committee, FIRST)
    first, delivered = committee.reports(FIRST.isoformat()), deliveries(committee, FIRST)
    night(committee, FIRST)

    assert committee.reports(FIRST.isoformat()) == first
    assert deliveries(committee, FIRST) == delivered
    assert len(delivered) == 9
    assert json.loads(first["AU.json"])["findings"], "a report without findings would prove little"
    assert all(delivery.delivered for delivery in delivered)


def test_two_processes_write_what_one_does(committee, monkeypatch):
    """A hundred organisations are served sooner by two processors, and must not read otherwise for it."""
    night(committee, FIRST)
    first, delivered = committee.reports(FIRST.isoformat()), deliveries(committee, FIRST)
    monkeypatch.setattr(reporting, "READERS_WORTH_A_PROCESS", 1)
    monkeypatch.setattr(reporting.os, "cpu_count", lambda: 2)
    outcome = night(committee, FIRST)

    assert committee.reports(FIRST.isoformat()) == first
    assert deliveries(committee, FIRST) == delivered
    assert [path.name for path in outcome.reports] == [
        f"{reader}.{ending}" for reader in ("UN1540", "AU", "OAS") for ending in ("html", "txt", "json")
    ]


def test_what_the_other_process_cannot_write_is_told_as_if_it_were_written_here(committee, monkeypatch):
    """Who serves an organisation is nobody's business; that its report was not written is the coordinator's."""
    monkeypatch.setattr(reporting, "READERS_WORTH_A_PROCESS", 1)
    monkeypatch.setattr(reporting.os, "cpu_count", lambda: 2)
    in_the_way = committee.state / "reports" / FIRST.isoformat() / "OAS.html"
    (in_the_way / "x").mkdir(parents=True)

    with pytest.raises(ReportNotWritten, match=r"OAS\.html"):
        night(committee, FIRST)
    assert (in_the_way.with_name("AU.html")).is_file()
    (in_the_way / "x").rmdir()
    in_the_way.rmdir()
    assert len(night(committee, FIRST).reports) == 9


def test_an_earlier_night_can_be_run_again_after_a_later_one(committee):
    """A coordinator asks what was known in October after November has come."""
    night(committee, FIRST)
    first = committee.reports(FIRST.isoformat())
    night(committee, SECOND)
    second = committee.reports(SECOND.isoformat())
    night(committee, FIRST)
    night(committee, SECOND)

    assert committee.reports(FIRST.isoformat()) == first
    assert committee.reports(SECOND.isoformat()) == second


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"<!DOCTYPE html><title>Log in</title>", "unreadable"), (None, "refused"), ("empty", "emptied")],
)
def test_one_broken_calendar_costs_the_others_nothing(committee, tmp_path, body, code):
    """A failing feed does not block the others, and nothing is resolved by silence."""
    whole = small_copy(committee, tmp_path / "whole")
    for one in (committee, whole):
        night(one, FIRST)
    if body is None:
        (committee.folder / "oas.ics").unlink()
    else:
        committee.publish("oas.ics", committee.calendar() if body == "empty" else body)

    broken, healthy = night(committee, SECOND), night(whole, SECOND)

    assert [(gap.calendar, gap.error.code) for gap in broken.gaps] == [("oas-events", code)]
    assert not broken.complete
    assert healthy.complete
    mine, theirs = committee.reports(SECOND.isoformat()), whole.reports(SECOND.isoformat())
    assert mine.keys() == theirs.keys()
    for name in ("UN1540.json", "AU.json", "OAS.json"):
        assert seen(mine[name]) == seen(theirs[name])
        assert b"oas-events" in mine[name]


def seen(report: bytes) -> object:
    """Return a report without its blind spots and its counts of calendars."""
    told = json.loads(report)
    del told["blind_spots"], told["counts"]["calendars_read"], told["counts"]["calendars"]
    return told


def test_a_hidden_event_changes_no_byte_of_anybody_elses_report(committee):
    """Not a count, not an order, not an id: AU's private plans are AU's."""
    night(committee, FIRST)
    before = committee.reports(FIRST.isoformat())
    hidden = committee.event(
        "au-9", "Closed session", "20071128", "20071129", "Washington", more="CLASS:CONFIDENTIAL\n"
    )
    body = (committee.folder / "au.ics").read_bytes().decode()
    committee.publish("au.ics", body.replace("END:VCALENDAR", hidden.replace("\n", "\r\n") + "END:VCALENDAR").encode())
    night(committee, FIRST)
    after = committee.reports(FIRST.isoformat())

    for name in ("OAS.html", "OAS.txt", "OAS.json"):
        assert after[name] == before[name]


def test_a_second_run_that_waited_is_told_what_came_of_the_night(committee):
    """It prints the same paths and the same gaps as if it had done the work."""
    committee.publish("oas.ics", b"<!DOCTYPE html>")
    done = night(committee, FIRST)
    recalled = steps.recall(committee.config, FIRST)

    assert recalled.already_done
    assert recalled.reports == done.reports
    assert recalled.readers == done.readers
    assert [(c.calendar, c.outcome, str(c.error)) for c in recalled.calendars] == [
        (c.calendar, c.outcome, str(c.error)) for c in done.calendars
    ]


def test_a_report_asked_for_is_the_report_that_was_written(committee):
    """`outreach report` shows what the organisation reads, no other."""
    night(committee, FIRST)
    asked = steps.report_of(committee.config, "AU", FIRST, "html")
    assert asked == committee.reports(FIRST.isoformat())["AU.html"]


@pytest.mark.parametrize("written", [0, 1, 4, 8])
def test_a_night_that_was_cut_short_converges_when_it_runs_again(committee, tmp_path, monkeypatch, written):
    """A power cut between two reports must leave no half-delivered night behind."""
    whole = small_copy(committee, tmp_path / "whole")
    night(whole, FIRST)
    counted = []

    def cut(path, body):
        if len(counted) == written:
            raise PowerCut
        counted.append(path)
        return write_whole(path, body)

    with monkeypatch.context() as during:
        during.setattr("flows.reporting.write_whole", cut)
        with pytest.raises(PowerCut):
            night(committee, FIRST)
    night(committee, FIRST)

    assert committee.reports(FIRST.isoformat()) == whole.reports(FIRST.isoformat())
    delivered = deliveries(committee, FIRST)
    assert len(delivered) == 9
    assert all(delivery.delivered for delivery in delivered)


def test_a_dismissed_pair_stays_apart_until_a_fact_changes(committee):
    """A decision holds until a material fact changes; then the coordinators are asked again."""
    night(committee, FIRST)
    same = next(entry for entry in steps.queue(committee.config, FIRST) if entry.kind == "same_event")
    assert "CANARYGABORONE" in same.words()
    steps.settle(committee.config, same.number, Verdict.DISMISSED, FIRST, by="ines", at=NOON, note="two rooms")

    assert same.number not in [entry.number for entry in steps.queue(committee.config, FIRST)]
    night(committee, SECOND)
    assert "same_event" not in [entry.kind for entry in steps.queue(committee.config, SECOND)]
    body = (committee.folder / "au.ics").read_bytes()
    committee.publish("au.ics", body.replace(b"Gaborone, Botswana", b"Gaborone, Botswana (new hall)"))
    night(committee, THIRD)
    assert "same_event" not in [entry.kind for entry in steps.queue(committee.config, THIRD)], "a hall is not material"
    committee.publish("au.ics", body.replace(b"CANARYGABORONE", b"Gaborone"))
    night(committee, FOURTH)
    assert same.number in [entry.number for entry in steps.queue(committee.config, FOURTH)]


def test_a_number_nobody_gave_is_a_sentence(committee):
    """A mistyped number is no reason for a traceback."""
    night(committee, FIRST)
    with pytest.raises(NoSuchFinding, match="Next: outreach findings"):
        steps.finding(committee.config, 99, FIRST)


class PowerCut(BaseException):
    """Nothing can be done about it, so nothing should try."""


def small_copy(committee, folder):
    """Copy what was published, not what was remembered."""
    folder.mkdir()
    copy = type(committee)(folder)
    for file in committee.folder.iterdir():
        if file.is_file():
            copy.publish(file.name, file.read_bytes())
    return copy
