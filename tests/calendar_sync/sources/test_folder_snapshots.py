"""Calendars in files, and the snapshots of past nights."""

from __future__ import annotations

import os
from datetime import date

import pytest

from calendar_sync.errors import SourceRefused
from calendar_sync.roster import Calendar
from calendar_sync.sources.folder import FolderSource


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def snapshots(tmp_path, source="nights/{night}/au.ics"):
    write(tmp_path / "nights/2007-10-15/au.ics", "first")
    write(tmp_path / "nights/2007-11-26/au.ics", "second")
    write(tmp_path / "nights/20071201/au.ics", "not a night")
    return FolderSource(Calendar("au", "AU", source), tmp_path)


@pytest.mark.parametrize(
    ("night", "body"),
    [
        (date(2007, 10, 15), b"first"),
        (date(2007, 11, 25), b"first"),
        (date(2007, 11, 26), b"second"),
        (date.max, b"second"),
    ],
)
def test_a_night_reads_the_newest_snapshot_that_existed_then(tmp_path, night, body):
    """What was published after a night does not exist for it."""
    payload = snapshots(tmp_path).fetch(night, None)

    assert payload is not None
    assert payload.body == body


def test_a_night_before_every_snapshot_is_refused(tmp_path):
    """An empty calendar would be a claim; nothing was published yet."""
    with pytest.raises(SourceRefused, match="no snapshot of 2007-10-14 or earlier"):
        snapshots(tmp_path).fetch(date(2007, 10, 14), None)


def test_the_night_may_stand_inside_a_name(tmp_path):
    """Some people name files after days, not folders."""
    write(tmp_path / "au-2007-10-15.csv", "first")

    payload = FolderSource(Calendar("au", "AU", "au-{night}.csv"), tmp_path).fetch(date(2007, 12, 1), None)

    assert payload is not None
    assert (payload.body, payload.address) == (b"first", "au-2007-10-15.csv")


def test_a_folder_of_files_is_read_as_one_calendar(tmp_path):
    """Many programs keep one file for each event."""
    write(tmp_path / "events/b.ics", "B")
    write(tmp_path / "events/a.ics", "\ufeffA")
    write(tmp_path / "events/readme.txt", "no event")

    payload = FolderSource(Calendar("au", "AU", "events"), tmp_path).fetch(date(2007, 12, 1), None)

    assert payload is not None
    assert (payload.body, payload.media_type) == (b"A\r\nB", "text/calendar")


def test_a_pipe_is_no_file(tmp_path):
    """Reading one would wait for ever, and the night with it."""
    os.mkfifo(tmp_path / "pipe.ics")

    with pytest.raises(SourceRefused):
        FolderSource(Calendar("au", "AU", "pipe.ics"), tmp_path).fetch(date(2007, 12, 1), None)


def test_no_absolute_path_is_told(tmp_path):
    """Reports and errors go to other organisations; our folders are none of their business."""
    with pytest.raises(SourceRefused) as refused:
        FolderSource(Calendar("au", "AU", "missing.ics"), tmp_path).fetch(date(2007, 12, 1), None)

    assert str(tmp_path) not in str(refused.value)
