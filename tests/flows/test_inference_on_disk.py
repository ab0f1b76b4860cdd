"""What a reader could work out from how calendars were read: real feeds, a real database, night after night.

The reader sees one open calendar in which some entries are private. Each attack publishes the same feed with and
without the private ones; every file of the reader, every night, must be the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from calendar_sync.parts import whole
from dedupe.decisions import Verdict, decide
from dedupe.events import Event
from dedupe.findings import Finding, Kind, Severity
from flows import leasing, steps
from flows.loading import opened
from reports import disclosure
from reports.rendering import FORMATS
from store import calendars, decisions, findings, tables

NIGHT = date(2007, 11, 5)
NOON = datetime(2007, 11, 5, 12, tzinfo=UTC)
ROSTER = """\
[committee]
id = "UN1540"
name = "1540 Committee"
time_zone = "America/New_York"
contact = "desk@committee.example"
[state]
folder = "state"
[delivery]
sender = "desk@committee.example"
server = "mail.committee.example"
[[organisations]]
id = "UN1540"
name = "1540 Committee"
reads_reports = true
[[organisations]]
id = "AU"
name = "African Union"
members = ["BW", "GH", "KE", "NG", "ZA"]
reads_reports = true
deliver_to = ["liaison@au.example"]
[[organisations]]
id = "US"
name = "United States"
[[calendars]]
id = "us"
organisation = "US"
source = "us.ics"
"""
CITIES = ("Gaborone, Botswana", "Accra, Ghana", "Nairobi, Kenya", "Abuja, Nigeria", "Pretoria, South Africa")


def entry(uid: str, title: str, day: str, *more: str, place: str = "Accra, Ghana") -> str:
    lines = (
        "BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20071001T000000Z", f"SUMMARY:{title}", f"DTSTART;VALUE=DATE:{day}",
        f"LOCATION:{place}", *more, "END:VEVENT", "",
    )  # fmt: skip
    return "\r\n".join(lines)


def private(uid: str, title: str, day: str, *more: str, place: str = "Accra, Ghana") -> str:
    return entry(uid, title, day, *more, "CLASS:PRIVATE", place=place)


def several(number: int, make: Callable[..., str] = entry, word: str = "Seminar") -> list[str]:
    """Word coming events in the reader's states, each with days, town and title of its own."""
    return [
        make(
            f"{word}{each}",
            f"{word} {each} for African States on resolution 1540",
            f"2008{1 + each % 9:02}{10 + each:02}",
            place=CITIES[each % len(CITIES)],
        )
        for each in range(number)
    ]


Feed = Sequence[str] | None
"""What the calendar holds on a night; None: it is not there."""


def publish(folder: Path, feed: Feed) -> None:
    (folder / "us.ics").unlink(missing_ok=True)
    if feed is not None:
        body = "".join(("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//tests//EN\r\n", *feed, "END:VCALENDAR\r\n"))
        (folder / "us.ics").write_text(body, newline="")


def night(folder: Path, feed: Feed, day: date) -> dict[str, bytes]:
    """Run a night, and return every file that the reader gets of it."""
    config = folder / "outreach.toml"
    publish(folder, feed)
    with leasing.begin(config, day) as lease:
        complete = steps.sync_calendar(config, "us", day, token=lease.token).complete
        steps.write_reports(config, day, tuple(FORMATS), token=lease.token)
        lease.finish(complete=complete)
    return {path.name: path.read_bytes() for path in sorted((folder / "state/reports" / str(day)).glob("AU.*"))}


def read(folder: Path, feeds: Sequence[Feed]) -> list[dict[str, bytes]]:
    """Return what the reader gets on each night of a new committee."""
    folder.mkdir()
    (folder / "outreach.toml").write_text(ROSTER)
    return [night(folder, feed, NIGHT + timedelta(days=number)) for number, feed in enumerate(feeds)]


@dataclass(frozen=True)
class Attack:
    """The same feeds, night by night, without the private entries and with them."""

    without: tuple[Feed, ...]
    with_it: tuple[Feed, ...]
    by_parts: bool = True
    """True when it would succeed, were a calendar compared as a whole."""


SEMINARS, SECRETS, MORE = several(6), several(9, private, "Secret"), several(9, private, "More")
NEW = entry("new", "Workshop for African States", "20080220", place="Lusaka, Zambia")
TWIN = ("Regional workshop for African States", "20080304")
COURSE = ("Course for African States", "20080305")
WEEKLY = ("weekly", "Weekly course for African States", "20071203")
ATTACKS = {
    "entries that vanish make the calendar a blind spot": Attack(
        ([*SEMINARS], [*SEMINARS, NEW]), ([*SEMINARS, *SECRETS], [*SEMINARS, NEW])
    ),
    "the only entries vanish": Attack(([], []), ([*SECRETS], [])),
    "entries that stand let an outage of the open ones pass": Attack(
        (SEMINARS, SEMINARS[:1]), ([*SEMINARS, *SECRETS, *MORE],
                                   [*SEMINARS[:1], *SECRETS, *MORE])
    ),
    "entries that stand keep an emptied calendar from being doubted": Attack(
        (SEMINARS, []), ([*SEMINARS, *SECRETS, *MORE], [*SECRETS, *MORE])
    ),
    "the night of the last good copy": Attack((SEMINARS, SEMINARS, None), ([*SEMINARS, *SECRETS], SEMINARS, None)),
    "how often the calendar was in doubt before": Attack(
        (SEMINARS, SEMINARS, SEMINARS, []), ([*SEMINARS, *SECRETS], SEMINARS, SEMINARS, [])
    ),
    "a cancellation among entries in doubt": Attack(
        (SEMINARS, SEMINARS),
        ([*SEMINARS, *SECRETS], [*SEMINARS, private("Secret0", "Secret 0", "20080110", "STATUS:CANCELLED")]),
    ),
    "another entry with the UID of an open one": Attack(
        ([entry("u", *TWIN)], [entry("u", *TWIN)]),
        ([private("u", "Visit", "20080101"), entry("u", *TWIN)], [entry("u", *TWIN)]),
        by_parts=False,
    ),
    "an entry that takes the UID which an open one had": Attack(
        ([entry("1", *TWIN)], [entry("3", *TWIN)]),
        ([entry("1", *TWIN)], [private("1", TWIN[0], "20080101"), entry("3", *TWIN)]),
    ),
    "rows numbered anew below an entry put before them": Attack(
        ([entry("1", *TWIN), entry("2", *COURSE)], [entry("2", *TWIN), entry("3", *COURSE)]),
        (
            [entry("1", *TWIN), entry("2", *COURSE)],
            [private("1", "Visit", "20080101"), entry("2", *TWIN), entry("3", *COURSE)],
        ),
        by_parts=False,
    ),
    "a twin of an open entry when all UIDs are new": Attack(
        ([entry("a", *TWIN)], [entry("b", *TWIN)]),
        ([entry("a", *TWIN), private("x", *TWIN)], [entry("b", *TWIN), private("y", *TWIN)]),
    ),
    "a private day of an open series, or one left out": Attack(
        ([entry(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;VALUE=DATE:20071210")],) * 2,
        ([entry(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=4"),
          private("weekly", "Secret course", "20071210", "RECURRENCE-ID;VALUE=DATE:20071210")],) * 2,
        by_parts=False,
    ),
    "since when an entry is listed that was private at first": Attack(
        (SEMINARS, [*SEMINARS, NEW]),
        ([*SEMINARS, private("new", "Workshop for African States", "20080220")], [*SEMINARS, NEW]),
    ),
    "an entry that is made private, or taken away": Attack(
        ([*SEMINARS, NEW], SEMINARS),
        ([*SEMINARS, NEW], [*SEMINARS, private("new", "Workshop for African States", "20080220")]),
        by_parts=False,
    ),
    "an entry that is made private under another UID and moved": Attack(
        ([*SEMINARS, NEW], SEMINARS), ([*SEMINARS, NEW], [*SEMINARS, private("n2", "Secret workshop", "20080221")]),
        by_parts=False,
    ),
    "entries that cannot be parsed": Attack(
        (SEMINARS, SEMINARS), (SEMINARS, [*SEMINARS, private("broken", "Secret", "2008XX20")]), by_parts=False
    ),
}  # fmt: skip


@pytest.mark.fault("T28")
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_how_a_calendar_is_read_learns_nothing(name: str, tmp_path: Path):
    """A calendar tells by how it is read too: held back, believed, renumbered, first seen."""
    attack = ATTACKS[name]
    assert read(tmp_path / "with", attack.with_it) == read(tmp_path / "without", attack.without)


@pytest.mark.parametrize("name", [name for name in ATTACKS if ATTACKS[name].by_parts])
def test_the_attack_would_learn_something_if_calendars_were_compared_as_a_whole(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Else the parts of a calendar would be there for nothing."""
    monkeypatch.setattr(disclosure, "parts", lambda roster: whole)
    monkeypatch.setattr("reports.blind_spots._as_seen", lambda view, reader, roster: view)
    attack = ATTACKS[name]
    assert read(tmp_path / "with", attack.with_it) != read(tmp_path / "without", attack.without)


# -- what is sent, numbered, decided and taught ---------------------------------------------------------------------


def sent(folder: Path) -> list[tuple[str, str, str, bytes]]:
    """Return what waits for the reader: Message-ID, state, file, and the mail but for the moment it was asked for."""
    with opened(folder / "outreach.toml") as (loaded, store), store.read() as db:
        rows = db.execute(select(tables.outbox).where(tables.outbox.c.organisation == "AU")).mappings().all()
    return [
        (row["message"], row["state"], row["path"],
         re.sub(rb"\r\nDate: [^\r]*", b"", (loaded.state_folder / row["path"]).read_bytes()))
        for row in rows
    ]  # fmt: skip


@pytest.mark.fault("T28")
def test_a_hidden_entry_that_comes_between_two_runs_of_a_night_sends_no_second_mail(tmp_path: Path):
    """ "Corrected" in a subject would tell that something changed which the reader cannot see."""
    mails = []
    for number, second in enumerate((SEMINARS, [*SEMINARS, *SECRETS])):
        folder = tmp_path / str(number)
        read(folder, (SEMINARS,))
        steps.sync_calendar(folder / "outreach.toml", "us", NIGHT)
        publish(folder, second)
        steps.sync_calendar(folder / "outreach.toml", "us", NIGHT)
        steps.write_reports(folder / "outreach.toml", NIGHT, tuple(FORMATS))
        mails.append(sent(folder))
    assert mails[0] == mails[1]
    assert any(path.endswith(".eml") for _, _, path, _ in mails[0])


@pytest.mark.fault("T28")
def test_numbers_of_findings_have_no_gaps_where_others_were_told_more(tmp_path: Path):
    """A number is given once and for all: were it common to all, a gap would tell of a finding somewhere else."""
    told = []
    for number, feed in enumerate((SEMINARS[:2], [*SECRETS[:3], *SEMINARS[:2]])):
        folder = tmp_path / str(number)
        read(folder, (feed, feed))
        with opened(folder / "outreach.toml") as (_, store), store.read() as db:
            told.append([(entry.number, entry.told) for entry in findings.load_queue(db, "AU")])
            committee = findings.load_queue(db, "UN1540")
    assert told[0] == told[1]
    assert told[0]
    assert len(committee) > len(told[0])


JOINED = (
    entry("a", "Regional workshop for African States", "20080304"),
    entry("b", "Cours de licences", "20080307", place="Abuja, Nigeria"),
    entry("c", "Customs seminar for African States", "20080310", place="Nairobi, Kenya"),
)


def confirm(folder: Path, *uids: str) -> None:
    """Say of two entries that they are one event."""
    with opened(folder / "outreach.toml") as (_, store):
        with store.read() as db:
            pair = [listing for listing in calendars.known(db, "us", NIGHT) if listing.key.uid in uids]
        pair.sort(key=lambda listing: listing.id)
        ids = (pair[0].id, pair[1].id)
        asked = Finding(Kind.SAME_EVENT, Severity.INFORMATION, "", (Event(ids[0], tuple(pair)),), listing_ids=ids)
        with store.begin() as db:
            decisions.save(db, decide(asked, Verdict.CONFIRMED, by="ines", at=NOON))


def joined(folder: Path, second: Feed) -> list[dict[str, bytes]]:
    """Read three entries, have a and b, and b and c, confirmed as one event, and read *second* the next night."""
    told = read(folder, (JOINED,))
    confirm(folder, "a", "b")
    confirm(folder, "b", "c")
    return [*told, night(folder, second, NIGHT + timedelta(days=1))]


@pytest.mark.fault("T28")
def test_decisions_do_not_tell_what_was_closed_from_what_was_taken_away(tmp_path: Path):
    """Two entries that are one event through a third stay so, whether the third was deleted or made private."""
    left = JOINED[::2]
    closed = private("b", "Moved and secret", "20080401")
    deleted = joined(tmp_path / "deleted", left)
    assert joined(tmp_path / "closed", [*left, closed]) == deleted
    # The two are one event only because somebody said so of the third.
    assert deleted[1]["AU.ics"].count(b"BEGIN:VEVENT") == 1
    assert read(tmp_path / "apart", (left,))[0]["AU.ics"].count(b"BEGIN:VEVENT") == 2


@pytest.mark.fault("T28")
def test_decisions_about_hidden_entries_teach_nothing(tmp_path: Path):
    """Taught weights count in everybody's world: a match that is scored otherwise would tell what was decided."""
    taught = []
    for number, make in enumerate((entry, private)):
        folder = tmp_path / str(number)
        pair = [make("x", "Workshop for African States", "20080304"), make("y", "Atelier africain", "20080304")]
        read(folder, ([*SEMINARS, *pair],))
        confirm(folder, "x", "y")
        taught.append(steps.teach(folder / "outreach.toml", NIGHT, by="ines", at=NOON).taught)
    assert taught[0].levels
    assert not taught[1].levels
