"""Adding a calendar to outreach.toml: tried first, as `outreach inspect` does, then written beside what stands."""

from __future__ import annotations

import fcntl
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from calendar_sync import roster
from calendar_sync.errors import CalendarError, OutreachError, RosterError
from calendar_sync.listings import Listing
from calendar_sync.reading import Problem, Reading
from calendar_sync.references import holds_reference
from calendar_sync.roster import KINDS, Calendar, Limits, Roster
from calendar_sync.visibility import Visibility

SCHEMES = ("http", "https", "webcal")
LIMITS = Limits(seconds=18.0, reading_seconds=10.0)
"""Of a trial: somebody waits for the page."""
MOST_LISTINGS = 20
LONGEST_ADDRESS, LONGEST_ID = 2000, 60
RESERVED = frozenset({"add", "sync"})
"""Ids that are addresses of the desk."""
_AT_ONCE = threading.BoundedSemaphore(3)
"""Trials: each holds a thread that answers pages until its server has answered."""


class Unfit(StrEnum):
    """Why a calendar cannot be added as it was described."""

    ORGANISATION = "organisation"
    ADDRESS = "address"
    """No http, https or webcal address."""
    SECRET = "secret"  # noqa: S105 -- the name of a fault
    """It holds a password, or refers to a secret."""
    ID = "id"
    TAKEN = "taken"
    KIND = "kind"
    VISIBILITY = "visibility"
    SHARED_WITH = "shared_with"
    """Shared with nobody, with somebody unknown, or public and shared all the same."""


class CalendarUnfit(OutreachError):
    """A calendar cannot be added as it was described."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"The calendar cannot be added: its {self.why} will not do. Nothing was changed. Next: correct it."


class TooManyTrials(OutreachError):
    """Others are trying calendars now."""

    def __str__(self) -> str:
        return "Other calendars are being tried. Nothing was asked. Next: try again in half a minute."


class RosterNotWritten(OutreachError):
    """outreach.toml took no calendar; *block* is what can be written into it by hand."""

    def __init__(self, path: Path, reason: str, block: str) -> None:
        super().__init__(path, reason, block)
        self.path, self.reason, self.block = path, reason, block

    def __str__(self) -> str:
        return (
            f"{self.path} could not be changed ({self.reason}). It is as it was. Next: add this by hand:\n{self.block}"
        )


@dataclass(frozen=True, slots=True)
class Tried:
    """What a calendar yields."""

    name: str
    """What it calls itself."""
    is_calendar: bool
    number: int
    listings: tuple[Listing, ...]
    """The first of those still to come; where there are none, of all."""
    coming: bool
    problems: tuple[Problem, ...]


def described(
    loaded: Roster,
    *,
    id_: str,
    organisation: str,
    source: str,
    kind: str = "",
    visibility: str = "public",
    shared_with: Sequence[str] = (),
) -> Calendar:
    """Return the calendar that somebody describes; a blank id is suggested.

    Raises:
        CalendarUnfit: It cannot be one.
    """
    known = {each.id for each in loaded.organisations}
    if organisation not in known:
        raise CalendarUnfit(Unfit.ORGANISATION)
    source = source.strip()
    _fit_address(source)
    id_ = id_.strip() or suggested(loaded, organisation)
    if not _can_name_a_file(id_) or id_ in RESERVED:
        raise CalendarUnfit(Unfit.ID)
    if id_.casefold() in {each.id.casefold() for each in loaded.calendars}:
        raise CalendarUnfit(Unfit.TAKEN)
    if kind and kind not in KINDS:
        raise CalendarUnfit(Unfit.KIND)
    if visibility.upper() not in Visibility.__members__ or not visibility.islower():
        raise CalendarUnfit(Unfit.VISIBILITY)
    level = Visibility[visibility.upper()]
    for_some = level in (Visibility.SHARED, Visibility.BUSY)
    if bool(shared_with) != for_some or not known.issuperset(shared_with):
        raise CalendarUnfit(Unfit.SHARED_WITH)
    return Calendar(id_, organisation, source, kind, visibility=level, shared_with=tuple(shared_with))


def suggested(loaded: Roster, organisation: str) -> str:
    """Return an id that no calendar has."""
    base = "".join(letter if _can_name_a_file(letter) else "-" for letter in organisation.lower())
    taken = {each.id.casefold() for each in loaded.calendars}
    names = [f"{base}-events", *(f"{base}-events-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name.casefold() not in taken)


def tried(loaded: Roster, calendar: Calendar, today: date) -> Tried:
    """Fetch and read a calendar as `outreach inspect` does; nothing is kept. It lasts half a minute at most.

    Raises:
        TooManyTrials: Others are at it.
    """
    if not _AT_ONCE.acquire(blocking=False):
        raise TooManyTrials
    try:
        reading = _read(loaded, replace(calendar, limits=LIMITS))
    finally:
        _AT_ONCE.release()
    in_order = sorted(reading.listings, key=_first_day)
    coming = [listing for listing in in_order if listing.span is None or listing.span.latest >= today]
    return Tried(
        reading.name,
        reading.is_calendar,
        len(in_order),
        tuple((coming or in_order)[:MOST_LISTINGS]),
        bool(coming),
        tuple(reading.problems),
    )


def add_calendar(roster_path: Path, calendar: Calendar) -> None:
    """Append a calendar to outreach.toml; all that stands there stays as it is, to the byte.

    Raises:
        CalendarUnfit: Its id was taken, or its organisation removed, since it was described.
        RosterError: outreach.toml cannot be used as it is.
        RosterNotWritten: It could not be written, or would not say what it should.
    """
    path = roster_path.resolve()
    block = as_toml(calendar)
    before = roster.load(path)
    try:
        with _alone(before.state_folder):
            _append(path, calendar, block)
    except OSError as error:
        raise RosterNotWritten(path, error.strerror or type(error).__name__, block) from error


def as_toml(calendar: Calendar) -> str:
    r"""Word a calendar for outreach.toml.

    >>> print(as_toml(Calendar("au-events", "AU", 'https://example.org/a"b.ics')), end="")
    [[calendars]]
    id = "au-events"
    organisation = "AU"
    source = "https://example.org/a\"b.ics"
    """
    lines = ["[[calendars]]"]
    lines += [f"{name} = {_quoted(getattr(calendar, name))}" for name in ("id", "organisation", "source")]
    lines += [f"kind = {_quoted(calendar.kind)}"] if calendar.kind else []
    if calendar.visibility is not Visibility.PUBLIC:
        lines.append(f"visibility = {_quoted(calendar.visibility.name.lower())}")
    if calendar.shared_with:
        lines.append(f"shared_with = [{', '.join(_quoted(each) for each in calendar.shared_with)}]")
    return "\n".join(lines) + "\n"


def _fit_address(source: str) -> None:
    """Refuse what is no address of the web, and what holds a secret: the file is read by many.

    Raises:
        CalendarUnfit: It is either.
    """
    try:
        parts = urlsplit(source)
        named, _ = parts.hostname, parts.port
    except ValueError:
        raise CalendarUnfit(Unfit.ADDRESS) from None
    plain = source.isprintable() and not any(letter.isspace() or letter in '\\"<>^`|' for letter in source)
    if parts.scheme not in SCHEMES or not named or not plain or len(source) > LONGEST_ADDRESS:
        raise CalendarUnfit(Unfit.ADDRESS)
    if "@" in parts.netloc or holds_reference(source):
        raise CalendarUnfit(Unfit.SECRET)


def _can_name_a_file(id_: str) -> bool:
    return 0 < len(id_) <= LONGEST_ID and all(letter.isalnum() or letter in "-_" for letter in id_)


def _read(loaded: Roster, calendar: Calendar) -> Reading:
    from calendar_sync.reading import guarded
    from calendar_sync.sources.choosing import source_of

    try:
        payload = source_of(calendar, loaded.folder, contact=loaded.committee.contact).fetch(date.max, None)
    except CalendarError as error:
        return Reading(problems=(Problem(error.code, error.detail),), is_calendar=False)
    if payload is None:
        return Reading(problems=(Problem("unchanged", "the server says that nothing changed"),), is_calendar=False)
    return guarded.read_guarded(payload, calendar)


def _first_day(listing: Listing) -> tuple[date, str]:
    return (listing.span.earliest if listing.span is not None else date.max, listing.title)


def _quoted(text: str) -> str:
    r"""Write a basic string of TOML.

    >>> _quoted('a"b\\c\nd'), _quoted("ünï\x7f")
    ('"a\\"b\\\\c\\u000Ad"', '"ünï\\u007F"')
    """
    marked = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(c):04X}" if c < " " or c == "\x7f" else c for c in marked) + '"'


@contextmanager
def _alone(state_folder: Path) -> Iterator[None]:
    """Let nobody else add a calendar meanwhile; outreach.toml itself is replaced, so that no lock on it would hold."""
    state_folder.mkdir(parents=True, exist_ok=True)
    with (state_folder / "roster.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _append(path: Path, calendar: Calendar, block: str) -> None:
    before, body = roster.load(path), path.read_bytes()
    # What was true when it was described may be no more.
    described(
        before, id_=calendar.id, organisation=calendar.organisation, source=calendar.source, kind=calendar.kind,
        visibility=calendar.visibility.name.lower(), shared_with=calendar.shared_with,
    )  # fmt: skip
    line_end = b"\r\n" if b"\r\n" in body else b"\n"
    gap = line_end if body.endswith(b"\n") or not body else line_end * 2
    new = body + gap + block.encode().replace(b"\n", line_end)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        try:
            after = roster.load(aside)
        except RosterError as error:
            raise RosterNotWritten(path, error.what, block) from error
        if after.calendars != (*before.calendars, calendar) or after.organisations != before.organisations:
            raise RosterNotWritten(path, "it would not say what it should", block)
        _as_before(aside, path)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _as_before(aside: Path, path: Path) -> None:
    """Give a file the rights and the owner of another."""
    stands = path.stat()
    aside.chmod(stands.st_mode & 0o7777)
    with suppress(PermissionError):
        os.chown(aside, stands.st_uid, stands.st_gid)
