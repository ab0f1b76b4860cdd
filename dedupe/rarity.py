"""Rarity: how much it says that two listings share a word, in bits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FAMILIAR = 400
"""How many listings the shipped frequencies count as, beside those given: fifteen listings alone prove no word rare."""
RAREST = 12.0
"""Bits at most, and those of a word nobody ever saw."""
UNSEEN = 2.0**-RAREST


@dataclass(frozen=True, slots=True)
class Background:
    """Shipped shares of listings in which a word, or a body, occurs; the largest of several collections."""

    words: Mapping[str, float]
    bodies: Mapping[str, float]


def rarity(counts: NDArray[np.int64], known: NDArray[np.float64], total: int) -> NDArray[np.float64]:
    """Weigh words by how seldom they occur, in bits.

    A word is as usual as the shipped table says, or more so where the given listings use it more. Nothing but the
    given listings and the shipped table has a say.

    Shapes:
        counts   (n_words,)  listings among the given ones that have the word
        known    (n_words,)  share of listings that have it in the shipped table, 0 where unknown
        returns  (n_words,)  bits, 0 to RAREST
    """
    expected = np.maximum(known, UNSEEN)
    here = (counts + FAMILIAR * expected) / (total + FAMILIAR)
    bits: NDArray[np.float64] = -np.log2(np.maximum(expected, here))
    return np.clip(bits, 0.0, RAREST)
