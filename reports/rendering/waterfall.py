"""The waterfall of an explanation: how each comparison moves the sum, as inline SVG that needs no colour to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dedupe.evidence import Evidence
from dedupe.explaining import Explanation, bits
from reports import wording
from reports.rendering.explanations import percent

WIDTH = 296
_LABELS, _NUMBERS, _EDGE = 106, 44, 3
"""Units left of the bars for names, right of them for numbers, and between."""
_ROW, _BAR, _TOP = 22, 13, 20
_LEAST = 1.5
"""Units a bar is long at least, so that a small one is seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: its name, where its bar lies, and from where to where the sum moves. *sort*: for, against or sum."""

    name: str
    sort: str
    y: float
    x: float
    width: float
    end: float
    number: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A picture of an explanation, in units of about a pixel on a phone."""

    title: str
    described: str
    height: float
    zero: float
    threshold: float
    threshold_name: str
    bars: Sequence[Bar]


def waterfall(explanation: Explanation) -> Waterfall:
    """Lay the steps of an explanation out, from the prior down to the sum."""
    sums = [0.0, *explanation.sums]
    low = min(*sums, explanation.threshold)
    high = max(*sums, explanation.threshold)
    room = WIDTH - _LABELS - _NUMBERS - 2 * _EDGE
    scale = room / max(high - low, 1.0)

    def at(number: float) -> float:
        return round(_LABELS + _EDGE + (number - low) * scale, 1)

    def bar(row: int, name: str, sort: str, start: float, end: float) -> Bar:
        left, right = at(min(start, end)), at(max(start, end))
        width = round(max(right - left, _LEAST), 1)
        return Bar(name, sort, _TOP + row * _ROW, left, width, at(end), _number(end - start))

    steps = list(zip(explanation.evidence, sums, sums[1:], strict=False))
    bars = [
        bar(row, wording.comparison(piece.comparison), "for" if piece.bits >= 0 else "against", start, end)
        for row, (piece, start, end) in enumerate(steps)
    ]
    bars.append(bar(len(bars), "Together", "sum", 0.0, explanation.bits))
    return Waterfall(
        title=f"{explanation.left.key.uid} and {explanation.right.key.uid}: {bits(explanation.bits)} together",
        described=_described(explanation),
        height=_TOP + len(bars) * _ROW + 18,
        zero=at(0.0),
        threshold=at(explanation.threshold),
        threshold_name=f"threshold {_number(explanation.threshold)}",
        bars=bars,
    )


def _number(number: float) -> str:
    return f"{number:+.2f}".replace("-", "−")


def _described(explanation: Explanation) -> str:
    """Say in words what the picture shows; the table beside it holds the same."""
    steps = ". ".join(_step(piece) for piece in explanation.evidence)
    return (
        f"{steps}. Together {bits(explanation.bits)}, {percent(explanation.probability)} likely one event; "
        f"the threshold is {bits(explanation.threshold)}."
    )


def _step(piece: Evidence) -> str:
    return f"{wording.comparison(piece.comparison)}, {piece.level}: {bits(piece.bits)}"
