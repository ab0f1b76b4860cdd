"""Clustering: from pairs to events, by average link, never joining what a veto or a decision keeps apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from dedupe.columns import Bools, Floats, Ints

LOUDEST = 14.0
"""Bits beyond which one pair counts no more in an average: one loud pair must not join two crowds."""
CROWD = 300
"""Listings beyond which a group is not compared in full; pairs never compared then count as UNCOMPARED."""
UNCOMPARED = -6.0
NEVER = -1e9

Missing = Callable[[Ints], tuple[Floats, Bools]]
"""From pairs that were never compared to their weights and whether something forbids them."""


def clusters(
    count: int, pairs: Ints, bits: Floats, forbidden: Bools, threshold: float, together: Ints, missing: Missing
) -> Ints:
    """Group listings into events.

    Shapes:
        pairs, bits, forbidden  (n_pairs, 2), (n_pairs,), (n_pairs,)
        together                (n, 2), pairs that a coordinator joined
        returns                 (count,), the first member of each one's group
    """
    linked = (bits >= threshold) & ~forbidden
    group = components(count, np.concatenate([pairs[linked], together]))
    inside = np.flatnonzero(group[pairs[:, 0]] == group[pairs[:, 1]])
    doubtful = _doubtful(group, pairs[inside], linked[inside], together)
    if not len(doubtful):
        return group
    known = {
        (one, other): NEVER if never else weight
        for one, other, weight, never in zip(
            *pairs[inside].T.tolist(),
            np.clip(bits[inside], -LOUDEST, LOUDEST).tolist(),
            forbidden[inside].tolist(),
            strict=True,
        )
        if group[one] in doubtful
    }
    crowds = _members(group, doubtful)
    _complete(crowds, known, missing)
    known |= {(min(pair), max(pair)): -NEVER for pair in together.tolist()}
    for crowd in crowds:
        for part in _split(crowd, known, threshold):
            group[part] = part[0]
    return group


def components(count: int, pairs: Ints) -> Ints:
    """Group positions that are connected; shape (count,), the first member of each one's group.

    >>> components(5, np.array([(0, 3), (3, 4)])).tolist()
    [0, 1, 2, 0, 0]
    """
    group = np.arange(count)
    one, other = pairs[:, 0], pairs[:, 1]
    while len(one):
        least = np.minimum(group[one], group[other])
        np.minimum.at(group, group[one], least)
        np.minimum.at(group, group[other], least)
        while (above := group[group] != group).any():
            group[above] = group[group[above]]
        apart = group[one] != group[other]
        one, other = one[apart], other[apart]
    return group


def members(group: Ints) -> list[list[int]]:
    """Return the groups, each and all of them ascending."""
    order = np.argsort(group, kind="stable")
    begins = np.flatnonzero(np.diff(group[order], prepend=-1))
    return [part.tolist() for part in np.split(order, begins[1:])] if len(group) else []


def _doubtful(group: Ints, pairs: Ints, linked: Bools, together: Ints) -> frozenset[int]:
    """Return the groups of which not every two members are linked: an average has to decide."""
    sizes = np.bincount(group, minlength=len(group))
    links = np.bincount(group[pairs[linked, 0]], minlength=len(group))
    asked = (sizes > 1) & (links < sizes * (sizes - 1) // 2)
    asked[group[together[:, 0]]] = True
    return frozenset(np.flatnonzero(asked).tolist())


def _members(group: Ints, wanted: frozenset[int]) -> list[list[int]]:
    chosen = np.zeros(len(group), dtype=np.bool_)
    chosen[list(wanted)] = True
    found: dict[int, list[int]] = {}
    for at in np.flatnonzero(chosen[group]).tolist():
        found.setdefault(int(group[at]), []).append(at)
    return list(found.values())


def _complete(groups: Sequence[Sequence[int]], known: dict[tuple[int, int], float], missing: Missing) -> None:
    """Compare the pairs within a group that nobody compared."""
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
        told = np.where(forbidden, NEVER, np.clip(weights, -LOUDEST, LOUDEST))
        known.update(zip(wanted, told.tolist(), strict=True))


def _split(group: Sequence[int], known: Mapping[tuple[int, int], float], threshold: float) -> Iterable[list[int]]:
    """Join the two parts whose average is highest, until none reaches the threshold."""
    if len(group) < _SMALL:
        return _split_few(group, known, threshold)
    size = len(group)
    parts: list[list[int]] = [[at] for at in group]
    total = np.full((size, size), 0.0)
    for row, one in enumerate(group):
        for column in range(row + 1, size):
            total[row, column] = total[column, row] = known.get((one, group[column]), UNCOMPARED)
    sizes = np.ones(size)
    alive = np.ones(size, dtype=np.bool_)
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


_SMALL = 12
"""Listings up to which numbers are added up faster one by one than in arrays."""


def _split_few(group: Sequence[int], known: Mapping[tuple[int, int], float], threshold: float) -> list[list[int]]:
    """Do what `_split` does, for few."""
    parts: dict[int, list[int]] = {row: [at] for row, at in enumerate(group)}
    total = {
        (row, column): known.get((group[row], group[column]), UNCOMPARED)
        for row in parts
        for column in range(row + 1, len(group))
    }
    while total:
        # Of averages that are equal the first pair wins.
        row, column = max(total, key=lambda at: (total[at] / (len(parts[at[0]]) * len(parts[at[1]])), -at[0], -at[1]))
        if total[row, column] / (len(parts[row]) * len(parts[column])) < threshold:
            break
        del total[row, column]
        for other in parts:
            if other not in (row, column):
                mine, its = (min(row, other), max(row, other)), (min(column, other), max(column, other))
                total[mine] += total.pop(its)
        parts[row] += parts.pop(column)
    return [sorted(part) for part in parts.values()]
