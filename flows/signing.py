"""The desk's own key: made once, kept beside the database, read by nobody but us."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from calendar_sync.errors import OutreachError

KEY_FILE = "desk.key"
_BYTES = 32


class KeyUnusable(OutreachError):
    """The desk's key cannot be read or made."""

    def __init__(self, path: Path, what: str, next_step: str) -> None:
        super().__init__(path, what, next_step)
        self.path, self.what, self.next_step = path, what, next_step

    def __str__(self) -> str:
        return f"{self.path}: {self.what}. Nothing was signed with it. Next: {self.next_step}."


def signing_key(state_folder: Path) -> bytes:
    """Return the key that everything the desk signs is signed with; make it where there is none.

    Raises:
        KeyUnusable: It cannot be read or made, or is none.
    """
    path = state_folder.absolute() / KEY_FILE
    try:
        if not path.exists():
            _make(path)
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except OSError as error:
        raise KeyUnusable(path, f"it cannot be read or made ({error.strerror})", "check the state folder") from error
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise KeyUnusable(path, "it is no key", "restore it, or remove it: links in mails that were sent end with it")
    return key


def _make(path: Path) -> None:
    """Write a key that was not there; of several who do so at once, one is first and all use its key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_hex(_BYTES).encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(part, path)
    finally:
        part.unlink(missing_ok=True)
