"""Several processes of this machine for one long list of chunks."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_work: Callable[[object], object] | None = None
"""What the processes do; they inherit it, so that it need not be sent."""


class Spread(Protocol):
    """Does some work on each of some chunks, wherever that is, and hands the results over in the chunks' order."""

    def __call__(self, work: Callable[[T], R], chunks: Sequence[T], /) -> Iterator[R]:
        """Yield work(chunk) for each chunk, in order."""
        ...


def here(work: Callable[[T], R], chunks: Sequence[T]) -> Iterator[R]:
    """Do it all in this process."""
    return map(work, chunks)


class Workers:
    """So many processes of this machine.

    They are forked, so that what the work knows is shared and not copied. Where a system cannot fork everything is
    done here.
    """

    def __init__(self, number: int) -> None:
        """Say how many at most; fewer are started for few chunks."""
        self._number = number

    def __call__(self, work: Callable[[T], R], chunks: Sequence[T]) -> Iterator[R]:
        """Yield work(chunk) for each chunk, in order."""
        number = min(self._number, len(chunks))
        if number < 2 or "fork" not in multiprocessing.get_all_start_methods():
            yield from map(work, chunks)
            return
        global _work  # forked processes inherit it
        _work = work  # type: ignore[assignment]
        try:
            with multiprocessing.get_context("fork").Pool(number) as pool:
                yield from pool.imap(_do, chunks)
        finally:
            _work = None


def _do(chunk: object) -> object:
    if _work is None:
        raise RuntimeError("a worker was started without work")
    return _work(chunk)
