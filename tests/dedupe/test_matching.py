"""Recognising one event under several wordings, on listings made up for the purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from calendar_sync.listings import Listing, ListingKey
from calendar_sync.spans import Span
from dedupe.matching import Recognition, explain, recognise

GABORONE = Span.exact(date(2007, 11, 27), date(2007, 11, 28))


def listing(title: str, calendar: str = "UNODA", **said: object) -> Listing:
    known = {"span": GABORONE, "city": "Gaborone", "country": "BW"} | said
    return Listing(ListingKey(calendar, title), calendar, title, **known)  # type: ignore[arg-type]


AFRICAN = listing("Workshop on implementing Security Council resolution 1540 (2004) for African States")
SAME = listing("1540 Workshop for African States", "US", city="")


def joined(found: Recognition, one: Listing, other: Listing) -> bool:
    return any({one.id, other.id} <= set(cluster) for cluster in found.clusters)


def test_same_days_and_region_are_one_event_although_the_city_is_missing():
    """A provisional list says "in Botswana" and no more."""
    assert joined(recognise([AFRICAN, SAME]), AFRICAN, SAME)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1540 Workshop for African States", "1540 Workshop for Asian States"),
        ("Third 1540 training course", "Second 1540 training course"),
        ("Workshop for French-speaking States", "Workshop for Portuguese-speaking States"),
        ("Regional 1540 conference 2013", "Regional 1540 conference 2014"),
    ],
)
def test_a_veto_keeps_lookalikes_apart_on_the_same_days_in_the_same_town(one: str, other: str):
    """Titles that differ in one word are sister events, run side by side by the same people."""
    first, second = listing(one), listing(other, "US")

    assert explain(first, second, [first, second]).veto
    assert not joined(recognise([first, second], threshold=-50.0), first, second)


def test_a_part_of_a_region_is_no_other_region():
    """The veto is for Asia against Africa, not for West Africa within Africa."""
    whole, part = listing("1540 workshop for Africa"), listing("1540 workshop for West Africa", "US")

    assert not explain(whole, part, [whole, part]).veto


def test_coordinators_stand_above_evidence():
    """A decision holds even where the weights say otherwise."""
    stranger = listing("Annual dinner of the harbour masters", "Port", span=Span.exact(date(2012, 5, 1)), city="Lomé",
                       country="TG")  # fmt: skip
    pair, strangers = (SAME.id, AFRICAN.id), (AFRICAN.id, stranger.id)

    assert not joined(recognise([AFRICAN, SAME], apart=[pair]), AFRICAN, SAME)
    assert joined(recognise([AFRICAN, SAME, stranger], together=[strangers]), AFRICAN, stranger)


def test_silence_adds_nothing():
    """A blank city is neither agreement nor disagreement."""
    heard = {piece.comparison for piece in explain(AFRICAN, SAME, [AFRICAN, SAME]).evidence}

    assert {"bodies", "audience", "edition"}.isdisjoint(heard)


def test_town_under_its_former_name_is_the_same_town():
    """Sources go on using the name they know."""
    one = listing("Workshop on reporting", city="Tshwane", country="ZA")
    other = listing("Atelier sur les rapports", "ISS", city="Pretoria", country="ZA")
    levels = {piece.comparison: piece.level for piece in explain(one, other, [one, other]).evidence}

    assert levels["place"].startswith("same town")


def test_day_and_month_without_a_year_are_held_against_dates():
    """Half of the listings say "27 and 28 November" and leave the year to the reader."""
    vague = replace(SAME, span=None, date_text="November 27 and 28")
    levels = {piece.comparison: piece.level for piece in explain(AFRICAN, vague, [AFRICAN, vague]).evidence}

    assert levels["dates"] == "same day and month, year not stated"


def test_every_listing_is_in_exactly_one_cluster():
    """Events are made of clusters; a listing lost here is lost for the report."""
    given = [AFRICAN, SAME, listing("Something else", "X", span=None, city="", country="")]

    assert sorted(one for cluster in recognise(given).clusters for one in cluster) == sorted(one.id for one in given)


def test_nothing_and_one_listing_are_no_special_case():
    """A calendar may be empty."""
    assert recognise([]).clusters == ()
    assert recognise([SAME]).clusters == ((SAME.id,),)


def test_without_threshold_reached_a_near_miss_is_doubtful():
    """What almost was one event is offered for review, not hidden."""
    found = recognise([AFRICAN, SAME], threshold=explain(AFRICAN, SAME, [AFRICAN, SAME]).bits + 1)

    assert not found.matches
    assert [{match.left_id, match.right_id} for match in found.doubtful] == [{AFRICAN.id, SAME.id}]
