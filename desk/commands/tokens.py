"""outreach accounts token: what programs come to the desk with."""

from __future__ import annotations

from datetime import UTC, datetime
from getpass import getuser
from typing import Annotated

import typer

from desk.commands import options
from desk.talking import emit, one_line, say, table, talk

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Number = Annotated[int, typer.Argument(help="The token's number, as the list shows it.", min=1)]


@app.callback()
def token() -> None:
    """Let programs come to the desk as somebody: a token may what its account may.

    \b
    Example:
      outreach accounts token add ines --note "nightly export"
    """


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The account that it comes as.")],
    note: Annotated[str, typer.Option("--note", help="Which program gets it, for whoever has to revoke it.")] = "",
    config: options.Config = None,
) -> None:
    """Make a token for a program; it is shown this once.

    \b
    Example:
      outreach accounts token add ines --note "nightly export" > token.txt
    """
    from desk import configuration
    from flows import api_tokens

    made = api_tokens.issue(configuration.load(config).path, name, note, getuser(), datetime.now(UTC))
    say(made.text)
    talk(
        f"Token {made.token.number} of {one_line(made.token.account)}; it is not shown again. Whoever has it may what "
        "they may. A request says: Authorization: Bearer TOKEN. Next: docs/api.md"
    )


@app.command("list")
def list_(config: options.Config = None, json: options.Json = False) -> None:
    """Show which tokens there are, and when each was last used.

    \b
    Example:
      outreach accounts token list
    """
    from desk import configuration
    from flows import api_tokens

    found = api_tokens.tokens_of(configuration.load(config).path)
    if json:
        emit(
            [
                {
                    "number": one.number, "account": one.account, "note": one.note, "by": one.by,
                    "created": one.created.isoformat(),
                    "last_used": one.last_used.isoformat() if one.last_used else None,
                    "revoked": one.revoked.isoformat() if one.revoked else None,
                }
                for one in found
            ]
        )  # fmt: skip
    elif found:
        rows = [
            [
                str(one.number), one.account, one.created.date().isoformat(),
                one.last_used.date().isoformat() if one.last_used else "never",
                f"revoked {one.revoked.date().isoformat()}" if one.revoked else "in use", one.by, one.note,
            ]
            for one in found
        ]  # fmt: skip
        say(table(["N", "Account", "Since", "Last used", "State", "By", "Which program"], rows))
    else:
        talk("No program has a token. Next: outreach accounts token add NAME")


@app.command()
def revoke(number: Number, config: options.Config = None) -> None:
    """Let nobody in by a token, from the next request on.

    \b
    Example:
      outreach accounts token revoke 3
    """
    from desk import configuration
    from flows import api_tokens

    found, done = api_tokens.revoke_token(configuration.load(config).path, number, datetime.now(UTC))
    what = "is revoked" if done else "was revoked before"
    talk(f"Token {number} of {one_line(found.account)} {what}. Next: outreach accounts token list")
