"""Which known events may matter to a proposed workshop, told from columns: never fewer than the rules would find.

Each mask holds what a rule of `finding.among` asks for at least; the rules then decide about the few that are left.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from calendar_sync.spans import Span
from dedupe.bodies import UMBRELLA
from dedupe.event_columns import EventColumns
from dedupe.likeness import LEAST_ALIKE, POINTS, SHORTNESS
from dedupe.policy import Policy
from dedupe.profiles import Profile

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Screen:
    """What a proposed workshop has in common with each of n known events; every mask has the shape (n,)."""

    columns: EventColumns
    proposed: Profile
    policy: Policy

    @cached_property
    def standing(self) -> Bools:
        """Events with a date that were not cancelled."""
        told: Bools = self.dated & ~self.columns.cancelled
        return told

    @cached_property
    def dated(self) -> Bools:
        """Events of which anything is known about when."""
        told: Bools = self.columns.earliest > 0
        return told

    @cached_property
    def shared(self) -> Ints:
        """How many states both invite, shape (n,)."""
        wanted = self.columns.bits(self.proposed.states)
        columns = self.columns.states
        # Most audiences lie in few of the four words.
        found = np.zeros(len(self.columns), dtype=np.int64)
        for word in np.flatnonzero(wanted).tolist():
            found += np.bitwise_count(columns[:, word] & wanted[word])
        return found

    @cached_property
    def smaller(self) -> Ints:
        """The size of the smaller audience, shape (n,)."""
        return np.minimum(self.columns.sizes, len(self.proposed.states))

    @cached_property
    def people(self) -> Bools:
        """Audiences that share as much as the policy asks for, and the same people: see `duplicates.reach`."""
        told = (self.shared > 0) & self.same_people
        rows = np.flatnonzero(told)
        shared, alone = self.shared[rows], len(self.proposed.states) == 1
        single = self.columns.sizes[rows] == 1
        enough = shared / self.smaller[rows] >= self.policy.shared_audience
        enough &= (single == alone) | self.same_country[rows]
        enough &= single | alone | (shared >= self.policy.fewest_states)
        told[rows] = enough
        return told

    @cached_property
    def same_delegations(self) -> Bools:
        """As many states invited to both as the policy asks for, whatever the two are about and whoever is sent."""
        told = self.shared > 0
        rows = np.flatnonzero(told)
        shared, smaller = self.shared[rows], self.smaller[rows]
        least = np.minimum(self.policy.fewest_states, smaller)
        told[rows] = (shared >= least) & (shared >= self.policy.shared_audience * smaller)
        return told

    @cached_property
    def same_people(self) -> Bools:
        """See `profiles.same_people`."""
        differ = self._differ("speakers")
        mine = self.proposed.participants
        both = self._any("participants") if mine else self.columns.sets["participants"].sizes == 0
        told: Bools = ~differ & both
        return told

    @cached_property
    def same_subject(self) -> Bools:
        """See `profiles.same_subject`."""
        about = self._any("themes") | self._any("subjects")
        if not self.proposed.instruments:
            return about
        named = self.columns.sets["instruments"].sizes > 0
        return np.where(named, self._any("instruments"), about)

    @cached_property
    def same_country(self) -> Bools:
        """Held in one country, known for both."""
        names = list(self.columns.names["country"])
        if not self.proposed.country or self.proposed.country not in names:
            return np.zeros(len(self.columns), dtype=np.bool_)
        told: Bools = self.columns.country == names.index(self.proposed.country)
        return told

    @cached_property
    def same_place(self) -> Bools:
        """Held in one town."""
        place = self.proposed.place
        if place is None or place not in self.columns.places:
            return np.zeros(len(self.columns), dtype=np.bool_)
        told: Bools = self.columns.arrays["place"] == list(self.columns.places).index(place)
        return told

    def held_by(self, bodies: Iterable[str]) -> Bools:
        """Events that one of some bodies organises."""
        told: Bools = self.columns.sets["organisers"].shared(bodies) > 0
        return told

    def rows_of(self, event_id: str) -> list[int]:
        """Return the row of an event, where it is one of these."""
        halves = self.columns.ids.view(np.uint64)
        wanted = np.frombuffer(uuid.UUID(event_id).bytes, dtype=np.uint64)
        near = np.flatnonzero(halves[:, 0] == wanted[0])
        found: list[int] = near[halves[near, 1] == wanted[1]].tolist()
        return found

    @cached_property
    def alone_needed(self) -> Bools:
        """Both need a town, a small body or a small team, or everybody: a clash whoever is invited."""
        large = {name.casefold() for name in self.policy.large_offices}
        small = {name for name in self.proposed.offices if name.casefold() not in large}
        told = self.same_place & (self.same_subject | (self.shared > 0))
        told |= self.columns.sets["offices"].shared(small) > 0
        told |= self._any("offices") & self._any("instruments")
        if self.proposed.universal:
            told |= self.columns.universal
        return told

    @cached_property
    def beside(self) -> Bools:
        """What a meeting beside another, or its other half, has in common with it: see `series.part_of`."""
        told = self.same_place | self._any("offices")
        odd = (self.columns.beside != self.proposed.beside) | (self.columns.attached != self.proposed.attached)
        if odd.any():
            told = told | (odd & (self._any("instruments") | self._any("vocabulary")))
        return told

    def gap(self, first: int, last: int) -> Ints:
        """Days from the end of the earlier to the start of the later, outer bounds; below 1 where they may meet."""
        if (first, last) not in self._gaps:
            self._gaps[first, last] = np.maximum(self.columns.earliest - last, first - self.columns.latest)
        return self._gaps[first, last]

    @cached_property
    def _gaps(self) -> dict[tuple[int, int], Ints]:
        return {}

    def worth_telling(self, span: Span) -> Bools:
        """Say of which events a rule may have something to tell."""
        first, last = span.earliest.toordinal(), span.latest.toordinal()
        gap = self.gap(first, last)
        near = gap <= nearness(self.policy)
        soon = np.abs(self.columns.earliest - first) <= self.policy.duplicative_days
        told = near & (self.beside | self.alone_needed)
        told |= (near | soon) & self.people & self.same_subject
        within = (gap <= reach_days(self.policy)) & self.dated
        return (told | self._siblings(within, first)) & within

    def may_collide(self, first: int, last: int) -> Bools:
        """Say which events may clash with it, or duplicate it, whenever it is held between two days."""
        gap = self.gap(first, last)
        near = gap <= nearness(self.policy)
        soon = near | (
            np.abs(self.columns.earliest - np.clip(self.columns.earliest, first, last)) <= self.policy.duplicative_days
        )
        told: Bools = self.standing & ((near & self.alone_needed) | (soon & self.people & self.same_subject))
        return told

    def _siblings(self, within: Bools, first: int) -> Bools:
        """Bound the points of likeness from above: see `likeness.likeness`."""
        none = np.zeros(len(self.columns), dtype=np.bool_)
        if not self.proposed.titles:
            return none
        columns, mine = self.columns, self.proposed
        worth = {word: max(title.get(word, 0.0) for title in mine.titles) for word in mine.vocabulary}
        common = columns.sets["vocabulary"].shared(mine.vocabulary)
        offices = columns.sets["offices"].shared(mine.offices)
        hosts = columns.sets["organisers"].shared(mine.organisers - {UMBRELLA}) > 0
        tied = (offices > 0) | hosts
        gated = within & (common > 0) & (tied | (common > 1))
        if not gated.any():
            return none
        rows = np.flatnonzero(gated)
        weight = columns.sets["vocabulary"].shared(mine.vocabulary, worth)[rows]
        least = min(sum(title.values()) for title in mine.titles)
        sums = np.maximum(weight, least) + np.maximum(weight, columns.least_worth[rows]) + SHORTNESS
        titles = np.minimum(1.0, 2 * weight / sums)
        share = offices[rows] / np.maximum(1, np.minimum(columns.sets["offices"].sizes[rows], len(mine.offices)))
        counted = columns.sets["ordinals"].sizes[rows] > 0
        years = np.minimum(8.0, np.abs(columns.earliest[rows] - first) / 365)
        points = (
            POINTS["titles"] * titles
            + POINTS["offices"] * share
            + POINTS["titles_of_one_office"] * titles * share
            + (POINTS["numbered"] + POINTS["numbered_alike"] * titles) * (counted & bool(mine.ordinals))
            + POINTS["one_numbered"] * (counted != bool(mine.ordinals))
            + POINTS["instrument"] * self._agreement("instruments", rows)
            + POINTS["kind"] * self._agreement("kinds", rows)
            + POINTS["continent"] * self._agreement("continents", rows)
            + POINTS["participants"] * self._any("participants")[rows]
            + POINTS["years"] * years
        )
        alike = tied[rows] | (titles > LEAST_ALIKE - _ROUNDING)
        told = none
        told[rows[alike & (points >= self.policy.told_series_points - _ROUNDING)]] = True
        return told

    def _any(self, name: str) -> Bools:
        return (
            self._shares[name]
            if name in self._shares
            else self._shares.setdefault(name, self.columns.sets[name].shared(getattr(self.proposed, name)) > 0)
        )

    @cached_property
    def _shares(self) -> dict[str, Bools]:
        return {}

    def _differ(self, name: str) -> Bools:
        """True where both say something, and nothing they say is the same."""
        if not getattr(self.proposed, name):
            return np.zeros(len(self.columns), dtype=np.bool_)
        told: Bools = (self.columns.sets[name].sizes > 0) & ~self._any(name)
        return told

    def _agreement(self, name: str, rows: Ints) -> Floats:
        """1 where some rows agree, -1 where they differ, 0 where one is silent."""
        both = self._any(name)[rows]
        speak = (self.columns.sets[name].sizes[rows] > 0) & bool(getattr(self.proposed, name))
        return both.astype(np.float64) - (speak & ~both)


def nearness(policy: Policy) -> int:
    """Days between two events up to which travel, or one being beside the other, may join them."""
    return max(policy.travel_days, policy.adjoining_days)


def reach_days(policy: Policy) -> int:
    """Days between two events up to which a check tells of them: as far as a night does."""
    return max(policy.duplicative_days, policy.look_back_days, nearness(policy))
