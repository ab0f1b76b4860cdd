"""Non-interference: nothing of what is hidden from an organisation reaches its reports, tonight or tomorrow night."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hidden_worlds import AU, COMMITTEE, NEXT, NIGHT, ROSTER, WORLDS, Nights, listings, nights
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar as Parsed
from python_calamine import CalamineWorkbook

from calendar_sync.confidentiality import Confidentiality
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.roster import Organisation, Roster
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility
from flows.composing import composed, programme_for, told_of
from flows.loading import Loaded
from reports.programme import EVERYBODY
from reports.rendering import FORMATS, programme_feed, render
from store.calendars import CalendarHealth
from store.findings import Told


def read(told: Nights, reader: Organisation = AU) -> list[bytes]:
    """Return all that *reader* reads on both nights, format by format, the second night knowing the first."""
    read: list[bytes] = []
    before: list[Told] = []
    memory = {}
    for night, standing, past in ((NIGHT, told.first, ()), (NEXT, told.second, told.first)):
        here = {entry.id for entry in standing}
        known = Loaded(
            ROSTER, night, standing, told.decisions, _health(standing, night), past,
            gone=tuple(entry for entry in past if entry.id not in here), memories=memory,
        )  # fmt: skip
        report = composed(known, reader, before)
        read += [render(report, format_) for format_ in FORMATS]
        before, memory = told_of(report), {reader.id: known.world(reader).memory}
    return read


def _health(standing: Sequence[Listing], night: date) -> tuple[CalendarHealth, ...]:
    return tuple(
        CalendarHealth(
            calendar.id, "read", "", "", night, sum(entry.key.calendar == calendar.id for entry in standing), 0
        )
        for calendar in ROSTER.calendars
    )


@pytest.mark.fault("T27")
def test_a_hidden_record_changes_not_one_byte_of_two_nights(record_property):
    """Ids, counts, order, numbers, what is new, what is resolved: a reader could tell from any of them."""

    @settings(
        max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
    )
    @given(nights())
    def worlds(drawn: tuple[Nights, Nights]) -> None:
        without, with_it = drawn
        assert read(with_it) == read(without)

    worlds()
    record_property("cases", WORLDS)
    record_property("measured", f"{len(FORMATS)} formats, the following night too")


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(nights())
def test_a_hidden_record_changes_no_byte_of_the_programme_that_everybody_reads(drawn: tuple[Nights, Nights]):
    """What is written for everybody is read by whoever it was hidden from."""
    without, with_it = drawn
    assert programmes(with_it) == programmes(without)


def programmes(told: Nights) -> list[bytes]:
    """Return the public programme on both nights."""
    read = []
    for night, standing, past in ((NIGHT, told.first, ()), (NEXT, told.second, told.first)):
        known = Loaded(ROSTER, night, standing, told.decisions, (), past)
        read.append(programme_feed.render(programme_for(known, EVERYBODY)))
    return read


BIOSAFETY = "Africa Regional Workshop on Biosafety and resolution 1540"
CAIRO = Listing(
    ListingKey("programme", "cairo"), "UN1540", "Workshop on implementing resolution 1540 (2004)",
    span=Span.exact(date(2009, 12, 7), date(2009, 12, 10)), city="Cairo", country="EG",
    audience=("EG", "ET", "GH", "KE"), organisers=("UNODA",),
    published=date(2009, 12, 3), first_seen=date(2009, 12, 3), language="en",
)  # fmt: skip
NAIROBI = replace(
    CAIRO, key=ListingKey("us", "nairobi"), organisation="US", title=f"{BIOSAFETY} CANARYTITLE",
    span=Span.exact(date(2010, 2, 2), date(2010, 2, 4)), city="Nairobi", country="KE", organisers=("US", "Kenya"),
    description="CANARYTEXT", url="https://calendar.example.org/CANARYADDRESS",
)  # fmt: skip
PRESS = replace(NAIROBI, key=ListingKey("sadc", "press"), organisation="SADC", title=BIOSAFETY,
                city="", url="", description="")  # fmt: skip
SECRET = ("CANARY", "Nairobi", "2 February", "2010-02-02")


def _with(**changes: object) -> Roster:
    calendars = tuple(replace(entry, **changes) if entry.id == "us" else entry for entry in ROSTER.calendars)  # type: ignore[arg-type]
    return replace(ROSTER, calendars=calendars)


def _class(value: str) -> Listing:
    return replace(NAIROBI, klass=value, visibility=Visibility.of_class(value))


SHARED = _with(visibility=Visibility.SHARED, shared_with=("AU",))
WITHDRAWN = {
    "taken away": (ROSTER, (), ROSTER),
    "CLASS:PRIVATE": (ROSTER, (_class("PRIVATE"),), ROSTER),
    "CLASS:CONFIDENTIAL": (ROSTER, (_class("CONFIDENTIAL"),), ROSTER),
    "an unknown CLASS": (ROSTER, (_class("X-EMBARGO"),), ROSTER),
    "the calendar is hidden now": (ROSTER, (NAIROBI,), _with(visibility=Visibility.HIDDEN)),
    "the calendar is shared with others now": (ROSTER, (NAIROBI,), _with(visibility=Visibility.SHARED)),
    "the agreement has ended": (SHARED, (NAIROBI,), _with(visibility=Visibility.SHARED, shared_with=("SADC",))),
    "its state asks for confidentiality": (
        ROSTER,
        (NAIROBI,),
        replace(ROSTER, confidentiality=(Confidentiality("KE"),)),
    ),
    "shared before, private now": (SHARED, (_class("PRIVATE"),), SHARED),
    "moved and private": (ROSTER, (replace(_class("PRIVATE"), city="Mombasa", span=CAIRO.span),), ROSTER),
    "cancelled and private": (ROSTER, (replace(_class("PRIVATE"), status=Status.CANCELLED),), ROSTER),
}


def _second_night(case: str, reader: Organisation, beside: Sequence[Listing] = ()) -> dict[str, bytes]:
    """Return what *reader* reads on the night after CAIRO and NAIROBI were both there to be read."""
    agreed, standing, agreed_now = WITHDRAWN[case]
    before: list[Told] = []
    memory: dict[str, Any] = {}
    read: dict[str, bytes] = {}
    first = (CAIRO, NAIROBI, *beside)
    for night, loaded, now, past in (
        (NIGHT, agreed, first, ()),
        (NEXT, agreed_now, (CAIRO, *standing, *beside), first),
    ):
        known = Loaded(loaded, night, now, (), _health((), night), past, memories=memory, agreed_before=agreed)
        report = composed(known, reader, before)
        before, memory = told_of(report), {reader.id: known.world(reader).memory}
        read = {format_: render(report, format_) for format_ in FORMATS}
    return read


def _words(format_: str, body: bytes) -> str:
    if format_ == "xlsx":
        return str(CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python())
    return body.decode("utf-8").replace("\r\n ", "")


@pytest.mark.fault("T29")
@pytest.mark.parametrize("case", WITHDRAWN)
def test_what_is_withdrawn_is_retracted_without_a_word_of_it(case: str):
    """Consent can be withdrawn: the next report says that something went, and repeats nothing of it."""
    read = _second_night(case, AU)
    for format_, body in read.items():
        assert [word for word in SECRET if word in _words(format_, body)] == [], format_
    (tombstone,) = (event for event in Parsed.from_ical(read["ics"]).walk("VEVENT") if event["status"] == "CANCELLED")
    assert (str(tombstone["uid"]), str(tombstone["summary"])) == (NAIROBI.id, "Withdrawn")
    assert "DESCRIPTION" not in tombstone
    assert "no longer listed, or no longer shared with you" in " ".join(_words("text", read["text"]).split())
    if WITHDRAWN[case][2] == ROSTER:
        # Whether it was taken away or closed must not be seen either; that an agreement ended, its other side may know.
        assert read == _second_night("taken away", AU)
    assert "CANARYTITLE" in _words("json", _second_night(case, COMMITTEE)["json"])


@pytest.mark.parametrize("case", [case for case in WITHDRAWN if not WITHDRAWN[case][2].confidentiality])
def test_words_that_were_withdrawn_do_not_come_back_as_what_was_said_before(case: str):
    """Another calendar may go on telling of the same event: what only the withdrawn listing said is gone with it."""
    read = _second_night(case, AU, (PRESS,))
    for format_, body in read.items():
        assert [word for word in ("CANARY", "Nairobi") if word in _words(format_, body)] == [], format_
    assert all(event["status"] != "CANCELLED" for event in Parsed.from_ical(read["ics"]).walk("VEVENT"))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(listings(("sadc-busy",)), listings(("sadc-busy",)), st.lists(listings(), max_size=4))
def test_busy_days_say_nothing_but_the_days(one: Listing, other: Listing, public: list[Listing]):
    """That they are taken was agreed; title, place, audience and the rest were not."""
    other = replace(other, key=one.key, span=one.span, status=one.status, published=date(2009, 11, 1))
    nights = (Nights((entry, *public), (entry, *public)) for entry in (one, other))
    assert read(next(nights)) == read(next(nights))
