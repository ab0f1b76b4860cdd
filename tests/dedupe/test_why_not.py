"""Why a pair was never compared: the answer must be the one blocking acted on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from bench.matching import read
from calendar_sync.listings import Listing, ListingKey
from calendar_sync.spans import Span
from dedupe import blocking
from dedupe.columns import Columns, columns
from dedupe.weights import shipped
from dedupe.why_not import Rule, WhyNot

WORDS = [
    "workshop",
    "conference",
    "1540",
    "biosafety",
    "nuclear",
    "border",
    "controls",
    "africa",
    "python",
    "summit",
    "ai",
]
RARE_WORDS = [f"{begin}{end}" for begin in ("har", "lin", "tor") for end in ("bour", "den", "mak", "sil")]
BODIES = ("UNODA", "OPCW", "OSCE", "WHO", "IAEA", "ECOWAS", "CARICOM", "SADC", "OAS", "ASEAN")
TOWNS = ("Nairobi", "Vienna", "Kingston", "", "")


def a_listing(draw: np.random.Generator, number: int) -> Listing:
    """Make a listing out of few words, towns and days, so that many pairs nearly meet."""
    day = date(2009, 1, 1) + timedelta(days=int(draw.integers(0, 900)))
    length = int(draw.choice([0, 1, 20, 61, 63, 200, 800]))
    span = draw.choice([Span.exact(day, day + timedelta(days=2)), Span.vague(day, day + timedelta(days=length)), None])
    words = (
        ["ai"]
        if number % 20 == 0
        else [*draw.choice(WORDS, int(draw.integers(1, 4))), *draw.choice(RARE_WORDS, int(draw.integers(0, 2)))]
    )
    return Listing(
        ListingKey(f"calendar {number % 5}", f"e{number}"), "o", " ".join(words),
        span=span, city=str(draw.choice(TOWNS)), country=str(draw.choice(["KE", "AT", ""])),
        organisers=tuple(draw.choice(BODIES[: int(draw.integers(1, len(BODIES)))], int(draw.integers(0, 2)))),
    )  # fmt: skip


def made_up(count: int) -> list[Listing]:
    draw = np.random.default_rng(1540)
    return [a_listing(draw, number) for number in range(count)]


def asked(known: Columns, brought: set[tuple[int, int]], draw: np.random.Generator) -> set[tuple[int, int]]:
    """Draw pairs: some brought together, some at random, some that share a word, a town or a body."""
    some = sorted(brought)
    chosen = {some[at] for at in draw.integers(0, len(some), 400)} if some else set()
    for sparse in (known.words, known.bodies):
        owners = sparse.owners()
        order = np.argsort(sparse.codes, kind="stable")
        for at in draw.integers(0, max(1, len(order) - 4), 400 if len(order) > 4 else 0):
            pair = owners[order[[at, at + int(draw.integers(1, 4))]]]
            chosen.add((int(pair.min()), int(pair.max())))
    titles = np.unique(np.array(known.bare), return_inverse=True)[1]
    for order in (np.lexsort((known.first, known.town)), np.lexsort((known.first, known.town, titles))):
        for at in draw.integers(0, len(order) - 4, 400):
            pair = order[[at, at + int(draw.integers(1, 4))]]
            chosen.add((int(pair.min()), int(pair.max())))
    chosen |= {(int(min(pair)), int(max(pair))) for pair in draw.integers(0, len(known), (600, 2))}
    return {pair for pair in chosen if pair[0] != pair[1]}


def held_against_blocking(listings: Sequence[Listing]) -> tuple[int, int, set[str]]:
    """Compare both answers; returns pairs brought together, pairs that were not, and the rules that ever did."""
    known = columns(listings, shipped().background)
    brought = {(int(one), int(other)) for one, other in blocking.candidates(known)}
    why_not = WhyNot(known)
    draw = np.random.default_rng(7)
    yes = no = 0
    named: set[str] = set()
    for pair in sorted(asked(known, brought, draw)):
        rules = why_not.rules(*pair)
        assert any(rule.brings for rule in rules) == (pair in brought), (pair, rules)
        turned = why_not.rules(*reversed(pair))
        assert [(rule.name, rule.brings) for rule in rules] == [(rule.name, rule.brings) for rule in turned]
        yes, no = yes + (pair in brought), no + (pair not in brought)
        named |= {rule.name for rule in rules if rule.brings}
    return yes, no, named


def test_made_up_listings_meet_by_every_rule_and_why_not_says_the_same():
    """A reason that is not the real one sends people looking in the wrong place."""
    yes, no, named = held_against_blocking(made_up(700))

    assert min(yes, no) > 200
    assert named >= {"town", "country", "first letters", "bodies", "words", "town, no date", "words, no date"}


@pytest.mark.parametrize("name", ["matching", "outreach1540", "outreach_neighbours"])
def test_real_listings_are_told_what_blocking_did(shared: Path, tmp_path: Path, name: str):
    """The rules are asked of pairs that nobody thought of."""
    yes, no, _ = held_against_blocking(read(shared, name, tmp_path).listings)

    assert min(yes, no) > 100


def said(one: Listing, other: Listing, among: Sequence[Listing] = ()) -> tuple[tuple[Rule, ...], str]:
    known = columns([one, other, *among], shipped().background)
    why_not = WhyNot(known)
    at = [known.ids.index(listing.id) for listing in (one, other)]
    return why_not.rules(*at), why_not.sentence(*at)


def test_the_sentence_names_what_each_rule_would_have_needed():
    """Somebody who misses a pair wants to know which cell to mend."""
    one = Listing(ListingKey("a", "1"), "a", "Summit on harbours", span=Span.exact(date(2010, 2, 2)), city="Nairobi")
    other = Listing(ListingKey("b", "2"), "b", "Harbour course", span=Span.exact(date(2015, 4, 4)), city="Vienna")
    filler = [
        Listing(ListingKey("c", str(number)), "c", f"Harbour {number}", span=Span.exact(date(2012, 1, 1)))
        for number in range(100)
    ]
    rules, sentence = said(one, other, filler)

    assert not any(rule.brings for rule in rules)
    assert "no town in common (Nairobi, Vienna)" in sentence
    assert "no word in common but 'harbour', found in 102 listings and therefore only looked for within" in sentence
    assert sentence.endswith("their starts are 1,887 days apart")


def test_a_listing_without_a_date_is_told_so():
    """A blank date is the cell most often worth filling in."""
    one = Listing(ListingKey("a", "1"), "a", "Summit on biosafety", city="Nairobi")
    other = Listing(ListingKey("b", "2"), "b", "Course in export control", span=Span.exact(date(2015, 4, 4)))
    _, sentence = said(one, other)

    assert "because one of them has no date; no town in common (the second names none)" in sentence
    assert "apart" not in sentence
