"""One calendar, one night."""

from __future__ import annotations

from datetime import date

import pytest

from calendar_sync import roster
from calendar_sync.refresh import Outcome
from flows.syncing import sync_calendar
from store import calendars
from store.connecting import connect

NIGHT, NEXT = date(2007, 11, 1), date(2007, 11, 2)


@pytest.fixture
def seven(committee):
    """A calendar of seven coming events; returns a function that publishes the first *n* of them."""

    def publish(number: int) -> None:
        committee.publish(
            "au.ics",
            committee.calendar(
                *(
                    committee.event(f"au-{n}", f"Meeting {n}", f"200712{n:02}", f"200712{n + 1:02}", "")
                    for n in range(1, number + 1)
                )
            ),
        )

    publish(7)
    return publish


def test_a_second_run_of_a_night_says_what_the_first_said(committee, seven):
    """What a report says of a calendar must not depend on how often the night was run."""
    first = sync_calendar(committee.config, "au-events", NIGHT)
    second = sync_calendar(committee.config, "au-events", NIGHT)

    assert first == second
    assert (first.outcome, first.listings, first.added) == (Outcome.READ, 7, 7)
    assert sync_calendar(committee.config, "au-events", NEXT).outcome is Outcome.UNCHANGED


def test_an_accepted_calendar_stays_accepted_when_the_night_runs_again(committee, seven):
    """The coordinator said yes; the night that follows must not ask them again."""
    sync_calendar(committee.config, "au-events", NIGHT)
    seven(1)
    refused = sync_calendar(committee.config, "au-events", NEXT)
    accepted = sync_calendar(committee.config, "au-events", NEXT, accept=True)
    again = sync_calendar(committee.config, "au-events", NEXT)

    assert (refused.outcome, refused.listings, refused.complete) == (Outcome.KEPT, 7, False)
    assert (accepted.listings, accepted.withdrawn) == (1, 6)
    assert again == accepted


def test_what_was_accepted_says_nothing_about_what_comes_later(committee, seven):
    """Accepting one shrunken copy is no blank cheque."""
    sync_calendar(committee.config, "au-events", NIGHT)
    seven(1)
    sync_calendar(committee.config, "au-events", NEXT, accept=True)
    committee.publish("au.ics", committee.calendar())

    assert sync_calendar(committee.config, "au-events", NEXT).error.code == "emptied"


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"<!DOCTYPE html><title>Log in</title>", "unreadable"), (None, "refused"), (b"", "unreadable")],
)
def test_a_broken_calendar_withdraws_nothing(committee, seven, body, code):
    """Silence is not withdrawal, and a login page is not an empty calendar."""
    sync_calendar(committee.config, "au-events", NIGHT)
    if body is None:
        (committee.folder / "au.ics").unlink()
    else:
        committee.publish("au.ics", body)

    broken = sync_calendar(committee.config, "au-events", NEXT)

    assert (broken.complete, broken.error.code, broken.listings, broken.withdrawn) == (False, code, 7, 0)
    store = connect(roster.load(committee.config).database_url)
    with store.read() as db:
        assert len(calendars.known(db, "au-events", NEXT)) == 7
        assert [(fared.code, fared.last_good) for fared in calendars.health(db, NEXT)] == [(code, NIGHT)]
    store.close()
