"""The rules one by one: what makes siblings, side meetings and clashes, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.spans import Overlap, Span
from dedupe.assembling import events
from dedupe.contradictions import contradictions
from dedupe.events import Event
from dedupe.finding import among, find, relations
from dedupe.findings import Finding, Kind, Severity
from dedupe.matching import Recognition
from dedupe.policy import Policy, PolicyError
from dedupe.profiles import profile

STATES = ("KE", "UG", "TZ", "RW", "ET")


def a_listing(uid: str, title: str, first: str, last: str = "", **facts: object) -> Listing:
    span = Span.exact(date.fromisoformat(first), date.fromisoformat(last or first)) if first else None
    return replace(Listing(ListingKey(uid, uid), uid.upper(), title, span=span), **facts)  # type: ignore[arg-type]


def events_of(*listings: Listing, together: bool = False) -> list[Event]:
    ids = [listing.id for listing in listings]
    return events(listings, Recognition((), (tuple(ids),) if together else tuple((id_,) for id_ in ids)))


def between(one: Listing, other: Listing, policy: Policy | None = None) -> Finding | None:
    first, second = (profile(event, ()) for event in events_of(one, other))
    return among(first, second, policy or Policy())


def kind(one: Listing, other: Listing, policy: Policy | None = None) -> Kind | None:
    finding = between(one, other, policy)
    return finding.kind if finding else None


def a_workshop(uid: str = "one", first: str = "2012-03-05", last: str = "2012-03-07", **facts: object) -> Listing:
    known: dict[str, object] = {
        "city": "Nairobi", "country": "KE", "audience": STATES, "organisers": ("UNREC",),
    }  # fmt: skip
    title = str(facts.pop("title", "Regional workshop on resolution 1540"))
    return a_listing(uid, title, first, last, **(known | facts))


def another(first: str, last: str = "", **facts: object) -> Listing:
    known: dict[str, object] = {
        "title": "Seminar on border control and resolution 1540", "city": "Kampala", "country": "UG",
        "organisers": ("OSCE",),
    }  # fmt: skip
    return a_workshop("other", first, last or first, **(known | facts))


def test_the_same_states_on_the_same_days_clash():
    """A delegation cannot be in two places."""
    finding = between(a_workshop(), another("2012-03-06", "2012-03-08"))
    assert finding is not None
    assert (finding.kind, finding.overlap, finding.severity) == (Kind.CLASH, Overlap.CERTAIN, Severity.HIGH)
    assert finding.states == tuple(sorted(STATES))


def test_delegations_need_a_day_to_travel_but_not_within_a_town_or_online():
    """Back-to-back is a favour in one city and a hardship in two."""
    assert kind(a_workshop(), another("2012-03-08")) is Kind.CLASH
    assert kind(a_workshop(), another("2012-03-09")) is Kind.DUPLICATIVE
    assert kind(a_workshop(), another("2012-03-08", online=True, city="", country="")) is Kind.DUPLICATIVE


def test_a_vague_date_makes_a_possible_clash():
    """ "The last ten days of January" may or may not meet the 25th."""
    vague = replace(another("2012-03-01"), span=Span.vague(date(2012, 3, 1), date(2012, 3, 10)))
    finding = between(vague, a_workshop())
    assert finding is not None
    assert (finding.kind, finding.overlap, finding.certain) == (Kind.CLASH, Overlap.POSSIBLE, False)
    assert "may" in finding.title


def test_an_event_known_only_by_its_year_clashes_with_nothing():
    """Otherwise everything of that year would."""
    vague = replace(another("2012-03-01"), span=Span.vague(date(2012, 1, 1), date(2012, 12, 31)))
    assert kind(vague, a_workshop()) is not Kind.CLASH


@pytest.mark.parametrize(
    ("organiser", "title", "clashes"),
    [
        ("UNREC", "Course on ammunition", True),
        ("UNODA", "Course on ammunition", False),
        ("UNODA", "Workshop on resolution 1540", True),
        ("US", "Workshop on resolution 1540", False),
    ],
)
def test_a_small_team_cannot_be_in_two_places_and_a_large_office_can(organiser, title, clashes):
    """The few people for one resolution are scarcer than the office they sit in."""
    one = a_workshop(organisers=(organiser,), audience=("KE", "UG"))
    other = another(
        "2012-03-06", title=title, organisers=(organiser,), audience=("FJ", "WS"), city="Apia", country="WS"
    )
    assert (kind(one, other) is Kind.CLASH) is clashes


def test_all_delegations_are_needed_at_two_universal_meetings_in_one_city():
    """Two treaty meetings in Geneva in one week share the same few diplomats."""
    one = a_workshop(title="Conference of States Parties to the Arms Trade Treaty", city="Geneva", country="CH",
                     audience=("ATT States Parties",), organisers=("ATT Secretariat",))  # fmt: skip
    other = another("2012-03-06", title="Biological Weapons Convention working group", city="Ginebra", country="CH",
                    audience=("BWC States Parties",), organisers=("UNODA",))  # fmt: skip
    assert kind(one, other) is Kind.CLASH
    assert kind(one, replace(other, city="New York", country="US")) is None


def test_a_side_event_is_part_of_the_conference_it_stands_beside():
    """It was planned into the conference: no clash."""
    one = a_workshop(title="Review Conference of the Biological Weapons Convention")
    side = a_workshop("side", "2012-03-06", "2012-03-06", title="Side event on the Biological Weapons Convention",
                      organisers=("VERTIC",))  # fmt: skip
    assert kind(one, side) is Kind.PART_OF


def test_a_national_day_before_the_regional_workshop_in_one_city_is_part_of_it():
    """The same organiser uses the same journey."""
    before = a_workshop("before", "2012-03-02", "2012-03-03", title="National workshop on resolution 1540",
                        audience=("KE",))  # fmt: skip
    assert kind(before, a_workshop()) is Kind.PART_OF
    assert kind(replace(before, span=Span.exact(date(2012, 2, 1))), a_workshop()) is not Kind.PART_OF


def test_numbered_editions_are_a_series_however_soon():
    """The third course five months after the second is planned so."""
    second = a_workshop(title="Second regional training course on resolution 1540")
    third = a_workshop("third", "2012-08-05", "2012-08-07", title="Third regional training course on resolution 1540",
                       city="Kampala", country="UG")  # fmt: skip
    assert kind(second, third) is Kind.SERIES


def test_another_instrument_is_no_sibling():
    """ "Workshop on resolution 1540" and "Workshop on the Arms Trade Treaty" only look alike."""
    other = a_workshop("other", "2013-03-05", "2013-03-07", title="Regional workshop on the Arms Trade Treaty")
    assert kind(a_workshop(), other) is None


def test_twice_the_same_states_is_duplicative_until_half_a_year_apart():
    """The window stands in the policy, where a coordinator can change it."""
    later = another("2012-09-03")
    assert kind(a_workshop(), later) is Kind.DUPLICATIVE
    assert kind(a_workshop(), another("2012-09-05")) is None
    assert kind(a_workshop(), later, Policy(duplicative_days=90)) is None


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"audience": ("KE", "FJ", "WS", "TO", "NR")}, "one state of five is shared"),
        ({"title": "Seminar on resolution 1540 for parliamentarians"}, "other people are invited"),
        ({"title": "Seminar on the Arms Trade Treaty"}, "it is about something else"),
        ({"status": Status.CANCELLED}, "it is not held"),
    ],
)
def test_what_is_no_duplicate(facts, why):
    """A false alarm costs a coordinator's trust."""
    assert kind(a_workshop(), another("2012-05-07", **facts)) is None, why


def test_a_follow_up_is_less_severe_than_a_repetition():
    """A later phase is what the strategy asks for."""
    first = a_workshop(title="Awareness seminar on resolution 1540")
    again = another("2012-05-07", title="Awareness briefing on resolution 1540")
    follow_up = another("2012-05-07", title="Action plan round table on resolution 1540")
    order = list(Severity)
    repeated, followed = between(first, again), between(first, follow_up)
    assert repeated is not None
    assert followed is not None
    assert order.index(repeated.severity) < order.index(followed.severity)
    assert any("follow-up" in reason.text for reason in followed.reasons if reason.against)


def test_a_state_is_told_what_it_already_received():
    """Duplicating an assistance that was already given is the costliest kind."""
    past = another("2011-06-06", title="Border control training on resolution 1540", city="Kigali", country="RW")
    known = events_of(replace(past, key=ListingKey("past", "past")), a_workshop(), another("2012-05-07"))
    found = find(known, [], Policy(), (), date(2012, 2, 1)).findings
    (finding,) = [finding for finding in found if finding.kind is Kind.DUPLICATIVE]
    assert any("Rwanda (Kigali 2011)" in reason.text for reason in finding.reasons)


def test_one_relation_per_pair_and_siblings_before_duplicates():
    """`outreach match` names one kind for a pair."""
    second = a_workshop(title="Second regional workshop on resolution 1540")
    third = a_workshop("third", "2012-06-05", "2012-06-06", title="Third regional workshop on resolution 1540")
    (relation,) = relations(events_of(second, third), Policy())
    assert relation.kind is Kind.SERIES


def test_one_city_in_two_scripts_is_no_contradiction():
    """Cairo and القاهرة are one place."""
    one = a_workshop(city="Cairo", country="EG")
    (event,) = events_of(one, replace(one, key=ListingKey("b", "b"), city="القاهرة"), together=True)
    assert contradictions([profile(event, ())], ()) == []
    (event,) = events_of(one, replace(one, key=ListingKey("b", "b"), city="Alexandria"), together=True)
    (finding,) = contradictions([profile(event, ())], ())
    assert finding.subject == "place"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"duplicative_dayz": 3}, "duplicative_dayz"), ({"duplicative_days": "many"}, "whole number"),
        ({"shared_audience": 1.5}, "above 0"), ({"small_teams": "UNODA"}, "list"), ({"series_points": True}, "number"),
    ],
)  # fmt: skip
def test_a_wrong_policy_is_refused_by_name(table, said):
    """A misspelt threshold must not silently keep its default."""
    with pytest.raises(PolicyError, match=said):
        Policy.from_table(table)


def test_the_policy_is_what_the_table_says():
    """What it leaves out keeps its default."""
    policy = Policy.from_table({"duplicative_days": 90, "series_points": -1, "large_offices": ["UN"]})
    assert (policy.duplicative_days, policy.series_points, policy.large_offices) == (90, -1.0, ("UN",))
    assert policy.travel_days == Policy().travel_days
