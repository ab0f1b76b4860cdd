"""The story of one calendar on one night, with everything that can happen to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest

from calendar_sync.errors import (
    CalendarEmptied,
    CalendarShrunken,
    CalendarUnreadable,
    SourceRefused,
    SourceUnreachable,
)
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.reading import Problem, Reading
from calendar_sync.refresh import Outcome, refresh
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload, Validators
from calendar_sync.sources.folder import FolderSource
from calendar_sync.spans import Span

NIGHT = date(2007, 10, 15)
COMING = date(2007, 11, 27)
WINDOW = (date(2007, 1, 1), date(2009, 1, 1))
UNODA = Calendar("unoda", "UNODA", "events.csv")


def listing(uid, *, day=COMING, **facts):
    return Listing(ListingKey("unoda", uid), "UNODA", f"Workshop {uid}", span=Span.exact(day), start=day, **facts)


def read_words(payload, calendar, window, memory=None):
    """Read a calendar in a notation of our own: UIDs, `!` for cancelled, `?` for what cannot be parsed."""
    words = payload.body.decode().split()
    if words[:1] == ["<html>"]:
        return Reading(problems=(Problem("not-a-calendar", "it is a login page"),), is_calendar=False)
    listings = [
        listing(word.strip("!"), status=Status.CANCELLED if word.endswith("!") else Status.CONFIRMED)
        for word in words
        if not word.startswith("?")
    ]
    problems = [Problem("unparseable", "no start", word[1:], lost=True) for word in words if word.startswith("?")]
    return Reading(tuple(listings), tuple(problems))


@dataclass
class Answering:
    """A source that answers with words, or raises."""

    answer: str | Exception | None
    calendar: str = "unoda"

    def fetch(self, night: date, stored: Payload | None) -> Payload | None:
        if isinstance(self.answer, Exception):
            raise self.answer
        return None if self.answer is None else Payload(self.answer.encode(), validators=Validators('"1"'))


def night_of(answer, known=(), *, stored=None, accept=False, read=read_words):
    payload = None if stored is None else Payload(stored.encode(), validators=Validators('"0"'))
    return refresh(Answering(answer), UNODA, known, NIGHT, WINDOW, stored=payload, accept=accept, read=read)


def uids(refreshed):
    return [listing.key.uid for listing in refreshed.listings]


def test_a_first_reading_adds_everything():
    """A new calendar is news."""
    refreshed = night_of("a b")

    assert refreshed.outcome is Outcome.READ
    assert uids(refreshed) == ["a", "b"]
    assert len(refreshed.changes.added) == 2
    assert refreshed.payload is not None


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (SourceUnreachable("unoda", "no connection"), Outcome.UNREACHABLE),
        (SourceRefused("unoda", "404"), Outcome.REFUSED),
    ],
)
def test_no_answer_withdraws_nothing(error, outcome):
    """The last good copy stands, and the report says since when."""
    refreshed = night_of(error, [listing("a")], stored="a")

    assert refreshed.outcome is outcome
    assert refreshed.error is error
    assert uids(refreshed) == ["a"]
    assert refreshed.changes.nothing
    assert refreshed.payload is None


def test_a_login_page_withdraws_nothing():
    """It came with 200 and an address that used to be a calendar."""
    refreshed = night_of("<html>", [listing("a")], stored="a")

    assert refreshed.outcome is Outcome.KEPT
    assert isinstance(refreshed.error, CalendarUnreadable)
    assert "login page" in str(refreshed.error)
    assert uids(refreshed) == ["a"]
    assert refreshed.payload is None


def test_an_empty_calendar_is_kept_until_somebody_accepts_it():
    """Then it is empty, and stays so without being accepted every night."""
    known = [listing("a"), listing("old", day=date(2006, 11, 9))]

    refreshed = night_of("", known, stored="a old")
    assert refreshed.outcome is Outcome.KEPT
    assert isinstance(refreshed.error, CalendarEmptied)
    assert uids(refreshed) == ["a", "old"]

    accepted = night_of("", known, stored="a old", accept=True)
    assert accepted.outcome is Outcome.READ
    assert uids(accepted) == ["old"]

    assert night_of(" ", accepted.listings, stored="").error is None


def test_a_shrunken_calendar_is_kept_but_its_cancellations_count():
    """A half-written export may hold a true word."""
    known = [listing(f"u{count}") for count in range(10)]

    refreshed = night_of("u0 u1! new", known, stored="u0")

    assert isinstance(refreshed.error, CalendarShrunken)
    assert len(refreshed.listings) == 10
    cancelled = [entry.key.uid for entry in refreshed.listings if entry.status is Status.CANCELLED]
    assert cancelled == ["u1"]


def test_an_event_that_cannot_be_parsed_stays_as_it_was_known():
    """Unparseable is not absent."""
    refreshed = night_of("a ?b", [listing("a"), listing("b")], stored="a b")

    assert refreshed.outcome is Outcome.READ
    assert uids(refreshed) == ["a", "b"]
    assert [problem.code for problem in refreshed.problems] == ["unparseable"]


def test_a_remark_about_an_event_that_was_read_keeps_nothing_else():
    """A doubt about a zone is no reason to keep the days of a series that were called off."""
    known = [replace(listing("a"), key=ListingKey("unoda", "a", recurrence_id)) for recurrence_id in ("1", "2")]

    def read(payload, calendar, window, memory=None):
        return Reading((known[0],), (Problem("zone-assumed", "its zone is unknown", "a"),))

    refreshed = night_of("a", known, read=read)

    assert [entry.key.recurrence_id for entry in refreshed.changes.withdrawn] == ["2"]


@pytest.mark.parametrize("answer", [None, "a b"])
def test_what_did_not_change_is_read_again_in_the_window_of_tonight(answer):
    """A weekly meeting reaches one week further every night, though nobody wrote anything."""
    windows = []

    def read(payload, calendar, window, memory=None):
        windows.append(window)
        return read_words(payload, calendar, window)

    refreshed = night_of(answer, [listing("a")], stored="a b", read=read)

    assert refreshed.outcome is Outcome.UNCHANGED
    assert windows == [WINDOW]
    assert uids(refreshed) == ["a", "b"]


def test_unchanged_without_anything_known_is_no_answer():
    """There is no copy that could stand."""
    assert night_of(None).outcome is Outcome.UNREACHABLE


def test_what_was_published_after_the_night_does_not_exist():
    """A night that is run again later must tell what could be known then."""

    def read(payload, calendar, window, memory=None):
        return Reading(
            (listing("today", published=NIGHT), listing("tomorrow", published=date(2007, 10, 16)), listing("undated"))
        )

    assert uids(night_of("x", read=read)) == ["today", "undated"]


def test_a_second_run_of_a_night_tells_the_same():
    """Nothing is delivered twice, and nothing is lost."""
    known = [listing("a", first_seen=date(2007, 9, 1)), listing("c", first_seen=date(2007, 9, 1))]
    first = night_of("a b", known, stored="a c")
    second = night_of("a b", known, stored="a c")

    assert first == second


def test_a_real_table_from_a_real_folder(tmp_path):
    """The committee's provisional list, draft after draft."""
    (tmp_path / "events.csv").write_text(
        "Provisional list of activities as of 10 October 2007\n\nActivity;Dates;Place\n"
        "Workshop for African States;27 and 28 November;Botswana\n"
    )

    def read(payload, calendar, window, memory=None):
        from calendar_sync.reading.tables import read_csv

        return read_csv(payload.body, calendar, payload.charset)

    source = FolderSource(UNODA, tmp_path)
    first = refresh(source, UNODA, (), NIGHT, WINDOW, read=read)
    (tmp_path / "events.csv").write_text(
        "Provisional list of activities as of 12 November 2007\n\nActivity;Dates;Place\n"
        "Workshop for African States;27 and 28 November;Gaborone, Botswana\n"
    )
    second = refresh(source, UNODA, first.listings, date(2007, 11, 26), WINDOW, stored=first.payload, read=read)

    assert [entry.span for entry in first.listings] == [Span.exact(date(2007, 11, 27), date(2007, 11, 28))]
    assert [(entry.city, entry.country) for entry in second.changes.updated] == [("Gaborone", "BW")]
    assert second.listings[0].key == first.listings[0].key
    assert second.listings[0].first_seen == NIGHT


@pytest.mark.parametrize("answer", ["a", None])
def test_a_calendar_that_moved_for_good_is_told_every_night_until_the_roster_says_so(answer):
    """A publisher's redirect does not stay for ever."""
    stored = Payload(b"a", validators=Validators('"0"'), moved_to="https://new.example/...")

    class Moved(Answering):
        def fetch(self, night, stored):
            payload = super().fetch(night, stored)
            return None if payload is None else replace(payload, moved_to="https://new.example/...")

    refreshed = refresh(Moved(answer), UNODA, [listing("a")], NIGHT, WINDOW, stored=stored, read=read_words)

    assert [problem.code for problem in refreshed.problems] == ["moved-for-good"]
    assert "https://new.example/..." in refreshed.problems[0].message
