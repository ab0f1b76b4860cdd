"""Vetoes: what makes two events different however alike they look."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe import comparing_titles
from dedupe.comparison import Levels, names

VETOES = (
    "",
    "their titles number different editions",
    "their titles name different years",
    "they are for speakers of different languages",
    "they are for different regions",
)


def vetoes(levels: Levels) -> NDArray[np.int8]:
    """Say which veto stands against each pair, shape (n_pairs,): a place in VETOES, 0 for none."""
    order = list(names())
    edition, scope = levels[:, order.index("edition")], levels[:, order.index("scope")]
    return np.select(
        [
            edition == comparing_titles.OTHER_EDITION,
            edition == comparing_titles.OTHER_YEAR,
            scope == comparing_titles.OTHER_SPEAKERS,
            scope == comparing_titles.OTHER_REGION,
        ],
        [1, 2, 3, 4],
        default=0,
    ).astype(np.int8)
