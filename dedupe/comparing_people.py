"""Comparing who holds an event and who is invited."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.audience_words import Invited
from dedupe.bodies import UMBRELLA
from dedupe.columns import Bools, Columns, Ints
from dedupe.comparing_titles import by_value, region_conflict, shared

BODIES = ("a rarely met body in common", "bodies in common", "a body met often in common", "no body in common")
RARE_BODIES, SOME_BODIES, USUAL_BODY, NO_BODY = range(len(BODIES))
AUDIENCE = (
    "same states",
    "most states in common",
    "some states in common",
    "other states",
    "same group",
    "other groups",
    "states of that group",
    "states outside that group",
)
SAME_STATES, MOST_STATES, SOME_STATES, OTHER_STATES, SAME_GROUP, OTHER_GROUPS, OF_GROUP, OUTSIDE_GROUP = range(
    len(AUDIENCE)
)


def bodies(listings: Columns, pairs: Ints) -> NDArray[np.int8]:
    """Compare organisers and sponsors, shape (n_pairs,)."""
    a, b = pairs[:, 0], pairs[:, 1]
    sizes = np.diff(listings.bodies.start)
    told = (sizes[a] > 0) & (sizes[b] > 0)
    level = np.full(len(pairs), -1, dtype=np.int8)
    at = np.flatnonzero(told)
    bits = shared(listings.bodies, pairs[at])
    level[at] = np.select(
        [bits >= 9.0, bits >= 5.0, bits > 0.0], [RARE_BODIES, SOME_BODIES, USUAL_BODY], default=NO_BODY
    )
    whole, office = _united_nations(listings)
    umbrella = (whole[a] & office[b]) | (whole[b] & office[a])
    level[(level == NO_BODY) & umbrella] = USUAL_BODY
    return level


def _of_group(one: Invited, other: Invited) -> int:
    """Hold states named one by one against the members of a group; the narrower is counted."""
    first, second = one.states or one.members, other.states or other.members
    if not first or not second:
        return -1
    return OF_GROUP if len(first & second) * 2 >= min(len(first), len(second)) else OUTSIDE_GROUP


def _united_nations(listings: Columns) -> tuple[Bools, Bools]:
    """Say of each listing whether it names the United Nations as such, and whether it names one of its offices."""
    owners = listings.bodies.owners()
    names = listings.bodies.names
    is_whole = np.array([name == UMBRELLA for name in names], dtype=np.bool_)
    is_office = np.array([name.startswith("un") and name != UMBRELLA for name in names], dtype=np.bool_)
    found = []
    for which in (is_whole, is_office):
        column = np.zeros(len(listings), dtype=np.bool_)
        if len(names):
            column[owners[which[listings.bodies.codes]]] = True
        found.append(column)
    return found[0], found[1]


def audience(listings: Columns, pairs: Ints) -> NDArray[np.int8]:
    """Compare who is invited, shape (n_pairs,)."""
    said = listings.invited
    told = np.array([one.told for one in said.values], dtype=np.bool_)[said.codes]
    level = np.full(len(pairs), -1, dtype=np.int8)
    at = np.flatnonzero(told[pairs[:, 0]] & told[pairs[:, 1]])
    if len(at):
        # Code 0 means silence there, and nothing here.
        codes = said.codes + 1
        level[at] = by_value(codes, codes, pairs[at], lambda a, b: _audiences(said.values[a - 1], said.values[b - 1]))
    return level


def _audiences(one: Invited, other: Invited) -> int:
    if one.states and other.states:
        common = len(one.states & other.states) / min(len(one.states), len(other.states))
        size = max(len(one.states), len(other.states))
        if one.states == other.states or (common > 0.8 and len(one.states & other.states) > 0.7 * size):
            return SAME_STATES
        return MOST_STATES if common >= 0.5 else SOME_STATES if common else OTHER_STATES
    if region_conflict(one.regions, other.regions) or (
        one.speakers and other.speakers and not one.speakers & other.speakers
    ):
        return OTHER_GROUPS
    if one.regions & other.regions or one.speakers & other.speakers:
        return SAME_GROUP
    return _of_group(one, other) if one.members or other.members else -1
