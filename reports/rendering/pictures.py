"""Pictures of a coverage: a matrix for each part of the world, a map, and phases year by year, as inline SVG.

Numbers stand in the pictures themselves or in the table beside them: no colour is needed to read one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from math import ceil

from markupsafe import Markup

from dedupe import phrases
from dedupe.coverage import Coverage, StateCoverage
from dedupe.meaning import audiences
from dedupe.sayings import Tongue, counted, say, told
from reports.coverage_wording import said

_FEW = (1, 2, 4, 7)
"""Least events of each shade, lightest first, where nobody has ten."""
_NORTHERN = "Northern America"
_LABELS, _COLUMN, _ROW, _HEAD, _GAP, _SLANT = 222, 24, 20, 138, 16, 84
"""Units: the states' names, a column, a row, the slanted heads, between themes and phases, and what the last head
leans over."""
_LETTER, _LETTERS = 6.3, {"en": 5.8, "ru": 7.3}
"""Units of a letter of a slanted head, and by language where they are narrower or wider."""
_DOWN, _ASIDE = 0.79, 0.62
"""What of a slanted head goes down and to the side."""
_YEAR, _BAR, _BARS = 46, 20, 310
_DIGIT, _TALL = 10, 18
"""Room that a digit takes on the map, and a line."""
_NUMBER = re.compile(r"-?[0-9]+")


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
    top: int
    """Where the rows begin."""
    heads: tuple[Label, ...]
    names: tuple[Label, ...]
    columns: tuple[int, ...]
    """Where each begins."""
    numbers: tuple[tuple[int, ...], ...]
    """Events of each theme, then of each phase, to which the state of a row is invited."""
    least: tuple[int, ...]
    """The least events of each shade."""
    rows: tuple[StateCoverage, ...]

    @property
    def drawn(self) -> Markup:
        """The numbers in their squares, as SVG; there are thousands, which a template takes long over."""
        drawn = [
            _square(x, self.top + _ROW * at, shade(number, self.least), number)
            for at, numbers in enumerate(self.numbers)
            for x, number in zip(self.columns, numbers, strict=True)
        ]
        return Markup("\n".join(drawn))  # noqa: S704 -- numbers


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
    number: str = ""
    """What it is shaded by, where there is room to write it at *middle*."""
    middle: tuple[int, int] = (0, 0)


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
    return bisect_right(least, number)


def steps(numbers: Mapping[str, int]) -> tuple[str, ...]:
    """Name the shades of a map, each with its noun."""
    least = scale(max(numbers.values(), default=0))
    ends = [following - 1 for following in least[1:]]
    named = [
        counted(first, "{n} event", "{n} events")
        if first == end
        else say("{first}–{last} events", first=first, last=end)
        for first, end in zip(least, ends, strict=False)
    ]
    return (*named, say("{least} events or more", least=least[-1]))


def invited(covered: Coverage) -> dict[str, int]:
    """Return the number of events to which each state is invited."""
    return {row.state: row.events for row in covered.rows}


def matrices(covered: Coverage, spoken: Tongue) -> tuple[Matrix, ...]:
    """Lay the rows out by parts of the world, with room for heads as *spoken*; parts without states are left out."""
    parts: dict[str, list[StateCoverage]] = {}
    for row in covered.rows:
        parts.setdefault(next(iter(sorted(audiences.continents(frozenset([row.state])))), _NORTHERN), []).append(row)
    return tuple(_matrix(region, parts[region], covered, spoken) for region in sorted(parts))


def _matrix(region: str, rows: Sequence[StateCoverage], covered: Coverage, spoken: Tongue) -> Matrix:
    at = [_LABELS + _COLUMN * n for n in range(len(covered.themes))]
    then = _LABELS + _COLUMN * len(covered.themes) + _GAP
    at += [then + _COLUMN * n for n in range(len(covered.phases))]
    words = [*map(said, covered.themes), *map(said, covered.phases)]
    units = [len(told(word, spoken)) * _LETTERS.get(spoken.code, _LETTER) for word in words]
    top = max(_HEAD, round(max(units, default=0) * _DOWN) + 8)
    leaning = max(units[len(covered.themes) :], default=0) * _ASIDE
    reached = max((x + _COLUMN / 2 + long * _ASIDE for x, long in zip(at, units, strict=True)), default=0)
    least = scale(max((row.themes[theme] for row in covered.rows for theme in row.themes if theme), default=0))
    return Matrix(
        region,
        max((at[-1] if at else _LABELS) + _COLUMN + max(_SLANT, round(leaning)), round(reached)),
        top + _ROW * len(rows) + 6,
        top,
        tuple(Label(text, x + _COLUMN / 2, top - 8) for text, x in zip(words, at, strict=True)),
        tuple(Label(row.name, _LABELS - 8, top + _ROW * number + 14) for number, row in enumerate(rows)),
        tuple(at),
        tuple(_counts(row, covered) for row in rows),
        least,
        tuple(rows),
    )


def _counts(row: StateCoverage, covered: Coverage) -> tuple[int, ...]:
    themes, phases = row.themes, row.phases
    return (
        *(themes.get(theme, 0) for theme in covered.themes), *(phases.get(phase, 0) for phase in covered.phases)
    )  # fmt: skip


def _square(x: int, y: int, step: int, number: int) -> str:
    sort = f"s{step}" if step else "none"
    shape = f'<rect class="{sort}" x="{x + 1}" y="{y + 1}" width="22" height="18" rx="3"/>'
    if not number:
        return shape
    return f'{shape}<text class="cell on{step}" x="{x + 12}" y="{y + 14.5}">{number}</text>'


def cells(row: StateCoverage, covered: Coverage) -> Markup:
    """Return the counts of a state as the cells of a table; there are thousands, which a template takes long over."""
    numbers = [row.phases.get(phase, 0) for phase in covered.phases]
    numbers += [row.themes.get(theme, 0) for theme in covered.themes]
    return Markup("".join(f"<td>{number or '–'}</td>" for number in numbers))  # noqa: S704 -- numbers


def world(numbers: Mapping[str, int]) -> tuple[Land, ...]:
    """Shade the states of the map by their numbers of events; circles come last, so that nothing lies over them."""
    least = scale(max(numbers.values(), default=0))
    drawn = [_land(*line, numbers, least) for line in _outlines()[2]]
    return tuple(sorted(drawn, key=lambda land: bool(land.x)))


def _land(state: str, x: str, y: str, path: str, numbers: Mapping[str, int], least: Sequence[int]) -> Land:
    number = numbers.get(state)
    if number is None:
        return Land(state, "land", path, x, y, "")
    name = phrases.state(state)
    words = (
        counted(number, "{state}: {n} event", "{state}: {n} events", state=name)
        if number
        else say("{state}: no events", state=name)
    )
    width, height, middle = _room(path)
    written = str(number) if number and width > _DIGIT * len(str(number)) + 6 and height > _TALL else ""
    return Land(state, f"s{shade(number, least)}" if number else "gap", path, x, y, words, written, middle)


@cache
def _room(path: str) -> tuple[int, int, tuple[int, int]]:
    """Return the width and height of the largest part of an outline, and its middle."""
    parts = []
    for part in path.split("M")[1:]:
        steps = [int(number) for number in _NUMBER.findall(part)]
        xs, ys = list(accumulate(steps[::2])), list(accumulate(steps[1::2]))
        parts.append((max(xs) - min(xs), max(ys) - min(ys), ((max(xs) + min(xs)) // 2, (max(ys) + min(ys)) // 2)))
    return max(parts, key=lambda part: part[0] * part[1], default=(0, 0, (0, 0)))


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
    most = max((sum(phases.values()) for _, phases in covered.years), default=0) or 1
    labels, segments = [], []
    for number, (year, told_of) in enumerate(covered.years):
        y = number * (_BAR + 6)
        labels.append(Label(str(year), _YEAR - 8, y + 15))
        x = float(_YEAR)
        for phase in covered.phases:
            if told_of.get(phase):
                width = told_of[phase] / most * _BARS
                segments.append(Segment(phase, round(x, 1), y, round(width, 1), told_of[phase]))
                x += width
    return Years(_YEAR + _BARS + 4, len(covered.years) * (_BAR + 6), tuple(labels), tuple(segments))
