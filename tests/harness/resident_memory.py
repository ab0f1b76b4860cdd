"""How much memory a piece of work takes at its height."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Rise:
    """MiB of resident memory at the height of a piece of work, beyond what was there before; and its seconds."""

    mib: float = 0.0
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"RSS +{self.mib:.0f} MiB in {self.seconds:.1f} s"


@contextmanager
def resident_memory() -> Iterator[Rise]:
    """Measure the work inside, of this process alone."""
    rise = Rise()
    gc.collect()
    # Linux forgets the earlier height when told 5.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, begun = _kib("VmRSS"), time.monotonic()
    try:
        yield rise
    finally:
        rise.seconds = time.monotonic() - begun
        rise.mib = max(0, _kib("VmHWM") - before) / 1024


def _kib(name: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise AssertionError(f"the system does not tell {name}")
