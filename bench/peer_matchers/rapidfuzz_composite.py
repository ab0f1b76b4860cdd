"""RapidFuzz composite: a weighted mean of five similarities, its weights tuned on labels.

Candidates start within a week of one another, or carry one title in one year, in different calendars. Similarities are
batch calls (`cpdist`); the weights are found by coordinate search for best F1, as one does by hand.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import protocol
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

WITHIN = 7
FEATURES = ("token_set", "token_sort", "letters", "date", "city", "country")
ROUNDS = 3
STEPS = (0.0, 0.25, 0.5, 0.8, 1.25, 2.0, 4.0)


def candidates(listings: list[dict[str, str]], titles: list[str]) -> NDArray[np.int64]:
    """Return pairs of positions, shape (n, 2): starts within a week, or equal letters in one year."""
    days = [protocol.day(row["start"]) for row in listings]
    dated = sorted((known, number) for number, known in enumerate(days) if known is not None)
    source = [row["source"] for row in listings]
    found: set[tuple[int, int]] = set()
    first = 0
    for at, (known, number) in enumerate(dated):
        while dated[first][0] < known - WITHIN:
            first += 1
        found.update(
            (min(number, other), max(number, other)) for _, other in dated[first:at] if source[other] != source[number]
        )
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, title in enumerate(titles):
        alike[protocol.letters(title), listings[number]["start"][:4]].append(number)
    for members in alike.values():
        found.update(
            (one, other)
            for at, one in enumerate(members)
            for other in members[at + 1 :]
            if source[one] != source[other]
        )
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 2)


def features(listings: list[dict[str, str]], titles: list[str], pairs: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return similarities in [0, 1], shape (n_pairs, n_features); a silent side counts one half."""
    bare = [protocol.letters(title) for title in titles]
    sides = pairs[:, 0].tolist(), pairs[:, 1].tolist()

    def similar(texts: list[str], scorer: Callable[..., float]) -> NDArray[np.float64]:
        left, right = ([texts[number] for number in side] for side in sides)
        return np.asarray(process.cpdist(left, right, scorer=scorer, workers=2)) / 100

    def told(column: str) -> NDArray[np.bool_]:
        known = np.array([bool(row[column]) for row in listings])
        return np.asarray(known[pairs[:, 0]] & known[pairs[:, 1]])

    days = np.array([protocol.day(row["start"]) or 0 for row in listings])
    apart = np.abs(days[pairs[:, 0]] - days[pairs[:, 1]])
    country = np.array([row["country"] for row in listings])
    city = similar([protocol.folded(row["city"]) for row in listings], fuzz.ratio)
    return np.column_stack(
        [
            similar(titles, fuzz.token_set_ratio),
            similar(titles, fuzz.token_sort_ratio),
            similar(bare, fuzz.ratio),
            np.exp(-apart / 2.0),
            np.where(told("city"), city, 0.5),
            np.where(told("country"), country[pairs[:, 0]] == country[pairs[:, 1]], 0.5),
        ]
    ).astype(np.float32)


def best_f1(scores: NDArray[np.float32], same: NDArray[np.bool_], gold: int) -> float:
    """Return the best F1 over all thresholds."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(same[order])
    return float(np.max(2 * right / (np.arange(1, len(order) + 1) + gold)))


def tune(known: NDArray[np.float32], same: NDArray[np.bool_], gold: int) -> NDArray[np.float32]:
    """Search the weights one after another, three rounds."""
    weights = np.ones(known.shape[1], dtype=np.float32)
    best = best_f1(known @ weights, same, gold)
    for _ in range(ROUNDS):
        for column in range(len(weights)):
            for step in STEPS:
                tried = weights.copy()
                tried[column] = weights[column] * step if step else 0.0
                reached = best_f1(known @ tried, same, gold)
                if reached > best:
                    best, weights = reached, tried
    weights /= weights.sum()
    return weights


def main() -> None:
    """Read, tune or load, score, write."""
    chosen = protocol.options(__doc__)
    clock = protocol.Clock()
    listings = protocol.rows(chosen.listings)
    titles = [protocol.bare_title(row["title"], row["city"]) for row in listings]
    clock.lap("read")
    pairs = candidates(listings, titles)
    known = features(listings, titles, pairs)
    ids = [row["id"] for row in listings]
    named = [(min(ids[one], ids[other]), max(ids[one], ids[other])) for one, other in pairs.tolist()]
    clock.lap("score")
    if chosen.model is None:
        gold, unsettled = protocol.pairs_of(chosen.labels), protocol.pairs_of(chosen.unsettled)
        used = np.array([pair not in unsettled for pair in named])
        same = np.array([pair in gold for pair in named])
        weights = tune(known[used], same[used], len(gold))
    else:
        weights = np.array(json.loads(Path(chosen.model).read_text("utf-8")), dtype=np.float32)
    if chosen.save_model is not None:
        chosen.save_model.write_text(json.dumps(weights.tolist()), "utf-8")
    clock.lap("fit")
    scores = (known @ weights).tolist()
    protocol.write(chosen.out, ((*pair, score) for pair, score in zip(named, scores, strict=True)), chosen)
    clock.lap("write")
    clock.tell()


if __name__ == "__main__":
    main()
