"""Training on a person's labels: nearer to what that person says, never far from what is known, and honestly scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from bench.matching import read
from calendar_sync.listing_columns import ListingColumns, listing_columns
from calendar_sync.listings import Listing, ListingKey
from calendar_sync.spans import Span
from dedupe import training
from dedupe.comparison import COMPARISONS
from dedupe.labels import Contradiction, Figures, Labels, figures, pairs_within
from dedupe.matching import recognise_table
from dedupe.weights import Weights, shipped

TOWNS = ("Vienna", "Nairobi", "Lima", "Cairo", "Accra", "Amman", "Quito", "Dakar")


def conferences(count: int) -> tuple[ListingColumns, Labels]:
    """Make conferences that two calendars list, the second always under its own town, nine days late; and fairs."""
    listings: list[Listing] = []
    same = []
    for number in range(count):
        day = date(2015, 1, 5) + timedelta(days=37 * number)
        town = TOWNS[number % len(TOWNS)]
        title = f"Conference on subject {chr(97 + number % 26)}{chr(97 + number // 26)}x"
        pair = [
            Listing(ListingKey(calendar, f"{calendar}{number}"), calendar, title, span=Span.exact(start), city=city)
            for calendar, start, city in (("a", day, town), ("b", day + timedelta(days=9), "Geneva"))
        ]
        listings += pair
        listings.append(
            Listing(ListingKey("c", f"c{number}"), "c", f"Fair of trade {number}", span=Span.exact(day), city=town)
        )
        same.append((pair[0].id, pair[1].id))
    return listing_columns(listings), Labels.of(same, None)


def scored(table: ListingColumns, labels: Labels, weights: Weights) -> Figures:
    return figures(list(pairs_within(recognise_table(table, weights=weights).clusters())), labels)


def test_labels_that_disagree_with_the_shipped_weights_move_them():
    """A community whose second calendar names its own town throughout knows what no shipped table can."""
    table, labels = conferences(60)
    trained = training.from_labels(table, labels)
    before, after = scored(table, labels, shipped()), scored(table, labels, trained)

    assert after.f1 > before.f1
    assert after.f1 > 0.95
    assert trained.threshold == shipped().threshold
    assert trained.prior == pytest.approx(shipped().prior, abs=0.005)


def test_levels_that_no_labelled_pair_reached_stay_as_shipped():
    """Two calendars of conferences say nothing of French-speaking participants."""
    table, labels = conferences(30)
    trained = training.from_labels(table, labels)
    moved = {
        comparison.name for at, comparison in enumerate(COMPARISONS)
        if not np.allclose(trained.bits[at], shipped().bits[at], atol=0.006)
    }  # fmt: skip

    assert "dates" in moved
    assert moved.isdisjoint({"bodies", "audience", "edition"})


def test_one_label_of_each_kind_hardly_moves_anything():
    """What two people said once must not outweigh what sixty thousand pairs taught."""
    table, labels = conferences(30)
    known = sorted(labels.same)
    found = recognise_table(table)
    ids = found.known.ids
    apart = next((ids[a], ids[b]) for a, b in found.judged.pairs.tolist() if (ids[a], ids[b]) not in labels.same)
    trained = training.from_labels(table, Labels.of(known[:1], [apart]))

    assert np.abs(trained.bits - shipped().bits).max() < 1.0


def test_training_is_the_same_for_any_order_and_survives_saving(tmp_path: Path):
    """Weights that are kept must be the weights that were used."""
    from desk.matching_inputs import weights_of

    table, labels = conferences(30)
    turned = listing_columns([table.listing(at) for at in reversed(range(len(table)))])
    one, other = training.from_labels(table, labels), training.from_labels(turned, labels)
    one.save(tmp_path / "one.json")
    other.save(tmp_path / "other.json")
    kept = weights_of(tmp_path / "one.json")

    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "other.json").read_bytes()
    assert np.array_equal(kept.bits, one.bits)
    assert kept.prior == one.prior


def test_m_and_u_stay_shares():
    """They are read as probabilities."""
    table, labels = conferences(30)
    trained = training.from_labels(table, labels)

    assert np.allclose(trained.m.sum(axis=1), 1.0, atol=1e-4)
    assert np.allclose(trained.u.sum(axis=1), 1.0, atol=1e-4)


def test_cross_validation_does_not_see_what_it_scores():
    """Random labels can be learned by heart; only an honest figure shows that nothing was learned."""
    table, _ = conferences(80)
    found = recognise_table(table)
    ids = found.known.ids
    draw = np.random.default_rng(5)
    pairs = [(ids[a], ids[b]) for a, b in found.judged.pairs.tolist()]
    said = draw.random(len(pairs)) < 0.5
    event: dict[str, int] = {}
    labels = Labels(
        event, frozenset(p for p, yes in zip(pairs, said, strict=True) if yes),
        frozenset(p for p, yes in zip(pairs, said, strict=True) if not yes),
    )  # fmt: skip
    honest = training.cross_validated(table, labels)
    flattering = scored(table, labels, training.from_labels(table, labels))

    assert honest is not None
    assert honest.f1 <= flattering.f1 + 0.02
    assert honest.precision < 0.7


def test_few_labels_give_no_figures_and_one_kind_gives_no_weights():
    """A precision of three pairs is a number, not a figure."""
    table, labels = conferences(10)

    assert training.cross_validated(table, labels) is None
    with pytest.raises(training.TooFewLabels, match="labelled as one event"):
        training.from_labels(table, Labels.of([], [sorted(labels.same)[0]]))


def events_of(labels: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    return Labels.of(labels, None).same


def test_labels_are_completed_and_held_to_each_other():
    """Nobody lists all pairs of an event of five listings."""
    assert events_of([("b", "a"), ("b", "c")]) == {("a", "b"), ("a", "c"), ("b", "c")}
    told = Labels.of([("a", "b")], [("b", "x")], unsettled=[("p", "q"), ("a", "b")])

    assert [told.told(pair) for pair in (("a", "b"), ("a", "x"), ("p", "q"), ("a", "z"))] == [True, False, None, None]
    assert replace(told, different=None).told(("a", "z")) is False
    with pytest.raises(Contradiction, match="a and c are labelled as different"):
        Labels.of([("a", "b"), ("b", "c")], [("c", "a")])


def test_labels_teach_real_listings_what_the_start_did_not_know(shared: Path, tmp_path: Path):
    """Weights that know nothing of dates, taught by half of the events, must do better on the other half."""
    outreach = read(shared, "outreach1540", tmp_path)
    ignorant = shipped().bits.copy()
    ignorant[[comparison.name == "dates" for comparison in COMPARISONS]] = 0.0
    start = replace(shipped(), bits=ignorant)
    uid = {listing.key.uid: listing.id for listing in outreach.listings}
    gold = Labels.of([(uid[one], uid[other]) for one, other in outreach.gold], None)
    table = listing_columns(outreach.listings)
    half = {key for key in table.ids if gold.event.get(key, int(key[:8], 16)) % 2}
    learned = Labels(gold.event, frozenset(pair for pair in gold.same if pair[0] in half), None,
                     frozenset((one, other) for one, other in combinations(table.ids, 2)
                               if not {one, other} <= half))  # fmt: skip
    tested = replace(gold, same=gold.same - learned.same, unsettled=frozenset(combinations(sorted(half), 2)))
    before = scored(table, tested, start)
    after = scored(table, tested, training.from_labels(table, learned, start=start))

    assert tested.same
    assert after.f1 > before.f1
    assert after.right > before.right * 1.1
