"""Hold the lock files to their promise: each version exact and hashed, no index address, an SBOM that agrees."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")


def pins(lock: Path) -> dict[str, set[str]]:
    """Read name -> versions (one per environment marker) from a lock file.

    Raises:
        SystemExit: A requirement is not pinned, not hashed, or the file names an address.
    """
    text = lock.read_text(encoding="utf-8")
    # An option that names an index is no exact version either, and is refused as such below.
    if "://" in text:
        sys.exit(f"{lock.name} names an address. Next: scripts/lock.sh")
    found: dict[str, set[str]] = {}
    for block in re.split(r"\n(?=\S)", text.strip()):
        pin = PINNED.match(block)
        if pin is None:
            sys.exit(f"{lock.name}: not an exact version: {block.splitlines()[0]}. Next: scripts/lock.sh")
        if "--hash=sha256:" not in block:
            sys.exit(f"{lock.name}: {pin[1]} has no hash. Next: scripts/lock.sh")
        found.setdefault(pin[1].lower(), set()).add(pin[2])
    return found


def main() -> None:
    """Check both lock files and the SBOM."""
    runtime, everything = pins(ROOT / "requirements.lock"), pins(ROOT / "requirements-dev.lock")
    for name, versions in runtime.items():
        if not versions <= everything.get(name, set()):
            sys.exit(f"{name}: the two lock files disagree. Next: scripts/lock.sh")
    bill = json.loads((ROOT / "sbom.cdx.json").read_text(encoding="utf-8"))
    listed: dict[str, set[str]] = {}
    for component in bill["components"]:
        listed.setdefault(component["name"].lower(), set()).add(component["version"])
    if listed != runtime:
        odd = sorted(set(listed) ^ set(runtime)) or sorted(n for n in runtime if runtime[n] != listed[n])
        sys.exit(f"sbom.cdx.json does not agree with requirements.lock ({', '.join(odd[:5])}). Next: make sbom")
    print(f"locked: {len(runtime)} packages to run, {len(everything)} to test, all hashed; the SBOM lists the same.")


if __name__ == "__main__":
    main()
