"""Decisions shift the weights a little, never beyond what labelled pairs allow, and honest ones to the better."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from calendar_sync.listings import Listing, ListingKey
from calendar_sync.spans import Span
from dedupe import gate, matching, scoring, teaching
from dedupe.comparison import COMPARISONS
from dedupe.decisions import Decision, Verdict, decide
from dedupe.events import Event
from dedupe.findings import Finding, Kind, Severity
from dedupe.taught import Taught, base, from_json
from dedupe.vetoes import vetoes
from dedupe.weights import shipped

DRAWS = Path(__file__).parent / "teaching"
NOON = datetime(2010, 1, 5, 12, tzinfo=UTC)
SIMULATIONS = 50
FLOOR = {"conferences": 0.02, "outreach": 0.05}
"""By how much precision and recall may fall on events that neither teacher nor gate ever saw. Five of the hundred gold
pairs of outreach: fewer cannot be told from chance."""


def draw(name: str) -> gate.Gate:
    return gate.from_table(json.loads((DRAWS / f"{name}.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def taught() -> gate.Gate:
    """What teachers decide: pairs of events that are neither in the gate nor in what the outcome is judged by."""
    return draw("taught")


@pytest.fixture(scope="module")
def judged() -> gate.Gate:
    return draw("judged")


# -- poisoned teachers ----------------------------------------------------------------------------------------------


def lies(kind: str, same: np.ndarray, levels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Say what a bad teacher says of pairs; honest about those that a targeted one does not care for."""
    if kind == "random":
        return chance.random(len(same)) < 0.5
    if kind == "confirms everything":
        return np.ones(len(same), dtype=bool)
    if kind == "dismisses everything":
        return np.zeros(len(same), dtype=bool)
    if kind == "inverted":
        return ~same
    comparison = int(chance.integers(len(COMPARISONS)))
    often = np.bincount(levels[levels[:, comparison] >= 0, comparison], minlength=1)
    return np.where(levels[:, comparison] == int(often.argmax()), ~same, same)


KINDS = ("random", "confirms everything", "dismisses everything", "inverted", "targeted")


def poisoned(seed: int, taught: gate.Gate) -> Taught:
    """Let a bad teacher decide three to three hundred pairs, under one to four names."""
    chance = np.random.default_rng(seed)
    bits = scoring.weigh(taught.levels, shipped().bits).sum(axis=1) + shipped().prior
    # Coordinators are asked about what was joined; some of it no longer is.
    asked = bits >= shipped().threshold - float(chance.choice([0.0, 8.0]))
    pool = np.flatnonzero(asked & (vetoes(taught.levels) == 0))
    picked = chance.choice(pool, size=int(chance.choice([3, 10, 30, 100, 300])), replace=False)
    names = [f"reviewer {number}" for number in chance.integers(1, 1 + int(chance.integers(1, 5)), len(picked))]
    levels = taught.levels[picked]
    said = lies(KINDS[seed % len(KINDS)], taught.same[picked], levels, chance)
    return teaching.fitted(levels, said, teaching.says(names), shipped())


def below_the_floor(shift: Taught, judged: gate.Gate) -> list[str]:
    told = zip(judged.scores(shipped()), judged.scores(teaching.shifted(shipped(), shift)), strict=True)
    return [
        f"{what} on {before.collection}: {getattr(before, what):.3f} to {getattr(after, what):.3f}"
        for before, after in told
        for what in ("precision", "recall")
        if getattr(after, what) < getattr(before, what) - FLOOR[before.collection]
    ]


@pytest.mark.fault("T39")
def test_no_poisoned_teacher_brings_precision_or_recall_below_the_floor(taught, judged, record_property):
    """Whoever decides at random, upside down, always yes, always no, or wrongly about one kind of pair only."""
    shifts = [poisoned(seed, taught) for seed in range(SIMULATIONS)]
    let = [teaching.let_through(shift, shipped()) for shift in shifts]
    passed = [shift for shift, _, refusals in let if not refusals]
    record_property("cases", SIMULATIONS)
    record_property(
        "measured", f"{SIMULATIONS - len(passed)} refused, {len(passed)} too small to harm, in part or whole"
    )

    assert [below_the_floor(shift, judged) for shift in passed] == [[]] * len(passed)
    assert passed, "a gate that refuses everything proves nothing"
    harmful = [shift for shift in shifts if below_the_floor(shift, judged)]
    assert len(harmful) > SIMULATIONS / 4, "without the gate these teachers would do harm"


def test_no_teacher_moves_a_level_beyond_its_bounds(taught):
    """However many decisions, however many names."""
    levels = np.repeat(taught.levels, 5, axis=0)
    names = [f"reviewer {number % 50}" for number in range(len(levels))]
    shift = teaching.fitted(levels, ~np.repeat(taught.same, 5), teaching.says(names), shipped())

    assert max(abs(bits) for *_, bits in shift.levels) == teaching.FARTHEST
    assert abs(shift.prior) <= teaching.FARTHEST_PRIOR


def test_one_decision_moves_little_and_many_move_more(taught):
    """A slip of the mouse is no lesson; thirty people saying the same are."""
    wrong = np.flatnonzero(taught.same)[:30]
    largest = []
    for count in (1, 5, 30):
        names = [f"reviewer {number}" for number in range(count)]
        shift = teaching.fitted(taught.levels[wrong[:count]], np.zeros(count, bool), teaching.says(names), shipped())
        largest.append(max(abs(bits) for *_, bits in shift.levels))

    assert largest[0] <= 0.1
    assert largest == sorted(largest)
    assert largest[-1] > 2 * largest[0]


def test_one_person_counts_for_no_more_than_all_others_together(taught):
    """A script that dismisses everything under one name must not outvote five coordinators."""
    say = teaching.says(["flood"] * 400 + ["ines"] * 20 + ["omar"] * 10)

    assert say[:400].sum() == pytest.approx(30)
    assert say[400:].tolist() == [1.0] * 30
    assert teaching.says(["ines"] * 5).tolist() == [1.0] * 5, "a committee with one coordinator learns too"
    assert teaching.says(["ines"] * 400).sum() == pytest.approx(teaching.ALONE)


def test_order_of_decisions_has_no_say(taught):
    """The same decisions give the same bits, to the last digit kept."""
    picked = np.random.default_rng(1).choice(len(taught.same), 200, replace=False)
    say = np.ones(len(picked))
    one = teaching.fitted(taught.levels[picked], taught.same[picked], say, shipped())

    assert one.levels
    assert teaching.fitted(taught.levels[picked[::-1]], taught.same[picked[::-1]], say, shipped()) == one
    assert from_json(json.loads(json.dumps(one.as_json()))) == one


# -- the gate -------------------------------------------------------------------------------------------------------


def test_gate_passes_the_shipped_weights_and_knows_the_golden_cases():
    """What ships must pass its own gate, and no golden pair may be lost without a word."""
    assert gate.shipped().refusals(shipped(), shipped()) == ()
    assert {score.collection for score in gate.shipped().scores(shipped())} >= {gate.GOLDEN}
    deaf = replace(shipped(), prior=shipped().prior - 2)
    assert any(gate.GOLDEN in sentence for sentence in gate.shipped().refusals(deaf, shipped()))


@pytest.mark.parametrize("prior", [-4.0, 4.0])
def test_gate_names_what_would_be_lost(prior):
    """A coordinator must read why it was refused."""
    told = " ".join(gate.shipped().refusals(replace(shipped(), prior=shipped().prior + prior), shipped()))

    assert ("Recall on" if prior < 0 else "Precision on") in told
    assert "the floor is" in told


def test_gate_for_other_comparisons_is_refused():
    """Levels under other names would be scored as what they are not."""
    names = {comparison.name: list(comparison.levels) for comparison in COMPARISONS}
    names[COMPARISONS[0].name] = names[COMPARISONS[0].name][1:]

    with pytest.raises(ValueError, match=r"bench\.gate"):
        gate.from_table({"comparisons": names, "collections": [], "pairs": []})


# -- honest teachers ------------------------------------------------------------------------------------------------

TOPICS = (
    "biosafety", "export control", "border security", "chemical security", "proliferation financing", "legislation",
    "nuclear security", "transport of radioactive sources", "customs enforcement", "licensing", "maritime security",
    "national action plans", "voluntary reporting", "biological weapons", "civil society", "forensics",
    "industry outreach", "parliamentarians", "cyber security", "strategic goods",
)  # fmt: skip
FORMS = ("Workshop on {}", "Training course on {}", "Seminar on {}", "Regional workshop on {}", "Expert meeting on {}")
TOWNS = (("Vienna", "AT"), ("Nairobi", "KE"), ("Bangkok", "TH"), ("Lima", "PE"), ("Accra", "GH"), ("Amman", "JO"))


def parallel_courses(seed: int, weeks: int) -> tuple[list[Listing], frozenset[tuple[str, str]]]:
    """Two academies share houses and dates, and as often hold two courses as one: the shipped weights never saw that.

    Returns the listings, and the pairs of ids that are one event.
    """
    chance = random.Random(seed)
    day, listings, same = date(2010, 2, 1), [], set()
    for week in range(weeks):
        day += timedelta(days=chance.randint(3, 9))
        town, form, (one, other) = chance.choice(TOWNS), chance.choice(FORMS), chance.sample(TOPICS, 2)
        together = chance.random() < 0.5
        if together:
            reworded = form.format(one) if chance.random() < 0.4 else f"{chance.choice(FORMS).format(one)} for experts"
        pair = [
            course("alpha", week, form.format(one), day, town),
            course("beta", week, reworded if together else form.format(other), day, town),
        ]
        listings += pair
        if together:
            same.add(tuple(sorted(listing.id for listing in pair)))
    return listings, frozenset(same)


def course(calendar: str, week: int, title: str, first: date, town: tuple[str, str]) -> Listing:
    return Listing(
        ListingKey(calendar, f"{calendar}-{week}"), calendar.upper(), title, language="en",
        span=Span.exact(first, first + timedelta(days=2)), start=first, end=first + timedelta(days=3),
        city=town[0], country=town[1], first_seen=date(2010, 1, 1),
    )  # fmt: skip


def joined(listings: Sequence[Listing], shift: Taught | None = None) -> set[tuple[str, str]]:
    weights = teaching.shifted(shipped(), shift) if shift else shipped()
    clusters = matching.groups(listings, weights=weights)
    return {(a, b) for cluster in clusters for a in cluster for b in cluster if a < b}


def decided(listings: Sequence[Listing], pair: tuple[str, str], same: bool, by: str) -> Decision:
    found = tuple(listing for listing in listings if listing.id in pair)
    finding = Finding(Kind.SAME_EVENT, Severity.INFORMATION, "", (Event(pair[0], found),), listing_ids=pair)
    return decide(finding, Verdict.CONFIRMED if same else Verdict.DISMISSED, by=by, at=NOON)


def test_honest_decisions_help_where_the_shipped_weights_are_poor():
    """What coordinators say about one year's courses must tell the next year's apart."""
    listings, same = parallel_courses(1, 240)
    decisions = [
        decided(listings, pair, pair in same, ("ines", "omar", "lena")[number % 3])
        for number, pair in enumerate(sorted(joined(listings)))
    ]
    made = teaching.teach(listings, decisions, shipped())
    later, gold = parallel_courses(2, 200)
    before, after = joined(later), joined(later, made.taught)

    assert len(made.lessons) == len(decisions)
    assert made.refusals == ()
    assert len(before - gold) >= 10, "the shipped weights are poor here"
    assert len(after - gold) <= len(before - gold) * 3 / 4
    assert len(after & gold) >= len(before & gold) - 1


def test_honest_decisions_never_hurt_where_the_shipped_weights_are_good(taught, judged):
    """Being taught what is known already must cost nothing."""
    chance = np.random.default_rng(7)
    bits = scoring.weigh(taught.levels, shipped().bits).sum(axis=1) + shipped().prior
    asked = np.flatnonzero((bits >= shipped().threshold) & (vetoes(taught.levels) == 0))
    for count in (5, 30, 150):
        picked = chance.choice(asked, count, replace=False)
        names = [f"reviewer {number % 3}" for number in range(count)]
        shift = teaching.fitted(taught.levels[picked], taught.same[picked], teaching.says(names), shipped())
        assert below_the_floor(shift, judged) == []


def test_decisions_on_facts_that_changed_since_teach_nothing():
    """The coordinator looked at something else."""
    listings, same = parallel_courses(1, 10)
    pair = sorted(joined(listings))[0]
    decision = decided(listings, pair, pair in same, "ines")
    moved = [replace(one, title=f"{one.title} (new)") if one.id == pair[0] else one for one in listings]

    assert [lesson.decision for lesson in teaching.lessons(listings, [decision])] == [decision]
    assert teaching.lessons(moved, [decision]) == []
    assert teaching.lessons(listings[2:], [decided(listings, (listings[0].id, listings[1].id), True, "ines")]) == []


def test_nothing_decided_teaches_nothing():
    """The first night of a new committee."""
    made = teaching.teach([], [], shipped())

    assert (made.taught, made.lessons, made.refusals) == (Taught(0.0, (), base()), (), ())
    assert np.array_equal(teaching.shifted(shipped(), made.taught).bits, shipped().bits)
