"""The bench is what claims rest on: it has to count right, cut fairly, and draw what it counted."""

from __future__ import annotations

import csv
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import peers_report
from bench.process_tree import CommandFailed, measure
from bench.scoring_pairs import COMPONENTS, PAIRS, Cut, Truth, best_cut, cut_at, figures, joined, rows, truth_of_pairs

IDS = st.sampled_from("abcdefgh")
PAIR = st.tuples(IDS, IDS).filter(lambda pair: pair[0] < pair[1])


def test_pairs_are_scored_as_by_the_judge_of_the_held_out_data(shared: Path, tmp_path: Path):
    """A bench that counts in another way than the judge would steer us wrong."""
    data, judge = shared / "data" / "matching", shared / "tools" / "pairs_f1.py"
    table, gold, unsettled = (data / f"dev_{name}.csv" for name in ("listings", "gold_pairs", "ignore_pairs"))
    listings = rows(table)
    truth = truth_of_pairs(listings, gold, unsettled)
    ids = sorted(row["id"] for row in listings)
    found = frozenset(sorted(truth.gold)[::3] + sorted(truth.unsettled)[::2] + list(pairwise(ids))[:500])
    predicted = tmp_path / "pairs.csv"
    with predicted.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("id_a", "id_b", "kind"), *((*pair, "same_event") for pair in sorted(found))])

    judged = subprocess.run(
        [sys.executable, judge, predicted, table, gold, unsettled], check=True, capture_output=True, text=True
    ).stdout

    told = figures(found, truth)
    assert judged.startswith(
        f"P {told.precision:.4f} R {told.recall:.4f} F1 {told.f1:.4f} hard recall {told.hard:.3f} "
    )
    assert f"gold {len(truth.gold)} hard {len(truth.hard)}" in judged


@given(st.dictionaries(PAIR, st.integers(0, 5)), st.frozensets(PAIR, min_size=1), st.frozensets(PAIR))
def test_no_threshold_serves_a_peer_better_than_the_one_it_is_given(scores, gold, unsettled):
    """A peer cut at a poor place would flatter us."""
    truth = Truth(gold - unsettled, unsettled)
    scored = sorted(((float(score), pair) for pair, score in scores.items()), reverse=True)

    _, told = best_cut(scored, truth)

    for how in (PAIRS, COMPONENTS):
        for threshold in range(7):
            assert told.f1 >= figures(cut_at(scored, Cut(threshold, how)), truth).f1


@given(st.lists(PAIR))
def test_groups_hold_every_pair_of_listings_that_a_chain_of_pairs_connects(pairs):
    found = joined(pairs)

    assert found >= set(pairs)
    both = found | {(other, one) for one, other in found}
    assert {(one, third) for one, two in both for other, third in both if two == other and one < third} <= found


def test_memory_of_children_counts():
    """What works in several processes must not look smaller than it is."""
    child = "import time; held = bytearray(150_000_000); time.sleep(0.8)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True); print('done')"

    told = measure([sys.executable, "-c", parent])

    assert 150 < told.peak_mb < 220
    assert told.stdout == "done\n"


def test_a_command_that_fails_says_why():
    with pytest.raises(CommandFailed, match="no such peer"):
        measure([sys.executable, "-c", "raise SystemExit('no such peer')"])


FIGURES = {"precision": 0.9, "recall": 0.8, "f1": 0.847, "hard": 0.7}
TOLD = {
    "accuracy": {
        "when": "today",
        "rows": [
            {"name": "ours-folds", "title": "ours", "development": FIGURES, "early": FIGURES, "late": FIGURES},
            {"name": "rule", "title": "a <rule>", "fit": 0.0, "rest": 2.0, "peak_mb": 40.0, "development": FIGURES,
             "early": FIGURES, "late": {**FIGURES, "f1": 0.91}},
            {"name": "dedupe", "title": "dedupe 3", "skipped": "not installed\nhere | or there"},
        ],
    },
    "scale": {
        str(size): {
            "when": "today",
            "rows": [
                {"name": name, "title": name, "wall": size / speed, "cpu": 1.0, "peak_mb": 100 + size / 1000, **FIGURES}
                for name, speed in (("ours", 50_000), ("splink-em", 11_000), ("rule", 10_900))
            ],
        }
        for size in (14_000, 100_000)
    },
}  # fmt: skip


def test_every_row_of_a_table_has_every_column():
    """Markdown shows a row that is too short as a broken table; a skipped peer must not break it."""
    for table in peers_report.tables(TOLD).split("\n\n"):
        lines = [line for line in table.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in lines}) <= 1, table


def test_the_picture_tells_each_matcher_and_no_two_names_overlap():
    drawn = ElementTree.fromstring(peers_report.drawn(TOLD))
    texts = drawn.findall("{http://www.w3.org/2000/svg}text")
    written = [text.text or "" for text in texts]

    assert {"ours", "a <rule>", ".910", "splink, EM"} <= set(written)
    for end in (name for name in peers_report.LINES.values() if name != "ours"):
        assert written.count(end) == (2 if end in {"splink, EM", "date + token_set"} else 0)
    names = [text for text in texts if text.text in peers_report.LINES.values() and text.get("text-anchor") == "start"]
    places = [(float(text.get("x", 0)), float(text.get("y", 0))) for text in names]
    assert all(
        abs(y - other_y) >= 15
        for at, (x, y) in enumerate(places)
        for other_x, other_y in places[at + 1 :]
        if x == other_x
    )


def test_tables_go_between_their_marks_and_nowhere_else():
    page = "before\n<!-- bench: scale -->\nold\n<!-- end of bench: scale -->\nafter\n"

    assert peers_report.between(page, "scale", "new") == page.replace("old", "new")
    with pytest.raises(ValueError, match="no marks"):
        peers_report.between(page, "accuracy", "new")
