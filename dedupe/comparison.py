"""Pairs to evidence: the level each comparison reaches, on columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import Indel, JaroWinkler

from dedupe.blocking import Pairs
from dedupe.columns import NO_DAY, Columns
from dedupe.words import Title

Levels = npt.NDArray[np.int8]
Scores = npt.NDArray[np.float32]

LEVELS: dict[str, tuple[str, ...]] = {
    "title": (
        "no shared word", "a tenth alike", "a quarter alike", "two fifths alike", "half alike", "two thirds alike",
        "four fifths alike", "nearly equal", "equal, common words", "equal", "one holds the other", "initials",
    ),
    "long title": (
        "no shared word", "a tenth alike", "a quarter alike", "two fifths alike", "half alike", "two thirds alike",
        "four fifths alike", "nearly equal", "equal",
    ),
    "translated title": ("no shared concept", "some shared concepts", "half shared", "mostly shared"),
    "dates": (
        "same days", "same start", "within the other", "overlap", "a day or two apart", "within a week",
        "one is vague and holds the other", "one is vague and near", "same day of another month",
        "same day of another year", "8 to 31 days apart", "32 to 130 days apart", "further apart", "one is undated",
    ),
    "place": (
        "same city", "city spelt alike", "city in the other's title", "same country, a city silent",
        "another city of the country", "another country", "both online", "one online", "silent",
    ),
    "organisers": ("same", "some shared", "none shared"),
    "audience": ("same states", "mostly the same", "some shared", "none shared", "same group"),
    "qualifiers": (
        "agree", "one silent", "edition differs", "year differs", "region differs", "people differ",
        "instrument differs", "tongue differs",
    ),
    "calendar": ("another calendar", "same calendar, another language", "same calendar"),
}  # fmt: skip
COMPARISONS = tuple(LEVELS)
MOST_LEVELS = max(len(levels) for levels in LEVELS.values())
SILENT = -1

VETOES = {
    ("qualifiers", "edition differs"): "one names another edition",
    ("qualifiers", "instrument differs"): "they are about different instruments",
    ("qualifiers", "tongue differs"): "they are for speakers of different languages",
}
"""Levels that make two alike listings different events whatever else agrees."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing gave.

    Shapes:
        levels  (n_pairs, n_comparisons)  int8, SILENT where a side is silent
        alike   (n_pairs,)                float32 in [0, 1], how alike the titles are
    """

    levels: Levels
    alike: Scores


def compare(columns: Columns, pairs: Pairs) -> Compared:
    """Compare pairs by every comparison; the order of the two sides does not matter."""
    count = len(pairs)
    levels = np.full((count, len(COMPARISONS)), SILENT, dtype=np.int8)
    left, right = pairs[:, 0], pairs[:, 1]
    letters = _letters(columns, pairs)
    alike = np.zeros(count, dtype=np.float32)
    levels[:, COMPARISONS.index("dates")] = _dates(columns, left, right)
    same_source = columns.source[left] == columns.source[right]
    for row, (one, other) in enumerate(pairs.tolist()):
        name, level, score = _title(columns, one, other, float(letters[row]))
        alike[row] = score
        levels[row, COMPARISONS.index(name)] = level
        levels[row, COMPARISONS.index("place")] = _place(columns, one, other)
        levels[row, COMPARISONS.index("organisers")] = _organisers(columns.organisers[one], columns.organisers[other])
        levels[row, COMPARISONS.index("audience")] = _audience(columns.audiences[one], columns.audiences[other])
        levels[row, COMPARISONS.index("qualifiers")] = _qualifiers(columns.titles[one], columns.titles[other])
        if same_source[row]:
            tongues = columns.titles[one].language, columns.titles[other].language
            levels[row, COMPARISONS.index("calendar")] = 1 if tongues[0] != tongues[1] and all(tongues) else 2
        else:
            levels[row, COMPARISONS.index("calendar")] = 0
    return Compared(levels, alike)


def _letters(columns: Columns, pairs: Pairs) -> Scores:
    """Compare the letters of the core words, without blanks, in one batch.

    Shapes:
        returns  (n_pairs,)  float32 in [0, 1]
    """
    bare = [title.bare for title in columns.titles]
    return np.asarray(
        process.cpdist(
            [bare[one] for one in pairs[:, 0]], [bare[other] for other in pairs[:, 1]],
            scorer=Indel.normalized_similarity, workers=-1, dtype=np.float32,
        )  # fmt: skip
    )


_STEPS = (0.02, 0.12, 0.28, 0.42, 0.58, 0.75, 0.9)


def _title(columns: Columns, one: int, other: int, letters: float) -> tuple[str, int, float]:
    a, b = columns.titles[one], columns.titles[other]
    shared, alone_a, alone_b = _aligned(columns.word_bits[one], columns.word_bits[other])
    total = 2 * shared + alone_a + alone_b
    dice = 2 * shared / total if total else 0.0
    if a.language and b.language and a.language != b.language:
        return "translated title", 0 if dice < 0.1 else 1 if dice < 0.35 else 2 if dice < 0.6 else 3, dice
    # Letters of short names carry words that were joined or split; of long titles they carry little.
    score = max(dice, (letters - 0.4) / 0.6 if letters > 0.4 else 0.0)
    step = sum(score > limit for limit in _STEPS)
    if a.long and b.long:
        return "long title", 8 if a.bare == b.bare else step, score
    if a.bare == b.bare and a.bare:
        rare = sum(columns.word_bits[one].values()) >= 9 or len(a.bare) >= 8
        return "title", 9 if rare else 8, 1.0
    if step < 6 and _initials(a, b):
        return "title", 11, score
    if step < 7 and shared >= 6 and min(alone_a, alone_b) <= 0.1 * shared:
        return "title", 10, score
    return "title", step, score


def _aligned(a: dict[str, float], b: dict[str, float]) -> tuple[float, float, float]:
    """Align words: equal ones, then joined, shortened or misspelt ones. Returns shared and lone bits of each side."""
    both = a.keys() & b.keys()
    shared = sum(min(a[word], b[word]) for word in both)
    rest_a, rest_b = [word for word in a if word not in both], [word for word in b if word not in both]
    lone_a, lone_b = sum(a[word] for word in rest_a), sum(b[word] for word in rest_b)
    if rest_a and rest_b and len(rest_a) * len(rest_b) <= 60:
        for word in rest_a:
            for other in rest_b:
                if _spelt_alike(word, other):
                    gain = min(a[word], b[other]) * 0.9
                    shared += gain
                    lone_a -= a[word]
                    lone_b -= b[other]
                    rest_b.remove(other)
                    break
    return shared, max(0.0, lone_a), max(0.0, lone_b)


def _spelt_alike(one: str, other: str) -> bool:
    if one[0] != other[0] or min(len(one), len(other)) < 4:
        return False
    if one.startswith(other) or other.startswith(one):
        return abs(len(one) - len(other)) <= 4
    return JaroWinkler.similarity(one, other) >= 0.93


def _initials(a: Title, b: Title) -> bool:
    for short, full in ((a, b), (b, a)):
        if 3 <= len(short.bare) <= 8 and len(full.words) >= 3 and full.initials.startswith(short.bare):
            return True
    return False


def _dates(columns: Columns, left: Pairs, right: Pairs) -> Levels:
    """Compare spans.

    Shapes:
        left, right  (n_pairs,)  positions
        returns      (n_pairs,)  int8
    """
    level = {name: number for number, name in enumerate(LEVELS["dates"])}
    a0, a1 = columns.earliest[left].astype(np.int64), columns.latest[left].astype(np.int64)
    b0, b1 = columns.earliest[right].astype(np.int64), columns.latest[right].astype(np.int64)
    undated = (a0 == NO_DAY) | (b0 == NO_DAY)
    vague = ~(columns.exact[left] & columns.exact[right])
    apart = np.abs(a0 - b0)
    gap = np.maximum(0, np.maximum(a0, b0) - np.minimum(a1, b1))
    day_a, day_b = _day_of_month(a0), _day_of_month(b0)
    year = np.minimum(np.abs(apart - 365), np.abs(apart - 366)) <= 1
    choices = [
        (undated, "one is undated"),
        (vague & (gap == 0), "one is vague and holds the other"),
        (vague & (gap <= 10), "one is vague and near"),
        ((a0 == b0) & (a1 == b1), "same days"),
        (a0 == b0, "same start"),
        ((gap == 0) & (((a0 >= b0) & (a1 <= b1)) | ((b0 >= a0) & (b1 <= a1))), "within the other"),
        (gap == 0, "overlap"),
        (apart <= 2, "a day or two apart"),
        (apart <= 7, "within a week"),
        ((day_a == day_b) & (apart <= 95), "same day of another month"),
        (year, "same day of another year"),
        (apart <= 31, "8 to 31 days apart"),
        (apart <= 130, "32 to 130 days apart"),
    ]
    found = np.select(
        [condition for condition, _ in choices], [level[name] for _, name in choices], level["further apart"]
    )
    return found.astype(np.int8)


def _day_of_month(ordinals: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    days = (ordinals - 719_163).astype("datetime64[D]")
    return (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)


def _place(columns: Columns, one: int, other: int) -> int:
    names = LEVELS["place"]
    a, b = columns.cities[one], columns.cities[other]
    land_a, land_b = columns.countries[one], columns.countries[other]
    if a and b:
        if a == b:
            # "Georgetown" stands in eight countries.
            return names.index("same city") if not (land_a and land_b and land_a != land_b) else names.index("another country")
        if land_a and land_b and land_a != land_b:
            return names.index("another country")
        if _spelt_alike(a, b) or a in b or b in a:
            return names.index("city spelt alike")
        return names.index("another city of the country")
    if columns.online[one] or columns.online[other]:
        return names.index("both online" if columns.online[one] and columns.online[other] else "one online")
    if land_a and land_b:
        return names.index("same country, a city silent" if land_a == land_b else "another country")
    words_a, words_b = columns.titles[one].words, columns.titles[other].words
    if (a and a in words_b) or (b and b in words_a):
        return names.index("city in the other's title")
    return names.index("silent")


def _organisers(a: frozenset[str], b: frozenset[str]) -> int:
    if not a or not b:
        return SILENT
    shared = len(a & b)
    if not shared:
        return 2
    return 0 if shared / len(a | b) >= 0.5 else 1


def _audience(a: frozenset[str], b: frozenset[str]) -> int:
    if not a or not b:
        return SILENT
    shared = len(a & b)
    states = [len({name for name in side if len(name) == 2}) for side in (a, b)]
    if min(states) == 0:
        # A group against a list of states: neither agrees nor differs.
        return 4 if shared else SILENT
    ratio = shared / len(a | b)
    return 0 if ratio >= 0.8 else 1 if ratio >= 0.5 else 2 if shared else 3


def _qualifiers(a: Title, b: Title) -> int:
    names = LEVELS["qualifiers"]
    if a.editions and b.editions and not a.editions & b.editions:
        return names.index("edition differs")
    if a.years and b.years and not a.years & b.years:
        return names.index("year differs")
    for kind, level in (
        ("instrument", "instrument differs"), ("tongue", "tongue differs"), ("people", "people differ"),
        ("region", "region differs"),
    ):  # fmt: skip
        one, other = a.qualifiers.get(kind), b.qualifiers.get(kind)
        if one and other and not one & other:
            return names.index(level)
    agreed = any(
        a.qualifiers.get(kind, frozenset()) & b.qualifiers.get(kind, frozenset()) for kind in a.qualifiers
    ) or bool(a.editions & b.editions)
    return names.index("agree") if agreed else names.index("one silent")
