"""Write sbom.cdx.json (CycloneDX) from requirements.lock: what an installation holds, without an index address."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Let cyclonedx-py read the lock, then drop the download addresses it adds."""
    made = subprocess.run(
        [
            str(Path(sys.executable).with_name("cyclonedx-py")), "requirements", str(ROOT / "requirements.lock"),
            "--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--of", "JSON",
        ],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    bill = json.loads(made.stdout)
    for component in (*bill["components"], *bill["metadata"].get("tools", {}).get("components", ())):
        component.pop("externalReferences", None)
        component.pop("description", None)  # repeats the lock's line, hashes and all
    (ROOT / "sbom.cdx.json").write_text(json.dumps(bill, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
