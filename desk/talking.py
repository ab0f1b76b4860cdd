"""How the command talks: data on stdout, talk on stderr, and never a traceback for a person's mistake."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

DONE, FOUND, USAGE, PARTIAL = 0, 1, 2, 3
"""Exit codes: done; findings, when asked by --fail-on; usage or configuration; some calendar was not read."""


_STEERING = re.compile(
    # Control characters but tab and line break, halves of a character, and what turns the direction of a line.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]"
)


def say(text: str) -> None:
    """Write data for a person or a pipe to stdout."""
    sys.stdout.write(_printable(text) + "\n")


def talk(text: str) -> None:
    """Write talk to stderr."""
    sys.stderr.write(_printable(text) + "\n")
    sys.stderr.flush()


def emit(value: Any) -> None:  # noqa: ANN401  any JSON value
    """Write one JSON document to stdout; sorted keys, so that the same data are the same bytes."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    # JSON's own escapes for what would drive a terminal.
    sys.stdout.write(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out rows in aligned columns; the last column may be as long as it likes.

    >>> print(table(["N", "Title"], [["1", "Cairo"], ["12", "Nairobi"]]))
    N   Title
    1   Cairo
    12  Nairobi
    """
    lines = [list(headings), *[[one_line(cell) for cell in row] for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def one_line(text: str) -> str:
    """Show a text of others in one line: a line break in it would look like a line of ours.

    >>> print(one_line("Cairo\\n0 problems"))
    Cairo\\x0a0 problems
    """
    return _printable(text).replace("\n", "\\x0a").replace("\t", "\\x09")


def _printable(text: str) -> str:
    """Show control characters as \\x.. so that a title cannot drive the terminal (T45)."""
    return _STEERING.sub(lambda found: _shown(found[0]), text)


def _shown(letter: str) -> str:
    number = ord(letter)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
