"""The story of recognising one event in many listings: block, compare, weigh, cluster."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from calendar_sync.listings import Listing
from dedupe import blocking, scoring
from dedupe.clustering import clusters
from dedupe.columns import Columns, columns_of
from dedupe.comparison import COMPARISONS, LEVELS, SILENT, VETOES, Levels, compare
from dedupe.evidence import Evidence, Match

NEAR_MISS = 4.0
"""Bits below the threshold down to which a pair is kept as doubtful."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """Which listings are one event.

    *matches* are the compared pairs inside clusters; *doubtful* fell short by less than NEAR_MISS bits, strongest
    first. *clusters* hold listing ids, each listing in exactly one.
    """

    matches: tuple[Match, ...]
    clusters: tuple[tuple[str, ...], ...]
    doubtful: tuple[Match, ...] = ()


def recognise(
    listings: Sequence[Listing],
    *,
    threshold: float | None = None,
    apart: Collection[tuple[str, str]] = (),
    together: Collection[tuple[str, str]] = (),
) -> Recognition:
    """Recognise the events behind *listings*; the result depends on these listings only, not on their order.

    *threshold* is the least match weight in bits, by default the shipped one. *apart* and *together* are pairs of
    listing ids that coordinators decided on.
    """
    ordered = sorted(listings, key=lambda listing: listing.id)
    columns = columns_of(ordered)
    pairs = blocking.pairs(columns)
    weights = scoring.shipped()
    least = weights.threshold if threshold is None else threshold
    levels = compare(columns, pairs).levels
    waterfall = scoring.weigh(levels, weights.bits)
    bits = waterfall.sum(axis=1) + weights.prior
    rivals = scoring.rivalled(columns, pairs, bits) * weights.rival
    bits += rivals
    forbidden = scoring.vetoed(levels)
    place = {id_: position for position, id_ in enumerate(columns.ids)}
    vetoes = {(int(one), int(other)) for one, other in pairs[forbidden]}
    groups = clusters(
        len(ordered),
        # Pairs far below never join anything, and there are many.
        {
            (int(one), int(other)): float(weight)
            for (one, other), weight in zip(pairs[bits > least - 12], bits[bits > least - 12], strict=True)
        },
        vetoes | _positions(apart, place),
        _positions(together, place),
        least,
    )
    group_of = {member: number for number, group in enumerate(groups) for member in group}
    joined = np.array([group_of[int(one)] == group_of[int(other)] for one, other in pairs], dtype=np.bool_)
    near = ~joined & ~forbidden & (bits > least - NEAR_MISS) if len(pairs) else joined

    def match(row: int) -> Match:
        one, other = (int(position) for position in pairs[row])
        return _match(ordered, columns, levels, waterfall, float(rivals[row]), float(bits[row]), row, one, other)

    doubtful = sorted((match(int(row)) for row in np.flatnonzero(near)), key=lambda found: (-found.bits, found.left_id))
    return Recognition(
        matches=tuple(match(int(row)) for row in np.flatnonzero(joined)),
        clusters=tuple(tuple(columns.ids[member] for member in group) for group in groups),
        doubtful=tuple(doubtful),
    )


def explain(one: Listing, other: Listing, listings: Sequence[Listing]) -> Match:
    """Weigh one pair among *listings*, whether or not any blocking rule brings it together.

    Raises:
        ValueError: The two are the same listing.
    """
    if one.id == other.id:
        raise ValueError("a listing is compared with another one, not with itself")
    found = recognise(listings)
    low, high = sorted((one, other), key=lambda listing: listing.id)
    for match in (*found.matches, *found.doubtful):
        if (match.left_id, match.right_id) == (low.id, high.id):
            return match
    ordered = [low, high]
    columns = columns_of(ordered)
    weights = scoring.shipped()
    levels = compare(columns, np.array([[0, 1]], dtype=np.int32)).levels
    waterfall = scoring.weigh(levels, weights.bits)
    return _match(ordered, columns, levels, waterfall, 0.0, float(waterfall.sum() + weights.prior), 0, 0, 1)


def _positions(named: Collection[tuple[str, str]], place: dict[str, int]) -> set[tuple[int, int]]:
    found = set()
    for one, other in named:
        if one in place and other in place:
            low, high = sorted((place[one], place[other]))
            found.add((low, high))
    return found


def _match(
    ordered: Sequence[Listing], columns: Columns, levels: Levels, waterfall: scoring.Bits, rival: float, bits: float,
    row: int, one: int, other: int,
) -> Match:  # fmt: skip
    evidence = [Evidence("prior", "any two listings that could be compared", "", "", round(scoring.shipped().prior, 2))]
    veto = ""
    for number, comparison in enumerate(COMPARISONS):
        reached = int(levels[row, number])
        if reached == SILENT:
            continue
        level = LEVELS[comparison][reached]
        veto = veto or VETOES.get((comparison, level), "")
        left, right = (_shown(ordered[position], columns, comparison, position) for position in (one, other))
        evidence.append(Evidence(comparison, level, left, right, round(float(waterfall[row, number]), 2)))
    if rival:
        evidence.append(Evidence("rivals", "a better partner is in the other calendar", "", "", round(rival, 2)))
    return Match(
        ordered[one].id, ordered[other].id, round(bits, 2), scoring.probability(bits), tuple(evidence), veto
    )


def _shown(listing: Listing, columns: Columns, comparison: str, position: int) -> str:
    """Return the value that was compared, for a person."""
    if comparison.endswith("title"):
        return listing.title
    if comparison == "dates":
        if listing.span is None:
            return listing.date_text or "no date"
        span = listing.span
        days = span.earliest.isoformat() + ("" if span.earliest == span.latest else f"/{span.latest.isoformat()}")
        return days if span.is_exact else f"between {days}"
    if comparison == "place":
        return ", ".join(part for part in (listing.city, listing.country) if part) or ("online" if listing.online else "")
    if comparison == "organisers":
        return "; ".join((*listing.organisers, *listing.sponsors))
    if comparison == "audience":
        return "; ".join(listing.audience)
    if comparison == "qualifiers":
        title = columns.titles[position]
        found = [f"edition {number}" for number in sorted(title.editions)] + [str(year) for year in sorted(title.years)]
        found += [value for kind in sorted(title.qualifiers) for value in sorted(title.qualifiers[kind])]
        return ", ".join(found)
    return listing.key.calendar
