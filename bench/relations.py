"""Score the relations between events on labelled pairs: `python -m bench.relations [learn|score] [--shared DIR]`.

Events are made from the gold clusters, so that what is measured is the rules and not the matcher. `score` prints the
confusion table; `learn` fits the points of `dedupe.likeness` anew, cross-validated, with pairs nobody labelled as weak
examples of nothing, and prints what it would ship rounded.
"""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calendar_sync.reading.listing_tables import listing_table
from calendar_sync.spans import Overlap
from dedupe.assembling import events
from dedupe.events import Event
from dedupe.finding import relations
from dedupe.likeness import Likeness, likeness
from dedupe.matching import Recognition
from dedupe.policy import Policy
from dedupe.profiles import Profile, profile

ROOT = Path(__file__).parents[1]
COLLECTIONS = ("outreach1540", "outreach_neighbours")
NOTHING = "nothing"
KINDS = {"conflict": "clash", "unrelated_but_similar": NOTHING}
COLUMNS = {
    "source_org": "source", "listing_id": "id", "start_date": "start", "end_date": "end", "pub_date": "published",
    "source_url": "url",
}  # fmt: skip
SEEN = (
    "listing_id", "source_org", "title", "start_date", "end_date", "date_text", "city", "country", "venue",
    "organisers", "sponsors", "audience", "language", "pub_date", "source_url",
)  # fmt: skip
UNLABELLED_WEIGHT = 0.05
RIDGE = 1.0
FOLDS = 10

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One collection: its events by gold id, and the labelled pairs of ids with their kind."""

    name: str
    events: dict[str, Event]
    pairs: dict[tuple[str, str], str]


def read(shared: Path, name: str) -> Labelled:
    """Read one labelled collection; only what a matcher may see reaches the events."""
    folder = shared / "data" / name
    rows = _rows(folder / "listings.csv")
    with tempfile.TemporaryDirectory() as scratch:
        table = Path(scratch) / "listings.csv"
        with table.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([COLUMNS.get(column, column) for column in SEEN])
            writer.writerows([row.get(column, "") for column in SEEN] for row in rows)
        listings = listing_table(table)
    gold = {row["listing_id"]: row["event_gid"] for row in rows}
    clusters: dict[str, list[str]] = {}
    for listing in listings:
        clusters.setdefault(gold[listing.key.uid], []).append(listing.id)
    known = events(listings, Recognition((), tuple(tuple(sorted(ids)) for ids in clusters.values())))
    unsettled = {_pair(row) for row in _rows(folder / "ambiguous.csv") if row["gid_a"]}
    return Labelled(
        name,
        {gold[event.listings[0].key.uid]: event for event in known},
        {
            _pair(row): KINDS.get(row["relation"], row["relation"])
            for row in _rows(folder / "pairs.csv")
            if _pair(row) not in unsettled
        },
    )


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _pair(row: dict[str, str]) -> tuple[str, str]:
    one, other = sorted((row["gid_a"], row["gid_b"]))
    return one, other


def score(collections: Sequence[Labelled], policy: Policy) -> None:
    """Print what was found for each labelled kind, and the figures that follow."""
    table: Counter[tuple[str, str]] = Counter()
    found_all = count = 0
    for labelled in collections:
        ids = {event.id: gid for gid, event in labelled.events.items()}
        found = {}
        for relation in relations(list(labelled.events.values()), policy):
            one, other = sorted((ids[relation.first.id], ids[relation.second.id]))
            found[one, other] = str(relation.kind)
        found_all, count = found_all + len(found), count + len(labelled.events)
        for pair, kind in labelled.pairs.items():
            table[kind, found.get(pair, NOTHING)] += 1
    for (kind, what), number in sorted(table.items()):
        print(f"{number:5d} {kind:12s} found {what}")
    right = sum(number for (kind, what), number in table.items() if kind == what)
    totals = Counter[str]()
    for (kind, _), number in table.items():
        totals[kind] += number
    recalls = {kind: table[kind, kind] / totals[kind] for kind in sorted(totals) if kind != NOTHING}
    alarms = 1 - table[NOTHING, NOTHING] / totals[NOTHING]
    print(
        f"accuracy {right / table.total():.3f}, macro recall {sum(recalls.values()) / len(recalls):.3f}"
        f" ({', '.join(f'{kind} {value:.2f}' for kind, value in recalls.items())}),"
        f" any kind on look-alikes {alarms:.3f}, relations per event {found_all / count:.2f}"
    )


def learn(collections: Sequence[Labelled]) -> None:
    """Fit the points of series against look-alikes and print them with cross-validated figures."""
    labelled: list[tuple[str, Likeness]] = []
    unlabelled: list[Likeness] = []
    for collection in collections:
        known = {gid: profile(event, ()) for gid, event in sorted(collection.events.items())}
        names = sorted(known)
        for position, one in enumerate(names):
            for other in names[position + 1 :]:
                if _together(known[one], known[other]):
                    continue
                alike = likeness(known[one], known[other])
                kind = collection.pairs.get((one, other))
                if alike is not None and kind in ("series", NOTHING):
                    labelled.append((kind, alike))
                elif alike is not None and kind is None:
                    unlabelled.append(alike)
    told = np.array([_row(alike) for _, alike in labelled])
    weak = np.array([_row(alike) for alike in unlabelled])
    wanted = np.array([kind == "series" for kind, _ in labelled], dtype=np.float64)
    points = _fit(told, wanted, weak)
    print({field.name: round(float(value), 1) for field, value in zip(fields(Likeness), points[1:], strict=True)})
    chance = np.zeros(len(wanted))
    fold = np.random.default_rng(1540).integers(0, FOLDS, len(wanted))
    for number in range(FOLDS):
        seen = fold != number
        chance[~seen] = 1 / (1 + np.exp(-told[~seen] @ _fit(told[seen], wanted[seen], weak)))
    for least in (0.2, 0.25, 0.3, 0.4, 0.5):
        yes = chance >= least
        logit = float(np.log(least / (1 - least)) - points[0])
        print(f"series_points {logit:5.2f}: recall {yes[wanted == 1].mean():.2f}, alarms {yes[wanted == 0].mean():.2f}")


def _together(one: Profile, other: Profile) -> bool:
    if one.span is None or other.span is None:
        return False
    return one.span.overlap(other.span, buffer_days=2) is not Overlap.IMPOSSIBLE


def _row(alike: Likeness) -> list[float]:
    return [1.0, *(float(getattr(alike, field.name)) for field in fields(Likeness))]


def _fit(told: Floats, wanted: Floats, weak: Floats) -> Floats:
    """Logistic regression with a ridge, by Newton's method; shapes (n, k), (n,), (m, k), returns (k,)."""
    rows = np.vstack([told, weak])
    right = np.concatenate([wanted, np.zeros(len(weak))])
    weight = np.concatenate([np.ones(len(told)), np.full(len(weak), UNLABELLED_WEIGHT)])
    ridge = np.eye(rows.shape[1]) * RIDGE
    ridge[0, 0] = 0.01
    points = np.zeros(rows.shape[1])
    for _ in range(60):
        chance = 1 / (1 + np.exp(-rows @ points))
        curve = (rows * (weight * chance * (1 - chance))[:, None]).T @ rows + ridge
        points -= np.linalg.solve(curve, rows.T @ (weight * (chance - right)) + ridge @ points)
    return points


def main() -> None:
    """Read the collections and do what is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("learn", "score"), nargs="?", default="score")
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("OUTREACH_SHARED", ROOT.parent / "shared")))
    asked = parser.parse_args()
    collections = [read(asked.shared, name) for name in COLLECTIONS]
    if asked.what == "learn":
        learn(collections)
    else:
        score(collections, Policy())


if __name__ == "__main__":
    main()
