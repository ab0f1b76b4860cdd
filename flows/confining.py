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

    def __init__(self, step: str, kind: str, where: str) -> None:
        super().__init__(step, kind, where)
        self.step, self.kind, self.where = step, kind, where

    def __str__(self) -> str:
        return (
            f"{self.step} broke with {self.kind} at {self.where}. The night is not marked as done; what stood before "
            "still stands. Next: run it again; if it breaks again, send errors.log of the state folder to whoever "
            "maintains this installation."
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
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as lines:
            lines.write(f"{step}\n{''.join(traceback.format_exception(error))}\n")
        raise StepBroke(step, type(error).__name__, f"{Path(frame.filename).name}:{frame.lineno}") from None
