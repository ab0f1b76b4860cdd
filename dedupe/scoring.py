"""Evidence to bits, and what rivals do to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from dedupe.blocking import Pairs
from dedupe.columns import Columns
from dedupe.comparison import COMPARISONS, LEVELS, MOST_LEVELS, SILENT, VETOES, Levels

Bits = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned.

    Shapes:
        bits  (n_comparisons, n_levels)  match weight of each level, log2(m / u), calibrated jointly
    """

    bits: Bits
    prior: float
    """Match weight of a candidate pair before any evidence."""
    rival: float
    """Match weight, negative, when either side has a better partner in the other's calendar."""
    threshold: float
    """Least match weight, averaged over a cluster, that makes listings one event."""


@cache
def shipped() -> Weights:
    """Read the weights the product comes with; `python -m bench.matching learn` made them."""
    stored = json.loads(files("dedupe").joinpath("tables/weights.json").read_text(encoding="utf-8"))
    bits = np.zeros((len(COMPARISONS), MOST_LEVELS))
    for row, comparison in enumerate(COMPARISONS):
        for column, level in enumerate(LEVELS[comparison]):
            bits[row, column] = stored["bits"][comparison][level]
    return Weights(bits, stored["prior"], stored["rival"], stored["threshold"])


def weigh(levels: Levels, bits: Bits) -> Bits:
    """Look up what each pair says for and against, in bits. Silence adds nothing.

    Shapes:
        levels   (n_pairs, n_comparisons)       int8, the level each comparison reached, SILENT where a side is silent
        bits     (n_comparisons, n_levels)      match weight of each level, log2(m / u)
        returns  (n_pairs, n_comparisons)       the waterfall; its row sums, with the prior, are the match weights
    """
    heard = levels != SILENT
    columns = np.arange(levels.shape[1])
    return np.where(heard, bits[columns, np.where(heard, levels, 0)], 0.0)


def vetoed(levels: Levels) -> Flags:
    """Tell which pairs are different events however alike they look.

    Shapes:
        levels   (n_pairs, n_comparisons)
        returns  (n_pairs,)
    """
    found = np.zeros(len(levels), dtype=np.bool_)
    for comparison, level in VETOES:
        found |= levels[:, COMPARISONS.index(comparison)] == LEVELS[comparison].index(level)
    return found


def rivalled(columns: Columns, pairs: Pairs, weights: Bits) -> Bits:
    """Say how much better a partner either side of a pair has in the other side's calendar.

    Calendars seldom list one event twice, so the better partner speaks against the worse. Softly: 0 where this pair is
    the best, growing to 1 where the rival is four bits better. A calendar does not compete with itself.

    Shapes:
        pairs    (n_pairs, 2)
        weights  (n_pairs,)   match weights without rivals
        returns  (n_pairs,)   in [0, 1]
    """
    if len(pairs) == 0:
        return np.zeros(0)
    sources = int(columns.source.max()) + 1
    worst = np.zeros(len(pairs))
    across = columns.source[pairs[:, 0]] != columns.source[pairs[:, 1]]
    for near, far in ((0, 1), (1, 0)):
        keys = pairs[:, near].astype(np.int64) * sources + columns.source[pairs[:, far]]
        order, inverse = np.unique(keys, return_inverse=True)
        best = np.full(len(order), -np.inf)
        np.maximum.at(best, inverse, weights)
        lead = best[inverse] - weights
        # A rival counts only when it is likely itself.
        worst = np.maximum(worst, np.where(across & (best[inverse] > 0), np.clip(lead / 4.0, 0.0, 1.0), 0.0))
    return worst


def probability(bits: float) -> float:
    """Turn a match weight into a probability.

    >>> probability(0.0), round(probability(10.0), 4)
    (0.5, 0.999)
    """
    return float(1.0 / (1.0 + 2.0 ** -max(-500.0, min(500.0, bits))))
