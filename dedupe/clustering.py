"""Clustering: from pairs to events, by average link, never joining what a veto or a decision keeps apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from dedupe.columns import Floats, Ints

LOUDEST = 14.0
"""Bits beyond which one pair counts no more in an average: one loud pair must not join two crowds."""
CROWD = 300
"""Listings beyond which a group is not compared in full; pairs never compared then count as UNCOMPARED."""
UNCOMPARED = -6.0
NEVER = -1e9

Missing = Callable[[Ints], tuple[Floats, Sequence[bool]]]
"""From pairs that were never compared to their weights and whether something forbids them."""


def clusters(
    count: int, pairs: Ints, bits: Floats, forbidden: Sequence[bool], threshold: float, together: Ints, missing: Missing
) -> list[list[int]]:
    """Group listings into events.

    Shapes:
        pairs, bits, forbidden  (n_pairs, 2), (n_pairs,), (n_pairs,)
        together                (n, 2), pairs that a coordinator joined
        returns                 every position once; groups and their members ascending
    """
    linked = (bits >= threshold) & ~np.asarray(forbidden, dtype=np.bool_)
    groups = components(count, np.concatenate([pairs[linked], together]))
    group_of = np.empty(count, dtype=np.int64)
    for number, group in enumerate(groups):
        group_of[group] = number
    inside = np.flatnonzero(group_of[pairs[:, 0]] == group_of[pairs[:, 1]]) if len(pairs) else np.zeros(0, np.int64)
    known: dict[tuple[int, int], float] = {}
    for at in inside.tolist():
        one, other = int(pairs[at, 0]), int(pairs[at, 1])
        known[one, other] = NEVER if forbidden[at] else float(np.clip(bits[at], -LOUDEST, LOUDEST))
    joined = {(int(min(a, b)), int(max(a, b))) for a, b in together}
    _complete(groups, known, missing)
    for pair in joined:
        known[pair] = -NEVER
    found: list[list[int]] = []
    for group in groups:
        found.extend([group] if len(group) == 1 else _split(group, known, threshold))
    return sorted(found)


def components(count: int, pairs: Iterable[Sequence[int]] | Ints) -> list[list[int]]:
    """Group positions that are connected, each position once, ascending."""
    parent = list(range(count))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for one, other in pairs:
        x, y = root(int(one)), root(int(other))
        if x != y:
            parent[max(x, y)] = min(x, y)
    groups: dict[int, list[int]] = {}
    for at in range(count):
        groups.setdefault(root(at), []).append(at)
    return list(groups.values())


def _complete(groups: Sequence[Sequence[int]], known: dict[tuple[int, int], float], missing: Missing) -> None:
    """Compare the pairs within a group that blocking did not bring together."""
    wanted = [
        (one, other)
        for group in groups
        if 2 < len(group) <= CROWD
        for position, one in enumerate(group)
        for other in group[position + 1 :]
        if (one, other) not in known
    ]
    if wanted:
        weights, forbidden = missing(np.array(wanted, dtype=np.int64))
        for pair, weight, never in zip(wanted, weights, forbidden, strict=True):
            known[pair] = NEVER if never else float(np.clip(weight, -LOUDEST, LOUDEST))


def _split(group: Sequence[int], known: Mapping[tuple[int, int], float], threshold: float) -> list[list[int]]:
    """Join the two parts whose average is highest, until none reaches the threshold."""
    parts: list[list[int]] = [[at] for at in group]
    size = len(parts)
    total = np.full((size, size), 0.0)
    for row, one in enumerate(group):
        for column in range(row + 1, size):
            total[row, column] = total[column, row] = known.get((one, group[column]), UNCOMPARED)
    sizes = np.ones(size)
    alive = np.ones(size, dtype=np.bool_)
    np.fill_diagonal(total, 2 * NEVER)
    while alive.sum() > 1:
        average = np.where(alive[:, None] & alive[None, :], total / (sizes[:, None] * sizes[None, :]), 2 * NEVER)
        np.fill_diagonal(average, 2 * NEVER)
        best = int(np.argmax(average))
        row, column = sorted(divmod(best, size))
        if average[row, column] < threshold:
            break
        parts[row] += parts[column]
        total[row] += total[column]
        total[:, row] = total[row]
        sizes[row] += sizes[column]
        alive[column] = False
    return [sorted(parts[at]) for at in range(size) if alive[at]]
