"""Words written as one by some and as two by others: "RubyKaigi", "Ruby Kaigi"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from dedupe.lexicon import Sort
from dedupe.titles import Word, Wording

SHORTEST = 5
"""Letters of a word that may be two."""


def splits(wordings: Iterable[Wording]) -> Mapping[str, tuple[Word, Word]]:
    """Find the plain words that some other title writes as two, and which two.

    Where several titles cut it at different places, the alphabet decides, so that the order of titles does not.
    """
    plain: set[str] = set()
    cut: dict[str, tuple[Word, Word]] = {}
    for said in wordings:
        plain.update(word.token for word in said.words if word.sort is Sort.PLAIN)
        for one, other in pairwise(said.words):
            if len(one.written) < 2 or len(other.written) < 2 or " " in one.written or " " in other.written:
                continue
            for ending in _endings(other):
                joined = one.written + ending
                if len(joined) >= SHORTEST and ((one.token, other.token) < _tokens(cut.get(joined))):
                    cut[joined] = one, other
    return {word: parts for word, parts in cut.items() if word in plain}


def _endings(word: Word) -> set[str]:
    """Say how a second word is written when it is joined to a first."""
    endings = {word.written, word.token} if word.sort is Sort.PLAIN else {word.written}
    if word.token == "event:conf":  # noqa: S105  a word of a title
        endings.add("conf")
    return endings


def _tokens(parts: tuple[Word, Word] | None) -> tuple[str, str]:
    return ("\U0010ffff", "") if parts is None else (parts[0].token, parts[1].token)
