"""Taught: how far coordinators' decisions shift the shipped weights. Needs no numpy: whoever asks seldom matches."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_SHIPPED = "match_weights.json"


@dataclass(frozen=True, slots=True)
class Taught:
    """A shift of the shipped weights, in bits. Levels that are not named stand as shipped."""

    prior: float
    levels: tuple[tuple[str, str, float], ...]
    """Comparison, level and shift, in the order of the comparisons; never 0."""
    base: str
    """What `base` told when it was made: on other weights nobody knows what it does."""

    @property
    def applies(self) -> bool:
        """True while the weights it was made for are those installed."""
        return self.base == base()

    def as_json(self) -> dict[str, Any]:
        """Return JSON values."""
        return {"prior": self.prior, "levels": [list(entry) for entry in self.levels], "base": self.base}


def from_json(table: Mapping[str, Any]) -> Taught:
    """Read what `Taught.as_json` returned."""
    levels = tuple((str(name), str(level), float(bits)) for name, level, bits in table["levels"])
    return Taught(float(table["prior"]), levels, str(table["base"]))


@cache
def base() -> str:
    """Name the shipped weights by their bytes."""
    return hashlib.sha256(files("dedupe").joinpath(_SHIPPED).read_bytes()).hexdigest()[:16]
