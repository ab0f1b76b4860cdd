"""Learn without labels and score it: `python -m bench.unlabelled [--shared DIR] [--terms]`.

Prints what weights reach that saw no label, beside textbook EM on the same candidates and comparisons, and beside the
shipped weights, which saw these labels. `--terms` prints what other terms than the usual ones would reach.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from bench.matching import COLLECTIONS, ROOT, Collection, figures, predicted, read
from calendar_sync.countries import country_code
from calendar_sync.listings import Listing
from dedupe import blocking, scoring
from dedupe.columns import Bools, Columns, Floats, Ints, columns
from dedupe.comparison import COMPARISONS, Levels, compare
from dedupe.learning import SMOOTHING
from dedupe.rarity import Background
from dedupe.unlabelled import NotLearned, Terms, learn
from dedupe.weights import WIDEST, Weights, shipped

ALIKE = 85.0
"""token_set_ratio from which on, the first day being the same, EM starts by taking a pair for one event."""
ITERATIONS = 100
RULE_RECALL = 0.8
CUTS = tuple(float(bits) for bits in range(-10, 41, 2))
ONE_CALENDAR = -30.0
"""Bits for EM, which cannot learn from pairs of two calendars that a calendar lists an event once."""
OTHER_TERMS = (Terms(days=1), Terms(days=2), Terms(days=5), Terms(season=62), Terms(season=120), Terms(telling=0.0),
               Terms(telling=15.0), Terms(ridge=0.3), Terms(ridge=3.0), Terms(rounds=1), Terms(rounds=3),
               Terms(rounds=5))  # fmt: skip


def textbook(collection: Collection, *, others_way: bool) -> Weights:
    """Learn m, u and the prior by expectation and maximisation over the candidates, comparisons taken as independent.

    It learns from pairs of two calendars and is told that one calendar lists an event once, as ours takes it to be. It
    starts from the simplest sensible rule (same first day, titles alike). With *others_way*, u is counted among
    random pairs and the prior is what that rule finds among all pairs, taken to be RULE_RECALL of what there is; both
    stay, and only m is learned.
    """
    nothing = Background({}, {})
    known = columns(collection.listings, nothing)
    pairs = blocking.candidates(known)
    pairs = pairs[known.calendar[pairs[:, 0]] != known.calendar[pairs[:, 1]]]
    levels = compare(known, pairs)
    levels[:, scoring.CALENDAR_AT] = -1
    alike = _alike(known, pairs)
    one = np.where(alike, 0.95, 0.01)
    u = _shares(compare(known, _random(len(known))), None)
    share = float(alike.sum()) / RULE_RECALL / (len(known) * (len(known) - 1) / 2)
    for _ in range(ITERATIONS):
        if not others_way:
            u, share = _shares(levels, 1.0 - one), float(one.mean())
        m = _shares(levels, one)
        bits, prior = np.log2(m / u), float(np.log2(share / (1.0 - share)))
        one = scoring.probability(scoring.weigh(levels, bits).sum(axis=1) + prior)
    bits[scoring.CALENDAR_AT] = 0.0
    bits[scoring.CALENDAR_AT, [scoring.NAMES, scoring.SENTENCES, scoring.TWO_LANGUAGES]] = ONE_CALENDAR
    return Weights(bits, m, u, prior, 0.0, nothing, {})


def _alike(known: Columns, pairs: Ints) -> Bools:
    titles = [title.casefold() for title in known.table.titles]
    sides = ([titles[at] for at in column] for column in pairs.T.tolist())
    ratio = process.cpdist(*sides, scorer=fuzz.token_set_ratio)
    day = known.first[pairs]
    told: Bools = (day[:, 0] > 0) & (day[:, 0] == day[:, 1]) & (ratio >= ALIKE)
    return told


def _random(count: int) -> Ints:
    pairs = np.random.default_rng(1540).integers(0, count, (300_000, 2))
    return np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1)


def _shares(levels: Levels, weight: Floats | None) -> Floats:
    """Say in what share of pairs each level is reached where it is not silent, shape (n_comparisons, n_levels)."""
    told = np.ones((len(COMPARISONS), WIDEST))
    for at, comparison in enumerate(COMPARISONS):
        heard, size = levels[:, at] >= 0, len(comparison.levels)
        counts = np.bincount(levels[heard, at], None if weight is None else weight[heard], minlength=size) + SMOOTHING
        told[at, :size] = counts / counts.sum()
    return told


def part(collection: Collection, kept: Callable[[Listing], bool]) -> Collection:
    """Keep some of the listings, and the pairs within."""
    listings = [one for one in collection.listings if kept(one)]
    ids = {one.key.uid for one in listings}
    gold, unsettled = (
        frozenset(pair for pair in pairs if ids.issuperset(pair)) for pairs in (collection.gold, collection.unsettled)
    )
    return Collection(collection.name, listings, gold, unsettled)


def years(collection: Collection, first: int, last: int) -> Collection:
    """Keep the events that begin from the year *first* to the year *last*."""
    return part(collection, lambda one: one.span is not None and first <= one.span.earliest.year <= last)


def drawn(collection: Collection, count: int, draw: np.random.Generator) -> Collection:
    """Keep so many calendars, drawn at random."""
    names = sorted({one.key.calendar for one in collection.listings})
    kept = set(draw.choice(names, count, replace=False).tolist())
    return part(collection, lambda one: one.key.calendar in kept)


def copied(collection: Collection, share: float) -> Collection:
    """List a share of the listings a second time in their calendar, under another title."""
    draw = np.random.default_rng(1540)
    copies = [one for one in collection.listings if draw.random() < share]
    again = [
        replace(one, key=replace(one.key, uid=f"{one.key.uid}-again"), title=f"{one.title} Conference")
        for one in copies
    ]
    return replace(collection, listings=[*collection.listings, *again])


def tell(name: str, weights: Weights, collection: Collection) -> None:
    """Print one line of figures."""
    print(f"  {name:44} {figures(predicted(collection.listings, weights), collection)}", flush=True)


def taught(name: str, collection: Collection, terms: Sequence[Terms] = (Terms(),)) -> None:
    """Print what weights reach that were learned without labels, or why there are none."""
    for its in terms:
        try:
            tell(name or _other(its), learn(collection.listings, its), collection)
        except NotLearned as refused:
            print(f"  {name:44} {refused}")


def _other(terms: Terms) -> str:
    told, usual = asdict(terms), asdict(Terms())
    return ", ".join(f"{name} {value:g}" for name, value in told.items() if value != usual[name])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("OUTREACH_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--scratch", type=Path, default=ROOT / "build")
    parser.add_argument("--terms", action="store_true", help="try other terms as well")
    options = parser.parse_args()
    options.scratch.mkdir(parents=True, exist_ok=True)
    country_code("Kenya")  # the names of six languages load once, and not within a measurement
    conferences, *outreach = (read(options.shared, name, options.scratch) for name in COLLECTIONS)
    print(f"{conferences.name}, cut at 0 bits")
    began = time.process_time()
    weights = learn(conferences.listings)
    took = time.process_time() - began
    tell("no label", weights, conferences)
    for name, others_way in (("textbook EM", False), ("EM of m only, u from random pairs", True)):
        tell(name, model := textbook(conferences, others_way=others_way), conferences)
        best = max(CUTS, key=lambda cut: figures(predicted(conferences.listings, model, cut), conferences).f1)
        tell(f"  cut where labels say it is best, {best:g} bits", replace(model, threshold=best), conferences)
    tell("(shipped weights, which saw these labels)", shipped(), conferences)
    print(f"  learned from in {took:.1f} s of processor time: {dict(weights.provenance)}")
    early, late = years(conferences, 0, 2019), years(conferences, 2020, 9999)
    print("over time, no label")
    taught("up to 2019", early)
    taught("from 2020", late)
    tell("from 2020, learned up to 2019", learn(early.listings), late)
    for year in range(2014, 2024):
        taught(f"{year} alone", years(conferences, year, year))
    print("outreach, no label")
    for one in outreach:
        taught(one.name, one)
        tell("  learned from matching", weights, one)
        tell("  (shipped weights, which saw these labels)", shipped(), one)
    if options.terms:
        print("matching, no label, other terms")
        taught("", conferences, OTHER_TERMS)
        print("matching, no label, calendars drawn at random, and the shipped weights on the same")
        draw = np.random.default_rng(3)
        for count in (3, 5, 8, 12) * 3:
            some = drawn(conferences, count, draw)
            taught(f"{count} calendars, {len(some.listings)} listings", some)
            tell("", shipped(), some)
        print("matching, no label, learned from calendars that list some events again under another title")
        for share in (0.02, 0.05, 0.1):
            tell(f"{share:.0%} again", learn(copied(conferences, share).listings), conferences)


if __name__ == "__main__":
    main()
