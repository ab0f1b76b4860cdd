"""Precision, recall and F1 of predicted pairs against gold pairs, and the threshold that serves a matcher best."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise, takewhile
from pathlib import Path

from rapidfuzz import fuzz

Pair = tuple[str, str]
Scored = tuple[float, Pair]

PAIRS = "pairs"
COMPONENTS = "components"
STEPS = 80
"""Thresholds tried for groups."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Gold pairs, pairs that nobody scores, and those gold pairs that are hard to see."""

    gold: frozenset[Pair]
    unsettled: frozenset[Pair] = frozenset()
    hard: frozenset[Pair] = frozenset()


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and F1 over pairs, and the share of hard gold pairs found."""

    precision: float
    recall: float
    f1: float
    hard: float

    def __str__(self) -> str:
        return f"P {self.precision:.4f} R {self.recall:.4f} F1 {self.f1:.4f} hard {self.hard:.3f}"


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a matcher's scores are cut, and whether what is left is joined into groups."""

    threshold: float
    how: str


def ordered(one: str, other: str) -> Pair:
    """Return the pair as tables of pairs hold it."""
    return (one, other) if one < other else (other, one)


def rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV table."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def pairs_of(path: Path) -> frozenset[Pair]:
    """Read a table of pairs; where it has a column `kind`, only those of one event."""
    told = (row for row in rows(path) if (row.get("kind") or "same_event") == "same_event")
    return frozenset(ordered(row["id_a"], row["id_b"]) for row in told)


def scored_pairs(path: Path) -> list[Scored]:
    """Read a table of pairs with scores, best first."""
    with path.open(newline="", encoding="utf-8") as file:
        table = csv.reader(file)
        next(table)
        return sorted(((float(score), ordered(one, other)) for one, other, score in table), reverse=True)


def truth_of_pairs(listings: Sequence[Mapping[str, str]], gold: Path, unsettled: Path) -> Truth:
    """Read labelled pairs of which both listings are among *listings*."""
    by_id = {row["id"]: row for row in listings}
    left = pairs_of(unsettled)
    told = frozenset(pair for pair in pairs_of(gold) - left if pair[0] in by_id and pair[1] in by_id)
    return Truth(told, left, frozenset(pair for pair in told if is_hard(by_id[pair[0]], by_id[pair[1]])))


def truth_of_events(listings: Iterable[Mapping[str, str]]) -> Truth:
    """Read the truth of synthetic listings: the pairs that share their column `event`."""
    events: dict[str, list[str]] = defaultdict(list)
    for row in listings:
        events[row["event"]].append(row["id"])
    return Truth(frozenset(ordered(*pair) for ids in events.values() for pair in combinations(ids, 2)))


def is_hard(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether titles (token_sort_ratio below 70) or starts (more than 7 days apart) hide that they are one."""
    if fuzz.token_sort_ratio(one["title"].lower(), other["title"].lower()) < 70:
        return True
    first, second = _day(one["start"]), _day(other["start"])
    return first is not None and second is not None and abs(first - second) > 7


def _day(text: str) -> int | None:
    try:
        return date.fromisoformat(text[:10]).toordinal()
    except ValueError:
        return None


def figures(found: frozenset[Pair], truth: Truth) -> Figures:
    """Score predicted pairs."""
    scored = found - truth.unsettled
    right = len(scored & truth.gold)
    return Figures(
        right / max(1, len(scored)),
        right / max(1, len(truth.gold)),
        2 * right / max(1, len(scored) + len(truth.gold)),
        len(truth.hard & scored) / max(1, len(truth.hard)),
    )


def cut_at(scored: Sequence[Scored], cut: Cut) -> frozenset[Pair]:
    """Return the pairs that a cut leaves, best first in *scored*; groups are connected components."""
    kept = [pair for _, pair in takewhile(lambda one: one[0] >= cut.threshold, scored)]
    return frozenset(kept) if cut.how == PAIRS else frozenset(joined(kept))


def joined(pairs: Iterable[Pair]) -> set[Pair]:
    """Return every pair within the connected components of *pairs*."""
    groups: dict[str, set[str]] = {}
    for one, other in pairs:
        larger, smaller = groups.setdefault(one, {one}), groups.setdefault(other, {other})
        if larger is smaller:
            continue
        if len(larger) < len(smaller):
            larger, smaller = smaller, larger
        larger |= smaller
        groups.update(dict.fromkeys(smaller, larger))
    components = {id(group): group for group in groups.values()}
    return {pair for group in components.values() for pair in combinations(sorted(group), 2)}


def best_cut(scored: Sequence[Scored], truth: Truth, hows: Sequence[str] = (PAIRS, COMPONENTS)) -> tuple[Cut, Figures]:
    """Find the cut of best F1: exactly for pairs; for groups among the scores around that one.

    Args:
        scored: Pairs, best first.
        truth: What is right.
        hows: The ways to cut that the matcher offers.
    """
    settled = [one for one in scored if one[1] not in truth.unsettled]
    right, best, at = 0, -1.0, 0.0
    for number, (one, following) in enumerate(pairwise([*settled, (float("-inf"), ("", ""))]), 1):
        right += one[1] in truth.gold
        f1 = 2 * right / (number + len(truth.gold))
        # Equal scores are cut together.
        if one[0] != following[0] and f1 > best:
            best, at = f1, one[0]
    tried: list[tuple[Cut, Figures]] = []
    if PAIRS in hows:
        tried.append((Cut(at, PAIRS), figures(cut_at(scored, Cut(at, PAIRS)), truth)))
    if COMPONENTS in hows:
        # Joining adds pairs, so that the best cut for groups mostly lies above the best one for pairs.
        kept = len(cut_at(scored, Cut(at, PAIRS)))
        first, last = max(0, kept // 2 - 100), kept + kept // 10 + 100
        around = sorted({at, *(score for score, _ in scored[first:last])})
        for value in around[:: max(1, len(around) // STEPS)]:
            cut = Cut(value, COMPONENTS)
            tried.append((cut, figures(cut_at(scored, cut), truth)))
    return max(tried, key=lambda one: one[1].f1)
