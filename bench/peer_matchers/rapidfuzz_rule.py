"""RapidFuzz by a rule: same date, and token_set_ratio of the titles at least the threshold (85 unless told).

The matrix of each date is one batch call (`cdist`), the way its authors recommend; nothing is learned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import protocol
from rapidfuzz import fuzz, process, utils

THREADED = 200
"""Titles of one date from which threads cost less than they bring."""


def scored(listings: list[dict[str, str]], least: float) -> Iterator[tuple[str, str, float]]:
    """Compare all titles of one date between calendars."""
    by_date: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(listings):
        if row["start"]:
            by_date[row["start"]].append(number)
    titles = [utils.default_process(row["title"]) for row in listings]
    for members in by_date.values():
        if len(members) == 1:
            continue
        own = [titles[number] for number in members]
        workers = 2 if len(own) > THREADED else 1
        ratios = process.cdist(
            own, own, scorer=fuzz.token_set_ratio, score_cutoff=least, dtype=np.uint8, workers=workers
        )
        for row, column in np.argwhere(np.triu(ratios >= least, 1)):
            one, other = listings[members[row]], listings[members[column]]
            if one["source"] != other["source"]:
                yield one["id"], other["id"], float(ratios[row, column])


def main() -> None:
    """Read, compare, write."""
    chosen = protocol.options(__doc__)
    clock = protocol.Clock()
    listings = protocol.rows(chosen.listings)
    clock.lap("read")
    found = list(scored(listings, max(1.0, chosen.threshold)))
    clock.lap("score")
    protocol.write(chosen.out, found, chosen)
    clock.lap("write")
    clock.tell()


if __name__ == "__main__":
    main()
