"""Adding a calendar at the desk: tried first, then written, and nothing inside is ever asked."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from desk_jobs import heard, press
from desk_server import RunningDesk, wait_until
from desk_visitors import Visitor, visitors
from published_feed import PublishedFeed, titled

from calendar_sync import roster
from calendar_sync.sources import guard
from calendar_sync.visibility import Visibility
from store.calendars import known
from store.connecting import connect

FORM = {"organisation": "UA", "source": "https://example.org/a.ics", "id": "", "kind": "", "visibility": "public"}
PAYLOAD = "<script>alert(1)</script>"


@pytest.fixture
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the desk take this machine for a public one."""
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.1")


def second_form(page: str) -> dict[str, str]:
    """Return what the button that adds would send."""
    form = re.search(r'<form method="post" action="/calendars/add">(.*?)</form>', page, flags=re.DOTALL)
    assert form is not None
    return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[1]))


@pytest.mark.usefixtures("reachable")
def test_a_calendar_is_seen_before_it_is_added(watched: RunningDesk, feed: PublishedFeed):
    """Nobody knows from an address what stands behind it."""
    feed.body = titled(*(f"{PAYLOAD} Workshop {n:02}" for n in range(25)))
    form = FORM | {"source": feed.address, "visibility": "shared", "shared-with-AU": "1", "shared-with-LAS": "1"}
    before = watched.config.read_bytes()
    with visitors(watched.url, "ines") as (ines,):
        page = press(ines, "/calendars/add/try", **form)
        assert page.status_code == 200
        assert "It holds 25 listings. Shown are the 20 that come next." in page.text
        assert len(re.findall(r"Workshop \d\d</bdi>", page.text)) == 20
        assert "<script>" not in page.text
        assert watched.config.read_bytes() == before, "to try is to keep nothing"
        fields = second_form(page.text)
        assert fields["id"] == "ua-events"
        added = ines.post("/calendars/add", fields)
        assert (added.status_code, added.headers["location"]) == (303, "/calendars/ua-events")
        calendar = roster.load(watched.config).calendar("ua-events")
        assert calendar.source == feed.address
        assert (calendar.visibility, calendar.shared_with) == (Visibility.SHARED, ("AU", "LAS"))
        assert not calendar.private_network
        assert watched.config.read_bytes().startswith(before)
        assert "It was never read." in ines.get("/calendars/ua-events").text
        assert "private-k1" not in ines.get("/calendars/ua-events").text
        again = ines.post("/calendars/add", fields)
        assert again.status_code == 409
        assert "A calendar has this id already." in again.text
        events = heard(ines, press(ines, "/calendars/ua-events/sync").headers["location"])
        assert "Its server said no." in events[-2][2]["words"], "the process that reads it is guarded, too"
    store = connect(f"sqlite:///{watched.config.parent / 'state' / 'outreach.db'}")
    with store.read() as db:
        assert known(db, "ua-events", watched.now.date()) == []
    store.close()


def test_what_will_not_do_is_said_and_nothing_is_lost_that_was_typed(watched: RunningDesk):
    """Whoever mistypes one field does not want to fill in the others again."""
    before = watched.config.read_bytes()
    wrong = {
        "Choose an organisation": {"organisation": PAYLOAD},
        "begins with https, http or webcal": {"source": "/etc/passwd"},
        "holds a password": {"source": "https://ana:pw@example.org/"},
        "letters, digits": {"id": '"]\n[state]'},
        "Choose a kind": {"kind": PAYLOAD},
        "Choose a visibility": {"visibility": PAYLOAD},
        "Say with whom": {"visibility": "busy"},
    }
    with visitors(watched.url, "ines") as (ines,):
        for path in ("/calendars/add/try", "/calendars/add"):
            for sentence, fields in wrong.items():
                answer = press(ines, path, **FORM | fields)
                assert answer.status_code == 400, fields
                assert sentence in answer.text
                assert "<script>" not in answer.text
                if "source" not in fields:
                    assert 'value="https://example.org/a.ics"' in answer.text
            taken = press(ines, path, **FORM | {"id": "AU-Events"})
            assert taken.status_code == 409
    assert watched.config.read_bytes() == before


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "[::ffff:7f00:1]", "0.0.0.0"]
)
def test_the_desk_asks_nobody_inside(watched: RunningDesk, feed: PublishedFeed, host: str):
    """What answers only this machine must not answer a coordinator through it."""
    asked = feed.asked
    with visitors(watched.url, "ines") as (ines,):
        for scheme in ("http", "webcal"):
            answer = press(ines, "/calendars/add/try", **FORM | {"source": f"{scheme}://{host}:{feed.port}/"})
            assert answer.status_code == 200
            assert "What came is no calendar. It cannot be added as it is." in answer.text
            assert 'action="/calendars/add"' not in answer.text
    assert feed.asked == asked


def test_a_roster_that_takes_nothing_is_told_with_what_to_paste(watched: RunningDesk):
    """Some keep it under version control, where the desk may not write."""
    text = watched.config.read_text()
    inline = text.partition("[[calendars]]")[0]
    others = "[[organisations]]" + text.partition("[[organisations]]")[2].partition("[[calendars]]")[0]
    watched.config.write_text(f"calendars = []\n{inline if '[[organisations]]' in inline else inline + others}")
    before = watched.config.read_bytes()
    with visitors(watched.url, "ines") as (ines,):
        answer = press(ines, "/calendars/add", **FORM | {"organisation": "UN1540", "id": "mine"})
        assert answer.status_code == 503
        assert "outreach.toml could not be changed; it is as it was." in answer.text
        assert "[[calendars]]\nid = &#34;mine&#34;" in answer.text
    assert watched.config.read_bytes() == before


@pytest.mark.usefixtures("reachable")
def test_only_three_are_tried_at_a_time(watched: RunningDesk, feed: PublishedFeed):
    """Each holds a thread of the desk until its server has answered."""
    feed.gate.clear()
    asked = feed.asked
    form = FORM | {"source": feed.address}
    with visitors(watched.url, "ines") as (ines,), ThreadPoolExecutor(3) as pool:
        cookie = {"Cookie": f"outreach={ines.http.cookies['outreach']}"}
        visitors_of_hers = [Visitor(watched.url, **cookie) for _ in range(3)]
        tries = [pool.submit(press, each, "/calendars/add/try", **form) for each in visitors_of_hers]
        wait_until(lambda: feed.asked > asked)
        wait_until(lambda: press(ines, "/calendars/add/try", **form).status_code == 429)
        feed.gate.set()
        assert [one.result().status_code for one in tries] == [200] * 3
