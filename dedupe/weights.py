"""Weights: what each level of each comparison is worth, shipped with where that comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from dedupe.columns import Floats
from dedupe.comparison import COMPARISONS
from dedupe.rarity import Background

SHIPPED = "match_weights.json"
WIDEST = max(len(comparison.levels) for comparison in COMPARISONS)


@dataclass(frozen=True, slots=True)
class Weights:
    """The model: m and u of each level, the match weight in bits used, the prior, and the usual threshold.

    Shapes:
        bits, m, u  (n_comparisons, n_levels)  unused places of shorter comparisons are 0
    """

    bits: Floats
    m: Floats
    u: Floats
    prior: float
    """Bits of a pair of which nothing is known but that it was worth comparing."""
    threshold: float
    """Bits from which a pair is one event."""
    background: Background
    provenance: Mapping[str, Any]

    def save(self, path: Path) -> None:
        """Write the model as JSON, the same bytes for the same model."""
        table = {
            "provenance": dict(self.provenance),
            "prior": round(self.prior, 3),
            "threshold": round(self.threshold, 3),
            "comparisons": {
                comparison.name: [
                    {
                        "level": level,
                        "m": round(float(self.m[at, number]), 6),
                        "u": round(float(self.u[at, number]), 6),
                        "bits": round(float(self.bits[at, number]), 2),
                    }
                    for number, level in enumerate(comparison.levels)
                ]
                for at, comparison in enumerate(COMPARISONS)
            },
            "background": {"words": _shares(self.background.words), "bodies": _shares(self.background.bodies)},
        }
        path.write_text(json.dumps(table, ensure_ascii=False, indent=0, sort_keys=False) + "\n", encoding="utf-8")


def _shares(shares: Mapping[str, float]) -> dict[str, float]:
    return {name: float(f"{shares[name]:.3g}") for name in sorted(shares)}


@cache
def shipped() -> Weights:
    """Read the shipped model."""
    return from_table(json.loads(files("dedupe").joinpath(SHIPPED).read_text("utf-8")))


def from_table(table: Mapping[str, Any]) -> Weights:
    """Make a model of what `Weights.save` wrote.

    Raises:
        ValueError: It was made for other comparisons than these.
    """
    bits, m, u = (np.zeros((len(COMPARISONS), WIDEST)) for _ in range(3))
    for at, comparison in enumerate(COMPARISONS):
        rows: Sequence[Mapping[str, Any]] = table["comparisons"].get(comparison.name, ())
        if [row["level"] for row in rows] != list(comparison.levels):
            raise ValueError(f"these weights know other levels of {comparison.name!r} than this version does")
        for number, row in enumerate(rows):
            bits[at, number], m[at, number], u[at, number] = row["bits"], row["m"], row["u"]
    background = Background(words=table["background"]["words"], bodies=table["background"]["bodies"])
    return Weights(bits, m, u, table["prior"], table["threshold"], background, table["provenance"])
