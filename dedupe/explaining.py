"""Explaining: why two listings are one event, or why not, down to the bit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from rapidfuzz import process

from calendar_sync.listings import Listing
from dedupe import matching, phrases
from dedupe.clustering import CROWD, LOUDEST, UNCOMPARED, components
from dedupe.columns import Ints
from dedupe.evidence import Evidence, Match
from dedupe.matching import Judged, Recognised
from dedupe.titles import Word, wording
from dedupe.why_not import Rule, WhyNot, bare


class Answer(StrEnum):
    """Whether two listings are one event, and what it was that decided against it."""

    ONE_EVENT = "one_event"
    TOO_LITTLE = "too_little"
    VETO = "veto"
    AVERAGE = "average"
    BUSY = "busy"
    NEVER_COMPARED = "never_compared"


@dataclass(frozen=True, slots=True)
class WeighedWord:
    """A word of the titles as it is weighed: by how many of the listings given, and all we know of, have it."""

    word: str
    sides: str
    """both, left or right."""
    listings: int
    bits: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """What speaks for and against two listings being one event, and what was made of it.

    The bits of *evidence* add up to *bits*. A pair that blocking did not bring together is weighed here all the same.
    """

    left: Listing
    right: Listing
    answer: Answer
    why: str
    bits: float
    probability: float
    threshold: float
    evidence: tuple[Evidence, ...]
    veto: str
    rules: tuple[Rule, ...]
    """What each blocking rule said of the pair."""
    words: tuple[WeighedWord, ...]

    @property
    def missing(self) -> float:
        """Bits that are missing to the threshold, 0 where none are."""
        return round(max(0.0, self.threshold - self.bits), 2)

    @property
    def sums(self) -> Sequence[float]:
        """The sum after each piece of evidence; the last one is *bits*."""
        return [round(float(total), 2) for total in np.cumsum([piece.bits for piece in self.evidence])]

    @property
    def against(self) -> Sequence[Evidence]:
        """The comparisons that speak against it, the loudest first."""
        return against(self.evidence)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values (desk/schemas/match-explain.schema.json)."""
        return {
            "left": _as_json(self.left),
            "right": _as_json(self.right),
            "answer": str(self.answer),
            "why": self.why,
            "bits": self.bits,
            "probability": round(self.probability, 6),
            "threshold": self.threshold,
            "missing": self.missing,
            "veto": self.veto,
            "evidence": [
                {
                    "comparison": piece.comparison, "level": piece.level, "left": piece.left, "right": piece.right,
                    "bits": round(piece.bits, 2), "sum": total,
                }
                for piece, total in zip(self.evidence, self.sums, strict=True)
            ],
            "rules": [{"rule": rule.name, "brings": rule.brings, "why": rule.why} for rule in self.rules],
            "words": [
                {"word": one.word, "sides": one.sides, "listings": one.listings, "bits": one.bits} for one in self.words
            ],
        }  # fmt: skip


class Explainer:
    """Explains any pair of the listings something was recognised in, with the weights it was recognised with."""

    def __init__(self, found: Recognised) -> None:
        self._found = found
        self._known = found.known
        self._at = {key: position for position, key in enumerate(self._known.ids)}
        self._why_not = WhyNot(self._known)
        self._counts = self._known.words.counts()

    def explain(self, one: str, other: str) -> Explanation:
        """Explain the pair of two ids, in this order.

        Raises:
            ValueError: The two are the same listing.
            KeyError: An id is not among the listings.
        """
        if one == other:
            raise ValueError("a listing is compared with another one, not with itself")
        at = self._at[one], self._at[other]
        left, right = (self._known.table.listing(each) for each in at)
        told = self._match(*at)
        rules = self._why_not.rules(*at)
        answer, why = self._answer(*at, told, rules)
        evidence = told.evidence if told.left_id == one else tuple(_turned(piece) for piece in told.evidence)
        return Explanation(
            left=left,
            right=right,
            answer=answer,
            why=why,
            bits=told.bits,
            probability=told.probability,
            threshold=self._found.threshold,
            evidence=evidence,
            veto=told.veto,
            rules=rules,
            words=tuple(self._words(*at)),
        )

    def bits(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Weigh pairs of ids."""
        if not pairs:
            return []
        wanted = np.array([sorted((self._at[one], self._at[other])) for one, other in pairs], dtype=np.int64)
        weights: list[float] = self._judge(wanted).bits.tolist()
        return weights

    def _judge(self, pairs: Ints) -> Judged:
        """Weigh pairs of positions; rivals are those the recognition knew."""
        judged = self._found.judged
        touching = judged.only(np.flatnonzero(np.isin(judged.pairs, pairs).any(axis=1)))
        return matching.judge(self._known, pairs, self._found.model, among=touching)

    def _match(self, one: int, other: int) -> Match:
        judged = self._judge(np.array([sorted((one, other))], dtype=np.int64))
        return matching.match(self._known, judged, 0, self._found.model)

    @cached_property
    def _connected(self) -> Ints:
        """Name for each position the first one of all that hang together with it by pairs above the threshold."""
        judged = self._found.judged
        busy = np.array([title.strip().casefold() == "busy" for title in self._known.table.titles], dtype=np.bool_)
        for at in np.flatnonzero(busy):
            busy[at] = self._known.table.listing(int(at)).says_only_busy
        linked = (judged.bits >= self._found.threshold) & (judged.veto == 0) & ~busy[judged.pairs].any(axis=1)
        return components(len(self._known), judged.pairs[linked])

    def _answer(self, one: int, other: int, told: Match, rules: Sequence[Rule]) -> tuple[Answer, str]:
        group, threshold = self._found.group, self._found.threshold
        least = f"the threshold of {bits(threshold)}"
        if group[one] == group[other]:
            others = [self._named(at) for at in self._event(one) if at not in (one, other)]
            if told.bits < threshold and others:
                return Answer.ONE_EVENT, (
                    f"one event, although these two alone reach only {bits(told.bits)} of {least}: they are held "
                    f"together by {phrases.listed(others)}"
                )
            aside = "" if any(rule.brings for rule in rules) else "; other listings of the event brought them together"
            return Answer.ONE_EVENT, f"one event: {bits(told.bits)}, {least} is passed{aside}"
        for at in (one, other):
            if self._known.table.listing(at).says_only_busy:
                return Answer.BUSY, f"not one event: {self._named(at)} says only that days are taken"
        if not any(rule.brings for rule in rules) and self._connected[one] != self._connected[other]:
            more = f"; compared, they would have reached {bits(told.bits)}, and the threshold is {bits(threshold)}"
            more += f"; nor could they be one event: {told.veto}" if told.veto else ""
            return Answer.NEVER_COMPARED, self._why_not.sentence(one, other) + more
        if told.veto:
            return Answer.VETO, f"not one event, whatever the bits ({bits(told.bits)}): {told.veto}"
        if told.bits < threshold:
            loudest = [f"{piece.comparison} ({piece.level}, {bits(piece.bits)})" for piece in against(told.evidence)]
            most = f"; most speaks against it: {phrases.listed(loudest[:3])}" if loudest else ""
            return Answer.TOO_LITTLE, (
                f"not one event: {bits(round(threshold - told.bits, 2), signed=False)} are missing to {least}{most}"
            )
        return Answer.AVERAGE, self._average(self._event(one), self._event(other), told)

    def _event(self, at: int) -> list[int]:
        group = self._found.group
        positions: list[int] = np.flatnonzero(group == group[at]).tolist()
        return positions

    def _average(self, own: Sequence[int], others: Sequence[int], told: Match) -> str:
        """Say what keeps two events apart although one pair between them reaches the threshold."""
        pairs = np.array([sorted((one, other)) for one in own for other in others], dtype=np.int64)
        judged = self._judge(pairs)
        start = f"kept apart although {bits(told.bits)} reach the threshold of {bits(self._found.threshold)}, because "
        for at in np.flatnonzero(judged.veto):
            found = matching.match(self._known, judged, int(at), self._found.model)
            return f"{start}{self._both(pairs[at])}, which would be in one event with them, are not: {found.veto}"
        weights = np.clip(judged.bits, -LOUDEST, LOUDEST)
        if int((self._connected == self._connected[own[0]]).sum()) > CROWD:
            compared = set(map(tuple, self._found.judged.pairs.tolist()))
            weights = np.where([tuple(pair) in compared for pair in pairs.tolist()], weights, UNCOMPARED)
        worst = int(np.argmin(weights))
        return (
            f"{start}the average of all {len(pairs)} pairs between their events is {bits(float(weights.mean()))}; "
            f"the least is {self._both(pairs[worst])}, with {bits(float(weights[worst]))}"
        )

    def _both(self, pair: Ints) -> str:
        return " and ".join(sorted(self._named(int(at)) for at in pair))

    def _wording(self, at: int) -> Sequence[Word]:
        return wording(self._known.table.titles[at]).words

    def _named(self, at: int) -> str:
        return self._known.table.listing(at).key.uid

    def _words(self, one: int, other: int) -> Iterator[WeighedWord]:
        """Yield the words both titles have, the rarest first, then those of one side."""
        sparse = self._known.words
        a, b = (
            dict(zip(sparse.codes[own].tolist(), sparse.weights[own].tolist(), strict=True))
            for own in (slice(int(sparse.start[at]), int(sparse.start[at + 1])) for at in (one, other))
        )
        # Titles without blanks between words are cut at marks of our own making.
        written = {
            word.token: word.written
            for key in (other, one)
            for word in self._wording(key)
            if not word.written.startswith("zz")
        }
        for sides, codes in (
            ("both", a.keys() & b.keys()),
            ("left", a.keys() - b.keys()),
            ("right", b.keys() - a.keys()),
        ):
            weighed = {code: min(side[code] for side in (a, b) if code in side) for code in codes}
            for code in sorted(codes, key=lambda code: (-weighed[code], sparse.names[code])):
                name = sparse.names[code]
                yield WeighedWord(
                    written.get(name, bare(name)), sides, int(self._counts[code]), round(weighed[code], 2)
                )


def against(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return what speaks against one event, the loudest first; the prior is no comparison."""
    speaking = [piece for piece in evidence if piece.bits < 0 and piece.comparison != "prior"]
    return sorted(speaking, key=lambda piece: (piece.bits, piece.comparison))


def bits(number: float, *, signed: bool = True) -> str:
    """Write a number of bits.

    >>> bits(2.5), bits(-0.5), bits(3.14, signed=False), bits(1, signed=False)
    ('+2.5 bits', '-0.5 bits', '3.14 bits', '1 bit')
    """
    told = f"{round(number, 2):+g}" if signed else f"{round(number, 2):g}"
    return f"{told} {'bit' if told == '1' else 'bits'}"


def nearest(wanted: str, names: Sequence[str], most: int = 3) -> list[str]:
    """Return the names most like one that does not exist.

    >>> nearest("oas-13", ["oas-12", "un-9", "oas-31"], 2)
    ['oas-12', 'oas-31']
    """
    return [name for name, _, _ in process.extract(wanted, names, limit=most, score_cutoff=50)]


def _turned(piece: Evidence) -> Evidence:
    return replace(piece, left=piece.right, right=piece.left)


def _as_json(listing: Listing) -> dict[str, str]:
    return {
        "id": listing.key.uid,
        "source": listing.key.calendar,
        "title": listing.title,
        "start": listing.span.earliest.isoformat() if listing.span is not None else "",
        "end": listing.span.latest.isoformat() if listing.span is not None else "",
        "dates": phrases.dates_of(listing),
        "city": listing.city,
        "country": listing.country,
    }
