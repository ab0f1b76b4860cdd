"""Learning: weights from labelled pairs. m and u are counted; the bits are fitted so that they may be added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe import scoring
from dedupe.columns import Bools, Columns, Floats, Ints
from dedupe.comparison import COMPARISONS, Levels
from dedupe.weights import WIDEST

STEPS = 30
"""Newton steps at most."""
SMOOTHING = 0.5
ROUNDS = 3
"""Turns of weighing and of looking for rivals."""


def counted(levels: Levels, same: Bools, sample: Floats) -> tuple[Floats, Floats]:
    """Count how often each level is reached by pairs that are one event (m) and that are not (u), when not silent.

    Shapes:
        levels   (n_pairs, n_comparisons)
        same     (n_pairs,)
        sample   (n_pairs,)  weight of each pair
        returns  two of (n_comparisons, n_levels)
    """
    m, u = np.zeros((len(COMPARISONS), WIDEST)), np.zeros((len(COMPARISONS), WIDEST))
    for at, comparison in enumerate(COMPARISONS):
        size = len(comparison.levels)
        for table, which in ((m, same), (u, ~same)):
            heard = which & (levels[:, at] >= 0)
            counts = np.bincount(levels[heard, at], weights=sample[heard], minlength=size)[:size] + SMOOTHING
            table[at, :size] = counts / counts.sum()
    return m, u


def fitted(levels: Levels, same: Bools, sample: Floats, ridge: float) -> tuple[Floats, float]:
    """Fit the bits of all levels together, and the prior, so that their sum is the log-odds of being one event.

    Comparisons overlap (two titles that share words share letters), so adding their log2(m / u) would count twice. A
    penalised logistic regression shares the weight out; the ridge draws levels seldom seen towards zero.

    Shapes:
        levels   (n_pairs, n_comparisons), same (n_pairs,), sample (n_pairs,)
        returns  bits (n_comparisons, n_levels) and the prior in bits
    """
    places, size = _places()
    columns = np.where(levels >= 0, levels + places[:-1], size).astype(np.int64)
    theta = np.zeros(size + 1)
    penalty = np.full(size + 1, ridge)
    penalty[size] = 1e-3
    target = same.astype(np.float64)
    # Pairs with the same levels are one row.
    rows, inverse = np.unique(columns, axis=0, return_inverse=True)
    inverse = inverse.ravel()
    weight = np.bincount(inverse, weights=sample)
    positive = np.bincount(inverse, weights=sample * target)
    design = np.zeros((len(rows), size + 1))
    for column in range(rows.shape[1]):
        design[np.arange(len(rows)), rows[:, column]] = 1.0
    design[:, size] = 1.0
    for _ in range(STEPS):
        odds = design @ theta
        chance = 1.0 / (1.0 + np.exp(-np.clip(odds, -40, 40)))
        slope = design.T @ (positive - weight * chance) - penalty * theta
        curve = (design * (weight * chance * (1 - chance))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        theta += np.clip(step, -4, 4)
        if np.abs(step).max() < 1e-5:
            break
    bits = np.zeros((len(COMPARISONS), WIDEST))
    for at, comparison in enumerate(COMPARISONS):
        bits[at, : len(comparison.levels)] = theta[places[at] : places[at] + len(comparison.levels)] / np.log(2)
    return bits, float(theta[size] / np.log(2))


def _places() -> tuple[NDArray[np.int64], int]:
    places = np.concatenate([[0], np.cumsum([len(comparison.levels) for comparison in COMPARISONS])]).astype(np.int64)
    return places, int(places[-1])


def shares(collections: Sequence[Columns], least: int, *, bodies: bool = False) -> Mapping[str, float]:
    """Count in what share of listings each word (or body) occurs: the largest share of all collections.

    Words in fewer than *least* listings of a collection are left out.
    """
    largest: dict[str, float] = {}
    for listings in collections:
        sparse = listings.bodies if bodies else listings.words
        told = int((np.diff(sparse.start) > 0).sum())
        counts = Counter(dict(zip(sparse.names, sparse.counts().tolist(), strict=True)))
        for name, count in counts.items():
            if count >= least and told:
                largest[name] = max(largest.get(name, 0.0), count / told)
    return largest


@dataclass(frozen=True, slots=True)
class Labelled:
    """Compared pairs of one collection of listings, and whether each is one event.

    Shapes:
        pairs (n_pairs, 2), levels (n_pairs, n_comparisons), same (n_pairs,)
        used (n_pairs,)  False for pairs that must not be learned from: unsettled ones, or those of a test fold
    """

    listings: Columns
    pairs: Ints
    levels: Levels
    same: Bools
    used: Bools
    weight: float
    """What each pair counts: a small collection would else not be heard beside a large one."""


def learn(collections: Sequence[Labelled], *, ridge: float = 1.0, rounds: int = ROUNDS) -> tuple[Floats, ...]:
    """Learn from labelled pairs.

    Whether a better partner exists is known only once the other comparisons are weighed, so weights and that answer
    take turns.

    Returns:
        bits, m, u of shape (n_comparisons, n_levels), and the prior in bits, of shape ()
    """
    same = np.concatenate([one.same[one.used] for one in collections])
    sample = np.concatenate([np.full(int(one.used.sum()), one.weight) for one in collections])
    levels = np.concatenate([one.levels[one.used] for one in collections])
    bits, prior = fitted(levels, same, sample, ridge)
    for _ in range(rounds - 1):
        levels = np.concatenate([_answered(one, bits, prior)[one.used] for one in collections])
        bits, prior = fitted(levels, same, sample, ridge)
    m, u = counted(levels, same, sample)
    return bits, m, u, np.array(prior)


def _answered(one: Labelled, bits: Floats, prior: float) -> Levels:
    levels = one.levels.copy()
    levels[:, scoring.CALENDAR_AT] = -1
    base = scoring.weigh(levels, bits).sum(axis=1) + prior
    levels[:, scoring.CALENDAR_AT] = scoring.rivals(one.listings, one.pairs, base, one.pairs, base)
    return levels
