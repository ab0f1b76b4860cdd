"""Sets of words of many events, laid out so that those which share some words are found without looking at the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dedupe.packing import Array

_NOTHING = frozenset[str]()


@dataclass(frozen=True)
class Sets:
    """Of each event a set of words: event i has the words that codes[start[i]:start[i + 1]] stand for.

    And the other way round: the events owners[first[c]:first[c + 1]] have the word of code c.
    """

    start: Array
    codes: Array
    owners: Array
    first: Array
    names: Sequence[str]

    @classmethod
    def of(cls, sets: Iterable[Iterable[str]]) -> Sets:
        """Lay sets out; the words of each in alphabetical order."""
        numbers: dict[str, int] = {}
        codes: list[int] = []
        start = [0]
        for words in sets:
            codes += [numbers.setdefault(word, len(numbers)) for word in sorted(words)]
            start.append(len(codes))
        begin, code = np.array(start, dtype=np.int64), np.array(codes, dtype=np.int32)
        order = np.argsort(code, kind="stable")
        owners = np.repeat(np.arange(len(begin) - 1, dtype=np.int32), np.diff(begin))[order]
        counts = np.bincount(code, minlength=len(numbers))
        return cls(begin, code, owners, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), tuple(numbers))

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {name: code for code, name in enumerate(self.names)}

    @cached_property
    def sizes(self) -> Array:
        """How many words each event has, shape (n_events,)."""
        return np.diff(self.start)

    def shared(self, words: Iterable[str], worth: Mapping[str, float] | None = None) -> Array:
        """Count how many of *words* each event has, or add up what they are worth, shape (n_events,)."""
        known = [(self._numbers[word], word) for word in words if word in self._numbers]
        count = len(self.start) - 1
        if not known:
            return np.zeros(count, dtype=np.float64 if worth is not None else np.int64)
        parts = [self.owners[self.first[code] : self.first[code + 1]] for code, _ in known]
        weights = None
        if worth is not None:
            weights = np.repeat([worth[word] for _, word in known], [len(part) for part in parts])
        counted: Array = np.bincount(np.concatenate(parts), weights=weights, minlength=count)
        return counted

    def several(self, rows: Array) -> list[frozenset[str]]:
        """Return the words of some events."""
        names = self.names
        return [
            frozenset([names[code] for code in self.codes[begin:end].tolist()]) if end > begin else _NOTHING
            for begin, end in zip(self.start[rows].tolist(), self.start[rows + 1].tolist(), strict=True)
        ]
