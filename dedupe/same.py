"""One and the same thing, for caches: what is made of a finding once serves all readers of a world."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
_FORGETTING: list[Callable[[], None]] = []


class Same(Generic[T]):
    """*of* itself and no equal of it; comparing two findings deep down would take longer than what is cached.

    >>> Same([]) == Same([]), (lambda entry: Same(entry) == Same(entry))([])
    (False, True)
    """

    __slots__ = ("of",)

    def __init__(self, of: T) -> None:
        self.of = of

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.of is other.of

    def __hash__(self) -> int:
        return id(self.of)


def made_once(maxsize: int) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Keep what a function made of its arguments for whoever asks again, of so many of them, until all is forgotten."""

    def keeping(function: Callable[..., R]) -> Callable[..., R]:
        kept = lru_cache(maxsize)(function)
        _FORGETTING.append(kept.cache_clear)
        return kept

    return keeping


def forget() -> None:
    """Forget what was made once: the events of a page that was answered would stay in memory for nobody."""
    for forgetting in _FORGETTING:
        forgetting()
