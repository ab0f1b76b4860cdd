"""Relations found through joins are those that looking at every pair finds."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.relations import COLLECTIONS, read
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.reading.listing_tables import listing_tables
from calendar_sync.spans import Span
from dedupe import screening
from dedupe.assembling import events
from dedupe.columns import columns, columns_of
from dedupe.events import Event
from dedupe.evidence import Recognition
from dedupe.finding import Relation, among, find, relations
from dedupe.meaning import audiences, names
from dedupe.moving import weighed
from dedupe.policy import Policy
from dedupe.profiles import Profile, profile
from dedupe.relating import relations_of_table, said_by
from dedupe.titles import wording
from dedupe.weights import shipped

START = date(2010, 1, 1)
TITLES = (
    "Workshop on implementing resolution 1540 in Africa", "Second workshop on resolution 1540",
    "Third workshop on resolution 1540 for Arab States", "Séminaire sur la résolution 1540 en Afrique",
    "Side event on resolution 1540 in Africa", "OPCW basic course for customs officers",
    "OPCW basic course for customs officers of French-speaking States", "PyCon Africa", "PyCon Africa 2010",
    "PyCon Europe", "JSConf EU", "National round table on biosecurity", "Regional workshop on biosecurity",
    "Семинар по резолюции 1540", "关于第1540号决议的讲习班", "UNODA seminar on the EU", "Europe++ day",
    "Meeting of the Committee", "Workshop", "",
)  # fmt: skip
AUDIENCES = (
    "KE",
    "UG",
    "Kenya and Uganda",
    "African Union",
    "SADC",
    "Arab States",
    "customs",
    "Member States",
    "AU; GH",
)
TOWNS = (("Nairobi", "KE"), ("Cairo", "EG"), ("Le Caire", ""), ("", "KE"), ("Kairo", "EG"), ("", ""))
BODIES = ("UNODA", "UNREC", "UNREC and partners", "OPCW", "United Nations", "KE", "partners")
DATE_TEXTS = ("", "3-4 March", "back to back with the workshop")


@st.composite
def spans(draw: st.DrawFn) -> Span | None:
    first = START + timedelta(days=draw(st.integers(0, 500)))
    last = first + timedelta(days=draw(st.integers(0, 6)))
    return draw(st.sampled_from([Span.exact(first, last), Span.vague(first, last + timedelta(days=60)), None]))


@st.composite
def worlds(draw: st.DrawFn) -> list[list[Listing]]:
    """Events, each by its listings; some worlds name neither organisers nor audiences."""
    told = draw(st.booleans())
    found = []
    for number in range(draw(st.integers(2, 9))):
        place = draw(st.sampled_from(TOWNS))
        listings = []
        for version in range(draw(st.integers(1, 2))):
            span = draw(spans())
            listing = Listing(
                ListingKey(f"calendar{version}", str(number)),
                f"ORG{version}",
                draw(st.sampled_from(TITLES)),
                span=span,
                date_text="" if span else draw(st.sampled_from(DATE_TEXTS)),
                city=place[0],
                country=place[1],
                url=draw(st.sampled_from(["", "https://example.org/"])),
                online=draw(st.booleans()),
            )
            if told:
                listing = replace(
                    listing,
                    organisers=tuple(draw(st.lists(st.sampled_from(BODIES), max_size=2))),
                    audience=tuple(draw(st.lists(st.sampled_from(AUDIENCES), max_size=2))),
                    themes=tuple(draw(st.lists(st.sampled_from(["biosecurity", "legislation"]), max_size=1))),
                    published=draw(st.sampled_from([None, START, date(2010, 3, 1)])),
                    status=draw(st.sampled_from([Status.CONFIRMED, Status.CONFIRMED, Status.CANCELLED])),
                )
            listings.append(listing)
        found.append(listings)
    return found


def made(world: Sequence[Sequence[Listing]]) -> list[Event]:
    """Make the events of a world."""
    clusters = tuple(tuple(listing.id for listing in members) for members in world)
    return events([listing for members in world for listing in members], Recognition((), clusters))


def by_every_pair(known: Sequence[Event], policy: Policy) -> list[Relation]:
    """Name the relations as `relations` does, looking at every pair."""
    profiles = [profile(event, ()) for event in known]
    ordered = sorted((entry for entry in profiles if entry.organisers or entry.states or entry.universal), key=in_order)
    keys = [keys_of(entry) for entry in ordered]
    few = {key for key in set().union(*keys) if sum(key in those for those in keys) <= screening.MOST_SHARING}
    found = []
    for one, other in combinations(range(len(ordered)), 2):
        if near(ordered[one], ordered[other], policy.duplicative_days) or few & keys[one] & keys[other]:
            finding = among(ordered[one], ordered[other], policy)
            if finding is not None:
                reason = finding.reasons[0].text
                found.append(Relation(finding.kind, ordered[one].event, ordered[other].event, reason))
    return found


def in_order(entry: Profile) -> tuple[date, date, str]:
    """Order as the rules are asked: earlier first, undated last."""
    span = entry.span or Span(date.max, date.max)
    return span.earliest, span.latest, entry.event.id


def keys_of(entry: Profile) -> set[str]:
    """Return what brings events together that lie far apart."""
    return {
        *entry.organisers,
        *entry.offices,
        *(word for title in entry.titles for word, worth in title.items() if worth >= 1),
    }


def near(one: Profile, other: Profile, within: int) -> bool:
    """Say whether at most so many days lie between two events, of which *one* starts first."""
    return bool(one.span and other.span and (other.span.earliest - one.span.latest).days <= within)


def of_table(world: Sequence[Sequence[Listing]], policy: Policy) -> list[Relation]:
    """Name the relations of a world laid out in columns."""
    event_of = {listing.id: number for number, members in enumerate(world) for listing in members}
    known = columns([listing for members in world for listing in members], shipped().background)
    return relations_of_table(
        known, np.array([event_of[known.table.listing(at).id] for at in range(len(known))]), policy
    )


@pytest.fixture(params=[1, 2, screening.MOST_SHARING])
def most_sharing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let a word tell nothing sooner than in worlds of thousands."""
    monkeypatch.setattr(screening, "MOST_SHARING", request.param)
    return int(request.param)


POLICIES = st.builds(
    Policy,
    duplicative_days=st.sampled_from([0, 30, 183]),
    travel_days=st.sampled_from([1, 40]),
    adjoining_days=st.sampled_from([2, 50]),
    series_points=st.sampled_from([0.5, -1.0]),
)


@pytest.mark.usefixtures("most_sharing")
@settings(max_examples=60, deadline=None)
@given(worlds(), POLICIES)
def test_joins_find_what_every_pair_finds(world, policy):
    """Screening pairs saves time, and must never cost a finding."""
    known = made(world)
    expected = by_every_pair(known, policy)
    assert relations(known, policy) == expected
    assert of_table(world, policy) == expected


@settings(max_examples=50, deadline=None)
@given(worlds(), POLICIES, st.integers(0, 500))
def test_a_night_finds_what_every_pair_finds(world, policy, days):
    """The nightly report looks at pairs through the same joins."""
    known, night = made(world), START + timedelta(days=days)
    found = {
        finding.key: finding for finding in find(known, [], policy, (), night).findings if len(finding.events) == 2
    }
    profiles = sorted((entry for event in known if (entry := profile(event, (), night)).span), key=in_order)
    within = max(policy.duplicative_days, policy.look_back_days)
    for one, other in combinations(profiles, 2):
        finding = among(one, other, policy, [entry for entry in profiles if entry.over(night)])
        coming = not (one.over(night) and other.over(night))
        if (
            coming
            and finding
            and str(finding.kind) != "series"
            and near(one, other, within)
            and reached(one, other, night)
        ):
            assert found.pop(finding.key).reasons == weighed(finding, one, other, policy, night).reasons
    assert {str(finding.kind) for finding in found.values()} <= {"series", "same_event"}


def reached(one: Profile, other: Profile, night: date) -> bool:
    """Say whether both lie within what the policy looks at, 400 days to either side by default."""
    spans = [entry.span for entry in (one, other) if entry.span]
    around = timedelta(days=Policy().look_back_days)
    return all(span.latest >= night - around and span.earliest <= night + around for span in spans)


@pytest.mark.parametrize("seed", range(3))
def test_real_outreach_is_related_alike(seed, shared):
    """Real listings carry what nobody thinks of generating."""
    for name in COLLECTIONS:
        known = list(read(shared, name).events.values())
        some = random.Random(seed).sample(known, len(known) // 2)
        expected = by_every_pair(some, Policy())
        assert len(expected) > 20
        assert relations(some, Policy()) == expected
        assert of_table([event.listings for event in some], Policy()) == expected


def test_a_large_table_without_organisers_is_related_alike(shared):
    """Where only titles tell who is invited, most events are never made."""
    table = listing_tables([shared / "data" / "matching" / "dev_listings.csv"])
    rows = sorted(random.Random(1540).sample(range(len(table)), 3000))
    world = [[table.listing(at)] for at in rows]
    expected = by_every_pair(made(world), Policy())
    assert len(expected) > 3
    assert of_table(world, Policy()) == expected


def test_columns_say_what_titles_say(shared):
    """Titles are understood once; what is read from columns is what is read from the title alone."""
    table = listing_tables([shared / "data" / "matching" / "dev_listings.csv"])
    known = columns_of(table, shipped().background)
    for at in random.Random(7).sample(range(len(table)), 2000):
        assert said_by(known.titles, at) == wording(table.titles[at])


@pytest.mark.parametrize(
    "title", [*TITLES, "Workshop for the Republic of Kenya", "EU_Africa summit", "L'Afrique, l’Asie"]
)
def test_groups_are_found_wherever_names_begin(title, monkeypatch):
    """Most words begin no name; leaving them out must lose none."""
    audiences._meant.cache_clear()
    found = audiences.groups_in(title)
    audiences._meant.cache_clear()
    monkeypatch.setattr(names, "_is_folded", lambda _: False)
    assert audiences.groups_in(title) == found
    audiences._meant.cache_clear()
