"""The house plan holds: who imports whom, and what is shipped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_imports_run_one_way(repository: Path):
    """The core must stay usable and testable without the flows, the desk, or Prefect."""
    linter = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([linter, "--no-cache"], cwd=repository, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-3000:]


def test_lock_files_are_exact_hashed_and_agree_with_the_sbom(repository: Path):
    """An installation is what was reviewed, byte for byte."""
    ran = subprocess.run(
        [sys.executable, repository / "scripts" / "locked.py"], cwd=repository, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


def test_every_dependency_is_named_with_a_range(repository: Path):
    """A plain install resolves to versions that do not work together; the bounds are the fix."""
    import tomllib

    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    unbounded = [d for d in project["dependencies"] if not any(sign in d for sign in "<>=")]
    assert not unbounded
    assert "fastapi<0.150" in project["dependencies"]
    assert any(d.startswith("sqlalchemy") and "<2.1" in d for d in project["dependencies"])
