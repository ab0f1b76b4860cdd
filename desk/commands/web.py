"""outreach desk, outreach feeds: what organisations fetch on the web, and who may."""

from __future__ import annotations

from datetime import UTC, datetime
from getpass import getuser
from typing import TYPE_CHECKING, Annotated

import typer

from desk.commands import options
from desk.talking import emit, say, table, talk

if TYPE_CHECKING:
    from flows.feeding import Subscribed
    from store.subscriptions import Subscription

feeds_app = typer.Typer(no_args_is_help=False, rich_markup_mode=None, invoke_without_command=True)

Number = Annotated[int, typer.Argument(help="The address's number, as the list shows it.")]


def desk(
    host: Annotated[str, typer.Option("--host", help="An address of this machine itself.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0 takes any that is free.")] = 8540,
    config: options.Config = None,
) -> None:
    """Serve the desk on the web until Ctrl-C: coordinators' pages, reports by secret address, links to leave by.

    \b
    Example:
      outreach desk --port 8540
    """
    from desk import configuration, serving
    from desk.one_time_link import OneTimeLink

    loaded = configuration.load(config)
    with serving.listening(host, port, guarded=serving.guarded(loaded.path)) as (opened, address):
        link = OneTimeLink()
        talk(f"The desk answers at {address}. Ctrl-C ends it.")
        if serving.needs_link(loaded.path):
            token = link.make(getuser(), datetime.now(UTC))
            talk(
                f"Sign in once, within ten minutes: {address}/sign-in/{token}\n"
                "For a password of your own: outreach accounts add NAME --role coordinator"
            )
        serving.serve(loaded.path, opened, link)
    talk("The desk is closed.")


@feeds_app.callback()
def feeds(ctx: typer.Context, config: options.Config = None, json: options.Json = False) -> None:
    """Show who was given an address to fetch a report from, and add, revoke or rotate one.

    \b
    Example:
      outreach feeds add AU --note "calendar of the liaison office"
    """
    if ctx.invoked_subcommand is not None:
        return
    from desk import configuration
    from flows import steps

    found = steps.feeds(configuration.load(config).path)
    if json:
        emit([_shown(each) for each in found])
        return
    if not found:
        talk("Nobody was given an address. Next: outreach feeds add ORGANISATION")
        return
    say(
        table(
            ["N", "Organisation", "Since", "Last used", "State", "Who has it"],
            [
                [
                    str(each.number), each.organisation, each.created.date().isoformat(),
                    each.last_used.date().isoformat() if each.last_used else "never",
                    f"revoked {each.revoked.date().isoformat()}" if each.revoked else "in use", each.note,
                ]
                for each in found
            ],
        )
    )  # fmt: skip


@feeds_app.command()
def add(
    organisation: Annotated[str, typer.Argument(help="The organisation's id in the roster.")],
    note: Annotated[str, typer.Option("--note", help="Who gets it, for whoever has to revoke it.")] = "",
    config: options.Config = None,
    json: options.Json = False,
) -> None:
    """Make an address under which an organisation's report can be fetched; it is shown this once.

    \b
    Example:
      outreach feeds add AU --note "calendar of the liaison office"
    """
    from desk import configuration
    from flows import steps

    _tell(steps.subscribe(configuration.load(config).path, organisation, note, getuser(), datetime.now(UTC)), json=json)


@feeds_app.command()
def revoke(number: Number, config: options.Config = None) -> None:
    """Let an address lead nowhere, from the next request on.

    \b
    Example:
      outreach feeds revoke 3
    """
    from desk import configuration
    from flows import steps

    found, done = steps.revoke(configuration.load(config).path, number, datetime.now(UTC))
    what = "is revoked" if done else "was revoked before"
    talk(f"Address {number} of {found.organisation} {what}. Next: outreach feeds")


@feeds_app.command()
def rotate(number: Number, config: options.Config = None, json: options.Json = False) -> None:
    """Put a new address in the place of one that too many know: the same report, and the old one leads nowhere.

    \b
    Example:
      outreach feeds rotate 3
    """
    from desk import configuration
    from flows import steps

    made = steps.rotate(configuration.load(config).path, number, getuser(), datetime.now(UTC))
    _tell(made, json=json)
    talk(f"Address {number} leads nowhere now.")


def _tell(made: Subscribed, *, json: bool) -> None:
    subscription = made.subscription
    if json:
        emit({**_shown(subscription), "addresses": made.addresses})
    else:
        say(made.addresses["ics"])
    talk(
        f"Address {subscription.number} of {subscription.organisation}; it is not shown again. Whoever knows it reads "
        "the report. With .html, .csv or .json at its end it is the same report in that form."
    )


def _shown(each: Subscription) -> dict[str, object]:
    return {
        "number": each.number, "organisation": each.organisation, "note": each.note, "by": each.by,
        "created": each.created.isoformat(), "last_used": each.last_used.isoformat() if each.last_used else None,
        "revoked": each.revoked.isoformat() if each.revoked else None,
    }  # fmt: skip
