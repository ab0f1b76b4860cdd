"""Which other events one may really be: found through columns, then the few are weighed as a night weighs pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dedupe import matching
from dedupe.columns import columns as listing_columns
from dedupe.event_columns import NO_PLACE, EventColumns
from dedupe.events import Event
from dedupe.screens import Floats, Ints
from dedupe.weights import shipped

NEAR = 45
"""Days between two events beyond which nobody would take one for the other."""
MOST_WEIGHED = 24
"""Events looked at in full."""
_LEAST = 1.5
"""Points from which on an event is looked at, of 8: one town soon after, or one country and a few words."""
_SPOKEN_FOR = 3
"""Listings of an event that are weighed, the newest."""


def near(columns: EventColumns, row: int) -> list[int]:
    """Return the rows of the events most like one in dates, place and words of the title, the likest first.

    At most `MOST_WEIGHED`; events that share neither a place nor a word with it are left out.
    """
    titles, places = _titles(columns, row), _places(columns, row)
    points = 4 * titles + places + _days(columns, row)
    points[(titles == 0) & (places <= 0)] = -np.inf
    points[row] = -np.inf
    best = np.argsort(-points, kind="stable")[:MOST_WEIGHED]
    found: list[int] = best[points[best] >= _LEAST].tolist()
    return found


def likest(event: Event, others: Sequence[Event], most: int) -> list[Event]:
    """Return at most so many of *others*, first those of which most speaks for being *event*."""
    if not others:
        return []
    spoken = {listing.id: listing for one in (event, *others) for listing in one.listings[:_SPOKEN_FOR]}
    model = shipped()
    known = listing_columns(list(spoken.values()), model.background)
    at = {id_: position for position, id_ in enumerate(known.ids)}
    pairs, of = [], []
    for number, other in enumerate(others):
        for left in event.listings[:_SPOKEN_FOR]:
            for right in other.listings[:_SPOKEN_FOR]:
                pairs.append(sorted((at[left.id], at[right.id])))
                of.append(number)
    bits = matching.judge(known, np.array(pairs, dtype=np.int64), model).bits
    best = np.full(len(others), -np.inf)
    np.maximum.at(best, of, bits)
    return [others[number] for number in np.argsort(-best, kind="stable")[:most].tolist()]


def _days(columns: EventColumns, row: int) -> Floats:
    """Give 2 points for days that may be shared, fewer the farther apart, none to what lies out of reach."""
    first, last = int(columns.earliest[row]), int(columns.latest[row])
    if not first:
        return np.zeros(len(columns))
    apart: Ints = np.maximum(columns.earliest - last, first - columns.latest)
    points: Floats = np.where(apart <= NEAR, 2 - 2 * np.clip(apart, 0, NEAR) / NEAR, -np.inf)
    return np.where(columns.earliest > 0, points, 0.0)


def _places(columns: EventColumns, row: int) -> Floats:
    """Give 2 points for one town, 1 for one country; take 1 where the two are known to differ."""
    country, place = int(columns.country[row]), int(columns.arrays["place"][row])
    names = list(columns.names["country"])
    blank = names.index("") if "" in names else -1
    same = columns.country == country
    points: Floats = np.where(same, 1.0, np.where(columns.country == blank, 0.0, -1.0))
    if country == blank:
        points = np.zeros(len(columns))
    if place != NO_PLACE:
        points = np.where(columns.arrays["place"] == place, 2.0, points)
    return points


def _titles(columns: EventColumns, row: int) -> Floats:
    """Return which share of the event's words each other has, the rare ones counting more; 0 to 1."""
    words = columns.sets["vocabulary"]
    codes = words.codes[words.start[row] : words.start[row + 1]]
    if not len(codes):
        return np.zeros(len(columns))
    rare = np.log2(len(columns) / np.diff(words.first)[codes]) + 0.1
    worth = {words.names[code]: float(bits) for code, bits in zip(codes.tolist(), rare.tolist(), strict=True)}
    share: Floats = words.shared(worth, worth) / sum(worth.values())
    return share
