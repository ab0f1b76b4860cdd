"""Feeds as a subscriber sees them: fetched over HTTP by vdirsyncer, listed by khal, on one night and the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from subscribing import Entry, Subscriber, served

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.roster import Calendar, Committee, Member, Organisation, Roster
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility
from flows.composing import composed, programme_for, told_of
from flows.loading import Loaded
from reports.programme import EVERYBODY
from reports.rendering import programme_feed, render

FIRST, SECOND = date(2009, 12, 4), date(2009, 12, 5)
STATES = ("EG", "ET", "GH", "KE", "NG", "UG", "ZA")
AU = Organisation("AU", "African Union", members=tuple(map(Member, STATES)), reads_reports=True)
ROSTER = Roster(
    Path("outreach.toml"), Committee("1540", "1540 Committee", ZoneInfo("America/New_York")),
    (Organisation("1540", "1540 Committee"), AU, Organisation("US", "United States")),
    (Calendar("programme", "1540", "programme.csv", programme=True), Calendar("us", "US", "us.ics")),
    Path("state"), "sqlite://",
)  # fmt: skip
CAIRO = Listing(
    ListingKey("programme", "cairo"), "1540", "Workshop on implementing resolution 1540 (2004)",
    span=Span.exact(date(2010, 1, 12), date(2010, 1, 14)), city="Cairo", country="EG", audience=STATES[:4],
    organisers=("UNODA",), sponsors=("NO", "AD"), first_seen=FIRST, language="en",
    url="https://example.org/cairo;jsessionid=1?a=1,2", description="x\r\nEND:VEVENT",
)  # fmt: skip
NAIROBI = replace(
    CAIRO, key=ListingKey("us", "nairobi"), organisation="US", city="Nairobi", country="KE", organisers=("US",),
    title="Africa Regional Workshop on Biosafety, Biosecurity; and resolution 1540\r\nEND:VEVENT",
    span=Span.exact(date(2010, 2, 2), date(2010, 2, 4)),
)  # fmt: skip
KAMPALA = replace(
    CAIRO, key=ListingKey("programme", "kampala"), title="Séminaire de suivi", city="Kampala", country="UG",
    span=Span.vague(date(2010, 5, 1), date(2010, 5, 31)), audience=("UG",), language="fr",
)  # fmt: skip


def reports(first: tuple[Listing, ...], second: tuple[Listing, ...]) -> list[bytes]:
    """Render the feed of the African Union's report on both nights."""
    feeds, before, memory = [], [], {}
    for night, standing, past in ((FIRST, first, ()), (SECOND, second, first)):
        known = Loaded(ROSTER, night, standing, (), (), past, memories=memory)
        report = composed(known, AU, before)
        before, memory = told_of(report), {AU.id: known.world(AU).memory}
        feeds.append(render(report, "ics"))
    return feeds


def programmes(first: tuple[Listing, ...], second: tuple[Listing, ...]) -> list[bytes]:
    """Render the programme that everybody may read on both nights."""
    feeds = []
    for night, standing, past in ((FIRST, first, ()), (SECOND, second, first)):
        listed = programme_for(Loaded(ROSTER, night, standing, (), (), past), EVERYBODY)
        feeds.append(programme_feed.render(listed))
    return feeds


def test_a_subscriber_sees_what_moved_and_what_was_withdrawn(tmp_path: Path):
    """Who planned around a workshop must see in its own calendar that it moved, and that another is not on."""
    moved = replace(CAIRO, span=Span.exact(date(2010, 1, 19), date(2010, 1, 21)))
    hidden = replace(NAIROBI, klass="PRIVATE", visibility=Visibility.HIDDEN)
    first, second = reports((CAIRO, NAIROBI, KAMPALA), (moved, hidden, KAMPALA))
    with served() as (shelf, address):
        subscriber = Subscriber(tmp_path / "subscriber", address)
        shelf.body = first
        kept = subscriber.sync()
        cairo = Entry(CAIRO.title, "2010-01-12", "2010-01-14", "CONFIRMED", "Cairo, Egypt")
        kampala = Entry(KAMPALA.title, "2010-05-01", "2010-05-31", "TENTATIVE", "Kampala, Uganda")
        title = NAIROBI.title.replace("\r\n", "\n")
        nairobi = Entry(title, "2010-02-02", "2010-02-04", "CONFIRMED", "Nairobi, Kenya")
        assert subscriber.agenda("2009-12-01", 300) == sorted([cairo, nairobi, kampala])
        shelf.body = second
        assert len(kept & subscriber.sync()) == 1, "what did not change is the same to the subscriber"
        assert subscriber.agenda("2009-12-01", 300) == sorted(
            [
                cairo._replace(first="2010-01-19", last="2010-01-21"),
                kampala,
                Entry("Withdrawn", "2009-12-05", "2009-12-05", "CANCELLED", ""),
            ]
        )


def test_the_programme_is_subscribed_to_like_any_calendar(tmp_path: Path):
    """The committee's plans are public; what it cancels stays to be seen, what it takes away is cancelled."""
    off = replace(CAIRO, status=Status.CANCELLED)
    first, second = programmes((CAIRO, NAIROBI, KAMPALA), (off, NAIROBI))
    with served() as (shelf, address):
        subscriber = Subscriber(tmp_path / "subscriber", address)
        shelf.body = first
        subscriber.sync()
        assert {entry.title: entry.status for entry in subscriber.agenda("2009-12-01", 300)} == {
            CAIRO.title: "CONFIRMED", KAMPALA.title: "TENTATIVE",
        }  # fmt: skip
        shelf.body = second
        subscriber.sync()
        assert {entry.title: entry.status for entry in subscriber.agenda("2009-12-01", 300)} == {
            CAIRO.title: "CANCELLED", "Withdrawn": "CANCELLED",
        }  # fmt: skip
