"""Audiences: the set of states that words about participants mean, as of a day."""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

from calendar_sync.countries import country_code, country_names
from calendar_sync.roster import Member, Organisation
from calendar_sync.wording import plain
from dedupe.lexicon import fold

_SEVERAL = re.compile(r"[;；،、\n]")
_LONGEST = 11
"""Words in the longest name of a group or state looked for."""
_WHOLE_WORLD = frozenset(
    fold(words)
    for words in (
        "UN Member States", "Member States", "all States", "all Member States", "United Nations Member States",
        "Member States of the United Nations", "States Members of the United Nations", "États Membres",
        "États Membres de l'ONU", "tous les États", "Estados Miembros", "Estados-Membros", "Estados Partes",
        "государства-члены", "государства — члены ООН", "الدول الأعضاء", "会员国", "States Parties", "États parties",
        "BWC States Parties", "ATT States Parties", "OPCW Member States", "IAEA Member States", "NPT States Parties",
        "CWC States Parties",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Audience:
    """The states meant. *sources* tells for each word which states it gave; *unknown* are words that gave none."""

    states: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    sources: tuple[tuple[str, tuple[str, ...]], ...] = ()
    named: bool = False
    """True when every state was named, none taken from a group."""
    universal: bool = False
    """True when every state of the world, or every party to an instrument, is meant; *states* are not filled in."""


def states(audience: Sequence[str], on: date, organisations: Sequence[Organisation] = ()) -> Audience:
    """Return the states that the words of *audience* mean on a day.

    Words are ISO codes, names of states in seven languages, groups, and organisations of the roster (by id, name or
    alias), whose members the roster may give with dates. Names are also found inside longer words.

    >>> sorted(states(["KE", "Ouganda"], date(2010, 2, 2)).states)
    ['KE', 'UG']
    >>> "MA" in states(["African Union"], date(2010, 2, 2)).states
    False
    >>> states(["officials of Togo and Benin"], date(2010, 2, 2)).sources
    (('officials of Togo and Benin', ('BJ', 'TG')),)
    """
    if not audience:
        return _NOBODY
    found: dict[str, tuple[str, ...]] = {}
    unknown: list[str] = []
    named, universal = True, False
    for part in (part for words in audience for part in _parts(words)):
        if _is_whole_world(part):
            universal = True
            continue
        # The roster knows its organisations' members better than our table.
        members = _of_roster(part, organisations) if organisations else ()
        codes, groups = ((), ()) if members else _meant(part)
        if not (codes or groups or members):
            unknown.append(part)
            continue
        named = named and not (groups or members)
        if members:
            found[part] = tuple(sorted({member.state for member in members if member.holds(on)}))
        elif len(groups) == 1 and not codes:
            found[part] = _members(groups[0], on)
        else:
            found[part] = tuple(sorted({*codes}.union(*(_members(group, on) for group in groups))))
    together = frozenset[str]().union(*found.values())
    return Audience(together, tuple(unknown), tuple(found.items()), named and bool(together), universal)


@lru_cache(maxsize=1 << 14)
def _parts(words: str) -> tuple[str, ...]:
    """Cut words about participants where several are named."""
    return tuple(part for piece in _SEVERAL.split(words) if (part := piece.strip()))


@lru_cache(maxsize=1 << 14)
def _is_whole_world(part: str) -> bool:
    return fold(part) in _WHOLE_WORLD


_NOBODY = Audience()


def groups_in(text: str) -> tuple[str, ...]:
    """Return the groups that words name, in order; states are left out, and acronyms must be written as such.

    >>> groups_in("Workshop on reporting for French-speaking African States")
    ('French-speaking African States',)
    """
    return _meant(text, whole=False)[1]


def group_names() -> Iterable[str]:
    """Return all names of groups, folded."""
    return _group_names().keys()


@lru_cache(maxsize=1 << 14)
def _meant(part: str, whole: bool = True) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the codes of states and the groups that a part of an audience names."""
    if whole:
        code = country_code(part)
        if code:
            return (code,), ()
        group = _group_names().get(fold(part))
        if group:
            return (), (group,)
    codes: list[str] = []
    groups: list[str] = []
    for kind, name in _named_in(part):
        (codes if kind == "state" else groups).append(name)
    return tuple(dict.fromkeys(codes)), tuple(dict.fromkeys(groups))


def _named_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield what names inside *text* mean, longest names first at each word."""
    words = plain(text).split()
    longest = _first_words()
    folded_words = all(map(_is_folded, words))
    at = 0
    while at < len(words):
        most = longest.get(words[at], 0) if folded_words else _LONGEST
        for length in range(min(most, len(words) - at), 0, -1):
            name = " ".join(words[at : at + length])
            folded = fold(name)
            group = _group_names().get(folded, "")
            if group and (folded not in _acronyms() or re.search(rf"\b{re.escape(name.upper())}\b", text)):
                yield "group", group
                at += length
                break
            code = country_code(name) if len(name) > 3 or not name.isascii() else ""
            if code:
                yield "state", code
                at += length
                break
        else:
            at += 1


def _is_folded(word: str) -> bool:
    """True for a word that folding leaves as it is, whatever follows it."""
    return word.isascii() and word.isalnum() and word == word.lower()


_BEFORE_NAMES = frozenset({
    "the", "la", "le", "l", "el", "o", "a", "islamic", "federal", "democratic", "arab", "united", "people",
    "plurinational", "bolivarian", "socialist", "co", "republic", "kingdom", "state", "commonwealth", "union",
    "sultanate", "principality", "grand", "republique", "royaume", "etat", "republica", "reino", "estado",
})  # fmt: skip
"""What the long form of a state's name may begin with; see `country_code`."""


@cache
def _first_words() -> Mapping[str, int]:
    """Return the words that names of groups and states begin with, and the most words of a name that does."""
    found = dict.fromkeys(_BEFORE_NAMES, _LONGEST)
    for name in (*_group_names(), *country_names()):
        words = name.split()
        if words:
            found[words[0]] = max(min(len(words), _LONGEST), found.get(words[0], 0))
    return found


def _of_roster(word: str, organisations: Sequence[Organisation]) -> tuple[Member, ...]:
    """Return the members the roster gives for an organisation named by id, name or alias."""
    folded = fold(word)
    for organisation in organisations:
        if not organisation.members:
            continue
        names = {fold(name) for name in (organisation.name, *organisation.aliases)}
        # An id of two letters may be a state's code: the African Union's is Australia's.
        if len(organisation.id) > 2:
            names.add(fold(organisation.id))
        if folded in names:
            return organisation.members
    return ()


@cache
def _groups() -> dict[str, tuple[Member, ...]]:
    """Read groups.csv: group to members with dates; a state that left and came back has two rows."""
    found: dict[str, list[Member]] = {}
    for row in _rows("groups.csv"):
        joined = date.fromisoformat(row["from"]) if row["from"] else None
        left = date.fromisoformat(row["to"]) if row["to"] else None
        found.setdefault(row["group"], []).append(Member(row["state"], joined, left))
    return {group: tuple(members) for group, members in found.items()}


def _members(group: str, on: date) -> tuple[str, ...]:
    """Return the states that belong to a group on a day."""
    days, members = _changes(group)
    return members[bisect_right(days, on.toordinal()) - 1]


@cache
def _changes(group: str) -> tuple[list[int], list[tuple[str, ...]]]:
    """Return the days on which a group's members change, as ordinals, and who belongs to it from each of them on."""
    members = _groups()[group]
    known = {day.toordinal() for member in members for day in (member.joined, member.left) if day is not None}
    days = sorted({1, *known})
    held = [{member.state for member in members if member.holds(date.fromordinal(day))} for day in days]
    return days, [tuple(sorted(states)) for states in held]


@cache
def _group_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for row in _rows("group_names.csv"):
        for name in (row["group"], *row["names"].split("|")):
            if name:
                names.setdefault(fold(name), row["group"])
    # In an audience "AU" is Australia, whose code it is; the African Union is written out.
    names.pop("au", None)
    return names


@cache
def _acronyms() -> frozenset[str]:
    """Names that are words of some language when written small: "las", "eu", "lac"."""
    return frozenset(
        fold(name)
        for row in _rows("group_names.csv")
        for name in (row["group"], *row["names"].split("|"))
        if name.isupper() and len(name) <= 6
    )


def _rows(table: str) -> list[dict[str, str]]:
    text = files("dedupe.meaning").joinpath(f"tables/{table}").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


_CONTINENTS = ("Africa", "Asia", "Europe", "Latin America and the Caribbean", "Oceania")


@cache
def _continent_of() -> dict[str, str]:
    return {member.state: continent for continent in _CONTINENTS for member in _groups()[continent]}


@lru_cache(maxsize=1 << 12)
def continents(codes: frozenset[str]) -> frozenset[str]:
    """Return the continents in which a quarter or more of some states lie.

    >>> sorted(continents(frozenset(["KE", "UG", "TZ", "RW", "FR"])))
    ['Africa']
    """
    counted = Counter(_continent_of()[code] for code in codes if code in _continent_of())
    return frozenset(name for name, count in counted.items() if 4 * count >= counted.total())
