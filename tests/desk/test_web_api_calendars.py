"""Calendars over the API: tried and added, and one in doubt accepted or refused by who saw what it would lose."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from desk_programs import problem, program, token_for
from desk_server import NIGHT, RunningDesk, wait_until
from published_feed import PublishedFeed, titled, workshops

from calendar_sync import roster
from calendar_sync.sources import guard
from flows import adding
from flows.adding import Unfit
from flows.syncing import sync_calendar

NEXT = NIGHT + timedelta(days=1)
DESCRIBED = {"organisation": "UA", "source": "https://example.org/a.ics"}


@pytest.fixture
def ines(watched: RunningDesk) -> Iterator[httpx.Client]:
    """A coordinator's program."""
    with program(watched.url, token_for(watched.config, "ines")) as client:
        yield client


@pytest.fixture
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the desk take this machine for a public one."""
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.1")


@pytest.fixture
def doubted(watched: RunningDesk, feed: PublishedFeed, ines: httpx.Client) -> dict:
    """The calendar as it is seen on the day on which six of its ten workshops are missing."""
    feed.body = workshops(4)
    sync_calendar(watched.config, "feed", NEXT)
    told = ines.get("/calendars/feed").json()
    assert told["doubted"]
    return told


def ended(ines: httpx.Client, job: str) -> dict:
    """Wait for a job, and return what became of it."""
    wait_until(lambda: ines.get(f"/jobs/{job}").json()["ended"])
    return ines.get(f"/jobs/{job}").json()


def test_a_calendar_is_told_whole_without_its_secret(watched: RunningDesk, feed: PublishedFeed, ines: httpx.Client):
    """What fails, since when, and what to do; the address may hold a key."""
    feed.body = "<html><title>Sign in</title></html>"
    sync_calendar(watched.config, "feed", NEXT)
    told = ines.get("/calendars").json()
    assert told["night"] == NIGHT.isoformat()
    assert [one["calendar"] for one in told["calendars"]] == ["feed", "programme", "au-events"]
    failing, fine = told["calendars"][0], told["calendars"][1]
    assert (failing["code"], failing["since"], failing["last_good"]) == ("unreadable", "2007-11-27", "2007-11-26")
    assert (failing["asked"], failing["doubted"], failing["listings"]) == ("2007-11-27", False, 10)
    assert failing["next"].startswith("Open its address")
    assert (fine["code"], fine["next"], fine["since"]) == (None, None, None)
    whole = ines.get("/calendars/feed").json()
    assert {name: whole[name] for name in failing} == failing
    assert [(one["night"], one["code"]) for one in whole["nights"]] == [
        ("2007-11-27", "unreadable"),
        ("2007-11-26", None),
    ]
    assert (whole["quarantine"], whole["answers"]) == (None, [])
    assert whole["address"] == f"http://127.0.0.1:{feed.port}/..."
    assert "private-k1" not in str(told) + str(whole)
    problem(ines.get("/calendars/nowhere"), 404)


def test_one_in_doubt_is_accepted_as_it_was_seen(
    watched: RunningDesk, feed: PublishedFeed, ines: httpx.Client, doubted: dict
):
    """The organisation said on the telephone that the six are off."""
    held = doubted["quarantine"]
    assert (held["night"], held["missing"], held["nights_left"], held["refused"]) == ("2007-11-27", 6, 2, False)
    assert [one["title"] for one in held["listings"]] == [f"Workshop {number:02}" for number in range(4, 10)]
    assert held["listings"][0]["earliest"] == "2007-12-05"
    word = {"shown": held["shown"], "note": "  spoke\nwith Addis "}
    problem(ines.post("/calendars/nowhere/accept", json=word), 404)
    for shown in ("", "another"):
        problem(ines.post("/calendars/feed/accept", json=word | {"shown": shown}), 409)
    begun = ines.post("/calendars/feed/accept", json=word)
    assert begun.status_code == 202
    done = ended(ines, begun.json()["job"])
    assert (done["sort"], done["calendars"], done["by"]) == ("accept", ["feed"], "ines")
    assert done["summary"] == "It was taken as it came."
    assert ines.get("/jobs").json()["jobs"] == [{name: value for name, value in done.items() if name != "lines"}]
    after = ines.get("/calendars/feed").json()
    assert (after["doubted"], after["quarantine"], after["listings"]) == (False, None, 4)
    assert (after["changed"]["withdrawn"], len(after["changed"]["told"])) == (6, 6)
    (said,) = after["answers"]
    assert (said["accepted"], said["by"], said["note"], said["night"]) == (
        True,
        "ines",
        "spoke with Addis",
        "2007-11-27",
    )
    problem(ines.post("/calendars/feed/accept", json=word), 409)


def test_what_was_not_seen_is_not_withdrawn(feed: PublishedFeed, ines: httpx.Client, doubted: dict):
    """Between the answer and the word the calendar broke further."""
    feed.body = workshops(0)
    begun = ines.post("/calendars/feed/accept", json={"shown": doubted["quarantine"]["shown"]})
    assert ended(ines, begun.json()["job"])["summary"].startswith("It came otherwise")
    after = ines.get("/calendars/feed").json()
    assert (after["quarantine"]["missing"], after["listings"], after["answers"]) == (10, 10, [])


def test_one_in_doubt_is_refused(watched: RunningDesk, ines: httpx.Client, doubted: dict):
    """Without it the third such night would withdraw what a person said still stands."""
    word = {"shown": doubted["quarantine"]["shown"], "note": "the export is broken"}
    problem(ines.post("/calendars/nowhere/refuse", json=word), 404)
    problem(ines.post("/calendars/feed/refuse", json=word | {"shown": ""}), 409)
    after = ines.post("/calendars/feed/refuse", json=word).json()
    assert (after["quarantine"]["refused"], after["quarantine"]["nights_left"]) == (True, 3)
    assert [(one["accepted"], one["note"]) for one in after["answers"]] == [(False, "the export is broken")]
    standing = [sync_calendar(watched.config, "feed", NEXT + timedelta(days=n)).listings for n in range(1, 4)]
    assert standing == [10, 10, 4]


@pytest.mark.usefixtures("reachable")
def test_a_calendar_is_tried_then_added(watched: RunningDesk, feed: PublishedFeed, ines: httpx.Client):
    """Nobody knows from an address what stands behind it; to try is to keep nothing."""
    feed.body = titled(*(f"Workshop {number:02}" for number in range(25)))
    said = DESCRIBED | {"source": feed.address, "visibility": "shared", "shared_with": ["AU"]}
    before = watched.config.read_bytes()
    tried = ines.post("/trials", json=said).json()
    assert (tried["id"], tried["is_calendar"], tried["number"], tried["coming"]) == ("ua-events", True, 25, True)
    assert [one["title"] for one in tried["listings"]] == [f"Workshop {number:02}" for number in range(20)]
    assert watched.config.read_bytes() == before
    added = ines.post("/calendars", json=said)
    assert added.status_code == 201
    assert (added.json()["calendar"], added.json()["asked"], added.json()["nights"]) == ("ua-events", None, [])
    assert (added.json()["visibility"], added.json()["shared_with"]) == ("shared", ["AU"])
    assert roster.load(watched.config).calendar("ua-events").source == feed.address
    assert "private-k1" not in added.text
    problem(ines.post("/calendars", json=said | {"id": "UA-Events"}), 409)
    feed.body = "<html><title>Sign in</title></html>"
    page = ines.post("/trials", json=said | {"id": "other"}).json()
    assert (page["is_calendar"], page["listings"], page["coming"]) == (False, [], False)
    assert page["noted"]


def test_nobody_inside_is_asked_and_what_went_wrong_is_an_answer(feed: PublishedFeed, ines: httpx.Client):
    """A trial that reaches nothing has been done all the same."""
    asked = feed.asked
    answer = ines.post("/trials", json=DESCRIBED | {"source": feed.address})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["is_calendar"], told["number"]) == (False, 0)
    assert [one["code"] for one in told["noted"]] == ["refused"]
    assert feed.asked == asked


def test_what_cannot_be_added_says_why(watched: RunningDesk, ines: httpx.Client):
    """And nothing is written."""
    before = watched.config.read_bytes()
    wrong = {
        Unfit.ORGANISATION: {"organisation": "XX"}, Unfit.ADDRESS: {"source": "/etc/passwd"},
        Unfit.SECRET: {"source": "https://ana:pw@example.org/"}, Unfit.ID: {"id": "a/b"},
        Unfit.KIND: {"kind": "stone"}, Unfit.SHARED_WITH: {"visibility": "busy"},
    }  # fmt: skip
    for why, fields in wrong.items():
        for path in ("/trials", "/calendars"):
            assert problem(ines.post(path, json=DESCRIBED | fields), 400)["detail"], why
    for path in ("/trials", "/calendars"):
        problem(ines.post(path, json=DESCRIBED | {"id": "AU-Events"}), 409)
        problem(ines.post(path, json=DESCRIBED | {"visibility": "secret"}), 422)
    assert watched.config.read_bytes() == before


@pytest.mark.usefixtures("reachable")
def test_who_tries_while_others_do_comes_again(
    feed: PublishedFeed, ines: httpx.Client, monkeypatch: pytest.MonkeyPatch
):
    """Each trial holds a thread of the desk until its server has answered."""
    monkeypatch.setattr(adding, "_AT_ONCE", threading.BoundedSemaphore(1))
    assert adding._AT_ONCE.acquire(blocking=False)
    answer = ines.post("/trials", json=DESCRIBED | {"source": feed.address})
    problem(answer, 429)
    assert answer.headers["retry-after"] == "30"


def test_a_roster_that_takes_nothing_is_told_with_what_to_add(watched: RunningDesk, ines: httpx.Client):
    """Some keep it under version control, where the desk may not write."""
    text = watched.config.read_text()
    others = "[[organisations]]" + text.partition("[[organisations]]")[2].partition("[[calendars]]")[0]
    inline = text.partition("[[calendars]]")[0]
    watched.config.write_text(f"calendars = []\n{inline if '[[organisations]]' in inline else inline + others}")
    before = watched.config.read_bytes()
    answer = ines.post("/calendars", json=DESCRIBED | {"organisation": "UN1540", "id": "mine"})
    assert '[[calendars]]\nid = "mine"' in problem(answer, 503)["detail"]
    assert watched.config.read_bytes() == before
