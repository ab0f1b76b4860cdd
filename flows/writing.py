"""Report files: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from calendar_sync.errors import OutreachError


class ReportNotWritten(OutreachError):
    """The disk took no report."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return (
            f"{self.path} could not be written ({self.reason}). What stood there before still stands, and the night "
            "is not marked as done. Next: make room or give this account the right to write, then run the night again."
        )


def write_whole(path: Path, body: bytes) -> bool:
    """Put *body* at *path* so that a reader sees the old file or the new one; False when it stood there already.

    What a killed run left half-written beside it is taken away.

    Raises:
        ReportNotWritten: The disk is full, read-only or not ours; the old file stands.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _take_away_parts(path)
        if path.is_file() and path.read_bytes() == body:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        _keep_name(path.parent)
    except OSError as error:
        raise ReportNotWritten(path, error.strerror or type(error).__name__) from error
    return True


def _take_away_parts(path: Path) -> None:
    """Remove the parts of *path* that no run will finish: whoever may write it now is the only one."""
    if not path.parent.is_dir():
        return
    for name in os.listdir(path.parent):  # noqa: PTH208  a folder of many reports is gone through once for each
        if name.startswith(f".{path.name}.") and name.endswith(".part"):
            (path.parent / name).unlink(missing_ok=True)


def _keep_name(folder: Path) -> None:
    """Make the renaming itself last through a power cut, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
