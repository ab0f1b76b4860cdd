"""How the command talks: data on stdout, talk on stderr, and never a traceback for a person's mistake."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

DONE, FOUND, USAGE, PARTIAL = 0, 1, 2, 3
"""Exit codes: done; findings, when asked by --fail-on; usage or configuration; some calendar was not read."""


def say(text: str) -> None:
    """Write data for a person or a pipe to stdout."""
    sys.stdout.write(_printable(text) + "\n")


def talk(text: str) -> None:
    """Write talk to stderr."""
    sys.stderr.write(_printable(text) + "\n")
    sys.stderr.flush()


def emit(value: Any) -> None:  # noqa: ANN401  any JSON value
    """Write one JSON document to stdout; sorted keys, so that the same data are the same bytes."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out rows in aligned columns; the last column may be as long as it likes.

    >>> print(table(["N", "Title"], [["1", "Cairo"], ["12", "Nairobi"]]))
    N   Title
    1   Cairo
    12  Nairobi
    """
    lines = [list(headings), *[list(row) for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _printable(text: str) -> str:
    """Show control characters as \\x.. so that a title cannot drive the terminal (T45)."""
    return "".join(
        letter if letter in "\n\t" or ((letter.isprintable() or ord(letter) > 0xA0) and not _steers(letter))
        else f"\\x{ord(letter):02x}"
        for letter in text
    )  # fmt: skip


def _steers(letter: str) -> bool:
    return letter in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"
