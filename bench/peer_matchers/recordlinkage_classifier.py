"""Record linkage toolkit: its own index, Compare and classifiers; `--variant logistic` (labels) or `ecm` (none)."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import protocol
import recordlinkage  # type: ignore[import-not-found]
from recordlinkage.index import Block  # type: ignore[import-not-found]

BINARY = ("letters jaro", "words of the shorter", "same start", "same end", "city")
BINARY_FROM = 0.85
"""ECM wants yes or no of each comparison, and few that say the same thing: with all twelve its F1 is .56."""


def table_of(listings: list[dict[str, str]]) -> pd.DataFrame:
    """Return the cleaned columns that are compared, missing values as None."""
    bare = [protocol.bare_title(row["title"], row["city"]) for row in listings]
    return pd.DataFrame(
        {
            "title": bare,
            "sorted_title": [" ".join(sorted(words.split())) for words in bare],
            "letters": [protocol.letters(words) for words in bare],
            "source": [row["source"] for row in listings],
            "start": [row["start"] or None for row in listings],
            "month": [row["start"][:7] or None for row in listings],
            "year": [row["start"][:4] or None for row in listings],
            "start_day": [protocol.day(row["start"]) for row in listings],
            "end_day": [protocol.day(row["end"]) for row in listings],
            "city": [protocol.folded(row["city"]) or None for row in listings],
            "country": [row["country"] or None for row in listings],
        },
        index=[row["id"] for row in listings],
    )


def candidates(table: pd.DataFrame) -> pd.MultiIndex:
    """Return pairs of different calendars that share start, month and town, or letters and year."""
    index = recordlinkage.Index()
    for rule in (["start"], ["city", "month"], ["letters", "year"]):
        # Blanks would form one block of their own.
        index.add(Block(left_on=rule))
    pairs = index.index(table)
    source = table["source"]
    first, second = pairs.get_level_values(0), pairs.get_level_values(1)
    return pairs[source.loc[first].to_numpy() != source.loc[second].to_numpy()]


def compare(table: pd.DataFrame, pairs: pd.MultiIndex) -> pd.DataFrame:
    """Return similarities in [0, 1]; a silent side counts one half."""
    asked = recordlinkage.Compare(n_jobs=1)
    asked.string("letters", "letters", method="jarowinkler", label="letters jaro")
    asked.string("letters", "letters", method="levenshtein", label="letters")
    asked.string("sorted_title", "sorted_title", method="levenshtein", label="sorted title")
    asked.string("title", "title", method="qgram", label="title q-grams")
    asked.exact("letters", "letters", label="same letters")
    asked.exact("start_day", "start_day", label="same start", missing_value=0.5)
    asked.numeric("start_day", "start_day", method="exp", scale=3, label="start", missing_value=0.5)
    asked.exact("end_day", "end_day", label="same end", missing_value=0.5)
    asked.string("city", "city", method="jarowinkler", label="city", missing_value=0.5)
    asked.exact("country", "country", label="country", missing_value=0.5)
    found = asked.compute(pairs, table)
    words = {key: frozenset(title.split()) for key, title in table["title"].items()}
    shared = [(len(words[one] & words[other]), len(words[one]), len(words[other])) for one, other in pairs]
    found["words of the shorter"] = [both / max(1, min(one, other)) for both, one, other in shared]
    found["words of both"] = [both / max(1, one + other - both) for both, one, other in shared]
    return found


def screened(known: pd.DataFrame) -> pd.DataFrame:
    """Keep pairs whose titles are somewhat alike: among all pairs, the class ECM finds is "same town, same week"."""
    alike = (known["words of both"] > 0.3) | (known["letters jaro"] > 0.85) | (known["words of the shorter"] > 0.9)
    return (known.loc[alike, list(BINARY)] >= BINARY_FROM).astype(int)


def main() -> None:
    """Read, compare, fit or load, score, write."""
    chosen = protocol.options(__doc__, ("logistic", "ecm"))
    clock = protocol.Clock()
    table = table_of(protocol.rows(chosen.listings))
    clock.lap("read")
    pairs = candidates(table)
    known = compare(table, pairs)
    if chosen.variant == "ecm":
        known = screened(known)
    clock.lap("score")
    if chosen.model is not None:
        classifier: Any = pickle.loads(chosen.model.read_bytes())
    elif chosen.variant == "ecm":
        classifier = recordlinkage.ECMClassifier(init="jaro")
        classifier.fit(known)
    else:
        named = [(min(pair), max(pair)) for pair in pairs]
        gold, unsettled = protocol.pairs_of(chosen.labels), protocol.pairs_of(chosen.unsettled)
        used = np.array([pair not in unsettled for pair in named])
        same = np.array([pair in gold for pair in named])
        classifier = recordlinkage.LogisticRegressionClassifier()
        classifier.fit(known[used], pairs[used & same])
    if chosen.save_model is not None:
        chosen.save_model.write_bytes(pickle.dumps(classifier))
    clock.lap("fit")
    scores = classifier.prob(known)
    protocol.write(chosen.out, ((one, other, score) for (one, other), score in scores.items()), chosen)
    clock.lap("write")
    clock.tell()


if __name__ == "__main__":
    main()
