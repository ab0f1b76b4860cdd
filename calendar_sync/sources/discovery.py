"""From any address of a CalDAV server to the one calendar that is meant (RFC 6764, 4791, 5397)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote

import httpx

from calendar_sync.errors import SourceRefused
from calendar_sync.sources.conversation import Conversation
from calendar_sync.sources.dav_xml import Multistatus, Resource, propfind, whereabouts
from calendar_sync.sources.guard import shown

_PLACES = 8
"""Addresses looked at before giving up: as given, principal, home, calendar, and as many detours."""
_NOT_SO_DEEP = frozenset({400, 403, 405, 501, 507})
_WELL_KNOWN = "/.well-known/caldav"


@dataclass(frozen=True, slots=True)
class Found:
    """A calendar's address, and what the server lists there."""

    url: httpx.URL
    """With a slash at its end, so that members lie in it."""
    listed: Multistatus
    own: Resource
    shallow: bool = False
    """True when the server would not list the members."""
    moved: bool = False


def find(talk: Conversation, given: httpx.URL) -> Found:
    """Look at *given*, its principal, its homes and the well-known address until one calendar is found.

    Raises:
        SourceRefused: There is none, or there are several and none was chosen.
    """
    chosen = unquote(given.fragment or "")
    given = given.copy_with(fragment=None)
    ways, seen = [given], list[httpx.URL]()
    refused: Exception | None = None
    elsewhere = ""
    while ways and len(seen) < _PLACES:
        place = ways.pop(0)
        if place in seen:
            continue
        seen.append(place)
        try:
            found = look(talk, place)
        except SourceRefused as error:
            refused = refused or error
            if place == given and given.path != _WELL_KNOWN:
                ways.append(given.copy_with(path=_WELL_KNOWN, query=None))
            continue
        if "calendar" in found.own.kinds:
            _check_events(talk, found)
            return found
        calendars = [each for each in found.listed.resources if "calendar" in each.kinds]
        if calendars:
            ways = [_choice(talk, found.url, calendars, chosen)]
            continue
        if "addressbook" in found.own.kinds:
            raise SourceRefused(talk.calendar, f"{shown(place)} is an address book, not a calendar")
        for href in _homes(talk, found):
            target = _joined(found.url, href)
            if target is None or (target.scheme, target.host, target.port) != (
                given.scheme,
                given.host,
                given.port,
            ):
                # Credentials were given for one origin, and go to no other.
                elsewhere = shown(target) if target is not None else elsewhere
            else:
                ways.append(target)
        if not ways and place == given:
            ways.append(given.copy_with(path=_WELL_KNOWN, query=None))
    if elsewhere:
        raise SourceRefused(
            talk.calendar, f"{shown(given)} says that its calendars are at {elsewhere}; write that address as source"
        )
    if refused is not None:
        raise refused
    raise SourceRefused(talk.calendar, f"no calendar was found at {shown(given)}, its principal or its home")


def look(talk: Conversation, place: httpx.URL) -> Found:
    """Ask what lies at an address and directly in it."""
    answer = talk.ask("PROPFIND", place, propfind(), depth=1)
    shallow = answer.status in _NOT_SO_DEEP
    if shallow:
        answer = talk.ask("PROPFIND", place, propfind(), depth=0)
    listed = talk.read(answer)
    path = answer.url.path.rstrip("/")
    mine = [each for each in listed.resources if unquote(_path(answer.url, each.href)).rstrip("/") == path]
    url = answer.url if answer.url.path.endswith("/") else answer.url.copy_with(path=f"{answer.url.path}/")
    told = [each for each in mine if not each.status] or [Resource("")]
    return Found(url, listed, told[0], shallow, answer.moved)


def _homes(talk: Conversation, found: Found) -> list[str]:
    """Return where the calendars of whoever asks are, or who that is."""
    answer = talk.ask("PROPFIND", found.url, whereabouts(), depth=0)
    if answer.status == HTTPStatus.UNAUTHORIZED:
        raise talk.refusal(answer)
    told = talk.read(answer).resources if answer.is_multistatus else ()
    return [href for each in told for href in (*each.homes, *each.principals)]


def _check_events(talk: Conversation, found: Found) -> None:
    if found.own.components and "VEVENT" not in found.own.components:
        kept = " and ".join(sorted(found.own.components & {"VTODO", "VJOURNAL", "VPOLL", "VAVAILABILITY"}))
        raise SourceRefused(talk.calendar, f"{shown(found.url)} is a calendar for {kept or 'other things'}, not events")


def _choice(talk: Conversation, at: httpx.URL, calendars: Sequence[Resource], chosen: str) -> httpx.URL:
    """Choose among several calendars by the name after `#`, or the only one that holds events."""
    with_events = [each for each in calendars if not each.components or "VEVENT" in each.components]
    if chosen:
        wanted = [each for each in calendars if chosen.casefold() in (each.name.casefold(), _last(each).casefold())]
    else:
        wanted = with_events
    if len(wanted) == 1:
        target = _joined(at, wanted[0].href)
        if target is not None and (target.scheme, target.host, target.port) == (at.scheme, at.host, at.port):
            return target
        raise SourceRefused(talk.calendar, f"{shown(at)} says that its calendar is on another server")
    if not with_events:
        raise SourceRefused(talk.calendar, f"{shown(at)} holds calendars, but none for events")
    # Names alone: a path may be a secret address.
    often = [each.name for each in with_events]
    names = [each.name if each.name and often.count(each.name) == 1 else _last(each) for each in with_events]
    listed = ", ".join(sorted(f'"{_plain(name)}"' for name in names))
    none = f"no calendar is called {_plain(chosen)!r}; " if chosen and not wanted else ""
    raise SourceRefused(
        talk.calendar,
        f"{none}{shown(at)} holds {len(with_events)} calendars: {listed}. Choose one: write its name behind the "
        f'address in outreach.toml, as in source = "caldavs://.../#{_plain(sorted(names)[0])}"',
    )


def _last(calendar: Resource) -> str:
    return unquote(calendar.href.rstrip("/").rpartition("/")[2])


def _plain(name: str) -> str:
    return "".join(letter if letter.isprintable() and letter != '"' else " " for letter in name)[:60].strip()


def _joined(url: httpx.URL, href: str) -> httpx.URL | None:
    try:
        target = url.join(href).copy_with(userinfo=b"", fragment=None)
    except (httpx.InvalidURL, ValueError):
        return None
    return target if target.scheme in ("http", "https") and target.host else None


def _path(url: httpx.URL, href: str) -> str:
    if href.startswith("/") and not href.startswith("//"):
        return href
    target = _joined(url, href)
    if target is None or (target.scheme, target.host, target.port) != (url.scheme, url.host, url.port):
        return ""
    return target.raw_path.decode("ascii", "replace")
