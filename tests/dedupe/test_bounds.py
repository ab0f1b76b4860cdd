"""What is left out before titles are aligned could not have mattered; what is never compared would not have matched."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from calendar_sync.listing_columns import ListingColumns
from calendar_sync.reading.listing_tables import listing_tables
from dedupe import blocking, bounds, matching, scoring
from dedupe.columns import Columns, columns_of
from dedupe.comparison import compare
from dedupe.weights import shipped

MODEL = shipped()


@pytest.fixture(scope="module")
def known(shared: Path) -> Columns:
    return columns_of(listing_tables([shared / "data" / "matching" / "dev_listings.csv"]), MODEL.background)


def test_bounds_leave_out_only_what_full_comparison_would(known):
    """A pair that is spared its titles must not be one that a coordinator would have been shown."""
    pairs = blocking.candidates(known)
    levels = compare(known, pairs)
    heard = scoring.weigh(levels, MODEL.bits).sum(axis=1) + MODEL.prior >= scoring.NEGLIGIBLE

    left, told = bounds.sift(known, pairs, MODEL)

    assert 1_000 < len(left) < len(pairs) / 2
    assert np.array_equal(left, pairs[heard])
    assert np.array_equal(told, levels[heard])


@pytest.mark.fault("T14")
def test_blocking_finds_all_that_comparing_everything_with_everything_accepts(shared, tmp_path, record_property):
    """Nobody looks for what was never compared."""
    listings = sample(shared, tmp_path / "sample.csv", 3)
    lost, accepted = held_against_everything(listings)
    record_property("cases", accepted)
    record_property("measured", f"{lost} of the pairs that all with all accepts, over {len(listings):,}, not found")

    assert accepted > 1_000
    assert lost == 0


def sample(shared: Path, path: Path, step: int) -> ListingColumns:
    """Keep the listings that start on every so manieth day: those of one event mostly start on one."""
    with (shared / "data" / "matching" / "dev_listings.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    at = header.index("start")
    kept = [row for row in rows if row[at] and date.fromisoformat(row[at]).toordinal() % step == 0]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *kept])
    return listing_tables([path])


def held_against_everything(listings: ListingColumns) -> tuple[int, int]:
    """Count what a comparison of all with all accepts, and what of it blocking does not find."""
    known = columns_of(listings, MODEL.background)
    one, other = np.triu_indices(len(known), 1)
    found = {tuple(pair) for pair in blocking.candidates(known).tolist()}
    everything = matching.judge(known, np.stack([one, other], axis=1), MODEL)
    accepted = everything.pairs[(everything.bits >= MODEL.threshold) & (everything.veto == 0)].tolist()
    return sum(tuple(pair) not in found for pair in accepted), len(accepted)
