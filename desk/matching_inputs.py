"""What a person gives to `outreach match` beside the tables: labels and weights, and what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from calendar_sync.errors import OutreachError, TableRefused

if TYPE_CHECKING:
    from dedupe.labels import Labels
    from dedupe.weights import Weights

_IDS = (("id_a", "listing_id_a", "id a", "a"), ("id_b", "listing_id_b", "id b", "b"))
_SAME = ("same", "label", "match", "is_match")
_SAID = {
    **dict.fromkeys(("1", "1.0", "true", "yes", "y", "same", "same_event"), "same"),
    **dict.fromkeys(("0", "0.0", "false", "no", "n", "different"), "different"),
    **dict.fromkeys(("", "?", "unknown", "unsure", "unsettled"), "unsettled"),
}
_TOLD = 3


class FileRefused(OutreachError):
    """A file beside the tables cannot be used as it is."""

    def __init__(self, path: Path, what: str, next_step: str) -> None:
        super().__init__(path, what, next_step)
        self.path, self.what, self.next_step = path, what, next_step

    def __str__(self) -> str:
        return f"{self.path}: {self.what}. Nothing was matched. Next: {self.next_step}."


class TooFew(OutreachError):
    """The labels do not suffice to train on."""

    def __str__(self) -> str:
        return (
            f"--labels: {self.args[0]}. Nothing was matched. Next: label pairs of both kinds, or give --weights too: "
            "then labels only score."
        )


class UnknownId(OutreachError):
    """An id was asked for that no listing has."""

    def __init__(self, asked: str, ids: Sequence[str]) -> None:
        super().__init__(asked)
        self.asked = asked
        self.near = nearest(asked, ids)

    def __str__(self) -> str:
        near = f" Nearest: {', '.join(self.near)}." if self.near else ""
        return (
            f"No listing has the id {self.asked!r}.{near} Next: give an id as the tables, or the pairs found, have it."
        )


def nearest(asked: str, ids: Sequence[str]) -> list[str]:
    """Return the ids most like one that does not exist; those that only lack the name of the table come first."""
    from dedupe import explaining

    ends = [key for key in ids if key.endswith(f":{asked}")]
    return list(dict.fromkeys([*ends, *explaining.nearest(asked, ids, _TOLD)]))[: max(_TOLD, len(ends))]


def labels_of(path: Path, ids: Collection[str]) -> Labels:
    """Read labelled pairs: id_a, id_b and same, which is 1, 0, or blank where nobody could decide.

    Where no row says 0, or the column is missing, every pair that is not named is different.

    Raises:
        FileRefused: It cannot be read, lacks a column, names unknown listings, or contradicts itself.
    """
    from calendar_sync.reading.tables import rows_of_file
    from dedupe.labels import Contradiction, Labels

    try:
        rows = iter(rows_of_file(path))
        columns = _columns(path, next(rows, []))
        told = [(number, [row[at].strip() if at < len(row) else "" for at in columns])
                for number, row in enumerate(rows, start=2)]  # fmt: skip
    except TableRefused as error:
        raise FileRefused(path, error.what, error.next_step) from error
    told = [(number, cells) for number, cells in told if any(cells)]
    _known(path, told, ids)
    sorts: dict[str, list[tuple[str, str]]] = {"same": [], "different": [], "unsettled": []}
    for number, (one, other, *said) in told:
        sort = _SAID.get(said[0].casefold()) if said else "same"
        if sort is None:
            what = f"row {number} says {said[0]!r} under same"
            raise FileRefused(path, what, "write 1, 0, or nothing where unsettled")
        sorts[sort].append((one, other))
    try:
        return Labels.of(sorts["same"], sorts["different"] or None, sorts["unsettled"])
    except Contradiction as error:
        raise FileRefused(path, str(error), "look at both again, and mend or leave out one of the labels") from error


def _columns(path: Path, header: Sequence[str]) -> list[int]:
    named = [cell.strip().casefold() for cell in header]
    found = [next((named.index(name) for name in names if name in named), -1) for names in (*_IDS, _SAME)]
    if min(found[:2]) < 0:
        has = ", ".join(cell for cell in header if cell)[:200] or "nothing"
        raise FileRefused(path, f"it has no columns id_a and id_b, but {has}", "name them so, and same for 1 or 0")
    return [at for at in found if at >= 0]


def _known(path: Path, told: Sequence[tuple[int, Sequence[str]]], ids: Collection[str]) -> None:
    """Refuse labels that name listings there are not, or one listing twice."""
    for number, (one, other, *_) in told:
        if one == other:
            raise FileRefused(path, f"row {number} pairs {one!r} with itself", "name two listings in each row")
    unknown = [(number, key) for number, (one, other, *_) in told for key in (one, other) if key not in ids]
    if unknown:
        some = ", ".join(f"{key!r} (row {number})" for number, key in islice(unknown, _TOLD))
        more = f" and {len(unknown) - _TOLD} more" if len(unknown) > _TOLD else ""
        near = nearest(unknown[0][1], list(ids))
        aside = f"; nearest to the first: {', '.join(near)}" if near else ""
        raise FileRefused(
            path, f"no listing has the ids {some}{more}{aside}", "name listings by the ids of the tables given"
        )


def weights_of(path: Path) -> Weights:
    """Read weights that --save-weights wrote.

    Raises:
        FileRefused: It cannot be read, or was made for other comparisons than these.
    """
    from dedupe.weights import from_table

    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileRefused(path, f"it cannot be read ({error.strerror})", "check the path") from error
    except ValueError as error:
        raise FileRefused(path, "it is no JSON", "give a file that --save-weights wrote") from error
    try:
        return from_table(table)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise FileRefused(path, "it holds no weights", "give a file that --save-weights wrote") from error
    except ValueError as error:
        raise FileRefused(path, str(error), "train them again with this version") from error
