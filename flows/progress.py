"""Progress: what a person at a terminal sees while a night runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType

from rich.console import Console
from rich.progress import Progress as Lines
from rich.progress import SpinnerColumn, TaskID, TextColumn
from rich.text import Text


class Stage(StrEnum):
    """How far one line of work is."""

    WORKING = "working"
    DONE = "done"
    GAP = "gap"
    """Done, and something could not be seen."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One thing that moved on. *subject* is a calendar's id or the name of a step; *words* hold counts, no titles."""

    subject: str
    stage: Stage
    words: str = ""
    result: object = None
    """What came of it, one of `flows.outcomes` or the files written; None while it is at work."""


Listener = Callable[[Progress], None]


def _nobody(_: Progress) -> None:
    """Stand in where nobody watches, as in a deployment."""


_listener: ContextVar[Listener] = ContextVar("listener", default=_nobody)


def tell(subject: str, stage: Stage, words: str = "", result: object = None) -> None:
    """Tell whoever watches this night; Prefect copies the context into the threads of its tasks."""
    _listener.get()(Progress(subject, stage, words, result))


@contextmanager
def watched_by(listener: Listener | None) -> Iterator[None]:
    """Let *listener* hear what happens inside."""
    token = _listener.set(listener or _nobody)
    try:
        yield
    finally:
        _listener.reset(token)


_MARKS = {Stage.DONE: ("✓", "green"), Stage.GAP: ("!", "yellow")}


class TerminalProgress:
    """One line per calendar and step on stderr: it turns while it works and stays when it is done.

    Where stderr is no terminal, each line is written once, when its work is done.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(file=sys.stderr, highlight=False)
        self._lines = Lines(
            SpinnerColumn(finished_text=""), TextColumn("{task.description}"), console=self._console, transient=True
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> TerminalProgress:
        if self._console.is_terminal:
            self._lines.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._lines.stop()

    def heading(self, text: str) -> None:
        """Begin a night."""
        self._console.print(text, style="bold", soft_wrap=True)

    def __call__(self, progress: Progress) -> None:
        """Hear of one thing that moved on; called from several threads."""
        if progress.stage is Stage.WORKING:
            self._working(progress)
        else:
            self._finished(progress)

    def _working(self, progress: Progress) -> None:
        if not self._console.is_terminal:
            return
        words = f"{progress.subject}  {progress.words}".rstrip()
        if progress.subject in self._tasks:
            self._lines.update(self._tasks[progress.subject], description=words)
        else:
            self._tasks[progress.subject] = self._lines.add_task(words, total=None)

    def _finished(self, progress: Progress) -> None:
        if progress.subject in self._tasks:
            self._lines.remove_task(self._tasks.pop(progress.subject))
        mark, colour = _MARKS[progress.stage]
        if not self._console.encoding.startswith("utf"):
            mark = "!" if progress.stage is Stage.GAP else "+"
        line = Text.assemble("  ", (mark, colour), f" {progress.subject:<24} {progress.words}".rstrip())
        self._console.print(line, soft_wrap=True)
