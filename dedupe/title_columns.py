"""Many titles at once: their words as numbers. What `titles.wording` reads of one title is read here of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count

import numpy as np
from numpy.typing import NDArray

from calendar_sync.countries import country_names
from dedupe.lexicon import Sort, fold, lexicon
from dedupe.look_alikes import skeleton
from dedupe.titles import MONTHS, SENTENCE, Word, is_foreign, is_roman, romans_in, word_alone, words_of

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_END = "\x01"
"""Stands between two titles; no word."""
_LETTERS = bytes(
    byte if (chr(byte).isalnum() and byte < 128) or chr(byte) in "+#\x01" or byte >= 128 else 32 for byte in range(256)
)
_BLOCK = 1 << 16
"""Titles cut into words at a time: bounds the memory."""
_LINKS = frozenset({"of", "du", "de", "del", "d", "do", "des", "da"})
"""Words between the kind of a state and its name: "Republic of"."""
_KINDS = frozenset({
    "republic", "kingdom", "state", "commonwealth", "union", "sultanate", "principality", "duchy", "republique",
    "royaume", "etat", "republica", "reino", "estado", "islamique", "togolaise", "arabe", "islamica",
})  # fmt: skip
"""Words that end what stands before a state's short name in its long one."""


@dataclass(frozen=True, slots=True)
class Titles:
    """The words of all titles. Those of title i lie in start[i]:start[i + 1], in the order they are written.

    Shapes:
        start, raw_start  (n_titles + 1,)
        words             (n_words,)      places in *vocabulary*; stop words are left out
        raw               (n_raw_words,)  places in *spelt*: every word, as folded
        length            (n_titles,)     words as folded
        foreign, worded   (n_titles,)     as in `Wording`
    """

    start: Ints
    words: NDArray[np.int32]
    vocabulary: Sequence[Word]
    raw_start: Ints
    raw: NDArray[np.int32]
    spelt: Sequence[str]
    foreign: Bools

    @property
    def length(self) -> Ints:
        """Words of each title as folded."""
        return np.diff(self.raw_start)

    @property
    def worded(self) -> Bools:
        """True for a description or a headline, False for a name."""
        told: Bools = (self.length >= SENTENCE) | self.foreign
        return told

    def owners(self) -> Ints:
        """The title of each of *words*."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))


def read_titles(titles: Sequence[str]) -> Titles:
    """Understand titles, as `titles.wording` does each."""
    titles = [title if title.isascii() else skeleton(title) for title in titles]
    foreign = np.zeros(len(titles), dtype=np.bool_)
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    end = numbers[_END]
    parts = []
    for begin in range(0, len(titles), _BLOCK):
        block = [_folded(title) for title in titles[begin : begin + _BLOCK]]
        parts.append(_cut(block, numbers))
    for at, title in enumerate(titles):
        if not title.isascii():
            foreign[at] = is_foreign(title)
    flat = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)
    stops = np.flatnonzero(flat == end)
    raw = flat[flat != end]
    raw_start = np.concatenate([[0], stops - np.arange(len(stops))]).astype(np.int64)
    spelt = list(numbers)
    start, words, vocabulary = _understood(titles, raw, raw_start, spelt)
    return Titles(start, words, vocabulary, raw_start, raw, spelt, foreign)


def _folded(title: str) -> str:
    """Return a title whose words may be cut at whatever is no letter or digit."""
    if title.isascii() and not ("+" in title or "#" in title or _END in title):
        return title
    return fold(lexicon().spaced(title))


def _cut(block: Sequence[str], numbers: defaultdict[str, int]) -> NDArray[np.int32]:
    text = f" {_END} ".join((*block, "")).lower()
    words = text.encode("latin-1").translate(_LETTERS).decode("latin-1").split()
    return np.fromiter(map(numbers.__getitem__, words), dtype=np.int32, count=len(words))


def _understood(
    titles: Sequence[str], raw: NDArray[np.int32], raw_start: Ints, spelt: Sequence[str]
) -> tuple[Ints, NDArray[np.int32], list[Word]]:
    """Turn folded words into words with a sort, those of most titles without looking at the title again."""
    vocabulary: defaultdict[Word, int] = defaultdict(count().__next__)
    alone = np.full(len(spelt), -1, dtype=np.int32)
    for code, written in enumerate(spelt):
        word = word_alone(written)
        if word is not None:
            alone[code] = vocabulary[word]
    owner = np.repeat(np.arange(len(titles)), np.diff(raw_start))
    by_hand = np.zeros(len(titles), dtype=np.bool_)
    by_hand[owner[_depends(raw, owner, spelt)]] = True
    read = np.where(by_hand[owner], -1, alone[raw])
    kept = read >= 0
    owners, words = [owner[kept]], [read[kept]]
    seen: dict[tuple[str, ...], list[int]] = {}
    for at in np.flatnonzero(by_hand).tolist():
        said = [spelt[code] for code in raw[raw_start[at] : raw_start[at + 1]]]
        romans = romans_in(titles[at])
        key = (*said, "", *sorted(romans))
        if key not in seen:
            seen[key] = [vocabulary[word] for word in words_of(said, romans) if word.sort is not Sort.STOP]
        owners.append(np.full(len(seen[key]), at))
        words.append(np.array(seen[key], dtype=np.int32))
    flat_owner, flat = np.concatenate(owners), np.concatenate(words).astype(np.int32)
    order = np.argsort(flat_owner, kind="stable")
    start = np.searchsorted(flat_owner[order], np.arange(len(titles) + 1)).astype(np.int64)
    return start, flat[order], list(vocabulary)


def _depends(raw: NDArray[np.int32], owner: Ints, spelt: Sequence[str]) -> Ints:
    """Find the places where the words around have a say in what a word means."""
    size = len(spelt)
    roman = np.fromiter(map(is_roman, spelt), dtype=np.bool_, count=size)
    digit = np.fromiter((word.isdigit() for word in spelt), dtype=np.bool_, count=size)
    counting = np.fromiter((word[0].isdigit() and len(word) <= 6 for word in spelt), dtype=np.bool_, count=size)
    beside = digit | np.fromiter((word in MONTHS for word in spelt), dtype=np.bool_, count=size)
    found = roman[raw]
    if len(raw) > 1:
        one, other = raw[:-1], raw[1:]
        together = owner[:-1] == owner[1:]
        numbered = together & ((counting[one] & beside[other]) | (beside[one] & counting[other]))
        found[:-1] |= numbered
        begins, pairs = _terms(spelt)
        at = np.flatnonzero(together & begins[one])
        keys = one[at].astype(np.int64) * size + other[at]
        found[at] |= np.isin(keys, pairs)
    told: Ints = np.flatnonzero(found)
    return told


def _terms(spelt: Sequence[str]) -> tuple[Bools, Ints]:
    """Say which words begin a term of several, and with which second word."""
    numbers = {word: code for code, word in enumerate(spelt)}
    size = len(spelt)
    keys = {numbers[one] * size + numbers[other] for one, other in _begun() if one in numbers and other in numbers}
    kinds = [numbers[word] for word in _KINDS if word in numbers]
    keys |= {kind * size + numbers[link] for kind in kinds for link in _LINKS if link in numbers}
    pairs = np.array(sorted(keys), dtype=np.int64)
    begins = np.zeros(size, dtype=np.bool_)
    begins[pairs // size] = True
    return begins, pairs


@cache
def _begun() -> frozenset[tuple[str, str]]:
    """Return the first two words of every term and every country of several words."""
    found = set()
    for term in lexicon().terms:
        words = term.split()
        if len(words) > 1:
            found.add((words[0], words[1]))
    for name in country_names():
        words = name.split()
        found.add(("the", words[0]))
        if len(words) > 1:
            found.add((words[0], words[1]))
    return frozenset(found)
