"""What each invited state already received, or is invited to, about the same subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from dedupe import phrases
from dedupe.event_columns import EventColumns
from dedupe.known import Asked
from dedupe.profiles import Profile
from dedupe.sayings import beside

MOST_EVENTS = 8
"""Events named of each state: those nearest in time; the others are counted."""


@dataclass(frozen=True, slots=True)
class StateHistory:
    """What one invited state received, or is invited to, about the same subject."""

    state: str
    events: tuple[str, ...]
    """In the order of time; those nearest to the proposed date where there are many."""
    more: int = 0
    """Events that are not named."""

    @property
    def state_name(self) -> str:
        """Its English name."""
        return phrases.state(self.state)

    def as_json(self) -> dict[str, Any]:
        """Return JSON values."""
        return {"state": self.state, "name": self.state_name, "events": list(self.events), "more": self.more}


def received(proposed: Profile, asked: Sequence[Asked], on: date) -> list[StateHistory]:
    """Tell what each invited state received, by the names of the states."""
    when = (proposed.span.earliest if proposed.span else on).toordinal()
    events: dict[str, list[tuple[int, str, str]]] = {state: [] for state in proposed.states}
    counted = dict.fromkeys(proposed.states, 0)
    for entry in asked:
        columns, screen = entry.known.columns, entry.screen
        mask = screen.standing & (screen.shared > 0)
        if proposed.instruments or proposed.themes:
            mask &= screen.same_subject
        rows = entry.rows(mask)
        rows = rows[np.argsort(np.abs(columns.earliest[rows] - when), kind="stable")]
        codes = {name: code for code, name in enumerate(columns.names["states"])}
        invited = columns.states[rows]
        named: dict[int, tuple[int, str, str]] = {}
        for state in proposed.states & codes.keys():
            word, bit = divmod(codes[state], 64)
            mine = rows[(invited[:, word] >> np.uint64(bit)) & np.uint64(1) > 0]
            counted[state] += len(mine)
            for row in mine[:MOST_EVENTS].tolist():
                if row not in named:
                    named[row] = int(columns.earliest[row]), columns.event_id(row), _named(columns, row)
                events[state].append(named[row])
    return [
        StateHistory(state, *_told(events[state], counted[state], when))
        for state in sorted(proposed.states, key=phrases.state)
    ]


def _told(received: Sequence[tuple[int, str, str]], count: int, when: int) -> tuple[tuple[str, ...], int]:
    chosen = sorted(received, key=lambda event: (abs(event[0] - when), event))[:MOST_EVENTS]
    return tuple(text for _, _, text in sorted(chosen)), count - len(chosen)


def _named(columns: EventColumns, row: int) -> str:
    return beside((columns.name(row), phrases.dates(columns.span(row))))
