"""Would my workshop clash, and when would it not?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from calendar_sync.listings import Listing, ListingKey
from calendar_sync.spans import Span
from dedupe.assembling import events
from dedupe.events import Event
from dedupe.findings import Kind
from dedupe.evidence import Recognition
from dedupe.policy import Policy
from dedupe.proposals import Check, Proposal, check

ON = date(2009, 12, 4)
STATES = ("EG", "ET", "GH", "KE", "NG", "ZA", "UG")


def known(*listings: Listing) -> list[Event]:
    return events(listings, Recognition((), tuple((listing.id,) for listing in listings)))


def cairo(**facts: object) -> Listing:
    listing = Listing(
        ListingKey("un", "cairo"), "UNODA", "Workshop on implementing resolution 1540 (2004)",
        span=Span.exact(date(2009, 12, 7), date(2009, 12, 10)), city="Cairo", country="EG", audience=STATES,
        organisers=("UNODA",),
    )  # fmt: skip
    return replace(listing, **facts)  # type: ignore[arg-type]


def a_proposal(first: date | None = date(2010, 2, 2), **facts: object) -> Proposal:
    span = Span.exact(first, first + timedelta(days=2)) if first else None
    proposal = Proposal(
        title="Workshop on resolution 1540", span=span, city="Nairobi", country="Kenya", audience=("African Union",)
    )
    return replace(proposal, **facts)  # type: ignore[arg-type]


def asked(proposal: Proposal, *listings: Listing, policy: Policy | None = None, weeks: int | None = None) -> Check:
    return check(proposal, known(*listings), policy or Policy(), (), ON, weeks=weeks)


def test_a_proposal_that_repeats_what_states_get_is_told_so():
    """The question the product exists for, before the invitations go out."""
    answer = asked(a_proposal(), cairo())
    (finding,) = answer.findings
    assert finding.kind is Kind.DUPLICATIVE
    assert finding.days_apart == (54, 54)
    assert len(finding.states) == len(STATES)
    assert answer.lead == "This workshop would duplicate 1 known event."


def test_alternatives_avoid_the_clash_and_the_weekend():
    """A refusal without a better date is no help."""
    answer = asked(a_proposal(date(2009, 12, 9)), cairo(), weeks=40)
    assert {finding.kind for finding in answer.findings} == {Kind.CLASH}
    assert answer.alternatives
    best = answer.alternatives[0]
    assert (best.clashes, best.duplicates) == (0, 0)
    assert (best.span.earliest - date(2009, 12, 7)).days > Policy().duplicative_days
    for alternative in answer.alternatives:
        days = [alternative.span.earliest + timedelta(days=n) for n in range(alternative.span.days)]
        assert all(day.weekday() < 5 for day in days)
        assert alternative.span.days == 3
        assert alternative.span.earliest > ON
        assert "no clash" in alternative.reason


def test_alternatives_are_ranked_by_what_would_be_found():
    """Fewest clashes first, then fewest duplicates."""
    answer = asked(a_proposal(date(2009, 12, 9)), cairo(), weeks=3)
    ranks = [(alternative.clashes, alternative.duplicates) for alternative in answer.alternatives]
    assert ranks == sorted(ranks)


def test_what_each_state_already_received_is_listed():
    """History stands in every check."""
    answer = asked(a_proposal(audience=("KE", "FJ")), cairo())
    lines = {line.state_name: line.events for line in answer.history}
    assert lines == {"Fiji": (), "Kenya": ("Cairo, 7–10 December 2009",)}


def test_a_proposal_already_listed_is_recognised_and_not_held_against_itself():
    """A coordinator who checks a workshop that a calendar lists already must not be told to move it."""
    answer = asked(a_proposal(date(2009, 12, 7), city="Le Caire", country="Egypte"), cairo())
    assert [finding.kind for finding in answer.findings] == [Kind.SAME_EVENT]
    assert answer.lead.startswith("No clash and no duplicate")


@pytest.mark.parametrize(
    "missing",
    [
        {"span": None}, {"audience": ()}, {"title": ""}, {"city": "", "country": ""}, {"city": "Atlantis"},
        {"audience": ("the usual participants",)}, {"span": Span.vague(date(2010, 1, 22), date(2010, 1, 31))},
        {"span": Span.exact(date(1, 1, 1))}, {"span": Span.exact(date(9999, 12, 30), date(9999, 12, 31))},
    ],
)  # fmt: skip
def test_any_field_may_be_missing_or_vague(missing):
    """Plans begin with a country and a month."""
    answer = asked(a_proposal(**missing), cairo())
    assert answer.known_events == 1
    assert answer.lead
    assert answer.as_json()["lead"] == answer.lead


def test_a_vague_month_is_only_possibly_a_duplicate():
    """43 to 52 days, not 54."""
    answer = asked(a_proposal(None, span=Span.vague(date(2010, 1, 22), date(2010, 1, 31))), cairo())
    (finding,) = answer.findings
    assert (finding.certain, finding.days_apart) == (False, (43, 52))
    assert answer.lead.startswith("This workshop might")


def test_nothing_known_is_said_and_not_taken_for_no_clash():
    """An empty store is not a free calendar."""
    assert "outreach sync" in asked(a_proposal()).lead


def test_the_order_of_what_is_known_has_no_say():
    """Same input, same answer."""
    second = cairo(key=ListingKey("au", "addis"), city="Addis Ababa", country="ET",
                   span=Span.exact(date(2010, 2, 3), date(2010, 2, 4)))  # fmt: skip
    one = check(a_proposal(), known(cairo(), second), Policy(), (), ON)
    other = check(a_proposal(), known(second, cairo())[::-1], Policy(), (), ON)
    assert one.as_json() == other.as_json()
