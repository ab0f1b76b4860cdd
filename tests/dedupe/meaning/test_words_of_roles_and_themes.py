"""Themes, phases, participants and roles: each says from which words it came."""

from __future__ import annotations

import pytest

from calendar_sync.listings import Listing, ListingKey
from dedupe.meaning import participants, phases, roles, themes
from dedupe.meaning.roles import Part


def titled(title: str, **facts: object) -> Listing:
    return Listing(ListingKey("c", title), "o", title, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Workshop on biosafety and export control", {"biosecurity", "export-control"}),
        ("Atelier sur le contrôle des exportations et la biosécurité", {"biosecurity", "export-control"}),
        ("Taller sobre control de exportaciones y bioseguridad", {"biosecurity", "export-control"}),
        ("Семинар: экспортный контроль и биобезопасность", {"biosecurity", "export-control"}),
    ],
)
def test_themes_of_one_event_share_the_weight_in_every_language(title, found):
    """One event may be about two things; none of them weighs nothing, and together they are the whole."""
    weighed = themes.weighed([titled(title)])
    assert {one.theme for one in weighed} == found == themes.of([titled(title)])
    assert sum(one.weight for one in weighed) == pytest.approx(1)
    assert all(one.weight > 0 and one.words for one in weighed)


def test_a_theme_that_more_listings_name_weighs_more():
    """What two of three sources say an event is about, it is mostly about."""
    listings = [titled("Biosafety workshop"), titled("Biosecurity seminar", themes=("biosecurity",)), titled("Customs")]
    assert [(one.theme, round(one.weight, 2)) for one in themes.weighed(listings)] == [
        ("biosecurity", 0.67), ("border-control", 0.33),
    ]  # fmt: skip


def test_phases_and_participants_say_their_words():
    """A coordinator who reads "follow-up" asks why."""
    assert dict(phases.sources([titled("National reports: a roadmap for legislation")])) == {
        "legislation": "implementation", "national reports": "reporting",
    }  # fmt: skip
    assert phases.sources([titled("Meeting", themes=("peer-review",))]) == (("peer-review", "review"),)
    assert participants.in_words("Training for customs officers; points of contact") == (
        ("customs", "customs officers"), ("contact_points", "points of contact"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["SAARC (as a geographical designation)", "SAARC member States", "SAARC region", "pays de la SAARC"]
)
def test_a_region_under_an_organisations_name_organises_nothing(name):
    """The South Asian workshop in Colombo was for members of SAARC; SAARC had no part in it."""
    found = roles.of(titled("South Asia Regional Workshop", organisers=("US", name), country="LK"))
    assert {(role.part, role.body) for role in found} == {(Part.ORGANISER, "state:US"), (Part.PARTICIPANT, "SAARC")}


def test_an_organisation_under_its_own_name_organises():
    """IGAD holds workshops; one of "IGAD States" is held for them."""
    found = roles.of(titled("Workshop", organisers=("IGAD",)))
    assert [role.part for role in found] == [Part.ORGANISER]


@pytest.mark.parametrize(
    "name", ["DDA", "ODA", "UNODA", "Office for Disarmament Affairs", "Department for Disarmament Affairs"]
)
def test_the_office_for_disarmament_is_one_under_all_its_names(name):
    """A department in 2006, an office since 2007: one organiser."""
    assert roles.of(titled("Workshop", organisers=(name,))) == (roles.Role(Part.ORGANISER, "unoda", name),)


def test_the_host_is_told_from_organisers_and_title():
    """Whoever hosts can lend a room; whoever pays cannot."""
    found = roles.of(titled("Egypt to Host United Nations Workshop", organisers=("UNODA", "Egypt"), country="EG"))
    assert [(role.part, role.body, role.words) for role in found] == [
        (Part.HOST, "state:EG", "Egypt"), (Part.ORGANISER, "unoda", "UNODA"),
    ]  # fmt: skip
