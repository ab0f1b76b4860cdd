"""What a matching run can tell about itself: its figures where labels are given, and the pairs worth looking at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dedupe.explaining import Explainer, Explanation
from dedupe.labels import Figures, Labels, Pair
from dedupe.matching import Recognised

MOST_WRONG, MOST_CLOSE = 20, 10
"""Pairs shown at most: wrong ones, and those closest to the threshold."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Figures, and in words what was scored and how far they can be trusted."""

    what: str
    figures: Figures
    flattering: bool = False
    """True when the weights had seen the labels."""


@dataclass(frozen=True, slots=True)
class Case:
    """A pair worth looking at: what was made of it, and what a person had said of it, None for nothing."""

    explanation: Explanation
    called: bool
    labelled: bool | None

    @property
    def wrong(self) -> bool:
        """True when the label says otherwise."""
        return self.labelled is not None and self.labelled != self.called


@dataclass(frozen=True, slots=True)
class MatchReport:
    """One matching run, to be read by the person who asked for it."""

    tables: Sequence[str]
    listings: int
    events: int
    pairs: int
    """Pairs called one event."""
    threshold: float
    weights: str
    """Where the weights come from, as a sentence."""
    scored: Sequence[Scored]
    wrong: int
    """Pairs called one event that are labelled as different."""
    missed: int
    """Pairs labelled as one event that were not called so."""
    cases: Sequence[Case]
    explained: Explanation | None = None
    """The pair that was asked about."""


def hardest(found: Recognised, explainer: Explainer, labels: Labels | None) -> tuple[list[Case], int, int]:
    """Choose the pairs worth looking at: the wrong ones, the loudest first, then those closest to the threshold.

    Returns:
        the cases, and how many pairs are called one event wrongly, and missed
    """
    within = found.within()
    called = _named(found, within.pairs)
    wrong: list[Pair] = []
    missed: list[Pair] = []
    if labels is not None:
        wrong = [pair for pair in called if labels.told(pair) is False]
        missed = sorted(labels.same - set(called))
    loud = _by_distance([*wrong, *missed], explainer.bits([*wrong, *missed]), found.threshold)[::-1]
    chosen = loud[:MOST_WRONG]
    mistaken = {*wrong, *missed}
    apart = found.judged.only(
        np.flatnonzero(found.group[found.judged.pairs[:, 0]] != found.group[found.judged.pairs[:, 1]])
    )
    near = _by_distance(
        [*called, *_named(found, apart.pairs)], [*within.bits.tolist(), *apart.bits.tolist()], found.threshold
    )
    close = (pair for pair in near if pair not in mistaken and (labels is None or labels.told(pair) is not None))
    chosen += [pair for pair, _ in zip(close, range(MOST_CLOSE), strict=False)]
    inside = set(called)
    cases = [
        Case(explainer.explain(*pair), pair in inside, labels.told(pair) if labels is not None else None)
        for pair in chosen
    ]
    return cases, len(wrong), len(missed)


def _named(found: Recognised, pairs: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> list[Pair]:
    ids = found.known.ids
    return [(ids[one], ids[other]) for one, other in pairs.tolist()]


def _by_distance(pairs: Sequence[Pair], bits: Sequence[float], threshold: float) -> list[Pair]:
    """Order pairs by how far they are from the threshold, the closest first."""
    return [
        pair for _, pair in sorted((abs(weight - threshold), pair) for pair, weight in zip(pairs, bits, strict=True))
    ]
