"""Labels: what a person says of pairs of listings, and how well a matcher agrees with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from dedupe.clustering import components, members

Pair = tuple[str, str]


class Contradiction(ValueError):
    """Two listings are labelled as different although other labels make them the same."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one, other)
        self.one, self.other = one, other

    def __str__(self) -> str:
        return f"{self.one} and {self.other} are labelled as different, yet other labels make them one event"


@dataclass(frozen=True, slots=True)
class Labels:
    """Which listings are one event, and which pairs are known to be different: None when all others are.

    Events are complete: when a is b and b is c, a is c; and what is different from a is different from b and c.
    """

    event: Mapping[str, int]
    """The event of each listing that was labelled as the same as another."""
    same: frozenset[Pair]
    different: frozenset[Pair] | None
    unsettled: frozenset[Pair] = frozenset()
    """Pairs somebody looked at and could not decide: they count for nothing."""

    @staticmethod
    def of(same: Iterable[Pair], different: Iterable[Pair] | None, unsettled: Iterable[Pair] = ()) -> Labels:
        """Complete labels.

        Raises:
            Contradiction: A pair is both.
        """
        told = sorted({ordered(*pair) for pair in same})
        ids = sorted({key for pair in told for key in pair})
        at = {key: number for number, key in enumerate(ids)}
        joined = np.array([(at[one], at[other]) for one, other in told], dtype=np.int64).reshape(-1, 2)
        events = [[ids[member] for member in group] for group in members(components(len(ids), joined))]
        event = {key: number for number, held in enumerate(events) for key in held}
        whole = frozenset(pair for held in events for pair in combinations(sorted(held), 2))
        open_ = frozenset(ordered(*pair) for pair in unsettled) - whole
        if different is None:
            return Labels(event, whole, None, open_)
        apart = set()
        for one, other in different:
            if one in event and event.get(one) == event.get(other):
                raise Contradiction(*ordered(one, other))
            sides = [events[event[key]] if key in event else [key] for key in (one, other)]
            apart |= {ordered(left, right) for left in sides[0] for right in sides[1]}
        return Labels(event, whole, frozenset(apart), open_ - apart)

    def told(self, pair: Pair) -> bool | None:
        """Say whether a pair is one event; None when nobody said."""
        if pair in self.same:
            return True
        if pair in self.unsettled:
            return None
        return False if self.different is None or pair in self.different else None


@dataclass(frozen=True, slots=True)
class Figures:
    """How many labelled pairs were called one event rightly and wrongly, and how many were missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of pairs called one event that are, 1 when none was called so."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of pairs that are one event that were called so, 1 when there are none."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        counted = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / counted if counted else 1.0


def figures(found: Collection[Pair], labels: Labels) -> Figures:
    """Hold pairs that were called one event against labels; pairs of which nobody said anything do not count.

    >>> figures({("a", "b"), ("a", "c"), ("x", "y")}, Labels.of([("a", "b"), ("d", "e")], [("a", "c")]))
    Figures(right=1, wrong=1, missed=1)
    """
    judged = [labels.told(pair) for pair in found]
    right = judged.count(True)
    return Figures(right, judged.count(False), len(labels.same) - right)


def ordered(one: str, other: str) -> Pair:
    """Put the smaller id first."""
    return (one, other) if one < other else (other, one)


def pairs_within(clusters: Iterable[Collection[str]]) -> Iterator[Pair]:
    """Yield every pair of each cluster."""
    for cluster in clusters:
        yield from combinations(sorted(cluster), 2)
