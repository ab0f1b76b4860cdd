"""What goes wrong stays in our own files: Prefect's pages have no authentication, and an error may quote a listing."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from calendar_sync.errors import OutreachError

Result = TypeVar("Result")


class StepBroke(OutreachError):
    """A step met something it was not made for; *kind* is the type of what was raised, *where* a file and line."""

    def __init__(self, step: str, kind: str, where: str, unwritten: str = "") -> None:
        super().__init__(step, kind, where, unwritten)
        self.step, self.kind, self.where = step, kind, where
        self.unwritten = unwritten
        """Why errors.log did not take the account; blank: it did."""

    def __str__(self) -> str:
        return (
            f"{self.step} broke with {self.kind} at {self.where}. The night is not marked as done; what stood before "
            f"still stands. Next: {self._next}"
        )

    @property
    def _next(self) -> str:
        if self.unwritten:
            return (
                f"errors.log of the state folder could not be written ({self.unwritten}): mend that, then run it again."
            )
        return (
            "run it again; if it breaks again, send errors.log of the state folder to whoever maintains this "
            "installation."
        )


def confined(step: str, log: Path, work: Callable[[], Result]) -> Result:
    """Do *work*; write whatever breaks it to *log* and raise it again without its words.

    Raises:
        OutreachError: As it was: its sentences are made for people and quote no listing.
        StepBroke: In place of anything else.
    """
    try:
        return work()
    except OutreachError:
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, its words stay here
        frame = traceback.extract_tb(error.__traceback__)[-1]
        unwritten = _written(log, f"{step}\n{''.join(traceback.format_exception(error))}\n")
        raise StepBroke(step, type(error).__name__, f"{Path(frame.filename).name}:{frame.lineno}", unwritten) from None


def _written(log: Path, account: str) -> str:
    """Add an account to *log*; return why that could not be done, blank when it was."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as lines:
            lines.write(account)
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""
