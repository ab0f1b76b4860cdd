"""Policy: every window and threshold of the rules, in one table that a coordinator can read and change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from calendar_sync.errors import OutreachError
from dedupe.findings import Severity


class PolicyError(OutreachError):
    """A setting of `[policy]` is unknown or has a value that cannot be."""

    def __init__(self, name: str, what: str, next_step: str) -> None:
        super().__init__(name, what, next_step)
        self.name, self.what, self.next_step = name, what, next_step

    def __str__(self) -> str:
        return f"policy.{self.name}: {self.what}. Nothing was done. Next: {self.next_step}."


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules' windows and thresholds, as `[policy]` of outreach.toml may set them."""

    duplicative_days: int = 183
    """Different events are duplicative when at most so many days lie between their starts."""
    shared_audience: float = 0.5
    """Least share of the smaller audience that two events must have in common."""
    fewest_states: int = 2
    """States that two multi-country events must share at least."""
    high_share: float = 0.8
    """Share of the smaller audience from which a duplicative finding is of high severity."""
    travel_days: int = 1
    """Days that delegations need between two events in different places."""
    near_km: int = 100
    """Towns at most so far apart need no day of travel."""
    large_offices: tuple[str, ...] = ("UNODA", "ODA", "DDA", "US", "EU", "OPCW", "IAEA", "UNODC", "UN")
    """Organisers large enough to hold two events at once; sharing one is no clash."""
    look_ahead_days: int = 400
    """Findings are made about events that start within so many days of the night."""
    look_back_days: int = 400
    """How long ago an event may lie to count as what a state already received."""
    adjoining_days: int = 2
    """Two meetings so many days apart adjoin: 2 leaves one free day between them."""
    longest_vague_days: int = 40
    """Vaguer dates than this ("in 2018") do not say that two events fall together."""
    series_points: float = 0.5
    """Points of likeness from which on two events are siblings of one programme."""
    far_series_points: float = 2.0
    """Points it takes where the states invited lie on different continents: a region tells look-alikes apart."""
    told_series_points: float = 1.5
    """Points from which on a night's report tells of a series; weaker ones only keep other findings quiet."""
    soon_points: float = 0.5
    """Points more that it takes within the window of duplicative events when an audience is unknown."""
    national_days: int = 60
    """A national event and a regional one in that state reach the same agencies when at most so far apart."""
    small_teams: tuple[str, ...] = ("UNODA BWC", "UNODA 1540", "1540 Committee 1540")
    """Teams of large offices that are a few people: the office and the instrument they work on."""
    alternative_weeks: int = 8
    """How far from the proposed dates other dates are looked for."""
    forum_instruments: tuple[str, ...] = ("1540",)
    """Events about these, and the programme's own, are held against recorded positions and other bodies' mandates."""
    forum_themes: tuple[str, ...] = ("biosecurity", "chemical-security", "nuclear-security", "proliferation-finance")
    """Themes of which another body's mandate is worth a word although nobody's position is on record."""
    forum_days: int = 120
    """A forum's own meetings are named when at most so many days lie between them and the event."""
    load_days: int = 365
    """Invitations within so many days are counted together."""
    load_most: int = 6
    """From so many invitations on, a state is invited too often."""
    load_widest: int = 25
    """An event for more states than this invites nobody in particular, and is not counted."""
    programme_states: tuple[str, ...] = ()
    """States and groups whose invitations are counted; none named: those invited to a coming workshop of ours."""
    never_groups: tuple[str, ...] = ()
    """Organisations, by id, of which a member that nothing invites is told; none named: all with members."""
    never_share: float = 0.8
    """Least share of an organisation's members that are invited, before the others are told."""
    never_most: int = 3
    """An organisation with more members left out than this has another plan; none is told."""
    invitations_days: int = 42
    """Invitations are taken to be out so many days before an event, where no calendar tells when they went."""
    planned_at_most: str = "high"
    """Most severe that a clash or duplicate can be while one of its events is provisional, tentative or vague."""
    announced_at_most: str = "high"
    """The same while one is announced, and its invitations are not known to be out."""
    invited_at_most: str = "medium"
    """The same once the invitations to both are out: moving means writing to everybody again."""
    over_at_most: str = "low"
    """The same once one is over and the other under way: nothing can be moved."""

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Policy:
        """Read the `[policy]` table of outreach.toml; what it leaves out keeps its default.

        Raises:
            PolicyError: A name is unknown, or a value is of the wrong kind or out of range.
        """
        known = {field.name: getattr(cls(), field.name) for field in fields(cls)}
        given: dict[str, Any] = {}
        for name, value in table.items():
            if name not in known:
                raise PolicyError(name, "there is no such setting", f"use one of: {', '.join(sorted(known))}")
            given[name] = _checked(name, value, known[name])
        return cls(**given)


def _checked(name: str, value: object, default: object) -> object:
    if isinstance(default, tuple):
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise PolicyError(name, f"{value!r} is no list of names", f"write it as {list(default)}")
        return tuple(value)
    if isinstance(default, str):
        if value not in list(Severity):
            raise PolicyError(name, f"{value!r} is no severity", f"use one of: {', '.join(Severity)}")
        return str(value)
    if name.endswith("_points"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise PolicyError(name, f"{value!r} is no number", f"write a number, such as {default}")
        return float(value)
    if isinstance(default, float):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            raise PolicyError(name, f"{value!r} is no share", f"write a number above 0 and up to 1, such as {default}")
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise PolicyError(name, f"{value!r} is no number of days or states", f"write a whole number, such as {default}")
    return value
