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

    *folder* is where relative paths start: the folder of `outreach.toml`. The path is the roster's to choose; what
    others put into a folder it names cannot lead out of it.
    """

    _calendar: Calendar
    folder: Path

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
            self._keep_within(path, stated)
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

    def _keep_within(self, path: Path, stated: str) -> None:
        """Refuse links in folders of snapshots that lead out of them: whoever fills them chose those, not the roster.

        Raises:
            SourceRefused: There is such a link.
        """
        parts = PurePath(self._calendar.source).parts
        named = [part for number, part in enumerate(parts) if not any(NIGHT in each for each in parts[: number + 1])]
        if len(named) < len(parts) and not _within(path, self.folder / Path(*named).expanduser()):
            raise SourceRefused(self.calendar, f"{stated} is a link that leads out of its folder")

    def _whole(self, path: Path, stated: str) -> bytes:
        if not path.is_file():
            # A device or a pipe would never end.
            raise SourceRefused(self.calendar, f"there is no file {stated}")
        with path.open("rb") as file:
            body = file.read(self._calendar.limits.bytes + 1)
        if len(body) > self._calendar.limits.bytes:
            raise SourceOversize(self.calendar, f"{stated} has more than {self._calendar.limits.bytes} bytes")
        return body

    def _together(self, path: Path, stated: str) -> bytes:
        files = sorted(entry for entry in path.iterdir() if entry.suffix.lower() == ".ics")
        if not files:
            raise SourceRefused(self.calendar, f"the folder {stated} holds no .ics file")
        bodies: list[bytes] = []
        for file in files:
            if not _within(file, path):
                raise SourceRefused(self.calendar, f"{stated}/{file.name} is a link that leads out of its folder")
            bodies.append(self._whole(file, f"{stated}/{file.name}").removeprefix(b"\xef\xbb\xbf"))
            if sum(map(len, bodies)) > self._calendar.limits.bytes:
                raise SourceOversize(self.calendar, f"{stated} has more than {self._calendar.limits.bytes} bytes")
        return b"\r\n".join(bodies)


def _within(path: Path, folder: Path) -> bool:
    """True when what *path* leads to, links followed, lies in *folder*."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        # A link that leads to itself.
        return False


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
