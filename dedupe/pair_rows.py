"""Pairs of one event as rows of a table: what `outreach match` writes, however many there are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dedupe import scoring
from dedupe.comparison import COMPARISONS
from dedupe.matching import Recognised

Row = tuple[str, str, str, str, str, str]
COLUMNS = ("id_a", "id_b", "kind", "probability", "bits", "reasons")
_BLOCK = 1 << 15
_PLACES = np.int64(64) ** np.arange(len(COMPARISONS))
"""Ten levels of fewer than 64 each fit into one number."""


def same_event_rows(found: Recognised) -> Iterator[Row]:
    """Yield a row for every pair of one event, ordered by their ids; the bits are the sum of those in the reasons."""
    within = found.within()
    ids = found.known.ids
    for begin in range(0, len(within.pairs), _BLOCK):
        block = within.only(np.arange(begin, min(begin + _BLOCK, len(within.pairs))))
        # Pairs that reached the same levels have the same reasons: far fewer than pairs.
        together = (block.levels.astype(np.int64) + 1) @ _PLACES
        _, first, which = np.unique(together, return_index=True, return_inverse=True)
        told = [_reasons(found, row) for row in block.levels[first]]
        for (one, other), number in zip(block.pairs.tolist(), which.tolist(), strict=True):
            yield ids[one], ids[other], "same_event", *told[number]


def _reasons(found: Recognised, levels: np.ndarray[tuple[int], np.dtype[np.int8]]) -> tuple[str, str, str]:
    """Word probability, bits and reasons of pairs that reached some levels."""
    bits = scoring.weigh(levels[None, :], found.model.bits)[0]
    prior = round(found.model.prior, 2)
    heard = [(one.name, one.levels[levels[at]], round(float(bits[at]), 2)) for at, one in enumerate(COMPARISONS)
             if levels[at] >= 0]  # fmt: skip
    total = round(prior + sum(told for *_, told in heard), 2)
    chance = float(scoring.probability(np.array([total]))[0])
    reasons = [f"prior: before anything is compared {prior:+.2f}"]
    reasons += [f"{name}: {level} {told:+.2f}" for name, level, told in heard]
    return f"{chance:.6f}", f"{total:.2f}", "; ".join(reasons)
