"""Scoring: from levels to bits, a weight and a probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.columns import Columns, Floats, Ints
from dedupe.comparison import CALENDAR, COMPARISONS, Levels

CALENDAR_AT = COMPARISONS.index(CALENDAR)
(NAMES, SENTENCES, TWO_LANGUAGES, MUCH_BETTER, BETTER, AS_GOOD, LESSER, NO_RIVAL) = range(len(CALENDAR.levels))
MUCH, SOME, ALIKE = 6.0, 1.5, -1.5
"""Bits by which a rival is much better, better, or as good."""
NEGLIGIBLE = -7.0
"""Bits, the rivals' part left out, below which a pair is nobody's partner and nobody's rival."""
_NOBODY = -1e6


def weigh(levels: Levels, bits: Floats) -> Floats:
    """Add up what each pair says for and against, in bits. Silence adds nothing.

    Shapes:
        levels   (n_pairs, n_comparisons)       int8, the level each comparison reached, -1 where a side is silent
        bits     (n_comparisons, n_levels)      match weight of each level, log2(m / u)
        returns  (n_pairs, n_comparisons)       the waterfall; its row sums and the prior are the match weights
    """
    heard = levels >= 0
    at = np.arange(levels.shape[1])
    return np.where(heard, bits[at, np.where(heard, levels, 0)], 0.0)


def probability(bits: Floats) -> Floats:
    """Turn match weights into probabilities."""
    return 1.0 / (1.0 + np.exp2(-np.clip(bits, -60.0, 60.0)))


def rivals(listings: Columns, pairs: Ints, base: Floats, among: Ints, among_base: Floats) -> NDArray[np.int8]:
    """Say whether a better partner for one of a pair exists in the other's calendar.

    Shapes:
        pairs, base              (n_pairs, 2), (n_pairs,)  weight of each pair without this comparison
        among, among_base        the same, of all pairs compared
        returns                  (n_pairs,)
    """
    a, b = pairs[:, 0], pairs[:, 1]
    best = np.maximum(
        _best_rival(listings, a, b, among, among_base, base), _best_rival(listings, b, a, among, among_base, base)
    )
    margin = best - base
    level = np.select(
        [best <= _NOBODY / 2, margin > MUCH, margin > SOME, margin > ALIKE],
        [NO_RIVAL, MUCH_BETTER, BETTER, AS_GOOD],
        default=LESSER,
    )
    language_a, language_b = listings.language[a], listings.language[b]
    other = (language_a >= 0) & (language_b >= 0) & (language_a != language_b)
    one_calendar = listings.calendar[a] == listings.calendar[b]
    worded = listings.worded[a] | listings.worded[b]
    own = np.select([other, worded], [TWO_LANGUAGES, SENTENCES], default=NAMES)
    return np.where(one_calendar, own, level).astype(np.int8)


def _best_rival(listings: Columns, one: Ints, other: Ints, among: Ints, weights: Floats, base: Floats) -> Floats:
    """Weigh the best partner of *one* in the calendar of *other*, *other* itself left out; shape (n_pairs,)."""
    heard = weights >= NEGLIGIBLE
    among, weights = among[heard], weights[heard]
    calendars = int(listings.calendar.max(initial=0)) + 1
    owner = np.concatenate([among[:, 0], among[:, 1]])
    partner = np.concatenate([among[:, 1], among[:, 0]])
    weight = np.concatenate([weights, weights])
    key = owner * calendars + listings.calendar[partner]
    order = np.lexsort((partner, -weight, key))
    key, partner, weight = key[order], partner[order], weight[order]
    groups, start, size = np.unique(key, return_index=True, return_counts=True)
    wanted = one * calendars + listings.calendar[other]
    at = np.minimum(np.searchsorted(groups, wanted), max(0, len(groups) - 1))
    if not len(groups):
        return np.full(len(one), _NOBODY)
    known = groups[at] == wanted
    top = start[at]
    itself = partner[top] == other
    next_ = np.minimum(top + 1, len(weight) - 1)
    second = np.where(size[at] > 1, weight[next_], _NOBODY)
    return np.where(known, np.where(itself, second, weight[top]), _NOBODY)
