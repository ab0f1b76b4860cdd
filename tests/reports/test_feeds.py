"""What our feeds say of events: how they belong together, who says so, what they are about, who pays; and to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar as Parsed

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.reading.ics import read_ics
from calendar_sync.roster import Calendar, Committee, Member, Organisation, Roster
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility
from dedupe.events import Event
from dedupe.finding import Found
from dedupe.findings import Finding, Kind, Severity
from dedupe.meaning import themes
from flows.composing import programme_for
from flows.loading import Loaded
from reports.nightly import NightlyReport, compose
from reports.programme import EVERYBODY
from reports.rendering import programme_feed, render

NIGHT = date(2009, 12, 4)
UN1540 = Organisation("1540", "1540 Committee", reads_reports=True)
AU = Organisation("AU", "African Union", members=(Member("EG"), Member("KE"), Member("GH")), reads_reports=True)
ROSTER = Roster(
    Path("outreach.toml"), Committee("1540", "1540 Committee", ZoneInfo("America/New_York"), disclaimer="No position."),
    (UN1540, AU, Organisation("US", "United States of America"), Organisation("PRESS", 'Press "Service"; New York')),
    (
        Calendar("programme", "1540", "programme.csv", programme=True),
        Calendar("us", "US", "us.ics"),
        Calendar("press", "PRESS", "press.ics"),
    ),
    Path("state"), "sqlite://",
)  # fmt: skip
CAIRO = Listing(
    ListingKey("programme", "cairo"), "1540", "Workshop on biosecurity and resolution 1540 (2004)",
    span=Span.exact(date(2010, 1, 12), date(2010, 1, 14)), city="Cairo", country="EG", audience=("EG", "GH", "KE"),
    organisers=("UNODA",), sponsors=("NO", "Andorra", "US"), first_seen=NIGHT, language="en",
    url="https://example.org/c",
)  # fmt: skip
PRESS = replace(
    CAIRO, key=ListingKey("press", "cairo"), organisation="PRESS", title="Séminaire au Caire", language="fr",
    url="https://example.org/é?a=1;b=2,3", sponsors=("andorra",),
)  # fmt: skip
NAIROBI = replace(
    CAIRO, key=ListingKey("us", "nairobi"), organisation="US", city="Nairobi", country="KE", sponsors=(), url="",
    title="Regional seminar on export control", span=Span.exact(date(2010, 2, 2), date(2010, 2, 4)),
)  # fmt: skip
BESIDE = replace(NAIROBI, key=ListingKey("us", "beside"), title="Side event on export control",
                 span=Span.exact(date(2010, 2, 3)))  # fmt: skip


def event(*listings: Listing) -> Event:
    return Event(listings[0].id, listings, workshop=any(one.key.calendar == "programme" for one in listings))


def report(kind: Kind, *events: Event) -> NightlyReport:
    listings = [listing for one in events for listing in one.listings]
    found = Found((Finding(kind, Severity.MEDIUM, f"A finding: {kind}", events),))
    return compose(AU, NIGHT, ROSTER, listings, events, found, (), ())


def relations(told: NightlyReport) -> dict[str, list[tuple[str, str]]]:
    found = {}
    for entry in Parsed.from_ical(render(told, "ics")).walk("VEVENT"):
        related = entry.get("RELATED-TO", [])
        related = related if isinstance(related, list) else [related]
        found[str(entry["UID"])] = [(str(one.params["RELTYPE"]), str(one)) for one in related]
    return found


def test_siblings_of_a_series_are_related_both_ways():
    """A client that opens one edition leads to the other."""
    told = report(Kind.SERIES, event(CAIRO), event(NAIROBI))
    assert relations(told) == {CAIRO.id: [("SIBLING", NAIROBI.id)], NAIROBI.id: [("SIBLING", CAIRO.id)]}


def test_a_meeting_beside_another_is_part_of_it():
    """Which is whose is told by its own words; where neither says it, nobody is made a part of the other."""
    told = report(Kind.PART_OF, event(NAIROBI), event(BESIDE))
    assert relations(told) == {BESIDE.id: [("PARENT", NAIROBI.id)], NAIROBI.id: [("CHILD", BESIDE.id)]}
    told = report(Kind.PART_OF, event(NAIROBI), event(replace(CAIRO, city="Nairobi", country="KE")))
    assert {type_ for found in relations(told).values() for type_, _ in found} == {"SIBLING"}


@pytest.mark.parametrize("kind", [Kind.CLASH, Kind.DUPLICATIVE, Kind.FORUM])
def test_what_competes_is_grouped_and_not_related(kind: Kind):
    """Two meetings that clash are no family; a client that knows no clash would take one for a part of the other."""
    told = report(kind, event(CAIRO), event(NAIROBI))
    assert relations(told) == {CAIRO.id: [], NAIROBI.id: []}
    entries = Parsed.from_ical(render(told, "ics")).walk("VEVENT")
    reference = f"urn:outreach:finding:{kind}:{told.findings[0].finding.key.id}"
    assert [str(entry["REFID"]) for entry in entries] == [reference, reference]
    assert all(str(entry["DESCRIPTION"]).startswith(f"1. A finding: {kind}\n") for entry in entries)


def test_nothing_is_related_to_an_entry_that_is_not_there():
    """An event without a date has no place in a calendar; a relation to it would lead nowhere."""
    told = report(Kind.SERIES, event(CAIRO), event(replace(NAIROBI, span=None)))
    assert relations(told) == {CAIRO.id: []}


def test_every_source_is_linked_and_named():
    """Who doubts a date looks where it was read."""
    (entry,) = Parsed.from_ical(render(report(Kind.CONTRADICTION, event(PRESS, CAIRO)), "ics")).walk("VEVENT")
    links = [(str(one), one.params["LINKREL"], one.params["LABEL"]) for one in entry["LINK"]]
    assert links == [
        ("https://example.org/%C3%A9?a=1;b=2,3", "via", "Press 'Service'; New York"),
        ("https://example.org/c", "via", "1540 Committee"),
    ]
    assert str(entry["URL"]) == links[0][0]
    assert 'Press "Service"; New York: Séminaire au Caire\n1540 Committee: Workshop' in str(entry["DESCRIPTION"])


def test_themes_and_sponsors_are_named_once():
    """In English, whatever code or spelling a calendar uses, and with nobody invited who only pays."""
    (entry,) = Parsed.from_ical(render(report(Kind.CONTRADICTION, event(CAIRO, PRESS)), "ics")).walk("VEVENT")
    assert str(entry["CONCEPT"]) == "urn:outreach:theme:biosecurity"
    assert [str(one) for one in entry["CATEGORIES"].cats] == ["biosecurity"]
    paying = [(part.name, str(part["PARTICIPANT-TYPE"]), str(part["SUMMARY"])) for part in entry.subcomponents]
    assert paying == [("PARTICIPANT", "SPONSOR", name) for name in ("Norway", "Andorra", "United States of America")]
    assert "Sponsored by Norway, Andorra and United States of America" in str(entry["DESCRIPTION"])
    assert "ATTENDEE" not in entry


def test_a_feed_says_nothing_of_when_it_was_written():
    """A night that is run again must give the same bytes; entries that did not change must look as if they had not."""
    told = report(Kind.SERIES, event(CAIRO), event(NAIROBI))
    assert render(told, "ics") == render(told, "ics")
    for entry in Parsed.from_ical(render(told, "ics")).walk("VEVENT"):
        assert entry["DTSTAMP"].dt == datetime(2009, 12, 4, tzinfo=UTC)
        assert not {"SEQUENCE", "LAST-MODIFIED", "CREATED"} & set(entry)
    later = render(replace(told, night=date(2009, 12, 5)), "ics")
    assert later.replace(b"DTSTAMP:20091205", b"DTSTAMP:20091204") == render(told, "ics")


# -- the programme -----------------------------------------------------------------------------------------------------


def the_programme(
    *listings: Listing, reader: Organisation = EVERYBODY, roster: Roster = ROSTER,
    before: tuple[Listing, ...] = (),
) -> bytes:  # fmt: skip
    return programme_feed.render(programme_for(Loaded(roster, NIGHT, listings, (), (), before), reader))


def entries(body: bytes) -> dict[str, str]:
    return {str(entry["SUMMARY"]): str(entry["STATUS"]) for entry in Parsed.from_ical(body).walk("VEVENT")}


def test_the_programme_is_what_the_committee_says_itself():
    """A newspaper's date does not move a workshop of the committee's, nor does its page stand for the committee's."""
    moved = replace(PRESS, published=NIGHT, span=Span.exact(date(2010, 1, 13), date(2010, 1, 15)))
    body = the_programme(CAIRO, moved, NAIROBI)
    assert body == the_programme(CAIRO)
    (entry,) = Parsed.from_ical(body).walk("VEVENT")
    assert (str(entry["UID"]), entry["DTSTART"].dt, entry["DTEND"].dt) == (
        CAIRO.id, date(2010, 1, 12), date(2010, 1, 15),
    )  # fmt: skip
    assert str(Parsed.from_ical(body)["NAME"]) == "1540 Committee: programme"


def test_what_is_cancelled_stays_and_what_is_vague_is_tentative():
    """A subscriber must see that a workshop is off, and must not book for a month."""
    off = replace(CAIRO, status=Status.CANCELLED)
    vague = replace(CAIRO, key=ListingKey("programme", "accra"), title="Workshop in Accra", city="Accra", country="GH",
                    span=Span.vague(date(2010, 6, 1), date(2010, 6, 30)))  # fmt: skip
    undated = replace(
        vague, key=ListingKey("programme", "lomé"), title="Workshop in Lomé", city="Lomé", country="TG", span=None
    )
    body = the_programme(off, vague, undated)
    assert entries(body) == {CAIRO.title: "CANCELLED", "Workshop in Accra": "TENTATIVE"}
    assert b"X-EDTF:2010-06\r\n" in body


CLOSED = {
    "CLASS": (replace(CAIRO, klass="PRIVATE", visibility=Visibility.HIDDEN), ROSTER),
    "busy": (CAIRO, replace(ROSTER, calendars=tuple(
        replace(one, visibility=Visibility.BUSY, shared_with=("AU",)) for one in ROSTER.calendars))),
    "hidden": (CAIRO, replace(ROSTER, calendars=tuple(
        replace(one, visibility=Visibility.HIDDEN) for one in ROSTER.calendars))),
    "shared with the US": (CAIRO, replace(ROSTER, calendars=tuple(
        replace(one, visibility=Visibility.SHARED, shared_with=("US",)) for one in ROSTER.calendars))),
}  # fmt: skip


@pytest.mark.parametrize("reader", [EVERYBODY, AU], ids=["everybody", "AU"])
@pytest.mark.parametrize("way", CLOSED)
def test_the_programme_tells_nobody_what_is_closed_to_them(way: str, reader: Organisation):
    """It is written for everybody: no byte of it may depend on what is not public."""
    listing, roster = CLOSED[way]
    assert the_programme(listing, reader=reader, roster=roster) == the_programme(reader=reader, roster=roster)
    assert entries(the_programme(listing, reader=UN1540, roster=roster)) == {CAIRO.title: "CONFIRMED"}


def test_a_programme_shared_with_somebody_is_theirs_to_read():
    """And nobody else's."""
    shared = replace(ROSTER, calendars=tuple(
        replace(one, visibility=Visibility.SHARED, shared_with=("AU",)) for one in ROSTER.calendars))  # fmt: skip
    assert entries(the_programme(CAIRO, reader=AU, roster=shared)) == {CAIRO.title: "CONFIRMED"}
    assert entries(the_programme(CAIRO, roster=shared)) == {}


def test_a_workshop_that_is_closed_is_cancelled_without_a_word():
    """Taken away and closed give the same bytes; what is over and falls out of the list was not withdrawn."""
    taken = the_programme(before=(CAIRO,))
    assert taken == the_programme(CLOSED["CLASS"][0], before=(CAIRO,))
    assert entries(taken) == {"Withdrawn": "CANCELLED"}
    assert b"Cairo" not in taken
    assert entries(the_programme(before=(replace(CAIRO, span=Span.exact(date(2009, 11, 3))),))) == {}


def test_a_second_entry_of_one_workshop_goes_without_a_word():
    """A committee that tidies its list cancels nothing; nor does one whose producer gives every entry a new name."""
    twice = replace(CAIRO, key=ListingKey("programme", "cairo, again"), first_seen=date(2009, 12, 1))
    (entry,) = Parsed.from_ical(the_programme(CAIRO, twice)).walk("VEVENT")
    assert str(entry["UID"]) == twice.id
    assert entries(the_programme(CAIRO, before=(CAIRO, twice))) == {CAIRO.title: "CONFIRMED"}
    assert entries(the_programme(twice, before=(CAIRO,))) == {CAIRO.title: "CONFIRMED"}


def test_we_read_our_own_feeds_as_we_wrote_them():
    """Another desk may read ours: what is vague must stay so, and themes, sponsors and status come along."""
    vague = replace(CAIRO, span=Span.vague(date(2010, 1, 22), date(2010, 1, 31)), language="fr")
    months = replace(
        NAIROBI, key=ListingKey("programme", "nairobi"), span=Span.vague(date(2010, 3, 1), date(2010, 3, 31))
    )
    body = the_programme(vague, months)
    window = (date(2009, 1, 1), date(2011, 1, 1))
    found = read_ics(body, Calendar("theirs", "1540", "feed.ics"), window)
    assert not found.problems
    read = {listing.key.uid: listing for listing in found.listings}
    assert {uid: listing.span for uid, listing in read.items()} == {vague.id: vague.span, months.id: months.span}
    cairo = read[vague.id]
    assert (cairo.title, cairo.language, cairo.status) == (vague.title, "fr", Status.TENTATIVE)
    assert (cairo.city, cairo.country, cairo.url) == ("Cairo", "EG", vague.url)
    assert cairo.sponsors == ("Norway", "Andorra", "United States of America")
    assert themes.of([cairo]) == themes.of([vague])
