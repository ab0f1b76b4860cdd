"""The golden cases among 249 real listings, and what must not change a verdict about them."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bench.matching import read
from calendar_sync.listings import Listing
from calendar_sync.reading.listing_tables import listing_table
from dedupe.matching import explain, recognise

Groups = frozenset[frozenset[str]]


@dataclass(frozen=True)
class Golden:
    """Listings as a matcher may see them, and the uids of each golden event."""

    listings: Sequence[Listing]
    events: Mapping[str, frozenset[str]]

    def among(self, listings: Sequence[Listing]) -> Groups:
        """Recognise, and return the clusters that hold a golden listing, without the others that came along."""
        uids = {listing.id: listing.key.uid for listing in listings}
        concerned = frozenset().union(*self.events.values())
        found = (frozenset(uids[one] for one in cluster) & concerned for cluster in recognise(listings).clusters)
        return frozenset(cluster for cluster in found if cluster)


@pytest.fixture(scope="module")
def golden(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Golden:
    listings = read(shared, "outreach1540", tmp_path_factory.mktemp("tables")).listings
    folder = shared / "data" / "outreach1540"
    with (folder / "golden.csv").open(newline="") as file:
        named = {row["golden_id"]: row["event_gid"] for row in csv.DictReader(file)}
    with (folder / "listings.csv").open(newline="", encoding="utf-8") as file:
        events = {row["listing_id"]: row["event_gid"] for row in csv.DictReader(file)}
    return Golden(
        listings,
        {name: frozenset(uid for uid, its in events.items() if its == event) for name, event in named.items()},
    )


def test_every_golden_event_is_one_and_no_two_are_joined(golden: Golden):
    """The provisional line without a city, the French titles and the vague first date of Nairobi are the product."""
    uids = {listing.id: listing.key.uid for listing in golden.listings}
    clusters = {frozenset(uids[one] for one in cluster) for cluster in recognise(golden.listings).clusters}

    assert {name: event for name, event in golden.events.items() if event not in clusters} == {}


def test_order_of_listings_has_no_say(golden: Golden):
    """A calendar that sorts its file differently must not change a report."""
    shuffled = list(golden.listings)
    random.Random(1540).shuffle(shuffled)

    assert recognise(shuffled) == recognise(golden.listings)


def test_exchanging_the_sources_of_two_listings_changes_no_verdict(golden: Golden):
    """Whoever publishes it, it is the same event."""
    by_uid = {listing.key.uid: listing for listing in golden.listings}
    one, other = by_uid["L0398"], by_uid["L0435"]
    exchanged = [
        replace(listing, key=replace(listing.key, calendar=other.key.calendar)) if listing is one
        else replace(listing, key=replace(listing.key, calendar=one.key.calendar)) if listing is other
        else listing
        for listing in golden.listings
    ]  # fmt: skip

    assert golden.among(exchanged) == golden.among(golden.listings)


@pytest.mark.parametrize(
    ("uid", "title"),
    [
        ("L0398", "Atelier sur la résolution 1540 pour les États africains"),
        ("L0398", "Taller sobre la resolución 1540 para los Estados africanos"),
        ("L0398", "Семинар по резолюции 1540 для африканских государств"),
        ("L0398", "ورشة عمل حول القرار 1540 للدول الأفريقية"),
        ("L0113", "Séminaire sur la résolution 1540 du Conseil de sécurité au Ghana, 9-10 novembre"),
    ],
)
def test_translating_a_title_changes_no_verdict(golden: Golden, uid: str, title: str):
    """Half of the organisations do not publish in English."""
    translated = [
        replace(listing, title=title, language="") if listing.key.uid == uid else listing for listing in golden.listings
    ]

    assert golden.among(translated) == golden.among(golden.listings)


def test_unrelated_listings_change_no_verdict(golden: Golden, shared: Path):
    """Another organisation's full calendar must not move what is known of these events."""
    unrelated = listing_table(shared / "data" / "matching" / "dev_listings.csv")

    assert golden.among([*golden.listings, *unrelated]) == golden.among(golden.listings)


def test_a_golden_event_is_recognised_alone(golden: Golden):
    """A small committee has fifteen listings, not fourteen thousand."""
    wanted = golden.events["E07"] | golden.events["E01"] | golden.events["E12"]
    few = [listing for listing in golden.listings if listing.key.uid in wanted]

    assert golden.among(few) == {golden.events["E07"], golden.events["E01"], golden.events["E12"]}


def test_evidence_of_every_pair_adds_up_and_is_what_explain_says(golden: Golden):
    """A coordinator who adds up the bits must arrive at the weight we report."""
    found = recognise(golden.listings)
    by_id = {listing.id: listing for listing in golden.listings}

    for match in (*found.matches, *found.doubtful):
        assert sum(piece.bits for piece in match.evidence) == pytest.approx(match.bits, abs=0.005)
    for match in found.matches[::20]:
        assert explain(by_id[match.right_id], by_id[match.left_id], golden.listings) == match
