"""Explanations: bits that add up, the answer that was acted on, and the same reasons wherever they are told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import jsonschema
import pytest
from example_tables import example_table

from bench.matching import read
from calendar_sync.listing_columns import listing_columns
from calendar_sync.listings import Listing, ListingKey
from calendar_sync.reading.listing_tables import listing_tables
from calendar_sync.spans import Span
from dedupe.evidence import Match
from dedupe.explaining import Answer, Explainer, Explanation, nearest
from dedupe.matching import Recognised, recognise_table
from dedupe.pair_rows import same_event_rows
from dedupe.weights import shipped
from reports.rendering.explanations import text


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Recognised:
    return recognise_table(listing_tables([example_table(tmp_path_factory.mktemp("t") / "examples.csv")]))


@pytest.fixture(scope="module")
def explained(examples: Recognised) -> list[tuple[tuple[str, str], Explanation]]:
    """Explain every pair that blocking brought together, and every ninth of all pairs."""
    explainer = Explainer(examples)
    ids = examples.known.ids
    pairs = {(ids[one], ids[other]) for one, other in examples.judged.pairs.tolist()}
    pairs |= set(list(combinations(ids, 2))[::9])
    return [(pair, explainer.explain(*pair)) for pair in sorted(pairs)]


def found_in(*listings: Listing, threshold: float | None = None) -> Recognised:
    return recognise_table(listing_columns(listings), threshold=threshold)


def a_listing(title: str, calendar: str = "UNODA", **said: object) -> Listing:
    known = {"span": Span.exact(date(2007, 11, 27), date(2007, 11, 28)), "city": "Gaborone", "country": "BW"} | said
    return Listing(ListingKey(calendar, f"{calendar}: {title}"), calendar, title, **known)  # type: ignore[arg-type]


def adds_up(told: Match) -> bool:
    return round(sum(piece.bits for piece in told.evidence), 2) == told.bits


def rows_add_up(found: Recognised) -> int:
    """Add up the reasons of every row of the output; returns how many rows there are."""
    rows = list(same_event_rows(found))
    for *_, probability, bits, reasons in rows:
        total = sum(float(reason.rpartition(" ")[2]) for reason in reasons.split("; "))
        assert f"{total:.2f}" == bits
        assert float(probability) == pytest.approx(1 / (1 + 2 ** -float(bits)), abs=1e-6)
    return len(rows)


@pytest.mark.parametrize("name", ["matching", "outreach1540", "outreach_neighbours"])
def test_bits_add_up_for_every_pair_found_in_the_development_set(shared: Path, tmp_path: Path, name: str):
    """A coordinator must be able to check the sum; one that is off by a rounding is no sum."""
    found = recognise_table(listing_columns(read(shared, name, tmp_path).listings))
    recognition = found.recognition()

    assert all(adds_up(told) for told in (*recognition.matches, *recognition.doubtful))
    assert rows_add_up(found) == len(recognition.matches) > 100


def test_bits_add_up_for_pairs_of_the_examples_that_were_never_compared_as_well(
    examples: Recognised, explained: list[tuple[tuple[str, str], Explanation]]
):
    """A pair may be asked about that nobody looked at before."""
    assert {told.answer for _, told in explained} >= {Answer.ONE_EVENT, Answer.TOO_LITTLE, Answer.NEVER_COMPARED}
    for _, told in explained:
        assert told.sums[-1] == told.bits == round(sum(piece.bits for piece in told.evidence), 2)
        assert told.missing == round(max(0.0, told.threshold - told.bits), 2)
        assert [piece.bits for piece in told.against] == sorted(piece.bits for piece in told.against)
        assert all(piece.bits < 0 for piece in told.against)
    assert rows_add_up(examples) > 10


def test_an_explanation_says_what_was_decided(
    examples: Recognised, explained: list[tuple[tuple[str, str], Explanation]]
):
    """An explanation that weighs anew, in another way, would explain something else."""
    recognition = examples.recognition()
    by_pair = dict(explained)
    for told in recognition.matches:
        found = by_pair.get((told.left_id, told.right_id)) or Explainer(examples).explain(told.left_id, told.right_id)
        assert (found.evidence, found.bits, found.veto) == (told.evidence, told.bits, told.veto)
    together = {pair for cluster in examples.clusters() for pair in combinations(sorted(cluster), 2)}
    for pair, told in explained:
        assert (told.answer is Answer.ONE_EVENT) == (pair in together)


def test_json_follows_its_schema_and_turns_round_with_the_question(
    examples: Recognised, explained: list[tuple[tuple[str, str], Explanation]], repository: Path
):
    """Whoever asks about B and A means the same pair, with B on the left."""
    schema = json.loads((repository / "desk/schemas/match-explain.schema.json").read_text())
    explainer = Explainer(examples)
    for (one, other), explanation in explained[::5]:
        told, turned = explanation.as_json(), explainer.explain(other, one).as_json()
        jsonschema.validate(told, schema)
        assert told["left"] == turned["right"]
        assert told["bits"] == turned["bits"]
        assert [(p["left"], p["right"]) for p in told["evidence"]] == [
            (p["right"], p["left"]) for p in turned["evidence"]
        ]


AFRICAN = a_listing("Workshop on resolution 1540 for African States")


def test_a_veto_is_named_although_bits_would_suffice():
    """The bits alone would mislead."""
    asian = a_listing("Workshop on resolution 1540 for Asian States", "US")
    told = Explainer(found_in(AFRICAN, asian, threshold=-60.0)).explain(AFRICAN.id, asian.id)

    assert told.answer is Answer.VETO
    assert told.bits > told.threshold
    assert "they are for different regions" in told.why


def test_what_falls_short_names_the_missing_bits_and_the_loudest_reason():
    """ "Why not" is answered by what would have to change."""
    other = a_listing("Seminar on export controls", "US", city="Lobatse")
    told = Explainer(found_in(AFRICAN, other)).explain(AFRICAN.id, other.id)

    assert told.answer is Answer.TOO_LITTLE
    assert f"{told.missing:g} bits are missing to the threshold of {shipped().threshold:+g} bits" in told.why
    assert f"most speaks against it: {told.against[0].comparison} ({told.against[0].level}" in told.why


def test_a_pair_that_blocking_left_apart_says_which_rule_would_have_needed_what():
    """Somebody who expects the pair wants to know which cell to mend."""
    other = a_listing("Seminar on export controls", "US", city="Lima", country="PE", span=Span.exact(date(2012, 1, 2)))
    told = Explainer(found_in(AFRICAN, other)).explain(AFRICAN.id, other.id)

    assert told.answer is Answer.NEVER_COMPARED
    assert told.why.startswith("never compared, because no town in common (Gaborone, Lima); no country in common")
    assert "their starts are 1,497 days apart" in told.why
    assert not any(rule.brings for rule in told.rules)


def test_two_calendars_that_say_only_busy_are_told_so():
    """Nothing is known of either, so that they are equal in everything."""
    one, other = (a_listing("Busy", calendar, city="", country="") for calendar in ("A", "B"))
    told = Explainer(found_in(one, other, threshold=-60.0)).explain(one.id, other.id)

    assert told.answer is Answer.BUSY
    assert "says only that days are taken" in told.why


def kept_apart_by_the_average(found: Recognised) -> list[tuple[str, str]]:
    judged = found.judged
    apart = found.group[judged.pairs[:, 0]] != found.group[judged.pairs[:, 1]]
    loud = judged.pairs[apart & (judged.bits >= found.threshold) & (judged.veto == 0)]
    return [(found.known.ids[one], found.known.ids[other]) for one, other in loud.tolist()]


@pytest.mark.parametrize("name", ["matching", "outreach1540"])
def test_a_pair_above_the_threshold_kept_apart_tells_the_average(shared: Path, tmp_path: Path, name: str):
    """The threshold was reached, and yet nothing was joined: that needs the rest of the two events."""
    found = recognise_table(listing_columns(read(shared, name, tmp_path).listings))
    explainer = Explainer(found)
    pairs = kept_apart_by_the_average(found)
    assert len(pairs) >= 3
    for pair in pairs:
        told = explainer.explain(*pair)
        assert told.answer is Answer.AVERAGE
        if "the average of all" in told.why:
            mean = float(told.why.partition("between their events is ")[2].split()[0])
            assert mean <= found.threshold
        else:
            assert "which would be in one event with them, are not" in told.why


def test_text_holds_every_number_and_no_line_of_theirs():
    """A title with a line break must not look like a line of ours."""
    one = replace(AFRICAN, title="Workshop on resolution 1540\n +9.00   +9.00  for African States")
    other = a_listing("1540 Workshop for African States", "US")
    told = Explainer(found_in(one, other)).explain(one.id, other.id)
    lines = text(told).splitlines()

    assert [line for line in lines if line.startswith(" +9.00")] == []
    for piece, total in zip(told.evidence, told.sums, strict=True):
        assert f"{piece.bits:+7.2f} {total:+7.2f}  {piece.comparison}: {piece.level}" in lines
    assert any(line.strip().startswith(f"{told.bits:+.2f}  together") for line in lines)


def test_words_are_told_with_their_frequency_as_they_are_written(examples: Recognised):
    """Which words weigh is what people dispute first."""
    explainer = Explainer(examples)
    told = explainer.explain("un-press-en/afr1624", "un-press-fr/afr1624-fr")
    shared_words = {word.word for word in told.words if word.sides == "both"}

    assert "1540" in shared_words
    assert all(word.listings >= 1 and word.bits >= 0 for word in told.words)
    assert not any(":" in word.word for word in told.words)


def test_same_listing_or_unknown_id_is_refused(examples: Recognised):
    """A pair has two."""
    explainer = Explainer(examples)
    one = examples.known.ids[0]
    with pytest.raises(ValueError, match="not with itself"):
        explainer.explain(one, one)
    with pytest.raises(KeyError):
        explainer.explain(one, "nobody")


def test_nearest_ids_are_those_a_person_meant(examples: Recognised):
    """A letter left out is the usual mistake."""
    ids: Sequence[str] = examples.known.ids

    assert nearest("un-press-en/afr624", ids)[0] == "un-press-en/afr1624"
    assert nearest("zzzzzzzz", ids) == []


def test_a_threshold_of_another_run_is_the_one_explained():
    """What was decided under another threshold is explained under it."""
    other = a_listing("1540 Workshop for African States", "US")
    strict = Explainer(found_in(AFRICAN, other, threshold=40.0)).explain(AFRICAN.id, other.id)
    usual = Explainer(found_in(AFRICAN, other)).explain(AFRICAN.id, other.id)

    assert usual.answer is Answer.ONE_EVENT
    assert usual.threshold == shipped().threshold
    assert (strict.answer, strict.bits) == (Answer.TOO_LITTLE, usual.bits)
