"""Who is invited, as far as a listing's own words tell: states, regions, speakers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from calendar_sync.countries import country_code
from dedupe.meaning import audiences
from dedupe.titles import wording

_SOME_DAY = date(2015, 1, 1)
"""Memberships changed little; a state more or less does not decide whether two groups are one."""


@dataclass(frozen=True, slots=True)
class Invited:
    """States named one by one, and groups by region, language or kind of participant."""

    states: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    speakers: frozenset[str] = frozenset()
    participants: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    """States that the groups consist of, as far as they are known."""

    @property
    def told(self) -> bool:
        """True when anything is known of who is invited."""
        return bool(self.states or self.regions or self.speakers or self.members)


@lru_cache(maxsize=1 << 14)
def invited(audience: tuple[str, ...]) -> Invited:
    """Read an audience as worded; no group is expanded into its members here.

    >>> read = invited(("KE", "Mali", "French-speaking African States"))
    >>> sorted(read.states), sorted(read.regions), sorted(read.speakers)
    (['KE', 'ML'], ['africa'], ['french'])
    """
    if not audience:
        return _NOBODY
    states: set[str] = set()
    regions: set[str] = set()
    speakers: set[str] = set()
    participants: set[str] = set()
    for name in audience:
        code = country_code(name)
        if code:
            states.add(code)
            continue
        said = wording(name)
        regions |= said.regions
        speakers |= said.speakers
        participants |= said.participants
        states |= said.countries
    members = audiences.states(audience, _SOME_DAY).states - states
    return Invited(*map(frozenset, (states, regions, speakers, participants, members)))


_NOBODY = Invited()
