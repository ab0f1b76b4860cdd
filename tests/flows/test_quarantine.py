"""A calendar that comes back empty, shrunken or not at all, night after night, in a real database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from calendar_sync.listings import Status
from flows.syncing import sync_calendar
from store import calendars
from store.connecting import connect

NIGHT = date(2007, 10, 15)
ROSTER = """
[committee]
id = "1540"
name = "1540 Committee"
time_zone = "America/New_York"
[[organisations]]
id = "1540"
name = "1540 Committee"
[[calendars]]
id = "feed"
organisation = "1540"
source = "feed.ics"
"""


def published(*uids, cancelled=(), extra=""):
    """Write a feed of coming events with these UIDs."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20071001T000000Z\r\nDTSTART;VALUE=DATE:200711{1 + number % 28:02}\r\n"
        f"SUMMARY:Workshop {uid}\r\n{'STATUS:CANCELLED' if uid in cancelled else 'STATUS:CONFIRMED'}\r\nEND:VEVENT\r\n"
        for number, uid in enumerate(uids)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{extra}{events}END:VCALENDAR\r\n"


def first(number):
    return published(*(f"u{each:02}" for each in range(number)))


TEN, GONE = first(10), None
LOGIN = "<!DOCTYPE html><html><title>Sign in</title></html>"
SCENARIOS = {
    "an empty calendar is kept for two nights": ([TEN, first(0), first(0)], [10, 10, 10], "emptied"),
    "on the third night it is believed": ([TEN, first(0), first(0), first(0)], [10, 10, 10, 0], ""),
    "an empty file is no calendar, however often it comes": ([TEN, "", "", "", ""], [10] * 5, "unreadable"),
    "a login page is no calendar, however often it comes": ([TEN, LOGIN, LOGIN, LOGIN, LOGIN], [10] * 5, "unreadable"),
    "a calendar that is gone withdraws nothing": ([TEN, GONE, GONE, GONE, GONE], [10] * 5, "refused"),
    "five of ten missing are kept": ([TEN, first(5)], [10, 10], "shrunken"),
    "five of ten missing are believed on the third night": ([TEN, first(5), first(5), first(5)], [10, 10, 10, 5], ""),
    "four missing are four withdrawn": ([TEN, first(6)], [10, 6], ""),
    "six of twenty, 30 percent, are withdrawn": ([first(20), first(14)], [20, 14], ""),
    "seven of twenty are kept": ([first(20), first(13)], [20, 20], "shrunken"),
    "a good night between starts the count anew": (
        [TEN, first(0), first(0), TEN, first(0), first(0)], [10, 10, 10, 10, 10, 10], "emptied",
    ),
    "a night without an answer is no confirmation": ([TEN, first(0), GONE, first(0)], [10, 10, 10, 10], "emptied"),
}  # fmt: skip


@pytest.fixture
def nights(tmp_path):
    """Runs one night after another; returns how many listings stand after each, and the last night's outcome."""
    roster = tmp_path / "outreach.toml"
    roster.write_text(ROSTER)
    calendar = tmp_path / "feed.ics"

    def run(bodies, **options):
        standing, outcome = [], None
        for number, body in enumerate(bodies):
            calendar.unlink(missing_ok=True)
            if body is not None:
                calendar.write_text(body, newline="")
            outcome = sync_calendar(roster, "feed", NIGHT + timedelta(days=number), **options)
            standing.append(outcome.listings)
        return standing, outcome

    run.database = f"sqlite:///{tmp_path / 'state' / 'outreach.db'}"
    run.roster, run.calendar = roster, calendar
    return run


def known(nights, night):
    store = connect(nights.database)
    try:
        with store.read() as db:
            return calendars.known(db, "feed", night)
    finally:
        store.close()


@pytest.mark.fault("T18")
@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_is_withdrawn_from_a_calendar_that_is_more_likely_broken_than_changed(nights, name):
    """An outage of two nights must not tell forty organisations that every workshop is off."""
    bodies, expected, code = SCENARIOS[name]

    standing, outcome = nights(bodies)

    assert standing == expected
    assert (outcome.error.code if outcome.error else "") == code


@pytest.mark.fault("T18")
@pytest.mark.parametrize("number", [1, 2, 3, 5, 7, 10])
def test_what_is_cancelled_in_so_many_words_is_believed_in_any_copy(nights, number):
    """CANCELLED is a fact, absence is not; even a half-written export may hold a true word."""
    uids = [f"u{each:02}" for each in range(20)]
    nights([published(*uids), published(*uids[:number], cancelled=uids[:number])])

    after = known(nights, NIGHT + timedelta(days=1))

    assert len(after) == 20
    assert {listing.key.uid for listing in after if listing.status is Status.CANCELLED} == set(uids[:number])


def test_a_person_can_accept_at_once(nights):
    """The organisation said on the telephone that it really is empty."""
    nights([TEN, first(0)])
    outcome = sync_calendar(nights.roster, "feed", NIGHT + timedelta(days=1), accept=True)
    again = sync_calendar(nights.roster, "feed", NIGHT + timedelta(days=1))

    assert (outcome.listings, outcome.error) == (0, None)
    assert (again.listings, again.error) == (0, None)


def test_the_error_says_how_long_it_is_waited_for(nights):
    """Whoever reads the report must know whether anything has to be done."""
    _, second = nights([TEN, first(0)])
    assert "after 2 more nights like this" in str(second.error)

    _, third = nights([TEN, first(0), first(0)])
    assert "if it is so once more" in str(third.error)


# -- UIDs that cannot be trusted --------------------------------------------------------------------------------------


def renamed(body, change):
    lines = [f"UID:{change(line[4:])}" if line.startswith("UID:") else line for line in body.split("\r\n")]
    return "\r\n".join(lines)


def shifted(*titles):
    """Number events from the top, as some exports do; each title keeps its day."""
    days = {"Accra": 3, "Gaborone": 27, "Amman": 12, "Kingston": 20, "Nairobi": 8, "Lomé": 15}
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}\r\nDTSTAMP:20071001T000000Z\r\nDTSTART;VALUE=DATE:200711{days[title]:02}\r\n"
        f"SUMMARY:Workshop {title}\r\nLOCATION:{title}\r\nEND:VEVENT\r\n"
        for number, title in enumerate(titles, 1)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n"


CHURN = {
    "new UIDs on every fetch": ([TEN, renamed(TEN, lambda uid: f"{uid}-2"), renamed(TEN, lambda uid: f"{uid}-3")], 0),
    "new UIDs, and one event more": ([TEN, renamed(first(11), lambda uid: f"{uid}-2")], 1),
    "new UIDs for half of them": ([TEN, renamed(TEN, lambda uid: uid if uid < "u05" else f"{uid}-2")], 0),
    "UIDs exchanged between two events": (
        [TEN, renamed(TEN, lambda uid: {"u01": "u02", "u02": "u01"}.get(uid, uid))], 0,
    ),
    "rows numbered from the top, one put first": (
        [shifted("Accra", "Gaborone", "Amman"), shifted("Kingston", "Accra", "Gaborone", "Amman")] , 1,
    ),
    "rows numbered from the top, the first taken out": (
        [shifted("Accra", "Gaborone", "Amman", "Nairobi"), shifted("Gaborone", "Amman", "Nairobi")], 0,
    ),
    "one UID twice in a feed": ([TEN, TEN.replace("UID:u01", "UID:u00")], 0),
    "the same feed after a churn": (
        [TEN, renamed(TEN, lambda uid: f"{uid}-2"), renamed(TEN, lambda uid: f"{uid}-2")], 0,
    ),
}  # fmt: skip


@pytest.mark.fault("T19")
@pytest.mark.parametrize("name", CHURN)
def test_a_changed_uid_is_no_news(nights, name):
    """Nobody wants to be told of forty new workshops because an export was set up anew."""
    bodies, new = CHURN[name]
    nights(bodies)
    last = NIGHT + timedelta(days=len(bodies) - 1)

    before = {listing.title: listing for listing in known(nights, NIGHT)}
    after = {listing.title: listing for listing in known(nights, last)}

    assert len(after.keys() - before.keys()) == new
    assert all(after[title].id == before[title].id for title in after.keys() & before.keys())
    assert all(after[title].start == before[title].start for title in after.keys() & before.keys())


def test_a_uid_taken_by_next_years_edition_leaves_last_years_as_it_was(nights):
    """A state's history must not lose the workshop it was at, because its organiser copies the entry every year."""
    this = published("annual").replace("200711", "200710").replace("20071001", "20071001")
    next_ = this.replace("VALUE=DATE:200710", "VALUE=DATE:200810")
    moved = this.replace("VALUE=DATE:200710", "VALUE=DATE:200811")

    standing, _ = nights([this, next_, next_, moved])
    after = known(nights, NIGHT + timedelta(days=3))

    assert standing == [1, 2, 2, 2]
    assert [listing.start.year for listing in after] == [2007, 2008]
    assert after[1].start.month == 11
