"""What a state was invited to, and how a group is covered: counted once, over a period, and as found on a night."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import counting
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.spans import Span
from dedupe.assembling import events
from dedupe.coverage_columns import by_phase, by_theme, coverage, hosting
from dedupe.invitations import ASKED, RECEIVED, history, invited
from dedupe.known import known_profiles
from dedupe.loads import loads
from dedupe.matching import Recognition
from dedupe.policy import Policy
from dedupe.profiles import Profile, profile
from reports.languages import tongue
from reports.rendering import pictures
from reports.rendering.coverage import coverage_csv, history_csv

SCHEMAS = Path(__file__).parents[2] / "desk" / "schemas"
NIGHT = date(2010, 6, 1)
SINCE, UNTIL = date(2008, 1, 1), date(2010, 12, 31)
TITLES = (
    "Awareness seminar on resolution 1540", "Workshop on national reports under resolution 1540",
    "Workshop on export control", "Biosafety workshop", "Meeting",
)  # fmt: skip
AUDIENCES = ("KE", "UG", "TZ", "GH", "SADC", "African Union", "all Member States", "nobody knows", "South Africa")


def a_listing(
    uid: str, first: date | None, states: tuple[str, ...], title: str = TITLES[0], **facts: object
) -> Listing:
    span = Span.exact(first, first + timedelta(days=2)) if first else None
    known = Listing(ListingKey(uid, uid), "UNODA", title, span=span, audience=states, language="en")
    return replace(known, **facts)  # type: ignore[arg-type]


def profiles(*listings: Listing) -> list[Profile]:
    known = events(listings, Recognition((), tuple((listing.id,) for listing in listings)))
    return [profile(event, (), NIGHT) for event in known]


WORLD = known_profiles(profiles(
    a_listing("a", date(2008, 3, 1), ("KE", "UG")),
    a_listing("b", date(2009, 3, 1), ("KE",), "Assistance to Kenya on law", organisers=("UNODA",), sponsors=("NO",)),
    a_listing("c", date(2010, 9, 1), ("KE", "TZ"), TITLES[2]),
    a_listing("d", date(2010, 9, 9), ("KE", "TZ"), TITLES[2], status=Status.CANCELLED),
    a_listing("e", date(2010, 4, 1), ("all Member States",)),
    a_listing("f", None, ("KE", "BI")),
    a_listing("g", date(2007, 12, 30), ("KE", "UG")),
    a_listing("h", date(2010, 2, 1), ("UG",), "Uganda: request for assistance under resolution 1540"),
))  # fmt: skip


def test_a_history_is_what_named_the_state_earliest_first_undated_last():
    """Cancelled events and those for the whole world invited nobody in particular."""
    known = history(WORLD, "KE", NIGHT)
    assert [entry.event.listings[0].key.uid for entry in known.invitations] == ["g", "a", "b", "c", "f"]
    assert [entry.over for entry in known.invitations] == [True, True, True, False, False]
    assert known.by_theme["awareness-raising"] == 3
    assert sum(known.by_phase.values()) == 5


def test_assistance_is_told_only_where_the_data_say_whose():
    """Of an event for many states nobody can say which of them asked."""
    (received,) = history(WORLD, "KE", NIGHT).assistance
    assert (received.sort, received.by) == (RECEIVED, ("UNODA", "NO"))
    (asked,) = history(WORLD, "UG", NIGHT).assistance
    assert asked.sort == ASKED
    assert history(WORLD, "TZ", NIGHT).assistance == ()


def test_coverage_counts_what_lies_in_the_period_and_names_gaps():
    """Burundi is a member of the group asked for, and nothing dated invites it."""
    covered = coverage(WORLD.columns, ("KE", "UG", "TZ", "BI"), SINCE, UNTIL, Policy(), "East Africa")
    assert {row.state: row.events for row in covered.rows} == {"KE": 3, "UG": 2, "TZ": 1, "BI": 0}
    assert [row.state for row in covered.gaps] == ["BI"]
    assert covered.events == 4
    assert [year for year, _ in covered.years] == [2008, 2009, 2010]
    assert covered.lead()[1] == "3 of the 4 states counted are invited to at least one."


def test_without_a_group_whoever_is_invited_is_counted():
    """A coordinator who names nobody wants to see everybody."""
    covered = coverage(WORLD.columns, (), SINCE, UNTIL, Policy())
    assert {row.state for row in covered.rows} == {"KE", "UG", "TZ"}
    assert covered.gaps == ()


def test_the_shift_compares_the_halves_of_the_years():
    """Two awareness seminars first, implementation after: that is what the committee asked for."""
    world = profiles(
        a_listing("a", date(2008, 3, 1), ("KE",)), a_listing("b", date(2008, 6, 1), ("KE",)),
        a_listing("c", date(2010, 3, 1), ("KE",), TITLES[2]), a_listing("d", date(2010, 6, 1), ("KE",)),
    )  # fmt: skip
    covered = coverage(known_profiles(world).columns, (), date(2008, 1, 1), date(2010, 12, 31), Policy())
    assert covered.shift == ((2, 0), (1, 1))
    assert "0 of 2 in the earlier half of the years and 1 of 2 since" in covered.lead()[-1]


def test_overload_is_counted_as_a_finding_counts_it():
    """The page and the night must not tell two numbers."""
    listings = [a_listing(str(n), NIGHT + timedelta(days=40 * n - 100), ("KE", "UG")) for n in range(6)]
    listings.append(a_listing("wide", NIGHT, ("African Union",)))
    known = [replace(entry, event=replace(entry.event, workshop=True)) for entry in profiles(*listings)]
    policy = Policy(load_most=6)
    covered = coverage(known_profiles(known).columns, ("KE",), SINCE, UNTIL, policy)
    (finding,) = [finding for finding in loads(known, policy, (), NIGHT) if finding.states == ("KE",)]
    (row,) = covered.overloaded
    assert row.fullest == len(finding.events) == 6
    assert row.events == 7


@st.composite
def worlds(draw: st.DrawFn) -> list[Profile]:
    return profiles(
        *(
            a_listing(
                str(number), draw(st.none() | st.dates(date(2007, 1, 1), date(2011, 12, 31))),
                tuple(draw(st.lists(st.sampled_from(["KE", "UG", "TZ", "GH", "SADC"]), max_size=3))),
                draw(st.sampled_from(TITLES)), status=draw(st.sampled_from([Status.CONFIRMED, Status.CANCELLED])),
            )
            for number in range(draw(st.integers(0, 7)))
        )
    )  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_every_number_is_what_counting_by_hand_gives(world):
    """Tables, JSON, CSV and pictures tell one set of numbers."""
    covered = coverage(known_profiles(world).columns, (), SINCE, UNTIL, Policy())
    inside = [p for p in world if p.span and SINCE <= p.span.earliest <= UNTIL and not p.cancelled and p.states]
    by_hand = Counter(state for entry in inside for state in entry.states)
    assert {row.state: row.events for row in covered.rows} == by_hand
    assert sum(sum(counted.values()) for _, counted in covered.years) == len(inside) == covered.events
    for row in covered.rows:
        assert sum(row.phases.values()) == row.events
        assert sum(row.cells.values()) == sum(row.themes.values()) >= row.events
    lines = list(csv.DictReader(io.StringIO(coverage_csv(covered))))
    assert sum(int(line["events"]) for line in lines) == sum(sum(row.cells.values()) for row in covered.rows)
    drawn = [n for matrix in pictures.matrices(covered, tongue("en")) for numbers in matrix.numbers for n in numbers]
    assert sum(drawn) == sum(sum((*row.themes.values(), *row.phases.values())) for row in covered.rows)
    jsonschema.validate(covered.as_json(), json.loads((SCHEMAS / "coverage.schema.json").read_text()))


@settings(max_examples=200, deadline=None)
@given(worlds(), st.sampled_from(["KE", "UG", "MZ"]))
def test_a_history_agrees_with_the_coverage_of_all_time(world, state):
    """What is counted for a state is what its history lists."""
    known = history(known_profiles(world), state, NIGHT)
    covered = coverage(known_profiles(world).columns, (state,), date(2000, 1, 1), date(2020, 12, 31), Policy())
    assert sum(entry.event.span is not None for entry in known.invitations) == covered.rows[0].events
    assert len(list(csv.reader(io.StringIO(history_csv(known))))) == len(known.invitations) + 1
    jsonschema.validate(known.as_json(), json.loads((SCHEMAS / "history.schema.json").read_text()))


def a_world(seed: int, number: int) -> list[Profile]:
    """Make a world of which every event is different in what is counted."""
    draw = random.Random(seed)
    listings = []
    for at in range(number):
        first = date(2006, 1, 1) + timedelta(days=draw.randrange(2400))
        days = draw.choice((0, 2, 20, 39, 40, 90))
        span = (
            draw.choice((Span.exact, Span.vague))(first, first + timedelta(days=days)) if draw.random() < 0.9 else None
        )
        listings.append(a_listing(
            str(at), None, tuple(draw.sample(AUDIENCES, draw.randrange(3))), draw.choice(TITLES), span=span,
            themes=tuple(draw.sample(("biosecurity", "export-control", "assistance-matchmaking"), draw.randrange(3))),
            description=draw.choice(("", "", "A request for assistance")), country=draw.choice(("", "KE", "ZA")),
            status=draw.choice((Status.CONFIRMED, Status.CONFIRMED, Status.CANCELLED)), organisers=("UNODA",),
        ))  # fmt: skip
    return profiles(*listings)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 10_000), st.integers(0, 150), st.lists(st.sampled_from(["KE", "UG", "BI", "FR"]), max_size=3),
    st.dates(date(2005, 1, 1), date(2013, 1, 1)), st.integers(0, 1500),
)  # fmt: skip
def test_columns_count_what_going_through_the_events_one_by_one_counts(seed, number, asked, since, days):
    """Pages must not take a second for each state; and not be quick and wrong."""
    world = a_world(seed, number)
    known, until, policy = known_profiles(world), since + timedelta(days=days), Policy(load_most=2)
    told, by_hand = (
        coverage(known.columns, asked, since, until, policy, "a group"),
        counting.coverage(world, asked, since, until, policy, "a group"),
    )
    assert told == by_hand
    assert [list(row.cells.items()) for row in told.rows] == [list(row.cells.items()) for row in by_hand.rows]
    assert told.as_json() == by_hand.as_json()
    assert coverage_csv(told) == coverage_csv(by_hand)
    held = Counter(
        entry.country for entry in world
        if entry.span and since <= entry.span.earliest <= until and entry.span.days <= 40 and not entry.cancelled
    )  # fmt: skip
    assert hosting(known.columns, since, until, policy) == {state: n for state, n in held.items() if state}
    for state in ("KE", "UG", "FR"):
        past, rows = counting.history(world, state, NIGHT), invited(known.columns, state)
        assert history(known, state, NIGHT) == past
        assert list(by_theme(known.columns, rows).items()) == list(past.by_theme.items())
        assert list(by_phase(known.columns, rows).items()) == list(past.by_phase.items())


def test_every_state_is_on_the_map():
    """Outlines or a circle: nobody is left off."""
    covered = coverage(known_profiles(()).columns, ("KE", "SC", "TV", "EH", "PS"), SINCE, UNTIL, Policy())
    drawn = {land.state: land for land in pictures.world(pictures.invited(covered))}
    assert len(drawn) >= 195
    assert all(land.path or land.x for land in drawn.values())
    assert {land.shade for state, land in drawn.items() if state in {"KE", "SC", "TV", "EH", "PS"}} == {"gap"}
    assert drawn["TV"].x
    assert drawn["KE"].path.startswith("M")
    width, height = pictures.map_size()
    assert all(0 <= int(land.x) <= width and 0 <= int(land.y) <= height for land in drawn.values() if land.x)


@pytest.mark.parametrize("name", ["history", "coverage"])
def test_the_schemas_are_strict(name):
    """A misspelt key must not pass unseen."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
