"""Recognising one event under several wordings: listings become clusters, each pair with its evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calendar_sync.listings import Listing
from dedupe import blocking, scoring
from dedupe.clustering import clusters
from dedupe.columns import Columns, Floats, Ints, columns
from dedupe.comparison import COMPARISONS, Levels, compare
from dedupe.evidence import Evidence, Match, Recognition
from dedupe.values import value
from dedupe.vetoes import VETOES, vetoes
from dedupe.weights import Weights, shipped

DOUBT = 5.0
"""Bits below the threshold down to which a pair that was not joined is worth a look."""

Pair = tuple[str, str]


def recognise(
    listings: Sequence[Listing],
    *,
    threshold: float | None = None,
    apart: Collection[Pair] = (),
    together: Collection[Pair] = (),
    weights: Weights | None = None,
) -> Recognition:
    """Recognise the events behind listings.

    Nothing but the given listings and the shipped weights has a say, and their order has none. *threshold* is in bits;
    *apart* and *together* are pairs of ids that coordinators settled, and stand above all evidence.
    """
    model = weights if weights is not None else shipped()
    least = model.threshold if threshold is None else threshold
    known = columns(listings, model.background)
    judged = judge(known, blocking.candidates(known), model)
    grouped = _grouped(known, judged, model, least, apart, together)
    return _recognition(known, judged, grouped, model, least)


def groups(
    listings: Sequence[Listing], *, threshold: float | None = None, weights: Weights | None = None
) -> tuple[tuple[str, ...], ...]:
    """Return the clusters of `recognise` without the evidence of their pairs."""
    model = weights if weights is not None else shipped()
    least = model.threshold if threshold is None else threshold
    known = columns(listings, model.background)
    judged = judge(known, blocking.candidates(known), model)
    return tuple(sorted(tuple(known.ids[at] for at in group) for group in _grouped(known, judged, model, least)))


def _grouped(
    known: Columns, judged: Judged, model: Weights, least: float, apart: Collection[Pair] = (),
    together: Collection[Pair] = (),
) -> list[list[int]]:  # fmt: skip
    silent = _silent(known)

    def forbidden(some: Judged) -> list[bool]:
        told: list[bool] = (
            (some.veto > 0) | _named(known, some.pairs, apart) | silent[some.pairs].any(axis=1)
        ).tolist()
        return told

    def missing(wanted: Ints) -> tuple[Floats, Sequence[bool]]:
        more = judge(known, wanted, model, among=judged)
        return more.bits, forbidden(more)

    joined = _positions(known, together)
    return clusters(len(known), judged.pairs, judged.bits, forbidden(judged), least, joined, missing)


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs with their levels, match weights and vetoes.

    Shapes:
        pairs (n_pairs, 2), levels (n_pairs, n_comparisons), base and bits (n_pairs,), veto (n_pairs,) 0 for none
    """

    pairs: Ints
    levels: Levels
    base: Floats
    """Match weights without the rivals' part."""
    bits: Floats
    veto: NDArray[np.int8]


def judge(known: Columns, pairs: Ints, model: Weights, among: Judged | None = None) -> Judged:
    """Compare and weigh pairs; rivals are looked for *among* pairs judged before, else among these."""
    levels = compare(known, pairs)
    base = scoring.weigh(levels, model.bits).sum(axis=1) + model.prior
    others = (pairs, base) if among is None else (among.pairs, among.base)
    levels[:, scoring.CALENDAR_AT] = scoring.rivals(known, pairs, base, *others)
    bits = base + model.bits[scoring.CALENDAR_AT, levels[:, scoring.CALENDAR_AT]]
    return Judged(pairs, levels, base, bits, vetoes(levels))


def explain(a: Listing, b: Listing, listings: Sequence[Listing], *, weights: Weights | None = None) -> Match:
    """Explain one pair among *listings*: every comparison with both values, level and bits, whatever the verdict.

    Raises:
        ValueError: The two are the same listing.
    """
    if a.id == b.id:
        raise ValueError("a listing is compared with another one, not with itself")
    model = weights if weights is not None else shipped()
    known = columns(list({one.id: one for one in (*listings, a, b)}.values()), model.background)
    at = {key: position for position, key in enumerate(known.ids)}
    wanted = np.array([sorted((at[a.id], at[b.id]))], dtype=np.int64)
    pairs = blocking.candidates(known)
    touching = pairs[np.isin(pairs, wanted).any(axis=1)]
    judged = judge(known, wanted, model, among=judge(known, touching, model))
    return match(known, judged, 0, model)


def match(known: Columns, judged: Judged, at: int, model: Weights) -> Match:
    """Tell what speaks for and against one judged pair."""
    one, other = (int(position) for position in judged.pairs[at])
    levels = judged.levels[at : at + 1]
    bits = scoring.weigh(levels, model.bits)[0]
    evidence = [Evidence("prior", "before anything is compared", "", "", round(model.prior, 2))]
    for number, comparison in enumerate(COMPARISONS):
        level = int(levels[0, number])
        if level >= 0:
            left, right = value(known, one, comparison.name), value(known, other, comparison.name)
            evidence.append(Evidence(comparison.name, comparison.levels[level], left, right, float(bits[number])))
    total = round(sum(piece.bits for piece in evidence), 2)
    chance = float(scoring.probability(np.array([total]))[0])
    return Match(known.ids[one], known.ids[other], total, chance, tuple(evidence), VETOES[int(judged.veto[at])])


def _recognition(
    known: Columns, judged: Judged, groups: Sequence[Sequence[int]], model: Weights, least: float
) -> Recognition:
    group_of = np.zeros(len(known), dtype=np.int64)
    for number, group in enumerate(groups):
        group_of[list(group)] = number
    pairs = judged.pairs
    inside = group_of[pairs[:, 0]] == group_of[pairs[:, 1]] if len(pairs) else np.zeros(0, dtype=np.bool_)
    matches = [match(known, judged, int(at), model) for at in np.flatnonzero(inside)]
    have = {(found.left_id, found.right_id) for found in matches}
    lacking = [
        (one, other)
        for group in groups
        for position, one in enumerate(group)
        for other in group[position + 1 :]
        if (known.ids[one], known.ids[other]) not in have
    ]
    if lacking:
        more = judge(known, np.array(lacking, dtype=np.int64), model, among=judged)
        matches += [match(known, more, at, model) for at in range(len(lacking))]
    near = np.flatnonzero(~inside & (judged.bits >= least - DOUBT))
    doubtful = [match(known, judged, int(at), model) for at in near]
    return Recognition(
        matches=tuple(sorted(matches, key=_ids)),
        clusters=tuple(sorted(tuple(known.ids[at] for at in group) for group in groups)),
        doubtful=tuple(sorted(doubtful, key=_ids)),
    )


def _ids(found: Match) -> Pair:
    return found.left_id, found.right_id


def _positions(known: Columns, pairs: Iterable[Pair]) -> Ints:
    at = {key: position for position, key in enumerate(known.ids)}
    told = [sorted((at[one], at[other])) for one, other in pairs if one in at and other in at and one != other]
    return np.array(sorted(told), dtype=np.int64).reshape(-1, 2)


def _silent(known: Columns) -> NDArray[np.bool_]:
    """Say which listings tell nothing but that days are taken, shape (n,): two of those are two, however alike."""
    return np.array(
        [
            listing.title.strip().casefold() == "busy" and not (listing.city or listing.country or listing.audience)
            for listing in known.listings
        ],
        dtype=np.bool_,
    )


def _named(known: Columns, pairs: Ints, named: Collection[Pair]) -> NDArray[np.bool_]:
    if not named or not len(pairs):
        return np.zeros(len(pairs), dtype=np.bool_)
    told = _positions(known, named)
    count = len(known)
    return np.isin(pairs[:, 0] * count + pairs[:, 1], told[:, 0] * count + told[:, 1])
