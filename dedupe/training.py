"""Training: weights for a person's own listings, from pairs that person labelled.

The shipped weights are where training starts, and what it stays near while labels are few: each level's bits are
shipped bits plus a difference, and the differences are fitted together by logistic regression with a ridge that draws
them to zero. A level that few labelled pairs reached hardly moves, one that no pair reached does not move at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from calendar_sync.listing_columns import ListingColumns
from dedupe import blocking, learning, matching, scoring
from dedupe.columns import Bools, Columns, Floats, Ints, columns_of
from dedupe.comparison import COMPARISONS, Levels, compare
from dedupe.labels import Figures, Labels, Pair, figures, ordered, pairs_within
from dedupe.weights import WIDEST, Weights, shipped

RIDGE = 1.0
READ_AS = 20.0
"""Pairs the m and u of the start count as, beside the labelled ones."""
FOLDS = 5
FEWEST = 20
"""Labelled pairs of either kind from which on figures mean anything."""

Tell = Callable[[int, int], None]
"""Is told how many of how many steps are done."""


class TooFewLabels(ValueError):
    """There is nothing to learn from; its text says what is missing."""


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Compared pairs of listings, and what is known of each.

    Shapes:
        pairs (n_pairs, 2), levels (n_pairs, n_comparisons), same (n_pairs,), used (n_pairs,)
    """

    known: Columns
    pairs: Ints
    levels: Levels
    same: Bools
    used: Bools
    """True for labelled pairs."""


def from_labels(listings: ListingColumns, labels: Labels, *, start: Weights | None = None) -> Weights:
    """Learn weights from labelled pairs, by the ids of the table.

    The prior stays what it was: labelled pairs were chosen by somebody, and tell nothing of how usual one event is.

    Raises:
        TooFewLabels: No compared pair is labelled as one event, or none as different.
    """
    origin = start if start is not None else shipped()
    return _trained(_lesson(listings, labels, origin), origin)


def cross_validated(
    listings: ListingColumns, labels: Labels, *, start: Weights | None = None, threshold: float | None = None,
    tell: Tell = lambda done, total: None,
) -> Figures | None:  # fmt: skip
    """Score training by folds over events: each pair is judged by weights that saw no label of either listing.

    Returns None where labels are too few for figures that mean anything.
    """
    origin = start if start is not None else shipped()
    lesson = _lesson(listings, labels, origin)
    same = int((lesson.used & lesson.same).sum())
    if same < FEWEST or int(lesson.used.sum()) - same < FEWEST:
        return None
    ids = lesson.known.ids
    # Whole events are drawn, so that none is learned from and tested on.
    names = [f"event {labels.event[key]}" if key in labels.event else key for key in ids]
    group = np.unique(np.array(names), return_inverse=True)[1]
    fold = np.random.default_rng(1540).integers(0, FOLDS, len(names))[group]
    of = dict(zip(ids, fold.tolist(), strict=True))
    found: set[Pair] = set()
    for number in range(FOLDS):
        tell(number, FOLDS)
        unseen = (fold[lesson.pairs] == number).any(axis=1)
        weights = _trained(replace(lesson, used=lesson.used & ~unseen), origin)
        clusters = matching.recognise_table(listings, threshold=threshold, weights=weights).clusters()
        # A wrong pair across two folds is judged once, in the fold of its first listing.
        found |= {pair for pair in pairs_within(clusters) if of[pair[0]] == number}
    tell(FOLDS, FOLDS)
    return figures(found, labels)


def _lesson(listings: ListingColumns, labels: Labels, start: Weights) -> _Lesson:
    known = columns_of(listings, start.background)
    pairs = blocking.candidates(known)
    told = [labels.told(ordered(known.ids[one], known.ids[other])) for one, other in pairs.tolist()]
    same = np.array([each is True for each in told], dtype=np.bool_)
    used = np.array([each is not None for each in told], dtype=np.bool_)
    return _Lesson(known, pairs, compare(known, pairs), same, used)


def _trained(lesson: _Lesson, start: Weights) -> Weights:
    used, same = lesson.used, lesson.same[lesson.used]
    for missing, kind in ((not same.any(), "one event"), (bool(same.all()), "different")):
        if missing:
            raise TooFewLabels(f"no pair that was compared is labelled as {kind}")
    levels = lesson.levels
    added = np.zeros(start.bits.size)
    # Whether a better partner exists is known only once the other comparisons are weighed: the two take turns.
    for _ in range(learning.ROUNDS):
        levels = _answered(lesson, _moved(start, added), start.prior)
        added = _fitted(levels[used], same, start, added)
    m, u = learning.counted(levels[used], same, np.ones(len(same)))
    heard = np.stack([((levels[used] >= 0) & which[:, None]).sum(axis=0) for which in (same, ~same)])
    provenance = {
        "learned": "from labelled pairs by outreach match --labels, starting from other weights",
        "pairs": len(same), "same": int(same.sum()), "ridge": RIDGE,
        "start": dict(start.provenance),
    }  # fmt: skip
    return Weights(
        bits=np.round(_moved(start, added), 2),
        m=_read(m, start.m, heard[0]),
        u=_read(u, start.u, heard[1]),
        prior=round(start.prior, 2),
        threshold=start.threshold,
        background=start.background,
        provenance=provenance,
    )


def _answered(lesson: _Lesson, bits: Floats, prior: float) -> Levels:
    levels = lesson.levels.copy()
    levels[:, scoring.CALENDAR_AT] = -1
    base = scoring.weigh(levels, bits).sum(axis=1) + prior
    levels[:, scoring.CALENDAR_AT] = scoring.rivals(lesson.known, lesson.pairs, base, lesson.pairs, base)
    return levels


def _moved(start: Weights, added: Floats) -> Floats:
    """Add differences in nats, one for each level of each comparison, to the bits of *start*."""
    moved: Floats = start.bits + added.reshape(start.bits.shape) / np.log(2)
    return moved


def _fitted(levels: Levels, same: Bools, start: Weights, whole: Floats) -> Floats:
    """Fit what to add to the bits of *start*, in nats, beginning at *whole*.

    Shapes:
        levels          (n_pairs, n_comparisons), same (n_pairs,)
        whole, returns  (n_comparisons * n_levels,)
    """
    rows, inverse = np.unique(levels, axis=0, return_inverse=True)
    inverse = inverse.ravel()
    weight = np.bincount(inverse).astype(np.float64)
    positive = np.bincount(inverse, weights=same.astype(np.float64)).astype(np.float64)
    design = np.zeros((len(rows), len(COMPARISONS) * WIDEST))
    for at in range(len(COMPARISONS)):
        heard = np.flatnonzero(rows[:, at] >= 0)
        design[heard, at * WIDEST + rows[heard, at].astype(np.int64)] = 1.0
    met: NDArray[np.int64] = np.flatnonzero(design.any(axis=0))
    design = design[:, met]
    offset = (scoring.weigh(rows, start.bits).sum(axis=1) + start.prior) * np.log(2)
    added = whole[met]
    loss = _loss(added, design, offset, weight, positive)
    for _ in range(learning.STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(offset + design @ added, -40, 40)))
        slope = design.T @ (positive - weight * chance) - RIDGE * added
        curve = (design * (weight * chance * (1 - chance))[:, None]).T @ design + RIDGE * np.eye(len(met))
        step = np.linalg.solve(curve, slope)
        # Far from the labels the curve is flat and a whole step leads anywhere: halve it until it leads down.
        while (after := _loss(added + step, design, offset, weight, positive)) > loss and np.abs(step).max() > 1e-4:
            step /= 2
        if after > loss or np.abs(step).max() < 1e-4:
            break
        added, loss = added + step, after
    fitted = np.zeros(start.bits.size)
    fitted[met] = added
    return fitted


def _loss(added: Floats, design: Floats, offset: Floats, weight: Floats, positive: Floats) -> float:
    """Return what the fit makes small: surprise at the labels, in nats, and the ridge."""
    odds = offset + design @ added
    return float((weight * np.logaddexp(0.0, odds) - positive * odds).sum() + RIDGE * (added * added).sum() / 2)


def _read(counted: Floats, start: Floats, heard: Ints) -> Floats:
    """Mix counted shares with those of the start, by how many pairs were counted."""
    share = (heard / (heard + READ_AS))[:, None]
    mixed: Floats = share * counted + (1 - share) * start
    return mixed
