"""The four nights of the demo tell the story they are there for, to those who may hear it."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from calendar_sync import roster
from calendar_sync.listings import Listing
from calendar_sync.reading import kinds
from calendar_sync.sources.choosing import source_of
from dedupe.assembling import events
from dedupe.events import Event
from dedupe.finding import find
from dedupe.findings import Finding, Kind
from dedupe.matching import recognise
from dedupe.policy import Policy
from reports import disclosure

ROSTER = roster.load(Path(__file__).parents[2] / "examples" / "1540" / "outreach.toml")
BOTH = {"CD", "CG", "EG", "ET", "GH", "KE", "LY", "MA", "NG", "TZ", "UG", "ZA"}
"""The states invited to Cairo and to Nairobi."""


@cache
def told(night: str, reader: str) -> tuple[tuple[Event, ...], tuple[Finding, ...]]:
    """Return the events and findings of one reader's world."""
    on = date.fromisoformat(night)
    listings: list[Listing] = []
    for calendar in ROSTER.calendars:
        payload = source_of(calendar, ROSTER.folder).fetch(on, None)
        assert payload is not None
        listings += kinds.read(payload, calendar).listings
    visible = disclosure.world(listings, ROSTER.organisation(reader), ROSTER)
    programme = {calendar.id for calendar in ROSTER.calendars if calendar.programme}
    found = events(visible, recognise(visible), programme)
    return tuple(found), find(found, (), Policy.from_table(ROSTER.policy), ROSTER.organisations, on).findings


def of_kind(night: str, kind: Kind, reader: str = "AU") -> list[Finding]:
    return [finding for finding in told(night, reader)[1] if finding.kind is kind]


def the_event(night: str, uid: str) -> Event:
    """Return the one event a calendar's entry belongs to."""
    return next(
        event for event in told(night, "AU")[0] if any(uid in listing.key.uid for listing in event.listings)
    )  # fmt: skip


def titled(night: str, title: str) -> Event:
    return next(
        event for event in told(night, "AU")[0] if any(listing.title == title for listing in event.listings)
    )  # fmt: skip


def test_the_first_night_knows_a_workshop_in_botswana_and_no_town():
    """A list that went round by e-mail is all there is, and it leaves out the town and the year."""
    workshop = titled("2007-10-15", "1540 Workshop for African States")

    assert workshop.workshop
    assert (workshop.city, workshop.country) == ("", "BW")
    assert workshop.span is not None
    assert (workshop.span.earliest, workshop.span.latest) == (date(2007, 11, 27), date(2007, 11, 28))
    assert "year inferred" in workshop.listings[0].date_note


def test_the_first_night_knows_the_next_meeting_by_its_bounds_only():
    """It cannot collide with the workshop wherever between its bounds it falls."""
    meeting = titled("2007-10-15", "next Committee meeting")
    workshop = titled("2007-10-15", "1540 Workshop for African States")

    assert meeting.span is not None
    assert workshop.span is not None
    assert not meeting.span.is_exact
    assert not meeting.span.overlaps(workshop.span)


def test_the_second_night_recognises_gaborone_in_two_languages():
    """The list's entry and both releases are one event, which now has a town and sponsors."""
    gaborone = the_event("2007-11-26", "afr1624")

    assert {listing.key.calendar for listing in gaborone.listings} == {"committee-list", "un-press-en", "un-press-fr"}
    assert gaborone.workshop
    assert gaborone.city == "Gaborone"
    assert [finding.events for finding in of_kind("2007-11-26", Kind.SAME_EVENT)] == [(gaborone,)]


def test_accra_the_year_before_belongs_to_the_series_and_is_no_duplicate():
    """382 days later: the release calls Gaborone the second one of its kind in the region."""
    between = [finding for finding in of_kind("2007-11-26", Kind.SERIES) if "Accra" in finding.title]

    assert [finding.days_apart for finding in between] == [(382, 382)]
    assert of_kind("2007-11-26", Kind.DUPLICATIVE) == []


def test_the_third_night_warns_that_nairobi_may_repeat_cairo():
    """Cairo was announced the day before; of Nairobi the states are known, and that it is late in January."""
    (finding,) = of_kind("2009-12-04", Kind.DUPLICATIVE)

    assert not finding.certain
    assert finding.days_apart == (43, 52)
    assert set(finding.states) == BOTH
    assert finding.smaller_audience == 14


def test_the_fourth_night_says_that_nairobi_moved_and_which_state_is_missing():
    """Two lists of states differ by one, and the dates are no longer those first announced."""
    (finding,) = of_kind("2010-02-01", Kind.DUPLICATIVE)
    contradictions = [contradiction.title for contradiction in of_kind("2010-02-01", Kind.CONTRADICTION)]

    assert finding.certain
    assert finding.days_apart == (54, 54)
    assert set(finding.states) == BOTH
    assert any("moved" in title for title in contradictions)
    assert any("Congo" in title for title in contradictions)
    assert len(the_event("2010-02-01", "cd3207").listings) == 4


def test_who_was_not_told_of_nairobi_learns_nothing_of_it():
    """The Department shares its plans with the organisations whose members it invites, and with nobody else."""
    assert of_kind("2009-12-04", Kind.DUPLICATIVE, "1540")
    for reader in ("OAS", "CARICOM", "OSCE", "ARF"):
        found, findings = told("2009-12-04", reader)
        assert all("Nairobi" not in finding.title and "Kenya" not in finding.title for finding in findings)
        assert all(event.country != "KE" for event in found)


def test_the_reporting_workshops_of_2014_are_one_series():
    """For speakers of French, English and Portuguese: the same thing three times, and no duplicate."""
    assert len(of_kind("2014-06-04", Kind.SERIES)) == 2
    assert of_kind("2014-06-04", Kind.DUPLICATIVE) == []


def test_both_titles_of_the_bangkok_workshop_are_one_event():
    """Announced under one title, reported under another, in English and in Thai."""
    assert {listing.key.calendar for listing in the_event("2017-09-30", "dc3741").listings} == {
        "un-press-en", "unoda", "unrcpd", "mfa-thailand",
    }  # fmt: skip


def test_two_workshops_in_kingston_are_two_events():
    """Same town, same theme, two years apart."""
    kingston = [event for event in told("2009-12-04", "AU")[0] if event.city == "Kingston"]

    assert [event.span.earliest.year for event in kingston if event.span] == [2007, 2009]
