"""The gate that taught weights must pass: labelled pairs that no coordinator decided, shipped with the product."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedupe import scoring
from dedupe.columns import Bools, Floats
from dedupe.comparison import COMPARISONS, Levels
from dedupe.vetoes import vetoes
from dedupe.weights import Weights

SHIPPED = "match_gate.json"
GOLDEN = "golden"
"""The collection of which nothing at all may be lost."""
MARGIN = 0.02
"""By how much precision or recall of a collection may fall below what the shipped weights reach there."""
MORE_SURPRISED = 1.05
"""How many times as much the outcomes may surprise. It shows damage before a pair changes sides."""


@dataclass(frozen=True, slots=True)
class Score:
    """How well some weights tell one collection of labelled pairs apart."""

    collection: str
    precision: float
    recall: float
    surprise: float
    """Bits by which the outcome surprises whoever believes the weights, on average of the pairs."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Labelled pairs by the levels they reached; who they are is not kept.

    Shapes:
        levels      (n_pairs, n_comparisons)
        same        (n_pairs,)
        stands_for  (n_pairs,)  how many labelled pairs each was drawn for
        collection  (n_pairs,)  position in *collections*
    """

    collections: tuple[str, ...]
    levels: Levels
    same: Bools
    stands_for: Floats
    collection: NDArray[np.int64]

    def scores(self, weights: Weights) -> tuple[Score, ...]:
        """Score weights on each collection, pair by pair; 1 where nothing was joined or nothing was to be found."""
        bits = np.round(scoring.weigh(self.levels, weights.bits).sum(axis=1) + weights.prior, 2)
        open_ = vetoes(self.levels) == 0
        chance = np.clip(scoring.probability(bits), 1e-9, 1 - 1e-9)
        surprise = -np.log2(np.where(self.same, chance, 1 - chance))
        joined = (bits >= weights.threshold) & open_
        told = []
        for number, name in enumerate(self.collections):
            here = self.stands_for * (self.collection == number)
            right, found, gold = (float(here[which].sum()) for which in (joined & self.same, joined, self.same))
            told.append(
                Score(
                    name,
                    right / found if found else 1.0,
                    right / gold if gold else 1.0,
                    float((here * surprise)[open_].sum() / max(1.0, here[open_].sum())),
                )
            )
        return tuple(told)

    def refusals(self, weights: Weights, base: Weights) -> tuple[str, ...]:
        """Say why *weights* must not be used in place of *base*, a sentence each; none when they pass."""
        return tuple(
            sentence
            for before, after in zip(self.scores(base), self.scores(weights), strict=True)
            for sentence in _refusals(before, after)
        )

    def save(self, path: Path) -> None:
        """Write the gate as JSON, a pair a line, the same bytes for the same gate."""
        names = {comparison.name: list(comparison.levels) for comparison in COMPARISONS}
        rows = (
            json.dumps([int(self.collection[at]), int(self.same[at]), round(float(self.stands_for[at]), 2),
                        *self.levels[at].tolist()], separators=(",", ":"))
            for at in range(len(self.same))
        )  # fmt: skip
        head = json.dumps({"comparisons": names, "collections": self.collections}, ensure_ascii=False, indent=0)
        path.write_text(head[:-2] + ',\n"pairs": [\n' + ",\n".join(rows) + "\n]\n}\n", encoding="utf-8")


def _refusals(before: Score, after: Score) -> Iterator[str]:
    margin = 0.0 if before.collection == GOLDEN else MARGIN
    for what, was, now in (
        ("Precision", before.precision, after.precision),
        ("Recall", before.recall, after.recall),
    ):
        floor = was - margin
        if now < floor - 1e-9:
            yield f"{what} on {before.collection} would fall from {was:.3f} to {now:.3f}; the floor is {floor:.3f}."
    if before.collection != GOLDEN and after.surprise > before.surprise * MORE_SURPRISED:
        yield (
            f"What is known of {before.collection} would surprise more: {after.surprise:.4f} bits a pair, not "
            f"{before.surprise:.4f}; the ceiling is {before.surprise * MORE_SURPRISED:.4f}."
        )


@cache
def shipped() -> Gate:
    """Read the shipped gate.

    Raises:
        ValueError: It was made for other comparisons than these.
    """
    return from_table(json.loads(files("dedupe").joinpath(SHIPPED).read_text("utf-8")))


def from_table(table: Mapping[str, Any]) -> Gate:
    """Make a gate of what `Gate.save` wrote.

    Raises:
        ValueError: It was made for other comparisons than these.
    """
    names: Mapping[str, Sequence[str]] = table["comparisons"]
    if [(name, list(levels)) for name, levels in names.items()] != [
        (comparison.name, list(comparison.levels)) for comparison in COMPARISONS
    ]:
        raise ValueError("the labelled pairs of the gate know other comparisons; make them anew: python -m bench.gate")
    rows = np.array(table["pairs"], dtype=np.float64).reshape(-1, 3 + len(COMPARISONS))
    return Gate(
        tuple(table["collections"]),
        rows[:, 3:].astype(np.int8),
        rows[:, 1] > 0,
        rows[:, 2],
        rows[:, 0].astype(np.int64),
    )
