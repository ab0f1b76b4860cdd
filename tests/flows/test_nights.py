"""Whole nights in plain Python: the steps one after the other, without Prefect."""

from __future__ import annotations

import json
from datetime import date

import pytest

from calendar_sync import roster
from flows import leasing, steps
from flows.outcomes import NightOutcome
from store import outbox
from store.connecting import connect

FIRST, SECOND = date(2007, 11, 1), date(2007, 11, 2)


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
    whole = type(committee)(tmp_path / "whole")
    whole.folder.mkdir()
    for file in committee.folder.iterdir():
        whole.publish(file.name, file.read_bytes())
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
