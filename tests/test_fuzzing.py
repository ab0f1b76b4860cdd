"""A short run of bench/fuzz.py; the long ones are written down in docs/measurements.md."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = 20


def test_mutated_calendars_raise_nothing(tmp_path, repository: Path):
    """Nothing an organisation publishes may stop a night."""
    pytest.importorskip("atheris", reason="atheris is built for Linux on x86_64 only")

    ran = subprocess.run(
        [sys.executable, "bench/fuzz.py", "--seconds", str(SECONDS), "--keep", str(tmp_path)],
        cwd=repository, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stderr[-3_000:]
    assert "Done" in ran.stderr
    assert list(tmp_path.iterdir()) == []
