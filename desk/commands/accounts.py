"""outreach accounts: who may come to the desk on the web, and as what."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from desk.commands import options, tokens
from desk.talking import emit, one_line, say, table, talk

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(tokens.app, name="token")

Name = Annotated[str, typer.Argument(help="The name they sign in with, as a word or a mail address.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file", help="Its first line is the password; - is stdin. Asked for without it.", show_default=False
    ),
]


@app.callback()
def accounts() -> None:
    """Say who may come to the desk on the web: coordinators decide, experts read it all, readers read one report.

    \b
    Example:
      outreach accounts add ines --role coordinator
    """


@app.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option("--role", help="coordinator, expert or reader.")],
    organisation: Annotated[
        str, typer.Option("--organisation", help="Whose report a reader reads: its id in the roster.")
    ] = "",
    password_file: PasswordFile = None,
    without_password: Annotated[
        bool, typer.Option("--without-password", help="For whoever a web server in front names (trusted_header).")
    ] = False,
    config: options.Config = None,
) -> None:
    """Let somebody come to the desk.

    \b
    Example:
      outreach accounts add liaison@au.example --role reader --organisation AU
    """
    from desk import configuration
    from flows import steps
    from store.accounts import Role

    if role not in set(Role):
        raise typer.BadParameter(f"{role!r}: use {', '.join(Role)}", param_hint="--role")
    loaded = configuration.load(config)
    password = "" if without_password else _password(password_file)
    made = steps.add_account(
        loaded.path, name, Role(role), organisation, password, getuser(), datetime.now(UTC)
    )  # fmt: skip
    whose = f" of {made.organisation}" if made.organisation else ""
    talk(f"{made.name} may come to the desk as {made.role}{whose}. Next: outreach desk")


@app.command("list")
def list_(config: options.Config = None, json: options.Json = False) -> None:
    """Show who may come.

    \b
    Example:
      outreach accounts list
    """
    from desk import configuration
    from flows import steps

    found = steps.accounts_of(configuration.load(config).path)
    if json:
        emit(
            [
                {
                    "name": one.name, "role": str(one.role), "organisation": one.organisation or None,
                    "password": bool(one.password), "by": one.by, "created": one.created.isoformat(),
                }
                for one in found
            ]
        )  # fmt: skip
    elif found:
        rows = [
            [
                one.name, str(one.role), one.organisation, "by password" if one.password else "as named, or by link",
                one.created.date().isoformat(), one.by,
            ]
            for one in found
        ]  # fmt: skip
        say(table(["Name", "Role", "Organisation", "Comes", "Since", "By"], rows))
    else:
        talk("Nobody has an account. Next: outreach accounts add NAME --role coordinator")


@app.command()
def remove(name: Name, config: options.Config = None) -> None:
    """Let somebody no longer come; where they are signed in, they are out at once.

    \b
    Example:
      outreach accounts remove ines
    """
    from desk import configuration
    from flows import steps

    steps.remove_account(configuration.load(config).path, name)
    talk(f"{one_line(name)} has no account any more. Next: outreach accounts list")


@app.command()
def password(name: Name, password_file: PasswordFile = None, config: options.Config = None) -> None:
    """Give an account another password; wherever it is signed in, it is signed out.

    \b
    Example:
      outreach accounts password ines
    """
    from desk import configuration
    from flows import steps

    steps.set_password(configuration.load(config).path, name, _password(password_file))
    talk(f"{one_line(name)} has a new password, and is signed out everywhere.")


def _password(file: Path | None) -> str:
    """Ask for a password, twice, or read it; never from the command line, which others can see."""
    if file is None:
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    text = sys.stdin.readline() if str(file) == "-" else file.read_text(encoding="utf-8").partition("\n")[0]
    return text.rstrip("\r\n")
