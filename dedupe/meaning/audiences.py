"""Audiences: the set of states that words about participants mean, as of a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from calendar_sync.countries import country_code
from calendar_sync.roster import Member, Organisation
from dedupe.lexicon import fold
from dedupe.meaning import groups
from dedupe.meaning.clauses import Clauses, clauses, is_whole_world
from dedupe.meaning.groups import continents
from dedupe.meaning.names import Named, names_in

__all__ = ["Audience", "continents", "group_names", "groups_in", "states"]

_SEVERAL = re.compile(r"[;；،、\n]")


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
    partly: tuple[str, ...] = ()
    """Words that mean only some of the states they gave: "10 African countries"."""
    open: bool = False
    """True when others, whom nobody names, are meant too: "and partners", "and observers"."""


@dataclass(frozen=True, slots=True)
class _Meant:
    """What one part of an audience says, before it is known who belonged to its groups on the day."""

    codes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    but_codes: tuple[str, ...] = ()
    but_groups: tuple[str, ...] = ()
    count: int = 0
    """How many states are spoken of; 0 when nobody says, 1 for "several"."""

    @property
    def something(self) -> bool:
        return bool(self.codes or self.groups or self.but_codes or self.but_groups)

    def on(self, day: date) -> frozenset[str]:
        return (groups.together(self.groups, day) | {*self.codes}) - self.but(day)

    def but(self, day: date) -> frozenset[str]:
        return groups.together(self.but_groups, day) | {*self.but_codes}


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
    >>> sorted(states(["Baltic States except Latvia, and partners"], date(2010, 2, 2)).states)
    ['EE', 'LT']
    """
    if not audience:
        return _NOBODY
    found: dict[str, tuple[str, ...]] = {}
    unknown: list[str] = []
    partly: list[str] = []
    but: set[str] = set()
    named, universal, others = True, False, False
    for part in (part for words in audience for part in _parts(words)):
        if is_whole_world(part):
            universal = True
            continue
        # The roster knows its organisations' members better than our table.
        members = _of_roster(part, organisations) if organisations else ()
        if members:
            named = False
            found[part] = tuple(sorted({member.state for member in members if member.holds(on)}))
            continue
        cut = clauses(part)
        others = others or cut.open
        universal = universal or cut.universal
        meant = _meant(part, cut)
        if not meant.something:
            if not cut.universal:
                unknown.append(part)
            continue
        if not (meant.codes or meant.groups):
            but |= meant.but(on)
            continue
        named = named and not meant.groups
        found[part] = tuple(sorted(meant.on(on)))
        if meant.groups and 0 < meant.count < len(found[part]):
            partly.append(part)
    if but:
        found = {part: tuple(state for state in given if state not in but) for part, given in found.items()}
    together = frozenset[str]().union(*found.values())
    return Audience(
        together, tuple(unknown), tuple(found.items()), named and bool(together), universal, tuple(partly), others
    )


@lru_cache(maxsize=1 << 14)
def _parts(words: str) -> tuple[str, ...]:
    """Cut words about participants where several are named."""
    return tuple(part for piece in _SEVERAL.split(words) if (part := piece.strip()))


_NOBODY = Audience()


def groups_in(text: str) -> tuple[str, ...]:
    """Return the groups that words name, in order; states are left out, and acronyms must be written as such.

    >>> groups_in("Workshop on reporting for French-speaking African States")
    ('French-speaking African States',)
    """
    return _named(text)[1]


def group_names() -> Iterable[str]:
    """Return all names of groups, folded."""
    return groups.called().keys()


@lru_cache(maxsize=1 << 14)
def _meant(part: str, cut: Clauses) -> _Meant:
    """Return the states and groups that a part of an audience names and leaves out."""
    group = groups.called().get(fold(part), "")
    # GUAM is four states, Guam an island; UA is Ukraine.
    code = "" if group and len(part) > 2 and part.isupper() else country_code(part)
    if code:
        return _Meant((code,))
    if group:
        return _Meant(groups=(group,))
    codes, within = _named(cut.meant)
    return _Meant(codes, within, *(_named(cut.but) if cut.but else ((), ())), cut.count)


@lru_cache(maxsize=1 << 14)
def _named(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the codes of states and the groups named in words, each once."""
    found = tuple(names_in(text))
    codes = dict.fromkeys(name.meaning for name in found if name.named is Named.STATE)
    return tuple(codes), tuple(dict.fromkeys(name.meaning for name in found if name.named is Named.GROUP))


def _of_roster(word: str, organisations: Sequence[Organisation]) -> tuple[Member, ...]:
    """Return the members the roster gives for an organisation named by id, name or alias."""
    folded = fold(word)
    return next(
        (known.members for known in organisations if known.members and folded in _names(known.id, known.called)), ()
    )


@lru_cache(maxsize=1 << 12)
def _names(id_: str, called: tuple[str, ...]) -> frozenset[str]:
    # An id of two letters may be a state's code: the African Union's is Australia's.
    return frozenset(fold(name) for name in (*called, *((id_,) if len(id_) > 2 else ())))
