"""Atom and RSS: entries that tell of events, and those that only tell news."""

from __future__ import annotations

import gzip
from datetime import date
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.changes import changes
from calendar_sync.listings import Status
from calendar_sync.reading import kinds
from calendar_sync.roster import Calendar, Limits
from calendar_sync.sources import Payload
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility

UNREC = Calendar("unrec", "UNREC", "https://example.org/feed")
GABORONE = Span.exact(date(2007, 11, 27), date(2007, 11, 28))
MODULES = {
    "ev": "http://purl.org/rss/1.0/modules/event/",
    "xcal": "urn:ietf:params:xml:ns:xcal",
    "gd": "http://schemas.google.com/g/2005",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "mec": "http://webnus.net/rss/mec/",
    "fh": "http://purl.org/syndication/history/1.0",
}
SPACES = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in MODULES.items())

MEC = (
    "<mec:startDate>2007-11-27</mec:startDate><mec:startHour>9 am</mec:startHour>"
    "<mec:endDate>2007-11-28</mec:endDate><mec:endHour>5:00 pm</mec:endHour>"
)


def item(*elements, title="Workshop for African States", guid="g1", published="Tue, 20 Nov 2007 10:00:00 GMT"):
    return (
        f'<item><title>{escape(title)}</title><guid isPermaLink="false">{guid}</guid>'
        f"<pubDate>{published}</pubDate>{''.join(elements)}</item>"
    )


def says(text):
    return f"<description>{escape(text)}</description>"


def rss(*items, head="<language>en-GB</language>"):
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" {SPACES}><channel><title>News of UNREC</title>'
        f"{head}{''.join(items)}</channel></rss>"
    ).encode()


def atom(*entries):
    return (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Nouvelles</title>'
        f"{''.join(entries)}</feed>"
    ).encode()


def read(body, calendar=UNREC, window=None):
    return kinds.read(Payload(body), calendar, window)


def only(*elements, **of):
    (listing,) = read(rss(item(*elements, **of))).listings
    return listing


@pytest.mark.parametrize(
    "elements",
    [
        "<ev:startdate>2007-11-27T09:00:00+02:00</ev:startdate><ev:enddate>2007-11-28T17:00:00+02:00</ev:enddate>",
        "<ev:startdate>2007-11-27</ev:startdate><ev:enddate>2007-11-28</ev:enddate>",
        "<xcal:dtstart>20071127T070000Z</xcal:dtstart><xcal:dtend>20071128T150000Z</xcal:dtend>",
        "<xcal:dtstart>2007-11-27</xcal:dtstart><xcal:dtend>2007-11-29</xcal:dtend>",
        '<gd:when startTime="2007-11-27T09:00:00.000+02:00" endTime="2007-11-28T17:00:00.000+02:00"/>',
        '<gd:when startTime="2007-11-27" endTime="2007-11-29"/>',
        "<dc:coverage>start=2007-11-27; end=2007-11-28; scheme=W3C-DTF;</dc:coverage>",
        "<dcterms:temporal>2007-11-27/2007-11-28</dcterms:temporal>",
        MEC,
        "<startdate>2007-11-27</startdate><enddate>2007-11-28</enddate>",
        "<ev:startdate>27 November 2007</ev:startdate><ev:enddate>28 November 2007</ev:enddate>",
    ],
)  # fmt: skip
def test_the_modules_for_events_are_read(elements):
    """Each content system writes another one; an end is the last day, save in those that come from calendars."""
    assert only(elements).span == GABORONE


def test_an_hour_stated_apart_is_of_its_day():
    """Plugins write the clock of the wall in an element of its own."""
    listing = only("<mec:startDate>2007-11-27</mec:startDate><mec:startHour>1:30 pm</mec:startHour>")

    assert (listing.start.hour, listing.start.minute) == (13, 30)


def test_a_whole_entry_is_a_whole_listing():
    """Place, organiser, subjects and address stand beside the dates."""
    listing = only(
        "<ev:startdate>2007-11-27</ev:startdate><ev:enddate>2007-11-28</ev:enddate>",
        "<ev:location>Conference Centre, Gaborone, Botswana</ev:location><ev:organizer>UNODA</ev:organizer>",
        "<link>https://example.org/e/1</link><category>export control</category><category>borders</category>",
        says("<p>On resolution&nbsp;1540.</p><p>Write to <b>ines@example.org</b></p>"),
        "<author>ines@example.org (Inés)</author>",
    )

    assert (listing.key.uid, listing.language, listing.published) == ("g1", "en-GB", date(2007, 11, 20))
    assert (listing.city, listing.country, listing.venue) == ("Gaborone", "BW", "Conference Centre")
    assert (listing.organisers, listing.themes) == (("UNODA",), ("export control", "borders"))
    assert (listing.description, listing.url) == ("On resolution 1540.\nWrite to", "https://example.org/e/1")
    assert "ines@" not in repr(listing)


@pytest.mark.parametrize(
    ("title", "summary", "span"),
    [
        ("Workshop, 27 and 28 November", "", GABORONE),
        ("Workshop to be held", "Resolution 1540 (2004). It will be held in Gaborone on 27 and 28 November.", GABORONE),
        ("Atelier", "L'atelier aura lieu les 27 et 28 novembre 2007 à Gaborone.", GABORONE),
        ("Workshop", "It is planned for the last week of November.",
         Span.vague(date(2007, 11, 24), date(2007, 11, 30))),
        ("Registration", "It closes soon! We meet from 27 to 28 November 2007. In 2008 we meet again.", GABORONE),
    ],
)  # fmt: skip
def test_days_in_words_are_resolved_against_the_day_of_publication(title, summary, span):
    """Most feeds have no module for events, only sentences."""
    listing = only(says(summary), title=title)

    assert listing.span == span
    assert "November" in listing.date_text or "novembre" in listing.date_text


@pytest.mark.parametrize(
    "summary",
    [
        "",
        "The Committee welcomes its new members.",
        "Resolution 1540 (2004) and its committee: the report of 2006.",
        "Today we published our newsletter.",
    ],
)
def test_news_are_no_events(summary):
    """The day of publication would be the easiest date to take, and the wrong one."""
    reading = read(rss(item(says(summary), title="News"), item("<ev:startdate>2007-11-27</ev:startdate>", guid="g2")))

    assert [listing.key.uid for listing in reading.listings] == ["g2"]
    assert [problem.message for problem in reading.problems if problem.code == "no-event-date"] == [
        "1 of 2 entries name no day of an event and were left out"
    ]


def test_an_entry_that_drops_off_the_end_is_not_withdrawn():
    """A feed holds its latest entries; the workshop of three weeks ago is still announced."""
    before = rss(
        item("<ev:startdate>2008-11-27</ev:startdate>"), item("<ev:startdate>2008-05-01</ev:startdate>", guid="2")
    )
    after = read(rss(item("<ev:startdate>2008-05-01</ev:startdate>", guid="2")))
    lost = any(problem.lost and not problem.uid for problem in after.problems)

    found = changes(read(before).listings, after.listings, date(2007, 12, 1), some_lost=lost)

    assert not found.withdrawn
    assert [problem.code for problem in after.problems] == ["latest-entries-only"]


def test_a_feed_that_says_it_is_complete_is_believed():
    """RFC 5005 has a word for it."""
    reading = read(rss(item("<ev:startdate>2007-11-27</ev:startdate>"), head="<fh:complete/>"))

    assert reading.problems == ()


def test_atom_is_read():
    """With content in place of a summary, and the language of its root."""
    body = atom(
        '<entry><id>urn:1</id><title type="html">Atelier &lt;b&gt;africain&lt;/b&gt;</title>'
        "<updated>2007-11-20T10:00:00Z</updated>"
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Les 27 et 28 novembre.</p></div></content>'
        '<link href="https://example.org/e/1"/></entry>'
    )
    reading = read(body)
    (listing,) = reading.listings

    assert (reading.name, listing.key.uid, listing.title) == ("Nouvelles", "urn:1", "Atelier africain")
    assert (listing.span, listing.language, listing.url) == (GABORONE, "fr", "https://example.org/e/1")


def test_a_cancelled_entry_is_cancelled():
    """Calendars exported as feeds say so in their own words."""
    when = '<gd:when startTime="2007-11-27"/>'

    assert only(when, "<xcal:status>CANCELLED</xcal:status>").status is Status.CANCELLED
    stated = '<gd:eventStatus value="http://schemas.google.com/g/2005#event.canceled"/>'
    assert only(when, stated).status is Status.CANCELLED


def test_a_class_is_obeyed():
    """Unknown words are private."""
    when = "<xcal:dtstart>2007-11-27</xcal:dtstart>"

    assert only(when, "<xcal:class>PUBLIC</xcal:class>").visibility is Visibility.PUBLIC
    assert only(when, "<xcal:class>AMONG-FRIENDS</xcal:class>").visibility is Visibility.HIDDEN


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"),
        ("latin-1", "iso-8859-1"),
        ("cp1252", "utf-8"),
        ("utf-16", "utf-16"),
        ("cp1251", "windows-1251"),
    ],
)
def test_encodings_are_read_as_declared_and_as_they_are(encoding, declared):
    """Half of all declarations were copied from somewhere."""
    title = "Семинар" if encoding == "cp1251" else "Séminaire"
    text = rss(item("<ev:startdate>2007-11-27</ev:startdate>", title=title)).decode()
    body = text.replace('encoding="utf-8"', f'encoding="{declared}"').encode(encoding)

    assert read(body).listings[0].title == title


def test_a_broken_feed_gives_what_it_holds():
    """An entity nobody declared, a tag nobody closed: the neighbours are kept, and nothing is withdrawn."""
    one = item("<ev:startdate>2007-11-27</ev:startdate>")
    reading = read(
        rss(one, item("<ev:startdate>2008-01-02</ev:startdate>", guid="g2")).replace(b"African", b"African&nbsp;")
    )
    cut = read(rss(one, "<item><title>Half of")[:-40])

    assert [listing.key.uid for listing in reading.listings] == ["g1", "g2"]
    assert "g1" in {listing.key.uid for listing in cut.listings}
    for told in (reading, cut):
        assert any(problem.code == "malformed-feed" and problem.lost for problem in told.problems)


LAUGHS = "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};&e{n - 1};">' for n in range(1, 40))
DOCTYPES = {
    "entities that multiply": f"<!DOCTYPE rss [<!ENTITY e0 'ha'>{LAUGHS}]>",
    "a file": "<!DOCTYPE rss [<!ENTITY e39 SYSTEM 'file:///etc/passwd'>]>",
    "an address": "<!DOCTYPE rss [<!ENTITY % x SYSTEM 'http://127.0.0.1:1/'> %x;]>",
    "behind a comment": "<!-- x --><?style y?>\n<!doctype rss [<!ENTITY e39 'x'>]>",
    "an external subset": '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:1/rss.dtd">',
}


@pytest.mark.parametrize("doctype", DOCTYPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-7"])
def test_a_doctype_is_refused_before_anything_parses_it(doctype, encoding):
    """Nothing a feed needs is in one, and every attack on XML is."""
    text = rss(item("<ev:startdate>2007-11-27</ev:startdate>", says("&e39;"))).decode()
    body = text.replace('encoding="utf-8"?>', f'encoding="{encoding}"?>{DOCTYPES[doctype]}').encode(encoding)
    reading = kinds.read(Payload(body, "application/rss+xml", encoding), UNREC)

    assert not reading.is_calendar
    assert encoding == "utf-7" or reading.problems[0].code == "doctype-refused"


def test_text_that_looks_like_an_address_is_not_fetched(monkeypatch):
    """The library would open a string that is one."""
    import feedparser.http

    monkeypatch.setattr(feedparser.http, "get", lambda *of, **by: pytest.fail("it fetched"))
    for body in (b"http://127.0.0.1:1/feed", b"/etc/passwd", b"feed:http://127.0.0.1:1/"):
        reading = kinds.read(Payload(body), Calendar("unrec", "UNREC", "", kind="feed"))
        assert not reading.is_calendar


@pytest.mark.parametrize(
    "body",
    [
        b"<rss", b"<rss/>", b"<feed><", b"<?xml", b"<rss><channel><item>" * 20_000, b"<feed " + b"a='b' " * 50_000,
        b"<!--" * 100_000, b"<rss><channel>" + b"<item><title>x</title></item>" * 5_000, gzip.compress(rss()),
        b"<rss><channel><item><title>" + b"1 May 2007. " * 50_000,
    ],
)  # fmt: skip
def test_hostile_feeds_are_bounded(body):
    """A feed is written by strangers."""
    reading = kinds.read(Payload(body), Calendar("unrec", "UNREC", "", kind="feed"))

    assert len(reading.listings) <= 1
    assert len(reading.problems) <= 5


def test_a_night_reads_no_more_entries_than_its_limit():
    """What is beyond the limit is named."""
    many = rss(*(item("<ev:startdate>2007-11-27</ev:startdate>", guid=f"g{n}") for n in range(300)))
    reading = read(many, Calendar("unrec", "UNREC", "", limits=Limits(events=100)))

    assert len(reading.listings) == 100
    assert any(problem.code == "too-many-listings" and problem.lost for problem in reading.problems)


GOOD = rss(
    item(
        "<ev:startdate>2007-11-27</ev:startdate><ev:enddate>2007-11-28</ev:enddate>", "<xcal:class>PUBLIC</xcal:class>"
    ),
    item(says("On 3 May 2008 in Accra."), guid="g2"),
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_mutation_of_a_good_feed_breaks_it(data):
    """Proxies and truncations write what nobody thought of."""
    body = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=20))
    reading = kinds.read(Payload(bytes(body)), Calendar("unrec", "UNREC", "", kind="feed"))

    assert reading.is_calendar or reading.problems
    assert all(listing.id for listing in reading.listings)
