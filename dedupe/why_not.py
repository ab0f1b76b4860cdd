"""Why not: which blocking rules bring two listings together, and what each of the others would have needed.

Follows `blocking` rule by rule for one pair; the tests hold the two to the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dedupe import blocking
from dedupe.columns import Columns, Ints, Sparse

_TELLING = 3
"""Words in common that are named before the rest is counted."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one blocking rule says of a pair: whether it brings it together, and what it saw or missed."""

    name: str
    brings: bool
    why: str


class WhyNot:
    """Answers for any pair of the same listings why blocking did or did not bring it together."""

    def __init__(self, known: Columns) -> None:
        self._known = known
        self._word_counts = known.words.counts()
        self._body_counts = known.bodies.counts()
        dated = known.first > 0
        self._dated = dated
        self._settled = dated & (known.exact | (known.last - known.first <= blocking.WIDE))
        self._near = blocking.reaches(known)
        self._first_letters = blocking.first_letters(known)
        self._placed = blocking.placed(known)

    def rules(self, one: int, other: int) -> tuple[Rule, ...]:
        """Ask every rule about the listings at two positions; those for other kinds of pairs are left out."""
        days = self.days_apart(one, other)
        told = []
        if days is not None:
            told = [
                self._town(one, other, days),
                self._country(one, other, days),
                self._letters(one, other, days),
                self._bodies(one, other, days),
                self._words(one, other, days),
                self._equal(one, other),
            ]
            if not (self._placed[one] and self._placed[other]):
                told.append(self._placeless(one, other))
        if not (self._settled[one] and self._settled[other]):
            told += self._undated(one, other)
        return tuple(told)

    def sentence(self, one: int, other: int) -> str:
        """Say why no rule brought two listings together.

        Raises:
            ValueError: A rule did.
        """
        rules = self.rules(one, other)
        if any(rule.brings for rule in rules):
            raise ValueError("a rule brought them together")
        days = self.days_apart(one, other)
        reasons = [] if days is not None else ["one of them has no date"]
        reasons += dict.fromkeys(rule.why for rule in rules)
        if days is not None:
            reasons.append(f"their starts are {_days(days)} apart" if days else "though they start on one day")
        return f"never compared, because {'; '.join(reasons)}"

    def days_apart(self, one: int, other: int) -> int | None:
        """Count the days between two starts, the nearest possible ones; None where a date is missing."""
        if not (self._dated[one] and self._dated[other]):
            return None
        return int(np.abs(self._stands(one)[:, None] - self._stands(other)[None, :]).min())

    # -- both dated ------------------------------------------------------------------------------------------------

    def _stands(self, at: int) -> Ints:
        """Return the days at which a dated listing stands: a span that is not exact stands at several."""
        first, last = int(self._known.first[at]), int(self._known.last[at])
        if self._known.exact[at]:
            return np.array([first])
        stops: Ints = first + blocking.STEP * np.arange(min((last - first) // blocking.STEP + 1, blocking.STOPS))
        return stops

    def _town(self, one: int, other: int, days: int) -> Rule:
        known = self._known
        a, b = int(known.town[one]), int(known.town[other])
        if a >= 0 and a == b:
            return _within("town", f"one town, {known.towns[a].title()}", days, int(self._near.town[a]))
        named = "" if min(a, b) < 0 else f" ({known.towns[a].title()}, {known.towns[b].title()})"
        return Rule("town", False, f"no town in common{named}{_blank(a < 0, b < 0)}")

    def _country(self, one: int, other: int, days: int) -> Rule:
        a, b = int(self._known.country[one]), int(self._known.country[other])
        if a >= 0 and a == b:
            return _within("country", "one country", days, int(self._near.country[a]))
        return Rule("country", False, f"no country in common{_blank(a < 0, b < 0)}")

    def _letters(self, one: int, other: int, days: int) -> Rule:
        a, b = (self._known.bare[at][: blocking.LETTERS] for at in (one, other))
        if a == b and len(a) >= blocking.FEWEST_LETTERS:
            most = int(self._near.letters[self._first_letters[one]])
            return _within("first letters", f"titles begin with '{a}'", days, most)
        return Rule("first letters", False, f"titles begin with other letters ('{a}', '{b}')")

    def _bodies(self, one: int, other: int, days: int) -> Rule:
        bodies = self._known.bodies
        shared = _shared(bodies, one, other)
        if shared:
            named = " and ".join(bare(bodies.names[code]) for code in shared[:_TELLING])
            return _within("bodies", f"{named} in both", days, max(int(self._near.bodies[code]) for code in shared))
        silent = [bool(bodies.start[at] == bodies.start[at + 1]) for at in (one, other)]
        return Rule("bodies", False, f"no organiser or sponsor in common{_blank(*silent)}")

    def _words(self, one: int, other: int, days: int) -> Rule:
        words, counts = self._known.words, self._word_counts
        shared = sorted(_shared(words, one, other, blocking.WORTH), key=lambda code: (counts[code], words.names[code]))
        if not shared:
            usual = ", ".join(map(self._word, _shared(words, one, other)[:_TELLING]))
            return Rule("words", False, f"no word in common{f' but {usual}, which says too little' if usual else ''}")
        reach = [int(self._near.words[code]) for code in shared]
        if days <= max(reach):
            best = reach.index(max(reach))
            return _within("words", f"{self._word(shared[best])} in both titles", days, reach[best])
        told = "; ".join(
            f"{self._word(code)}, found in {counts[code]:,} listings and therefore only looked for within {_days(most)}"
            for code, most in list(zip(shared, reach, strict=True))[:_TELLING]
        )
        more = f"; and {len(shared) - _TELLING} still more usual" if len(shared) > _TELLING else ""
        return Rule("words", False, f"no word in common but {told}{more}")

    def _word(self, code: int) -> str:
        return f"'{bare(self._known.words.names[code])}'"

    def _equal(self, one: int, other: int) -> Rule:
        known = self._known
        town = known.town[one] >= 0 and known.town[one] == known.town[other]
        title = known.bare[one] == known.bare[other]
        if town and title:
            days = abs(int(known.first[one]) - int(known.first[other]))
            return _within("equal titles", "equal titles in one town", days, blocking.EQUAL_DAYS)
        return Rule("equal titles", False, "no equal titles in one town")

    def _placeless(self, one: int, other: int) -> Rule:
        """Without a place, one first day is enough where few listings start on it."""
        known = self._known
        if not (known.exact[one] and known.exact[other] and known.first[one] == known.first[other]):
            return Rule("day, no place", False, "no place, nor one first day")
        count = int((known.exact & (known.first == known.first[one])).sum())
        return _if_few("day, no place", "the same first day", count, blocking.PLACELESS, "places")

    # -- one of them without dates ---------------------------------------------------------------------------------

    def _undated(self, one: int, other: int) -> list[Rule]:
        known = self._known
        return [
            self._few("town", known.town, one, other),
            self._few("country", known.country, one, other),
            self._few_words(one, other),
            self._few_bodies(one, other),
        ]

    def _few(self, noun: str, column: Ints, one: int, other: int) -> Rule:
        a, b = int(column[one]), int(column[other])
        if a < 0 or a != b:
            return Rule(f"{noun}, no date", False, f"no {noun} in common{_blank(a < 0, b < 0)}")
        return _if_few(f"{noun}, no date", f"one {noun}", int((column == a).sum()), blocking.UNDATED)

    def _few_words(self, one: int, other: int) -> Rule:
        """A rare word is enough, as is any word beside the same country, where few listings have it."""
        words, country = self._known.words, self._known.country
        best: Rule | None = None
        for code in _shared(words, one, other, blocking.UNDATED_WORTH):
            entries = np.flatnonzero(words.codes == code)
            heavy = entries[words.weights[entries] > blocking.UNDATED_WORTH]
            asked = []
            if _shared_weight(words, one, other, code) > blocking.RARE:
                asked.append((f"the word {self._word(code)}", int((words.weights[heavy] > blocking.RARE).sum())))
            if country[one] >= 0 and country[one] == country[other]:
                owners = np.searchsorted(words.start, heavy, side="right") - 1
                count = int((country[owners] == country[one]).sum())
                asked.append((f"the word {self._word(code)} in one country", count))
            for what, count in asked:
                rule = _if_few("words, no date", what, count, blocking.UNDATED)
                if rule.brings:
                    return rule
                best = best or rule
        return best or Rule("words, no date", False, "no telling word in common")

    def _few_bodies(self, one: int, other: int) -> Rule:
        bodies = self._known.bodies
        shared = sorted(_shared(bodies, one, other), key=lambda code: int(self._body_counts[code]))
        if not shared:
            return Rule("bodies, no date", False, "no organiser or sponsor in common")
        code = shared[0]
        count = int(self._body_counts[code])
        return _if_few("bodies, no date", bare(bodies.names[code]), count, blocking.UNDATED_BODY)


def bare(name: str) -> str:
    """Leave out which sort of word a name stands for.

    >>> bare("participants:contact_points"), bare("kubernetes")
    ('contact points', 'kubernetes')
    """
    return name.rpartition(":")[2].replace("_", " ")


def _within(name: str, what: str, days: int, most: int) -> Rule:
    if days <= most:
        return Rule(name, True, f"{what}, starts within {_days(most)}")
    if most < 0:
        return Rule(name, False, f"{what}, which so many listings share that it is not looked for")
    return Rule(name, False, f"{what}, which is only looked for within {_days(most)}")


def _if_few(name: str, what: str, count: int, most: int, missing: str = "dates") -> Rule:
    """With a date or a place missing, what is in common must be rare."""
    if count <= most:
        return Rule(name, True, f"{what} in both, found in {count:,} listings")
    return Rule(
        name, False, f"{what} in both, found in {count:,} listings and without {missing} only looked for up to {most}"
    )


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days:,} days"


def _blank(one: bool, other: bool) -> str:
    """Say which side is silent, nothing when neither is."""
    if one and other:
        return " (neither names any)"
    return f" ({'the first' if one else 'the second'} names none)" if one or other else ""


def _entries(sparse: Sparse, at: int) -> slice:
    return slice(int(sparse.start[at]), int(sparse.start[at + 1]))


def _shared(sparse: Sparse, one: int, other: int, more_than: float = -1.0) -> list[int]:
    """Return the codes both listings have with more than so many bits."""
    a, b = (
        sparse.codes[own][sparse.weights[own] > more_than] for own in (_entries(sparse, one), _entries(sparse, other))
    )
    return [int(code) for code in np.intersect1d(a, b)]


def _shared_weight(sparse: Sparse, one: int, other: int, code: int) -> float:
    """Return what a code both have weighs where it weighs less."""
    weights = []
    for at in (one, other):
        own = _entries(sparse, at)
        weights.append(float(sparse.weights[own][sparse.codes[own] == code][0]))
    return min(weights)
