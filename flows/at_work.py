"""The program that does what somebody at the desk asked for: calendars, or a whole night, in a process of its own.

It is told what to do by one JSON line on its stdin, and tells how it goes by JSON lines on its stdout. When its stdin
ends, so has the desk: it then ends itself and every process that it started.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from calendar_sync.errors import OutreachError
from flows.outcomes import Matched, NightOutcome, ReaderCount, Sent, SyncOutcome
from flows.progress import Progress, Stage
from flows.syncing import Consent, sync_together

_GRACE_SECONDS = 5.0
_COUNTED = ("listings", "added", "updated", "withdrawn", "problems")

Tell = Callable[[Mapping[str, Any]], None]


def main() -> int:
    """Do what stdin says."""
    wish = json.loads(_line(0))
    # What others print must not come between our lines.
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    threading.Thread(target=_end_with_the_desk, daemon=True).start()
    tell = partial(_told, lines, threading.Lock())
    try:
        tell(_night(wish, tell) if wish["sort"] == "night" else _sync(wish, tell))
    except OutreachError as error:
        tell({"end": "failed", "sentence": str(error)})
    return 0


def _sync(wish: Mapping[str, Any], tell: Tell) -> Mapping[str, Any]:
    consent = wish.get("consent")
    outcomes = sync_together(
        Path(wish["config"]),
        wish["calendars"],
        date.fromisoformat(wish["night"]),
        consent=Consent(**consent | {"at": datetime.fromisoformat(consent["at"])}) if consent else None,
        tell=lambda calendar, outcome: tell(
            {"subject": calendar, "stage": "working"} if outcome is None else _of_calendar(outcome)
        ),
    )
    return _ended(outcomes)


def _night(wish: Mapping[str, Any], tell: Tell) -> Mapping[str, Any]:
    from flows import leasing, running

    config, night = Path(wish["config"]), date.fromisoformat(wish["night"])
    if leasing.is_running(config, night):
        # At a terminal one may wait for it; whoever looks at a page would see nothing move.
        raise leasing.NightIsTaken(night, "another run")
    outcome = running.run_nightly(config, night, on_progress=lambda progress: tell(_of_progress(progress)))
    return _of_night(outcome)


def _of_progress(progress: Progress) -> dict[str, Any]:
    if isinstance(progress.result, SyncOutcome):
        return _of_calendar(progress.result)
    return {"subject": progress.subject, "stage": str(progress.stage), **_figures(progress.result)}


def _of_calendar(outcome: SyncOutcome) -> dict[str, Any]:
    """Tell of a calendar in numbers and codes: the desk words it in the language of whoever looks."""
    return {
        "subject": outcome.calendar,
        "stage": str(Stage.DONE if outcome.complete else Stage.GAP),
        "outcome": str(outcome.outcome),
        "code": outcome.error.code if outcome.error is not None else "",
        **{name: getattr(outcome, name) for name in _COUNTED},
    }


def _figures(result: object) -> dict[str, Any]:
    match result:
        case Matched():
            return {"events": result.events, "listings": result.listings}
        case Sent():
            return asdict(result)
        case (ReaderCount() as committee, *_):
            return {"findings": committee.findings, "organisations": len(result) if isinstance(result, tuple) else 0}
        case (Path(), *_):
            return {"files": len(result) if isinstance(result, tuple) else 0}
    return {}


def _of_night(outcome: NightOutcome) -> dict[str, Any]:
    findings = outcome.readers[0].findings if outcome.readers else 0
    return {**_ended(outcome.calendars), "findings": findings, "already": outcome.already_done}


def _ended(outcomes: list[SyncOutcome] | tuple[SyncOutcome, ...]) -> dict[str, Any]:
    gaps = sum(not outcome.complete for outcome in outcomes)
    return {"end": "gaps" if gaps else "done", "calendars": len(outcomes), "gaps": gaps}


def _told(lines: IO[str], lock: threading.Lock, what: Mapping[str, Any]) -> None:
    with lock:
        lines.write(json.dumps(what) + "\n")
        lines.flush()


def _line(descriptor: int) -> bytes:
    """Read one line without reading ahead."""
    read = b""
    while not read.endswith(b"\n") and (letter := os.read(descriptor, 1)):
        read += letter
    return read


def _end_with_the_desk() -> None:
    while os.read(0, 1024):
        pass
    # We lead a group of our own, in which Prefect's temporary server is as well.
    for sign in (signal.SIGTERM, signal.SIGKILL):
        os.killpg(os.getpgrp(), sign)
        time.sleep(_GRACE_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
