"""Events that are held, month by month in numbers: from events at hand, or from the columns of a night."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np

from calendar_sync.listings import Status
from dedupe.bodies import joint
from dedupe.event_columns import EventColumns
from dedupe.events import Event
from dedupe.meaning import phases

UNTOLD = ""
"""The phase of an event whose words tell none."""
PHASES = (*phases.ORDER, UNTOLD)


@dataclass(frozen=True, slots=True)
class Held:
    """The events that begin in one month and were not cancelled."""

    events: int
    joint: int
    """Those of them that several bodies organise or sponsor, or that two became."""
    phases: Mapping[str, int]


Holding = Callable[[Collection[str]], Mapping[date, Held]]
"""Counts events by the first days of their months; those with the given ids are joint whoever organises them."""


def holding(events: Sequence[Event]) -> Holding:
    """Count events at hand."""
    return partial(_held, events)


def holding_of(columns: EventColumns) -> Holding:
    """Count the events of columns."""
    return partial(_held_in, columns)


def _held(events: Sequence[Event], merged: Collection[str]) -> Mapping[date, Held]:
    by_month: dict[date, list[tuple[bool, str]]] = {}
    for event in events:
        standing = [listing for listing in event.listings if listing.status is not Status.CANCELLED]
        if event.span is not None and standing:
            told = (joint(event.listings) or event.id in merged, phases.of(standing))
            by_month.setdefault(event.span.earliest.replace(day=1), []).append(told)
    return {
        month: Held(len(told), sum(several for several, _ in told), Counter(phase for _, phase in told))
        for month, told in by_month.items()
    }


def _held_in(columns: EventColumns, merged: Collection[str]) -> Mapping[date, Held]:
    rows = np.flatnonzero((columns.earliest > 0) & ~columns.cancelled)
    if not len(rows):
        return {}
    together = columns.joint.copy()
    for id_ in merged:
        together |= (columns.ids == np.frombuffer(uuid.UUID(id_).bytes, dtype=np.uint8)).all(axis=1)
    days = columns.earliest[rows]
    first, last = (date.fromordinal(int(day)) for day in (days.min(), days.max()))
    months = [
        date(number // 12, number % 12 + 1, 1)
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    ]
    at = np.searchsorted([month.toordinal() for month in months], days, side="right") - 1
    names = columns.names["phase"]
    counted = np.bincount(at * len(names) + columns.phase[rows], minlength=len(months) * len(names))
    several = np.bincount(at, weights=together[rows], minlength=len(months))
    return {
        month: Held(sum(numbers), int(many), dict(zip(names, numbers, strict=True)))
        for month, many, numbers in zip(
            months, several.tolist(), counted.reshape(len(months), len(names)).tolist(), strict=True
        )
    }
