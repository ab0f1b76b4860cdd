"""What a state or an owner closes is taken back in the next night's reports, as the store and the roster have it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from calendar_sync import roster
from calendar_sync.errors import RosterError
from flows import leasing, steps
from reports.rendering import FORMATS

FIRST, SECOND = date(2007, 11, 5), date(2007, 11, 6)
SUMMIT = ("au-2", "African Union Summit", "20080131", "20080203", "Addis Ababa, Ethiopia")
ASKED = """
[[confidentiality]]
state = "BW"
"""


def night(committee, day: date) -> dict[str, bytes]:
    """Run a night through the steps, and return what the African Union and the committee read."""
    with leasing.begin(committee.config, day) as lease:
        for calendar in steps.calendars(committee.config):
            assert steps.sync_calendar(committee.config, calendar, day, token=lease.token).complete
        steps.write_reports(committee.config, day, tuple(FORMATS), token=lease.token)
        lease.finish(complete=True)
    return committee.reports(day.isoformat())


def a_state_asks(committee) -> None:
    committee.publish("outreach.toml", committee.config.read_bytes() + ASKED.encode())


def the_owner_closes_its_calendar(committee) -> None:
    closed = b'source = "programme.csv"\nvisibility = "hidden"'
    committee.publish("outreach.toml", committee.config.read_bytes().replace(b'source = "programme.csv"', closed))


@pytest.mark.parametrize("closing", [a_state_asks, the_owner_closes_its_calendar])
def test_the_next_night_takes_back_what_was_closed(committee, closing: Callable):
    """The roster says only what is agreed today; a reader's calendar and report still hold what was agreed before."""
    # Its own listing of the same workshop is the African Union's to read, whatever anybody asks.
    committee.publish("au.ics", committee.calendar(committee.event(*SUMMIT)))
    before = night(committee, FIRST)
    assert b"CANARYPROGRAMME" in before["AU.html"]
    closing(committee)
    after = night(committee, SECOND)

    for name, body in after.items():
        if name.startswith("AU.") and not name.endswith(".xlsx"):
            assert b"CANARYPROGRAMME" not in body, name
    assert b"no longer listed, or no longer shared with you" in b" ".join(after["AU.txt"].split())
    assert b"STATUS:CANCELLED" in after["AU.ics"]
    assert b"CANARYPROGRAMME" in after["UN1540.html"]
    again = night_again(committee, SECOND)
    assert again == after


def night_again(committee, day: date) -> dict[str, bytes]:
    """Write a night's reports once more: what was agreed before it must still be known."""
    steps.write_reports(committee.config, day, tuple(FORMATS))
    return committee.reports(day.isoformat())


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('state = "Botswana"', "no ISO 3166-1 alpha-2 code"),
        ('state = "BW"\nvisibility = "secret"', "use public, shared, busy or hidden"),
        ('state = "BW"\nshared_with = ["nobody"]', "is not among the organisations"),
        ('state = "BW"\nsince = 2007-01-01', "is not a setting"),
    ],
)
def test_a_request_that_cannot_be_meant_is_refused_with_its_place(committee, written: str, said: str):
    """A request that is misread hides nothing, and nobody would notice."""
    committee.publish("outreach.toml", committee.config.read_bytes() + f"\n[[confidentiality]]\n{written}\n".encode())
    with pytest.raises(RosterError, match=said) as refused:
        roster.load(committee.config)
    assert "confidentiality" in str(refused.value)
