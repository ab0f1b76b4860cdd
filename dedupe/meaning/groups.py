"""Groups of states: who belongs to one on a day, what it is called, and on which continent its members lie."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

from calendar_sync.roster import Member
from dedupe.lexicon import fold

_CONTINENTS = ("Africa", "Asia", "Europe", "Latin America and the Caribbean", "Oceania")
_LONGEST_ACRONYM = 6


def members(group: str, on: date) -> tuple[str, ...]:
    """Return the states that belong to a group on a day; a state that is suspended belongs to it.

    >>> len(members("ECOWAS", date(2024, 1, 1))), len(members("ECOWAS", date(2025, 2, 1)))
    (15, 12)
    """
    days, held = _changes(group)
    return held[bisect_right(days, on.toordinal()) - 1]


def together(groups: Iterable[str], on: date) -> frozenset[str]:
    """Return the states that belong to any of some groups on a day."""
    return frozenset(state for group in groups for state in members(group, on))


@cache
def memberships() -> dict[str, tuple[Member, ...]]:
    """Read groups.csv: group to members with dates; a state that left and came back has two rows."""
    found: dict[str, list[Member]] = {}
    for row in _rows("groups.csv"):
        joined = date.fromisoformat(row["from"]) if row["from"] else None
        left = date.fromisoformat(row["to"]) if row["to"] else None
        found.setdefault(row["group"], []).append(Member(row["state"], joined, left))
    return {group: tuple(members) for group, members in found.items()}


@cache
def _changes(group: str) -> tuple[list[int], list[tuple[str, ...]]]:
    """Return the days on which a group's members change, as ordinals, and who belongs to it from each of them on."""
    rows = memberships()[group]
    known = {day.toordinal() for member in rows for day in (member.joined, member.left) if day is not None}
    days = sorted({1, *known})
    held = [{member.state for member in rows if member.holds(date.fromordinal(day))} for day in days]
    return days, [tuple(sorted(states)) for states in held]


@cache
def written() -> dict[str, str]:
    """Return every name of a group as written, and the group."""
    return {name: row["group"] for row in _rows("group_names.csv") for name in _names(row)}


@cache
def called() -> dict[str, str]:
    """Return every name of a group, folded, and the group."""
    names: dict[str, str] = {}
    for name, group in written().items():
        names.setdefault(fold(name), group)
    # In an audience "AU" is Australia, whose code it is; the African Union is written out.
    names.pop("au", None)
    return names


@cache
def acronyms() -> frozenset[str]:
    """Return folded names that are words of some language when written small: "las", "eu", "lac"."""
    return frozenset(fold(name) for name in written() if name.isupper() and len(name) <= _LONGEST_ACRONYM)


def _names(row: dict[str, str]) -> list[str]:
    return [name for name in (row["group"], *row["names"].split("|")) if name]


def _rows(table: str) -> list[dict[str, str]]:
    text = files("dedupe.meaning").joinpath(f"tables/{table}").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _continent_of() -> dict[str, str]:
    return {member.state: continent for continent in _CONTINENTS for member in memberships()[continent]}


@lru_cache(maxsize=1 << 12)
def continents(codes: frozenset[str]) -> frozenset[str]:
    """Return the continents in which a quarter or more of some states lie.

    >>> sorted(continents(frozenset(["KE", "UG", "TZ", "RW", "FR"])))
    ['Africa']
    """
    counted = Counter(_continent_of()[code] for code in codes if code in _continent_of())
    return frozenset(name for name, count in counted.items() if 4 * count >= counted.total())
