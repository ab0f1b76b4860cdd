"""What a calendar or its server names is never opened: no path, no link, no attachment."""

from __future__ import annotations

import os
from datetime import date

import pytest

from calendar_sync.errors import CalendarError
from calendar_sync.reading.kinds import read
from calendar_sync.roster import Calendar, Limits
from calendar_sync.sources.choosing import source_of
from calendar_sync.sources.folder import FolderSource
from calendar_sync.sources.hosts import Hosts
from calendar_sync.sources.http_feed import HttpFeed

NIGHT = date(2007, 10, 15)
WINDOW = (date(2007, 1, 1), date(2008, 1, 1))
SECRET = b"BEGIN:VCALENDAR\r\nX-SECRET:canary\r\nEND:VCALENDAR\r\n"
ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def outside(tmp_path_factory):
    """A calendar of somebody else's, beside the folder that is read."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret.ics").write_bytes(SECRET)
    return folder


def fetched(source, folder):
    return source_of(Calendar("au", "AU", source, limits=Limits(seconds=5)), folder).fetch(NIGHT, None)


# -- addresses that are paths ---------------------------------------------------------------------------------------


@pytest.mark.fault("T44")
@pytest.mark.parametrize("scheme", ["file", "FILE", "local", "ftp", "jar:file", "view-source:file"])
def test_no_file_is_read_through_an_address(tmp_path, outside, scheme):
    """An address is somebody else's machine; a file is ours."""
    with pytest.raises(CalendarError):
        fetched(f"{scheme}://{outside}/secret.ics", tmp_path)


# -- folders that others fill ---------------------------------------------------------------------------------------


def link_in_a_folder(folder, outside):
    (folder / "inbox").mkdir()
    (folder / "inbox" / "events.ics").symlink_to(outside / "secret.ics")
    return "inbox"


def link_to_a_folder_in_a_folder(folder, outside):
    (folder / "inbox").mkdir()
    (folder / "inbox" / "events.ics").symlink_to(outside)
    return "inbox"


def link_that_climbs(folder, outside):
    (folder / "inbox").mkdir()
    (folder / "inbox" / "events.ics").symlink_to(os.path.relpath(outside / "secret.ics", folder / "inbox"))
    return "inbox"


def link_to_itself(folder, outside):
    (folder / "inbox").mkdir()
    (folder / "inbox" / "events.ics").symlink_to("events.ics")
    return "inbox"


def night_that_is_a_link(folder, outside):
    (folder / "nights").mkdir()
    (folder / "nights" / "2007-10-15").symlink_to(outside)
    return "nights/{night}/secret.ics"


def file_of_a_night_that_is_a_link(folder, outside):
    (folder / "nights" / "2007-10-15").mkdir(parents=True)
    (folder / "nights" / "2007-10-15" / "events.ics").symlink_to(outside / "secret.ics")
    return "nights/{night}/events.ics"


def folder_of_a_night_that_holds_a_link(folder, outside):
    (folder / "nights" / "2007-10-15").mkdir(parents=True)
    (folder / "nights" / "2007-10-15" / "events.ics").symlink_to(outside / "secret.ics")
    return "nights/{night}"


def name_that_is_no_night(folder, outside):
    (folder / "nights" / "2007-10-15..").mkdir(parents=True)
    (folder / "nights" / "2007-10-15..").joinpath("secret.ics").write_bytes(SECRET)
    return "nights/{night}/secret.ics"


def pipe(folder, outside):
    os.mkfifo(folder / "events.ics")
    return "events.ics"


def device(folder, outside):
    return "/dev/zero"


@pytest.mark.fault("T44")
@pytest.mark.parametrize(
    "trap",
    [link_in_a_folder, link_to_a_folder_in_a_folder, link_that_climbs, link_to_itself, night_that_is_a_link,
     file_of_a_night_that_is_a_link, folder_of_a_night_that_holds_a_link, name_that_is_no_night, pipe, device],
)  # fmt: skip
def test_what_others_put_into_a_folder_leads_nowhere_else(tmp_path, outside, trap):
    """Organisations drop files into folders; a link there could show them, or everybody, another one's calendar."""
    with pytest.raises(CalendarError) as refused:
        FolderSource(Calendar("au", "AU", trap(tmp_path, outside)), tmp_path).fetch(NIGHT, None)

    assert "canary" not in str(refused.value)


def test_links_within_a_folder_are_followed(tmp_path):
    """Mounted folders and "newest" links are made of them."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "2007.data").write_bytes(ICS)
    (tmp_path / "inbox" / "events.ics").symlink_to("2007.data")
    (tmp_path / "2007-10-14").mkdir()
    (tmp_path / "2007-10-14" / "events.ics").write_bytes(ICS)
    (tmp_path / "2007-10-15").symlink_to("2007-10-14")

    assert fetched("inbox", tmp_path).body == ICS
    assert fetched("{night}/events.ics", tmp_path).body == ICS


# -- names that servers give -----------------------------------------------------------------------------------------


@pytest.mark.fault("T44")
@pytest.mark.parametrize(
    ("path", "disposition"),
    [
        ("/events.ics", "attachment; filename=\"../../../../tmp/canary.ics\""),
        ("/events.ics", "attachment; filename*=UTF-8''%2e%2e%2fcanary.ics"),
        ("/..%2f..%2fcanary%2fevents.ics", ""),
        ("/canary.%2e%2e%2fx", ""),
    ],
)  # fmt: skip
def test_a_name_that_a_server_gives_names_nothing_here(server, tmp_path, path, disposition):
    """A name is a place to write to for whoever believes it."""
    server.says(path, 200, ICS, Content_Disposition=disposition)
    calendar = Calendar("au", "AU", server.address(path), private_network=True)

    payload = HttpFeed(calendar, tmp_path, hosts=Hosts()).fetch(NIGHT, None)

    assert payload.name in ("calendar.ics", "")
    assert "canary" not in repr(payload)
    assert list(tmp_path.iterdir()) == []


# -- what calendars refer to -----------------------------------------------------------------------------------------

REFERRING = [
    ("ATTACH", "ATTACH:{url}"),
    ("ATTACH", "ATTACH;FMTTYPE=application/pdf;FILENAME=../../canary.pdf:{url}"),
    ("ATTACH", "ATTACH:file:///etc/passwd"),
    ("IMAGE", "IMAGE;VALUE=URI;DISPLAY=BADGE:{url}"),
    ("CONFERENCE", "CONFERENCE;VALUE=URI;FEATURE=VIDEO:{url}"),
    ("URL", "URL:{url}"),
    ("LINK", 'LINK;VALUE=URI;LINKREL="SOURCE":{url}'),
    ("ALTREP", 'DESCRIPTION;ALTREP="{url}":see there'),
    ("DIR", 'ORGANIZER;DIR="{url}":mailto:a@example.org'),
    ("STRUCTURED-DATA", "STRUCTURED-DATA;VALUE=URI;FMTTYPE=application/ld+json:{url}"),
]


@pytest.mark.fault("T44")
@pytest.mark.parametrize("line", [line for _, line in REFERRING])
def test_what_a_calendar_refers_to_is_not_fetched(server, serve, tmp_path, line):
    """Each reference would tell its author who reads, and when; some would be files of ours."""
    elsewhere = serve()
    ics = "\r\n".join(
        ["BEGIN:VCALENDAR", f"SOURCE;VALUE=URI:{elsewhere.address('/source')}", "BEGIN:VTIMEZONE", "TZID:Elsewhere",
         f"TZURL:{elsewhere.address('/zone')}", "END:VTIMEZONE", "BEGIN:VEVENT", "UID:1", "DTSTART:20071127T090000Z",
         "SUMMARY:Workshop", line.format(url=elsewhere.address("/canary")), "END:VEVENT", "END:VCALENDAR", ""]
    )  # fmt: skip
    server.says("/events.ics", 200, ics.encode())
    calendar = Calendar("au", "AU", server.address(), private_network=True)

    payload = HttpFeed(calendar, tmp_path, hosts=Hosts()).fetch(NIGHT, None)
    reading = read(payload, calendar, WINDOW)

    assert [listing.title for listing in reading.listings] == ["Workshop"]
    assert elsewhere.asked == []
    assert len(server.asked) == 1
