"""An explanation of a pair of listings as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calendar_sync.listings import Listing
from dedupe import phrases
from dedupe.explaining import Explanation, WeighedWord, bits

_MOST_WORDS = 8
_SIDES = {"both": "in both", "left": "only in A", "right": "only in B"}


def text(explanation: Explanation) -> str:
    """Lay an explanation out: the verdict, each comparison with its bits and their sum, words, blocking rules."""
    parts = (_sides(explanation), [_capital(explanation.why) + "."], _waterfall(explanation), _words(explanation),
             _rules(explanation))  # fmt: skip
    # A line break in a title of theirs would look like a line of ours.
    return "\n\n".join("\n".join(line.replace("\n", " ") for line in part) for part in parts)


def percent(probability: float) -> str:
    """Write a probability, never as certain.

    >>> percent(0.1234), percent(0.99999), percent(0.00001)
    ('12.3 %', 'over 99.9 %', 'under 0.1 %')
    """
    if 0.001 <= probability <= 0.999:
        return f"{probability:.1%}".replace("%", " %")
    return "over 99.9 %" if probability > 0.5 else "under 0.1 %"


def about(listing: Listing) -> str:
    """Say when, where and by whom a listing is, in one line."""
    place = phrases.place(listing.city, listing.country) or listing.place_text or ("online" if listing.online else "")
    return ", ".join(part for part in (phrases.dates_of(listing), place) if part) + f"; from {listing.key.calendar}"


def _sides(explanation: Explanation) -> list[str]:
    told = []
    for side, listing in (("A", explanation.left), ("B", explanation.right)):
        told += [f"{side}  {listing.key.uid}: {listing.title}", f"   {about(listing)}"]
    return told


def _waterfall(explanation: Explanation) -> list[str]:
    told = ["   bits     sum  comparison and level"]
    before: tuple[str, str] | None = None
    for piece, total in zip(explanation.evidence, explanation.sums, strict=True):
        told.append(f"{piece.bits:+7.2f} {total:+7.2f}  {piece.comparison}: {piece.level}")
        values = piece.left, piece.right
        if any(values) and values != before:
            told += [f"{'':17} {side}  {value or '(nothing)'}" for side, value in zip("AB", values, strict=True)]
        before = values
    missing = explanation.missing
    short = f", {bits(missing, signed=False)} are missing" if missing else ""
    told.append(
        f"{'':7} {explanation.bits:+7.2f}  together: {percent(explanation.probability)} likely one event; "
        f"the threshold is {bits(explanation.threshold)}{short}"
    )
    return told


def _words(explanation: Explanation) -> list[str]:
    told = ["Words of the titles (bits, listings that have them)"]
    for side, name in _SIDES.items():
        words = [word for word in explanation.words if word.sides == side]
        if words:
            told.append(f"  {name:9}  {worded(words)}")
    return told if len(told) > 1 else ["The titles have no words that weigh anything."]


def worded(words: Sequence[WeighedWord]) -> str:
    """Name words with what they weigh, the rest counted."""
    named = [f"{word.word} ({word.bits:g}; {word.listings:,})" for word in words[:_MOST_WORDS]]
    more = len(words) - _MOST_WORDS
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def _rules(explanation: Explanation) -> Iterator[str]:
    yield "Blocking rules (+ brings the two together to be compared)"
    for rule in explanation.rules:
        yield f"  {'+' if rule.brings else '-'}  {rule.name}: {rule.why}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
