"""A disk that takes nothing more: no half report, no half mail, and a night that is done once there is room."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from mail_server import Letterbox, mail_server
from plain_night import SECOND, at, files, left, made_ready, night, put_back, send_what_waits, undated

from calendar_sync import roster
from calendar_sync.errors import OutreachError
from flows import leasing
from store import nights
from store.connecting import connect
from store.nights import NightState

BALLAST = "ballast"


class SmallDisk:
    """A real file system of its own at a folder; `full` leaves room for nothing, `read_only` for nobody."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder, self.megabytes = folder, megabytes

    def mount(self) -> None:
        done = _as_root("mount", "-t", "tmpfs", "-o", f"size={self.megabytes}m", "none", self.folder)
        if done.returncode != 0:
            pytest.skip(f"no file system can be mounted here ({done.stderr.strip()})")

    def unmount(self) -> None:
        _as_root("umount", "-l", self.folder).check_returncode()

    def full(self) -> None:
        """Fill it to the last page."""
        with (self.folder / BALLAST).open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"\0" * 4096)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def read_only(self) -> None:
        _as_root("mount", "-o", "remount,ro", self.folder).check_returncode()

    def usable(self) -> None:
        """Give it back."""
        _as_root("mount", "-o", "remount,rw", self.folder).check_returncode()
        (self.folder / BALLAST).unlink(missing_ok=True)


def _as_root(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command that only root may; where nothing may be skipped, as root."""
    ask = ["sudo", "-n"] if os.geteuid() != 0 and os.environ.get("OUTREACH_NOTHING_SKIPPED") else []
    return subprocess.run([*ask, *words], check=False, capture_output=True, text=True)


@pytest.fixture
def disk(committee) -> Iterator[SmallDisk]:
    """The state folder on a disk of 16 MiB."""
    committee.state.mkdir()
    disk = SmallDisk(committee.state, 16)
    disk.mount()
    try:
        yield disk
    finally:
        disk.unmount()


@pytest.fixture
def reports_disk(committee, disk) -> Iterator[SmallDisk]:
    """The second night's reports on a disk of their own, which can be shut while the database writes to the other."""
    disk = SmallDisk(committee.state / "reports" / SECOND.isoformat(), 1)
    disk.folder.mkdir(parents=True)
    disk.mount()
    try:
        yield disk
    finally:
        disk.unmount()


@pytest.fixture
def letterbox():
    with mail_server(Letterbox()) as box:
        yield box


def over_quota(_handle: int = 0) -> None:
    """Answer as a file system does that finds out late, which none that can be mounted here does."""
    raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))


POINTS = {
    "a commit": ("save a calendar", 1, "full", "after"),
    "a calendar's payload": ("save a calendar", 1, "full", "before"),
    "a report": ("write a report", 4, "full", "before"),
    "fsync, over the quota": ("fsync", 5, "over quota", "before"),
    "a rename": ("rename", 2, "read-only", "before"),
    "a mail with its letter": ("freeze a message", 2, "full", "before"),
    "a mail that is frozen": ("freeze a message", 3, "full", "before"),
    "the state folder": ("roster", 1, "shut", "before"),
}
"""Where the disk takes nothing more, and how it says so: `shut` from the beginning, the others on the way."""


def stopped(committee, disk: SmallDisk, reports: SmallDisk, point: str) -> str:
    """Run the night into a disk that takes nothing more at a point; return the sentence it ends with."""
    place, call, how, when = POINTS[point]
    if how == "shut":
        disk.read_only()
        with pytest.raises(OutreachError) as ended:
            night(committee.config, SECOND)
    else:
        happens = {"full": disk.full, "over quota": over_quota, "read-only": reports.read_only}[how]
        with pytest.raises(OutreachError) as ended, at(place, call, happens, after=when == "after"):
            night(committee.config, SECOND)
    return str(ended.value)


def nothing_by_halves(committee, before: dict[str, bytes], whole: dict[str, object]) -> None:
    """Every file that is there is yesterday's or tonight's, whole; the database is sound; the night is not done."""
    for folder in ("reports", "shared"):
        there = files(committee.state / folder)
        wanted = {"reports": whole["reports"], "shared": whole["pages"]}[folder]
        for name, body in there.items():
            if name.endswith(".part"):
                # A disk that became read-only keeps it; nobody reads it, and the next run takes it away.
                continue
            assert body in (before.get(f"{folder}/{name}"), wanted[name]), name
    for name, body in files(committee.state / "outbox").items():
        assert undated(body) == whole["frozen"][name], name
    raw = sqlite3.connect(committee.state / "outreach.db")
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    raw.close()
    store = connect(roster.load(committee.config).database_url)
    with store.read() as db:
        stands = nights.load(db, SECOND)
    store.close()
    assert stands is None or stands.state is NightState.RUNNING


@pytest.mark.fault("T34")
def test_a_disk_that_takes_nothing_more_leaves_nothing_by_halves(
    committee, disk, reports_disk, letterbox, record_property, caplog
):
    """Disks fill up at night. What an organisation reads is whole or not there, and mail goes out for whole nights."""
    kept = made_ready(committee, letterbox.port)
    before = files(kept)
    letterbox.arrived.clear()
    night(committee.config, SECOND)
    send_what_waits(committee.config)
    whole = left(committee, letterbox.arrived)
    assert len(whole["mails"]) == 2
    for point in POINTS:
        letterbox.arrived.clear()
        put_back(kept, committee.state)

        said = stopped(committee, disk, reports_disk, point)

        assert "Next: " in said, point
        assert letterbox.arrived == [], point
        for each in (disk, reports_disk):
            each.usable()
        nothing_by_halves(committee, before, whole)
        # A full disk does not take a lease back either; it ends with its process, or by itself.
        with time_machine.travel(datetime.now(UTC) + 2 * leasing.TERM):
            night(committee.config, SECOND)
        send_what_waits(committee.config)
        now = left(committee, letterbox.arrived)
        assert [name for name in whole if now[name] != whole[name]] == [], point
        assert len(letterbox.arrived) == 2, point
    record_property("cases", len(POINTS))
    record_property("measured", "database whole, no half file, no mail, the same bytes once there is room")
