"""Words written as one by some and as two by others: "RubyKaigi", "Ruby Kaigi"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dedupe.lexicon import Sort
from dedupe.title_columns import Titles
from dedupe.titles import Word

SHORTEST = 5
"""Letters of a word that may be two."""


def splits(titles: Titles) -> Mapping[int, tuple[Word, Word]]:
    """Find the plain words (places in the vocabulary) that some other title writes as two, and which two.

    Where several titles cut it at different places, the alphabet decides, so that the order of titles does not.
    """
    vocabulary = titles.vocabulary
    # Whatever may be written as the second half of a word stands for the words it is.
    first: dict[str, list[int]] = {}
    second: dict[str, list[int]] = {}
    for number, word in enumerate(vocabulary):
        if len(word.written) >= 2 and " " not in word.written:
            first.setdefault(word.written, []).append(number)
            for ending in _endings(word):
                second.setdefault(ending, []).append(number)
    wanted = [
        (number, one, other)
        for number, word in enumerate(vocabulary)
        if word.sort is Sort.PLAIN and len(word.token) >= SHORTEST
        for length in range(2, len(word.token) - 1)
        if word.token[:length] in first and word.token[length:] in second
        for one in first[word.token[:length]]
        for other in second[word.token[length:]]
    ]
    found: dict[int, tuple[Word, Word]] = {}
    for number, one, other in _written(titles, wanted):
        parts = vocabulary[one], vocabulary[other]
        if number not in found or _by_alphabet(parts) < _by_alphabet(found[number]):
            found[number] = parts
    return found


def _written(titles: Titles, wanted: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Keep those whose two words stand beside each other in some title."""
    if not wanted:
        return []
    words, owner, size = titles.words.astype(np.int64), titles.owners(), len(titles.vocabulary)
    together = owner[:-1] == owner[1:]
    keys = words[:-1][together] * size + words[1:][together]
    asked = np.array([one * size + other for _, one, other in wanted], dtype=np.int64)
    return [wanted[at] for at in np.flatnonzero(np.isin(asked, keys)).tolist()]


def _by_alphabet(parts: tuple[Word, Word]) -> tuple[str, ...]:
    one, other = parts
    return one.token, other.token, one.written, other.written


def _endings(word: Word) -> set[str]:
    """Say how a second word is written when it is joined to a first."""
    endings = {word.written, word.token} if word.sort is Sort.PLAIN else {word.written}
    if word.token == "event:conf":  # noqa: S105  a word of a title
        endings.add("conf")
    return endings
