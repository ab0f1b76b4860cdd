"""The quick answer of a check is the plain one: on random worlds, every rule asked of every event."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.spans import Span
from dedupe.assembling import events
from dedupe.collisions import in_order
from dedupe.event_columns import SETS, EventColumns, columns_of
from dedupe.events import Event
from dedupe.evidence import Recognition
from dedupe.finding import among
from dedupe.findings import Kind
from dedupe.known import Known, known
from dedupe.likeness import likeness
from dedupe.policy import Policy
from dedupe.profiles import Profile, profile, same_subject
from dedupe.proposals import Proposal, check_against
from dedupe.screens import reach_days

WORLDS = 240
ON = date(2009, 6, 1)
CITIES = (
    ("Nairobi", "KE"), ("Kampala", "UG"), ("Cairo", "EG"), ("Gaborone", "BW"), ("Pretoria", "ZA"), ("Accra", "GH"),
    ("Thika", "KE"), ("", "KE"), ("", ""),
)  # fmt: skip
AUDIENCES = (
    ("KE",), ("KE", "UG"), ("KE", "UG", "EG"), ("ZA", "BW", "GH", "KE", "UG"), ("African Union",), ("SADC",), (),
    ("French-speaking African States",), ("all States",), ("EG", "JO", "LB"), ("GH", "NG", "BJ", "TG"), ("JM", "TT"),
)  # fmt: skip
TITLES = (
    "Workshop on resolution 1540 (2004)", "Second workshop on resolution 1540 (2004)", "Regional seminar on biosafety",
    "Workshop on biosafety and biosecurity for parliamentarians", "Seminar on export control", "Summit",
    "Fifth export control forum", "Side event on resolution 1540 (2004)", "Third course on biosafety",
    "Course on customs and export control", "National workshop on resolution 1540 (2004)",
    "Training course on assistance and protection against chemical weapons",
)  # fmt: skip
ORGANISERS = (
    ("UNODA",), ("SADC",), ("OPCW", "KE"), ("African Union",), ("BWC ISU",), (), (), ("UN",), ("VERTIC", "UNODA"),
)  # fmt: skip
THEMES = ((), (), ("biosecurity",), ("export-control",), ("nuclear-security",))


def a_listing(world: random.Random, number: int) -> Listing:
    first = date(2009, 12, 1) + timedelta(days=world.randrange(-300, 400) if number % 2 else world.randrange(12))
    length = world.choice((0, 0, 1, 2, 2, 4, 11))
    last = first + timedelta(days=length)
    vague = world.random() < 0.2
    span = Span.vague(first, first + timedelta(days=world.choice((6, 30, 89)))) if vague else Span.exact(first, last)
    if vague and world.random() < 0.3:
        span = Span(first, first + timedelta(days=20), (first + timedelta(days=4), first + timedelta(days=9)))
    city, country = world.choice(CITIES)
    return Listing(
        ListingKey("random", f"{number}"), "o", world.choice(TITLES), span=None if world.random() < 0.05 else span,
        city=city, country=country, audience=world.choice(AUDIENCES), organisers=world.choice(ORGANISERS),
        themes=world.choice(THEMES), online=world.random() < 0.05,
        status=Status.CANCELLED if world.random() < 0.05 else Status.CONFIRMED,
    )  # fmt: skip


def a_proposal(world: random.Random) -> Proposal:
    listing = replace(a_listing(world, 10_000), status=Status.TENTATIVE, key=ListingKey("plan", "p"))
    return Proposal.of(listing)


def a_policy(world: random.Random) -> Policy:
    return replace(
        Policy(), travel_days=world.choice((0, 1, 3)), adjoining_days=world.choice((1, 2, 5)),
        shared_audience=world.choice((0.3, 0.5, 1.0)), duplicative_days=world.choice((30, 183)),
        look_back_days=world.choice((100, 400)), told_series_points=world.choice((0.5, 1.5, 2.5)),
        series_points=world.choice((0.5, 1.0)), fewest_states=world.choice((1, 2, 4)),
    )  # fmt: skip


def a_world(seed: int) -> tuple[list[Event], Proposal, Policy]:
    world = random.Random(seed)
    listings = [a_listing(world, number) for number in range(world.choice((3, 12, 25)))]
    # Now and then two listings are one event.
    clusters = [[listing.id] for listing in listings]
    if world.random() < 0.3:
        clusters[0] += clusters.pop()
    return events(listings, Recognition((), tuple(map(tuple, clusters)))), a_proposal(world), a_policy(world)


def stored(world: list[Event]) -> Known:
    """What a check in another process knows: columns that were written down, and events by request."""
    whole = known(world, (), ON)
    return Known(EventColumns.from_bytes(whole.columns.to_bytes()), whole.events)


def is_itself(proposed: Profile, other: Profile) -> bool:
    if proposed.span is None or other.span is None or proposed.place is None or other.place != proposed.place:
        return False
    starts = abs((proposed.span.earliest - other.span.earliest).days)
    return proposed.span.overlaps(other.span) and starts <= 1 and same_subject(proposed, other) and not other.cancelled


def plain(proposed: Profile, profiles: list[Profile], policy: Policy) -> dict[str, Kind]:
    """Ask every rule of every event."""
    found = {}
    for other in profiles:
        if other.span is None or proposed.span is None:
            continue
        one, two = in_order(proposed, other)
        finding = among(one, two, policy)
        if finding is None or one.span.days_apart(two.span)[0] > reach_days(policy):  # type: ignore[union-attr, arg-type]
            continue
        if finding.kind is Kind.SERIES:
            alike = likeness(one, two)
            if alike is None or alike.points < policy.told_series_points:
                continue
        found[other.event.id] = finding.kind
    return found


SEEN: Counter[str] = Counter()


@pytest.mark.parametrize("part", range(8))
def test_the_quick_answer_is_the_plain_one(part):
    """Intervals and audiences as arrays must lose no finding and invent none, on any date asked about."""
    for seed in range(part * WORLDS // 8, (part + 1) * WORLDS // 8):
        world, proposal, policy = a_world(seed)
        answer = check_against(proposal, [stored(world)], policy, (), ON, weeks=30)
        proposed = profile(proposal.as_event(), (), ON)
        profiles = [profile(event, (), ON) for event in world]
        others = [other for other in profiles if not is_itself(proposed, other)]
        expected = plain(proposed, others, policy)
        told = {
            answer.other(finding).id: finding.kind  # type: ignore[union-attr]
            for finding in answer.findings
            if finding.kind not in (Kind.SAME_EVENT, Kind.FORUM)
        }
        assert told == expected, seed
        assert answer.counts.get(Kind.SAME_EVENT, 0) == len(profiles) - len(others), seed
        SEEN.update(map(str, expected.values()))
        for week in answer.weeks:
            there = plain(replace(proposed, span=week.span), others, policy)
            kinds = Counter(there.values())
            assert (week.clashes, week.duplicates) == (kinds[Kind.CLASH], kinds[Kind.DUPLICATIVE]), (seed, week.span)
            SEEN["weeks with something"] += bool(week.clashes or week.duplicates)


def test_the_worlds_hold_something_of_every_kind():
    """Worlds in which nothing is found prove nothing."""
    if not SEEN:
        test_the_quick_answer_is_the_plain_one(0)
    assert {str(kind) for kind in (Kind.CLASH, Kind.DUPLICATIVE, Kind.PART_OF, Kind.SERIES)} <= set(SEEN)
    assert SEEN["weeks with something"] > 100


def test_editions_that_grow_apart_are_asked_about_on_each_date():
    """Between numbered editions the points fall with the years: near they are siblings, further off duplicates."""
    listing = replace(
        a_listing(random.Random(1), 1), title="Second workshop on resolution 1540 (2004)", audience=("KE", "UG"),
        span=Span.exact(date(2010, 1, 12), date(2010, 1, 13)), organisers=("UNODA",), status=Status.CONFIRMED,
        city="Kampala", country="UG", themes=(), online=False,
    )  # fmt: skip
    plan = replace(listing, title="Third workshop on resolution 1540 (2004)", key=ListingKey("plan", "p"))
    proposal = Proposal.of(replace(plan, span=Span.exact(date(2010, 3, 2), date(2010, 3, 3))))
    world = events([listing], Recognition((), ((listing.id,),)))
    proposed, other = profile(proposal.as_event(), (), ON), profile(world[0], (), ON)
    together = likeness(replace(proposed, span=other.span), other)
    assert together is not None
    policy = replace(Policy(), series_points=together.points - 0.15)
    answer = check_against(proposal, [stored(world)], policy, (), ON, weeks=20)
    for week in answer.weeks:
        there = plain(replace(proposed, span=week.span), [other], policy)
        assert week.duplicates == (there.get(other.event.id) is Kind.DUPLICATIVE), week.span
    assert {week.duplicates for week in answer.weeks if week.weeks > 0 and week.clashes == 0} == {0, 1}


def test_what_states_received_is_what_every_event_says():
    """The history is counted over columns too."""
    for seed in range(40):
        world, proposal, policy = a_world(seed)
        answer = check_against(proposal, [stored(world)], policy, (), ON, weeks=0)
        proposed = profile(proposal.as_event(), (), ON)
        profiles = [profile(event, (), ON) for event in world]
        for line in answer.history:
            expected = sum(
                line.state in other.states and other.span is not None and not other.cancelled
                and not is_itself(proposed, other)
                and (same_subject(other, proposed) or not (proposed.instruments or proposed.themes))
                for other in profiles
            )  # fmt: skip
            assert len(line.events) + line.more == expected, (seed, line.state)


def test_columns_give_back_what_they_were_made_from():
    """A fact that gets lost on the way to the store would be a finding that gets lost."""
    for seed in range(20):
        world, _, _ = a_world(seed)
        profiles = sorted(
            (profile(event, (), ON) for event in world),
            key=lambda entry: (entry.span.earliest if entry.span else date.max, entry.event.id),
        )
        columns = EventColumns.from_bytes(columns_of(profiles).to_bytes())
        for before, after in zip(profiles, columns.profiles(range(len(columns))), strict=True):
            assert before.event.id == after.event.id
            for field in fields(Profile):
                if field.name not in ("event", "groups", "pages", "month_days"):
                    assert getattr(before, field.name) == getattr(after, field.name), field.name
        assert [entry.event.id for entry in profiles] == [columns.event_id(row) for row in range(len(columns))]
    assert "instruments" in SETS


def test_bytes_that_are_no_columns_are_refused():
    """A row of the store that something else wrote must not be taken for events."""
    with pytest.raises(ValueError, match="no columns of ours"):
        EventColumns.from_bytes(b"PK\x03\x04")
