"""Which letters words and titles are made of, as numbers: cheap tests that spare dear comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dedupe.title_columns import Titles

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEAR = 80.0
"""Least likeness of two words that may be one misspelt (rapidfuzz ratio)."""
MISSPELT, BEGUN, ENDED = 4, 4, 3
"""Letters a word must have to be misspelt, the beginning of another, or its end."""
EDGE = 3
"""Letters at one end of a word that are the same however it is misspelt."""
MARKS = 8
"""Numbers of 64 bits that hold the marks of a title."""
_REACH = 12
"""Letters up to which beginnings and ends are looked at."""
_KNOWN = b"abcdefghijklmnopqrstuvwxyz0123456789"
_TABLE = np.full(256, 1 << len(_KNOWN), dtype=np.int64)
_TABLE[np.frombuffer(_KNOWN, dtype=np.uint8)] = 1 << np.arange(len(_KNOWN), dtype=np.int64)
_FACTOR = np.uint64(0x100000001B3)


def masks(words: Sequence[str]) -> Ints:
    """Return for each word a bit for each letter that occurs in it, shape (n_words,).

    >>> masks(["abba", "ab", ""]).tolist()
    [3, 3, 0]
    """
    letters = np.frombuffer("".join(words).encode("ascii", "replace"), dtype=np.uint8)
    start = np.concatenate([[0], np.cumsum(np.fromiter(map(len, words), dtype=np.int64, count=len(words)))])
    return gathered(start, _TABLE[letters])


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of each of some words.

    Shapes:
        mask, first, length (n_words,), forward and backward (n_words, _REACH + 1): hashes of the first, and of the
        last, so many letters
    """

    mask: Ints
    first: Ints
    """Bit of the first letter."""
    turns: Ints
    """A bit for the first letter with each later one (`turn`)."""
    length: Ints
    forward: NDArray[np.uint64]
    backward: NDArray[np.uint64]
    spelt: Bools
    """True for words as they are spelt, False for meanings and numbers."""
    may_be_initials: Bools

    def begun(self, one: Ints, other: Ints) -> Bools:
        """Say of which pairs one word begins with the other."""
        return self._meet(self.forward, one, other, BEGUN)

    def ended(self, one: Ints, other: Ints) -> Bools:
        """Say of which pairs one word ends with the other."""
        return self._meet(self.backward, one, other, ENDED)

    def _meet(self, hashes: NDArray[np.uint64], one: Ints, other: Ints, least: int) -> Bools:
        length = np.minimum(self.length[one], self.length[other])
        upto = np.minimum(length, _REACH)
        found: Bools = (hashes[one, upto] == hashes[other, upto]) & (length >= least) & (length <= _REACH)
        return found & self.spelt[one] & self.spelt[other]

    def may_be_misspelt(self, one: Ints, other: Ints) -> Bools:
        """Say which pairs of words, the same at one end, can be one word misspelt.

        Words whose rapidfuzz ratio is NEAR or more differ in a fifth of their letters at most, so that no more
        letters than that can occur in one of them only.
        """
        total = self.length[one] + self.length[other]
        most = (100 - NEAR) * total
        differ = np.bitwise_count(self.mask[one] ^ self.mask[other]).astype(np.int64)
        told: Bools = (
            (np.maximum(differ, np.abs(self.length[one] - self.length[other])) * 100 <= most)
            & (np.minimum(self.length[one], self.length[other]) >= MISSPELT)
            & (
                (self.forward[one, EDGE] == self.forward[other, EDGE])
                | (self.backward[one, EDGE] == self.backward[other, EDGE])
            )
            & self.spelt[one]
            & self.spelt[other]
        )
        return told

    def marks(self, start: Ints, codes: Ints, kept: Bools) -> NDArray[np.uint64]:
        """Mark the *kept* entries of each title: the words, and how they begin and end.

        Two words that are the same or nearly alike leave a mark in common; so titles without one have none such.

        Shapes:
            start (n_titles + 1,), codes and kept (n_entries,); returns (n_titles, MARKS)
        """
        told = np.zeros((len(start) - 1, MARKS), dtype=np.uint64)
        owner = np.repeat(np.arange(len(start) - 1), np.diff(start))[kept]
        words = codes[kept]
        numbers = words.astype(np.uint64) * _FACTOR
        spelt = self.spelt[words]
        edges = self.forward[words, EDGE], self.backward[words, EDGE]
        for hashes, which in ((numbers, None), (edges[0], spelt), (edges[1], spelt)):
            mixed = (hashes ^ (hashes >> np.uint64(29))) * _FACTOR
            place = (mixed >> np.uint64(40)) % np.uint64(64 * MARKS)
            at, bit = (place >> np.uint64(6)).astype(np.int64), np.uint64(1) << (place & np.uint64(63))
            mine = slice(None) if which is None else which
            np.bitwise_or.at(told, (owner[mine], at[mine]), bit[mine])
        return told


@lru_cache(maxsize=2)
def letters_of(words: tuple[str, ...]) -> Letters:
    """Look at the letters of words."""
    size = len(words)
    return Letters(
        mask=masks(words),
        first=masks([word[:1] for word in words]),
        turns=_turns(words),
        length=np.fromiter(map(len, words), dtype=np.int64, count=size),
        forward=_hashes(words),
        backward=_hashes([word[::-1] for word in words]),
        spelt=np.fromiter((":" not in word and not word.isdigit() for word in words), dtype=np.bool_, count=size),
        may_be_initials=np.fromiter(
            (3 <= len(word) <= 10 and ":" not in word for word in words), dtype=np.bool_, count=size
        ),
    )


def _hashes(words: Sequence[str]) -> NDArray[np.uint64]:
    """Hash the first 0, 1, ... letters of words, shape (n_words, _REACH + 1)."""
    table = _bytes(words).astype(np.uint64)
    found = np.zeros((len(words), _REACH + 1), dtype=np.uint64)
    for at in range(_REACH):
        found[:, at + 1] = (found[:, at] ^ table[:, at]) * _FACTOR + table[:, at]
    return found


def _bytes(words: Sequence[str]) -> NDArray[np.uint8]:
    """Return the first letters of words as bytes, shape (n_words, _REACH)."""
    if not words:
        return np.zeros((0, _REACH), dtype=np.uint8)
    letters = np.array([word[:_REACH].encode("ascii", "replace") for word in words], dtype=f"S{_REACH}")
    return letters.view(np.uint8).reshape(len(words), _REACH)


def turn(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> Ints:
    """Return a bit for two letters in this order; several pairs of letters share a bit."""
    bits: Ints = np.int64(1) << ((one.astype(np.int64) * 31 + other) % 63)
    return bits


def _turns(words: Sequence[str]) -> Ints:
    table = _bytes(words)
    told = np.zeros(len(words), dtype=np.int64)
    for at in range(1, _REACH):
        told |= np.where(table[:, at] > 0, turn(table[:, 0], table[:, at]), 0)
    return told


def of_titles(titles: Titles, kept: Bools) -> Ints:
    """Return the letters of the *kept* words of each title, shape (n_titles,)."""
    bits = masks([word.written.replace(" ", "") for word in titles.vocabulary])
    return gathered(titles.start, np.where(kept, bits[titles.words], 0))


def initials_of_titles(titles: Titles) -> tuple[Ints, Ints]:
    """Return the letters that words of each title begin with, and those of words that follow each other (`turn`).

    Shapes:
        returns two of (n_titles,)
    """
    first = [b"".join(part[:1].encode("ascii", "replace") for part in word.written.split())
             for word in titles.vocabulary]  # fmt: skip
    bits = masks([letters.decode() for letters in first])[titles.words]
    # Within a term of several words, and from the last word of one to the first of the next.
    begins = np.array([letters[0] if letters else 0 for letters in first], dtype=np.uint8)[titles.words]
    ends = np.array([letters[-1] if letters else 0 for letters in first], dtype=np.uint8)[titles.words]
    inner = np.array([_inner(letters) for letters in first], dtype=np.int64)[titles.words]
    following = inner.copy()
    following[:-1] |= turn(ends[:-1], begins[1:])
    last = titles.start[1:][np.diff(titles.start) > 0] - 1
    following[last] = inner[last]
    return gathered(titles.start, bits), gathered(titles.start, following)


def _inner(letters: bytes) -> int:
    table = np.frombuffer(letters, dtype=np.uint8)
    return int(np.bitwise_or.reduce(turn(table[:-1], table[1:]))) if len(table) > 1 else 0


def gathered(start: Ints, bits: Ints) -> Ints:
    """Put together the bits of the entries start[i]:start[i + 1], shape (len(start) - 1,)."""
    told = np.zeros(len(start) - 1, dtype=np.int64)
    said = np.flatnonzero(np.diff(start))
    if len(said):
        told[said] = np.bitwise_or.reduceat(bits, start[said])
    return told
