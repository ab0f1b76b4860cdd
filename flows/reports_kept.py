"""Reports kept whole on disk for the desk, with what each depends on: so that none is composed while somebody waits.

The night keeps what it writes; what is asked for besides, or changed since, is written by an errand. What a report
depends on has two parts. While everything holds, it is shown. While only what was decided or taught has changed, it is
shown until the errand brings the next. While the roster, an agreement or what is known of a calendar has changed, it
may tell what its reader may not read any more, and is not shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

import reports
from calendar_sync.roster import Roster
from dedupe.same import Same
from flows.loading import taught_in_force
from flows.worlds import installed, matching_installed
from flows.writing import write_whole
from store import agreements, calendars, decisions, findings, memories, revisions

FORMATS = ("ics", "html", "csv", "json")
"""What can be fetched, `report.ics` first: it is what calendar programs take."""
_FOLDER = "desk"
"""In the state folder."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a report depends on, in digests."""

    open: str
    """What says who may read what: the roster, agreements, calendars, and the version that is installed."""
    rest: str
    """What was told, decided and taught."""
    numbers: str = ""
    """By which numbers its reader knows findings; those that it tells first are given when it is saved."""


def stamp_of(db: Connection, loaded: Roster, reader: str, night: date) -> Stamp:
    """Name everything a report of a night depends on, without reading a listing."""
    everything = reader == loaded.committee.id
    return Stamp(
        _digest(
            night.isoformat(), _said(Same(loaded)), _installed(), repr(agreements.kept_before(db, night)),
            repr(sorted(revisions.load(db).items())), repr(calendars.health(db, night)),
        ),
        _digest(
            decisions.head(db), repr(taught_in_force(db)), memories.digest_before(db, reader, night),
            findings.told_stamp(db, reader, night, ever=everything),
        ),
        findings.numbers_stamp(db, reader),
    )  # fmt: skip


@lru_cache(maxsize=4)
def _said(loaded: Same[Roster]) -> str:
    return repr(loaded.of) + repr([calendar.source for calendar in loaded.of.calendars])


@lru_cache(maxsize=1)
def _installed() -> str:
    return matching_installed() + installed(reports)


def _digest(*parts: str) -> str:
    told = hashlib.sha256()
    for part in parts:
        told.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return told.hexdigest()


def keep(loaded: Roster, reader: str, language: str, stamp: Stamp, bodies: Mapping[str, bytes | Path]) -> None:
    """Keep a report in some formats; a path names a file that lies in the state folder already, as its bytes are now.

    *language* is blank for the reader's own.

    Raises:
        ReportNotWritten: The disk did not take it.
    """
    state, files = loaded.state_folder.absolute(), {}
    for format_, body in bodies.items():
        if isinstance(body, Path):
            path, written = body, body.read_bytes()
        else:
            path, written = state / _FOLDER / f"{_name(reader, language)}.{format_}", body
            write_whole(path, written)
        files[format_] = [path.relative_to(state).as_posix(), hashlib.sha256(written).hexdigest()]
    about = {"stamp": [stamp.open, stamp.rest, stamp.numbers], "files": files}
    write_whole(state / _FOLDER / f"{_name(reader, language)}.about.json", json.dumps(about, sort_keys=True).encode())


def kept(loaded: Roster, reader: str, language: str, format_: str, stamp: Stamp) -> tuple[bytes, bool] | None:
    """Return a report that may be shown, and whether it is the newest; None where none is kept that may."""
    state = loaded.state_folder.absolute()
    try:
        about: dict[str, Any] = json.loads((state / _FOLDER / f"{_name(reader, language)}.about.json").read_bytes())
        then = Stamp(*about["stamp"])
        path, digest = about["files"][format_]
        body = (state / path).read_bytes()
    except (OSError, ValueError, KeyError, TypeError):
        # None was kept, or it is being written just now.
        return None
    if then.open != stamp.open or hashlib.sha256(body).hexdigest() != digest:
        return None
    return body, then == stamp


def _name(reader: str, language: str) -> str:
    return f"{reader}.{language}" if language else reader
