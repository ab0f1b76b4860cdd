"""The story of teaching: coordinators' decisions shift the shipped weights a little, if a gate lets them.

Each decided pair pulls the weights towards what was said of it; how far they go is bounded, few decisions move little,
one person alone moves little, and labelled pairs that nobody decided must be told apart as well as before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from calendar_sync.listings import Listing
from dedupe import blocking, gate, matching
from dedupe import taught as shifts
from dedupe.columns import Bools, Floats, columns
from dedupe.comparison import COMPARISONS, Levels
from dedupe.decisions import Decision, Verdict, settled_pairs
from dedupe.gate import Score
from dedupe.taught import Taught
from dedupe.weights import Weights

FARTHEST = 1.5
"""Bits by which a level may move at most."""
FARTHEST_PRIOR = 1.0
RESTRAINT = 20.0
"""What a shift of one bit costs, in decisions: draws every shift towards none."""
SHARES = (1.0, 0.5, 0.25)
"""How much of a shift is put before the gate in turn, until it lets one pass."""
ALONE = 12
"""Decisions that one person counts for at most, unless the others together made more."""
_STEPS = 4000
_CLOSE = 1e-6
"""Bits that a step must move something by, to be worth another."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A pair of listings and what was decided of it."""

    left_id: str
    right_id: str
    same: bool
    decision: Decision


@dataclass(frozen=True, slots=True)
class Teaching:
    """What the decisions would change, and what the gate says to it."""

    taught: Taught
    lessons: tuple[Lesson, ...]
    before: tuple[Score, ...]
    """The shipped weights on the pairs of the gate."""
    after: tuple[Score, ...]
    share: float
    """How much of what the decisions ask for this is: one of `SHARES`."""
    refusals: tuple[str, ...]
    """Why not even the smallest share may come in force, a sentence each; none when this one may."""

    @property
    def reviewers(self) -> Mapping[str, int]:
        """How many of the decisions each person made."""
        return dict(sorted(Counter(lesson.decision.by for lesson in self.lessons).items()))


def teach(listings: Sequence[Listing], decisions: Sequence[Decision], base: Weights) -> Teaching:
    """Compute what the decisions teach. Nothing but the listings given has a say: give those that everybody may see.

    Decisions about other listings, and those whose listings have changed since, teach nothing.
    """
    known = lessons(listings, decisions)
    levels = reached(listings, [(lesson.left_id, lesson.right_id) for lesson in known], base)
    same = np.array([lesson.same for lesson in known], dtype=np.bool_)
    asked = fitted(levels, same, says([lesson.decision.by for lesson in known]), base)
    shift, share, refusals = let_through(asked, base)
    held = gate.shipped()
    return Teaching(shift, tuple(known), held.scores(base), held.scores(shifted(base, shift)), share, refusals)


def let_through(asked: Taught, base: Weights) -> tuple[Taught, float, tuple[str, ...]]:
    """Return the largest share of a shift that the gate lets pass, or the smallest and why not even that may."""
    held = gate.shipped()
    for share in SHARES:
        shift = _part(asked, share)
        refusals = held.refusals(shifted(base, shift), base)
        if not refusals:
            break
    return shift, share, refusals


def _part(shift: Taught, share: float) -> Taught:
    levels = [(name, level, round(bits * share, 2)) for name, level, bits in shift.levels]
    return replace(shift, prior=round(shift.prior * share, 2), levels=tuple(entry for entry in levels if entry[2]))


def lessons(listings: Sequence[Listing], decisions: Sequence[Decision]) -> list[Lesson]:
    """Return what was decided of pairs among the listings given, ordered by their ids."""
    by_id = {listing.id: listing for listing in listings}
    found = [
        Lesson(left, right, decision.verdict is Verdict.CONFIRMED, decision)
        for left, right, decision in settled_pairs(decisions, by_id)
    ]
    return sorted(found, key=lambda lesson: (lesson.left_id, lesson.right_id))


def reached(listings: Sequence[Listing], pairs: Sequence[tuple[str, str]], base: Weights) -> Levels:
    """Compare pairs of listings, given by id; shape (n_pairs, n_comparisons)."""
    if not pairs:
        return np.zeros((0, len(COMPARISONS)), dtype=np.int8)
    known = columns(listings, base.background)
    at = {id_: position for position, id_ in enumerate(known.ids)}
    wanted = np.array([sorted((at[left], at[right])) for left, right in pairs], dtype=np.int64)
    candidates = blocking.candidates(known)
    touching = candidates[np.isin(candidates, wanted).any(axis=1)]
    return matching.judge(known, wanted, base, among=matching.judge(known, touching, base)).levels


def says(reviewers: Sequence[str]) -> Floats:
    """Weigh decisions by who made them, so that no one person outweighs all others; shape (n_decisions,).

    >>> float(says(["ines"] * 40 + ["omar"] * 30).sum())
    60.0
    """
    made = Counter(reviewers)
    counts = {name: min(number, max(ALONE, len(reviewers) - number)) / number for name, number in made.items()}
    return np.array([counts[name] for name in reviewers], dtype=np.float64)


def fitted(levels: Levels, same: Bools, say: Floats, base: Weights) -> Taught:
    """Fit the shift that agrees best with the decisions, within bounds and drawn towards none.

    A penalised logistic regression whose offset is what the weights say already: which pairs were asked about does not
    bias it. Its gradient is followed with a step that cannot overshoot, each step cut to the bounds, so that the same
    decisions give the same shift whatever their order.

    Shapes:
        levels  (n_pairs, n_comparisons)
        same    (n_pairs,)
        say     (n_pairs,)  how much each decision counts
    """
    # Pairs with the same levels are one row; sorted, so that the order of decisions has no say.
    rows, row_of = np.unique(levels, axis=0, return_inverse=True)
    row_of = row_of.ravel()
    heard = np.bincount(row_of, weights=say, minlength=len(rows))
    agreed = np.bincount(row_of[same], weights=say[same], minlength=len(rows))
    design = _design(rows)
    offset = design @ np.append(_flat(base.bits), base.prior)
    most = np.append(np.full(design.shape[1] - 1, FARTHEST), FARTHEST_PRIOR)
    rate = np.log(2.0)
    step = 1.0 / (RESTRAINT * rate + rate**2 * 0.25 * float(say.sum()) * (len(COMPARISONS) + 1))
    shift, ahead, pace = np.zeros(design.shape[1]), np.zeros(design.shape[1]), 1.0
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp2(-np.clip(offset + design @ ahead, -60.0, 60.0)))
        slope = rate * (design.T @ (agreed - heard * chance) - RESTRAINT * ahead)
        last, shift = shift, np.clip(ahead + step * slope, -most, most)
        if float(np.abs(shift - last).max(initial=0.0)) < _CLOSE:
            break
        # Nesterov's momentum: a hundred steps where plain descent takes thousands.
        faster = (1.0 + np.sqrt(1.0 + 4.0 * pace**2)) / 2.0
        ahead, pace = shift + (pace - 1.0) / faster * (shift - last), faster
    return _named(np.round(shift, 2))


def shifted(base: Weights, shift: Taught) -> Weights:
    """Return *base* with a shift applied; m and u stay those it was learned with.

    Raises:
        KeyError: The shift names a comparison or a level that these weights do not have.
    """
    places = {comparison.name: number for number, comparison in enumerate(COMPARISONS)}
    bits = base.bits.copy()
    for name, level, value in shift.levels:
        at = places[name]
        number = {known: place for place, known in enumerate(COMPARISONS[at].levels)}[level]
        bits[at, number] = round(float(bits[at, number]) + value, 2)
    return replace(base, bits=bits, prior=round(base.prior + shift.prior, 3))


def bits_of(weights: Weights) -> dict[tuple[str, str], float]:
    """Return the bits of every level by comparison and level."""
    return {
        (comparison.name, level): float(weights.bits[at, number])
        for at, comparison in enumerate(COMPARISONS)
        for number, level in enumerate(comparison.levels)
    }


def _design(levels: Levels) -> Floats:
    """Write out which levels each pair reached, and a 1 for the prior; shape (n_pairs, all levels + 1)."""
    first = np.concatenate([[0], np.cumsum([len(comparison.levels) for comparison in COMPARISONS])])
    design = np.zeros((len(levels), int(first[-1]) + 1))
    for column in range(len(COMPARISONS)):
        heard = np.flatnonzero(levels[:, column] >= 0)
        design[heard, first[column] + levels[heard, column]] = 1.0
    design[:, -1] = 1.0
    return design


def _flat(bits: Floats) -> Floats:
    return np.concatenate([bits[at, : len(comparison.levels)] for at, comparison in enumerate(COMPARISONS)])


def _named(shift: NDArray[np.float64]) -> Taught:
    values = iter(shift.tolist())
    levels = tuple(
        (comparison.name, level, value)
        for comparison in COMPARISONS
        for level, value in [(level, next(values)) for level in comparison.levels]
        if value
    )
    return Taught(float(shift[-1]), levels, shifts.base())
