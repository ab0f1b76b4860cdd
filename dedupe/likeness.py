"""How much two different events look like siblings of one programme, in points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from operator import attrgetter, mul

from dedupe.bodies import UMBRELLA
from dedupe.profiles import Profile

POINTS: Mapping[str, float] = {
    "titles": 1.7, "offices": 0.9, "titles_of_one_office": 1.2, "numbered": 1.3, "numbered_alike": 0.8,
    "one_numbered": 0.9, "instrument": 0.3, "kind": 0.8, "continent": 0.7, "participants": 0.9, "same_city": -0.6,
    "national_and_regional": -1.4, "years": -0.6,
}  # fmt: skip
"""What each likeness counts; learned from labelled pairs and rounded, see docs/decisions/0042-series-in-points.md."""
LEAST_ALIKE = 0.55
"""Likeness of titles above which events that share no organiser are looked at."""
SHORTNESS = 1.5
"""What is added to the words of two titles: short ones cannot be very alike."""
_UNDATED_YEARS = 2.0
_MOST_YEARS = 8.0


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two events have in common; 1 agrees, -1 differs, 0 is silence."""

    titles: float
    """Share of the telling words that the two most alike titles have in common (Dice), 0 to 1."""
    offices: float
    """Share of the smaller number of organisers in common, host states left out, 0 to 1."""
    titles_of_one_office: float
    numbered: float
    """1 when both are numbered editions, and not the same one."""
    numbered_alike: float
    one_numbered: float
    instrument: float
    kind: float
    """A course and a course, or a course and a plenary."""
    continent: float
    participants: float
    same_city: float
    national_and_regional: float
    """1 when one is for a single state and the other for several."""
    years: float
    """Years between their starts."""

    @property
    def points(self) -> float:
        """The sum of what speaks for one programme and against it."""
        return float(sum(map(mul, _COUNTS, _TOLD(self))))


_COUNTS = tuple(POINTS[field.name] for field in fields(Likeness))
_TOLD: Callable[[Likeness], tuple[float, ...]] = attrgetter(*(field.name for field in fields(Likeness)))


def likeness(one: Profile, other: Profile) -> Likeness | None:
    """Compare two events; None when they have too little in common to be siblings."""
    shared = one.offices & other.offices
    hosts = (one.organisers & other.organisers) - {UMBRELLA}
    common = one.vocabulary & other.vocabulary
    if not common or not (shared or hosts or len(common) > 1):
        return None
    titles = max([_alike(left, right) for left in one.titles for right in other.titles])
    if not (shared or hosts) and titles <= LEAST_ALIKE:
        return None
    offices = len(shared) / max(1, min(len(one.offices), len(other.offices)))
    numbered = float(bool(one.ordinals and other.ordinals and not one.ordinals & other.ordinals))
    single = len(one.states) == 1, len(other.states) == 1
    years = _UNDATED_YEARS
    if one.span is not None and other.span is not None:
        years = min(_MOST_YEARS, abs((one.span.earliest - other.span.earliest).days) / 365)
    return Likeness(
        titles=titles,
        offices=offices,
        titles_of_one_office=titles * offices,
        numbered=numbered,
        numbered_alike=numbered * titles,
        one_numbered=float(bool(one.ordinals) != bool(other.ordinals)),
        instrument=_agreement(one.instruments, other.instruments),
        kind=_agreement(one.kinds, other.kinds),
        continent=_agreement(one.continents, other.continents),
        participants=1.0
        if one.participants & other.participants
        else -float(bool(one.participants) != bool(other.participants)),
        same_city=float(one.place is not None and one.place == other.place),
        national_and_regional=float(bool(one.states and other.states) and single[0] != single[1]),
        years=years,
    )


def _alike(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Dice of weighted words; short titles cannot be very alike."""
    both = sum([worth for word, worth in one.items() if word in other])
    return 2 * both / (sum(one.values()) + sum(other.values()) + SHORTNESS)


def _agreement(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or not other:
        return 0.0
    return 1.0 if one & other else -1.0
