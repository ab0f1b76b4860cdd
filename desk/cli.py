"""The command `outreach`: data on stdout, talk on stderr; Prefect only for `nightly` and `demo`."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from calendar_sync.errors import OutreachError
from desk.commands import (
    accounts,
    calendars,
    delivery,
    looking,
    matching,
    nights,
    planning,
    review,
    setup,
    teaching,
    web,
)
from desk.talking import USAGE, talk

app = typer.Typer(
    name="outreach",
    help="Tells people who plan outreach that somebody else is already reaching the same people.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
config_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look at the configuration.")

app.command()(setup.init)
app.add_typer(config_app, name="config")
config_app.command("check")(setup.config_check)
app.command()(nights.demo)
app.command()(nights.nightly)
app.command()(calendars.sync)
app.command()(calendars.inspect)
app.command()(matching.match)
app.command()(planning.check)
app.command()(looking.history)
app.command()(looking.coverage)
app.command()(looking.ledger)
app.command()(review.findings)
app.command()(review.show)
app.command()(review.confirm)
app.command()(review.dismiss)
app.command()(teaching.teach)
app.command()(nights.report)
app.command()(nights.programme)
app.add_typer(delivery.app, name="delivery")
app.add_typer(web.feeds_app, name="feeds")
app.command()(web.desk)
app.add_typer(accounts.app, name="accounts")


@config_app.callback()
def _config() -> None:
    """Look at the configuration."""


@app.callback()
def _before_every_command(
    config: Annotated[
        Path | None, typer.Option("--config", help="The configuration, for whichever command follows.")
    ] = None,
) -> None:
    """Tells people who plan outreach that somebody else is already reaching the same people."""
    if config is not None:
        os.environ["OUTREACH_CONFIG"] = str(config)


def main() -> None:
    """Run the command; a mistake a person can mend ends with a sentence and exit code 2."""
    # Loading libraries makes many objects and no garbage; looking for it on the way costs a short command dearly.
    gc.set_threshold(100_000, 20, 20)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except OutreachError as error:
        talk(str(error))
        sys.exit(USAGE)
    except KeyboardInterrupt:
        talk("Stopped. What was finished is kept; run the same command again to go on.")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone away, as `| head` does; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
