"""Evidence: what speaks for and against two listings being one event, in bits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """One comparison of two listings: both values, the level they reached, and its match weight log2(m / u)."""

    comparison: str
    level: str
    left: str
    right: str
    bits: float


@dataclass(frozen=True, slots=True)
class Match:
    """A compared pair of listings. *bits* is the sum of the evidence and the prior; *left_id* < *right_id*."""

    left_id: str
    right_id: str
    bits: float
    probability: float
    evidence: tuple[Evidence, ...] = ()
    veto: str = ""
    """Why these are different events however alike they look; blank when nothing forbids it."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """Which listings are one event.

    *matches* are all pairs within clusters; *clusters* hold every listing's id once; *doubtful* are pairs that came
    close, or that a veto or a decision kept apart.
    """

    matches: tuple[Match, ...]
    clusters: tuple[tuple[str, ...], ...]
    doubtful: tuple[Match, ...] = ()
