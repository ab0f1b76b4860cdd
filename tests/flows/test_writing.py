"""Report files: whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from flows.writing import ReportNotWritten, write_whole


def test_a_full_disk_leaves_the_old_report(tmp_path, monkeypatch):
    """Half a report is worse than yesterday's."""
    path = tmp_path / "AU.html"
    write_whole(path, b"yesterday")

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("flows.writing.os.fsync", full)
    with pytest.raises(ReportNotWritten, match=r"No space left.*Next: make room"):
        write_whole(path, b"today")

    assert path.read_bytes() == b"yesterday"
    assert list(tmp_path.iterdir()) == [path]


def test_what_stands_there_already_is_left_alone(tmp_path):
    """A rerun should not look like news to whatever watches the folder."""
    path = tmp_path / "AU.html"
    assert write_whole(path, b"report")
    before = path.stat().st_mtime_ns

    assert not write_whole(path, b"report")
    assert path.stat().st_mtime_ns == before


def test_a_file_in_the_way_is_told_in_a_sentence(tmp_path):
    """Somebody's file where the reports folder should be is no reason for a traceback."""
    (tmp_path / "reports").write_text("mine")
    with pytest.raises(ReportNotWritten, match="reports"):
        write_whole(tmp_path / "reports" / "AU.html", b"report")
    assert Path(tmp_path / "reports").read_text() == "mine"


def test_what_a_killed_run_left_half_written_is_taken_away(tmp_path):
    """Nobody else ever would, and a folder that organisations share would fill with it."""
    path = tmp_path / "AU.html"
    write_whole(path, b"report")
    other = tmp_path / ".OAS.html.77.part"
    for left in (tmp_path / ".AU.html.99999999.part", other):
        left.write_bytes(b"rep")

    write_whole(path, b"report")

    assert sorted(tmp_path.iterdir()) == [other, path]
