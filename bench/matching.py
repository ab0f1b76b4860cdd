"""Learn the weights of the matcher and score it: `python -m bench.matching learn|score [--shared DIR]`.

`learn` writes dedupe/match_weights.json, the same bytes for the same data. `score` prints development figures (weights
that saw these labels), cross-validated ones (no fold's events seen) and what thresholds do over time.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from calendar_sync.countries import country_code
from calendar_sync.listings import Listing
from calendar_sync.reading.listing_tables import listing_table
from dedupe import blocking, learning, matching
from dedupe.clustering import components
from dedupe.columns import Columns, columns
from dedupe.comparison import compare
from dedupe.learning import Labelled
from dedupe.rarity import Background
from dedupe.weights import SHIPPED, Weights

ROOT = Path(__file__).parents[1]
COLLECTIONS = ("matching", "outreach1540", "outreach_neighbours")
WEIGHT: Mapping[str, float] = {"matching": 1.0, "outreach1540": 3.0, "outreach_neighbours": 3.0}
"""What a pair counts in learning: without this the few outreach listings would not be heard."""
RIDGE = 1.0
THRESHOLD = -0.5
FOLDS = 5
LEAST = {"matching": 3, "outreach1540": 2, "outreach_neighbours": 2}
"""Listings a word must occur in to be shipped as known."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Collection:
    """Listings with gold pairs, and pairs that nobody scores, by the ids of the tables."""

    name: str
    listings: Sequence[Listing]
    gold: frozenset[Pair]
    unsettled: frozenset[Pair]


def read(shared: Path, name: str, scratch: Path) -> Collection:
    """Read one labelled collection of the shared data."""
    folder = shared / "data" / name
    if name == "matching":
        listings = listing_table(folder / "dev_listings.csv")
        return Collection(
            name, listings, _pairs(folder / "dev_gold_pairs.csv"), _pairs(folder / "dev_ignore_pairs.csv")
        )
    table = scratch / f"{name}.csv"
    gold = _outreach_table(folder / "listings.csv", table)
    unsettled = folder / "ambiguous.csv"
    return Collection(name, listing_table(table), gold, _pairs(unsettled) if unsettled.exists() else frozenset())


def _pairs(path: Path) -> frozenset[Pair]:
    with path.open(newline="", encoding="utf-8") as file:
        told = [
            (row.get("id_a") or row.get("listing_id_a", ""), row.get("id_b") or row.get("listing_id_b", ""))
            for row in csv.DictReader(file)
        ]
    return frozenset((min(pair), max(pair)) for pair in told if all(pair))


def _outreach_table(source: Path, target: Path) -> frozenset[Pair]:
    """Write what a matcher may see of an outreach collection; return its gold pairs."""
    kept = ("date_text", "city", "country", "venue", "organisers", "sponsors", "audience", "language", "title")
    events: dict[str, list[str]] = {}
    with source.open(newline="", encoding="utf-8") as file, target.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, ("id", "source", "start", "end", "published", "url", *kept))
        writer.writeheader()
        for row in csv.DictReader(file):
            events.setdefault(row["event_gid"], []).append(row["listing_id"])
            writer.writerow(
                {
                    "id": row["listing_id"],
                    "source": row["source_org"],
                    "start": row["start_date"],
                    "end": row["end_date"],
                    "published": row.get("pub_date", ""),
                    "url": row["source_url"],
                    **{name: row[name] for name in kept},
                }
            )
    return frozenset(
        (min(one, other), max(one, other)) for ids in events.values() for one in ids for other in ids if one < other
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A collection with its columns, compared pairs and the group of connected events of each listing."""

    collection: Collection
    columns: Columns
    uids: Sequence[str]
    labelled: Labelled
    group: NDArray[np.int64]


def background(collections: Sequence[Collection]) -> Background:
    """Count how usual words and bodies are."""
    nothing = Background({}, {})
    words: dict[str, float] = {}
    bodies: dict[str, float] = {}
    for one in collections:
        known = [columns(one.listings, nothing)]
        for table, of_bodies in ((words, False), (bodies, True)):
            for name, share in learning.shares(known, LEAST[one.name], bodies=of_bodies).items():
                table[name] = max(share, table.get(name, 0.0))
    return Background(words, bodies)


def prepare(collection: Collection, known: Background) -> Prepared:
    """Compare the candidates of a collection and label them."""
    table = columns(collection.listings, known)
    by_id = {listing.id: listing.key.uid for listing in collection.listings}
    uids = [by_id[key] for key in table.ids]
    pairs = blocking.candidates(table)
    named = [_named(uids[one], uids[other]) for one, other in pairs]
    at = {uid: number for number, uid in enumerate(uids)}
    joined = [(at[one], at[other]) for one, other in collection.gold | collection.unsettled]
    group = components(len(uids), np.array(joined, dtype=np.int64).reshape(-1, 2))
    labelled = Labelled(
        table,
        pairs,
        compare(table, pairs),
        np.array([pair in collection.gold for pair in named]),
        np.array([pair not in collection.unsettled for pair in named]),
        WEIGHT[collection.name],
    )
    return Prepared(collection, table, uids, labelled, group)


def _named(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def train(prepared: Sequence[Prepared], known: Background, used: Sequence[NDArray[np.bool_]] | None = None) -> Weights:
    """Learn weights; *used* tells which pairs of each collection may be learned from."""
    labelled = [one.labelled for one in prepared]
    if used is not None:
        labelled = [replace(one, used=one.used & mask) for one, mask in zip(labelled, used, strict=True)]
    bits, m, u, prior = learning.learn(labelled, ridge=RIDGE)
    provenance = {
        "learned": "from labelled pairs by python -m bench.matching learn",
        "collections": {one.collection.name: len(one.collection.listings) for one in prepared},
        "pairs": int(sum(one.used.sum() for one in labelled)),
        "same": int(sum((one.used & one.same).sum() for one in labelled)),
        "ridge": RIDGE,
        "weight": dict(WEIGHT),
    }
    return Weights(bits, m, u, float(prior), THRESHOLD, known, provenance)


def predicted(listings: Sequence[Listing], weights: Weights, threshold: float | None = None) -> set[Pair]:
    """Return every pair within a recognised event, by the ids of the table."""
    uid = {listing.id: listing.key.uid for listing in listings}
    found = matching.groups(listings, threshold=threshold, weights=weights)
    return {
        _named(uid[one], uid[other])
        for cluster in found
        for position, one in enumerate(cluster)
        for other in cluster[position + 1 :]
    }


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and F1 over pairs, and the share of hard gold pairs found."""

    precision: float
    recall: float
    f1: float
    hard: float

    def __str__(self) -> str:
        return f"P {self.precision:.4f} R {self.recall:.4f} F1 {self.f1:.4f} hard {self.hard:.3f}"


def figures(found: set[Pair], collection: Collection, among: set[str] | None = None) -> Figures:
    """Score predicted pairs; *among* keeps the gold pairs of which both listings are in it."""
    gold = set(collection.gold - collection.unsettled)
    found = found - collection.unsettled
    if among is not None:
        gold = {pair for pair in gold if pair[0] in among and pair[1] in among}
        found = {pair for pair in found if pair[0] in among and pair[1] in among}
    right = len(found & gold)
    by_id = {listing.key.uid: listing for listing in collection.listings}
    hard = [pair for pair in gold if _hard(by_id[pair[0]], by_id[pair[1]])]
    return Figures(
        right / max(1, len(found)),
        right / max(1, len(gold)),
        2 * right / max(1, len(found) + len(gold)),
        sum(pair in found for pair in hard) / max(1, len(hard)),
    )


def _hard(one: Listing, other: Listing) -> bool:
    if fuzz.token_sort_ratio(one.title.lower(), other.title.lower()) < 70:
        return True
    if one.span is None or other.span is None:
        return False
    return abs((one.span.earliest - other.span.earliest).days) > 7


def cross_validated(prepared: Sequence[Prepared], known: Background, folds: int = FOLDS) -> list[Figures]:
    """Score every collection with weights that saw none of the tested events: folds over connected events."""
    draw = np.random.default_rng(1540)
    fold = [draw.integers(0, folds, len(one.group))[one.group] for one in prepared]
    found: list[set[Pair]] = [set() for _ in prepared]
    for number in range(folds):
        used = [
            (own[one.labelled.pairs[:, 0]] != number) & (own[one.labelled.pairs[:, 1]] != number)
            for one, own in zip(prepared, fold, strict=True)
        ]
        weights = train(prepared, known, used)
        for one, own, pairs in zip(prepared, fold, found, strict=True):
            tested = {uid for uid, its in zip(one.uids, own.tolist(), strict=True) if its == number}
            # A wrong pair across two folds is judged once, in the fold of its first listing.
            pairs |= {pair for pair in predicted(one.collection.listings, weights) if pair[0] in tested}
    return [figures(pairs, one.collection) for pairs, one in zip(found, prepared, strict=True)]


def over_time(collection: Collection, others: Sequence[Collection], last: int) -> tuple[Figures, Figures]:
    """Learn from the events up to the year *last* only, words included, and score the years before and after."""
    early = _between(collection, 0, last)
    late = _between(collection, last + 1, 9999)
    known = background([early, *others])
    weights = train([prepare(one, known) for one in (early, *others)], known)
    return (
        figures(predicted(early.listings, weights), early),
        figures(predicted(late.listings, weights), late),
    )


def _between(collection: Collection, first: int, last: int) -> Collection:
    kept = [one for one in collection.listings if one.span is not None and first <= one.span.earliest.year <= last]
    ids = {one.key.uid for one in kept}
    gold, unsettled = (
        frozenset(pair for pair in pairs if pair[0] in ids and pair[1] in ids)
        for pairs in (collection.gold, collection.unsettled)
    )
    return Collection(collection.name, kept, gold, unsettled)


def main() -> None:
    """Run `learn` or `score`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("step", choices=("learn", "score"))
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("OUTREACH_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--scratch", type=Path, default=ROOT / "build")
    options = parser.parse_args()
    options.scratch.mkdir(parents=True, exist_ok=True)
    country_code("Kenya")  # the names of six languages load once, and not within a measurement
    collections = [read(options.shared, name, options.scratch) for name in COLLECTIONS]
    known = background(collections)
    prepared = [prepare(one, known) for one in collections]
    if options.step == "learn":
        weights = train(prepared, known)
        weights.save(ROOT / "dedupe" / SHIPPED)
        print(f"{ROOT / 'dedupe' / SHIPPED}: {weights.provenance['pairs']} pairs, {weights.provenance['same']} same")
        return
    weights = train(prepared, known)
    print("development (these labels were learned from)")
    for one in prepared:
        began = time.perf_counter()
        told = figures(predicted(one.collection.listings, weights), one.collection)
        blocked = int(one.labelled.same.sum()) / len(one.collection.gold)
        print(f"  {one.collection.name:20} {told}  blocking recall {blocked:.4f} of {len(one.labelled.pairs)} pairs, "
              f"{time.perf_counter() - began:.1f} s")  # fmt: skip
    print(f"cross-validated over connected events, {FOLDS} folds")
    for one, told in zip(prepared, cross_validated(prepared, known), strict=True):
        print(f"  {one.collection.name:20} {told}")
    print("over time (matching): learned from events up to 2019 and the outreach listings")
    early, late = over_time(collections[0], collections[1:], 2019)
    print(f"  up to 2019           {early}\n  from 2020            {late}")
    print("other collections: learned from matching and one outreach collection, scored on the other")
    for name in COLLECTIONS[1:]:
        rest = [one for one in collections if one.name != name]
        other = background(rest)
        weights = train([prepare(one, other) for one in rest], other)
        (tested,) = (one for one in collections if one.name == name)
        print(f"  {name:20} {figures(predicted(tested.listings, weights), tested)}")


if __name__ == "__main__":
    main()
