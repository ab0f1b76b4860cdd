"""Audiences: the set of states that words about participants mean, as of a day."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from calendar_sync.roster import Member, Organisation
from dedupe.lexicon import fold
from dedupe.meaning.places import country_code


@dataclass(frozen=True, slots=True)
class Audience:
    """The states meant. *sources* tells for each word which states it gave; *unknown* are words that gave none."""

    states: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    sources: tuple[tuple[str, tuple[str, ...]], ...] = ()
    named: bool = False
    """True when every state was named, none taken from a group."""


@cache
def _groups() -> dict[str, tuple[Member, ...]]:
    """Read groups.csv: group -> members with dates."""
    found: dict[str, list[Member]] = {}
    text = files("dedupe.meaning").joinpath("tables/groups.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        joined = date.fromisoformat(row["from"]) if row["from"] else None
        left = date.fromisoformat(row["to"]) if row["to"] else None
        found.setdefault(row["group"], []).append(Member(row["state"], joined, left))
    return {group: tuple(members) for group, members in found.items()}


@cache
def _group_names() -> dict[str, str]:
    text = files("dedupe.meaning").joinpath("tables/group_names.csv").read_text(encoding="utf-8")
    names: dict[str, str] = {}
    for row in csv.DictReader(text.splitlines()):
        for name in (row["group"], *row["names"].split("|")):
            if name:
                names.setdefault(fold(name), row["group"])
    # In an audience "AU" is Australia, whose code it is; the African Union is written out.
    names.pop("au", None)
    return names


def states(audience: Sequence[str], on: date, organisations: Sequence[Organisation] = ()) -> Audience:
    """Return the states that the words of *audience* mean on a day.

    Words are ISO codes, names of states in six languages, groups, and organisations of the roster (by id, name or
    alias), whose members the roster may give with dates.

    >>> sorted(states(["KE", "Ouganda"], date(2010, 2, 2)).states)
    ['KE', 'UG']
    >>> "MA" in states(["African Union"], date(2010, 2, 2)).states
    False
    """
    found: dict[str, tuple[str, ...]] = {}
    unknown: list[str] = []
    named = True
    for words in audience:
        for part in words.split(";"):
            word = part.strip()
            if not word:
                continue
            code = country_code(word)
            if code:
                found[word] = (code,)
                continue
            members = _members(word, organisations)
            if members:
                named = False
                found[word] = tuple(sorted({member.state for member in members if member.holds(on)}))
            else:
                unknown.append(word)
    together = frozenset(state for given in found.values() for state in given)
    return Audience(together, tuple(unknown), tuple(found.items()), named and bool(together))


def _members(word: str, organisations: Sequence[Organisation]) -> tuple[Member, ...]:
    plain = fold(word)
    for organisation in organisations:
        names = {fold(name) for name in (organisation.name, *organisation.aliases)}
        # An id of two letters may be a state's code: the African Union's is Australia's.
        if len(organisation.id) > 2:
            names.add(fold(organisation.id))
        if plain in names and organisation.members:
            return organisation.members
    group = _group_names().get(plain)
    return _groups()[group] if group else ()
