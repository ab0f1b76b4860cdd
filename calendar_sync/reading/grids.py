"""Grids: what a sheet, a document or a file of separated values looks like, before anybody says what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Row:
    """One row of text cells, and how a person finds it."""

    cells: Sequence[str]
    number: int
    """Counted from 1, as programs show it."""
    place: str = "row"
    """What the number counts: "row", "sheet 'Activities', row", "table 2, row", "paragraph"."""
    hidden: bool = False
    across: int = 1
    """Columns over which its first filled cell is merged."""
    filled: frozenset[int] = frozenset()
    """Columns whose cell is merged with the one above and repeats it."""
    torn: str = ""
    """Why its cells are not to be trusted, blank when they are."""

    @property
    def where(self) -> str:
        """Name the row to a person."""
        return f"{self.place} {self.number}"

    @property
    def said(self) -> list[int]:
        """The columns that say anything of their own."""
        return [number for number, cell in enumerate(self.cells) if cell and number not in self.filled]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows that stand together. *changed* is when the file's own properties say it was last changed."""

    rows: Sequence[Row]
    name: str = ""
    changed: date | None = None
    hidden: bool = False
    cut: int = 0
    """Rows there are in truth, when more than these."""
