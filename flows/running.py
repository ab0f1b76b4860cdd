"""Nights from the command line: the same flow, on the server that is set or on one that lives as long as we do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

from calendar_sync import roster
from flows import leasing, settings, steps
from flows.progress import Listener, Stage, TerminalProgress, tell, watched_by

if TYPE_CHECKING:
    from flows.outcomes import NightOutcome


def run_nights(config: Path, nights: Sequence[date], *, verbose: bool = False) -> list[NightOutcome]:
    """Run nights one after the other and show on stderr how they go; they share one Prefect server.

    Raises:
        OutreachError: The configuration or the database cannot be used, or another run keeps a night.
    """
    with TerminalProgress() as progress:
        outcomes = []
        for night in nights:
            progress.heading(f"Night of {night}")
            outcomes.append(run_nightly(config, night, progress, verbose=verbose))
        return outcomes


def run_nightly(
    config: Path, night: date, on_progress: Listener | None = None, *, verbose: bool = False
) -> NightOutcome:
    """Run one night as a Prefect flow and return what came of it.

    The flow reports to `PREFECT_API_URL` when that is set, else to a temporary server whose home is in the state
    folder. The lease is taken before Prefect is loaded: whoever comes second waits without starting a server.

    Raises:
        OutreachError: The configuration or the database cannot be used, or another run keeps the night.
        StepBroke: A step met something it was not made for; errors.log in the state folder has the account.
    """
    loaded = roster.load(config)
    with watched_by(on_progress):
        lease = leasing.begin(loaded.path, night)
        if lease is None:
            return steps.recall(loaded.path, night)
        with lease, leasing.holding(lease):
            tell("prefect", Stage.WORKING, "starting")
            settings.prepare(loaded.state_folder, verbose=verbose)
            from flows.nightly import nightly

            # The flow returns a state, and calling it returns what that state holds.
            return cast("NightOutcome", nightly(config=str(loaded.path), as_of=night.isoformat()))
