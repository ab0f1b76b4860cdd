"""Several machines for one long list of chunks, through a Dask cluster that stands already or is started here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_LOCAL = re.compile(r"local:(\d+)")
_AHEAD = 4
"""Chunks a process is given at a time: enough never to wait, few enough for the memory."""


class Machines:
    """The processes of a Dask cluster: `tcp://scheduler:8786`, or `local:2` for two processes on this machine.

    Use as a context manager. Needs the extra *scale*.
    """

    def __init__(self, address: str) -> None:
        """Remember where the cluster is; it is asked when the context begins.

        Raises:
            ModuleNotFoundError: Dask is not installed.
        """
        import distributed

        # Without types of its own.
        self._dask: Any = distributed
        self._address = address
        self._open = ExitStack()

    def __enter__(self) -> Machines:
        local = _LOCAL.fullmatch(self._address)
        where = self._address
        if local is not None:
            cluster = self._dask.LocalCluster(
                n_workers=int(local[1]), threads_per_worker=1, processes=True, dashboard_address=None
            )
            where = self._open.enter_context(cluster)
        self._client = self._open.enter_context(self._dask.Client(where))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def __call__(self, work: Callable[[T], R], chunks: Sequence[T]) -> Iterator[R]:
        """Yield work(chunk) for each chunk, in order, done on the cluster.

        What *work* knows is sent once to each process, each chunk to one of them; what fails for good raises here.
        """
        if not chunks:
            return
        known = self._client.scatter(work, broadcast=True, hash=False)
        ahead = _AHEAD * max(1, len(self._client.scheduler_info()["workers"]))
        asked = [self._client.submit(_do, known, chunk, pure=False) for chunk in chunks[:ahead]]
        for number in range(len(chunks)):
            yield asked[number].result()
            asked[number].release()
            following = number + ahead
            if following < len(chunks):
                asked.append(self._client.submit(_do, known, chunks[following], pure=False))


def _do(work: Callable[[T], R], chunk: T) -> R:
    return work(chunk)
