"""outreach.toml gets one more calendar: exactly that one, whole or not at all, whatever somebody types."""

from __future__ import annotations

import shutil
import stat
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from published_feed import PublishedFeed, published

from calendar_sync import roster
from calendar_sync.errors import RosterError
from calendar_sync.roster import Calendar
from calendar_sync.sources import guard
from calendar_sync.visibility import Visibility
from flows import adding
from flows.adding import CalendarUnfit, RosterNotWritten, Unfit, add_calendar, described, tried

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "1540"
TODAY = date(2010, 2, 2)
GOOD = {"id_": "au-web", "organisation": "AU", "source": "https://example.org/events.ics"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The longest example there is: comments, tables within tables, texts over several lines."""
    for name in ("outreach.toml", "positions.toml"):
        shutil.copy(EXAMPLE / name, tmp_path)
    return tmp_path / "outreach.toml"


@pytest.fixture
def feed() -> Iterator[PublishedFeed]:
    """A calendar on this machine."""
    with published() as feed:
        yield feed


def test_all_that_stands_stays_to_the_byte(config: Path):
    """Somebody wrote comments there for whoever comes after."""
    config.chmod(0o640)
    before, known = config.read_bytes(), roster.load(config)
    calendar = described(known, **GOOD, kind="ics", visibility="busy", shared_with=("SADC", "ECOWAS"))
    add_calendar(config, calendar)
    after = config.read_bytes()
    assert after[: len(before)] == before
    assert after[len(before) :].decode() == (
        '\n[[calendars]]\nid = "au-web"\norganisation = "AU"\nsource = "https://example.org/events.ics"\nkind = "ics"\n'
        'visibility = "busy"\nshared_with = ["SADC", "ECOWAS"]\n'
    )
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    loaded = roster.load(config)
    assert loaded.calendars == (*known.calendars, calendar)
    assert loaded.calendar("au-web").visibility is Visibility.BUSY
    assert not list(config.parent.glob(".outreach.toml.*")), "nothing is left beside it"


@pytest.mark.parametrize("end", ["", "# the last line has no end", "\r\n# written on Windows\r\n"])
def test_a_file_may_end_as_it_likes(config: Path, end: str):
    """Editors differ."""
    body = config.read_bytes() + end.encode()
    if "\r" in end:
        body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    config.write_bytes(body)
    add_calendar(config, described(roster.load(config), **GOOD))
    after = config.read_bytes()
    assert after.startswith(body)
    assert roster.load(config).calendar("au-web").source == GOOD["source"]
    assert b"\r\n" not in after or b"\n" not in after.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        *(("source", source, Unfit.ADDRESS) for source in (
            "", "events.ics", "/etc/passwd", "../../etc/passwd", "file:///etc/passwd", "FILE:///etc/passwd",
            "ftp://example.org/a.ics", "gopher://example.org/", "caldav://example.org/", "caldavs://example.org/",
            "webcals://example.org/", "data:text/calendar,BEGIN", "javascript:alert(1)", "//example.org/a.ics",
            "https://", "https:///a.ics",
            "https://example.org/a b.ics", "https://example.org/a.ics\n[[calendars]]", "https://example.org/\x00",
            'https://example.org/"\n[state]\nfolder = "x"', "https://[::1", "https://example.org:99999/",
            "https://example.org/\u202egnp.ics", f"https://example.org/{'x' * 2000}",
        )),
        *(("source", source, Unfit.SECRET) for source in (
            "https://ana:pw@example.org/a.ics", "https://key@example.org/", "https://evil.example/?k=${OUTREACH_DB}",
            "https://evil.example/${file:state/desk.key}",
        )),
        *(("id_", id_, Unfit.ID) for id_ in (
            "a/b", "..", "a b", 'a"', "a\nb", "a]]", "x" * 61, "add", "sync", "a.b", "<b>",
        )),
        ("id_", "ARF", Unfit.TAKEN),
        *(("organisation", organisation, Unfit.ORGANISATION) for organisation in ("", "NOBODY", "au", 'AU"')),
        *(("kind", kind, Unfit.KIND) for kind in ("exe", 'ics"', "ICS")),
        *(("visibility", level, Unfit.VISIBILITY) for level in ("", "everybody", "PUBLIC", "secret")),
        *(("shared_with", names, Unfit.SHARED_WITH) for names in (("AU",), ("NOBODY",))),
    ],
)  # fmt: skip
def test_what_cannot_be_a_calendar_is_refused(config: Path, field: str, value: object, why: Unfit):
    """Whoever may add a calendar may not read this machine's files with it, nor write another setting."""
    with pytest.raises(CalendarUnfit) as refused:
        described(roster.load(config), **{**GOOD, field: value})  # type: ignore[arg-type]
    assert refused.value.why is why


@pytest.mark.parametrize(
    ("level", "names", "fits"),
    [("shared", (), False), ("busy", (), False), ("shared", ("AU", "NOBODY"), False), ("hidden", ("AU",), False),
     ("shared", ("AU",), True), ("hidden", (), True)],
)  # fmt: skip
def test_shared_means_with_somebody(config: Path, level: str, names: tuple[str, ...], fits: bool):
    """Shared with nobody would be hidden without saying so."""
    loaded = roster.load(config)
    if fits:
        assert described(loaded, **GOOD, visibility=level, shared_with=names).shared_with == names
    else:
        with pytest.raises(CalendarUnfit):
            described(loaded, **GOOD, visibility=level, shared_with=names)


@pytest.mark.parametrize(
    "letters", ['"]\n[state]\nfolder="/tmp"\n#', "\\", '\\"', "\x00\x1f\x7f", "é漢\U0001f600", "'''", '"""']
)
def test_whatever_gets_as_far_as_the_file_is_one_text_there(config: Path, letters: str):
    """The form refuses most of it; the file must hold even if the form does not."""
    known = roster.load(config)
    calendar = Calendar("hostile", "AU", f"https://example.org/{letters}")
    (read,) = tomllib.loads(adding.as_toml(calendar))["calendars"]
    assert read == {"id": "hostile", "organisation": "AU", "source": calendar.source}
    assert roster.load(config) == known


def test_an_id_is_suggested_that_nobody_has(config: Path):
    """And one that can name a file."""
    loaded = roster.load(config)
    first = described(loaded, **{**GOOD, "id_": " "})
    assert first.id == "au-events"
    add_calendar(config, first)
    assert described(roster.load(config), **{**GOOD, "id_": ""}).id == "au-events-2"


def test_twenty_who_add_at_once_lose_nothing(config: Path):
    """Each reads the file, and each would write back what it read."""
    loaded = roster.load(config)
    mine = [described(loaded, **{**GOOD, "id_": f"c{n}"}) for n in range(20)]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda calendar: add_calendar(config, calendar), mine))
    assert set(mine) <= set(roster.load(config).calendars)
    assert len(roster.load(config).calendars) == len(loaded.calendars) + 20


def test_of_two_with_one_id_the_second_is_told(config: Path):
    """Their form showed that it was free."""
    calendar = described(roster.load(config), **GOOD)

    def add(_: int) -> str:
        try:
            add_calendar(config, calendar)
        except CalendarUnfit as error:
            return error.why
        return "added"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(add, range(8))) == ["added", *[Unfit.TAKEN] * 7]


@pytest.mark.parametrize("broken", ["calendars = []\n", None])
def test_a_file_that_takes_no_calendar_stays_as_it_is(
    config: Path, broken: str | None, monkeypatch: pytest.MonkeyPatch
):
    """The block can then be added by hand."""
    if broken is not None:
        config.write_text(broken + config.read_text().partition("[[calendars]]")[0])
    else:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(adding.os, "fsync", full)
    before = config.read_bytes()
    with pytest.raises(RosterNotWritten) as refused:
        add_calendar(config, described(roster.load(config), **GOOD))
    assert config.read_bytes() == before
    assert 'id = "au-web"' in refused.value.block
    assert "It is as it was." in str(refused.value)
    assert not list(config.parent.glob(".outreach.toml.*"))


def test_a_roster_that_is_broken_already_is_left_to_whoever_broke_it(config: Path):
    """Somebody is at work on it."""
    calendar = described(roster.load(config), **GOOD)
    config.write_text(config.read_text() + "\n[[calendars]\n")
    before = config.read_bytes()
    with pytest.raises(RosterError):
        add_calendar(config, calendar)
    assert config.read_bytes() == before


@pytest.mark.parametrize(
    "source",
    ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/", "http://2130706433:{port}/",
     "http://0x7f000001:{port}/", "http://0177.0.0.1:{port}/", "http://127.1:{port}/", "webcal://127.0.0.1:{port}/",
     "http://[::ffff:127.0.0.1]:{port}/", "http://0.0.0.0:{port}/", "http://169.254.169.254/latest/meta-data/",
     "http://10.0.0.1/", "http://192.168.0.1/", "http://[fe80::1]/", "http://[fd00::1]/"],
)  # fmt: skip
def test_nothing_inside_is_asked(config: Path, source: str, feed: PublishedFeed):
    """Whoever may add a calendar must not see through the desk what stands behind it."""
    loaded = roster.load(config)
    calendar = described(loaded, **{**GOOD, "source": source.format(port=feed.port)})
    found = tried(loaded, calendar, TODAY)
    assert (found.is_calendar, found.number, feed.asked) == (False, 0, 0)
    assert [problem.code for problem in found.problems] in (["refused"], ["unreachable"])


def test_a_public_address_that_leads_inside_is_not_followed(
    config: Path, feed: PublishedFeed, monkeypatch: pytest.MonkeyPatch
):
    """Its first step is allowed here, the second is checked like the first."""
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.1")
    loaded = roster.load(config)
    feed.redirect = "http://127.0.0.2/inside"
    calendar = described(loaded, **{**GOOD, "source": feed.address})
    found = tried(loaded, calendar, TODAY)
    assert (found.is_calendar, [problem.code for problem in found.problems]) == (False, ["refused"])
    assert "127.0.0.2 is not a public address" in found.problems[0].message


def test_a_trial_shows_what_comes_next_and_ends_in_time(
    config: Path, feed: PublishedFeed, monkeypatch: pytest.MonkeyPatch
):
    """Somebody waits for the page."""
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.1")
    loaded = roster.load(config)
    calendar = described(loaded, **{**GOOD, "source": feed.address})
    found = tried(loaded, calendar, date(2007, 12, 5))
    assert (found.is_calendar, found.number, found.coming) == (True, 10, True)
    assert [listing.title for listing in found.listings] == [f"Workshop {n:02}" for n in range(4, 10)]
    later = tried(loaded, calendar, TODAY)
    assert (later.coming, len(later.listings)) == (False, 10)
    assert adding.LIMITS.seconds + adding.LIMITS.reading_seconds <= 30
    monkeypatch.setattr(adding, "LIMITS", roster.Limits(seconds=0.5))
    feed.gate.clear()
    silent = tried(loaded, calendar, TODAY)
    assert [problem.code for problem in silent.problems] == ["unreachable"]
