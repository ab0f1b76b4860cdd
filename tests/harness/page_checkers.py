"""Independent checkers: axe-core for whoever reads otherwise, Nu for HTML, Schemathesis for the API.

scripts/checkers.sh installs them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

_REPOSITORY = Path(__file__).resolve().parents[2]
_FOLDER = Path(os.environ.get("OUTREACH_CHECKERS", _REPOSITORY / "build" / "checkers")) / "node_modules"

_MISTAKEN = (
    # SVG 2 has the property, and browsers draw by it; the checker's table of CSS does not have it.
    "CSS: “paint-order”: Property “paint-order” doesn't exist.",
    # It takes the digest of a style sheet up to its first line break. That ours is right, Chromium says by applying it.
    "Inline style violates Content Security Policy (meta tag): blocked by “style-src” directive",
)
"""What the Nu checker says and is wrong about."""


def axe_source() -> str:
    """Return the script of axe-core, or skip: a newcomer need not have it."""
    return _installed("axe-core/axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, source: str) -> list[str]:
    """Run every rule of axe-core on what *page* shows, best practices among them; each violation with its elements.

    The page's policy forbids scripts: its context has bypass_csp.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(source)
    ran: dict[str, Any] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"
    )
    assert ran["testEngine"]["name"] == "axe-core"
    return [
        f"{found['id']}: {found['help']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for found in ran["violations"]
        for node in found["nodes"]
    ]


def html_messages(pages: Mapping[str, bytes], folder: Path) -> list[str]:
    """Hold pages against the Nu checker; its errors and warnings, each with the name of its page.

    One Java for all of them: it takes longer to start than to check.
    """
    jar = _installed("vnu-jar/build/dist/vnu.jar")
    java = _command("java")
    for name, body in pages.items():
        (folder / f"{name}.html").write_bytes(body)
    files = [str(folder / f"{name}.html") for name in pages]
    ran = subprocess.run(
        [java, "-Xss16m", "-jar", str(jar), "--format", "json", "--stdout", *files],
        capture_output=True, check=False, timeout=240,
    )  # fmt: skip
    said = json.loads(ran.stdout)["messages"]
    return [
        f"{Path(one['url']).stem}:{one.get('lastLine', 0)}: {one['type']}: {one['message']} {one.get('extract', '')}"
        for one in said
        if not any(one["message"].startswith(wrong) for wrong in _MISTAKEN)
    ]


def schemathesis() -> str:
    """Return the path of Schemathesis, which holds an API against its document, or skip."""
    return str(_installed("../schemathesis/bin/schemathesis", "schemathesis"))


def soffice() -> str:
    """Return the path of LibreOffice, or skip."""
    return _command("soffice")


def _installed(file: str, name: str = "") -> Path:
    path = _FOLDER / file
    if not path.is_file():
        _absent(f"no {name or file.partition('/')[0]}; scripts/checkers.sh installs it")
    return path


@cache
def _command(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        _absent(f"no {name} on this machine")
    return str(path)


def _absent(why: str) -> None:
    if os.environ.get("OUTREACH_NOTHING_SKIPPED"):
        pytest.fail(f"{why}, where nothing may be skipped")
    pytest.skip(f"{why}; nothing is held against it")
