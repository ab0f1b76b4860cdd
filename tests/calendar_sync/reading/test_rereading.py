"""What did not change is not parsed again, and nobody can tell from the outcome."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.reading import Problem, kinds
from calendar_sync.reading.guarded import read_guarded
from calendar_sync.reading.memory import Memory
from calendar_sync.reading.rereading import CHURN, LARGE, plan, read_again
from calendar_sync.reading.series import cut
from calendar_sync.refresh import Outcome, refresh
from calendar_sync.roster import Calendar, Limits
from calendar_sync.sources import Payload

FEED = Calendar("feed", "ORG", "feed.ics")
NIGHT = date(2026, 3, 1)
WINDOW = (date(2025, 2, 1), date(2027, 9, 1))


def vevent(uid="a", title="Workshop", day=10, *lines, stamp="20260101T000000Z"):
    return "\r\n".join(
        [
            "BEGIN:VEVENT", f"DTSTAMP:{stamp}", *([f"UID:{uid}"] if uid else []), f"SUMMARY:{title}",
            f"DTSTART;TZID=Somewhere:202604{day:02}T090000", *lines, f"LAST-MODIFIED:{stamp}", "END:VEVENT", "",
        ]
    )  # fmt: skip


def zone(offset="+0200"):
    return (
        "BEGIN:VTIMEZONE\r\nTZID:Somewhere\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        f"TZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )


def feed(*vevents, head=None, name="Feed"):
    head = zone() if head is None else head
    return Payload(
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:{name}\r\n{head}{''.join(vevents)}END:VCALENDAR\r\n".encode(),
        "text/calendar",
    )


def remembered(payload, calendar=FEED, window=WINDOW):
    """What a reading leaves behind, by way of the store."""
    return Memory.from_bytes(read_again(payload, calendar, window).memory.to_bytes())


def parsed(payload, memory, window=WINDOW, calendar=FEED):
    """UIDs of the series that would be parsed again."""
    return set().union(*plan(payload, calendar, window, memory).shares)


def test_new_stamps_alone_cost_no_parsing():
    """Google stamps every event with the moment of the fetch."""
    memory = remembered(feed(vevent("a"), vevent("b")))
    again = feed(vevent("a", stamp="20260301T000000Z"), vevent("b", stamp="20260301T000000Z"))

    assert plan(again, FEED, WINDOW, memory).shares == ()
    assert read_again(again, FEED, WINDOW, memory).unchanged == {"a", "b"}


def test_only_the_series_that_changed_is_parsed():
    """Re-reading costs what changed, not what is there."""
    memory = remembered(feed(vevent("a"), vevent("b")))
    again = feed(vevent("a"), vevent("b", "Moved", 12), vevent("c"))

    reading = read_again(again, FEED, WINDOW, memory)

    assert parsed(again, memory) == {"b", "c"}
    assert {listing.title for listing in reading.listings} == {"Moved", "Workshop"}
    assert reading.unchanged == {"a"}


@pytest.mark.parametrize(
    "again",
    [
        feed(vevent("a"), vevent("b"), head=zone("+0300")),
        feed(vevent("a"), vevent("b"), head=f"X-WR-TIMEZONE:Africa/Accra\r\n{zone()}"),
        feed(vevent("a"), vevent("b"), name="Renamed"),
    ],
)
def test_another_zone_or_calendar_property_concerns_every_series(again):
    """The words of an event stay the same, and it takes place at another hour."""
    memory = remembered(feed(vevent("a"), vevent("b")))

    assert parsed(again, memory) == {"a", "b"}


def test_another_entry_in_the_roster_concerns_every_series():
    """Whoever declares a calendar hidden must not find last week's reading of it public."""
    memory = remembered(feed(vevent("a")))

    assert parsed(feed(vevent("a")), memory, calendar=replace(FEED, language="fr")) == {"a"}


def test_new_uids_on_every_fetch_are_recognised_by_what_the_events_say():
    """Outlook issues new UIDs at every fetch."""

    def fetched(fetch, moved=None):
        days = {number: 1 + number % 28 for number in range(CHURN)}
        return feed(*(vevent(f"{n}-{fetch}", f"Workshop {n}", 28 if n == moved else day) for n, day in days.items()))

    second = read_again(fetched(2), FEED, WINDOW, remembered(fetched(1)))

    assert second.listings == ()
    assert second.unchanged == {f"{number}-1" for number in range(CHURN)}
    assert parsed(fetched(3, moved=7), second.memory) == {"7-3"}


def test_a_new_uid_among_few_is_parsed():
    """One event that got a new UID is recognised by the comparison of listings, as in any reading."""
    memory = remembered(feed(vevent("a1", "Accra"), vevent("b", "Gaborone")))

    assert parsed(feed(vevent("a2", "Accra"), vevent("b", "Gaborone")), memory) == {"a2"}


def test_the_window_moves_for_those_that_recur_and_those_that_lay_outside():
    """A rule gives other days in another month; a single event gives the same one."""
    weekly, far = vevent("weekly", "Weekly", 10, "RRULE:FREQ=WEEKLY"), vevent("far").replace("202604", "202804")
    payload = feed(vevent("a"), weekly, far)
    memory = remembered(payload)

    assert parsed(payload, memory, (WINDOW[0], date(2028, 9, 1))) == {"weekly", "far"}
    assert parsed(payload, memory) == set()


def test_an_event_without_uid_is_always_parsed():
    """Nobody can say by its name that it is the one we know."""
    payload = feed(vevent("a"), vevent(""))
    memory = remembered(payload)

    assert parsed(payload, memory) == {""}
    assert len(read_again(payload, FEED, WINDOW, memory).listings) == 1


@pytest.mark.parametrize(
    "body",
    [
        feed(vevent("a").replace("END:VEVENT\r\n", ""), vevent("b")).body,
        feed(vevent("a"), "BEGIN:X-BOX\r\n", vevent("b"), "END:X-BOX\r\n").body,
        feed(vevent("a", "b\x00b")).body,
        feed(vevent("a", "Lomé")).body.decode().encode("latin-1"),
        feed(vevent("a")).body.replace(b"\r\n", b"\r"),
        feed(vevent("").replace("SUMMARY", "uid:a\r\nSUMMARY")).body,
        feed(vevent("").replace("SUMMARY", "UID;X=1:a\r\nSUMMARY")).body,
        feed(vevent("").replace("SUMMARY", "UID:a\r\n b\r\nSUMMARY")).body,
        feed(vevent("").replace("SUMMARY", "BEGIN:VALARM\r\nUID:x\r\nEND:VALARM\r\nUID:a\r\nSUMMARY")).body,
        feed(vevent("a")).body.replace(b"END:VCALENDAR\r\n", b"END:VCALENDAR\r\nEND:VCALENDAR\r\n"),
        feed(vevent("a")).body[:-30],
        "Lom\ufffd".join(feed(vevent("a", "XX")).body.decode().split("XX")).encode(),
    ],
)
def test_a_feed_whose_form_leaves_a_doubt_is_read_whole(body):
    """A line counted to the wrong event would change it, or lose its neighbour."""
    payload = Payload(body, "text/calendar")
    memory = remembered(payload)

    assert memory.series is None or memory.series.keys() <= {""}
    assert read_again(payload, FEED, WINDOW, memory).listings == kinds.read(payload, FEED, WINDOW).listings


def test_what_was_wrong_with_a_series_is_still_told_when_nobody_parses_it():
    """A problem does not go away by looking elsewhere."""
    broken = vevent("b").replace("DTSTART;TZID=Somewhere:20260410T090000", "DTSTART:soon")
    payload = feed(vevent("a"), broken)
    first = read_again(payload, FEED, WINDOW)
    again = read_again(feed(vevent("a", "Moved"), broken), FEED, WINDOW, first.memory)

    assert [problem.uid for problem in first.problems if problem.lost] == ["b"]
    assert set(again.problems) == set(first.problems)


def test_more_events_than_the_limit_are_named_and_never_withdrawn():
    """The surplus may hold what we know."""
    small = replace(FEED, limits=Limits(events=2))
    reading = read_again(feed(vevent("a"), vevent("b"), vevent("c")), small, WINDOW)

    assert len(reading.listings) == 2
    assert [problem.code for problem in reading.problems if problem.lost] == ["too-many-events"]


@pytest.mark.parametrize("several", [False, True])
def test_a_worker_reads_what_this_process_reads(several):
    """The guard must not change what is read, nor must a second processor."""
    vevents = [vevent(f"u{number}", f"Workshop {number} " + "x" * 700, 1 + number % 28) for number in range(8_000)]
    payload = feed(*(vevents if several else vevents[:20]))
    assert (len(payload.body) > LARGE) is several

    guarded, here = read_guarded(payload, FEED, WINDOW), read_again(payload, FEED, WINDOW)

    assert guarded.listings == here.listings
    assert guarded.memory == here.memory
    assert guarded.problems == here.problems


def test_a_reader_that_takes_too_long_is_stopped_with_its_helpers():
    """One feed must not hold up the night."""
    hasty = replace(FEED, limits=Limits(reading_seconds=0.01))

    reading = read_guarded(feed(vevent("a")), hasty, WINDOW)

    assert [problem.code for problem in reading.problems] == ["too-slow"]
    assert not reading.is_calendar


def test_a_reader_that_takes_too_much_memory_is_stopped():
    """One feed must not take the machine with it."""
    small = replace(FEED, limits=Limits(reading_bytes=60_000_000))
    payload = feed(*(vevent(f"u{number}", "x" * 2_000) for number in range(10_000)))

    reading = read_guarded(payload, small, WINDOW)

    assert [problem.code for problem in reading.problems] == ["too-large"]


# -- the same, whatever happens to a feed -----------------------------------------------------------------------------

TITLES = st.sampled_from(["Workshop", "Seminar", "Atelier"])
# Two that say the same word for word are told apart by nobody whose UIDs have changed.
EVENTS = st.lists(
    st.tuples(
        st.sampled_from("abcdef"), TITLES, st.integers(1, 28),
        st.sampled_from([(), (), ("RRULE:FREQ=MONTHLY",), ("STATUS:CANCELLED",), ("RECURRENCE-ID:20260410T090000",)]),
    ),
    min_size=1, max_size=7, unique_by=lambda event: event[1:3],
)  # fmt: skip


class Answering:
    calendar = "feed"

    def __init__(self, payload):
        self.payload = payload

    def fetch(self, night, stored):
        return self.payload


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, min_size=2, max_size=4), st.lists(st.sampled_from(["+0200", "+0300"]), min_size=4, max_size=4))
def test_reading_what_changed_comes_to_the_same_as_reading_all(nights, offsets):
    """Night after night, whoever remembers and whoever reads all must tell the same story."""
    short = long = None
    for number, (events, offset) in enumerate(zip(nights, offsets, strict=False)):
        vevents = (vevent(uid, title, day, *lines) for uid, title, day, lines in events)
        payload = feed(*vevents, head=zone(offset))
        night, window = NIGHT + timedelta(days=number), WINDOW if number < 2 else (WINDOW[0], date(2027, 10, 1))
        told = [
            refresh(
                Answering(payload), FEED, before.listings if before else (), night, window, memory=memory, accept=True,
                read=lambda p, c, w, m, keep=keep: read_again(p, c, w, m if keep else None),
            )
            for before, memory, keep in ((short, short.memory if short else None, True), (long, None, False))
        ]  # fmt: skip
        if told[0].as_before:
            told[0] = replace(told[0], listings=short.listings)
            assert told[1].changes.nothing
        else:
            for bucket in ("added", "updated", "withdrawn", "replaced"):
                assert getattr(told[0].changes, bucket) == getattr(told[1].changes, bucket)
        short, long = told
        assert short.listings == long.listings
        assert short.problems == long.problems


def test_the_same_bytes_are_not_even_looked_at():
    """A 304, or a body that is the same, costs no parsing; in a new month the window has moved, and it does."""
    payload = feed(vevent("a"), vevent("b", "Weekly", 10, "RRULE:FREQ=WEEKLY"))
    asked = []

    def read(*question):
        asked.append(question)
        return read_again(*question)

    first = refresh(Answering(payload), FEED, (), NIGHT, WINDOW, read=read)
    second = refresh(
        Answering(None), FEED, first.listings, NIGHT, WINDOW, stored=payload, memory=first.memory, read=read
    )
    third = refresh(
        Answering(None), FEED, first.listings, NIGHT, (WINDOW[0], date(2027, 10, 1)), stored=payload,
        memory=second.memory, read=read,
    )  # fmt: skip

    assert len(asked) == 2
    assert second.as_before
    assert second.outcome is Outcome.UNCHANGED
    assert len(third.changes.added) == 4


def test_cutting_keeps_every_byte():
    """What is taken out is taken out whole, and nothing else with it."""
    payload = feed(vevent("a"), vevent("b"), "BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n", vevent("a", "Again"))
    found = cut(payload.body, 10)

    assert found.only({"a", "b"}) == payload.body
    assert found.only({"b"}).count(b"BEGIN:VEVENT") == 1
    assert b"VTODO" in found.only(())


def test_problems_survive_the_store():
    """They are told on nights when nobody reads."""
    problem = Problem("no-title", "the event has no SUMMARY", "a", lost=True)

    assert Memory.from_bytes(Memory("b", "r", None, problems=(problem,)).to_bytes()).problems == (problem,)


@pytest.mark.fault("T13")
def test_a_million_events_are_refused_at_the_cap_and_said_to_be(record_property, tmp_path):
    """A poisoned feed costs a bounded share of the machine, and what was read of it stands."""
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells the height of a process's memory apart from its parent's")
    body = tmp_path / "million.ics"
    with body.open("w", newline="") as file:
        file.write("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
        file.writelines(
            f"BEGIN:VEVENT\r\nUID:{number}\r\nDTSTART;VALUE=DATE:20260302\r\nSUMMARY:x\r\nEND:VEVENT\r\n"
            for number in range(10**6)
        )
        file.write("END:VCALENDAR\r\n")
    script = f"""
import json, re, resource, time
from pathlib import Path
from calendar_sync.reading.guarded import read_guarded
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload
began = time.monotonic()
reading = read_guarded(Payload(Path({str(body)!r}).read_bytes(), "text/calendar"), Calendar("feed", "ORG", "feed.ics"))
# Not ru_maxrss, which begins with that of whoever started this process.
own = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
peak = [own // 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024]
print(json.dumps([len(reading.listings), [p.code for p in reading.problems], peak, round(time.monotonic() - began)]))
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    listings, problems, peak, seconds = json.loads(ran.stdout)
    record_property("measured", f"{seconds} s, {max(peak)} MiB in the larger process")

    assert listings == 50_000
    assert problems == ["too-many-events"]
    assert max(peak) <= 512
