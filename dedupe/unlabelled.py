"""Learning without labels: weights from pairs that something else than the question asked settles already.

How one event is worded twice is seen where place and days leave one candidate in each of two calendars; how often that
is a coincidence, a few weeks away. How one event is placed and dated twice is seen where a rare title stands once in
each. What different events look like is seen inside one calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from calendar_sync.errors import OutreachError
from calendar_sync.listing_columns import ListingColumns, listing_columns
from calendar_sync.listings import Listing
from dedupe import blocking, comparing_dates, comparing_places, scoring
from dedupe.columns import Bools, Columns, Floats, Ints, columns_of, counting
from dedupe.comparison import COMPARISONS, Levels, compare
from dedupe.learning import counted, fitted, shares
from dedupe.rarity import Background
from dedupe.vetoes import vetoes
from dedupe.weights import Weights

WEEKS_AWAY = (14, 21, 28)
"""Days away at which coincidences are counted: whole weeks, since events keep to weekdays."""
LEAST_ANCHORS = 20
"""Pairs of each kind below which nothing is learned."""
MOST_REPEATED = 0.01
"""Share of listings that repeat another of their calendar beyond which nothing is learned."""
LEAST_LISTINGS = 3
"""Listings a word must occur in to be kept as known."""
DRAWS = 20_000
"""Examples of one event made up of both kinds of anchors."""
_GOLDEN = (5**0.5 - 1) / 2
_DAYS = 1 << 23
_WHEN_AND_WHERE = np.array(
    [comparison.levels in (comparing_dates.DATES, comparing_places.PLACE) for comparison in COMPARISONS]
)
_WHAT = ~_WHEN_AND_WHERE & (np.arange(len(COMPARISONS)) != scoring.CALENDAR_AT)


_INSTEAD = "Nothing was learned. Match with the shipped weights (give none), or learn from labelled pairs."


class NotLearned(OutreachError):
    """These listings cannot teach weights without labels."""


class TooFewAnchors(NotLearned):
    """Too few pairs are settled by themselves for weights to be learned from them."""

    def __init__(self, by_place: int, by_title: int, apart: int) -> None:
        super().__init__(by_place, by_title, apart)
        self.by_place, self.by_title, self.apart = by_place, by_title, apart

    def __str__(self) -> str:
        return (
            f"Too few pairs to learn weights from without labels: {self.by_place} that place and days say to be one "
            f"event, {self.by_title} that a rare title says to be one, {self.apart} of one calendar that are two; "
            f"{LEAST_ANCHORS} of each are needed. {_INSTEAD}"
        )


class CalendarsRepeat(NotLearned):
    """Calendars list so many events twice that their own pairs do not show what two events look like."""

    def __init__(self, repeated: int, listings: int) -> None:
        super().__init__(repeated, listings)
        self.repeated, self.listings = repeated, listings

    def __str__(self) -> str:
        return (
            f"Among {self.listings} listings, {self.repeated} pairs have one calendar, one title and one first day. "
            "Weights are learned without labels from calendars that list an event once; more than "
            f"{MOST_REPEATED:.0%} of repeated listings is too many. {_INSTEAD}"
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """When a pair is an anchor, and how weights are fitted."""

    days: int = 3
    """Days within which a calendar lists one event in a town, and two calendars mean the same one by it."""
    season: int = 183
    """Days within which a calendar lists a title once, and two calendars mean the same event by it."""
    telling: float = 10.0
    """Bits from which on a title is rare: seen among a thousand by chance."""
    ridge: float = 1.0
    rounds: int = 2
    """Turns of deciding all pairs and of learning from what was decided."""


USUAL = Terms()


def learn(listings: Sequence[Listing], terms: Terms = USUAL) -> Weights:
    """Learn weights from listings nobody labelled, their words counted among themselves; cut at 0 bits.

    Raises:
        TooFewAnchors: There is too little to learn from; the shipped weights serve better.
        CalendarsRepeat: So do they where a calendar lists many events twice.
    """
    return learn_table(listing_columns(listings), terms)


def learn_table(table: ListingColumns, terms: Terms = USUAL) -> Weights:
    """Learn from the rows of a table, as `learn` does."""
    counts = [columns_of(table, Background({}, {}))]
    background = Background(shares(counts, LEAST_LISTINGS), shares(counts, LEAST_LISTINGS, bodies=True))
    return learn_columns(columns_of(table, background), background, terms)


def learn_columns(known: Columns, background: Background, terms: Terms = USUAL) -> Weights:
    """Learn from listings as columns, as `learn` does; *background* is what the words of *known* were weighed by."""
    pairs = blocking.candidates(known)
    levels = compare(known, pairs)
    levels[:, scoring.CALENDAR_AT] = -1
    inside = known.calendar[pairs[:, 0]] == known.calendar[pairs[:, 1]]
    repeated = inside & _repeated(known, pairs)
    worded, chance = _settled_by_place(known, terms)
    placed = compare(known, _of_one_title(known, terms))
    apart = inside & ~repeated
    if min(chance.sum(), len(placed), apart.sum()) < LEAST_ANCHORS:
        raise TooFewAnchors(int(chance.sum()), len(placed), int(apart.sum()))
    if repeated.sum() > MOST_REPEATED * len(known):
        raise CalendarsRepeat(int(repeated.sum()), len(known))
    bits, prior = _first(worded, chance, placed, levels[apart], terms)
    weight = scoring.weigh(levels, bits).sum(axis=1) + prior
    weight += _prior(weight[~inside])
    same = np.where(inside, repeated, weight > 0)
    for _ in range(terms.rounds):
        same &= vetoes(levels) == 0
        _answer_calendar(known, pairs, levels, weight)
        bits, prior = fitted(levels, same, np.ones(len(pairs)), terms.ridge)
        weight = _without_calendar(levels, bits) + prior
        _answer_calendar(known, pairs, levels, weight)
        same = scoring.weigh(levels, bits).sum(axis=1) + prior > 0
    m, u = counted(levels, same, np.ones(len(pairs)))
    provenance: dict[str, Any] = {
        "learned": "without labels, from pairs that place and days, or a rare title, say to be one event",
        "listings": len(known),
        "by place and days": len(worded),
        "of these no coincidence": round(float(chance.sum())),
        "by title": len(placed),
        "apart in one calendar": int(apart.sum()),
        "repeated in one calendar": int(repeated.sum()),
        "pairs": len(pairs),
        "taken for one event": int(same.sum()),
        **asdict(terms),
    }
    return Weights(bits, m, u, prior, 0.0, background, provenance)


def _first(worded: Levels, chance: Floats, placed: Levels, apart: Levels, terms: Terms) -> tuple[Floats, float]:
    """Fit weights to made-up examples of one event against pairs of two events; even chances beforehand.

    An example takes its wording from a pair settled by place, its days and place from one settled by its title:
    given that both mean one event, the two are taken to have nothing to do with each other.

    Shapes:
        worded (n_by_place, n_comparisons), chance (n_by_place,), placed (n_by_title, n_comparisons)
        apart  (n_apart, n_comparisons)
        returns bits and prior, as `fitted`
    """
    # A lattice: every part of either kind is met in its proportion, and the same bytes come out each time.
    turn = np.arange(DRAWS)
    one = np.searchsorted(np.cumsum(chance) / chance.sum(), (turn + 0.5) / DRAWS).clip(max=len(worded) - 1)
    other = ((turn * _GOLDEN) % 1.0 * len(placed)).astype(np.int64)
    examples = np.where(_WHEN_AND_WHERE, placed[other], worded[one])
    same = np.concatenate([np.ones(DRAWS, dtype=np.bool_), np.zeros(len(apart), dtype=np.bool_)])
    sample = np.where(same, chance.sum() / DRAWS, 1.0)
    bits, prior = fitted(np.concatenate([examples, apart]), same, sample, terms.ridge)
    return bits, prior - float(np.log2(chance.sum() / len(apart)))


def _settled_by_place(known: Columns, terms: Terms) -> tuple[Levels, Floats]:
    """Compare pairs of two calendars each of which lists one event in a town on these days.

    Two calendars may list two events there. As many of those are expected as there are pairs weeks away, and they look
    like these: what only the others look like is no coincidence.

    Shapes:
        returns  (n_pairs, n_comparisons) and (n_pairs,), the chance of each to be no coincidence
    """
    alone = (known.town >= 0) & (known.first > 0) & known.exact
    alone &= _others(_within_calendar(known, known.town), known.first, terms.days) == 0
    pairs = _near(known, known.town, alone, max(WEEKS_AWAY) + terms.days)
    gap = np.abs(known.first[pairs[:, 0]] - known.first[pairs[:, 1]])
    weeks_away = np.any([np.abs(gap - days) <= terms.days for days in WEEKS_AWAY], axis=0)
    here, away = (_only(compare(known, pairs[which]), _WHAT) for which in (gap <= terms.days, weeks_away))
    if not len(here):
        return here, np.zeros(0)
    settled = np.arange(len(here) + len(away)) < len(here)
    # Before and after, each as wide as the days around none.
    sample = np.where(settled, 1.0, 1.0 / (2 * len(WEEKS_AWAY)))
    bits, prior = fitted(np.concatenate([here, away]), settled, sample, terms.ridge)
    odds = scoring.weigh(here, bits).sum(axis=1) + prior
    return here, np.clip(1.0 - np.exp2(-odds), 0.0, 1.0)


def _of_one_title(known: Columns, terms: Terms) -> Ints:
    """Find pairs of two calendars each of which lists a rare title once in half a year, shape (n_pairs, 2)."""
    numbers = {title: number for number, title in enumerate(sorted(set(known.whole)))}
    title = np.array([numbers[title] for title in known.whole], dtype=np.int64)
    alone = (known.first > 0) & known.exact & (known.bits >= terms.telling)
    alone &= _others(_within_calendar(known, title), known.first, terms.season) == 0
    return _near(known, title, alone, terms.season)


def _repeated(known: Columns, pairs: Ints) -> Bools:
    """Say which pairs have one title and one first day, and no two towns, shape (n_pairs,): calendars repeat some."""
    one, other = pairs[:, 0], pairs[:, 1]
    day = (known.first[one] > 0) & (known.first[one] == known.first[other])
    towns = (known.town[one] >= 0) & (known.town[other] >= 0) & (known.town[one] != known.town[other])
    whole = known.whole
    told: Bools = day & ~towns
    told[told] = [whole[x] == whole[y] for x, y in pairs[told].tolist()]
    return told


def _within_calendar(known: Columns, key: Ints) -> Ints:
    return key * (int(known.calendar.max(initial=0)) + 1) + known.calendar


def _others(key: Ints, day: Ints, days: int) -> Ints:
    """Count the others that have the same key within some days, shape (n,)."""
    place = key * _DAYS + day
    ordered = np.sort(place)
    around: Ints = np.searchsorted(ordered, place + days, side="right") - np.searchsorted(ordered, place - days)
    return around - 1


def _near(known: Columns, key: Ints, which: Bools, days: int) -> Ints:
    """Pair listings of two calendars that have the same key and begin at most *days* apart, shape (n_pairs, 2)."""
    at = np.flatnonzero(which)
    place = key[at] * _DAYS + known.first[at]
    order = np.lexsort((at, place))
    at, place = at[order], place[order]
    following = np.searchsorted(place, place + days, side="right") - np.arange(len(place)) - 1
    first = np.repeat(np.arange(len(place)), following)
    pairs = np.sort(np.stack([at[first], at[first + 1 + counting(following)]], axis=1), axis=1)
    apart = known.calendar[pairs[:, 0]] != known.calendar[pairs[:, 1]]
    told: Ints = pairs[apart]
    return told


def _only(levels: Levels, asked: Bools) -> Levels:
    """Silence all comparisons but some."""
    return np.where(asked, levels, -1).astype(np.int8)


def _prior(weight: Floats) -> float:
    """Find the prior in bits with which pairs, weighed without one, are as often one event as it says."""
    share = 0.5
    for _ in range(100):
        share = float(scoring.probability(weight + np.log2(share / (1.0 - share))).mean().clip(1e-9, 1 - 1e-9))
    return float(np.log2(share / (1.0 - share)))


def _without_calendar(levels: Levels, bits: Floats) -> Floats:
    waterfall = scoring.weigh(levels, bits)
    told: Floats = waterfall.sum(axis=1) - waterfall[:, scoring.CALENDAR_AT]
    return told


def _answer_calendar(known: Columns, pairs: Ints, levels: Levels, weight: Floats) -> None:
    """Answer, in *levels*, whether a better partner exists, by weights without that answer."""
    levels[:, scoring.CALENDAR_AT] = scoring.rivals(known, pairs, weight, pairs, weight)
