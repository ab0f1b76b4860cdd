"""Would my workshop clash, and when would it not?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.spans import Span
from dedupe.assembling import events
from dedupe.events import Event
from dedupe.evidence import Recognition
from dedupe.findings import Kind
from dedupe.policy import Policy
from dedupe.proposals import MOST_FINDINGS, Check, Proposal, check

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


def summit(**facts: object) -> Listing:
    """A meeting of the same states about something else, in the week before."""
    listing = Listing(
        ListingKey("au", "summit"), "AU", "Summit on agriculture", span=Span.exact(date(2010, 1, 28), date(2010, 2, 1)),
        city="Addis Ababa", country="ET", audience=STATES, organisers=("African Union",),
    )  # fmt: skip
    return replace(listing, **facts)  # type: ignore[arg-type]


def test_delegations_that_go_from_one_meeting_to_the_next_are_told_of():
    """A day for a thousand kilometres is too little, and nobody sees it in two calendars."""
    (journey,) = asked(a_proposal(audience=STATES), summit()).journeys
    assert (journey.where, journey.side, journey.days, journey.tight) == ("Addis Ababa", "after", 1, True)
    assert journey.km == pytest.approx(1160, abs=20)
    assert journey.states == tuple(sorted(STATES))
    assert "1 day after Addis Ababa" in journey.words


@pytest.mark.parametrize(
    "facts",
    [
        {"online": True}, {"audience": ("FJ", "TO")}, {"status": Status.CANCELLED},
        {"span": Span.exact(date(2010, 1, 20), date(2010, 1, 22))},
        {"span": Span.vague(date(2010, 1, 28), date(2010, 2, 1))},
    ],
)  # fmt: skip
def test_nobody_travels_between_other_meetings(facts):
    """Online, for others, cancelled, too long ago, or nobody knows when."""
    assert asked(a_proposal(audience=STATES), summit(**facts)).journeys == ()


def test_a_meeting_of_the_same_states_may_be_joined():
    """The delegations are there anyway; that is worth a fortnight."""
    answer = asked(a_proposal(date(2010, 1, 19), audience=STATES), summit(), weeks=6)
    best = answer.alternatives[0]
    assert best.beside is not None
    assert best.beside.words.startswith("Hold it beside Addis Ababa, 28 January – 1 February 2010: 7 of the 7 states")
    assert "beside Addis Ababa" in best.reason
    assert not asked(a_proposal(date(2010, 1, 19), audience=STATES), weeks=6).alternatives[0].beside


def test_dates_keep_off_the_holidays_and_the_weekend_of_the_host():
    """Friday in Cairo, the feast at the end of November."""
    answer = asked(a_proposal(date(2009, 12, 3), city="Cairo", country="EG", audience=("KE",)), weeks=10)
    assert answer.weekend_days == 2
    told = [day.name for week in answer.weeks for day in week.days if day.against]
    assert not any(week.span.earliest + timedelta(days=n) in (date(2010, 1, 1), date(2010, 1, 7))
                   for week in answer.weeks for n in range(3))  # fmt: skip
    for week in answer.weeks:
        days = [week.span.earliest + timedelta(days=n) for n in range(week.span.days)]
        assert not {4, 5} & {day.weekday() for day in days}, week.span
    feast = asked(a_proposal(date(2009, 11, 28), city="Cairo", country="EG"))
    assert [day.name for day in feast.days if day.sort == "holiday"] == ["Eid al-Adha"]
    assert "Eid al-Adha" not in told


def test_weeks_when_delegations_sit_in_new_york_rank_behind_free_ones():
    """The high-level week empties every capital."""
    answer = asked(a_proposal(date(2010, 9, 21), audience=("KE", "UG")), weeks=6)
    assert [day.sort for day in answer.days] == ["un_session"]
    assert answer.alternatives[0].free
    assert all(week.against for week in answer.weeks if date(2010, 10, 4) < week.span.earliest < date(2010, 10, 30))


def test_what_could_not_be_taken_into_account_is_said():
    """Silence would be taken for an all-clear."""
    notes = asked(a_proposal(city="Nephelokokkygia", country="", audience=("the usual participants",)), cairo()).notes
    assert len(notes) == 3
    assert "Nephelokokkygia" in notes[0]
    assert "public holidays" in notes[1]
    assert "the usual participants" in notes[2]


def test_many_findings_are_counted_and_the_most_pressing_told():
    """Nobody reads three hundred cards."""
    many = [cairo(key=ListingKey("un", f"c{n}"), city=f"Town {n}", country="") for n in range(MOST_FINDINGS + 12)]
    answer = asked(a_proposal(), *many)
    assert len(answer.findings) == MOST_FINDINGS
    assert answer.untold == 12
    assert answer.lead == f"This workshop would duplicate {MOST_FINDINGS + 12} known events."
