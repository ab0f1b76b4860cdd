"""The dedupe library 3: learned blocking and a classifier from 1,400 labelled pairs, then its own clustering.

Half of the labels are gold pairs, half pairs that share a date, a town or a title and are not: what a person who labels
on its console would be shown. Its score of a pair is the highest of twenty thresholds at which `cluster` joins the two.
"""

from __future__ import annotations

import io
import json
import random
from collections import defaultdict
from itertools import combinations
from typing import Any

import protocol

# In the peers' environment this is the library; type checkers see our package of that name.
import dedupe
from dedupe import variables  # type: ignore[attr-defined]

LABELS = 1400
CUTS = tuple(number / 20 for number in range(1, 20))
Record = dict[str, Any]


def records(listings: list[dict[str, str]]) -> dict[str, Record]:
    """Return cleaned records by id; missing values are None, as the library asks."""
    found = {}
    for row in listings:
        bare = protocol.bare_title(row["title"], row["city"])
        found[row["id"]] = {
            "title": bare,
            "letters": protocol.letters(bare),
            "source": row["source"],
            "start": row["start"] or None,
            "end": row["end"] or None,
            "day": protocol.day(row["start"]),
            "city": protocol.folded(row["city"]) or None,
            "country": row["country"] or None,
        }
    return found


def apart(one: int, other: int) -> float:
    """Return how far two days are apart, levelling off after a fortnight."""
    return min(abs(one - other), 14) / 14


def definition() -> list[Any]:
    """Return the fields as the library's guide defines them."""
    return [
        variables.ShortString("title"),
        variables.ShortString("letters"),
        variables.Exact("start", has_missing=True),
        variables.Exact("end", has_missing=True),
        variables.Custom("day", comparator=apart, has_missing=True),
        variables.ShortString("city", has_missing=True),
        variables.Exact("country", has_missing=True),
    ]


def examples(known: dict[str, Record], gold: set[protocol.Pair], unsettled: set[protocol.Pair]) -> io.StringIO:
    """Return a training file of labelled pairs, the same for the same data."""
    draw = random.Random(1540)
    blocks: dict[tuple[str, object], list[str]] = defaultdict(list)
    for uid, record in known.items():
        blocks["start", record["start"]].append(uid)
        blocks["town", (record["city"], (record["start"] or "")[:7])].append(uid)
        blocks["title", record["letters"]].append(uid)
        blocks["word", (record["title"].split()[0], (record["start"] or "")[:4])].append(uid)
    near: set[protocol.Pair] = set()
    for members in blocks.values():
        near.update((min(pair), max(pair)) for pair in combinations(members[:60], 2))
    distinct = [
        pair for pair in sorted(near - gold - unsettled) if known[pair[0]]["source"] != known[pair[1]]["source"]
    ]
    same = sorted(pair for pair in gold - unsettled if pair[0] in known and pair[1] in known)
    return io.StringIO(
        json.dumps(
            {
                name: [[known[one], known[other]] for one, other in draw.sample(pairs, min(LABELS // 2, len(pairs)))]
                for name, pairs in (("match", same), ("distinct", distinct))
            }
        )
    )


def main() -> None:
    """Read, fit or load, score, cluster, write."""
    chosen = protocol.options(__doc__)
    clock = protocol.Clock()
    known = records(protocol.rows(chosen.listings))
    clock.lap("read")
    if chosen.model is None:
        matcher = dedupe.Dedupe(definition(), num_cores=2)  # type: ignore[attr-defined]
        labelled = examples(known, protocol.pairs_of(chosen.labels), protocol.pairs_of(chosen.unsettled))
        matcher.prepare_training(known, training_file=labelled, sample_size=1500)
        matcher.train(recall=0.95, index_predicates=False)
        if chosen.save_model is not None:
            with chosen.save_model.open("wb") as file:
                matcher.write_settings(file)
        matcher.cleanup_training()
    else:
        with chosen.model.open("rb") as file:
            matcher = dedupe.StaticDedupe(file, num_cores=2)  # type: ignore[attr-defined]
    clock.lap("fit")
    scores = matcher.score(pair for pair in matcher.pairs(known) if pair[0][1]["source"] != pair[1][1]["source"])
    clock.lap("score")
    joined: dict[protocol.Pair, float] = {}
    for cut in CUTS if chosen.scores else (chosen.threshold,):
        for members, _ in matcher.cluster(scores, cut):
            joined.update(dict.fromkeys(combinations(sorted(map(str, members)), 2), cut))
    protocol.write(chosen.out, ((*pair, cut) for pair, cut in joined.items()), chosen)
    clock.lap("cluster and write")
    clock.tell()


if __name__ == "__main__":
    main()
