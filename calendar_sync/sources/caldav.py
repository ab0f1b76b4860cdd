"""A calendar kept on a CalDAV server (RFC 4791), of which only what changed is asked for (RFC 6578)."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import quote

import httpx

from calendar_sync.errors import CalendarError, SourceRefused, SourceUnreachable
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload
from calendar_sync.sources.collection import Copy, Member, calendar_text, name_in
from calendar_sync.sources.conversation import Answer, Conversation
from calendar_sync.sources.dav_xml import Multistatus, multiget, query, sync_collection
from calendar_sync.sources.discovery import Found, find, look
from calendar_sync.sources.guard import Resolve, addresses, shown
from calendar_sync.sources.hosts import HOSTS, Hosts

BATCH = 500
"""Members asked for at once."""
PAGES = 1000
"""Pages of changes followed before the server is taken for one that goes round in circles."""
_MANY = 0.3
"""Share of members whose removal at once is looked into; and no fewer than `_FEW` of them."""
_FEW = 5
_SUNDAY = 6
_YEARS = (-1, 0, 1, 2, 3)
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class _Changes:
    """What the server says of members: their states, and which are no more."""

    etags: Mapping[str, str]
    gone: frozenset[str] = frozenset()
    token: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class CalDavSource:
    """A calendar fetched from a CalDAV server, given any address there: root, principal, home or the calendar itself.

    The payload is always whole: its members in one body, each marked with its name and ETag. With the token of the
    last fetch an unchanged calendar costs one request. Only a member the server answers 404 for is removed.
    """

    _calendar: Calendar
    folder: Path
    contact: str = ""
    """Told to the servers, so that they know whom to write to."""
    resolve: Resolve = addresses
    hosts: Hosts = HOSTS
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def __repr__(self) -> str:
        return f"CalDavSource({self.calendar!r})"

    @property
    def calendar(self) -> str:
        """Id of the calendar in the roster."""
        return self._calendar.id

    def fetch(self, night: date, stored: Payload | None) -> Payload | None:
        """Fetch what changed since *stored* and return the whole calendar, or None when nothing did.

        On Sundays all states are compared instead of asking what changed: some servers forget to tell.

        Raises:
            SourceUnreachable: No answer, or "later"; the next try may succeed.
            SourceRefused: The answer was no, or the address is not that of one calendar.
            SourceOversize: More came than its limit.
            SourceGone: The server says it is gone for good.
        """
        visit = Conversation(self._calendar, self.folder, self.contact, self.resolve, self.hosts, self.now)
        try:
            with visit.open() as talk:
                return self._fetched(talk, night, stored)
        except CalendarError:
            raise
        except Exception as error:  # noqa: BLE001  its words may quote an address or a header
            frame = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(frame.filename).name}:{frame.lineno}"
            raise SourceUnreachable(self.calendar, f"fetching broke with {type(error).__name__} at {where}") from None

    def _fetched(self, talk: Conversation, night: date, stored: Payload | None) -> Payload | None:
        owner = f"{self._calendar.source} {self._calendar.username}"
        known, given = Copy.of(stored, owner), talk.address()
        place, came, moved = given, None, False
        if known is not None:
            place = given.copy_with(raw_path=known.path.encode("ascii"), fragment=None)
            if known.token and night.weekday() != _SUNDAY:
                came = _since(talk, place, known)
        if came is None:
            found = self._found(talk, given, place if known is not None else None)
            # Names mean something else in another collection; one that has moved says so.
            if known is not None and not found.moved and _path(found.url) != known.path:
                known = None
            came, place, moved = _compared(talk, found, night, known), found.url, found.moved
        if known is not None and came.members == known.members and came.token == known.token and not moved:
            return None
        if sum(len(member.text) for member in came.members.values()) > self._calendar.limits.bytes:
            raise talk.oversize()
        before = stored.moved_to if stored is not None and known is not None else ""
        return came.payload(owner, shown(place), shown(place) if moved else before)

    def _found(self, talk: Conversation, given: httpx.URL, last: httpx.URL | None) -> Found:
        """Look where the calendar was last time, and only if it is no longer there, from the roster's address on."""
        if last is not None:
            try:
                found = look(talk, last)
            except SourceRefused:
                pass
            else:
                if "calendar" in found.own.kinds:
                    return found
        return find(talk, given)


# -- what changed ------------------------------------------------------------------------------------------------


def _since(talk: Conversation, place: httpx.URL, known: Copy) -> Copy | None:
    """Bring *known* up to date; None when its token has expired, or what is said of it is not to be believed."""
    changes = _pages(talk, place, known.token)
    if changes is None:
        return None
    gone = changes.gone & known.members.keys()
    if len(gone) >= max(_FEW, _MANY * len(known.members)):
        # So many at once are more often a server's mistake than the organisation's will.
        return None
    names = [name for name, etag in changes.etags.items() if not _is_known(known, name, etag)]
    if not names and not gone:
        # Its token stands too: a new one with nothing to tell is no news.
        return known
    members = {name: member for name, member in known.members.items() if name not in gone}
    complete = _obtain(talk, place, names, members)
    return Copy(members, known.path, changes.token if complete else known.token)


def _pages(talk: Conversation, place: httpx.URL, token: str) -> _Changes | None:
    """Ask what changed since *token*, page by page; None when the server does not say, or not plausibly.

    An expired token is 403 at Radicale and 412 at xandikos, and 400, 409, 410 or 500 elsewhere.
    """
    etags: dict[str, str] = {}
    gone: set[str] = set()
    for _ in range(PAGES):
        answer = talk.ask("REPORT", place, sync_collection(token), depth=0)
        if not answer.is_multistatus:
            if answer.status == 401:
                raise talk.refusal(answer)
            return None
        page = talk.read(answer)
        here, strangers = _members(answer.url, page)
        if strangers and not here and not page.is_truncated:
            return None
        for name, (status, etag) in here.items():
            if status in _GONE:
                gone.add(name)
                etags.pop(name, None)
            else:
                gone.discard(name)
                etags[name] = etag
        if not page.token:
            return None
        if not page.is_truncated:
            return _Changes(etags, frozenset(gone), page.token)
        if page.token == token:
            break
        token = page.token
    return None


# -- everything --------------------------------------------------------------------------------------------------


def _compared(talk: Conversation, found: Found, night: date, known: Copy | None) -> Copy:
    """Compare the states of all members with what is known, and ask for those that differ.

    A known member that is not listed is asked for by name: it is gone only when the server says 404.
    """
    there = _listed(talk, found, night)
    old = dict(known.members) if known is not None else {}
    wanted = [name for name, etag in there.etags.items() if known is None or not _is_known(known, name, etag)]
    missing = [name for name in old if name not in there.etags]
    complete = _obtain(talk, found.url, wanted + missing, old)
    if wanted and not old:
        raise SourceRefused(talk.calendar, f"{shown(found.url)} lists {len(wanted)} members, and none can be read")
    return Copy(old, _path(found.url), there.token if complete else "")


def _listed(talk: Conversation, found: Found, night: date) -> _Changes:
    """Return the state of every member, whichever way the server can tell it."""
    here, strangers = _members(found.url, found.listed)
    etags = {name: etag for name, (status, etag) in here.items() if status not in _GONE}
    truncated = found.listed.is_truncated or found.shallow
    token = found.own.token
    if truncated and (pages := _pages(talk, found.url, "")) is not None:
        # Members of a first part that the pages do not know are there all the same.
        etags, token, truncated = {**etags, **pages.etags}, pages.token, not pages.etags
    if truncated or not etags:
        queried = _queried(talk, found.url, night, must=truncated)
        etags = {**etags, **queried}
    if strangers and not etags:
        raise SourceRefused(
            talk.calendar, f"{shown(found.url)} lists {strangers} members, none of them inside the calendar"
        )
    return _Changes(etags, token=token)


def _queried(talk: Conversation, url: httpx.URL, night: date, *, must: bool) -> dict[str, str]:
    """Ask for the states of events by query: of all, or year by year where that is too much for the server.

    An empty list may be a server's mistake, and is checked in this way; then a refusal is no reason to fail (*must*).
    """
    answer = talk.ask("REPORT", url, query(), depth=1)
    if answer.is_multistatus and not (listed := talk.read(answer)).is_truncated:
        return _etags(answer.url, listed)
    if not must:
        return {}
    etags: dict[str, str] = {}
    for year in _YEARS:
        of = min(max(night.year + year, 1), 9998)
        answer = talk.ask("REPORT", url, query((date(of, 1, 1), date(of + 1, 1, 1))), depth=1)
        listed = talk.read(answer)
        if listed.is_truncated:
            raise SourceRefused(talk.calendar, f"{shown(url)} tells only a part of what it holds, in every way we know")
        etags |= _etags(answer.url, listed)
    return etags


# -- members -----------------------------------------------------------------------------------------------------


def _obtain(talk: Conversation, url: httpx.URL, names: Iterable[str], members: dict[str, Member]) -> bool:
    """Ask for members and put them into *members*; what did not come stays as it was. False when some did not."""
    complete, size = True, 0
    for batch in _batches(names):
        answer = talk.ask("REPORT", url, multiget(_path(url) + name for name in batch), depth=0)
        came = _came(answer, talk.read(answer))
        for name in batch:
            status, etag, text = came.get(name, (0, "", None))
            if status in _GONE:
                members.pop(name, None)
                continue
            whole = calendar_text(text) if text is not None and status in (0, 200) else None
            if whole is None:
                complete = False
                continue
            size += len(whole)
            if size > talk._calendar.limits.bytes:
                raise talk.oversize()
            members[name] = Member(etag, whole)
    return complete


def _came(answer: Answer, listed: Multistatus) -> dict[str, tuple[int, str, str | None]]:
    path, origin = _path(answer.url), _origin(answer.url)
    return {
        name: (each.status, each.etag, each.text)
        for each in listed.resources
        if (name := name_in(path, origin, each.href))
    }


def _members(url: httpx.URL, listed: Multistatus) -> tuple[dict[str, tuple[int, str]], int]:
    """Return status and ETag of what lies directly in the collection, and how many addresses do not.

    A collection that lists itself, or other collections, lists no members by that.
    """
    path, origin = _path(url), _origin(url)
    here: dict[str, tuple[int, str]] = {}
    strangers = 0
    for each in listed.resources:
        name = name_in(path, origin, each.href)
        if name:
            if "collection" not in each.kinds and each.status in (0, 200, *_GONE):
                here[name] = (each.status, each.etag)
        elif quote(each.href.rstrip("/"), safe="/%:@") != quote(path.rstrip("/"), safe="/%:@") and each.etag:
            strangers += 1
    return here, strangers


def _etags(url: httpx.URL, listed: Multistatus) -> dict[str, str]:
    return {name: etag for name, (status, etag) in _members(url, listed)[0].items() if status not in _GONE}


def _is_known(known: Copy, name: str, etag: str) -> bool:
    return bool(etag) and name in known.members and known.members[name].etag == etag


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(names)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _path(url: httpx.URL) -> str:
    path = url.raw_path.decode("ascii").partition("?")[0]
    return path if path.endswith("/") else f"{path}/"


def _origin(url: httpx.URL) -> tuple[str, str]:
    return url.scheme, url.netloc.decode("ascii").lower()
