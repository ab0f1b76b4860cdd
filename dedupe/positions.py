"""Positions: what states hold of contested themes, as somebody reported it, and the forums that lead on themes.

A position is on record from its day on. It is never a rule: it says whom to ask.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from calendar_sync.errors import OutreachError
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility
from dedupe import phrases
from dedupe.bodies import bodies
from dedupe.sayings import say


class PositionError(OutreachError):
    """An entry of the position register says something that cannot be, or leaves out what it rests on."""

    def __init__(self, where: str, what: str, next_step: str) -> None:
        super().__init__(where, what, next_step)
        self.where, self.what, self.next_step = where, what, next_step

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. Nothing was done. Next: {self.next_step}."


@dataclass(frozen=True, slots=True)
class Position:
    """What an actor holds of a theme, who reported it and when."""

    id: str
    theme: str
    """An id of the reference list, or a name of its own where the list has none."""
    about: str
    """What exactly is contested, in a word or two: "biosafety"."""
    actor: str
    """Who holds it: "the delegation of South Africa"."""
    states: tuple[str, ...]
    """ISO 3166-1 alpha-2."""
    stance: str
    """A clause: "biosafety is outside the scope of resolution 1540"."""
    day: date
    """The day it was stated; on no earlier night is it on record."""
    reported_by: str
    source: str
    """The document."""
    url: str = ""
    words: tuple[str, ...] = ()
    """Words of titles that speak of it, in any language; none: the theme decides."""
    instrument: str = ""
    """The instrument it is about; blank: any."""
    forum: str = ""
    """The forum its actor prefers, an id; blank when none was named."""
    visibility: Visibility = Visibility.HIDDEN
    """Who reads of it beside the committee's coordinators."""
    shared_with: tuple[str, ...] = ()

    @property
    def attributed(self) -> str:
        """Whose position, reported by whom and when: the only way it is ever named."""
        return say(
            "position of {actor}, as reported by {reporter} on {day}",
            actor=self.actor, reporter=self.reported_by, day=phrases.day(self.day),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Forum:
    """A body that leads on a theme."""

    id: str
    name: str
    bodies: frozenset[str]
    """The names its events' organisers go by, as `dedupe.bodies` has them."""
    instrument: str = ""
    """The instrument its own events are about, where its office holds events about others too."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A forum's own meeting, as the register knows it; *since* is the day it was made known."""

    forum: str
    title: str
    span: Span
    place: str
    since: date
    source: str


@dataclass(frozen=True, slots=True)
class Register:
    """Everything that is on record: positions, forums beside those that lead on themes, and their meetings."""

    positions: tuple[Position, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    forums: tuple[Forum, ...] = ()

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any]) -> Register:
        """Read `[[positions]]`, `[[forums]]` and `[[meetings]]` as the roster found them.

        Raises:
            PositionError: An entry is incomplete or says something that cannot be.
        """
        forums = tuple(_forum(entry, f"forums[{n}]") for n, entry in enumerate(_entries(tables, "forums"), 1))
        known = {forum.id for forum in (*LEADING, *forums)}
        positions = tuple(
            _position(entry, f"positions[{n}]", known) for n, entry in enumerate(_entries(tables, "positions"), 1)
        )
        meetings = tuple(
            _meeting(entry, f"meetings[{n}]", known) for n, entry in enumerate(_entries(tables, "meetings"), 1)
        )
        ids = [position.id for position in positions]
        for id_ in ids:
            if ids.count(id_) > 1:
                raise PositionError("positions", f"{id_!r} stands there twice", "give each its own id")
        return cls(positions, meetings, forums)

    def on(self, night: date) -> Register:
        """Return what was on record on a night."""
        return replace(
            self,
            positions=tuple(position for position in self.positions if position.day <= night),
            meetings=tuple(meeting for meeting in self.meetings if meeting.since <= night),
        )

    def forum(self, id_: str) -> Forum | None:
        """Return a forum by its id."""
        return next((forum for forum in (*self.forums, *LEADING) if forum.id == id_), None)


def _known(id_: str, name: str, instrument: str = "") -> Forum:
    return Forum(id_, name, frozenset(bodies((id_,))), instrument)


LEADING = (
    _known("BWC ISU", "the Implementation Support Unit of the Biological Weapons Convention", "bwc"),
    _known("OPCW", "the Organisation for the Prohibition of Chemical Weapons", "cwc"),
    _known("IAEA", "the International Atomic Energy Agency"),
    _known("FATF", "the Financial Action Task Force"),
    _known("WCO", "the World Customs Organization"),
    _known("IPU", "the Inter-Parliamentary Union"),
    _known("BAFA", "the German Federal Office for Economic Affairs and Export Control"),
)
"""The forums that lead on themes of the reference list, the committee aside."""


@cache
def lead_forums() -> Mapping[str, Forum]:
    """Return which forum leads on which theme; themes that the committee leads on have none."""
    text = files("dedupe.meaning").joinpath("tables/themes.csv").read_text(encoding="utf-8")
    known = {forum.id: forum for forum in LEADING}
    return {
        row["theme"]: known[row["lead_forum"]]
        for row in csv.DictReader(text.splitlines())
        if row["lead_forum"] in known
    }


def _position(entry: Mapping[str, Any], where: str, forums: set[str]) -> Position:
    names = set(Position.__dataclass_fields__)
    _only(entry, where, names)
    states = _texts(entry, where, "states")
    if not states or not all(len(state) == 2 and state.isalpha() and state.isupper() for state in states):
        raise PositionError(f"{where}.states", f"{list(states)} are no ISO 3166-1 codes", 'write them as ["ZA"]')
    forum = _text(entry, where, "forum", required=False)
    if forum and forum not in forums:
        raise PositionError(f"{where}.forum", f"{forum!r} is unknown", f"use one of: {', '.join(sorted(forums))}")
    visibility = _text(entry, where, "visibility", required=False).upper() or "HIDDEN"
    if visibility not in ("PUBLIC", "SHARED", "HIDDEN"):
        raise PositionError(f"{where}.visibility", f"{visibility.lower()!r} is unknown", "use public, shared or hidden")
    return Position(
        id=_text(entry, where, "id"),
        theme=_text(entry, where, "theme"),
        about=_text(entry, where, "about"),
        actor=_text(entry, where, "actor"),
        states=states,
        stance=_text(entry, where, "stance").rstrip("."),
        day=_day(entry, where, "day"),
        reported_by=_text(entry, where, "reported_by"),
        source=_text(entry, where, "source"),
        url=_text(entry, where, "url", required=False),
        words=_texts(entry, where, "words"),
        instrument=_text(entry, where, "instrument", required=False).casefold(),
        forum=forum,
        visibility=Visibility[visibility],
        shared_with=_texts(entry, where, "shared_with"),
    )


def _forum(entry: Mapping[str, Any], where: str) -> Forum:
    _only(entry, where, {"id", "name", "bodies", "instrument"})
    names = _texts(entry, where, "bodies") or (_text(entry, where, "id"),)
    return Forum(
        _text(entry, where, "id"),
        _text(entry, where, "name"),
        frozenset(bodies(names)),
        _text(entry, where, "instrument", required=False).casefold(),
    )


def _meeting(entry: Mapping[str, Any], where: str, forums: set[str]) -> Meeting:
    _only(entry, where, {"forum", "title", "start", "end", "place", "since", "source"})
    forum = _text(entry, where, "forum")
    if forum not in forums:
        raise PositionError(f"{where}.forum", f"{forum!r} is unknown", f"use one of: {', '.join(sorted(forums))}")
    start = _day(entry, where, "start")
    end = _day(entry, where, "end") if "end" in entry else start
    if end < start:
        raise PositionError(f"{where}.end", f"it lies before {start}", "swap them; the last day counts")
    return Meeting(
        forum, _text(entry, where, "title"), Span.exact(start, end), _text(entry, where, "place", required=False),
        _day(entry, where, "since"), _text(entry, where, "source"),
    )  # fmt: skip


def _entries(tables: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    entries = tables.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise PositionError(name, "it is no list of tables", f"write each as [[{name}]]")
    return entries


def _only(entry: Mapping[str, Any], where: str, names: set[str]) -> None:
    for name in entry:
        if name not in names:
            raise PositionError(where, f"{name!r} is not a setting", f"use one of: {', '.join(sorted(names))}")


def _text(entry: Mapping[str, Any], where: str, name: str, *, required: bool = True) -> str:
    value = entry.get(name, "")
    if not isinstance(value, str):
        raise PositionError(f"{where}.{name}", f"{value!r} is no text", "put it in quotes")
    if required and not value.strip():
        raise PositionError(f"{where}.{name}", "it is missing", f'add a line: {name} = "..."')
    return " ".join(value.split())


def _texts(entry: Mapping[str, Any], where: str, name: str) -> tuple[str, ...]:
    value = entry.get(name, [])
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise PositionError(f"{where}.{name}", f"{value!r} is no list of texts", "put each in quotes, in brackets")
    return tuple(value)


def _day(entry: Mapping[str, Any], where: str, name: str) -> date:
    value = entry.get(name)
    if type(value) is not date:
        raise PositionError(f"{where}.{name}", f"{value!r} is no day", "write it without quotes: 2007-10-10")
    return value
