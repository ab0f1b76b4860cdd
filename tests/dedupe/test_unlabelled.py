"""Learning without labels: on conferences nobody labelled, and on listings made up so that the answer is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from bench.matching import Collection, figures, predicted, read
from calendar_sync.listings import Listing, ListingKey
from calendar_sync.spans import Span
from dedupe import weights
from dedupe.matching import groups
from dedupe.unlabelled import CalendarsRepeat, TooFewAnchors, learn

TOWNS = [
    ("Berlin", "DE"), ("Leipzig", "DE"), ("Paris", "FR"), ("Lyon", "FR"), ("Madrid", "ES"), ("Sevilla", "ES"),
    ("Roma", "IT"), ("Torino", "IT"), ("Wien", "AT"), ("Graz", "AT"), ("Oslo", "NO"), ("Bergen", "NO"),
    ("Nairobi", "KE"), ("Mombasa", "KE"), ("Accra", "GH"), ("Kumasi", "GH"), ("Lima", "PE"), ("Cusco", "PE"),
    ("Osaka", "JP"), ("Kyoto", "JP"), ("Pune", "IN"), ("Jaipur", "IN"), ("Toronto", "CA"), ("Ottawa", "CA"),
]  # fmt: skip
SYLLABLES = (
    "ba",
    "de",
    "fo",
    "gu",
    "ka",
    "le",
    "mi",
    "no",
    "pu",
    "ra",
    "se",
    "ti",
    "vo",
    "xa",
    "bri",
    "clo",
    "dra",
    "fle",
    "gri",
    "sta",
)
KINDS = ("Conference", "Summit", "Days", "Forum", "Meetup", "")


def name(draw: np.random.Generator) -> str:
    """Make up a word that hardly anything else is called."""
    return "".join(draw.choice(SYLLABLES, 3)).capitalize()


def calendars(draw: np.random.Generator, events: int, names: Sequence[str], *, common: bool) -> list[Listing]:
    """Make up what calendars list: the same events, each worded and dated in its own way, or each its own events."""
    told = []
    for calendar in names:
        if calendar == names[0] or not common:
            known = [
                (name(draw), name(draw), TOWNS[draw.integers(len(TOWNS))], int(draw.integers(0, 2000)))
                for _ in range(events)
            ]
        for number, (first, second, (city, country), day) in enumerate(known):
            title = f"{first} {second} {draw.choice(KINDS)}" if draw.random() < 0.7 else f"{first} {draw.choice(KINDS)}"
            begins = date(2015, 1, 1) + timedelta(day + int(draw.choice([0, 0, 0, 0, 1])))
            span = Span.exact(begins, begins + timedelta(int(draw.integers(0, 3))))
            key = ListingKey(calendar, f"{calendar}-{number}")
            told.append(Listing(key, calendar, title.strip(), span=span, city=city, country=country))
    return told


@pytest.fixture(scope="module")
def shared_events() -> list[Listing]:
    return calendars(np.random.default_rng(1540), 300, ("North", "South"), common=True)


def right(listings: Sequence[Listing], model: weights.Weights) -> tuple[float, float]:
    """Precision and recall of recognised pairs, listings of one number being one event."""
    uid = {one.id: one.key.uid for one in listings}
    pairs = [(uid[x], uid[y]) for group in groups(listings, weights=model) for x in group for y in group if x < y]
    good = sum(x.split("-")[1] == y.split("-")[1] for x, y in pairs)
    return good / max(1, len(pairs)), good / (len(listings) / 2)


@pytest.fixture(scope="module")
def conferences(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Collection, set[tuple[str, str]]]:
    """Return the labelled conferences, and what is recognised among them without their labels."""
    collection = read(shared, "matching", tmp_path_factory.mktemp("scratch"))
    return collection, predicted(collection.listings, learn(collection.listings))


def test_conferences_are_recognised_without_any_label(conferences: tuple[Collection, set[tuple[str, str]]]):
    """Whoever has no labels must get nearly what labels would give."""
    collection, found = conferences
    told = figures(found, collection)

    assert told.f1 >= 0.962
    assert told.precision >= 0.97


def test_a_few_repeated_listings_are_known_for_what_they_are(conferences: tuple[Collection, set[tuple[str, str]]]):
    """A calendar that lists forty events twice is no reason to take all likeness inside calendars for chance."""
    collection, found = conferences
    calendar = {one.key.uid: one.key.calendar for one in collection.listings}
    inside = {pair for pair in collection.gold if calendar[pair[0]] == calendar[pair[1]]}

    assert len(inside & found) >= len(inside) / 3


@pytest.mark.parametrize("name", ["outreach1540", "outreach_neighbours"])
def test_too_little_to_learn_from_is_said(shared: Path, tmp_path: Path, name: str):
    """Many sources with few listings settle hardly a pair by themselves: no model is better than a bad one."""
    with pytest.raises(TooFewAnchors, match="shipped weights"):
        learn(read(shared, name, tmp_path).listings)


def test_learns_what_one_event_looks_like(shared_events: list[Listing]):
    """Titles shortened, kinds of event exchanged and days off by one are how these calendars differ."""
    precision, recall = right(shared_events, learn(shared_events))

    assert precision >= 0.99
    assert recall >= 0.97


def test_nothing_learned_from_labels_has_a_say(shared_events: list[Listing], monkeypatch: pytest.MonkeyPatch):
    """The shipped weights were learned from labels: without them the same must come out."""
    expected = learn(shared_events)
    weights.shipped.cache_clear()
    monkeypatch.setattr(weights, "SHIPPED", "no-such-weights.json")
    with pytest.raises(FileNotFoundError):
        weights.shipped()

    assert np.array_equal(learn(shared_events).bits, expected.bits)


def test_order_of_listings_has_no_say(shared_events: list[Listing]):
    """Same listings, other row order: same weights."""
    one, other = learn(shared_events), learn(shared_events[::-1])

    assert one.bits.tobytes() == other.bits.tobytes()
    assert one.prior == other.prior


def test_learned_weights_are_kept_in_a_file(shared_events: list[Listing], tmp_path: Path):
    """What was learned last night must recognise the same tonight."""
    model = learn(shared_events)
    model.save(tmp_path / "weights.json")
    kept = weights.from_table(json.loads((tmp_path / "weights.json").read_text("utf-8")))

    assert groups(shared_events, weights=kept) == groups(shared_events, weights=model)


def test_coincidences_are_not_taken_for_one_event():
    """Two calendars of unrelated events meet in the same towns on the same days again and again."""
    strangers = calendars(np.random.default_rng(7), 1500, ("Chess", "Choirs"), common=False)
    chess, choirs = ([one for one in strangers if one.key.calendar == name] for name in ("Chess", "Choirs"))
    meetings = sum(one.city == other.city and _days_apart(one, other) <= 3 for one in chess for other in choirs)

    with pytest.raises(TooFewAnchors) as refused:
        learn(strangers)

    assert meetings > 200
    assert refused.value.by_place < meetings / 20


def _days_apart(one: Listing, other: Listing) -> int:
    assert one.span is not None
    assert other.span is not None
    return abs((one.span.earliest - other.span.earliest).days)


def test_one_calendar_alone_teaches_nothing(shared_events: list[Listing]):
    """Its own pairs show what two events look like, and nothing what one looks like told twice."""
    with pytest.raises(TooFewAnchors, match="0 that place and days"):
        learn([one for one in shared_events if one.key.calendar == "North"])


def test_calendars_that_repeat_themselves_are_refused(shared_events: list[Listing]):
    """Pairs inside one calendar stand for two events; where many are one, the weights would be wrong in silence."""
    again = [replace(one, key=ListingKey(one.key.calendar, f"{one.key.uid}-again")) for one in shared_events[::20]]

    with pytest.raises(CalendarsRepeat, match="shipped weights"):
        learn([*shared_events, *again])
