"""Recognising one event under several wordings: listings become clusters, each pair with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calendar_sync.listing_columns import ListingColumns, listing_columns
from calendar_sync.listings import Listing
from dedupe import blocking, scoring
from dedupe.bounds import sift
from dedupe.clustering import clusters, members
from dedupe.columns import Bools, Columns, Floats, Ints, columns, columns_of
from dedupe.comparison import COMPARISONS, Levels, compare
from dedupe.evidence import Evidence, Match, Recognition
from dedupe.values import value
from dedupe.vetoes import VETOES, vetoes
from dedupe.weights import Weights, shipped
from dedupe.workers import Spread, here

DOUBT = 4.0
"""Bits below the threshold down to which a pair that was not joined is worth a look."""

Pair = tuple[str, str]
Progress = Callable[[str, int, int], None]
"""Told of each step by name, with how much of it is done and how much there is."""


def recognise(
    listings: Sequence[Listing],
    *,
    threshold: float | None = None,
    apart: Collection[Pair] = (),
    together: Collection[Pair] = (),
    weights: Weights | None = None,
) -> Recognition:
    """Recognise the events behind listings.

    Nothing but the given listings and the shipped weights has a say, and their order has none. *threshold* is in bits;
    *apart* and *together* are pairs of ids that coordinators settled, and stand above all evidence.
    """
    return recognise_table(
        listing_columns(listings), threshold=threshold, apart=apart, together=together, weights=weights
    ).recognition()


def groups(
    listings: Sequence[Listing], *, threshold: float | None = None, weights: Weights | None = None
) -> tuple[tuple[str, ...], ...]:
    """Return the clusters of `recognise` without the evidence of their pairs."""
    return recognise_table(listing_columns(listings), threshold=threshold, weights=weights).clusters()


def recognise_table(
    table: ListingColumns,
    *,
    threshold: float | None = None,
    apart: Collection[Pair] = (),
    together: Collection[Pair] = (),
    weights: Weights | None = None,
    spread: Spread = here,
    progress: Progress | None = None,
) -> Recognised:
    """Recognise the events behind the rows of a table, as `recognise` does.

    *spread* does the long work: here, in several processes (`workers`), or on several machines (`machines`). It has no
    say in the result.
    """
    model = weights if weights is not None else shipped()
    least = model.threshold if threshold is None else threshold
    known = columns_of(table, model.background)
    judged = judge_candidates(known, model, spread=spread, progress=progress)
    return Recognised(known, judged, _grouped(known, judged, model, least, apart, together), model, least)


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs with their levels, match weights and vetoes.

    Shapes:
        pairs (n_pairs, 2), levels (n_pairs, n_comparisons), base and bits (n_pairs,), veto (n_pairs,) 0 for none
    """

    pairs: Ints
    levels: Levels
    base: Floats
    """Match weights without the rivals' part."""
    bits: Floats
    veto: NDArray[np.int8]

    def only(self, which: Bools | Ints) -> Judged:
        """Return some of them."""
        return Judged(*(getattr(self, name)[which] for name in ("pairs", "levels", "base", "bits", "veto")))


@dataclass(frozen=True, slots=True)
class Recognised:
    """Which rows are one event, in columns.

    Shapes:
        group (n_listings,)  the first member of each one's event
    """

    known: Columns
    judged: Judged
    group: Ints
    model: Weights
    threshold: float

    def clusters(self) -> tuple[tuple[str, ...], ...]:
        """Return the ids of each event."""
        ids = self.known.ids
        return tuple(sorted(tuple(ids[at] for at in group) for group in members(self.group)))

    def within(self) -> Judged:
        """Return all pairs of one event, also those that only others brought together."""
        pairs = self.judged.pairs
        inside = self.judged.only(self.group[pairs[:, 0]] == self.group[pairs[:, 1]])
        missing = _lacking(self.group, inside.pairs)
        if not len(missing):
            return inside
        more = judge(self.known, missing, self.model, among=self.judged)
        both = Judged(*(np.concatenate([getattr(inside, name), getattr(more, name)])
                        for name in ("pairs", "levels", "base", "bits", "veto")))  # fmt: skip
        return both.only(np.lexsort((both.pairs[:, 1], both.pairs[:, 0])))

    def recognition(self) -> Recognition:
        """Return it with the evidence of every pair."""
        known, judged, model = self.known, self.judged, self.model
        within = self.within()
        apart = self.group[judged.pairs[:, 0]] != self.group[judged.pairs[:, 1]]
        near = np.flatnonzero(apart & (judged.bits >= self.threshold - DOUBT))
        return Recognition(
            matches=tuple(match(known, within, at, model) for at in range(len(within.pairs))),
            clusters=self.clusters(),
            doubtful=tuple(match(known, judged, at, model) for at in near.tolist()),
        )


def _lacking(group: Ints, pairs: Ints) -> Ints:
    """Find the pairs of one group that are not among *pairs*."""
    sizes = np.bincount(group, minlength=len(group))
    had = np.bincount(group[pairs[:, 0]], minlength=len(group))
    short = np.flatnonzero(had < sizes * (sizes - 1) // 2)
    if not len(short):
        return np.zeros((0, 2), dtype=np.int64)
    have = set(map(tuple, pairs[np.isin(group[pairs[:, 0]], short)].tolist()))
    at = np.flatnonzero(np.isin(group, short))
    found: dict[int, list[int]] = {}
    for one in at.tolist():
        found.setdefault(int(group[one]), []).append(one)
    told = [
        (one, other)
        for crowd in found.values()
        for position, one in enumerate(crowd)
        for other in crowd[position + 1 :]
        if (one, other) not in have
    ]
    return np.array(told, dtype=np.int64).reshape(-1, 2)


def _grouped(
    known: Columns, judged: Judged, model: Weights, least: float, apart: Collection[Pair] = (),
    together: Collection[Pair] = (),
) -> Ints:  # fmt: skip
    silent = _silent(known)

    def forbidden(some: Judged) -> Bools:
        told: Bools = (some.veto > 0) | _named(known, some.pairs, apart) | silent[some.pairs].any(axis=1)
        return told

    def missing(wanted: Ints) -> tuple[Floats, Bools]:
        more = judge(known, wanted, model, among=judged)
        return more.bits, forbidden(more)

    joined = _positions(known, together)
    return clusters(len(known), judged.pairs, judged.bits, forbidden(judged), least, joined, missing)


def judge(known: Columns, pairs: Ints, model: Weights, among: Judged | None = None) -> Judged:
    """Compare and weigh pairs; rivals are looked for *among* pairs judged before, else among these."""
    return _weighed(known, pairs, compare(known, pairs), model, among)


def judge_candidates(
    known: Columns, model: Weights, *, spread: Spread = here, progress: Progress | None = None
) -> Judged:
    """Find, compare and weigh the pairs that may matter."""
    pairs = blocking.candidates(known)
    return _weighed(known, *sift(known, pairs, model, spread=spread, progress=progress), model)


def _weighed(known: Columns, pairs: Ints, levels: Levels, model: Weights, among: Judged | None = None) -> Judged:
    base = scoring.weigh(levels, model.bits).sum(axis=1) + model.prior
    others = (pairs, base) if among is None else (among.pairs, among.base)
    levels[:, scoring.CALENDAR_AT] = scoring.rivals(known, pairs, base, *others)
    bits = base + model.bits[scoring.CALENDAR_AT, levels[:, scoring.CALENDAR_AT]]
    return Judged(pairs, levels, base, bits, vetoes(levels))


def explain(a: Listing, b: Listing, listings: Sequence[Listing], *, weights: Weights | None = None) -> Match:
    """Explain one pair among *listings*: every comparison with both values, level and bits, whatever the verdict.

    Raises:
        ValueError: The two are the same listing.
    """
    if a.id == b.id:
        raise ValueError("a listing is compared with another one, not with itself")
    model = weights if weights is not None else shipped()
    known = columns(list({one.id: one for one in (*listings, a, b)}.values()), model.background)
    wanted = _positions(known, [(a.id, b.id)])
    pairs = blocking.candidates(known)
    touching = pairs[np.isin(pairs, wanted).any(axis=1)]
    judged = judge(known, wanted, model, among=judge(known, touching, model))
    return match(known, judged, 0, model)


def match(known: Columns, judged: Judged, at: int, model: Weights) -> Match:
    """Tell what speaks for and against one judged pair."""
    one, other = (int(position) for position in judged.pairs[at])
    levels = judged.levels[at : at + 1]
    bits = scoring.weigh(levels, model.bits)[0]
    evidence = [Evidence("prior", "before anything is compared", "", "", round(model.prior, 2))]
    for number, comparison in enumerate(COMPARISONS):
        level = int(levels[0, number])
        if level >= 0:
            left, right = value(known, one, comparison.name), value(known, other, comparison.name)
            evidence.append(Evidence(comparison.name, comparison.levels[level], left, right, float(bits[number])))
    total = round(sum(piece.bits for piece in evidence), 2)
    chance = float(scoring.probability(np.array([total]))[0])
    return Match(known.ids[one], known.ids[other], total, chance, tuple(evidence), VETOES[int(judged.veto[at])])


def _positions(known: Columns, pairs: Iterable[Pair]) -> Ints:
    wanted = list(pairs)
    if not wanted:
        return np.zeros((0, 2), dtype=np.int64)
    at = {key: position for position, key in enumerate(known.ids)}
    told = [sorted((at[one], at[other])) for one, other in wanted if one in at and other in at and one != other]
    return np.array(sorted(told), dtype=np.int64).reshape(-1, 2)


def _silent(known: Columns) -> Bools:
    """Say which listings tell nothing but that days are taken, shape (n,): two of those are two, however alike."""
    told = np.array([title[:6].strip().casefold() == "busy" for title in known.table.titles], dtype=np.bool_)
    for at in np.flatnonzero(told).tolist():
        told[at] = known.table.listing(at).says_only_busy
    return told


def _named(known: Columns, pairs: Ints, named: Collection[Pair]) -> Bools:
    if not named or not len(pairs):
        return np.zeros(len(pairs), dtype=np.bool_)
    told = _positions(known, named)
    count = len(known)
    return np.isin(pairs[:, 0] * count + pairs[:, 1], told[:, 0] * count + told[:, 1])
