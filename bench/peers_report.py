"""The figures of `python -m bench.peers` as Markdown tables, and as a picture for docs/matching.md."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]

COLOURS = {
    "ours": "#c2410c",
    "splink-em": "#1d4ed8",
    "splink-loaded": "#0e7490",
    "splink-narrow": "#7c3aed",
    "rule": "#64748b",
}
LINES = {
    "ours": "ours",
    "splink-em": "splink, EM",
    "splink-loaded": "splink, loaded",
    "splink-narrow": "splink, narrow",
    "rule": "date + token_set",
}


def tables(told: Mapping[str, Any]) -> str:
    """Return the tables of all parts that were run."""
    return "\n\n".join(TABLES[part](told[part]) for part in TABLES if part in told)


def accuracy_table(part: Mapping[str, Any]) -> str:
    """Return the table of the accuracy part."""
    columns = ("matcher", "development P / R / F1", "hard found", "up to 2019: F1", "2020-2023 P / R / F1",
               "hard found", "fit s", "all else s", "peak MB")  # fmt: skip
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for row in part["rows"]:
        if "skipped" in row:
            lines.append(f"| {row['title']} | skipped: {_one_line(row['skipped'])} " + "| " * 7 + "|")
            continue
        early, late = row.get("early"), row.get("late")
        lines.append(
            f"| {row['title']} | {_prf(row['development'])} | {_share(row['development']['hard'])} "
            f"| {_share(early['f1']) if early else '-'} | {_prf(late) if late else '-'} "
            f"| {_share(late['hard']) if late else '-'} | {_number(row.get('fit'))} | {_number(row.get('rest'))} "
            f"| {_number(row.get('peak_mb'), 0)} |"
        )
    return "\n".join([*lines, "", f"Measured {part['when']}."])


def scale_table(part: Mapping[str, Any]) -> str:
    """Return the table of the scale part."""
    lines = [
        "| listings | matcher | wall s | CPU s | peak MB | P / R / F1 | wall, times ours | memory, times ours |",
        "|---|---|---|---|---|---|---|---|",
    ]
    sizes = sorted(part, key=int)
    for size in sizes:
        for row in part[size]["rows"]:
            start = f"| {int(size):,} | {row['title']} |"
            if "skipped" in row:
                lines.append(f"{start} skipped: {_one_line(row['skipped'])} " + "| " * 5 + "|")
                continue
            lines.append(
                f"{start} {row['wall']:.1f} | {row['cpu']:.1f} | {row['peak_mb']:.0f} | {_prf(row)} "
                f"| {_number(row.get('times_wall'), 2)} | {_number(row.get('times_memory'), 2)} |"
            )
    when = dict.fromkeys(part[size]["when"] for size in sizes)
    return "\n".join([*lines, "", f"Measured {'; '.join(when)}."])


TABLES = {"accuracy": accuracy_table, "scale": scale_table}


def write_docs(told: Mapping[str, Any], page: Path, picture: Path) -> None:
    """Put the tables between their marks in *page*, and draw *picture*.

    Raises:
        ValueError: The page lacks a mark.
    """
    text = page.read_text("utf-8")
    for part, table in TABLES.items():
        if part in told:
            text = between(text, part, table(told[part]))
    page.write_text(text, "utf-8")
    picture.write_text(drawn(told), "utf-8")


def between(text: str, name: str, content: str) -> str:
    """Return *text* with *content* between the marks of *name*."""
    start, end = f"<!-- bench: {name} -->", f"<!-- end of bench: {name} -->"
    before, found, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"no marks {start} ... {end}")
    return f"{before}{start}\n{content}\n{end}{after}"


def drawn(told: Mapping[str, Any]) -> str:
    """Draw accuracy above (F1 before and after, hard pairs) and growth below (wall, memory), as SVG."""
    parts: list[str] = []
    rows = [row for row in told.get("accuracy", {}).get("rows", ()) if row.get("late")]
    top = 64 + 30 * len(rows)
    if rows:
        parts += _over_time(sorted(rows, key=lambda row: -row["late"]["f1"]))
    height = top + 60
    if told.get("scale"):
        height = top + 430
        parts += _growth(told["scale"], "wall", "Wall time, start of the process to written pairs (s)", 70, top + 70)
        parts += _growth(told["scale"], "peak_mb", "Peak memory of all its processes (MB)", 545, top + 70)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 980 {height}" font-size="13" fill="#1f2937" role="img" '
        'font-family="Helvetica, Arial, sans-serif"><title>Our matcher and its peers: accuracy and growth</title>'
        f'<rect width="980" height="{height}" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def _over_time(rows: Sequence[Row]) -> Iterable[str]:
    left, width, bars, bar_width = 250, 400, 715, 200
    values: list[float] = [row[when]["f1"] for row in rows for when in ("early", "late")]
    low, high = math.floor(min(values) * 50) / 50, math.ceil(max(values) * 50) / 50

    def at(value: float) -> float:
        return left + width * (value - low) / (high - low)

    yield _text(left, 24, "F1: learned and tuned up to 2019 (hollow), then 2020-2023 (full)", bold=True)
    yield _text(bars, 24, "hard pairs found, 2020-2023", bold=True)
    bottom = 54 + 30 * len(rows)
    for step in range(round((high - low) * 50) + 1):
        value = low + step / 50
        yield _line(at(value), 42, at(value), bottom, "#e5e7eb")
        yield _text(at(value), bottom + 16, f"{value:.2f}", "middle", "#6b7280")
    for number, row in enumerate(rows):
        y = 58 + 30 * number
        colour = COLOURS["ours"] if row["name"].startswith("ours") else "#475569"
        early, late = at(row["early"]["f1"]), at(row["late"]["f1"])
        yield _text(left - 14, y + 5, row["title"], "end", colour, bold=row["name"].startswith("ours"))
        yield _line(early, y, late, y, colour, 2.5)
        yield f'<circle cx="{early:.1f}" cy="{y}" r="5.5" fill="#ffffff" stroke="{colour}" stroke-width="2"/>'
        yield f'<circle cx="{late:.1f}" cy="{y}" r="6" fill="{colour}"/>'
        yield _text(left + width + 12, y + 5, _share(row["late"]["f1"]), colour=colour)
        hard = row["late"]["hard"]
        yield f'<rect x="{bars}" y="{y - 9}" width="{bar_width}" height="18" fill="#f1f5f9"/>'
        yield f'<rect x="{bars}" y="{y - 9}" width="{bar_width * hard:.1f}" height="18" fill="{colour}"/>'
        yield _text(bars + bar_width + 8, y + 5, _share(hard), colour=colour)


def _growth(part: Mapping[str, Any], field: str, heading: str, left: float, top: float) -> Iterable[str]:
    width, height = 285, 280
    lines: dict[str, list[tuple[int, float]]] = {}
    for asked in sorted(part, key=int):
        for row in part[asked]["rows"]:
            if row.get(field):
                lines.setdefault(row["name"], []).append((int(asked), row[field]))
    sizes = sorted({size for line in lines.values() for size, _ in line})
    values = [value for line in lines.values() for _, value in line]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    first, last = math.log10(sizes[0]), math.log10(max(sizes[-1], sizes[0] * 10))

    def across(size: int) -> float:
        return left + width * (math.log10(size) - first) / (last - first)

    def up(value: float) -> float:
        return top + height * (1 - (math.log10(value) - low) / (high - low))

    yield _text(left - 40, top - 16, heading, bold=True)
    for power in range(low, high + 1):
        for factor in (1, 3) if power < high else (1,):
            value = factor * 10.0**power
            yield _line(left, up(value), left + width, up(value), "#e5e7eb")
            yield _text(left - 8, up(value) + 4, f"{value:,.10g}", "end", "#6b7280")
    for size in sizes:
        yield _line(across(size), top, across(size), top + height, "#e5e7eb")
        yield _text(across(size), top + height + 18, f"{size:,}", "middle", "#6b7280")
    yield _text(left + width / 2, top + height + 38, "listings", "middle", "#6b7280")
    ends: list[tuple[float, float, str]] = []
    for name, line in lines.items():
        colour, stroke = COLOURS[name], 3.5 if name == "ours" else 2
        points = " ".join(f"{across(size):.1f},{up(value):.1f}" for size, value in line)
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{stroke}"/>'
        for size, value in line:
            yield f'<circle cx="{across(size):.1f}" cy="{up(value):.1f}" r="{stroke + 1}" fill="{colour}"/>'
        ends.append((up(line[-1][1]), across(line[-1][0]) + 12, name))
    y = -math.inf
    for wanted, x, name in sorted(ends):
        y = max(wanted, y + 16)
        yield _text(x, y + 4, LINES[name], colour=COLOURS[name], bold=name == "ours")


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = "#1f2937", *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight}>{escape(text)}</text>'


def _line(x: float, y: float, to_x: float, to_y: float, colour: str, width: float = 1) -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def _prf(row: Row) -> str:
    return f"{_share(row['precision'])} / {_share(row['recall'])} / **{_share(row['f1'])}**"


def _share(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def _number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "/")
