"""Decisions teach the matcher: what comes in force counts in every night and check, and nothing hidden enters it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from calendar_sync import roster
from dedupe.decisions import Verdict
from dedupe.proposals import Proposal
from dedupe.taught import Taught, base
from flows import leasing, steps
from flows.teaching import NothingTaught
from store import teachings
from store.connecting import connect

FIRST, SECOND = date(2007, 11, 1), date(2007, 11, 2)
NOON = datetime(2007, 11, 1, 12, tzinfo=UTC)
NEVER_ONE = Taught(-40.0, (), base())
"""Under these weights nothing is one event."""


def night(committee, day: date) -> dict[str, bytes]:
    """Do what the flow does, in its order, and return every report."""
    with leasing.begin(committee.config, day) as lease:
        for calendar in steps.calendars(committee.config):
            steps.sync_calendar(committee.config, calendar, day, token=lease.token)
        steps.match_and_find(committee.config, day)
        steps.write_reports(committee.config, day, token=lease.token)
        lease.finish(complete=True)
    return committee.reports(day.isoformat())


def put_in_force(committee, shift: Taught) -> int:
    store = connect(roster.load(committee.config).database_url)
    with store.begin() as db:
        number = teachings.save(db, shift, [], [], by="ines", at=NOON)
    store.close()
    return number


def same_events(committee, day: date) -> list[int]:
    return [entry.number for entry in steps.queue(committee.config, day) if entry.kind == "same_event"]


def settle_all(committee, verdict: Verdict = Verdict.CONFIRMED) -> int:
    numbers = same_events(committee, FIRST)
    for number in numbers:
        steps.settle(committee.config, number, verdict, FIRST, by="ines", at=NOON)
    return len(numbers)


def publish_more(committee, name: str, event: str) -> None:
    body = (committee.folder / name).read_bytes().decode()
    committee.publish(name, body.replace("END:VCALENDAR", event.replace("\n", "\r\n") + "END:VCALENDAR").encode())


def test_a_night_and_a_check_use_what_is_in_force_and_going_back_undoes_it(committee):
    """Whoever teaches must see it work, and whoever regrets must be where they were, byte for byte."""
    plan = Proposal(title="Seminar on resolution 1540")
    before = night(committee, FIRST)
    events = steps.check_proposal(committee.config, plan, FIRST).known_events
    assert same_events(committee, FIRST)
    put_in_force(committee, NEVER_ONE)
    taught = night(committee, FIRST)
    more = steps.check_proposal(committee.config, plan, FIRST).known_events
    assert same_events(committee, FIRST) == []
    assert steps.go_back(committee.config, by="omar", at=NOON) == teachings.SHIPPED
    again = night(committee, FIRST)

    assert taught != before
    assert more > events
    assert again == before
    with pytest.raises(NothingTaught, match="Next: outreach teach"):
        steps.go_back(committee.config, by="omar", at=NOON)


def test_what_was_taught_for_other_weights_is_not_in_force(committee):
    """After an update the shipped weights differ; what a shift does to them was never held against the gate."""
    before = night(committee, FIRST)
    put_in_force(committee, Taught(-40.0, (), "0" * 16))

    assert night(committee, FIRST) == before
    assert [entry.standing for entry in steps.history(committee.config)] == ["made for other weights: teach again"]


def test_teaching_shows_first_and_comes_in_force_when_asked(committee):
    """Nothing changes by looking."""
    night(committee, FIRST)
    count = settle_all(committee)
    shown = steps.teach(committee.config, FIRST, by="ines", at=NOON)
    assert (len(shown.lessons), shown.in_force, steps.history(committee.config)) == (count, 0, [])
    applied = steps.teach(committee.config, FIRST, by="ines", at=NOON, apply=True)
    (entry,) = steps.history(committee.config)

    assert applied.in_force == 1
    assert (entry.act, entry.decisions, entry.by, entry.standing) == ("taught", count, "ines", "in force")
    again = steps.teach(committee.config, FIRST, by="ines", at=NOON, apply=True)
    assert again.in_force == 1
    assert len(steps.history(committee.config)) == 1, "the same decisions teach nothing twice"


def test_nothing_to_learn_from_puts_nothing_in_force(committee):
    """A committee that decided nothing matches by the shipped weights."""
    night(committee, FIRST)
    proposed = steps.teach(committee.config, FIRST, by="ines", at=NOON, apply=True)

    assert not proposed.may
    assert (proposed.in_force, steps.history(committee.config)) == (0, [])


def test_a_shift_the_gate_refuses_does_not_come_in_force(committee, monkeypatch):
    """Twelve slips of one tired coordinator must not cost recall everywhere."""
    monkeypatch.setattr("dedupe.teaching.RESTRAINT", 0.05)
    monkeypatch.setattr("dedupe.teaching.SHARES", (1.0,))
    night(committee, FIRST)
    settle_all(committee, Verdict.DISMISSED)
    refused = steps.teach(committee.config, FIRST, by="ines", at=NOON, apply=True)

    assert refused.refusals
    assert (refused.in_force, steps.history(committee.config)) == (0, [])


def copied(committee, folder: Path):
    """Copy what was published, not what was remembered."""
    folder.mkdir()
    copy = type(committee)(folder)
    for file in committee.folder.iterdir():
        if file.is_file():
            copy.publish(file.name, file.read_bytes())
    return copy


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_decision_about_a_hidden_listing_changes_no_byte_of_anybody_elses_report(committee, tmp_path, verdict):
    """Weights count in every reader's world; none may tell what another organisation keeps to itself."""
    title, where = "Seminar on export control for Africa", ("20071210", "20071212", "Nairobi, Kenya")
    publish_more(committee, "oas.ics", committee.event("oas-7", title, *where))
    without = copied(committee, tmp_path / "without")
    publish_more(committee, "au.ics", committee.event("au-7", title, *where, "CLASS:PRIVATE\n"))
    for one, decided in ((committee, 2), (without, 1)):
        night(one, FIRST)
        assert settle_all(one, verdict) == decided, "coordinators see the hidden pair, and decide on it"
    taught = [steps.teach(one.config, FIRST, by="ines", at=NOON, apply=True) for one in (committee, without)]
    with_it, without_it = night(committee, SECOND), night(without, SECOND)

    assert len(taught[0].lessons) == 1
    assert taught[0] == taught[1]
    assert taught[0].in_force == 1
    for name in ("OAS.html", "OAS.txt", "OAS.json"):
        assert with_it[name] == without_it[name]


def test_a_decision_about_a_listing_that_everybody_sees_does_teach(committee):
    """Were nothing to count at all, nothing would leak either."""
    title, where = "Seminar on export control for Africa", ("20071210", "20071212", "Nairobi, Kenya")
    publish_more(committee, "oas.ics", committee.event("oas-7", title, *where))
    publish_more(committee, "au.ics", committee.event("au-7", title, *where))
    night(committee, FIRST)
    assert settle_all(committee, Verdict.DISMISSED) == 2

    assert len(steps.teach(committee.config, FIRST, by="ines", at=NOON).lessons) == 2
