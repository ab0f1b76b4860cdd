"""Throw mutated calendars at the readers and at a night's comparison, guided by coverage, until one of them raises.

    .venv/bin/python bench/fuzz.py --seconds 1800 [--seeds FOLDER ...] [--keep FOLDER]

The first byte of an input chooses the kind of calendar, the rest is its body; a second body after a line of `=====`
is what comes on the next night. Seeds are the calendars of examples/ and tests/, and any folders named. What is found
is written to `crash-*` in the folder of --keep, and read again with: bench/fuzz.py --again FILE. Needs atheris (Linux).
"""

from __future__ import annotations

import argparse
import importlib
import logging
import pkgutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["calendar_sync"]):
    import calendar_sync
    from calendar_sync.reading import Reading, kinds
    from calendar_sync.reading.inspecting import inspect_json
    from calendar_sync.reading.rereading import read_again
    from calendar_sync.refresh import Refreshed, refresh
    from calendar_sync.roster import KINDS, Calendar, Limits
    from calendar_sync.sources import Payload

    # Readers are imported when they are needed; then it would be too late to watch them.
    for module in pkgutil.walk_packages(calendar_sync.__path__, "calendar_sync."):
        importlib.import_module(module.name)

HERE = Path(__file__).resolve().parents[1]
WINDOW = (date(2025, 1, 1), date(2027, 1, 1))
NIGHT = date(2026, 3, 1)
NEXT = b"\n=====\n"
LIMITS = Limits(bytes=1_000_000, events=200, occurrences=200)
LARGEST = 20_000


@dataclass
class Answering:
    """A source that has one answer."""

    payload: Payload
    calendar: str = "feed"

    def fetch(self, night: date, stored: Payload | None) -> Payload | None:
        """Answer."""
        return self.payload


def one(data: bytes) -> None:
    """Read one input as two nights would. Whatever it is, nothing may be raised and no listing be lost."""
    if len(data) < 2:
        return
    calendar = Calendar("feed", "ORG", "feed", kind=KINDS[data[0] % len(KINDS)], limits=LIMITS)
    first, _, second = data[1:].partition(NEXT)
    told = night(calendar, first, None, NIGHT)
    then = night(calendar, second, told, date(2026, 3, 2)) if second else told
    standing = {listing.key for listing in then.listings} | {listing.key for listing in then.changes.withdrawn}
    if not then.as_before and not {listing.key for listing in told.listings} <= standing:
        raise AssertionError("a listing neither stands nor was withdrawn")


def night(calendar: Calendar, body: bytes, before: Refreshed | None, day: date) -> Refreshed:
    """Refresh once."""
    payload = Payload(body)
    inspect_json(kinds.read(payload, calendar))
    refreshed = refresh(
        Answering(payload), calendar, before.listings if before else (), day, WINDOW,
        memory=before.memory if before else None, accept=True, read=read_again,
    )  # fmt: skip
    told = Reading(refreshed.listings, refreshed.problems)
    inspect_json(told)
    for problem in told.problems:
        if not problem.code or problem.code != problem.code.lower() or " " in problem.code:
            raise AssertionError(f"{problem.code!r} is no code")
    return refreshed


def seeds(folders: list[Path]) -> Iterator[bytes]:
    """Yield inputs made of real calendars: each as its own kind, and each followed by a part of itself."""
    endings = {".ics": "ics", ".csv": "csv", ".xlsx": "xlsx", ".ods": "ods", ".docx": "docx", ".html": "html",
               ".json": "jscalendar", ".xml": "feed", ".rss": "feed"}  # fmt: skip
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            kind = "indico" if file.name.endswith(".indico.json") else endings.get(file.suffix.lower())
            if kind is not None and 0 < file.stat().st_size <= LARGEST // 2:
                body = file.read_bytes()
                yield bytes([KINDS.index(kind)]) + body
                yield bytes([KINDS.index(kind)]) + body + NEXT + body[: len(body) * 2 // 3]


def main() -> None:
    """Fuzz for a while, or run one input again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seeds", type=Path, nargs="*", default=[])
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--again", type=Path)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if given.again:
        one(given.again.read_bytes())
        print("nothing was raised")
        return
    with tempfile.TemporaryDirectory() as temporary:
        for number, seed in enumerate(seeds([HERE / "examples", HERE / "tests" / "calendars", *given.seeds])):
            (Path(temporary) / f"{number:05}").write_bytes(seed)
        options = [f"-max_total_time={given.seconds}", f"-max_len={LARGEST}", "-timeout=60", "-rss_limit_mb=3000",
                   f"-artifact_prefix={given.keep}/", "-print_final_stats=1"]  # fmt: skip
        atheris.Setup([sys.argv[0], temporary, *options], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
