"""The golden cases in listings as their sources word them, and the figures of all labelled relations.

Events are made from the gold clusters: what is measured here is the rules, not the matcher.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bench.relations import COLLECTIONS, NOTHING, Labelled, read
from dedupe.contradictions import contradictions
from dedupe.finding import find, relations
from dedupe.findings import Finding, Kind
from dedupe.policy import Policy
from dedupe.profiles import profile


@pytest.fixture(scope="module")
def collections(shared: Path) -> list[Labelled]:
    return [read(shared, name) for name in COLLECTIONS]


@pytest.fixture(scope="module")
def golden(shared: Path, collections: list[Labelled]) -> dict[str, str]:
    with (shared / "data" / "outreach1540" / "golden.csv").open(newline="") as file:
        return {row["golden_id"]: row["event_gid"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def related(collections: list[Labelled]) -> dict[tuple[str, str], str]:
    found = {}
    for labelled in collections:
        ids = {event.id: gid for gid, event in labelled.events.items()}
        for relation in relations(list(labelled.events.values()), Policy()):
            one, other = sorted((ids[relation.first.id], ids[relation.second.id]))
            found[one, other] = str(relation.kind)
    return found


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("E11", "E12", "duplicative"), ("E01", "E07", "series"), ("E13a", "E13b", "series"), ("E13b", "E13c", "series"),
        ("E13a", "E13c", "series"), ("E03", "E09", NOTHING),
    ],
)  # fmt: skip
def test_golden_pairs_have_their_kind(one, other, kind, golden, related):
    """The cases the product is judged by, in the words of their sources."""
    pair = tuple(sorted((golden[one], golden[other])))
    assert related.get(pair, NOTHING) == kind


def on_the_night(collections: list[Labelled], gids: list[str], night: date) -> list[Finding]:
    return list(find([collections[0].events[gid] for gid in gids], [], Policy(), (), night).findings)


def test_cairo_and_nairobi_are_told_with_all_a_coordinator_needs(collections, golden):
    """E11/E12: twelve of fourteen states, 54 days, and which they are."""
    found = on_the_night(collections, [golden["E11"], golden["E12"]], date(2009, 12, 4))
    (finding,) = [finding for finding in found if finding.kind is Kind.DUPLICATIVE]
    assert (len(finding.states), finding.smaller_audience, finding.days_apart) == (12, 14, (54, 54))
    text = " ".join(reason.text for reason in finding.reasons)
    assert all(state in text for state in ("Congo", "Kenya", "Uganda", "54 days"))
    assert "instead of repeating it" in " ".join(finding.proposals)


def test_nairobi_moved_and_its_lists_differ_by_the_congo(collections, golden):
    """E12: two facts of one event that its sources state differently."""
    nairobi = profile(collections[0].events[golden["E12"]], ())
    found = {finding.subject: finding for finding in contradictions([nairobi], ())}
    assert "10 days of January 2010" in found["dates"].title
    assert "2–4 February 2010" in found["dates"].title
    assert found["audience"].title.endswith("differ by Congo")


def test_a_south_asian_workshop_is_no_event_of_saarc(collections, golden):
    """E10: "SAARC members" says who was invited, not who organised."""
    colombo = profile(collections[0].events[golden["E10"]], ())
    assert "saarc" not in colombo.organisers
    assert {"LK", "NP", "MV"} <= colombo.states


def test_relations_reach_their_figures(collections, related):
    """Rules that find more by crying wolf are no gain: recall and false alarms are held together."""
    table = Counter(
        (kind, related.get(pair, NOTHING)) for labelled in collections for pair, kind in labelled.pairs.items()
    )
    totals = Counter[str]()
    for (kind, _), number in table.items():
        totals[kind] += number
    recalls = [table[kind, kind] / totals[kind] for kind in totals if kind != NOTHING]
    alarms = totals[NOTHING] - table[NOTHING, NOTHING]
    serious = sum(table[NOTHING, kind] for kind in ("same_event", "duplicative", "clash"))
    assert sum(number for (kind, found), number in table.items() if kind == found) / table.total() >= 0.79
    assert sum(recalls) / len(recalls) >= 0.69
    assert serious / totals[NOTHING] <= 0.05
    assert alarms / totals[NOTHING] <= 0.20
    assert len(related) / sum(len(labelled.events) for labelled in collections) <= 2
