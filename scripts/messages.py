"""Bring the catalogues of reports/catalogues up to what reports say: new messages come in blank, old ones leave.

.venv/bin/python scripts/messages.py          # rewrites fr.po, es.po, ...; then translate what is blank
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from dedupe.comparison import COMPARISONS
from dedupe.meaning import phases, themes
from reports.languages import LANGUAGES

REPOSITORY = Path(__file__).resolve().parents[1]
CATALOGUES = REPOSITORY / "reports" / "catalogues"
SOURCES = ("dedupe/**/*.py", "reports/**/*.py", "desk/*wording.py")
"""Where sentences are said to readers; what commands say on a terminal is said by another `say`."""
UNTOLD = ('"Project-', '"Report-', '"POT-', '"PO-', '"Last-', '"Language-Team', '"Generated')
Message = str | tuple[str, str]


def messages() -> dict[Message, str]:
    """Return every message that reports and pages may say, in the order of the code, with the file it stands in."""
    found: dict[Message, str] = {}
    for pattern in SOURCES:
        for path in sorted(REPOSITORY.glob(pattern)):
            for message in _said(ast.parse(path.read_text(encoding="utf-8"))):
                found.setdefault(message, path.relative_to(REPOSITORY).as_posix())
    for message in _tables():
        found.setdefault(message, "dedupe/comparison.py")
    return found


def _said(tree: ast.Module) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
        if name == "say" and len(texts) == 1 and isinstance(texts[0], str):
            yield texts[0]
        elif name == "counted" and len(texts) == 3 and isinstance(texts[1], str) and isinstance(texts[2], str):
            yield texts[1], texts[2]


def _tables() -> Iterator[str]:
    """Yield what is said from tables: comparisons and what they find, themes, phases."""
    yield from sorted(comparison.name for comparison in COMPARISONS)
    parts = {part for comparison in COMPARISONS for level in comparison.levels for part in level.split(", ")}
    yield from sorted({re.sub("[0-9]+", "{n}", part, count=1) for part in parts} | {"before anything is compared"})
    yield from sorted(code.replace("-", " ") for code in themes.codes())
    yield from phases.ORDER


def main() -> None:
    """Rewrite every catalogue."""
    known = messages()
    for language in LANGUAGES[1:]:
        path = CATALOGUES / f"{language}.po"
        before = read_po(path.open("rb"), locale=language) if path.is_file() else Catalog(locale=language)
        after = Catalog(locale=language, project="Outreach calendar", fuzzy=False, header_comment="")
        for message, place in known.items():
            old = before.get(message[0] if isinstance(message, tuple) else message)
            same = old is not None and old.id == message
            after.add(message, old.string if old is not None and same else None, locations=[(place, None)])
        written = io.BytesIO()
        write_po(written, after, width=110, include_lineno=False)
        lines = written.getvalue().decode("utf-8").splitlines()
        # Who made it when is told by git.
        path.write_text("\n".join(line for line in lines if not line.startswith(UNTOLD)) + "\n", encoding="utf-8")
        blank = sum(not _translated(entry.string) for entry in after if entry.id)
        print(f"{path.relative_to(REPOSITORY)}: {len(known)} messages, {blank} not translated")


def _translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


if __name__ == "__main__":
    main()
