"""From pairs to events: average link, with pairs that must stay apart."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

Pair = tuple[int, int]

UNCOMPARED = -6.0
"""Bits assumed between two listings that no blocking rule brought together."""


def clusters(
    size: int, weights: Mapping[Pair, float], apart: Collection[Pair], together: Collection[Pair], threshold: float
) -> list[tuple[int, ...]]:
    """Join listings while the average match weight between two clusters reaches *threshold*.

    *weights* holds match weights in bits of pairs (first < second). Pairs in *apart* never share a cluster; those in
    *together* always do, unless *apart* says otherwise. The result covers 0..size-1, ordered by smallest member, and
    does not depend on the order of anything.
    """
    found: list[tuple[int, ...]] = []
    joined: set[int] = set()
    for component in _components(weights, together, threshold):
        found += _average_link(component, weights, apart, together, threshold)
        joined |= component
    found += [(alone,) for alone in range(size) if alone not in joined]
    return sorted(found)


def _components(weights: Mapping[Pair, float], together: Collection[Pair], threshold: float) -> Iterable[set[int]]:
    neighbours: defaultdict[int, set[int]] = defaultdict(set)
    for (one, other), bits in weights.items():
        if bits >= threshold:
            neighbours[one].add(other)
            neighbours[other].add(one)
    for one, other in together:
        neighbours[one].add(other)
        neighbours[other].add(one)
    seen: set[int] = set()
    for start in sorted(neighbours):
        if start in seen:
            continue
        component, waiting = {start}, [start]
        while waiting:
            for neighbour in neighbours[waiting.pop()]:
                if neighbour not in component:
                    component.add(neighbour)
                    waiting.append(neighbour)
        seen |= component
        yield component


def _average_link(
    component: set[int], weights: Mapping[Pair, float], apart: Collection[Pair], together: Collection[Pair],
    threshold: float,
) -> list[tuple[int, ...]]:  # fmt: skip
    members: dict[int, tuple[int, ...]] = {listing: (listing,) for listing in component}
    kept_apart: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in apart:
        kept_apart[one].add(other)
        kept_apart[other].add(one)

    def allowed(one: int, other: int) -> bool:
        return not any(kept_apart.get(listing, set()) & set(members[other]) for listing in members[one])

    def between(one: int, other: int) -> float:
        total = sum(
            weights.get((a, b) if a < b else (b, a), UNCOMPARED) for a in members[one] for b in members[other]
        )
        return total / (len(members[one]) * len(members[other]))

    for one, other in sorted(together):
        if one in component:
            home, away = (next(key for key, group in members.items() if x in group) for x in (one, other))
            if home != away and allowed(home, away):
                _join(members, home, away)
    ids = sorted(members)
    heap = [
        (-bits, one, other, 1, 1)
        for position, one in enumerate(ids)
        for other in ids[position + 1 :]
        if (bits := between(one, other)) >= threshold
    ]
    heapq.heapify(heap)
    while heap:
        _, one, other, size_one, size_other = heapq.heappop(heap)
        stale = one not in members or other not in members
        if stale or (len(members[one]), len(members[other])) != (size_one, size_other):
            # One side has grown since: what is left of both is weighed again.
            if not stale and (bits := between(one, other)) >= threshold:
                heapq.heappush(heap, (-bits, one, other, len(members[one]), len(members[other])))
            continue
        if not allowed(one, other):
            continue
        _join(members, one, other)
        for third in sorted(members):
            if third != one:
                low, high = min(one, third), max(one, third)
                if (bits := between(low, high)) >= threshold:
                    heapq.heappush(heap, (-bits, low, high, len(members[low]), len(members[high])))
    return [tuple(sorted(group)) for group in members.values()]


def _join(members: dict[int, tuple[int, ...]], home: int, away: int) -> None:
    members[home] = members[home] + members.pop(away)
