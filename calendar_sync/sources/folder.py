"""A calendar in a file or folder, with `{night}` standing for the newest snapshot not after the night."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath

from calendar_sync.errors import SourceOversize, SourceRefused, SourceUnreachable
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload, Validators

NIGHT = "{night}"
LARGEST = 20 * 1024 * 1024
"""Bytes one calendar may have; more is a mistake or an attack."""

_MEDIA_TYPES = {
    ".ics": "text/calendar",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html",
    ".htm": "text/html",
}


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A calendar kept in a file, or in a folder of `.ics` files that are read as one.

    *folder* is where relative paths start: the folder of `outreach.toml`.
    """

    _calendar: Calendar
    folder: Path
    largest: int = LARGEST

    @property
    def calendar(self) -> str:
        """Id of the calendar in the roster."""
        return self._calendar.id

    def fetch(self, night: date, stored: Payload | None) -> Payload | None:
        """Read the file as of *night*, or None when its bytes are those of *stored*.

        Raises:
            SourceRefused: There is no such file, it may not be read, or it is too large.
            SourceUnreachable: The disk did not answer.
        """
        stated = self._stated(night)
        path = self.folder / Path(stated).expanduser()
        try:
            body = self._together(path, stated) if path.is_dir() else self._whole(path, stated)
        except FileNotFoundError:
            raise SourceRefused(self.calendar, f"there is no file {stated}") from None
        except PermissionError:
            raise SourceRefused(self.calendar, f"{stated} may not be read by this user") from None
        except OSError as error:
            raise SourceUnreachable(self.calendar, f"{stated} could not be read: {error.strerror}") from error
        etag = hashlib.sha256(body).hexdigest()
        if stored is not None and stored.validators.etag == etag:
            return None
        media_type = "text/calendar" if path.is_dir() else _MEDIA_TYPES.get(path.suffix.lower(), "")
        return Payload(body, media_type, name=path.name, address=stated, validators=Validators(etag=etag))

    def _stated(self, night: date) -> str:
        """Return the path as `outreach.toml` states it, `{night}` replaced by a snapshot's date."""
        source = self._calendar.source
        if NIGHT not in source:
            return source
        parts = PurePath(source).parts
        at = next(number for number, part in enumerate(parts) if NIGHT in part)
        before, after = parts[at].split(NIGHT, 1)
        above = self.folder / Path(*parts[:at]).expanduser()
        try:
            names = [entry.name for entry in above.iterdir()]
        except OSError:
            raise SourceRefused(self.calendar, f"there is no folder {PurePath(*parts[:at])}") from None
        nights = [day for name in names if (day := _night(name, before, after)) is not None and day <= night]
        if not nights:
            raise SourceRefused(self.calendar, f"{PurePath(*parts[:at])} holds no snapshot of {night} or earlier")
        return source.replace(NIGHT, max(nights).isoformat())

    def _whole(self, path: Path, stated: str) -> bytes:
        if not path.is_file():
            # A device or a pipe would never end.
            raise SourceRefused(self.calendar, f"there is no file {stated}")
        with path.open("rb") as file:
            body = file.read(self.largest + 1)
        if len(body) > self.largest:
            raise SourceOversize(self.calendar, f"{stated} has more than {self.largest} bytes")
        return body

    def _together(self, path: Path, stated: str) -> bytes:
        files = sorted(entry for entry in path.iterdir() if entry.suffix.lower() == ".ics")
        if not files:
            raise SourceRefused(self.calendar, f"the folder {stated} holds no .ics file")
        bodies: list[bytes] = []
        for file in files:
            bodies.append(self._whole(file, f"{stated}/{file.name}").removeprefix(b"\xef\xbb\xbf"))
            if sum(map(len, bodies)) > self.largest:
                raise SourceOversize(self.calendar, f"{stated} has more than {self.largest} bytes")
        return b"\r\n".join(bodies)


def _night(name: str, before: str, after: str) -> date | None:
    """Return the date in a snapshot's name, None when it is no snapshot."""
    if not (name.startswith(before) and name.endswith(after)):
        return None
    stamp = name[len(before) : len(name) - len(after)]
    try:
        day = date.fromisoformat(stamp)
    except ValueError:
        return None
    # `fromisoformat` also reads 20071015 and 2007-W42-1, which `{night}` would not write.
    return day if day.isoformat() == stamp else None
