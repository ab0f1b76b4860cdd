"""The errand that lays out the events of the committee's world: at a hundred thousand it takes a minute.

`python -m flows.laying_out OUTREACH.TOML` lays out the latest night that was told, and keeps the columns.
"""

from __future__ import annotations

import sys
from pathlib import Path

from calendar_sync.errors import OutreachError
from flows import errands
from flows.errands import Errand


class NotLaidOut(OutreachError):
    """There is nothing to answer from yet: no columns were ever kept."""

    def __init__(self, roster_path: Path) -> None:
        super().__init__(roster_path)
        self.roster_path = roster_path

    def __str__(self) -> str:
        return (
            f"The events of {self.roster_path} are not laid out yet. Pages that show them are refused until then. "
            "Next: wait a few minutes; where the log says why it failed, mend that"
        )


def laying_out(roster_path: Path, stamp: str) -> Errand:
    """Have the latest night laid out, which *stamp* names, unless that is being done."""
    return errands.errand("flows.laying_out", roster_path, stamp=stamp)


def lay_out_latest(roster_path: Path) -> None:
    """Lay out the latest night that the committee was told of.

    Raises:
        RosterError, DatabaseUnusable: One of them cannot be used.
    """
    from flows.checking import keep_columns, stamp
    from flows.loading import load, opened
    from store import findings

    with opened(roster_path) as (loaded, store):
        with store.read() as db:
            night = findings.last_night(db, loaded.committee.id)
            if night is None:
                return
            stamped, known = stamp(db, loaded, night), load(db, loaded, night, before=False)
        keep_columns(known, stamped, store)


if __name__ == "__main__":
    sys.exit(errands.run(lay_out_latest, sys.argv[1:]))
