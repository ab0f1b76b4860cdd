"""The page of calendars over HTTP: what fails comes first, and a person accepts or refuses a calendar in doubt."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

from desk_jobs import heard, press
from desk_server import NIGHT, RunningDesk, wait_until
from desk_visitors import Visitor, visitors
from published_feed import PublishedFeed, titled, workshops

from flows.syncing import sync_calendar
from store import calendars, doubts
from store.connecting import connect
from store.doubts import Answer

NEXT = NIGHT + timedelta(days=1)


def known(desk: RunningDesk, night: date = NEXT) -> int:
    store = connect(f"sqlite:///{desk.config.parent / 'state' / 'outreach.db'}")
    with store.read() as db:
        found = len(calendars.known(db, "feed", night))
    store.close()
    return found


def answers(desk: RunningDesk) -> list[Answer]:
    store = connect(f"sqlite:///{desk.config.parent / 'state' / 'outreach.db'}")
    with store.read() as db:
        found = doubts.answers(db, "feed", most=10)
    store.close()
    return found


def shown(visitor: Visitor) -> dict[str, str]:
    """Return what the form about the calendar in doubt holds."""
    page = visitor.get("/calendars/feed").text
    form = re.search(r'<form method="post" action="/calendars/feed/accept">(.*?)</form>', page, flags=re.DOTALL)
    assert form is not None
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[1])
    return {name: unescape(value) for name, value in fields}


def words(page: str) -> str:
    """Return the text of a page."""
    body = re.sub(r"<(style|title)>.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_what_fails_comes_first_with_what_to_do_and_no_address_in_full(watched: RunningDesk, feed: PublishedFeed):
    """A morning has a minute for this page; and addresses may hold keys."""
    feed.body = "<html><title>Sign in</title></html>"
    sync_calendar(watched.config, "feed", NEXT)
    text = watched.config.read_text()
    watched.config.write_text(f'{text}[[calendars]]\nid = "new-one"\norganisation = "UA"\nsource = "new.ics"\n')
    with visitors(watched.url, "ines") as (ines,):
        page = ines.get("/calendars").text
        listed = re.findall(r'<h2><a href="/calendars/([^"]+)"', page)
        assert listed == ["feed", "new-one", "programme", "au-events"]
        told = words(page)
        assert (
            "1 calendar could not be read or is not believed. 1 was never read. The roster names 4 calendars." in told
        )
        assert "What came is no calendar; it may be a page to sign in. It has failed since 27 November 2007." in told
        assert "Last good copy: 26 November 2007, 10 listings" in told
        for each in ("/calendars", "/calendars/feed"):
            assert "private-k1" not in ines.get(each).text
            assert f"http://127.0.0.1:{feed.port}/..." in ines.get(each).text
        story = words(ines.get("/calendars/feed").text)
        assert "27 November 2007 What came is no calendar" in story
        assert "26 November 2007 read 10" in story
        assert "Read it now." in words(ines.get("/calendars/new-one").text)
        assert ines.get("/calendars/nowhere").status_code == 404
        assert press(ines, "/calendars/nowhere/sync").status_code == 404


def test_a_calendar_in_doubt_is_accepted_by_who_saw_what_it_loses(watched: RunningDesk, feed: PublishedFeed):
    """The organisation said on the telephone that the six are off."""
    feed.body = workshops(4)
    sync_calendar(watched.config, "feed", NEXT)
    with visitors(watched.url, "ines", "eva") as (ines, eva):
        page = ines.get("/calendars/feed").text
        assert re.findall(r"Workshop \d\d", page) == [f"Workshop {n:02}" for n in range(4, 10)]
        assert "As it came on 27 November 2007, 6 listings would be withdrawn." in words(page)
        assert "if it comes back like this on 2 more nights" in words(page)
        fields = shown(ines)
        assert press(eva, "/calendars/feed/accept", **fields | {"form": eva.token()}).status_code == 403
        assert known(watched) == 10
        accepted = ines.post("/calendars/feed/accept", fields | {"note": "  spoke\nwith Addis "})
        assert accepted.status_code == 303
        events = heard(ines, accepted.headers["location"])
        assert events[-1][2]["summary"] == "It was taken as it came."
        assert events[-2][2]["words"] == "read, 4 listings, 6 withdrawn"
        assert known(watched) == 4
        page = words(ines.get("/calendars/feed").text)
        assert "In quarantine" not in page
        assert "ines accepted it as it came on 27 November 2007 (27 November 2007, 12:00 UTC). spoke with Addis" in page
        assert "What the last reading changed 6 withdrawn" in page
        again = ines.post("/calendars/feed/accept", fields)
        assert again.status_code == 409
        assert "It is no longer as you saw it." in again.text
    assert sync_calendar(watched.config, "feed", NEXT).complete, "a second reading of that night asks nobody again"


def test_what_was_not_shown_is_not_withdrawn(watched: RunningDesk, feed: PublishedFeed):
    """Between the page and the press the calendar broke further."""
    feed.body = workshops(4)
    sync_calendar(watched.config, "feed", NEXT)
    with visitors(watched.url, "ines") as (ines,):
        fields = shown(ines)
        feed.body = workshops(0)
        accepted = ines.post("/calendars/feed/accept", fields)
        assert heard(ines, accepted.headers["location"])[-1][2]["summary"].startswith("It came otherwise")
        assert (known(watched), answers(watched)) == (10, [])
        assert "10 listings would be withdrawn" in words(ines.get("/calendars/feed").text)
        assert ines.post("/calendars/feed/accept", fields).status_code == 409
        assert ines.post("/calendars/feed/refuse", fields).status_code == 409
        assert ines.post("/calendars/feed/refuse", fields | {"shown": ""}).status_code == 409
        assert (known(watched), answers(watched)) == (10, [])


def test_a_refusal_is_recorded_and_the_nights_count_anew(watched: RunningDesk, feed: PublishedFeed):
    """Without it the third such night would withdraw what a person said still stands."""
    feed.body = workshops(4)
    sync_calendar(watched.config, "feed", NEXT)
    with visitors(watched.url, "ines", "omar") as (ines, omar):
        fields = shown(ines) | {"note": "the export is broken; they mend it"}
        assert ines.post("/calendars/feed/refuse", fields).headers["location"] == "/calendars/feed"
        (said,) = answers(watched)
        assert (said.accepted, said.by, said.night) == (False, "ines", NEXT)
        page = words(omar.get("/calendars/feed").text)
        assert "ines refused it as it came on 27 November 2007" in page
        assert "the export is broken; they mend it" in page
        assert "if it comes back like this on 3 more nights" in page
    standing = [sync_calendar(watched.config, "feed", NEXT + timedelta(days=n)).listings for n in range(1, 4)]
    assert standing == [10, 10, 4]


def test_more_than_a_hundred_that_would_go_are_counted(watched: RunningDesk, feed: PublishedFeed):
    """A page of ten thousand titles is read by nobody."""
    feed.body = workshops(150)
    sync_calendar(watched.config, "feed", NEXT)
    feed.body = workshops(0)
    sync_calendar(watched.config, "feed", NEXT + timedelta(days=1))
    with visitors(watched.url, "ines") as (ines,):
        page = ines.get("/calendars/feed").text
        assert len(re.findall(r">Workshop \d+</bdi>", page)) == 100
        assert "50 more are not shown." in page


def test_what_strangers_write_stays_text(watched: RunningDesk, feed: PublishedFeed):
    """Titles and messages stand on the page of what would be withdrawn."""
    payload = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    feed.body = titled(*(f"{payload} {n}" for n in range(10)))
    sync_calendar(watched.config, "feed", NEXT)
    feed.body = titled(f"{payload} 0")
    sync_calendar(watched.config, "feed", NEXT + timedelta(days=1))
    with visitors(watched.url, "ines") as (ines,):
        page = ines.get("/calendars/feed").text
        assert "&lt;script&gt;alert(1)" in page
        assert "<script" not in page
        assert "<img" not in page
        ines.post("/calendars/feed/refuse", shown(ines) | {"note": payload})
        wait_until(lambda: "&lt;script&gt;" in ines.get("/calendars/feed").text)
        assert "<script" not in ines.get("/calendars/feed").text
