"""Terms of one or more words and what they mean, found in folded texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dedupe.lexicon import fold


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms with what they mean, by their first words: most texts hold none of those."""

    by_first: Mapping[str, tuple[tuple[str, str], ...]]

    def named_in(self, text: str) -> frozenset[str]:
        """Return what the terms in a text mean.

        >>> sorted(terms([("peer review", "review"), ("Rapport", "reporting")]).named_in("Rapport sur la peer-review"))
        ['reporting', 'review']
        """
        return frozenset(meaning for _, meaning in self.found_in(text))

    def found_in(self, text: str) -> tuple[tuple[str, str], ...]:
        """Return the terms in a text, folded, each with what it means, in alphabetical order.

        >>> terms([("peer review", "review"), ("Rapport", "reporting")]).found_in("Rapport sur la peer-review")
        (('peer review', 'review'), ('rapport', 'reporting'))
        """
        words = fold(text).split()
        if self.by_first.keys().isdisjoint(words):
            return ()
        plain = f" {' '.join(words)} "
        held = {
            (term.strip(), meaning)
            for word in {*words} & self.by_first.keys()
            for term, meaning in self.by_first[word]
            if term in plain
        }
        return tuple(sorted(held))


def terms(meanings: Iterable[tuple[str, str]]) -> Terms:
    """Make terms of pairs of words and what they mean; words without a letter or digit name nothing."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for words, meaning in meanings:
        folded = fold(words)
        if folded:
            found[folded.split()[0]].append((f" {folded} ", meaning))
    return Terms({word: tuple(those) for word, those in found.items()})
