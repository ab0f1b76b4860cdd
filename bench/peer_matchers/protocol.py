"""What every peer's script shares: its options, a clock for its phases, and the tables it writes."""

from __future__ import annotations

import argparse
import csv
import json
import re
import time
import unicodedata
from collections.abc import Iterable
from datetime import date
from itertools import combinations
from pathlib import Path

Pair = tuple[str, str]


def options(description: str | None, variants: Iterable[str] = ()) -> argparse.Namespace:
    """Parse the options that the bench gives to each peer."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("listings", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--variant", choices=tuple(variants), help="which set-up of this peer")
    parser.add_argument("--labels", type=Path, help="gold pairs to learn from")
    parser.add_argument("--unsettled", type=Path, help="pairs to learn nothing from")
    parser.add_argument("--model", type=Path, help="load what --save-model wrote and fit nothing")
    parser.add_argument("--save-model", type=Path)
    parser.add_argument("--scores", action="store_true", help="write scored pairs (id_a, id_b, score), cut nowhere")
    parser.add_argument("--threshold", type=float, default=0.0)
    parser.add_argument("--how", choices=("pairs", "components"), default="pairs")
    return parser.parse_args()


class Clock:
    """Seconds that each phase took, told as JSON in the end."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._phases: dict[str, float] = {}

    def lap(self, phase: str) -> None:
        """Note that a phase ended."""
        now = time.perf_counter()
        self._phases[phase] = round(now - self._last, 3)
        self._last = now

    def tell(self) -> None:
        """Print the phases; the bench reads them."""
        print(json.dumps(self._phases))


def rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV table."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def pairs_of(path: Path | None) -> set[Pair]:
    """Read a table of pairs; none where there is no table."""
    return set() if path is None else {_ordered(row["id_a"], row["id_b"]) for row in rows(path)}


def write(path: Path, scored: Iterable[tuple[str, str, float]], chosen: argparse.Namespace) -> None:
    """Write scored pairs, or those at the threshold, joined into groups where asked."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        if chosen.scores:
            table.writerow(("id_a", "id_b", "score"))
            table.writerows((*_ordered(one, other), round(score, 5)) for one, other, score in scored)
            return
        table.writerow(("id_a", "id_b", "kind"))
        kept = (_ordered(one, other) for one, other, score in scored if score >= chosen.threshold)
        table.writerows((*pair, "same_event") for pair in sorted(kept if chosen.how == "pairs" else joined(kept)))


def joined(pairs: Iterable[Pair]) -> set[Pair]:
    """Return every pair within the connected components of *pairs*."""
    groups: dict[str, set[str]] = {}
    for one, other in pairs:
        larger, smaller = groups.setdefault(one, {one}), groups.setdefault(other, {other})
        if larger is smaller:
            continue
        if len(larger) < len(smaller):
            larger, smaller = smaller, larger
        larger |= smaller
        groups.update(dict.fromkeys(smaller, larger))
    components = {id(group): group for group in groups.values()}
    return {pair for group in components.values() for pair in combinations(sorted(group), 2)}


def _ordered(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def folded(text: str) -> str:
    """Return text without case and accents."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


def bare_title(title: str, city: str) -> str:
    """Return a title's words without year and town, which listings add and drop at will."""
    text = folded(title)
    if city:
        text = text.replace(folded(city), " ")
    words = re.findall(r"[^\W_]+", re.sub(r"\b(19|20)\d\d\b", " ", text))
    return " ".join(words) or folded(title)


def letters(bare: str) -> str:
    """Return the letters of a bare title: no blanks, no "conference"."""
    joined_words = bare.replace(" ", "")
    return re.sub("conference|conf", "", joined_words) or joined_words


def day(text: str) -> int | None:
    """Return an ISO date as a day number, None where it is none."""
    try:
        return date.fromisoformat(text[:10]).toordinal()
    except ValueError:
        return None
