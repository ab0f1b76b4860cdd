"""The figures the shipped weights must keep, on the labelled development data (nothing here is held out)."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from bench.matching import background, figures, predicted, prepare, read
from dedupe.weights import SHIPPED, from_table, shipped


@pytest.mark.parametrize(
    ("name", "least_f1", "least_precision"),
    [("matching", 0.97, 0.97), ("outreach1540", 0.93, 0.95), ("outreach_neighbours", 0.87, 0.9)],
)
def test_shipped_weights_keep_their_development_figures(
    shared: Path, tmp_path: Path, name: str, least_f1: float, least_precision: float
):
    """A change to words, levels or weights that costs accuracy must show before it ships."""
    collection = read(shared, name, tmp_path)
    told = figures(predicted(collection.listings, shipped()), collection)

    assert told.f1 >= least_f1
    assert told.precision >= least_precision


def test_blocking_brings_the_gold_pairs_together(shared: Path, tmp_path: Path):
    """A pair never compared is never found."""
    collection = read(shared, "matching", tmp_path)
    prepared = prepare(collection, shipped().background)

    assert prepared.labelled.same.sum() / len(collection.gold) >= 0.99
    assert len(prepared.labelled.pairs) < 10 * len(collection.listings)


def test_background_counts_come_from_the_labelled_collections_only(shared: Path, tmp_path: Path):
    """What ships must be what the command that learns it would write."""
    known = background([read(shared, name, tmp_path) for name in ("matching", "outreach1540", "outreach_neighbours")])

    assert shipped().background.words == pytest.approx({word: known.words[word] for word in known.words}, rel=0.01)


def test_weights_for_other_levels_are_refused():
    """Weights and comparisons that do not belong together would add up to nonsense."""
    table = json.loads(files("dedupe").joinpath(SHIPPED).read_text("utf-8"))
    table["comparisons"]["place"].pop()

    with pytest.raises(ValueError, match="place"):
        from_table(table)
