"""Several processes for one long list of chunks."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_work: Callable[[object], object] | None = None
"""What the processes do; they inherit it, so that it need not be sent."""


def in_turn(work: Callable[[T], R], chunks: Sequence[T], workers: int) -> Iterator[R]:
    """Do *work* on each chunk, in several processes where there is enough of it; results come in the chunks' order.

    Processes are forked, so that what *work* knows is shared and not copied; where a system cannot fork, or with one
    worker, everything is done here.
    """
    if workers < 2 or len(chunks) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(work, chunks)
        return
    global _work
    _work = work  # type: ignore[assignment]
    try:
        with multiprocessing.get_context("fork").Pool(min(workers, len(chunks))) as pool:
            yield from pool.imap(_do, chunks)
    finally:
        _work = None


def _do(chunk: object) -> object:
    if _work is None:
        raise RuntimeError("a worker was started without work")
    return _work(chunk)
