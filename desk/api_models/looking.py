"""Looking back and around: states in numbers, and what waits about one."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from desk.api_models.findings import Queued
from desk.api_models.values import Text, Told


class StateNumber(Told):
    """A state, and how many events."""

    state: Text = Field(description="ISO code.")
    name: Text
    events: int = Field(ge=1)


class States(Told):
    """Every state that is invited to anything, the most events first."""

    night: date
    states: list[StateNumber]


class Hosts(Told):
    """Where the events of a period are held, the most first."""

    night: date
    since: date
    until: date
    group: Text | None = Field(description="Whose states are counted, in words; null: all.")
    states: list[StateNumber]


class FindingsAbout(Told):
    """What waits for a word about a state."""

    findings: list[Queued] = Field(description="The most pressing first.")
    more: int = Field(description="Findings that are not told here.")
