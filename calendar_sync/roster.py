"""The roster: `outreach.toml` says who publishes what, where, in which zone, and who may see what."""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from calendar_sync.channels import Channel, Dispatch, read_channels, read_dispatch
from calendar_sync.confidentiality import Confidentiality
from calendar_sync.entrance import Entrance, read_entrance
from calendar_sync.errors import RosterError
from calendar_sync.references import ReferenceMissing, resolve
from calendar_sync.settings import Settings
from calendar_sync.visibility import Visibility

KINDS = ("ics", "csv", "xlsx", "ods", "docx", "html", "indico", "jscalendar", "feed")
"""Kinds of payload a calendar may be; `calendar_sync.reading.kinds` says who reads each."""

REGISTER = ("positions", "forums", "meetings")
"""Tables of the position register."""
_MOST_UNDERSTOOD = 16


@dataclass(frozen=True, slots=True)
class Member:
    """A state's membership in an organisation, with dates where it did not always hold."""

    state: str
    """ISO 3166-1 alpha-2."""
    joined: date | None = None
    left: date | None = None

    def holds(self, on: date) -> bool:
        """True when *on* lies within the membership."""
        return (self.joined is None or self.joined <= on) and (self.left is None or on < self.left)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body that plans outreach, reads reports, or both."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    """Its name in other languages: BCP 47 code, name."""
    languages: tuple[str, ...] = ("en",)
    members: tuple[Member, ...] = ()
    contacts: tuple[str, ...] = ()
    reads_reports: bool = False
    deliver_to: tuple[Channel, ...] = ()
    """Where its report is sent, besides the folder of all reports."""

    @property
    def called(self) -> tuple[str, ...]:
        """Every name it goes by."""
        return (self.name, *self.aliases, *(name for _, name in self.names))

    @property
    def language(self) -> str:
        """The language it is written to in."""
        return self.languages[0]

    def states(self, on: date) -> frozenset[str]:
        """Member states on a day."""
        return frozenset(member.state for member in self.members if member.holds(on))


@dataclass(frozen=True, slots=True)
class Limits:
    """What one calendar may cost before it is stopped. Its report then names the limit that stopped it."""

    bytes: int = 20 * 1024 * 1024
    """Of the body, once unpacked."""
    seconds: float = 60.0
    """For fetching, everything together."""
    events: int = 50_000
    """Entries read from one payload, and listings it may give."""
    occurrences: int = 5_000
    """Of one series, in the window."""
    reading_seconds: float = 60.0
    """For reading, wall clock and processor."""
    reading_bytes: int = 2 * 1024**3
    """Address space of the reading process."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """One published source of an organisation."""

    id: str
    organisation: str
    source: str = field(repr=False)
    """A URL (http, https, webcal, caldav, caldavs), or a path relative to the roster's file; `{night}` in it is a
    snapshot folder."""
    kind: str = ""
    """One of KINDS; blank: told from the payload."""
    programme: bool = False
    """True when its listings are the committee's own workshops."""
    status: str = ""
    """A status every listing of this calendar has, such as provisional."""
    time_zone: str = ""
    """For floating times; blank leaves them floating."""
    language: str = ""
    visibility: Visibility = Visibility.PUBLIC
    shared_with: tuple[str, ...] = ()
    private_network: bool = False
    """Allows this calendar to be fetched from a private address."""
    username: str = field(default="", repr=False)
    """As written in the roster: a secret is a reference, resolved when it is used and never shown."""
    password: str = field(default="", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Sent to the origin of *source* and to no other."""
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Committee:
    """The committee whose coordinators we serve."""

    id: str
    name: str
    time_zone: ZoneInfo
    language: str = "en"
    disclaimer: str = ""
    disclaimers: tuple[tuple[str, str], ...] = ()
    """The disclaimer in other languages: BCP 47 code, text."""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything `outreach.toml` says."""

    path: Path
    committee: Committee
    organisations: tuple[Organisation, ...]
    calendars: tuple[Calendar, ...]
    state_folder: Path
    database_url: str
    policy: Mapping[str, Any] = field(default_factory=dict)
    """The `[policy]` table as written; `dedupe.policy` gives it meaning."""
    register: Mapping[str, Any] = field(default_factory=dict)
    """Positions, forums and their meetings as written, here or in a file of their own; `dedupe.positions` gives them
    meaning."""
    confidentiality: tuple[Confidentiality, ...] = ()
    """What states have asked to be kept from others."""
    delivery: Dispatch = field(default_factory=Dispatch)
    """Who sends reports, and through which server."""
    entrance: Entrance = field(default_factory=Entrance)
    """Where the desk is found on the web."""

    @property
    def folder(self) -> Path:
        """Where relative paths start."""
        return self.path.parent

    def organisation(self, id_: str) -> Organisation:
        """Return one organisation.

        Raises:
            RosterError: No organisation has this id.
        """
        for organisation in self.organisations:
            if organisation.id == id_:
                return organisation
        known = ", ".join(organisation.id for organisation in self.organisations)
        raise RosterError(self.path, "organisations", f"there is no organisation {id_!r}", f"use one of: {known}")

    def calendar(self, id_: str) -> Calendar:
        """Return one calendar.

        Raises:
            RosterError: No calendar has this id.
        """
        for calendar in self.calendars:
            if calendar.id == id_:
                return calendar
        known = ", ".join(calendar.id for calendar in self.calendars)
        raise RosterError(self.path, "calendars", f"there is no calendar {id_!r}", f"use one of: {known}")

    def readers(self) -> tuple[Organisation, ...]:
        """Organisations that read a nightly report, in roster order; the committee first."""
        readers = [organisation for organisation in self.organisations if organisation.reads_reports]
        return tuple(sorted(readers, key=lambda organisation: organisation.id != self.committee.id))

    def calendars_of(self, organisation: str) -> tuple[Calendar, ...]:
        """Calendars one organisation publishes."""
        return tuple(calendar for calendar in self.calendars if calendar.organisation == organisation)


def load(path: Path) -> Roster:
    """Read `outreach.toml`. What it and the files it names say is looked at each time, and understood once.

    Raises:
        RosterError: The file is missing, is no TOML, or says something that cannot be.
    """
    path = path.expanduser().resolve()
    try:
        written = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RosterError(path, "", "there is no such file", "write one with: outreach init") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RosterError(path, "", f"it cannot be read: {error}", "check the file and its permissions") from error
    reader = _UNDERSTOOD.get(path)
    if reader is None or not reader.stands(written):
        reader = _Reader(path, written)
        if len(_UNDERSTOOD) >= _MOST_UNDERSTOOD:
            _UNDERSTOOD.clear()
        _UNDERSTOOD[path] = reader
    return reader.roster


class _Reader(Settings):
    """Turns what is written in the file into nouns; *roster* is what it says."""

    def __init__(self, path: Path, written: str) -> None:
        super().__init__(path)
        self._written = written
        self._beside: tuple[Path, str] | None = None
        """A file that it names, and what that says."""
        try:
            self._table = tomllib.loads(written)
        except tomllib.TOMLDecodeError as error:
            raise RosterError(path, "", f"it is not valid TOML: {error}", "correct that line") from error
        self.roster = self._roster(self._table)

    def stands(self, written: str) -> bool:
        """True while that is written, and nothing else that the roster depends on has changed."""
        try:
            return (
                written == self._written
                and (self._beside is None or self._beside[0].read_text(encoding="utf-8-sig") == self._beside[1])
                and self._database_url(self.table(self._table, "state"), self.roster.state_folder)
                == self.roster.database_url
            )
        except (OSError, UnicodeDecodeError, RosterError):
            return False

    def _roster(self, table: Mapping[str, Any]) -> Roster:
        self.known(
            table,
            "",
            {
                "committee", "state", "organisations", "calendars", "policy", "confidentiality", "delivery", "desk",
                *REGISTER,
            },
        )  # fmt: skip
        committee = self._committee(self.table(table, "committee", required=True))
        organisations = tuple(
            self._organisation(entry, f"organisations[{n}]")
            for n, entry in enumerate(self.tables(table, "organisations"), 1)
        )
        calendars = tuple(
            self._calendar(entry, f"calendars[{n}]") for n, entry in enumerate(self.tables(table, "calendars"), 1)
        )
        self.unique([organisation.id for organisation in organisations], "organisations")
        self.unique([calendar.id for calendar in calendars], "calendars")
        requests = tuple(
            self._confidentiality(entry, f"confidentiality[{n}]")
            for n, entry in enumerate(self.tables(table, "confidentiality"), 1)
        )
        self._references(committee, organisations, calendars, requests)
        state = self.table(table, "state")
        self.known(state, "state", {"folder", "database_url"})
        folder = self.path.parent / self.text(state, "state", "folder", "state")
        return Roster(
            self.path,
            committee,
            organisations,
            calendars,
            folder,
            self._database_url(state, folder),
            self.table(table, "policy"),
            self._register(table),
            requests,
            read_dispatch(self, self.table(table, "delivery")),
            read_entrance(self, self.table(table, "desk")),
        )

    def _register(self, table: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the position register: `[[positions]]` as they stand, or the file that `positions` names."""
        stated = table.get("positions", [])
        if not isinstance(stated, str):
            return {name: self.tables(table, name) for name in REGISTER if name in table}
        path = self.path.parent / stated
        try:
            self._beside = path, path.read_text(encoding="utf-8-sig")
            read = tomllib.loads(self._beside[1])
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise self.wrong("positions", f"{stated} cannot be read: {error}", "check that file") from error
        self.known(read, stated, set(REGISTER))
        return {name: self.tables(read, name) for name in REGISTER if name in read}

    def _database_url(self, state: Mapping[str, Any], folder: Path) -> str:
        stated = os.environ.get("OUTREACH_DATABASE_URL") or self.text(state, "state", "database_url")
        if not stated:
            return f"sqlite:///{folder / 'outreach.db'}"
        try:
            return resolve(stated, self.path.parent)
        except ReferenceMissing as error:
            raise self.wrong("state.database_url", str(error), "set it, or leave database_url out") from error

    def _committee(self, entry: Mapping[str, Any]) -> Committee:
        self.known(entry, "committee", {"id", "name", "time_zone", "language", "disclaimer", "disclaimers", "contact"})
        return Committee(
            id=self.text(entry, "committee", "id", required=True),
            name=self.text(entry, "committee", "name", required=True),
            time_zone=self.zone(self.text(entry, "committee", "time_zone", required=True), "committee.time_zone"),
            language=self.text(entry, "committee", "language", "en"),
            disclaimer=self.text(entry, "committee", "disclaimer"),
            disclaimers=self._by_language(entry, "committee", "disclaimers"),
            contact=self.text(entry, "committee", "contact"),
        )

    def _organisation(self, entry: Mapping[str, Any], where: str) -> Organisation:
        self.known(
            entry,
            where,
            {
                "id", "name", "names", "aliases", "languages", "members", "contacts", "reads_reports", "deliver_to",
                "webhook_key",
            },
        )  # fmt: skip
        if self.entries(entry, where, "deliver_to") and not self.flag(entry, where, "reads_reports"):
            raise self.wrong(f"{where}.deliver_to", "it gets no report to deliver", "add a line: reads_reports = true")
        return Organisation(
            id=self.slug(entry, where),
            name=self.text(entry, where, "name", required=True),
            aliases=self.texts(entry, where, "aliases"),
            names=self._by_language(entry, where, "names"),
            languages=self.texts(entry, where, "languages") or ("en",),
            members=tuple(self._member(member, where) for member in self.entries(entry, where, "members")),
            contacts=self.texts(entry, where, "contacts"),
            reads_reports=self.flag(entry, where, "reads_reports"),
            deliver_to=read_channels(self, entry, where),
        )

    def _by_language(self, entry: Mapping[str, Any], where: str, name: str) -> tuple[tuple[str, str], ...]:
        given = entry.get(name, {})
        if not isinstance(given, Mapping) or not all(isinstance(text, str) and text for text in given.values()):
            raise self.wrong(
                f"{where}.{name}", "it is no table of languages and texts", f'write {name} = {{ fr = "..." }}'
            )
        return tuple(sorted((language.lower(), " ".join(text.split())) for language, text in given.items()))

    def _confidentiality(self, entry: Mapping[str, Any], where: str) -> Confidentiality:
        self.known(entry, where, {"state", "visibility", "shared_with", "named"})
        return Confidentiality(
            self._state(entry, where),
            self._visibility(entry, where, "hidden"),
            self.texts(entry, where, "shared_with"),
            self.flag(entry, where, "named"),
        )

    def _visibility(self, entry: Mapping[str, Any], where: str, otherwise: str) -> Visibility:
        visibility = self.text(entry, where, "visibility", otherwise).upper()
        if visibility not in Visibility.__members__:
            raise self.wrong(
                f"{where}.visibility", f"{visibility.lower()!r} is unknown", "use public, shared, busy or hidden"
            )
        return Visibility[visibility]

    def _state(self, entry: Mapping[str, Any], where: str) -> str:
        state = self.text(entry, where, "state", required=True)
        if len(state) != 2 or not state.isalpha() or not state.isupper():
            raise self.wrong(where, f"{state!r} is no ISO 3166-1 alpha-2 code", "write two capital letters")
        return state

    def _member(self, value: object, where: str) -> Member:
        if isinstance(value, str):
            value = {"state": value}
        if not isinstance(value, Mapping):
            raise self.wrong(
                f"{where}.members", f"{value!r} is no state", 'write "BW" or { state = "MA", joined = 2017-01-30 }'
            )
        self.known(value, f"{where}.members", {"state", "joined", "left"})
        state = self._state(value, f"{where}.members")
        joined, left = value.get("joined"), value.get("left")
        for day in (joined, left):
            if day is not None and type(day) is not date:
                raise self.wrong(f"{where}.members", f"{day!r} is no date", "write it without quotes: 2017-01-30")
        return Member(state, joined, left)

    def _limits(self, entry: Mapping[str, Any], where: str) -> Limits:
        stated = self.table(entry, "limits") if "limits" in entry else {}
        where = f"{where}.limits"
        names = {each.name: each.type for each in fields(Limits)}
        self.known(stated, where, set(names))
        for name, value in stated.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
                raise self.wrong(f"{where}.{name}", f"{value!r} is no positive number", "write one, without quotes")
        return Limits(**{name: value if names[name] == "float" else int(value) for name, value in stated.items()})

    def _headers(self, entry: Mapping[str, Any], where: str) -> tuple[tuple[str, str], ...]:
        stated = self.table(entry, "headers") if "headers" in entry else {}
        return tuple((name, self.secret(stated, f"{where}.headers", name)) for name in stated)

    def _calendar(self, entry: Mapping[str, Any], where: str) -> Calendar:
        self.known(
            entry,
            where,
            {
                "id", "organisation", "source", "kind", "programme", "status", "time_zone", "language", "visibility",
                "shared_with", "private_network", "username", "password", "headers", "limits",
            },
        )  # fmt: skip
        kind = self.text(entry, where, "kind")
        if kind and kind not in KINDS:
            raise self.wrong(f"{where}.kind", f"{kind!r} is unknown", f"use one of {', '.join(KINDS)}, or leave it out")
        time_zone = self.text(entry, where, "time_zone")
        if time_zone:
            self.zone(time_zone, f"{where}.time_zone")
        return Calendar(
            id=self.slug(entry, where),
            organisation=self.text(entry, where, "organisation", required=True),
            source=self.text(entry, where, "source", required=True),
            kind=kind,
            programme=self.flag(entry, where, "programme"),
            status=self.text(entry, where, "status"),
            time_zone=time_zone,
            language=self.text(entry, where, "language"),
            visibility=self._visibility(entry, where, "public"),
            shared_with=self.texts(entry, where, "shared_with"),
            private_network=self.flag(entry, where, "private_network"),
            username=self.text(entry, where, "username"),
            password=self.secret(entry, where, "password"),
            headers=self._headers(entry, where),
            limits=self._limits(entry, where),
        )

    def _references(
        self,
        committee: Committee,
        organisations: Sequence[Organisation],
        calendars: Sequence[Calendar],
        requests: Sequence[Confidentiality],
    ) -> None:
        known = {organisation.id for organisation in organisations}
        if committee.id not in known:
            raise self.wrong(
                "committee.id", f"{committee.id!r} is not among the organisations", "add it as [[organisations]]"
            )
        named = [
            (f"calendar {calendar.id}", organisation)
            for calendar in calendars
            for organisation in (calendar.organisation, *calendar.shared_with)
        ]
        named += [(f"confidentiality of {request.state}", to) for request in requests for to in request.shared_with]
        for where, organisation in named:
            if organisation not in known:
                raise self.wrong(
                    where, f"{organisation!r} is not among the organisations", "add it as [[organisations]]"
                )


_UNDERSTOOD: dict[Path, _Reader] = {}
"""What was read last, by path: the desk asks for its roster several times at every request."""
