"""Which pairs cannot be one event whatever their titles say: told from cheap facts, before titles are compared.

Match weights are sums, so what the comparisons not yet made could add at most is known from the model. A pair whose
sum stays below the floor even so is left; for all others the result is as if every pair had been compared in full.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from dedupe import comparing_titles, scoring
from dedupe.columns import Bools, Columns, Floats, Ints
from dedupe.comparison import CHUNK, COMPARISONS, TITLES, Levels, facts, names
from dedupe.weights import Weights
from dedupe.workers import Spread, here

Progress = Callable[[str, int, int], None]
EARLY = ("dates", "place")
"""The comparisons that tell most pairs apart at little cost."""
LATE = tuple(name for name in names() if name not in EARLY)
_LETTER_STEPS = len(comparing_titles.LETTERS) // 2 - 1


def sift(
    listings: Columns, pairs: Ints, model: Weights, *, spread: Spread = here, progress: Progress | None = None
) -> tuple[Ints, Levels]:
    """Compare pairs, and leave those on the way that cannot reach `scoring.NEGLIGIBLE` bits any more.

    *spread* does the work on the chunks, wherever that is; it has no say in the result.

    Shapes:
        pairs    (n_pairs, 2)
        returns  (n_left, 2), (n_left, n_comparisons)
    """
    limits = bounds(model)
    parts = []
    chunks = [pairs[at : at + CHUNK] for at in range(0, len(pairs), CHUNK)]
    for number, part in enumerate(spread(_Sieve(listings, limits), chunks), start=1):
        parts.append(part)
        if progress is not None:
            progress("comparing", min(number * CHUNK, len(pairs)), len(pairs))
    if not parts:
        return pairs, np.zeros((0, len(COMPARISONS)), dtype=np.int8)
    return np.concatenate([left for left, _ in parts]), np.concatenate([levels for _, levels in parts])


@dataclass(frozen=True, slots=True)
class _Sieve:
    listings: Columns
    limits: Bounds

    def __call__(self, pairs: Ints) -> tuple[Ints, Levels]:
        return _sift(self.listings, pairs, self.limits)


def _sift(listings: Columns, pairs: Ints, limits: Bounds) -> tuple[Ints, Levels]:
    levels = facts(listings, pairs, EARLY)
    kept = possible(listings, pairs, levels, limits)
    pairs, levels = pairs[kept], levels[kept]
    facts(listings, pairs, LATE, levels)
    sentences = comparing_titles.worded(listings, pairs)
    letters = comparing_titles.likeness(listings, pairs)
    within = comparing_titles.may_be_within(listings, pairs)
    kept = worth(levels, limits, wording(listings, pairs, limits, comparing_titles.steps_of(letters)))
    pairs, levels, sentences, letters = pairs[kept], levels[kept], sentences[kept], letters[kept]
    common, less, more = comparing_titles.alignment(listings, pairs, letters)
    levels[:, TITLES] = comparing_titles.levels_of(common, less, more, letters, sentences, within[kept])
    kept = scoring.weigh(levels, limits.model.bits).sum(axis=1) + limits.model.prior >= scoring.NEGLIGIBLE
    return pairs[kept], levels[kept]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What each comparison can add at most, in bits."""

    model: Weights
    at: Mapping[str, int]
    most: Floats
    """The best level of each comparison, 0 where silence is best; shape (n_comparisons,)."""
    strangers: Floats
    """What the words add of titles that have none in common, by what stands on either side; shape (2, 25)."""
    letters: Floats
    """The best level of the letters up to each step of likeness; shape (2, n_steps)."""
    titles: Floats
    """The best three levels of titles together, for names and for sentences, up to each step of likeness, and without
    or with all words of one in the other; shape (2, n_steps, 2)."""


def bounds(model: Weights) -> Bounds:
    """Read off a model what each comparison can add."""
    order = {name: at for at, name in enumerate(names())}
    most = np.array([max(0.0, float(model.bits[at, : len(one.levels)].max())) for at, one in enumerate(COMPARISONS)])
    return Bounds(
        model,
        order,
        most,
        np.stack([_strangers(model, order, kind) for kind in (0, 1)]),
        np.stack([np.maximum.accumulate(_half(model, order, "letters", kind)[:_LETTER_STEPS]) for kind in (0, 1)]),
        np.stack([_titles(model, order, kind) for kind in (0, 1)]),
    )


def _half(model: Weights, order: Mapping[str, int], name: str, kind: int) -> Floats:
    """Return the bits of a comparison of titles for names (0) or sentences (1)."""
    size = len(COMPARISONS[order[name]].levels) // 2
    bits: Floats = model.bits[order[name], kind * size : (kind + 1) * size]
    return bits


def _strangers(model: Weights, order: Mapping[str, int], kind: int) -> Floats:
    bits: Floats = _half(model, order, "words in common", kind)[0] + _half(model, order, "words on one side", kind)
    return bits


def _titles(model: Weights, order: Mapping[str, int], kind: int) -> Floats:
    """Find the best levels of words and letters together that titles of some likeness can reach."""

    common = _half(model, order, "words in common", kind)
    apart = _half(model, order, "words on one side", kind).reshape(5, 5)
    letters = _half(model, order, "letters", kind)
    # What is left on the side with less of it cannot be more than on the other.
    nothing, something = apart[0].max(), max(apart[row, row:].max() for row in range(1, 5))
    little = common[: comparing_titles.steps_known()].max()
    best = np.zeros((_LETTER_STEPS, 2))
    for step in range(_LETTER_STEPS):
        unlike = max(common.max() + something, little + nothing) + letters[: step + 1].max()
        alike = common.max() + max(nothing, something) + letters[: step + 1].max()
        unlike = alike if step >= comparing_titles.LIKE_STEPS else unlike
        best[step] = unlike, max(unlike, common.max() + nothing + letters[-1])
    return best


def possible(listings: Columns, pairs: Ints, levels: Levels, limits: Bounds) -> Bools:
    """Say which pairs may still matter, from dates, places and from which letters their titles have.

    Shapes:
        pairs (n_pairs, 2), levels (n_pairs, n_comparisons)
    """
    a, b = pairs[:, 0], pairs[:, 1]
    steps = comparing_titles.most_steps(listings, pairs)
    total = limits.model.prior + wording(listings, pairs, limits, steps)
    for name in EARLY:
        level = levels[:, limits.at[name]]
        total += np.where(level >= 0, limits.model.bits[limits.at[name], level], 0.0)
    for name, told in (("edition", listings.edition.codes > 0), ("scope", listings.scope.codes > 0)):
        total += limits.most[limits.at[name]] * (told[a] | told[b])
    for name, told in (("bodies", np.diff(listings.bodies.start) > 0), ("audience", listings.audience_told)):
        total += limits.most[limits.at[name]] * (told[a] & told[b])
    kept: Bools = total >= scoring.NEGLIGIBLE
    return kept


def wording(listings: Columns, pairs: Ints, limits: Bounds, steps: Ints) -> Floats:
    """Bound what titles can add whose likeness reaches so many *steps* at most, in bits, shape (n_pairs,)."""
    kind = comparing_titles.worded(listings, pairs).astype(np.int64)
    within = comparing_titles.may_be_within(listings, pairs).astype(np.int64)
    total = limits.titles[kind, steps, within]
    strangers = ~comparing_titles.related(listings, pairs) & ~comparing_titles.run_together(listings, pairs, steps)
    alone = np.flatnonzero(strangers)
    one, other = listings.bits[pairs[alone, 0]], listings.bits[pairs[alone, 1]]
    grid = comparing_titles.grid_of(np.minimum(one, other), np.maximum(one, other))
    total[alone] = limits.strangers[kind[alone], grid] + limits.letters[kind[alone], steps[alone]]
    return total


def worth(levels: Levels, limits: Bounds, titles: Floats) -> Bools:
    """Say which pairs may still matter once all but their titles are known, which add so much at most (bits)."""
    total = limits.model.prior + titles
    for name, at in limits.at.items():
        if at not in range(*TITLES.indices(len(COMPARISONS))) and name != "calendar":
            level = levels[:, at]
            total += np.where(level >= 0, limits.model.bits[at, level], 0.0)
    kept: Bools = total >= scoring.NEGLIGIBLE
    return kept
