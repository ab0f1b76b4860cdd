"""Comparing who holds an event and who is invited."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.columns import Columns, Ints
from dedupe.comparing_titles import region_conflict, shared

BODIES = ("a rarely met body in common", "bodies in common", "a body met often in common", "no body in common")
RARE_BODIES, SOME_BODIES, USUAL_BODY, NO_BODY = range(len(BODIES))
AUDIENCE = (
    "same states",
    "most states in common",
    "some states in common",
    "other states",
    "same group",
    "other groups",
    "states against a group",
)
SAME_STATES, MOST_STATES, SOME_STATES, OTHER_STATES, SAME_GROUP, OTHER_GROUPS, MIXED = range(len(AUDIENCE))


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
    return level


def audience(listings: Columns, pairs: Ints) -> NDArray[np.int8]:
    """Compare who is invited, shape (n_pairs,)."""
    told = np.array([bool(one.states or one.regions or one.speakers) for one in listings.invited], dtype=np.bool_)
    level = np.full(len(pairs), -1, dtype=np.int8)
    for at in np.flatnonzero(told[pairs[:, 0]] & told[pairs[:, 1]]):
        one, other = listings.invited[pairs[at, 0]], listings.invited[pairs[at, 1]]
        if one.states and other.states:
            common = len(one.states & other.states) / min(len(one.states), len(other.states))
            size = max(len(one.states), len(other.states))
            if one.states == other.states or (common > 0.8 and len(one.states & other.states) > 0.7 * size):
                level[at] = SAME_STATES
            else:
                level[at] = MOST_STATES if common >= 0.5 else SOME_STATES if common else OTHER_STATES
        elif region_conflict(one.regions, other.regions) or (
            one.speakers and other.speakers and not one.speakers & other.speakers
        ):
            level[at] = OTHER_GROUPS
        elif (one.regions and one.regions == other.regions) or one.regions & other.regions:
            level[at] = SAME_GROUP
        else:
            level[at] = MIXED
    return level
