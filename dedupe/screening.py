"""Which pairs of events a rule could relate: found by joins on what they share, so that the rules read few of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.bodies import UMBRELLA
from dedupe.likeness import LEAST_ALIKE, SHORTNESS
from dedupe.policy import Policy
from dedupe.profiles import Profile

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOST_SHARING = 400
"""Events sharing a word or an organiser from which on it tells nothing."""
TELLING = 1.0
"""What a word of a title counts from which on it may bring together events that lie far apart."""
_UNDATED = 1 << 23
"""Stands for the day of an event without one; later than all days."""
_BLOCK = 1 << 20
"""Pairs made at a time: bounds the memory."""
_ROUNDING = 1e-9


def pairs(profiles: Sequence[Profile], policy: Policy, within: int, *, sharing: bool) -> Ints:
    """Return the pairs worth a look among events in the order of their starts, undated ones last.

    Two events are looked at when at most *within* days lie between them, and with *sharing* at any distance when they
    have an organiser or a telling word in common that few have. Of those are left out the pairs of which no rule of
    `finding.among` says anything:

    - `part_of` and `clash` ask for one town, an organiser, a subject or everybody in common, and nearness;
    - `duplicative` asks for a subject in common;
    - `series` asks for titles that are alike, or an organiser in common.

    Shapes:
        returns  (n_pairs, 2)  positions in *profiles*, the smaller first; ascending
    """
    days = _Days.of(profiles)
    count = len(profiles)
    bodies = _keys(profiles, _bodies)
    shared = _keys(profiles, lambda entry: {*_holders(entry), *_telling(entry)}) if sharing else _NO_KEYS
    shared = shared.rare(MOST_SHARING)
    soon = max(policy.duplicative_days, policy.travel_days, policy.adjoining_days)
    titles = _Titles.of(profiles)
    found = [
        days.near(bodies, within),
        days.near(_keys(profiles, lambda entry: (entry.place,) if entry.place else ()), policy.adjoining_days),
        days.near(_keys(profiles, lambda entry: entry.instruments | entry.themes | entry.subjects), soon),
        days.near(_keys(profiles, lambda entry: ("all",) if entry.universal else ()), policy.travel_days),
        titles.alike(days, within),
    ]
    if sharing:
        few = frozenset(shared.names)
        found += [
            days.all(_keys(profiles, lambda entry: few & _holders(entry))),
            days.all(_keys(profiles, lambda entry: _products(few & _telling(entry), _bodies(entry)))),
            titles.alike(days, None),
        ]
    keys = np.unique(np.concatenate(found))
    told = _cut(keys, count)
    near = days.apart(told) <= within
    near[~near] = shared.common(told[~near])
    kept: Ints = told[near]
    return kept


def _cut(keys: Ints, count: int) -> Ints:
    """Take keys one * count + other apart, shape (n_keys, 2)."""
    return np.stack(np.divmod(keys, max(1, count)), axis=1)


def _holders(entry: Profile) -> frozenset[str]:
    """Return the organisers, and the bodies they are offices of."""
    return entry.organisers | entry.offices


def _bodies(entry: Profile) -> frozenset[str]:
    """Return the names by which two events may share an organiser."""
    return _holders(entry) - {UMBRELLA}


def _telling(entry: Profile) -> frozenset[str]:
    return frozenset(word for title in entry.titles for word, worth in title.items() if worth >= TELLING)


def _products(ones: Iterable[Hashable], others: Iterable[str]) -> set[tuple[Hashable, str]]:
    others = tuple(others)
    return {(one, other) for one in ones for other in others}


@dataclass(frozen=True, slots=True)
class _Keys:
    """What events share: event *owners[i]* has the key *codes[i]*; each pair once, by code and then by owner."""

    owners: Ints
    codes: Ints
    names: Sequence[Hashable]

    def rare(self, most: int) -> _Keys:
        """Keep the keys that at most so many events have."""
        counts = np.bincount(self.codes, minlength=len(self.names))
        few = counts <= most
        kept = few[self.codes]
        numbers = np.cumsum(few) - 1
        names = [self.names[at] for at in np.flatnonzero(few).tolist()]
        return _Keys(self.owners[kept], numbers[self.codes[kept]], names)

    def common(self, asked: Ints) -> Bools:
        """Say which pairs of events have a key in common."""
        return _overlaps(self.owners, self.codes, asked) > 0


_NO_KEYS = _Keys(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), ())


def _keys(profiles: Sequence[Profile], read: Callable[[Profile], Iterable[Hashable]]) -> _Keys:
    """Number what *read* returns of each event."""
    numbers: dict[Hashable, int] = {}
    owners: list[int] = []
    codes: list[int] = []
    for at, entry in enumerate(profiles):
        for key in read(entry):
            owners.append(at)
            codes.append(numbers.setdefault(key, len(numbers)))
    told, whose = np.array(codes, dtype=np.int64), np.array(owners, dtype=np.int64)
    order = np.argsort(told, kind="stable")
    return _Keys(whose[order], told[order], tuple(numbers))


@dataclass(frozen=True, slots=True)
class _Days:
    """First and last possible day of each event, as ordinals; of an undated one the last lies before every first."""

    first: Ints
    last: Ints

    @classmethod
    def of(cls, profiles: Sequence[Profile]) -> _Days:
        spans = [entry.span for entry in profiles]
        first = [span.earliest.toordinal() if span else _UNDATED for span in spans]
        last = [span.latest.toordinal() if span else -_UNDATED for span in spans]
        return cls(np.array(first, dtype=np.int64), np.array(last, dtype=np.int64))

    def apart(self, told: Ints) -> Ints:
        """Return the days from the end of the earlier event to the start of the later, shape (n_pairs,)."""
        days: Ints = self.first[told[:, 1]] - self.last[told[:, 0]]
        return days

    def near(self, keys: _Keys, within: int) -> Ints:
        """Join the events that share a key with at most so many days between them; one * count + other, ascending."""
        return self._joined(keys, self.last[keys.owners] + within)

    def all(self, keys: _Keys) -> Ints:
        """Join all events that share a key."""
        return self._joined(keys, np.full(len(keys.owners), _UNDATED))

    def _joined(self, keys: _Keys, until: Ints) -> Ints:
        """Join each entry with those behind it that have its key and start by the day *until*."""
        parts = [np.zeros(0, dtype=np.int64)]
        for ones, others in entry_pairs(keys.codes, self.first[keys.owners], until):
            parts.append(np.unique(keys.owners[ones] * len(self.first) + keys.owners[others]))
        return np.unique(np.concatenate(parts))


def entry_pairs(codes: Ints, first: Ints, until: Ints) -> Iterable[tuple[Ints, Ints]]:
    """Yield, block by block, pairs of entries with one code of which the second starts by the *until* of the first.

    Shapes:
        codes, first  (n_entries,)  ascending by code, then by first day, 0 to `_UNDATED`
    """
    place = codes * (2 * _UNDATED) + first
    at = np.arange(len(codes))
    stop = np.searchsorted(place, codes * (2 * _UNDATED) + np.clip(until, -1, _UNDATED), side="right")
    partners = np.maximum(0, stop - at - 1)
    begin = 0
    total = np.cumsum(partners)
    while begin < len(codes):
        before = int(total[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(total, before + _BLOCK, side="right")))
        some = partners[begin:end]
        ones = np.repeat(at[begin:end], some)
        yield ones, ones + 1 + np.arange(len(ones)) - np.repeat(np.cumsum(some) - some, some)
        begin = end


def _overlaps(owners: Ints, codes: Ints, asked: Ints, weights: Floats | None = None) -> Floats:
    """Add up what the two of each pair have in common, shape (n_pairs,); one for each code without *weights*."""
    size = int(codes.max(initial=0)) + 1
    order = np.argsort(owners * size + codes)
    owner, place = owners[order], (owners * size + codes)[order]
    worth = np.ones(len(owner)) if weights is None else weights[order]
    told = np.zeros(len(asked))
    for begin in range(0, len(asked), _BLOCK >> 3):
        ones, others = asked[begin : begin + (_BLOCK >> 3)].T
        start, stop = np.searchsorted(owner, ones), np.searchsorted(owner, ones, side="right")
        pair = np.repeat(np.arange(len(ones)), stop - start)
        entry = np.arange(len(pair)) + np.repeat(start - np.cumsum(stop - start) + (stop - start), stop - start)
        wanted = others[pair] * size + place[entry] % size
        at = np.minimum(np.searchsorted(place, wanted), len(place) - 1)
        has = place[at] == wanted
        told[begin : begin + len(ones)] = np.bincount(pair[has], weights=worth[entry[has]], minlength=len(ones))
    return told


@dataclass(frozen=True, slots=True)
class _Titles:
    """The words of the titles of events, with what they count; a title is one of `Profile.titles`.

    Shapes:
        owner, worth        (n_titles,)   the event; the sum of its words
        title, word, count  (n_entries,)
        lead                (n_entries,)  True for the words of which two titles that are alike share one
        rare                (n_entries,)  True for words that at most `MOST_SHARING` events have
    """

    owner: Ints
    worth: Floats
    title: Ints
    word: Ints
    count: Floats
    lead: Bools
    rare: Bools

    @classmethod
    def of(cls, profiles: Sequence[Profile]) -> _Titles:
        events = Counter(word for entry in profiles for word in entry.vocabulary)
        # From rare to frequent, so that titles meet in the rarest word they share.
        ordered = sorted(events, key=lambda word: (events[word], word))
        numbers = {word: number for number, word in enumerate(ordered)}
        frequent = next((at for at, word in enumerate(ordered) if events[word] > MOST_SHARING), len(ordered))
        owner = [at for at, entry in enumerate(profiles) for _ in entry.titles]
        said = [title for entry in profiles for title in entry.titles]
        title = np.array([at for at, words in enumerate(said) for _ in words], dtype=np.int64)
        word = np.array([numbers[word] for words in said for word in words], dtype=np.int64)
        count = np.array([worth for words in said for worth in words.values()], dtype=np.float64)
        order = np.lexsort((word, title))
        title, word, count = title[order], word[order], count[order]
        worth = np.bincount(title, weights=count, minlength=len(said)).astype(np.float64)
        # What this word and the more frequent ones behind it count together. Alike needs
        # 2 * both > LEAST_ALIKE * (one + other + SHORTNESS), and the other counts no less than both.
        begun = np.cumsum(count) - count
        left = worth[title] - (begun - begun[np.searchsorted(title, title)])
        least = LEAST_ALIKE / (2 - LEAST_ALIKE) * (worth[title] + SHORTNESS)
        return cls(
            np.array(owner, dtype=np.int64), worth, title, word, count, left > least - _ROUNDING, word < frequent
        )

    def alike(self, days: _Days, within: int | None) -> Ints:
        """Join events with titles that are alike, near in time or else by a rare word; one * count + other."""
        kept = np.flatnonzero(self.lead if within is not None else self.lead & self.rare)
        kept = kept[np.lexsort((self.title[kept], self.word[kept]))]
        owner = self.owner[self.title[kept]]
        until = np.full(len(kept), _UNDATED) if within is None else days.last[owner] + within
        found = [np.zeros(0, dtype=np.int64)]
        for ones, others in entry_pairs(self.word[kept], days.first[owner], until):
            one, other = self.title[kept[ones]], self.title[kept[others]]
            apart = self.owner[one] != self.owner[other]
            told = _cut(np.unique(one[apart] * len(self.owner) + other[apart]), len(self.owner))
            both = _overlaps(self.title, self.word, told, self.count)
            alike = 2 * both > LEAST_ALIKE * (self.worth[told].sum(axis=1) + SHORTNESS) - _ROUNDING
            found.append(self.owner[told[alike]] @ np.array([len(days.first), 1]))
        return np.concatenate(found)
