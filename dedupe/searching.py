"""Finding events by words of their titles and places, told from columns.

Columns hold what the words of titles mean, not how they were written. So words asked for are read the same way, and a
word of one language finds titles of the others.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

import numpy as np

from dedupe.event_columns import NO_PLACE, EventColumns
from dedupe.lexicon import Sort, fold
from dedupe.packing import Array
from dedupe.same import Same
from dedupe.screens import Bools
from dedupe.titles import Word, wording

_FEWEST_LETTERS = 2
"""Of a word that is looked for as the beginning of others."""
_MOST_CODES = 2000
"""Words that begin as one asked for does; of more, the first in the alphabet are looked at."""
_AFRICA, _ASIA = ("Africa",), ("Asia",)
_LIES: Mapping[str, tuple[str, ...]] = {
    "africa": _AFRICA, "asia": _ASIA, "america": ("Latin America and the Caribbean",), "europe": ("Europe",),
    "baltic": ("Europe",), "nordic": ("Europe",), "pacific": ("Oceania",), "arab": _AFRICA + _ASIA,
    "middle": _ASIA + _AFRICA,
}  # fmt: skip
"""Continents of the regions that titles name, by the first word of the region: columns hold no finer ones."""


def having(columns: EventColumns, asked: str) -> Bools:
    """Say of each event whether its titles or its place have every word of *asked*; shape (n,).

    A plain word also finds those that begin with it, a state what is held in it or meant for it alone, a region what
    invites states of its continent, a year what may be held in it. Without a word to look for, nothing is found.
    """
    words = wording(asked).words
    told = np.full(len(columns), bool(words))
    for word in words:
        told &= _has(columns, word)
    return told


def _has(columns: EventColumns, word: Word) -> Bools:
    meaning = word.token.partition(":")[2]
    if word.sort is Sort.YEAR:
        return _in_year(columns, int(word.token)) | _begin(columns, word.written)
    if word.sort is Sort.PLACE:
        return _of_state(columns, meaning) | _begin(columns, word.written)
    others: Mapping[Sort, tuple[str, Sequence[str]]] = {
        Sort.ORDINAL: ("ordinals", (word.token[1:],)),
        Sort.SPEAKERS: ("speakers", (meaning,)),
        Sort.PARTICIPANTS: ("participants", (meaning,)),
        Sort.INSTRUMENT: ("instruments", (meaning,)),
        Sort.NUMBER: ("instruments", (word.token,)),
        Sort.REGION: ("continents", _LIES.get(meaning.partition("_")[0], ())),
    }
    told: Bools = columns.sets["vocabulary"].shared((word.token,)) > 0
    if word.sort in others:
        name, wanted = others[word.sort]
        told |= columns.sets[name].shared(wanted) > 0
    return told | _begin(columns, word.written)


def _in_year(columns: EventColumns, year: int) -> Bools:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    told: Bools = (columns.earliest > 0) & (columns.earliest <= last) & (columns.latest >= first)
    return told


def _of_state(columns: EventColumns, state: str) -> Bools:
    countries = list(columns.names["country"])
    told = np.zeros(len(columns), dtype=np.bool_)
    if state in countries:
        told |= columns.country == countries.index(state)
    if state in columns.names["states"]:
        told |= (columns.states == columns.bits((state,))).all(axis=1)
    return told


def _begin(columns: EventColumns, written: str) -> Bools:
    """Say which events have a word in their titles or their town that begins as one was *written*."""
    told = np.zeros(len(columns), dtype=np.bool_)
    if len(written) < _FEWEST_LETTERS:
        return told
    vocabulary = columns.sets["vocabulary"]
    found = _words_of_titles(Same(columns)).beginning(written)
    if found:
        told |= vocabulary.shared([vocabulary.names[code] for code in found]) > 0
    towns = _words_of_towns(Same(columns)).beginning(written)
    if towns:
        told |= np.isin(columns.place, towns)
    told[_words_of_the_rest(Same(columns)).beginning(written)] = True
    return told


class _Index:
    """Words in the order of the alphabet, each with the number of what has it."""

    def __init__(self, texts: Iterable[tuple[int, str]], cut: Callable[[str], Iterable[str]]) -> None:
        entries = sorted((word, number) for number, text in texts for word in cut(text))
        self._words = [word for word, _ in entries]
        self._numbers = [number for _, number in entries]

    def beginning(self, written: str) -> list[int]:
        """Return the numbers of what has a word that begins so."""
        first = bisect_left(self._words, written)
        last = bisect_left(self._words, written + "\U0010ffff")
        return self._numbers[first : min(last, first + _MOST_CODES)]


@lru_cache(maxsize=2)
def _words_of_titles(columns: Same[EventColumns]) -> _Index:
    """Index the vocabulary; of "subject:export_control" both words."""
    names = columns.of.sets["vocabulary"].names
    return _Index(enumerate(names), lambda name: name.partition(":")[2].split("_") if ":" in name else (name,))


@lru_cache(maxsize=2)
def _words_of_towns(columns: Same[EventColumns]) -> _Index:
    return _Index(enumerate(place.name for place in columns.of.places), _folded)


@lru_cache(maxsize=2)
def _words_of_the_rest(columns: Same[EventColumns]) -> _Index:
    """Index what names the events of which no town is known: a town as it was spelt, or the title."""
    rows: Array = np.flatnonzero(columns.of.place == NO_PLACE)
    return _Index(((row, columns.of.where(row)) for row in rows.tolist()), _folded)


def _folded(text: str) -> Iterable[str]:
    return set(fold(text).split())
