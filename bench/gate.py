"""Draw the labelled pairs that taught weights are held to: `python -m bench.gate [--shared DIR]`.

Writes dedupe/match_gate.json, and for the tests of poisoned teachers two more draws of other events,
tests/dedupe/teaching/{taught,judged}.json: what a teacher decides, and what the outcome is judged by. Levels and
outcomes only; the same bytes for the same data.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.matching import COLLECTIONS, ROOT, Collection, Pair, prepare, read
from dedupe import blocking, matching
from dedupe.columns import Bools, Floats, columns
from dedupe.comparison import COMPARISONS, Levels
from dedupe.gate import GOLDEN, SHIPPED, Gate
from dedupe.weights import Weights, shipped

NEAR, FAR = 6.0, 16.0
"""Bits below the threshold down to which pairs of different events are kept often, or at all: no taught weights could
join what lies lower."""
PARTS: Mapping[str, float] = {"gate": 0.5, "taught": 0.2, "judged": 0.3}
MOST: Mapping[str, int] = {"same": 400, "near": 300, "far": 300}
"""Pairs drawn of each collection and part: of one event, of two that look alike, and of two that do not."""
NAMES: Mapping[str, str] = {"matching": "conferences", "outreach1540": "outreach", "outreach_neighbours": "outreach"}
"""What the gate calls the collections; the two of outreach are held to one floor, since each alone is too small."""
SEED = 1540


@dataclass(frozen=True, slots=True)
class Drawn:
    """Pairs of one collection. Shapes as in `Gate`."""

    levels: Levels
    same: Bools
    stands_for: Floats


def drawn(collection: Collection, model: Weights, without: frozenset[str]) -> dict[str, Drawn]:
    """Draw pairs for each of PARTS, no event in two of them; *without* names listings to leave out.

    A pair of two events belongs to the part of its first listing.
    """
    draw = np.random.default_rng(SEED)
    one = prepare(collection, model.background)
    part = draw.choice(len(PARTS), size=int(one.group.max()) + 1, p=list(PARTS.values()))[one.group]
    judged = matching.judge(one.columns, one.labelled.pairs, model)
    left_out = np.array([uid in without for uid in one.uids])[one.labelled.pairs].any(axis=1)
    usable = one.labelled.used & ~left_out & (one.labelled.same | (judged.veto == 0))
    short = model.threshold - judged.bits
    strata = {
        "same": one.labelled.same,
        "near": ~one.labelled.same & (short < NEAR),
        "far": ~one.labelled.same & (short >= NEAR) & (short < FAR),
    }
    found = {}
    for number, name in enumerate(PARTS):
        here = usable & (part[one.labelled.pairs[:, 0]] == number)
        picked, stands_for = [], []
        for stratum, which in strata.items():
            pool = np.flatnonzero(here & which)
            chosen = np.sort(draw.choice(pool, size=min(len(pool), MOST[stratum]), replace=False))
            picked.append(chosen)
            stands_for.append(np.full(len(chosen), len(pool) / max(1, len(chosen))))
        at = np.concatenate(picked)
        found[name] = Drawn(judged.levels[at], one.labelled.same[at], np.concatenate(stands_for))
    return found


def golden(collection: Collection, members: frozenset[str], model: Weights) -> Drawn:
    """Take every pair among the golden listings that weights could join."""
    table = columns(collection.listings, model.background)
    uid = {listing.id: listing.key.uid for listing in collection.listings}
    at = [number for number, id_ in enumerate(table.ids) if uid[id_] in members]
    pairs = np.array([(a, b) for a in at for b in at if a < b], dtype=np.int64)
    same = np.array([_named(uid[table.ids[a]], uid[table.ids[b]]) in collection.gold for a, b in pairs])
    judged = matching.judge(table, pairs, model, among=matching.judge(table, blocking.candidates(table), model))
    kept = same | ((judged.veto == 0) & (model.threshold - judged.bits < FAR))
    return Drawn(judged.levels[kept], same[kept], np.ones(int(kept.sum())))


def golden_listings(shared: Path) -> frozenset[str]:
    """Return the ids of the listings of golden events."""
    folder = shared / "data" / "outreach1540"
    with (folder / "golden.csv").open(newline="", encoding="utf-8") as file:
        events = {row["event_gid"] for row in csv.DictReader(file)}
    with (folder / "listings.csv").open(newline="", encoding="utf-8") as file:
        return frozenset(row["listing_id"] for row in csv.DictReader(file) if row["event_gid"] in events)


def gate(parts: Mapping[str, Drawn]) -> Gate:
    """Put the draws of several collections together, under the names a reader of the gate's figures knows."""
    told = tuple(dict.fromkeys(NAMES.get(name, name) for name in parts))
    numbers: Sequence[NDArray[np.int64]] = [
        np.full(len(one.same), told.index(NAMES.get(name, name)), dtype=np.int64) for name, one in parts.items()
    ]
    return Gate(
        told,
        np.concatenate([one.levels for one in parts.values()]).reshape(-1, len(COMPARISONS)),
        np.concatenate([one.same for one in parts.values()]),
        np.concatenate([one.stands_for for one in parts.values()]),
        np.concatenate(numbers),
    )


def _named(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def main() -> None:
    """Write the three draws."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("OUTREACH_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--scratch", type=Path, default=ROOT / "build")
    options = parser.parse_args()
    options.scratch.mkdir(parents=True, exist_ok=True)
    model, held = shipped(), golden_listings(options.shared)
    collections = [read(options.shared, name, options.scratch) for name in COLLECTIONS]
    parts = {one.name: drawn(one, model, held) for one in collections}
    by_name = {one.name: one for one in collections}
    targets = {
        ROOT / "dedupe" / SHIPPED: gate(
            {name: found["gate"] for name, found in parts.items()}
            | {GOLDEN: golden(by_name["outreach1540"], held, model)}
        ),
        **{
            ROOT / "tests" / "dedupe" / "teaching" / f"{part}.json": gate(
                {name: found[part] for name, found in parts.items()}
            )
            for part in ("taught", "judged")
        },
    }
    for path, made in targets.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        made.save(path)
        print(f"{path.relative_to(ROOT)}: {len(made.same)} pairs, {int(made.same.sum())} of one event")
        for score in made.scores(model):
            told = f"P {score.precision:.4f} R {score.recall:.4f} surprise {score.surprise:.4f}"
            print(f"  {score.collection:20} {told} with the shipped weights")


if __name__ == "__main__":
    main()
