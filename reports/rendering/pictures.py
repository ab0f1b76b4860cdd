"""Pictures of a coverage: a matrix for each part of the world, a map, and phases year by year, as inline SVG.

Numbers stand in the pictures themselves or in the table beside them: no colour is needed to read one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import ceil

from dedupe.coverage import UNTOLD, Coverage, StateCoverage
from dedupe.meaning import audiences

_FEW = (1, 2, 4, 7)
"""Least events of each shade, lightest first, where nobody has ten."""
_NORTHERN = "Northern America"
_LABELS, _COLUMN, _ROW, _HEAD, _GAP, _SLANT = 222, 24, 20, 138, 16, 84
"""Units: the states' names, a column, a row, the slanted heads, between themes and phases, and what the last head
leans over."""
_YEAR, _BAR, _BARS = 46, 20, 310


@dataclass(frozen=True, slots=True)
class Square:
    """A cell of a matrix: events of a theme or phase to which a state is invited."""

    x: float
    y: float
    shade: int
    """1 to 4, 0 for none."""
    number: int


@dataclass(frozen=True, slots=True)
class Label:
    """A word at a place."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Matrix:
    """The states of one part of the world by themes and phases."""

    region: str
    width: int
    height: int
    heads: tuple[Label, ...]
    names: tuple[Label, ...]
    squares: tuple[Square, ...]
    rows: tuple[StateCoverage, ...]


@dataclass(frozen=True, slots=True)
class Land:
    """A state on the map, or land that is none: *path*, or a circle where it is too small to draw."""

    state: str
    shade: str
    """land, gap, or s1 to s4."""
    path: str
    x: str
    y: str
    said: str


@dataclass(frozen=True, slots=True)
class Segment:
    """Events of one phase in one year."""

    phase: str
    x: float
    y: float
    width: float
    number: int


@dataclass(frozen=True, slots=True)
class Years:
    """Phases year by year."""

    width: int
    height: int
    labels: tuple[Label, ...]
    segments: tuple[Segment, ...]


def scale(most: int) -> tuple[int, ...]:
    """Return the least events of each shade, lightest first, where the most of any is *most*.

    >>> scale(8), scale(41)
    ((1, 2, 4, 7), (1, 11, 21, 31))
    """
    return _FEW if most < 10 else (1, *(ceil(most * quarter / 4) for quarter in (1, 2, 3)))


def shade(number: int, least: Sequence[int]) -> int:
    """Return the shade of a number of events, 0 for none.

    >>> [shade(number, (1, 2, 4, 7)) for number in (0, 1, 2, 3, 4, 6, 7, 40)]
    [0, 1, 2, 2, 3, 3, 4, 4]
    """
    return sum(number >= step for step in least)


def steps(covered: Coverage) -> tuple[str, ...]:
    """Name the shades of the map, each with its noun."""
    least = scale(max((row.events for row in covered.rows), default=0))
    ends = [following - 1 for following in least[1:]]
    ranges = [str(first) if first == end else f"{first}–{end}" for first, end in zip(least, ends, strict=False)]
    return (*(f"{name} event{'' if name == '1' else 's'}" for name in ranges), f"{least[-1]} events or more")


def said(name: str) -> str:
    """Name a theme or phase for a reader."""
    return name.replace("-", " ") if name != UNTOLD else "not told"


def matrices(covered: Coverage) -> tuple[Matrix, ...]:
    """Lay the rows out by parts of the world; those without any states are left out."""
    parts: dict[str, list[StateCoverage]] = {}
    for row in covered.rows:
        parts.setdefault(next(iter(sorted(audiences.continents(frozenset([row.state])))), _NORTHERN), []).append(row)
    return tuple(_matrix(region, parts[region], covered) for region in sorted(parts))


def _matrix(region: str, rows: Sequence[StateCoverage], covered: Coverage) -> Matrix:
    at = [_LABELS + _COLUMN * n for n in range(len(covered.themes))]
    then = _LABELS + _COLUMN * len(covered.themes) + _GAP
    at += [then + _COLUMN * n for n in range(len(covered.phases))]
    words = [*map(said, covered.themes), *map(said, covered.phases)]
    least = scale(max((row.themes[theme] for row in covered.rows for theme in row.themes if theme), default=0))
    squares = [
        Square(x, _HEAD + _ROW * number, shade(count, least), count)
        for number, row in enumerate(rows)
        for x, count in zip(at, _counts(row, covered), strict=True)
    ]
    return Matrix(
        region,
        (at[-1] if at else _LABELS) + _COLUMN + _SLANT,
        _HEAD + _ROW * len(rows) + 6,
        tuple(Label(text, x + _COLUMN / 2, _HEAD - 8) for text, x in zip(words, at, strict=True)),
        tuple(Label(row.name, _LABELS - 8, _HEAD + _ROW * number + 14) for number, row in enumerate(rows)),
        tuple(squares),
        tuple(rows),
    )


def _counts(row: StateCoverage, covered: Coverage) -> Iterator[int]:
    for theme in covered.themes:
        yield row.themes.get(theme, 0)
    for phase in covered.phases:
        yield row.phases.get(phase, 0)


def world(covered: Coverage) -> tuple[Land, ...]:
    """Shade every state of the map by its events; circles come last, so that nothing lies over them."""
    rows = {row.state: row for row in covered.rows}
    least = scale(max((row.events for row in covered.rows), default=0))
    drawn = [_land(line, rows, least) for line in _outlines()[2]]
    return tuple(sorted(drawn, key=lambda land: bool(land.x)))


def _land(line: tuple[str, str, str, str], rows: Mapping[str, StateCoverage], least: Sequence[int]) -> Land:
    state, x, y, path = line
    row = rows.get(state)
    if row is None:
        return Land(state, "land", path, x, y, "")
    events = f"{row.events or 'no'} event{'' if row.events == 1 else 's'}"
    return Land(state, f"s{shade(row.events, least)}" if row.events else "gap", path, x, y, f"{row.name}: {events}")


def map_size() -> tuple[int, int]:
    """Return the width and height of the map."""
    return _outlines()[0], _outlines()[1]


@cache
def _outlines() -> tuple[int, int, tuple[tuple[str, str, str, str], ...]]:
    """Read outlines.tsv: width, height, and a line for each state."""
    head, *lines = files("reports.rendering").joinpath("outlines.tsv").read_text(encoding="utf-8").splitlines()
    size = head.partition("; ")[2].split()
    return int(size[0]), int(size[2]), tuple((*line.split("\t"),) for line in lines)  # type: ignore[misc]


def years(covered: Coverage) -> Years:
    """Lay the phases of each year out as one bar."""
    most = max((sum(counted.values()) for _, counted in covered.years), default=0) or 1
    labels, segments = [], []
    for number, (year, counted) in enumerate(covered.years):
        y = number * (_BAR + 6)
        labels.append(Label(str(year), _YEAR - 8, y + 15))
        x = float(_YEAR)
        for phase in covered.phases:
            if counted.get(phase):
                width = counted[phase] / most * _BARS
                segments.append(Segment(phase, round(x, 1), y, round(width, 1), counted[phase]))
                x += width
    return Years(_YEAR + _BARS + 4, len(covered.years) * (_BAR + 6), tuple(labels), tuple(segments))
