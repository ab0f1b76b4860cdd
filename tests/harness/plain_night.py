"""A whole night without Prefect's server, in this process or in one that dies on the way; and what is left of it."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import time_machine
from sqlalchemy import select

from calendar_sync import roster
from dedupe.decisions import Verdict
from flows import leasing, steps
from flows.outcomes import NightOutcome, Sent
from store.connecting import connect
from store.tables import metadata

FIRST, SECOND = date(2007, 11, 5), date(2007, 11, 6)

PLACES = {
    "commit": "sqlalchemy.engine.default:DefaultDialect.do_commit",
    "begin to write": "store.connecting:Store.begin",
    "fsync": "os:fsync",
    "rename": "pathlib:Path.replace",
    "claim the night": "store.nights:claim",
    "fetch": "flows.syncing:source_of",
    "read": "calendar_sync.reading.guarded:read_guarded",
    "save a calendar": "store.calendars:save",
    "save clusters": "store.recognitions:save",
    "save columns": "flows.reporting:keep_columns",
    "render": "flows.reporting:render",
    "save findings": "store.findings:save_night",
    "save agreements": "store.agreements:save",
    "save a memory": "store.memories:save",
    "ask for a delivery": "store.outbox:put",
    "write a report": "flows.reporting:write_whole",
    "freeze a message": "flows.freezing:write_whole",
    "note a report": "store.outbox:mark_delivered",
    "claim a delivery": "store.outbox:claim",
    "hand over": "flows.delivering:_handed_over",
    "settle a delivery": "store.outbox:settle",
    "finish": "store.nights:finish",
    "end the night": "flows.leasing:NightLease.finish",
}
"""Where something can happen to a night: a function of the product, or one below it that every write goes through."""

CLOCKS = {
    "nights": {"token", "holder", "started", "expires", "finished"},
    "outbox": {"number", "delivered", "asked", "next_try", "attempts", "holder", "token", "expires", "answer"},
}
"""Columns that tell when and by whom, and how often it was tried: two nights that ran differ in them."""


def night(config: Path, day: date) -> NightOutcome:
    """Do what the flow does, in its order and under its lease; a night that is done is done once more."""
    lease = leasing.begin(config, day)
    assert lease is not None
    with lease:
        outcomes = tuple(
            steps.sync_calendar(config, calendar, day, token=lease.token) for calendar in steps.calendars(config)
        )
        steps.match(config, day)
        readers = steps.find(config, day)
        reports = steps.write_reports(config, day, token=lease.token)
        outcome = NightOutcome(day, outcomes, reports, readers, sent=steps.send_due(config))
        lease.finish(complete=outcome.complete)
    return outcome


@contextmanager
def at(place: str, number: int, happens: Callable[[], None], *, after: bool = False) -> Iterator[list[int]]:
    """Let something happen before (or after) the *number*-th call at a place; the list holds how often it was called.

    Whatever *happens* raises, the caller at that place gets.
    """
    home, name = _home(PLACES[place])
    honest = getattr(home, name)
    calls: list[int] = [0]

    def watched(*given: Any, **named: Any) -> Any:
        calls[0] += 1
        mine = calls[0] == number
        if mine and not after:
            happens()
        came = honest(*given, **named)
        if mine and after:
            happens()
        return came

    setattr(home, name, watched)
    try:
        yield calls
    finally:
        setattr(home, name, honest)


def _home(place: str) -> tuple[Any, str]:
    module, _, path = place.partition(":")
    home: Any = import_module(module)
    *owners, name = path.split(".")
    for owner in owners:
        home = getattr(home, owner)
    return home, name


def die() -> None:
    """End as a power cut does: nothing is flushed, closed or given back."""
    os.kill(os.getpid(), signal.SIGKILL)


def night_that_dies(config: Path, day: date, place: str, number: int, when: str) -> None:
    """Do a night until it comes to a place."""
    with at(place, number, die, after=when == "after"):
        night(config, day)


def apart() -> ForkServerContext:
    """Start processes in a moment: from one that has everything imported and nothing running."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["plain_night", "flows.reporting", "flows.syncing", "flows.delivering"])
    return context


def ended(process: BaseProcess, seconds: float = 120) -> int | None:
    """Wait for a process and return how it ended; below zero: by which signal."""
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise AssertionError(f"{process.name} had not ended after {seconds:g} s")
    return process.exitcode


def let_deliver(config: Path, port: int, channels: dict[str, str]) -> None:
    """Let a roster name the mail server at *port*, and one channel by organisation."""
    text = config.read_text(encoding="utf-8")
    table = (
        f'[delivery]\nserver = "127.0.0.1"\nport = {port}\nseconds = 5\nencryption = "none"\n'
        'sender = "Outreach desk <desk@committee.example>"\n\n'
    )
    text = text.replace("[[organisations]]", table + "[[organisations]]", 1)
    text = text.replace("time_zone", 'contact = "desk@committee.example"\ntime_zone', 1)
    for organisation, channel in channels.items():
        named = f'[[organisations]]\nid = "{organisation}"\n'
        assert named in text
        text = text.replace(named, f'{named}deliver_to = ["{channel}"]\n')
    config.write_text(text, encoding="utf-8")


def made_ready(committee: Any, port: int) -> Path:
    """Give a committee a first night, a decision and news for the second; return a copy of its state folder.

    OAS was written to on the first night, AU gets its first mail, with a letter, on the second, and the committee's
    own page goes to a folder.
    """
    channels = {"AU": "liaison@au.example", "OAS": "cicte@oas.example", "UN1540": "folder:state/shared"}
    let_deliver(committee.config, port, channels)
    for organisation in ("OAS", "UN1540"):
        steps.approve(committee.config, organisation, "ines")
    night(committee.config, FIRST)
    asked = next(entry for entry in steps.queue(committee.config, FIRST) if entry.kind == "same_event")
    noon = datetime(2007, 11, 5, 12, tzinfo=UTC)
    steps.settle(committee.config, asked.number, Verdict.DISMISSED, FIRST, by="ines", at=noon)
    steps.approve(committee.config, "AU", "ines")
    body = (committee.folder / "au.ics").read_bytes()
    committee.publish("au.ics", body.replace(b"20071120", b"20071121").replace(b"Addis Ababa", b"Nairobi"))
    kept: Path = committee.folder / "kept"
    shutil.copytree(committee.state, kept)
    return kept


def send_what_waits(config: Path) -> None:
    """Send again once the claim of a dead sender has ended; after that nothing is left to send."""
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        steps.send_due(config)
        assert steps.send_due(config) == Sent()


def left(committee: Any, arrived: Iterable[tuple[str, bytes]]) -> dict[str, object]:
    """Return what a night left: reports, pages handed out, frozen mails, rows, and each mail that arrived, once."""
    return {
        "reports": files(committee.state / "reports"),
        "pages": files(committee.state / "shared"),
        "frozen": {name: undated(body) for name, body in files(committee.state / "outbox").items()},
        **everything(committee.config),
        "mails": {(address, undated(body)) for address, body in arrived},
    }


def undated(mail: bytes) -> bytes:
    """Return a mail without the moment it was written at."""
    return re.sub(rb"(?m)^Date: .*\r?\n", b"", mail, count=1)


def everything(config: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table without the columns of CLOCKS, sorted."""
    store = connect(roster.load(config).database_url)
    try:
        with store.read() as db:
            return {
                table.name: sorted(
                    (
                        tuple(row)
                        for row in db.execute(
                            select(*(c for c in table.c if c.name not in CLOCKS.get(table.name, set())))
                        )
                    ),
                    key=repr,
                )
                for table in metadata.sorted_tables
            }
    finally:
        store.close()


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put_back(kept: Path, folder: Path) -> None:
    """Make a folder what it was when it was kept; a disk that is mounted in it stays."""
    folder.mkdir(exist_ok=True)
    for path in sorted(folder.rglob("*"), reverse=True):
        if not path.is_dir():
            path.unlink()
        elif not path.is_mount():
            with suppress(OSError):  # a disk may be mounted inside
                path.rmdir()
    shutil.copytree(kept, folder, dirs_exist_ok=True)
