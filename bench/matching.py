"""Learn the shipped match weights and measure them: python -m bench.matching learn|score SHARED_DATA

Learning is the Fellegi-Sunter model fitted to labelled pairs: every level of every comparison gets one weight in bits,
estimated jointly (logistic regression with a small ridge, started at log2(m / u)), since dates and places of events
agree together more often than independence would have it. Figures are cross-validated over connected events.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from calendar_sync.listings import Listing, ListingKey
from calendar_sync.spans import Span
from calendar_sync.vague_dates import resolve
from dedupe import blocking, scoring
from dedupe.clustering import clusters
from dedupe.columns import Columns, columns_of
from dedupe.comparison import COMPARISONS, LEVELS, MOST_LEVELS, SILENT, compare

WEIGHTS = Path(__file__).resolve().parents[1] / "dedupe" / "tables" / "weights.json"
FOLDS = 5
SETS = {
    "matching": ("matching/dev_listings.csv", "matching/dev_gold_pairs.csv", "matching/dev_ignore_pairs.csv", 1.0),
    "outreach1540": ("outreach1540/listings.csv", None, "outreach1540/ambiguous.csv", 4.0),
    "outreach_neighbours": ("outreach_neighbours/listings.csv", None, None, 4.0),
}


@dataclass
class Labelled:
    """One data set, compared. *gold* are pairs of positions; *fold* is that of each listing's connected event."""

    name: str
    columns: Columns
    gold: set[tuple[int, int]]
    ignored: set[tuple[int, int]]
    fold: np.ndarray
    pairs: np.ndarray
    levels: np.ndarray
    truth: np.ndarray
    weight: float


def listing_of(row: dict[str, str]) -> Listing:
    """Read a row of either kind of table, as `outreach match` reads it."""
    start, end = row.get("start") or row.get("start_date") or "", row.get("end") or row.get("end_date") or ""
    published = row.get("published") or row.get("pub_date") or ""
    span = None
    if start:
        first = date.fromisoformat(start)
        span = Span.exact(first, max(first, date.fromisoformat(end)) if end else first)
    elif row.get("date_text"):
        found = resolve(row["date_text"], published=date.fromisoformat(published) if published else None)
        span = found.span if found else None

    def several(name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in (row.get(name) or "").split(";") if part.strip())

    return Listing(
        ListingKey(row.get("source") or row.get("source_org") or "", row.get("id") or row["listing_id"]), "x",
        row["title"], language=row.get("language") or "", span=span, city=row.get("city") or "",
        country=row.get("country") or "", online=row.get("online") == "1", organisers=several("organisers"),
        sponsors=several("sponsors"), audience=several("audience"), venue=row.get("venue") or "",
        place_text=row.get("place_raw") or "",
    )  # fmt: skip


def load(shared: Path, name: str) -> Labelled:
    """Read, block and compare one data set."""
    table, gold_table, ignore_table, weight = SETS[name]
    rows = list(csv.DictReader((shared / table).open(encoding="utf-8", newline="")))
    listings = [listing_of(row) for row in rows]
    order = sorted(range(len(rows)), key=lambda number: listings[number].id)
    rows, listings = [rows[n] for n in order], [listings[n] for n in order]
    position = {row.get("id") or row["listing_id"]: number for number, row in enumerate(rows)}

    def read(path: str | None) -> set[tuple[int, int]]:
        if path is None:
            return set()
        found = set()
        for row in csv.DictReader((shared / path).open(encoding="utf-8", newline="")):
            one, other = row.get("id_a") or row.get("listing_id_a"), row.get("id_b") or row.get("listing_id_b")
            if one in position and other in position:
                found.add((min(position[one], position[other]), max(position[one], position[other])))
        return found

    gold = read(gold_table)
    if gold_table is None:
        groups = defaultdict(list)
        for number, row in enumerate(rows):
            groups[row["event_gid"]].append(number)
        gold = {(a, b) for group in groups.values() for i, a in enumerate(group) for b in group[i + 1 :]}
    columns = columns_of(listings)
    pairs = blocking.pairs(columns)
    codes = {(int(a), int(b)) for a, b in pairs}
    print(f"{name}: {len(listings)} listings, {len(pairs)} candidate pairs, blocking recall "
          f"{sum(pair in codes for pair in gold) / len(gold):.4f}", flush=True)  # fmt: skip
    levels = compare(columns, pairs).levels
    truth = np.array([(int(a), int(b)) in gold for a, b in pairs])
    return Labelled(name, columns, gold, read(ignore_table), _folds(columns, gold), pairs, levels, truth, weight)


def _folds(columns: Columns, gold: set[tuple[int, int]]) -> np.ndarray:
    """Put connected events into one fold, by a hash of their smallest id."""
    groups = clusters(len(columns), dict.fromkeys(gold, 1.0), (), gold, 0.5)
    fold = np.zeros(len(columns), dtype=int)
    for group in groups:
        digest = hashlib.sha256(min(columns.ids[member] for member in group).encode()).digest()
        fold[list(group)] = digest[0] % FOLDS
    return fold


def design(levels: np.ndarray) -> np.ndarray:
    """One-hot levels: (n_pairs, n_comparisons * MOST_LEVELS)."""
    out = np.zeros((len(levels), len(COMPARISONS) * MOST_LEVELS), dtype=np.float32)
    for column in range(len(COMPARISONS)):
        heard = levels[:, column] != SILENT
        out[np.flatnonzero(heard), column * MOST_LEVELS + levels[heard, column]] = 1.0
    return out


def fit(sets: list[Labelled], keep: list[np.ndarray], ridge: float = 2.0) -> scoring.Weights:
    """Fit bits on the pairs kept of each set; two rounds, the second with rivals known."""
    rival = 0.0
    weights = scoring.Weights(np.zeros((len(COMPARISONS), MOST_LEVELS)), 0.0, 0.0, 0.0)
    for round_ in range(2):
        features, truth, importance = [], [], []
        for labelled, kept in zip(sets, keep, strict=True):
            base = scoring.weigh(labelled.levels, weights.bits).sum(axis=1) + weights.prior
            beaten = scoring.rivalled(labelled.columns, labelled.pairs, base) if round_ else np.zeros(len(base))
            features.append(np.hstack([design(labelled.levels[kept]), beaten[kept, None], np.ones((kept.sum(), 1))]))
            truth.append(labelled.truth[kept])
            importance.append(np.full(kept.sum(), labelled.weight))
        coefficients = _logistic(np.vstack(features), np.concatenate(truth), np.concatenate(importance), ridge)
        in_bits = coefficients / np.log(2)
        rival = float(min(0.0, in_bits[-2]))
        weights = scoring.Weights(
            in_bits[:-2].reshape(len(COMPARISONS), MOST_LEVELS), float(in_bits[-1]), rival, 0.0
        )
    return weights


def _logistic(x: np.ndarray, y: np.ndarray, importance: np.ndarray, ridge: float) -> np.ndarray:
    """Iteratively reweighted least squares; equal rows are counted once."""
    table, inverse = np.unique(np.round(x, 2), axis=0, return_inverse=True)
    inverse = inverse.ravel()
    total = np.bincount(inverse, weights=importance, minlength=len(table))
    positive = np.bincount(inverse, weights=importance * y, minlength=len(table))
    beta = np.zeros(x.shape[1])
    penalty = np.full(x.shape[1], ridge)
    penalty[-1] = 0.01
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(table @ beta, -30, 30)))
        gradient = table.T @ (positive - total * p) - penalty * beta
        hessian = (table * (total * p * (1 - p))[:, None]).T @ table + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        beta += np.clip(step, -4, 4)
        if np.abs(step).max() < 1e-4:
            break
    return beta


def predicted(labelled: Labelled, weights: scoring.Weights, threshold: float) -> set[tuple[int, int]]:
    """Cluster with these weights and return all pairs inside clusters."""
    bits = scoring.weigh(labelled.levels, weights.bits).sum(axis=1) + weights.prior
    bits += scoring.rivalled(labelled.columns, labelled.pairs, bits) * weights.rival
    vetoed = scoring.vetoed(labelled.levels)
    near = bits > threshold - 12
    held = {(int(a), int(b)): float(w) for (a, b), w in zip(labelled.pairs[near], bits[near], strict=True)}
    groups = clusters(len(labelled.columns), held, {(int(a), int(b)) for a, b in labelled.pairs[vetoed]}, (), threshold)
    return {(a, b) for group in groups for i, a in enumerate(group) for b in group[i + 1 :]}


def score(labelled: Labelled, found: set[tuple[int, int]], among: np.ndarray | None = None) -> tuple[int, int, int]:
    """Count true positives, predicted and gold pairs; of one fold when *among* marks its listings."""
    # A wrong pair may reach across folds: each pair counts in the fold of its first listing.
    inside = (lambda pair: True) if among is None else (lambda pair: bool(among[pair[0]]))
    predicted_ = {pair for pair in found - labelled.ignored if inside(pair)}
    gold = {pair for pair in labelled.gold - labelled.ignored if inside(pair)}
    return len(predicted_ & gold), len(predicted_), len(gold)


def f1(counts: tuple[int, int, int]) -> str:
    tp, predicted_, gold = counts
    return f"P {tp / max(predicted_, 1):.4f} R {tp / max(gold, 1):.4f} F1 {2 * tp / max(predicted_ + gold, 1):.4f}"


def learn(shared: Path) -> None:
    """Cross-validate, choose the threshold, fit on everything, write the weights."""
    sets = [load(shared, name) for name in SETS]
    grid = [-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    totals: dict[tuple[str, float], list[int]] = {(s.name, t): [0, 0, 0] for s in sets for t in grid}
    for fold in range(FOLDS):
        held = [s.fold == fold for s in sets]
        keep = [
            ~h[s.pairs[:, 0]] & ~h[s.pairs[:, 1]] & ~_ignored_rows(s) for s, h in zip(sets, held, strict=True)
        ]
        weights = fit(sets, keep)
        for s, h in zip(sets, held, strict=True):
            for threshold in grid:
                counts = score(s, predicted(s, weights, threshold), h)
                for i, count in enumerate(counts):
                    totals[s.name, threshold][i] += count
    for threshold in grid:
        told = "  ".join(f"{s.name} {f1(tuple(totals[s.name, threshold]))}" for s in sets)
        print(f"cross-validated, threshold {threshold:+.1f}: {told}")
    best = max(grid, key=lambda t: sum(2 * totals[s.name, t][0] / sum(totals[s.name, t][1:]) for s in sets))
    weights = fit(sets, [~_ignored_rows(s) for s in sets])
    stored = {
        "made_by": "python -m bench.matching learn",
        "prior": round(weights.prior, 3), "rival": round(weights.rival, 3), "threshold": best,
        "bits": {
            comparison: {level: round(float(weights.bits[row, column]), 3) for column, level in enumerate(LEVELS[comparison])}
            for row, comparison in enumerate(COMPARISONS)
        },
    }  # fmt: skip
    WEIGHTS.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    for s in sets:
        print(f"fitted on itself: {s.name} {f1(score(s, predicted(s, weights, best)))}")


def _ignored_rows(labelled: Labelled) -> np.ndarray:
    return np.array([(int(a), int(b)) in labelled.ignored for a, b in labelled.pairs])


def report(shared: Path) -> None:
    """Score the shipped weights on each set."""
    for name in SETS:
        labelled = load(shared, name)
        weights = scoring.shipped()
        print(f"shipped: {name} {f1(score(labelled, predicted(labelled, weights, weights.threshold)))}")


if __name__ == "__main__":
    {"learn": learn, "score": report}[sys.argv[1]](Path(sys.argv[2]))
